"""Logs of jobs and endpoints, as CloudWatch Logs answers them.

A job's log lies in the store under the job itself. Here it is a stream `<job>/algo-1-<epoch seconds>` of the group of
the job's kind; an endpoint has a group of its own, `/aws/sagemaker/Endpoints/<endpoint>`, whose streams are named as
they are stored. What clients rely on: a group that holds nothing is ResourceNotFoundException, which the SageMaker SDK
takes as "not yet", and the page behind the last event is empty and repeats its token, which is how clients see the end.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, overload

from trialbook.errors import CodedError
from trialbook.model import NOUNS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, LogStream, Store

ENDPOINTS = "/aws/sagemaker/Endpoints"
GROUPS = {
    "/aws/sagemaker/TrainingJobs": Kind.TRAINING_JOB,
    "/aws/sagemaker/ProcessingJobs": Kind.PROCESSING_JOB,
    "/aws/sagemaker/TransformJobs": Kind.TRANSFORM_JOB,
}
"""The groups that jobs write to."""
_PAGE = 10_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Event(NamedTuple):
    """One line of a log; `time` is epoch milliseconds."""

    time: int
    message: str


class Events(Sequence[Event]):
    """The events of a stream, read from the store as they are asked for; its length is that of the first look."""

    def __init__(self, store: Store, entity: int, stream: str, span: range) -> None:
        self._read = store.log
        self._entity = entity
        self._stream = stream
        self._span = span

    def __len__(self) -> int:
        return len(self._span)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> Events: ...

    def __getitem__(self, index: int | slice) -> Event | Events:
        if isinstance(index, slice):
            part = Events.__new__(Events)
            part.__dict__.update(self.__dict__, _span=self._span[index])
            return part
        return next(iter(self[index : index + 1]))

    def __iter__(self) -> Iterator[Event]:
        at = self._span.start
        while at < self._span.stop:
            lines = self._read(self._entity, self._stream, at, min(_PAGE, self._span.stop - at))
            if not lines:
                return
            yield from (Event(int(line.time * 1000), shown(line.text)) for line in lines)
            at += len(lines)

    def between(self, start: int | None, end: int | None) -> Events:
        """Give the events from the epoch millisecond `start` up to before `end`."""
        first = 0 if not start else bisect.bisect_left(self, start, key=lambda event: event.time)
        last = len(self) if end is None else bisect.bisect_left(self, end, key=lambda event: event.time)
        return self[first:last]


@dataclass(frozen=True, slots=True)
class Stream:
    """One log stream with its events in order of arrival; `created` and `last` are epoch milliseconds."""

    group: str
    name: str
    created: int
    last: int
    events: Events


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events in order of time, and the tokens that lead on forwards and backwards."""

    events: Sequence[Event]
    forward: str
    backward: str


def shown(text: str) -> str:
    """Give a line as CloudWatch shows it: a control character is `#` and three octal digits, so a TAB is `#011`."""
    return _CONTROL.sub(lambda found: f"#{ord(found[0]):03o}", text)


def find_groups(call: Call) -> list[str]:
    """Give the groups that hold anything."""
    jobs = [group for group, kind in GROUPS.items() if any(_streams(call, group, one) for one in _all(call, kind))]
    endpoints = [
        f"{ENDPOINTS}/{(one.doc or {})['EndpointName']}"
        for one in _all(call, Kind.ENDPOINT)
        if call.store.log_streams(one.id)
    ]
    return [*jobs, *endpoints]


def find_streams(call: Call, group: str, prefix: str = "") -> list[Stream]:
    """Give the streams of a group whose names begin with `prefix`, by name.

    A prefix that names a job (`<job>/`) costs one look-up; without it every job of the group is looked at.
    """
    if group.startswith(f"{ENDPOINTS}/"):
        entity = call.store.find(Kind.ENDPOINT, call.scope.key(group.removeprefix(f"{ENDPOINTS}/")))
        entities = [] if entity is None else [entity]
    elif group not in GROUPS:
        return []
    elif "/" in prefix:
        entity = call.store.find(GROUPS[group], call.scope.key(prefix.partition("/")[0]))
        entities = [] if entity is None else [entity]
    else:
        entities = _all(call, GROUPS[group])
    found = [stream for entity in entities for stream in _streams(call, group, entity)]
    return sorted((one for one in found if one.name.startswith(prefix)), key=lambda one: one.name)


def require_streams(call: Call, group: str, prefix: str = "") -> list[Stream]:
    """Give a group's streams. Raises `CodedError` ResourceNotFoundException when there is none."""
    streams = find_streams(call, group, prefix)
    if not streams and not (prefix and find_streams(call, group)):
        known = ", ".join([*GROUPS, f"{ENDPOINTS}/<endpoint>"])
        raise CodedError(
            "ResourceNotFoundException",
            f"The specified log group does not exist: '{group}'. Groups come to be with a job's first line, and "
            f"recorded jobs write none; SageMaker's groups are {known}.",
        )
    return streams


def require_stream(call: Call, group: str, name: str) -> Stream:
    """Give a stream. Raises `CodedError` ResourceNotFoundException."""
    for stream in require_streams(call, group, name):
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


def _all(call: Call, kind: Kind) -> list[Entity]:
    return [
        entity
        for entity in call.store.changes(0, [kind], limit=1_000_000)
        if entity.doc is not None and entity.doc.get("_scope") == call.scope.text
    ]


def _streams(call: Call, group: str, entity: Entity) -> list[Stream]:
    kind = Kind(entity.kind)
    name = (entity.doc or {})[NOUNS[kind].name]

    def stream(one: LogStream) -> Stream:
        full = one.name if kind is Kind.ENDPOINT else f"{name}/{one.name}-{int(one.created)}"
        events = Events(call.store, entity.id, one.name, range(one.count))
        return Stream(group, full, int(one.created * 1000), int(one.last * 1000), events)

    return [stream(one) for one in call.store.log_streams(entity.id) if one.count]
