"""Experiments: the top of the hierarchy. An experiment holds trials, which hold trial components."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

PART_OF = "partOf"
"""The edge from a trial to its experiment."""


def create_experiment(call: Call, name: str, members: Document) -> Document:
    """Add an experiment. DisplayName is the name when none is given."""
    doc = records.new_document(call, Kind.EXPERIMENT, name, {"DisplayName": name, **members})
    call.store.write(lambda tx: records.insert(tx, call, Kind.EXPERIMENT, doc))
    return doc


def update_experiment(call: Call, name: str, members: Document) -> Document:
    """Change the display name and the description; what is not given stays."""

    def change(tx: Transaction) -> Entity:
        entity = records.require(tx, call, Kind.EXPERIMENT, name)
        return records.save(tx, call, entity, {**records.document(entity), **members})

    return records.document(call.store.write(change))


def delete_experiment(call: Call, name: str) -> Document:
    """Remove an experiment that holds no trials."""

    def remove(tx: Transaction) -> Document:
        entity = records.require(tx, call, Kind.EXPERIMENT, name)
        trials = len(tx.edges(target=entity.id, label=PART_OF))
        if trials:
            raise ValidationError(
                f"Experiment '{name}' holds {trials} trial{'s' if trials > 1 else ''} and cannot be deleted: "
                "delete its trials first (ListTrials names them)."
            )
        tx.delete(entity.id)
        return records.document(entity)

    return call.store.write(remove)
