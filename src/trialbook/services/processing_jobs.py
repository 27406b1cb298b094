"""Processing jobs as records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import job_records, records

if TYPE_CHECKING:
    from trialbook.services.context import Call

_DEFAULTS: Document = {"StoppingCondition": {"MaxRuntimeInSeconds": 86400}}


def create_processing_job(call: Call, name: str, members: Document) -> Document:
    """Add a processing job and hand it to the launcher."""
    doc = {**_DEFAULTS, **members}
    return records.document(call.store.write(lambda tx: job_records.add_job(tx, call, Kind.PROCESSING_JOB, name, doc)))
