"""Taking members out of requests and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.model import Document


def pick(doc: Document, *members: str) -> Document:
    """Give only these members of a document."""
    return {member: doc[member] for member in members}


def rest(request: Document, name: str) -> tuple[str, Document]:
    """Give the member that names the thing, and all the others."""
    return request[name], {member: value for member, value in request.items() if member != name}
