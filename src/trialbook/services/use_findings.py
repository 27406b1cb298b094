"""What an answer about data is gathered in: findings with their uses, and doubts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.services.content_uses import READ
from trialbook.services.use_evidence import downstream, use_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Edge

MOST_USES = 100
"""Uses that one finding shows; it counts them all."""
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


def told_uses(call: Call, edges: Iterable[Edge]) -> Document:
    """Describe uses, readers first, then the newest, `MOST_USES` at most; those of what is deleted are left out.

    Returns
    -------
    `uses`, and `count`: how many there are.
    """
    ordered = sorted(edges, key=lambda edge: (not edge.label.startswith(f"{READ}:"), -edge.doc["time"]))
    shown = ordered[:MOST_USES]
    users = {one.id: one for one in call.store.get_many(list({edge.target for edge in shown}))}
    after = {one: downstream(call, user) for one, user in users.items()}
    told = [use_document(call, edge, users[edge.target], after[edge.target]) for edge in shown if edge.target in users]
    return {"uses": told, "count": len(ordered)}
