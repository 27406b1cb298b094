"""Automatic lineage: what jobs, models, endpoints and packages leave behind without being asked.

Every function works within the caller's transaction and is safe to repeat: an entity of that source or name, or an
association that is there already, is used as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import associations, records
from trialbook.services.artifacts import new_artifact

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction


def ensure_artifact(tx: Transaction, call: Call, uri: str, artifact_type: str, name: str | None = None) -> Entity:
    """Give the artifact of a source URI, made if there is none: one job's output is the next one's input.

    The type and the name are those of the first call. An artifact that a client made of the same URI with source
    types (an ETag, say) is another one: it is one version of the object, this one is the place.
    """
    key, doc = new_artifact(
        call,
        {"Source": {"SourceUri": uri}, "ArtifactType": artifact_type, **({"ArtifactName": name} if name else {})},
    )
    return tx.find(Kind.ARTIFACT, key) or tx.insert(Kind.ARTIFACT, key, doc)


def ensure_context(tx: Transaction, call: Call, name: str, context_type: str, source_uri: str) -> Entity:
    """Give the context of a name, made if there is none."""
    members: Document = {"Source": {"SourceUri": source_uri}, "ContextType": context_type}
    return _ensure(tx, call, Kind.CONTEXT, name, members)


def ensure_action(
    tx: Transaction, call: Call, name: str, action_type: str, source_uri: str, status: str = "Completed"
) -> Entity:
    """Give the action of a name, made if there is none; its status is brought up to date."""
    members: Document = {"Source": {"SourceUri": source_uri}, "ActionType": action_type, "Status": status}
    entity = _ensure(tx, call, Kind.ACTION, name, members)
    doc = records.document(entity)
    return entity if doc.get("Status") == status else records.save(tx, call, entity, {**doc, "Status": status})


def associate(tx: Transaction, call: Call, source: Entity, association_type: str, destination: Entity) -> None:
    """Associate two entities; nothing happens when they are associated so already."""
    associations.link(tx, call, source, association_type, destination)


def _ensure(tx: Transaction, call: Call, kind: Kind, name: str, members: Document) -> Entity:
    found = records.lookup(tx, call, kind, name)
    if found is not None:
        return found
    return records.insert(tx, call, kind, records.new_document(call, kind, name, {"Properties": {}, **members}))
