"""Logs of runs and jobs, line by line: what `/api/v1` answers; `services.logs` tells CloudWatch Logs of the same.

A line's number in its stream never changes, so a reader goes on from `next` at any time.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from trialbook.errors import NotFoundError
from trialbook.model import Document, Kind
from trialbook.services import records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, LogStream

MOST_LINES = 10_000
"""Lines of one answer at most."""


def require_logged(call: Call, name: str) -> Entity:
    """Find what has a log: a run by its name, or anything by its ARN. Raises `NotFoundError`."""
    if not name.startswith("arn:"):
        return records.require(call.store, call, Kind.TRIAL_COMPONENT, name)
    entity = records.find_arn(call.store, name)
    if entity is None:
        raise NotFoundError(f"'{name}' names nothing: give the name of a run, or the ARN of a run or a job.")
    return entity


def list_streams(call: Call, name: str) -> list[Document]:
    """Give the streams of an entity by name: `name`, `created`, `last` (epoch seconds), `count`."""
    return [asdict(stream) for stream in call.store.log_streams(require_logged(call, name).id)]


def read_lines(call: Call, name: str, stream: str, start: int, limit: int) -> Document:
    """Give lines from number `start` on, or, when it is negative, the last `-start` of them.

    Returns
    -------
    `time` (epoch seconds) and `text` of the lines, column by column; `start`, the first one's number; `next`, to go on
    from; `count`, how many lines the stream has now.
    """
    entity = require_logged(call, name)
    count = _require_stream(call, entity, name, stream).count
    first = max(count + start, 0) if start < 0 else start
    lines = call.store.log(entity.id, stream, first, min(limit, MOST_LINES))
    return {
        "time": [line.time for line in lines],
        "text": [_unicode(line.text) for line in lines],
        "start": first,
        "next": first + len(lines),
        "count": max(count, first + len(lines)) if lines else count,
    }


def find_lines(call: Call, name: str, text: str, stream: str | None, start: int, limit: int) -> Document:
    """Give the first lines that hold `text`, by stream and number: `stream`, `number`, `time`, `text`, in columns."""
    entity = require_logged(call, name)
    if stream is not None:
        _require_stream(call, entity, name, stream)
    found = call.store.find_log(entity.id, text, stream, min(limit, MOST_LINES), start)
    return {
        "stream": [one.stream for one in found],
        "number": [one.number for one in found],
        "time": [one.line.time for one in found],
        "text": [_unicode(one.line.text) for one in found],
    }


def _unicode(text: str) -> str:
    """Put a question mark for each half of a surrogate pair: a program may print one, and JSON has none."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _require_stream(call: Call, entity: Entity, name: str, stream: str) -> LogStream:
    streams = call.store.log_streams(entity.id)
    for one in streams:
        if one.name == stream:
            return one
    known = ", ".join(f"'{one.name}'" for one in streams) or "none yet"
    raise NotFoundError(f"'{name}' has no log stream '{stream}'; it has: {known}.")
