"""CreateArtifact, DescribeArtifact, UpdateArtifact, DeleteArtifact, ListArtifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import artifacts, lineage_entities, records
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

ARTIFACTS = Listing(
    Kind.ARTIFACT, "ArtifactSummaries", equals={"SourceUri": "Source.SourceUri", "ArtifactType": "ArtifactType"}
)


def create_artifact(call: Call, request: Document) -> Document:
    """Add an artifact."""
    return pick(artifacts.create_artifact(call, request), "ArtifactArn")


def describe_artifact(call: Call, request: Document) -> Document:
    """Give an artifact."""
    return records.document(records.require(call.store, call, Kind.ARTIFACT, request["ArtifactArn"]))


def update_artifact(call: Call, request: Document) -> Document:
    """Change an artifact's name and properties."""
    return pick(lineage_entities.update_entity(call, Kind.ARTIFACT, *rest(request, "ArtifactArn")), "ArtifactArn")


def delete_artifact(call: Call, request: Document) -> Document:
    """Remove an artifact, by ARN or by source."""
    return pick(artifacts.delete_artifact(call, request), "ArtifactArn")


def list_artifacts(call: Call, request: Document) -> Document:
    """List artifacts, of one source or type."""
    return list_page(call, ARTIFACTS, request)
