"""CreateAction, DescribeAction, UpdateAction, DeleteAction, ListActions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import lineage_entities, records
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

ACTIONS = Listing(Kind.ACTION, "ActionSummaries", equals={"SourceUri": "Source.SourceUri", "ActionType": "ActionType"})


def create_action(call: Call, request: Document) -> Document:
    """Add an action."""
    return pick(lineage_entities.create_entity(call, Kind.ACTION, *rest(request, "ActionName")), "ActionArn")


def describe_action(call: Call, request: Document) -> Document:
    """Give an action."""
    return records.document(records.require(call.store, call, Kind.ACTION, request["ActionName"]))


def update_action(call: Call, request: Document) -> Document:
    """Change an action's status, description and properties."""
    return pick(lineage_entities.update_entity(call, Kind.ACTION, *rest(request, "ActionName")), "ActionArn")


def delete_action(call: Call, request: Document) -> Document:
    """Remove an action without associations."""
    return pick(lineage_entities.delete_entity(call, Kind.ACTION, request["ActionName"]), "ActionArn")


def list_actions(call: Call, request: Document) -> Document:
    """List actions, of one source or type."""
    return list_page(call, ACTIONS, request)
