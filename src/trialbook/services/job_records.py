"""What the four kinds of job share: made, changed, stopped and deleted as records, whatever launcher runs them.

Everything that one call leaves (the job, its trial component, the association with a trial, lineage) is written in
one transaction. Whoever moves a job on (a stop request, a job runner) does so with `change_job`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import InUseError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import job_components, model_links, records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

STATUS = {
    Kind.TRAINING_JOB: "TrainingJobStatus",
    Kind.PROCESSING_JOB: "ProcessingJobStatus",
    Kind.TRANSFORM_JOB: "TransformJobStatus",
    Kind.TUNING_JOB: "HyperParameterTuningJobStatus",
}
"""The member that holds a job's status."""
FINAL = frozenset({"Completed", "Failed", "Stopped"})
TRACKED = frozenset({Kind.TRAINING_JOB, Kind.PROCESSING_JOB, Kind.TRANSFORM_JOB})
"""Kinds whose jobs have a trial component."""


def add_job(tx: Transaction, call: Call, kind: Kind, name: str, members: Document) -> Entity:
    """Add a job within a transaction: its launcher gives it its first status."""
    fresh = records.new_document(call, kind, name, {**members, STATUS[kind]: "InProgress"})
    if records.lookup(tx, call, kind, name) is not None:
        raise records.taken(call, kind, name)
    doc = call.workspace.launcher.start(call, tx, kind, fresh)
    if kind in TRACKED:
        doc = job_components.attach(tx, call, kind, doc)
    job = records.insert(tx, call, kind, doc)
    if kind is Kind.TRAINING_JOB:
        model_links.link_job(tx, call, job)
    return job


def change_job(tx: Transaction, call: Call, job: Entity, doc: Document) -> Entity:
    """Store a job's changed document, and bring what follows from it up to date."""
    kind = Kind(job.kind)
    saved = records.save(tx, call, job, doc)
    if kind in TRACKED:
        job_components.follow(tx, call, kind, records.document(saved))
    if kind is Kind.TRAINING_JOB:
        model_links.link_job(tx, call, saved)
    return saved


def describe_job(call: Call, kind: Kind, name: str) -> Document:
    """Give a job's document; a client that would ask again is let wait for the job's end first."""
    if call.patience > 0:

        def ended() -> bool:
            return records.document(records.require(call.store, call, kind, name))[STATUS[kind]] in FINAL

        call.workspace.watch.wait(ended, call.patience)
    return records.document(records.require(call.store, call, kind, name))


def stop_job(call: Call, kind: Kind, name: str) -> None:
    """Stop a job. One that is Stopping already goes on stopping; one that has ended cannot be stopped."""

    def stop(tx: Transaction) -> None:
        job = records.require(tx, call, kind, name)
        doc = records.document(job)
        status = doc[STATUS[kind]]
        if status in FINAL:
            raise ValidationError(f"The request was rejected because the {NOUNS[kind].word} is in status {status}.")
        if status != "Stopping":
            change_job(tx, call, job, call.workspace.launcher.stop(call, tx, kind, doc))

    call.store.write(stop)


def delete_job(call: Call, kind: Kind, name: str) -> None:
    """Remove a job that has ended. Its trial component, with its metrics and lineage, stays."""

    def remove(tx: Transaction) -> None:
        job = records.require(tx, call, kind, name)
        status = records.document(job)[STATUS[kind]]
        if status not in FINAL:
            raise InUseError(
                f"The {NOUNS[kind].word} '{name}' is in status {status} and cannot be deleted: only jobs that are "
                f"{', '.join(sorted(FINAL))} can be (stop it first)."
            )
        tx.delete(job.id)

    call.store.write(remove)
