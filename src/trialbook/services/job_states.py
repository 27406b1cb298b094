"""The states a job goes through, as changes of its document: queued, moved on, stopping, ended.

::

    queued ── begun ── moved ... ── ended (Completed, Failed, Stopped)
        └── stopping ──────────────────┘

A training job tells each step in `SecondaryStatusTransitions`; the other kinds have a status and two times. Every
change is a function of the document and the time, so that a runner and a stop request make the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from trialbook.model import Document, Kind
from trialbook.services import endpoint_states
from trialbook.services.launcher import transition

if TYPE_CHECKING:
    from collections.abc import Mapping

FinalStatus = Literal["Completed", "Failed", "Stopped"]


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ended.

    Attributes
    ----------
    reason
        FailureReason; None unless it is Failed.
    secondary
        The training job's secondary status, when it is not the status itself ("MaxRuntimeExceeded").
    message
        The message of that transition, when the usual one says too little.
    members
        What else the document then has: ModelArtifacts, FinalMetricDataList, ExitMessage ...
    """

    status: FinalStatus
    reason: str | None = None
    secondary: str | None = None
    message: str | None = None
    members: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Members:
    """The members that hold a kind's status and times."""

    status: str
    started: str
    ended: str


_MEMBERS = {
    Kind.TRAINING_JOB: _Members("TrainingJobStatus", "TrainingStartTime", "TrainingEndTime"),
    Kind.PROCESSING_JOB: _Members("ProcessingJobStatus", "ProcessingStartTime", "ProcessingEndTime"),
    Kind.TRANSFORM_JOB: _Members("TransformJobStatus", "TransformStartTime", "TransformEndTime"),
    Kind.TUNING_JOB: _Members("HyperParameterTuningJobStatus", "CreationTime", "HyperParameterTuningEndTime"),
}
_WORDS = {
    "Completed": "Training job completed",
    "Failed": "Training job failed",
    "Stopped": "Training job stopped",
    "MaxRuntimeExceeded": "Training job exceeded its maximum runtime and was stopped",
}


def queued(kind: Kind, doc: Document, now: float) -> Document:
    """Give the document of a job, or of an endpoint's deployment, that waits for a runner."""
    if kind is Kind.ENDPOINT:
        return endpoint_states.deploying(doc, now)
    waiting = {**doc, _MEMBERS[kind].status: "InProgress"}
    if kind is Kind.TRAINING_JOB:
        return transition(waiting, "Starting", "Waiting for a runner to take the training job", now)
    return waiting


def begun(kind: Kind, doc: Document, now: float) -> Document:
    """Give the document of a job that a runner works on; its start is that of its first runner."""
    members = _MEMBERS[kind]
    return {**doc, members.started: doc.get(members.started, now)}


def moved(kind: Kind, doc: Document, status: str, message: str, now: float) -> Document:
    """Give the document in the next secondary status, for kinds that have one. A stopping job stays so."""
    if kind is not Kind.TRAINING_JOB or doc[_MEMBERS[kind].status] == "Stopping":
        return doc
    return transition(doc, status, message, now)


def stopping(kind: Kind, doc: Document, now: float) -> Document:
    """Give the document of a job that was told to stop."""
    told = {**doc, _MEMBERS[kind].status: "Stopping"}
    return transition(told, "Stopping", "Stopping the training job", now) if kind is Kind.TRAINING_JOB else told


def ended(kind: Kind, doc: Document, ending: Ending, now: float) -> Document:
    """Give the document of a job, or of an endpoint's deployment, that ended."""
    if kind is Kind.ENDPOINT:
        reason = ending.reason or "The deployment was stopped."
        well = ending.status == "Completed"
        return endpoint_states.deployed(doc, now) if well else endpoint_states.failed(doc, reason)
    members = _MEMBERS[kind]
    began = doc.get(members.started, now)
    done = {**doc, **ending.members, members.status: ending.status, members.started: began, members.ended: now}
    if ending.reason is not None:
        done["FailureReason"] = ending.reason
    if kind is Kind.TRAINING_JOB:
        secondary = ending.secondary or ending.status
        done = transition(done, secondary, ending.message or ending.reason or _WORDS[secondary], now)
        seconds = int(now - began)
        done |= {"TrainingTimeInSeconds": seconds, "BillableTimeInSeconds": seconds, "ProfilingStatus": "Disabled"}
    return done
