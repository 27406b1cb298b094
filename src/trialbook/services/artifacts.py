"""Artifacts: things with a URI (a data set, an image, a model file, a curve). One artifact per source.

The ARN holds a hash of the source (its URI and its source types, such as an S3 ETag) and of nothing else, so the
same source has the same hash in every account: the SDK folds artifacts of several accounts by that. Two versions of
one object (one URI, two ETags) are two artifacts.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import records
from trialbook.services.lineage_entities import check_properties, delete_entity

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

_HASH_DIGITS = 32


def source_hash(source: Document) -> str:
    """Give the hash that identifies a source: 32 hex digits. The order of its source types does not matter."""
    types = sorted((one["SourceIdType"], one["Value"]) for one in source.get("SourceTypes", []))
    text = json.dumps([source["SourceUri"], types], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]


def new_artifact(call: Call, members: Document) -> tuple[str, Document]:
    """Start an artifact's document; gives the store's key and the document. The name is optional."""
    identity = source_hash(members["Source"])
    doc = records.new_document(call, Kind.ARTIFACT, identity, {"Properties": {}, **members})
    doc.pop(NOUNS[Kind.ARTIFACT].name)
    if members.get("ArtifactName"):
        doc["ArtifactName"] = members["ArtifactName"]
    check_properties(call, doc)
    return call.scope.key(identity), doc


def create_artifact(call: Call, members: Document) -> Document:
    """Add an artifact. One of the same source is an error, unless it is the same bytes told again.

    The SDK's Run, loaded again or logging a curve twice, makes an artifact of the same name, type and ETag. Its code
    forgives "already exists" but then associates an artifact whose ARN it does not know and dies on that, so
    such a repeat answers the artifact that is there.
    """
    key, doc = new_artifact(call, members)

    def add(tx: Transaction) -> Document:
        present = tx.find(Kind.ARTIFACT, key)
        if present is None:
            return records.document(tx.insert(Kind.ARTIFACT, key, doc))
        if _told_again(present, doc):
            return records.document(present)
        raise _taken(present)

    return call.store.write(add)


def delete_artifact(call: Call, request: Document) -> Document:
    """Remove the artifact that `ArtifactArn` or `Source` names."""
    if ("ArtifactArn" in request) == ("Source" in request):
        raise ValidationError("DeleteArtifact takes either ArtifactArn or Source: give one of the two.")
    key = request["ArtifactArn"] if "ArtifactArn" in request else source_hash(request["Source"])
    return delete_entity(call, Kind.ARTIFACT, key)


def _told_again(present: Entity, doc: Document) -> bool:
    before = records.document(present)
    same = all(before.get(member) == doc.get(member) for member in ("ArtifactName", "ArtifactType"))
    return same and bool(doc["Source"].get("SourceTypes"))


def _taken(present: Entity) -> ValidationError:
    doc = records.document(present)
    return ValidationError(
        f"Artifact '{doc['ArtifactArn']}' of source '{doc['Source']['SourceUri']}' already exists: there is one "
        "artifact per source (SourceUri and SourceTypes). ListArtifacts with that SourceUri finds it."
    )
