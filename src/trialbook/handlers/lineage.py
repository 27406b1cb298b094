"""QueryLineage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import lineage

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def query_lineage(call: Call, request: Document) -> Document:
    """Walk the lineage graph."""
    return lineage.query_lineage(call, request)
