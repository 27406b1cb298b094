"""Batch transform jobs: the record of one, and how its model is served.

The model must be in the record when the job is made; it may go afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import job_records, records, serving_plan
from trialbook.services.model_links import containers_of, data_uri

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

USED_BY = "usedBy"
"""The edge from a model to a transform job that uses it."""


def create_transform_job(call: Call, name: str, members: Document) -> Document:
    """Add a transform job of an existing model and hand it to the launcher."""

    def add(tx: Transaction) -> Document:
        model = records.require(tx, call, Kind.MODEL, members["ModelName"])
        doc = {**members, "_model": _primary(model), "_plan": serving_plan.plan_of(tx, call, model)}
        job = job_records.add_job(tx, call, Kind.TRANSFORM_JOB, name, doc)
        tx.link(model.id, USED_BY, job.id, {})
        return records.document(job)

    return call.store.write(add)


def _primary(model: Entity) -> Document:
    """Give what the job's component shows of the model: the image and data of its first container."""
    container = next(iter(containers_of(records.document(model))), {})
    shown = {"DataUrl": data_uri(container), "Image": container.get("Image")}
    return {member: value for member, value in shown.items() if value}
