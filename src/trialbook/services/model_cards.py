"""Model cards: what is said about a model, as JSON text, in versions that are all kept.

The card's document is its newest version. Older ones are edges from the card to itself, labelled by their number: they
go with the card into the bin and come back with it, and Search does not see them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from trialbook.errors import ConflictError, KeyTakenError, NotFoundError, ValidationError
from trialbook.model import Document, Kind
from trialbook.services import records
from trialbook.services.model_packages import public_content

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Reader, Transaction

_VERSION = "cardVersion"
_FROM_CONTENT = {
    "ModelId": ("model_overview", "model_id"),
    "RiskRating": ("intended_uses", "risk_rating"),
    "ModelPackageGroupName": ("model_package_details", "model_package_group_name"),
}
"""Members by which Search finds a card, and where its content says them."""


def create_card(call: Call, name: str, members: Document) -> Document:
    """Add a card; its first version is 1."""
    found = _members_of(members["Content"])
    doc = records.new_document(call, Kind.MODEL_CARD, name, {**members, **found, "ModelCardVersion": 1})
    doc["_version_created"] = doc["CreationTime"]

    def add(tx: Transaction) -> None:
        try:
            tx.insert(Kind.MODEL_CARD, call.scope.key(name), doc)
        except KeyTakenError:
            raise ConflictError(
                f"Model card '{doc['ModelCardArn']}' already exists: UpdateModelCard makes another version of it."
            ) from None

    call.store.write(add)
    return doc


def update_card(call: Call, name: str, members: Document) -> Document:
    """Make the next version of a card, with another content or status."""
    if call.strict and "Content" in members and "ModelCardStatus" in members:
        raise ValidationError("UpdateModelCard changes either Content or ModelCardStatus, not both in one call.")
    found = _members_of(members["Content"]) if "Content" in members else {}

    def change(tx: Transaction) -> Document:
        card = records.require(tx, call, Kind.MODEL_CARD, name)
        before = records.document(card)
        tx.link(card.id, f"{_VERSION}{before['ModelCardVersion']}", card.id, before)
        kept = {key: value for key, value in before.items() if not found or key not in _FROM_CONTENT}
        version = {"ModelCardVersion": before["ModelCardVersion"] + 1, "_version_created": call.now()}
        return records.document(records.save(tx, call, card, {**kept, **members, **found, **version}))

    return call.store.write(change)


def delete_card(call: Call, name: str) -> None:
    """Remove a card with all its versions."""

    def remove(tx: Transaction) -> None:
        tx.delete(records.require(tx, call, Kind.MODEL_CARD, name).id)

    call.store.write(remove)


def describe_card(call: Call, name: str, version: int | None, *, metadata_only: bool) -> Document:
    """Give a card, or one version of it; with `metadata_only` its content is cut to its public members."""
    card = records.require(call.store, call, Kind.MODEL_CARD, name)
    doc = records.document(card) if version is None else _version(call.store, card, version)
    return {**doc, "Content": public_content(doc["Content"])} if metadata_only else doc


def versions_of(call: Call, name: str) -> list[Document]:
    """Give every version of a card in order; the CreationTime of each is its own."""
    card = records.require(call.store, call, Kind.MODEL_CARD, name)
    edges = call.store.edges(source=card.id, target=card.id)
    older = [edge.doc for edge in edges if edge.label.startswith(_VERSION)]
    every = sorted([*older, records.document(card)], key=lambda doc: int(doc["ModelCardVersion"]))
    return [{**doc, "CreationTime": doc["_version_created"]} for doc in every]


def _version(reader: Reader, card: Entity, version: int) -> Document:
    doc = records.document(card)
    if doc["ModelCardVersion"] == version:
        return doc
    older = reader.edges(source=card.id, target=card.id, label=f"{_VERSION}{version}")
    if not older:
        raise NotFoundError(
            f"Model card '{doc['ModelCardName']}' has no version {version}: "
            f"its versions are 1 to {doc['ModelCardVersion']}."
        )
    return dict(older[0].doc)


def _members_of(content: str) -> Document:
    """Read what Search needs from a card's content, which must be a JSON object."""
    try:
        card = json.loads(content)
    except ValueError as error:
        raise ValidationError(f"Model card Content is not valid JSON: {error}.") from error
    if not isinstance(card, dict):
        raise ValidationError("Model card Content must be a JSON object in the model card schema.")
    found = {}
    for member, (section, key) in _FROM_CONTENT.items():
        part = card.get(section)
        if isinstance(part, dict) and isinstance(part.get(key), str):
            found[member] = part[key]
    return found
