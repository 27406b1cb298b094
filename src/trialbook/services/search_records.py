"""What Search answers for one entity: its document, with what AWS's record of that kind has beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import records
from trialbook.services.trial_components import metric_summaries
from trialbook.services.trials import MEMBER_OF

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity

DEPLOYS = "deploys"
"""The edge from an endpoint to a model that one of its variants serves."""


def record(call: Call, entity: Entity) -> Document:
    """Give the members of the SearchRecord's member for this entity; the wire keeps what the shape has."""
    build = _BUILDERS.get(Kind(entity.kind))
    doc = records.document(entity)
    return build(call, entity, doc) if build else doc


def _trial(call: Call, entity: Entity, doc: Document) -> Document:
    members = call.store.edges(target=entity.id, label=MEMBER_OF)
    components = call.store.get_many([edge.source for edge in members])
    summaries = [{**(one.doc or {}), "TrialComponentSource": (one.doc or {}).get("Source")} for one in components]
    return {**doc, "TrialComponentSummaries": summaries}


def _trial_component(call: Call, entity: Entity, doc: Document) -> Document:
    found: Document = {**doc, "Metrics": metric_summaries(doc, call.store.summary(entity.id))}
    source = doc.get("Source")
    if source:
        detail: Document = {"SourceArn": source["SourceArn"]}
        job = records.find_arn(call.store, source["SourceArn"])
        if job is not None and job.kind in _DETAILS:
            detail[_DETAILS[Kind(job.kind)]] = records.document(job)
        found["SourceDetail"] = detail
    return found


def _model(call: Call, entity: Entity, doc: Document) -> Document:
    edges = call.store.edges(target=entity.id, label=DEPLOYS)
    endpoints = call.store.get_many([edge.source for edge in edges])
    return {"Model": doc, "Endpoints": [records.document(one) for one in endpoints], "MonitoringSchedules": []}


_DETAILS = {
    Kind.TRAINING_JOB: "TrainingJob",
    Kind.PROCESSING_JOB: "ProcessingJob",
    Kind.TRANSFORM_JOB: "TransformJob",
}
_BUILDERS: dict[Kind, Callable[[Call, Entity, Document], Document]] = {
    Kind.TRIAL: _trial,
    Kind.TRIAL_COMPONENT: _trial_component,
    Kind.MODEL: _model,
}
