"""Logs of runs and jobs by `/api/v1`: `entity` is the name of a run, or the ARN of a run or a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.services import entity_logs

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call

_MOST_START = 2**53


def log_streams(call: Call, request: Document) -> Document:
    """List the log streams of `entity`: `name`, `created`, `last`, `count` each."""
    return {"streams": entity_logs.list_streams(call, _text(request, "entity"))}


def logs(call: Call, request: Document) -> Document:
    """Read lines of `stream` of `entity` from number `start` on (negative: from that many before the end)."""
    stream, start = _text(request, "stream", "console"), _whole(request, "start", 0, -_MOST_START, _MOST_START)
    return entity_logs.read_lines(call, _text(request, "entity"), stream, start, _limit(request))


def log_find(call: Call, request: Document) -> Document:
    """Find lines that hold `text` in `stream`, or in every stream, of `entity`, from number `start` on."""
    stream = None if request.get("stream") is None else _text(request, "stream")
    start = _whole(request, "start", 0, 0, _MOST_START)
    return entity_logs.find_lines(
        call, _text(request, "entity"), _text(request, "text"), stream, start, _limit(request, 100)
    )


def _limit(request: Document, default: int = entity_logs.MOST_LINES) -> int:
    return _whole(request, "limit", default, 1, entity_logs.MOST_LINES)


def _text(request: Document, member: str, default: str | None = None) -> str:
    value = request.get(member, default)
    if not isinstance(value, str):
        raise ValidationError(f"'{member}' must be given as text.")
    return value


def _whole(request: Document, member: str, default: int, least: int, most: int) -> int:
    value = request.get(member, default)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValidationError(f"'{member}' is {value!r}; it must be a whole number from {least} to {most}.")
    return value
