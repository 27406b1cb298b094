"""Claims: work that waits for a runner, in order of submission, and who holds it until when.

A claim is made in the commit that makes its job and goes in the commit that ends it, so a job is never forgotten and
never run twice: a runner takes a claim by writing its name and the end of its lease into it, on the store's one writer.
Claims are no part of what readers follow, so they take no revision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import KeyTakenError, StoreError
from trialbook.store.documents import document_to_text, key_to_text, text_to_document, text_to_key
from trialbook.store.interface import Claim
from trialbook.store.session import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialbook.model import Document, Kind
    from trialbook.store.session import Row, Session, Value

_SELECT = "SELECT id, kind, key, owner, until, state FROM claim"
_INSERT = "INSERT INTO claim (kind, key, until, state) VALUES (?, ?, 0, ?) ON CONFLICT (kind, key) DO NOTHING"


def add(session: Session, kind: Kind, key: str, state: Document) -> Claim:
    """Add a claim that nobody holds; see `interface.Transaction.add_claim`."""
    if not session.run(_INSERT, (int(kind), key_to_text(key), document_to_text(state))):
        raise KeyTakenError(f"there is a claim of kind {int(kind)} with the key {key!r} already")
    found = find(session, kind, key)
    assert found is not None
    return found


def find(session: Session, kind: Kind, key: str) -> Claim | None:
    """Find a claim by its kind and key."""
    rows = session.rows(f"{_SELECT} WHERE kind = ? AND key = ?", (int(kind), key_to_text(key)))
    return _claim(rows[0]) if rows else None


def several(session: Session, kinds: Iterable[Kind] | None, free_at: float | None, limit: int) -> list[Claim]:
    """Give claims in order of submission; see `interface.Reader.claims`."""
    where: list[str] = []
    values: list[Value] = []
    if kinds is not None:
        numbers = sorted(int(kind) for kind in kinds)
        where.append(f"kind IN ({placeholders(len(numbers))})")
        values.extend(numbers)
    if free_at is not None:
        where.append("until < ?")
        values.append(free_at)
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return [_claim(row) for row in session.rows(f"{_SELECT}{condition} ORDER BY id LIMIT ?", [*values, limit])]


def put(session: Session, claim: Claim) -> None:
    """Replace a claim's holder, lease and state."""
    values = (
        None if claim.owner is None else key_to_text(claim.owner),
        claim.until,
        document_to_text(claim.state),
        claim.id,
    )
    if not session.run("UPDATE claim SET owner = ?, until = ?, state = ? WHERE id = ?", values):
        raise StoreError(f"there is no claim {claim.id}: its work has ended")


def drop(session: Session, claim_id: int) -> None:
    """Forget a claim; nothing happens when it is gone already."""
    session.run("DELETE FROM claim WHERE id = ?", (claim_id,))


def _claim(row: Row) -> Claim:
    number, kind, key, owner, until, state = row
    return Claim(
        number, kind, text_to_key(key), None if owner is None else text_to_key(owner), until, text_to_document(state)
    )
