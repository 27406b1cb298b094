"""CreateContext, DescribeContext, UpdateContext, DeleteContext, ListContexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import lineage_entities, records
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

CONTEXTS = Listing(
    Kind.CONTEXT, "ContextSummaries", equals={"SourceUri": "Source.SourceUri", "ContextType": "ContextType"}
)


def create_context(call: Call, request: Document) -> Document:
    """Add a context."""
    return pick(lineage_entities.create_entity(call, Kind.CONTEXT, *rest(request, "ContextName")), "ContextArn")


def describe_context(call: Call, request: Document) -> Document:
    """Give a context."""
    return records.document(records.require(call.store, call, Kind.CONTEXT, request["ContextName"]))


def update_context(call: Call, request: Document) -> Document:
    """Change a context's description and properties."""
    return pick(lineage_entities.update_entity(call, Kind.CONTEXT, *rest(request, "ContextName")), "ContextArn")


def delete_context(call: Call, request: Document) -> Document:
    """Remove a context without associations."""
    return pick(lineage_entities.delete_entity(call, Kind.CONTEXT, request["ContextName"]), "ContextArn")


def list_contexts(call: Call, request: Document) -> Document:
    """List contexts, of one source or type."""
    return list_page(call, CONTEXTS, request)
