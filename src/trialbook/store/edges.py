"""Edges between entities. One whose end lies in the bin is parked, and hidden here (see `entities.py`)."""

from __future__ import annotations

import heapq
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import StoreError
from trialbook.store.documents import document_to_text, key_to_text, text_to_document, text_to_key
from trialbook.store.entities import get_many, missing
from trialbook.store.interface import Edge
from trialbook.store.session import batched, placeholders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.model import Document
    from trialbook.store.session import Row, Session, Value

_SELECT = "SELECT id, source, label, target, doc FROM edge WHERE parked = 0"
_LINK = """
INSERT INTO edge (source, label, target, doc) SELECT ?, ?, ?, ?
WHERE (SELECT count(*) FROM entity WHERE id IN (?, ?) AND doc IS NOT NULL) = ?
ON CONFLICT (source, target, label) DO NOTHING"""
_UNLINK = "DELETE FROM edge WHERE parked = 0 AND source = ? AND target = ?"


class Ends(NamedTuple):
    """Which edges are asked for: from `source`, to `target`, both, or (None, None) any."""

    source: int | None
    target: int | None

    def narrow(self) -> tuple[str, list[Value]]:
        """Give the conditions and their values."""
        chosen = [(name, end) for name, end in zip(self._fields, self, strict=True) if end is not None]
        return "".join(f" AND {name} = ?" for name, _ in chosen), [end for _, end in chosen]


def between(session: Session, ends: Ends, label: str | None) -> list[Edge]:
    """Give edges, oldest first; see `interface.Reader.edges`."""
    if ends == (None, None):
        message = "edges: give a source, a target, or both"
        raise StoreError(message)
    where, values = ends.narrow()
    if label is not None:
        where, values = f"{where} AND label = ?", [*values, key_to_text(label)]
    return [_edge(row) for row in session.rows(f"{_SELECT}{where} ORDER BY id", values)]


def of_many(session: Session, ids: Sequence[int], *, incoming: bool) -> list[Edge]:
    """Give the edges that leave or enter any of `ids`, oldest first."""
    rows: dict[int, Row] = {}
    column = "target" if incoming else "source"
    for part in batched(ids):
        for row in session.rows(f"{_SELECT} AND {column} IN ({placeholders(len(part))})", part):
            rows[row[0]] = row
    return [_edge(rows[number]) for number in sorted(rows)]


def page(
    session: Session, labels: Sequence[str], ends: Ends, beyond: int | None, *, newest_first: bool, limit: int
) -> list[tuple[int, Edge]]:
    """Give edges of some labels by age, with their numbers; see `interface.Reader.edge_page`."""
    where, values = ends.narrow()
    if beyond is not None:
        where, values = f"{where} AND id {'<' if newest_first else '>'} ?", [*values, beyond]
    order = "DESC" if newest_first else "ASC"
    # One label at a time, each by its index, so that a few associations are found among millions of other edges.
    sql = f"{_SELECT} AND label = ?{where} ORDER BY id {order} LIMIT ?"
    found = [session.rows(sql, (key_to_text(label), *values, limit)) for label in sorted(set(labels))]
    rows = heapq.merge(*found, key=lambda row: row[0], reverse=newest_first)
    return [(row[0], _edge(row)) for row in islice(rows, limit)]


def link(session: Session, source: int, label: str, target: int, doc: Document) -> bool:
    """Add an edge; False when it is there already."""
    ends = 1 if source == target else 2
    if session.run(_LINK, (source, key_to_text(label), target, document_to_text(doc), source, target, ends)) > 0:
        return True
    alive = {entity.id for entity in get_many(session, (source, target))}
    for end in (source, target):
        if end not in alive:
            raise missing(end)
    return False


def unlink(session: Session, source: int, target: int, label: str | None) -> int:
    """Remove edges between two entities; gives how many there were."""
    if label is None:
        return session.run(_UNLINK, (source, target))
    return session.run(f"{_UNLINK} AND label = ?", (source, target, key_to_text(label)))


def _edge(row: Row) -> Edge:
    _, source, label, target, doc = row
    return Edge(source, text_to_key(label), target, text_to_document(doc))
