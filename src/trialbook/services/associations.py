"""Associations: labelled edges between lineage entities, and between those and experiments' entities.

An association is an edge of the store whose label is one of AWS's five types; other labels (`memberOf`, `partOf`) are
ours and never listed. Its document repeats what never changes of both ends (ARN and type), so that a list, or a walk
over thousands of edges, reads no entity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import NOUNS, Document, Kind
from trialbook.services import records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

ASSOCIATION_TYPES = ("ContributedTo", "AssociatedWith", "DerivedFrom", "Produced", "SameAs")
DEFAULT_TYPE = "AssociatedWith"
"""Taken when AddAssociation names no type; AWS documents no default, and of the five this one claims least."""

LINEAGE_KINDS = frozenset({Kind.ARTIFACT, Kind.CONTEXT, Kind.ACTION})
EXPERIMENT_KINDS = frozenset({Kind.EXPERIMENT, Kind.TRIAL, Kind.TRIAL_COMPONENT})
LINEAGE_TYPES = {
    Kind.ARTIFACT: "Artifact",
    Kind.CONTEXT: "Context",
    Kind.ACTION: "Action",
    Kind.TRIAL_COMPONENT: "TrialComponent",
    Kind.TRIAL: "Trial",
    Kind.EXPERIMENT: "Experiment",
}
_TYPE_MEMBERS = {Kind.ARTIFACT: "ArtifactType", Kind.CONTEXT: "ContextType", Kind.ACTION: "ActionType"}
_JOB_PREFIX = "SageMaker"
PLAIN_COMPONENT = "SageMakerExperimentTrialComponent"
"""What AWS calls a trial component that no job stands behind, as the end of an association."""


def type_of(entity: Entity) -> str:
    """Give what an association calls its end: an artifact's type, or `SageMakerTrainingJob` for a job's component."""
    doc = records.document(entity)
    kind = Kind(entity.kind)
    if kind in _TYPE_MEMBERS:
        return str(doc[_TYPE_MEMBERS[kind]])
    if kind is Kind.TRIAL_COMPONENT:
        return str(doc.get("Source", {}).get("SourceType") or PLAIN_COMPONENT)
    return _JOB_PREFIX + NOUNS[kind].name.removesuffix("Name")


def link(tx: Transaction, call: Call, source: Entity, association_type: str, destination: Entity) -> bool:
    """Add an association between two entities that are there; False when it is there already."""
    now = call.workspace.clock()
    doc: Document = {
        "SourceArn": _arn(source),
        "SourceType": type_of(source),
        "DestinationArn": _arn(destination),
        "DestinationType": type_of(destination),
        "AssociationType": association_type,
        "CreationTime": round(now, 3),
        "CreatedBy": call.created_by(),
        "_scope": call.scope.text,
        # Unrounded, so that "newest first" is right within one millisecond too.
        "_at": now,
    }
    return tx.link(source.id, association_type, destination.id, doc)


def _arn(entity: Entity) -> str:
    return str(records.document(entity)[NOUNS[Kind(entity.kind)].arn])
