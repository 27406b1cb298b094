"""Who runs what a job or an endpoint describes: a Protocol, and the launcher that only records.

A launcher turns the document of something just created (or changed, or told to stop) into the one that is stored. It
does so inside the transaction that stores it, so that a launcher of processes can queue its work with the same commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from trialbook.model import Document, Kind
from trialbook.services import endpoint_states

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.services.context import Call
    from trialbook.store.interface import Transaction


class Launcher(Protocol):
    """Starts and stops jobs and endpoints. Called on the store's writer: it must not block or wait."""

    def start(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        """Give the document to store for a job just created, or an endpoint created or updated."""

    def stop(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        """Give the document to store for a job that is to stop. Its status is not a final one."""


class RecordLauncher:
    """Runs nothing: a job is Completed at once, an endpoint InService. No bucket, image or role is looked at."""

    def start(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        """Complete the job, or bring the endpoint into service."""
        del tx
        return _STARTED[kind](doc, call.now())

    def stop(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        """Stop at once a job that some other launcher left running."""
        del tx
        return _STOPPED[kind](doc, call.now())


def model_artifacts_uri(doc: Document) -> str:
    """Give the place of a training job's model: one archive, or a folder when the output is not compressed."""
    output = doc["OutputDataConfig"]
    name = "model/" if output.get("CompressionType") == "NONE" else "model.tar.gz"
    return f"{output['S3OutputPath'].rstrip('/')}/{doc['TrainingJobName']}/output/{name}"


def transition(doc: Document, status: str, message: str, now: float) -> Document:
    """Give a training job's document in another secondary status: the one before ends where this one starts."""
    past = list(doc.get("SecondaryStatusTransitions", []))
    if past and "EndTime" not in past[-1]:
        past[-1] = {**past[-1], "EndTime": now}
    entry: Document = {"Status": status, "StartTime": now, "StatusMessage": message}
    if status in _LAST:
        entry["EndTime"] = now
    return {**doc, "SecondaryStatus": status, "SecondaryStatusTransitions": [*past, entry]}


def _training(doc: Document, now: float) -> Document:
    started = transition(doc, "Starting", "Starting the training job", now)
    return {
        **transition(started, "Completed", "Training job completed", now),
        "TrainingJobStatus": "Completed",
        "ModelArtifacts": {"S3ModelArtifacts": model_artifacts_uri(doc)},
        "TrainingStartTime": now,
        "TrainingEndTime": now,
        "TrainingTimeInSeconds": 0,
        "BillableTimeInSeconds": 0,
        "ProfilingStatus": "Disabled",
    }


def _training_stopped(doc: Document, now: float) -> Document:
    began = doc.get("TrainingStartTime", now)
    stopped = transition(doc, "Stopped", "Training job stopped", now)
    seconds = int(now - began)
    return {
        **stopped,
        "TrainingJobStatus": "Stopped",
        "TrainingStartTime": began,
        "TrainingEndTime": now,
        "TrainingTimeInSeconds": seconds,
        "BillableTimeInSeconds": seconds,
    }


def _plain(noun: str, status: str, first: str | None = None) -> Callable[[Document, float], Document]:
    """Make the change of a job whose members are `<noun>JobStatus`, `<noun>StartTime` and `<noun>EndTime`."""

    def change(doc: Document, now: float) -> Document:
        began = {} if first is None else {first: doc.get(first, now)}
        return {**doc, f"{noun}JobStatus": status, **began, f"{noun}EndTime": now}

    return change


def _tuning(status: str) -> Callable[[Document, float], Document]:
    def change(doc: Document, now: float) -> Document:
        ended = {"HyperParameterTuningJobStatus": status, "HyperParameterTuningEndTime": now}
        return {**doc, **ended, "ConsumedResources": {"RuntimeInSeconds": 0}}

    return change


_LAST = frozenset({"Completed", "Failed", "Stopped", "MaxRuntimeExceeded", "MaxWaitTimeExceeded"})
_STARTED: dict[Kind, Callable[[Document, float], Document]] = {
    Kind.TRAINING_JOB: _training,
    Kind.PROCESSING_JOB: _plain("Processing", "Completed", "ProcessingStartTime"),
    Kind.TRANSFORM_JOB: _plain("Transform", "Completed", "TransformStartTime"),
    Kind.TUNING_JOB: _tuning("Completed"),
    Kind.ENDPOINT: endpoint_states.deployed,
}
_STOPPED: dict[Kind, Callable[[Document, float], Document]] = {
    Kind.TRAINING_JOB: _training_stopped,
    Kind.PROCESSING_JOB: _plain("Processing", "Stopped", "ProcessingStartTime"),
    Kind.TRANSFORM_JOB: _plain("Transform", "Stopped", "TransformStartTime"),
    Kind.TUNING_JOB: _tuning("Stopped"),
}
