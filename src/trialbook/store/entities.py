# ruff: noqa: D103 - the functions are the methods of `interface`, which says what they promise
"""Entities and the bin: the statements, and the rules they carry.

A deleted entity keeps its row, with a new `rev`, no document and a key of our own, so that followers see it go, its
key is free, and its number never comes again. Its document waits in `bin`. Its edges stay where they are and are
parked: hidden while one of their ends is in the bin, so two deleted neighbours get their edge back once both are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import KeyTakenError, StoreError
from trialbook.model import Kind
from trialbook.store.documents import document_to_text, key_to_text, text_to_document, text_to_key
from trialbook.store.interface import ROW_BITS, BinItem, Entity
from trialbook.store.session import batched, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trialbook.model import Document
    from trialbook.store.session import Session, Value

_FIND = "SELECT id, rev, doc FROM entity WHERE kind = ? AND key = ?"
_INSERT = """
INSERT INTO entity (id, rev, kind, key, doc)
VALUES (coalesce((SELECT id + 1 FROM entity WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1), ?), ?, ?, ?, ?)
ON CONFLICT (kind, key) DO NOTHING RETURNING id"""
_UPDATE = "UPDATE entity SET rev = ?, doc = ? WHERE id = ? AND doc IS NOT NULL RETURNING key"
_BIN = "INSERT INTO bin (id, key, doc, deleted) SELECT id, key, doc, ? FROM entity WHERE id = ? AND doc IS NOT NULL"
_DELETE = "UPDATE entity SET rev = ?, key = ?, doc = NULL WHERE id = ?"
_PARK = "UPDATE edge SET parked = parked + ? WHERE source = ? OR target = ?"
_BINNED = "SELECT key, doc FROM bin WHERE id = ?"
_TAKEN = "SELECT 1 FROM entity WHERE kind = ? AND key = ?"
_RESTORE = "UPDATE entity SET rev = ?, key = ?, doc = ? WHERE id = ?"
_UNBIN = "DELETE FROM bin WHERE id = ?"


def find(session: Session, kind: Kind, key: str) -> Entity | None:
    rows = session.rows(_FIND, (int(kind), key_to_text(key)))
    if not rows:
        return None
    ((entity_id, rev, doc),) = rows
    return Entity(entity_id, rev, key, text_to_document(doc))


def get_many(session: Session, ids: Sequence[int]) -> list[Entity]:
    found: dict[int, Entity] = {}
    for part in batched(ids):
        sql = f"SELECT id, rev, key, doc FROM entity WHERE id IN ({placeholders(len(part))}) AND doc IS NOT NULL"  # noqa: S608
        for entity_id, rev, key, doc in session.rows(sql, part):
            found[entity_id] = Entity(entity_id, rev, text_to_key(key), text_to_document(doc))
    return [found[entity_id] for entity_id in ids if entity_id in found]


def changes(session: Session, since: int, kinds: Iterable[Kind] | None, limit: int) -> list[Entity]:
    values: list[Value] = [since]
    where = "rev > ?"
    if kinds is not None:
        chosen = sorted({int(kind) for kind in kinds})
        if not chosen:
            return []
        # The plus keeps planners from the index on (kind, key): a follower would read all of the kind each time.
        where += f" AND +kind IN ({placeholders(len(chosen))})"
        values += chosen
    select = f"SELECT id, rev, key, doc FROM entity WHERE {where}"  # noqa: S608
    rows = session.rows(f"{select} ORDER BY rev, id LIMIT ?", (*values, limit))
    if limit and len(rows) == limit:
        # The last rev may go on. What moved to a newer rev between the two reads is seen with that one.
        last_id, last_rev = rows[-1][0], rows[-1][1]
        rows += session.rows(f"{select} AND rev = ? AND id > ? ORDER BY id", (*values, last_rev, last_id))
    return [
        Entity(entity_id, rev, "", None)
        if doc is None
        else Entity(entity_id, rev, text_to_key(key), text_to_document(doc))
        for entity_id, rev, key, doc in rows
    ]


def last_row(session: Session, kind: Kind) -> int:
    first = kind << ROW_BITS
    sql = "SELECT id FROM entity WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1"
    rows = session.rows(sql, (first, (kind + 1) << ROW_BITS))
    return int(rows[0][0]) - first if rows else -1


def insert(session: Session, rev: int, kind: Kind, key: str, doc: Document) -> Entity:
    first = kind << ROW_BITS
    values = (first, (kind + 1) << ROW_BITS, first, rev, int(kind), key_to_text(key), document_to_text(doc))
    rows = session.rows(_INSERT, values)
    if not rows:
        raise _taken(kind, key)
    return Entity(rows[0][0], rev, key, doc)


def update(session: Session, rev: int, entity_id: int, doc: Document) -> Entity:
    rows = session.rows(_UPDATE, (rev, document_to_text(doc), entity_id))
    if not rows:
        raise missing(entity_id)
    return Entity(entity_id, rev, text_to_key(rows[0][0]), doc)


def delete(session: Session, rev: int, entity_id: int, now: float) -> None:
    if not session.run(_BIN, (float(now), entity_id)):
        raise missing(entity_id)
    # U+0001 followed by anything but U+0001 and U+0002 starts no user's key (see documents.py).
    session.run(_DELETE, (rev, f"\x01deleted/{entity_id}", entity_id))
    session.run(_PARK, (1, entity_id, entity_id))


def restore(session: Session, rev: int, entity_id: int) -> Entity:
    rows = session.rows(_BINNED, (entity_id,))
    if not rows:
        message = f"entity {entity_id} is not in the bin"
        raise StoreError(message)
    ((key, doc),) = rows
    kind = entity_id >> ROW_BITS
    if session.rows(_TAKEN, (kind, key)):
        raise _taken(kind, text_to_key(key))
    session.run(_RESTORE, (rev, key, doc, entity_id))
    session.run(_UNBIN, (entity_id,))
    session.run(_PARK, (-1, entity_id, entity_id))
    return Entity(entity_id, rev, text_to_key(key), text_to_document(doc))


def list_bin(session: Session, limit: int) -> list[BinItem]:
    rows = session.rows("SELECT id, key, doc, deleted FROM bin ORDER BY deleted DESC, id DESC LIMIT ?", (limit,))
    return [
        BinItem(entity_id, text_to_key(key), text_to_document(doc), deleted) for entity_id, key, doc, deleted in rows
    ]


def empty_bin(session: Session, before: float) -> int:
    """Forget documents, edges, series and logs of what was deleted before; the rows stay, so numbers never return."""
    ids = [row[0] for row in session.rows("SELECT id FROM bin WHERE deleted < ?", (float(before),))]
    for part in batched(ids):
        marks = placeholders(len(part))
        for table in ("log_chunk", "log_writer"):
            logs = f"SELECT id FROM log WHERE entity IN ({marks})"  # noqa: S608
            session.run(f"DELETE FROM {table} WHERE log IN ({logs})", part)  # noqa: S608
        for table, column in (
            ("edge", "source"),
            ("edge", "target"),
            ("summary", "run"),
            ("flush", "run"),
            ("writer", "run"),
            ("chunk", "run"),
            ("merged", "run"),
            ("log", "entity"),
            ("bin", "id"),
        ):
            session.run(f"DELETE FROM {table} WHERE {column} IN ({marks})", part)  # noqa: S608
    return len(ids)


def missing(entity_id: int) -> StoreError:
    """Make the error of an entity that is not there."""
    return StoreError(f"there is no entity {entity_id} (kind {entity_id >> ROW_BITS}); it may have been deleted")


def _taken(kind: int, key: str) -> KeyTakenError:
    return KeyTakenError(f"an entity of kind {Kind(kind).name} with the key {key!r} exists already")
