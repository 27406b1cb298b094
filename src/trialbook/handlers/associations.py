"""AddAssociation, DeleteAssociation, ListAssociations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import association_lists, associations

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def add_association(call: Call, request: Document) -> Document:
    """Associate two entities."""
    chosen = request.get("AssociationType", associations.DEFAULT_TYPE)
    return associations.add_association(call, request["SourceArn"], request["DestinationArn"], chosen)


def delete_association(call: Call, request: Document) -> Document:
    """Remove the associations from one entity to another."""
    return associations.delete_association(call, request["SourceArn"], request["DestinationArn"])


def list_associations(call: Call, request: Document) -> Document:
    """List associations."""
    return association_lists.list_associations(call, request)
