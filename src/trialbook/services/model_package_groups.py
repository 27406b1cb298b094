"""Model package groups: each a counter of versions, with a resource policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trialbook.errors import ConflictError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import auto_lineage, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

VERSION_OF = "versionOf"
"""The edge from a versioned model package to its group."""
LAST_VERSION = "_last_version"
"""The member of a group's document that holds the highest version number ever given."""
_POLICY = "_policy"


def create_group(call: Call, name: str, members: Document) -> Document:
    """Add a group, and the lineage context that stands for it."""
    doc = records.new_document(
        call,
        Kind.MODEL_PACKAGE_GROUP,
        name,
        {**members, "ModelPackageGroupStatus": "Completed", LAST_VERSION: 0},
    )

    def add(tx: Transaction) -> None:
        context_of(tx, call, records.insert(tx, call, Kind.MODEL_PACKAGE_GROUP, doc))

    call.store.write(add)
    return doc


def context_of(tx: Transaction, call: Call, group: Entity) -> Entity:
    """Give the lineage context of a group."""
    doc = records.document(group)
    name, arn = doc["ModelPackageGroupName"], doc["ModelPackageGroupArn"]
    return auto_lineage.ensure_context(tx, call, f"{name}-aws-model-group", "ModelGroup", arn)


def delete_group(call: Call, name: str) -> None:
    """Remove a group that holds no model packages."""

    def remove(tx: Transaction) -> None:
        group = records.require(tx, call, Kind.MODEL_PACKAGE_GROUP, name)
        versions = len(tx.edges(target=group.id, label=VERSION_OF))
        if versions:
            raise ConflictError(
                f"Model package group '{name}' cannot be deleted because it holds {versions} model "
                f"package{'s' if versions > 1 else ''}: delete them first (ListModelPackages names them)."
            )
        tx.delete(group.id)

    call.store.write(remove)


def put_policy(call: Call, name: str, policy: str) -> Document:
    """Set the group's resource policy, a JSON object as text. It is kept, not enforced."""
    try:
        parsed = json.loads(policy)
    except ValueError as error:
        raise ValidationError(f"ResourcePolicy is not valid JSON: {error}.") from error
    if not isinstance(parsed, dict):
        raise ValidationError("ResourcePolicy must be a JSON object, an IAM policy document.")
    return _change(call, name, lambda doc: {**doc, _POLICY: policy})


def get_policy(call: Call, name: str) -> str:
    """Give the group's resource policy."""
    return _policy_of(records.document(records.require(call.store, call, Kind.MODEL_PACKAGE_GROUP, name)))


def delete_policy(call: Call, name: str) -> None:
    """Remove the group's resource policy."""

    def without(doc: Document) -> Document:
        _policy_of(doc)
        return {member: value for member, value in doc.items() if member != _POLICY}

    _change(call, name, without)


def _policy_of(doc: Document) -> str:
    if _POLICY not in doc:
        arn = doc[NOUNS[Kind.MODEL_PACKAGE_GROUP].arn]
        raise ValidationError(f"Cannot find resource policy for: {arn}. PutModelPackageGroupPolicy sets one.")
    return str(doc[_POLICY])


def _change(call: Call, name: str, changed: Callable[[Document], Document]) -> Document:
    def change(tx: Transaction) -> Document:
        group = records.require(tx, call, Kind.MODEL_PACKAGE_GROUP, name)
        return records.document(records.save(tx, call, group, changed(records.document(group))))

    return call.store.write(change)
