"""Logs of runs and jobs by `/api/v1`: `entity` is the name of a run, or the ARN of a run or a job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from trialbook.services import entity_logs
from trialbook.services.forms import Bounds, Says, read

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call

MOST_START = 2**53


@dataclass(frozen=True, slots=True)
class LogStreamsForm:
    """Whose logs to list."""

    entity: Annotated[str, Says("The name of a run, or the ARN of a run or a job.")]


@dataclass(frozen=True, slots=True)
class LogsForm:
    """Which lines to read."""

    entity: Annotated[str, Says("The name of a run, or the ARN of a run or a job.")]
    stream: Annotated[str, Says("One of its log streams.")] = "console"
    start: Annotated[
        int,
        Says("The number of the first line, from 0 on; negative: so many before the end."),
        Bounds(-MOST_START, MOST_START),
    ] = 0
    limit: Annotated[int, Says("Lines at most."), Bounds(1, entity_logs.MOST_LINES)] = entity_logs.MOST_LINES


@dataclass(frozen=True, slots=True)
class LogFindForm:
    """What to look for in logs."""

    entity: Annotated[str, Says("The name of a run, or the ARN of a run or a job.")]
    text: Annotated[str, Says("What a line must hold, letter by letter.")]
    stream: Annotated[str | None, Says("One of its log streams; all of them by default.")] = None
    start: Annotated[int, Says("The line number to begin at."), Bounds(0, MOST_START)] = 0
    limit: Annotated[int, Says("Lines at most."), Bounds(1, entity_logs.MOST_LINES)] = 100


def log_streams(call: Call, request: Document) -> Document:
    """List the log streams of a run or a job: `name`, `created`, `last`, `count` each."""
    return {"streams": entity_logs.list_streams(call, read(LogStreamsForm, request).entity)}


def logs(call: Call, request: Document) -> Document:
    """Read lines of a log by their numbers."""
    form = read(LogsForm, request)
    return entity_logs.read_lines(call, form.entity, form.stream, form.start, form.limit)


def log_find(call: Call, request: Document) -> Document:
    """Find the lines of logs that hold a text."""
    form = read(LogFindForm, request)
    return entity_logs.find_lines(call, form.entity, form.text, form.stream, form.start, form.limit)
