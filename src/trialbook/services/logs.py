"""Logs of jobs, as CloudWatch Logs answers them.

**Recorded jobs have no logs**, so there is nothing to read in this version: `find_streams` is the one place that will
read them once jobs run. What clients rely on is here and does not depend on it: a group that holds nothing is
ResourceNotFoundException, which the SageMaker SDK takes as "not yet", and the page behind the last event is empty and
repeats its token, which is how clients see the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import CodedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.context import Call

GROUPS = (
    "/aws/sagemaker/TrainingJobs",
    "/aws/sagemaker/ProcessingJobs",
    "/aws/sagemaker/TransformJobs",
    "/aws/sagemaker/Endpoints",
)
"""The groups that SageMaker writes to."""


class Event(NamedTuple):
    """One line of a log; `time` is epoch milliseconds."""

    time: int
    message: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One log stream, `<job>/algo-1-<epoch seconds>`, with its events in order of arrival."""

    group: str
    name: str
    created: int
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in order of time, and the tokens that lead on forwards and backwards."""

    events: Sequence[Event]
    forward: str
    backward: str


def find_streams(call: Call, group: str) -> list[Stream]:  # noqa: ARG001 (nothing is logged while jobs are records)
    """Give the streams of a group by name. Always none in this version."""
    return []


def require_streams(call: Call, group: str) -> list[Stream]:
    """Give a group's streams. Raises `CodedError` ResourceNotFoundException for a group without any."""
    streams = find_streams(call, group)
    if not streams:
        known = ", ".join(GROUPS)
        raise CodedError(
            "ResourceNotFoundException",
            f"The specified log group does not exist: '{group}'. Groups come to be with a job's first line, and "
            f"recorded jobs write none; SageMaker's groups are {known}.",
        )
    return streams


def require_stream(call: Call, group: str, name: str) -> Stream:
    """Give a stream. Raises `CodedError` ResourceNotFoundException."""
    for stream in require_streams(call, group):
        if stream.name == name:
            return stream
    raise CodedError("ResourceNotFoundException", f"The specified log stream does not exist: '{name}' in '{group}'.")


def page_events(
    events: Sequence[Event], token: str | None = None, limit: int = 10_000, *, from_head: bool = False
) -> EventPage:
    """Give one page of a stream's events.

    Parameters
    ----------
    token
        `f/<n>`: the page begins with event n; `b/<n>`: it ends before event n. None: the first or the last page.

    Raises
    ------
    CodedError
        InvalidParameterException for any other token.
    """
    if token is None:
        start = 0 if from_head else max(0, len(events) - limit)
        end = min(len(events), start + limit)
    else:
        direction, at = _read_token(token)
        at = min(at, len(events))
        start, end = (at, min(len(events), at + limit)) if direction == "f" else (max(0, at - limit), at)
    return EventPage(events[start:end], f"f/{end}", f"b/{start}")


def _read_token(token: str) -> tuple[str, int]:
    direction, _, at = token.partition("/")
    if direction not in {"f", "b"} or not (at.isascii() and at.isdigit() and len(at) < 18):
        raise CodedError("InvalidParameterException", f"The specified nextToken is invalid: '{token[:100]}'.")
    return direction, int(at)
