"""Associations: labelled edges between lineage entities, and between those and experiments' entities.

An association is an edge of the store whose label is one of AWS's five types; other labels (`memberOf`, `partOf`) are
ours and never listed. Its document repeats what never changes of both ends (ARN and type), so that a list, or a walk
over thousands of edges, reads no entity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import KIND_OF_PATH, NOUNS, Document, Kind
from trialbook.names import parse_arn
from trialbook.services import records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Reader, Transaction

ASSOCIATION_TYPES = ("ContributedTo", "AssociatedWith", "DerivedFrom", "Produced", "SameAs")
DEFAULT_TYPE = "AssociatedWith"
"""Taken when AddAssociation names no type; AWS documents no default, and of the five this one claims least."""

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
_STANDS_FOR = {
    Kind.TRAINING_JOB: "its trial component, 'experiment-trial-component/<job>-aws-training-job'",
    Kind.PROCESSING_JOB: "its trial component, 'experiment-trial-component/<job>-aws-processing-job'",
    Kind.TRANSFORM_JOB: "its trial component, 'experiment-trial-component/<job>-aws-transform-job'",
    Kind.ENDPOINT: "its context (ListContexts with SourceUri)",
    Kind.MODEL_PACKAGE_GROUP: "its context (ListContexts with SourceUri)",
}


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
    doc: Document = {
        "SourceArn": _arn(source),
        "SourceType": type_of(source),
        "DestinationArn": _arn(destination),
        "DestinationType": type_of(destination),
        "AssociationType": association_type,
        "CreationTime": call.now(),
        "CreatedBy": call.created_by(),
        "_scope": call.scope.text,
    }
    return tx.link(source.id, association_type, destination.id, doc)


def add_association(
    call: Call, source_arn: str, destination_arn: str, association_type: str = DEFAULT_TYPE
) -> Document:
    """Associate two entities, at most one of which is of an experiment."""

    def add(tx: Transaction) -> Document:
        source, destination = require_end(tx, call, source_arn), require_end(tx, call, destination_arn)
        _refuse_pair(source, destination)
        ends = {"SourceArn": _arn(source), "DestinationArn": _arn(destination)}
        if not link(tx, call, source, association_type, destination):
            raise ValidationError(
                f"The association {association_type} from '{ends['SourceArn']}' to '{ends['DestinationArn']}' "
                "already exists."
            )
        return ends

    return call.store.write(add)


def delete_association(call: Call, source_arn: str, destination_arn: str) -> Document:
    """Remove the associations of every type from one entity to another."""

    def remove(tx: Transaction) -> Document:
        source, destination = require_end(tx, call, source_arn), require_end(tx, call, destination_arn)
        ends = {"SourceArn": _arn(source), "DestinationArn": _arn(destination)}
        if not sum(tx.unlink(source.id, destination.id, label) for label in ASSOCIATION_TYPES):
            raise NotFoundError(
                f"There is no association from '{ends['SourceArn']}' to '{ends['DestinationArn']}'; "
                "an association has a direction."
            )
        return ends

    return call.store.write(remove)


def count(reader: Reader, entity: Entity) -> int:
    """Count the associations of an entity, in both directions."""
    edges = (*reader.edges_of([entity.id]), *reader.edges_of([entity.id], incoming=True))
    return sum(edge.label in ASSOCIATION_TYPES for edge in edges)


def require_end(reader: Reader, call: Call, arn_text: str) -> Entity:
    """Find the entity that an association's end names; AWS's error when it names none."""
    arn = parse_arn(arn_text)
    kind = KIND_OF_PATH.get(arn.path) if arn else None
    if kind not in LINEAGE_TYPES:
        stands = f"; name {_STANDS_FOR[kind]}" if kind in _STANDS_FOR else ""
        raise ValidationError(
            f"'{arn_text}' cannot be an end of an association: expected the ARN of an artifact, a context, an action, "
            f"a trial component, a trial or an experiment, such as '{call.arn('artifact', '<hash>')}'{stands}."
        )
    entity = records.find_arn(reader, arn_text)
    if entity is None:
        raise NotFoundError(f"{NOUNS[kind].word.capitalize()} '{arn_text}' does not exist.")
    return entity


def _refuse_pair(source: Entity, destination: Entity) -> None:
    if source.id == destination.id:
        raise ValidationError(f"'{_arn(source)}' cannot be associated with itself.")
    if {Kind(source.kind), Kind(destination.kind)} <= EXPERIMENT_KINDS:
        raise ValidationError(
            f"'{_arn(source)}' and '{_arn(destination)}' are both experiment entities, which cannot be associated with "
            "each other: one end must be an artifact, a context or an action (AssociateTrialComponent puts a trial "
            "component into a trial)."
        )


def _arn(entity: Entity) -> str:
    return str(records.document(entity)[NOUNS[Kind(entity.kind)].arn])
