"""The bin: what was deleted can be restored for 30 days, with its tags, metrics and edges.

The bin belongs to the store, not to one operation: every delete goes through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import KeyTakenError, NotFoundError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.store.interface import ROW_BITS

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import BinItem, Store

RETENTION = 30 * 86400
"""Seconds that a deleted entity can be restored."""


def list_bin(call: Call) -> list[Document]:
    """Give what this account and region can restore, newest first."""
    return [_describe(item) for item in call.store.bin() if item.doc.get("_scope") == call.scope.text]


def restore(call: Call, arn: str) -> Document:
    """Bring back the entity of that ARN that was deleted last."""
    for item in call.store.bin():
        noun = NOUNS[Kind(item.id >> ROW_BITS)]
        if item.doc.get(noun.arn, "").casefold() == arn.casefold():
            try:
                call.store.write(lambda tx, found=item.id: tx.restore(found))  # type: ignore[misc]
            except KeyTakenError:
                raise ValidationError(
                    f"The name of {arn} was taken since: delete the {noun.word} that has it now, then restore."
                ) from None
            return _describe(item)
    raise NotFoundError(f"The bin holds nothing with the ARN '{arn}'; 'trialbook bin' lists what it holds.")


def expire(store: Store, now: float) -> int:
    """Forget what was deleted longer ago than the retention; returns how many."""
    return store.empty_bin(now - RETENTION)


def _describe(item: BinItem) -> Document:
    noun = NOUNS[Kind(item.id >> ROW_BITS)]
    return {
        "kind": noun.word,
        "name": item.doc.get(noun.name, ""),
        "arn": item.doc.get(noun.arn, ""),
        "deleted": item.deleted,
    }
