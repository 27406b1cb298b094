"""The bin: what was deleted can be restored for 30 days, with its tags, metrics and edges.

The bin belongs to the store, not to one operation: every delete goes through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import KeyTakenError, NotFoundError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import endpoint_states, records
from trialbook.store.interface import ROW_BITS

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import BinItem, Store, Transaction

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
                call.store.write(lambda tx, found=item.id: _bring_back(tx, call, found))  # type: ignore[misc]
            except KeyTakenError:
                raise ValidationError(
                    f"The name of {arn} was taken since: delete the {noun.word} that has it now, then restore."
                ) from None
            return _describe(item)
    raise NotFoundError(f"The bin holds nothing with the ARN '{arn}'; 'trialbook bin' lists what it holds.")


def _bring_back(tx: Transaction, call: Call, number: int) -> None:
    """Restore an entity.

    An endpoint's processes ended with its deletion. It gets a deployment of its own again, which starts with the next
    request; what was being deployed was given up.
    """
    entity = tx.restore(number)
    doc = records.document(entity)
    deployment = doc.get(endpoint_states.DEPLOYMENT)
    if Kind(number >> ROW_BITS) is not Kind.ENDPOINT or deployment is None:
        return
    if doc["EndpointStatus"] in {endpoint_states.CREATING, endpoint_states.UPDATING}:
        doc = endpoint_states.failed(doc, "The endpoint was deleted while it was being deployed.")
    fresh = {**deployment, "id": call.workspace.new_id()}
    records.save(tx, call, entity, {**doc, endpoint_states.DEPLOYMENT: fresh})


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
