"""Notes and hypotheses of experiments: Markdown that AWS's document of an experiment has no member for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Transaction

NOTES = ("notes", "hypothesis")


def describe_experiment(call: Call, name: str) -> Document:
    """Give an experiment as AWS describes it, with its `notes` and `hypothesis` where it has them."""
    return _shown(records.document(records.require(call.store, call, Kind.EXPERIMENT, name)))


def note_experiment(call: Call, name: str, told: Document) -> Document:
    """Set `notes`, `hypothesis` or both, of an experiment that is made when it is not there; gives the experiment."""
    for key, value in told.items():
        if key not in NOTES or not isinstance(value, str):
            raise ValidationError(f"A note of an experiment has {' and '.join(NOTES)}, as text; '{key}' is not that.")

    def write(tx: Transaction) -> Document:
        found = records.lookup(tx, call, Kind.EXPERIMENT, name)
        if found is None:
            new = records.new_document(call, Kind.EXPERIMENT, name, {"DisplayName": name})
            found = records.insert(tx, call, Kind.EXPERIMENT, new)
        noted = {f"_{key}": value for key, value in told.items()}
        return records.document(records.save(tx, call, found, {**records.document(found), **noted}))

    return _shown(call.store.write(write))


def _shown(doc: Document) -> Document:
    own = {key: doc[f"_{key}"] for key in NOTES if f"_{key}" in doc}
    return {**{key: value for key, value in doc.items() if not key.startswith("_")}, **own}
