"""What an answer about data is gathered in: findings with their uses, and doubts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.services.use_evidence import use_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Edge

MOST_NAMED = 20
"""Things that could not be checked which an answer names; it counts them all."""


@dataclass
class Findings:
    """What was found so far, what could not be checked, and the uses (ends and labels of edges) told by place."""

    found: list[Document] = field(default_factory=list)
    unchecked: list[Document] = field(default_factory=list)
    told: set[tuple[int, str, int]] = field(default_factory=set)

    def doubt(self, what: str, why: str) -> None:
        """Say what could not be checked."""
        self.unchecked.append({"what": what, "why": why})


def told_uses(call: Call, edges: Iterable[Edge]) -> list[Document]:
    """Describe uses; those of jobs and runs that are deleted are left out."""
    listed = list(edges)
    users = {one.id: one for one in call.store.get_many([edge.target for edge in listed])}
    return [use_document(call, edge, users[edge.target]) for edge in listed if edge.target in users]
