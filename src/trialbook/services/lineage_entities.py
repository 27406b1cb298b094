"""What artifacts, contexts and actions have in common: properties that merge, and a delete that asks for no loose ends.

Contexts and actions are wholly served here; an artifact has an identity of its own (`artifacts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import associations, records
from trialbook.services.quotas import check_quota

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction


def create_entity(call: Call, kind: Kind, name: str, members: Document) -> Document:
    """Add a context or an action."""
    doc = records.new_document(call, kind, name, {"Properties": {}, **members})
    check_properties(call, doc)
    call.store.write(lambda tx: records.insert(tx, call, kind, doc))
    return doc


def update_entity(call: Call, kind: Kind, name_or_arn: str, members: Document) -> Document:
    """Change what is given; properties merge, and `PropertiesToRemove` removes.

    A key that is both set and to be removed is removed: the SDK's `save` sends all properties it loaded beside the
    removals.
    """

    def change(tx: Transaction) -> Entity:
        entity = records.require(tx, call, kind, name_or_arn)
        doc = records.document(entity)
        removed = set(members.get("PropertiesToRemove", []))
        merged = {**doc.get("Properties", {}), **members.get("Properties", {})}
        changed = {key: value for key, value in members.items() if key != "PropertiesToRemove"}
        result = {**doc, **changed, "Properties": {key: one for key, one in merged.items() if key not in removed}}
        check_properties(call, result)
        return records.save(tx, call, entity, result)

    return records.document(call.store.write(change))


def delete_entity(call: Call, kind: Kind, name_or_arn: str) -> Document:
    """Remove an entity that has no associations."""

    def remove(tx: Transaction) -> Document:
        entity = records.require(tx, call, kind, name_or_arn)
        _refuse_associated(tx, entity)
        tx.delete(entity.id)
        return records.document(entity)

    return call.store.write(remove)


def check_properties(call: Call, doc: Document) -> None:
    """Hold the quota of properties, under SageMaker's limits."""
    check_quota(call, "properties of a lineage entity", len(doc["Properties"]))


def _refuse_associated(tx: Transaction, entity: Entity) -> None:
    count = associations.count(tx, entity)
    if count:
        noun = NOUNS[Kind(entity.kind)]
        raise ValidationError(
            f"{noun.word.capitalize()} '{records.document(entity)[noun.arn]}' has {count} "
            f"association{'s' if count > 1 else ''} and cannot be deleted: delete them first (ListAssociations names "
            "them; in the SDK, delete(disassociate=True))."
        )
