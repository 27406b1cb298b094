"""Artifacts: things with a URI (a data set, an image, a model file, a curve). One artifact per source.

The ARN holds a hash of the source (its URI and its source types, such as an S3 ETag) and of nothing else, so the
same source has the same hash in every account: the SDK folds artifacts of several accounts by that. Two versions of
one object (one URI, two ETags) are two artifacts.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from trialbook.model import NOUNS, Document, Kind
from trialbook.services import records

if TYPE_CHECKING:
    from trialbook.services.context import Call

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
    return call.scope.key(identity), doc
