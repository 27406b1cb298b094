"""Search and GetSearchSuggestions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import search as service

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def search(call: Call, request: Document) -> Document:
    """Find records of one kind by an expression."""
    return service.search_records(call, request)


def get_search_suggestions(call: Call, request: Document) -> Document:
    """Suggest property names for a hint."""
    hint = request.get("SuggestionQuery", {}).get("PropertyNameQuery", {}).get("PropertyNameHint", "")
    names = service.suggest_names(call, request["Resource"], hint)
    return {"PropertyNameSuggestions": [{"PropertyName": name} for name in names]}
