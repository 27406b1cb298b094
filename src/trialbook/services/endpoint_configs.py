"""Endpoint configurations: variants of models with instances and weights. They never change once made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Reader, Transaction

VARIANTS = ("ProductionVariants", "ShadowProductionVariants")


def create_endpoint_config(call: Call, name: str, members: Document) -> Document:
    """Add a configuration of models that exist. A variant's weight is 1 when none is given."""
    _check_names(members)
    weighed = {
        member: [{"InitialVariantWeight": 1.0, **variant} for variant in members[member]]
        for member in VARIANTS
        if member in members
    }
    doc = records.new_document(
        call, Kind.ENDPOINT_CONFIG, name, {"EnableNetworkIsolation": False, **members, **weighed}
    )

    def add(tx: Transaction) -> None:
        for variant in variants_of(doc):
            if variant.get("ModelName"):
                records.require(tx, call, Kind.MODEL, variant["ModelName"])
        records.insert(tx, call, Kind.ENDPOINT_CONFIG, doc)

    call.store.write(add)
    return doc


def delete_endpoint_config(call: Call, name: str) -> None:
    """Remove a configuration. Endpoints that were made with it go on."""

    def remove(tx: Transaction) -> None:
        tx.delete(records.require(tx, call, Kind.ENDPOINT_CONFIG, name).id)

    call.store.write(remove)


def variants_of(config: Document) -> list[Document]:
    """Give the production and the shadow variants of a configuration."""
    return [variant for member in VARIANTS for variant in config.get(member, [])]


def require_config(reader: Reader, call: Call, name: str) -> Document:
    """Find a configuration by name; AWS's error when there is none."""
    return records.document(records.require(reader, call, Kind.ENDPOINT_CONFIG, name))


def _check_names(members: Document) -> None:
    names = [variant["VariantName"] for variant in variants_of(members)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValidationError(
            f"Variant name '{twice}' is used twice: variant names must be unique within a configuration."
        )
