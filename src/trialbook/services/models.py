"""Models: containers with an image and the data they serve, linked to the training job that made that data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import model_links, records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Transaction

_MODE = "SingleModel"


def create_model(call: Call, name: str, members: Document) -> Document:
    """Add a model. Neither its image nor its data is looked at."""
    if "PrimaryContainer" in members and "Containers" in members:
        raise ValidationError("A model takes either PrimaryContainer or Containers: give one of the two.")
    if not members.get("PrimaryContainer") and not members.get("Containers"):
        raise ValidationError(f"Model '{name}' has no container: give PrimaryContainer or Containers.")
    _check_hostnames(members.get("Containers", []))
    given = {"EnableNetworkIsolation": False, **_with_modes(members)}

    def add(tx: Transaction) -> Document:
        model = records.insert(tx, call, Kind.MODEL, records.new_document(call, Kind.MODEL, name, given))
        return records.document(model_links.link_model(tx, call, model))

    return call.store.write(add)


def delete_model(call: Call, name: str) -> None:
    """Remove a model. Endpoints that serve it go on; its data and its lineage stay."""

    def remove(tx: Transaction) -> None:
        tx.delete(records.require(tx, call, Kind.MODEL, name).id)

    call.store.write(remove)


def _with_modes(members: Document) -> Document:
    """Fill in `Mode`, which AWS answers even when it was not given."""
    filled = dict(members)
    if "PrimaryContainer" in members:
        filled["PrimaryContainer"] = {"Mode": _MODE, **members["PrimaryContainer"]}
    if "Containers" in members:
        filled["Containers"] = [{"Mode": _MODE, **one} for one in members["Containers"]]
    return filled


def _check_hostnames(containers: list[Document]) -> None:
    names = [one["ContainerHostname"] for one in containers if "ContainerHostname" in one]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValidationError(f"ContainerHostname '{twice}' is given to two containers: each must have one of its own.")
