"""Trialbook's own operations, for what AWS's cannot say: JSON members in lower case, in and out.

`search` takes the text grammar, several sort keys and columns; `suggest` property names; `bin` and `restore` are about
deleted entities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.handlers import ingest, logged
from trialbook.services import recycling, search, text_search

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.wire.points import Message


def find(call: Call, request: Document) -> Document:
    """Search by text: see `services.text_search.TextQuery` for the members."""
    return text_search.run(call, text_search.read(request))


def suggest(call: Call, request: Document) -> Document:
    """Suggest property names: `resource`, `hint`."""
    kind = text_search.kind_of(_text(request, "resource", "run"))
    return {"names": search.suggest_for(call, kind, _text(request, "hint", ""))}


def list_bin(call: Call, request: Document) -> Document:
    """Give what was deleted and can be restored, newest first."""
    del request
    return {"items": recycling.list_bin(call)}


def restore(call: Call, request: Document) -> Document:
    """Bring a deleted entity back, by its ARN."""
    return recycling.restore(call, _text(request, "arn"))


def _text(request: Document, member: str, default: str | None = None) -> str:
    value = request.get(member, default)
    if not isinstance(value, str):
        raise ValidationError(f"'{member}' must be given as text.")
    return value


OPERATIONS: dict[str, Callable[[Call, Document], Document]] = {
    "search": find,
    "suggest": suggest,
    "bin": list_bin,
    "restore": restore,
    "run": ingest.run,
    "log_streams": logged.log_streams,
    "logs": logged.logs,
    "log_find": logged.log_find,
}
"""The operations of `/api/v1/`, by path."""

MESSAGES: dict[str, Callable[[Call, Message], bytes]] = {"points": ingest.points, "series": ingest.series}
"""The operations of `/api/v1/` that take and answer binary messages (`wire.points`)."""
