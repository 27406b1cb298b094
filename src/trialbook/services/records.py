"""Entities as records: make, find, change and remove one, with AWS's words for what goes wrong.

Every family of resources stands on these five: `new_document`, `insert`, `require`, `save`, `remove`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ApiError, InUseError, KeyTakenError, NotFoundError, ValidationError
from trialbook.model import KIND_OF_PATH, NOUNS, Document, Kind
from trialbook.names import Scope, parse_arn

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Reader, Transaction

_JOBS = frozenset({Kind.TRAINING_JOB, Kind.PROCESSING_JOB, Kind.TRANSFORM_JOB, Kind.TUNING_JOB})
# Clients match on these codes: `sagemaker` compares "ValidationException" and "Could not find" before it deploys, and
# the waiters of boto3 treat ValidationException as "gone".
_MISSING_IS_VALIDATION = frozenset(
    {
        Kind.TRAINING_JOB,
        Kind.PROCESSING_JOB,
        Kind.MODEL,
        Kind.ENDPOINT,
        Kind.ENDPOINT_CONFIG,
        Kind.MODEL_PACKAGE,
        Kind.MODEL_PACKAGE_GROUP,
    }
)
_FAMILY_WORD = {
    Kind.EXPERIMENT: "Experiment",
    Kind.TRIAL: "Trial",
    Kind.TRIAL_COMPONENT: "TrialComponent",
}


def new_document(call: Call, kind: Kind, name: str, members: Document) -> Document:
    """Start a document of `kind`: the request's members, and what every entity carries."""
    noun = NOUNS[kind]
    now = call.now()
    return {
        **members,
        noun.name: name,
        noun.arn: call.arn(noun.path, name),
        "Tags": merge_tags([], members.get("Tags", [])),
        "CreationTime": now,
        "LastModifiedTime": now,
        "CreatedBy": call.created_by(),
        "LastModifiedBy": call.created_by(),
        "_scope": call.scope.text,
    }


def insert(tx: Transaction, call: Call, kind: Kind, doc: Document) -> Entity:
    """Add a document made by `new_document`; a taken name is AWS's error for that kind."""
    name = doc[NOUNS[kind].name]
    try:
        return tx.insert(kind, call.scope.key(name), doc)
    except KeyTakenError:
        raise taken(call, kind, name) from None


def taken(call: Call, kind: Kind, name: str) -> ApiError:
    """Make the error for a name that is taken."""
    noun = NOUNS[kind]
    arn = call.arn(noun.path, name)
    if kind in _FAMILY_WORD:
        word = _FAMILY_WORD[kind]
        return ValidationError(
            f"{word} names must be unique within an AWS account and region. "
            f"{word} with name ({name}) already exists (names are compared without case)."
        )
    if kind in _JOBS:
        return InUseError(f"The {noun.word} {arn!r} already exists: job names must be unique, without case.")
    return ValidationError(
        f'Cannot create already existing {noun.word} "{arn}": a {noun.word} of that name already exists.'
    )


def missing(call: Call, kind: Kind, name: str) -> ApiError:
    """Make the error for a name that names nothing."""
    noun = NOUNS[kind]
    where = f"in account {call.scope.account}, region {call.scope.region}"
    if kind is Kind.TRAINING_JOB:
        return ValidationError(f"Requested resource not found. There is no training job '{name}' {where}.")
    if kind in _MISSING_IS_VALIDATION:
        return ValidationError(
            f"Could not find {noun.word} \"{call.arn(noun.path, name)}\". There is none named '{name}' {where}."
        )
    word = noun.word[0].upper() + noun.word[1:]
    return NotFoundError(f"{word} '{call.arn(noun.path, name)}' does not exist {where}.")


def locate(call: Call, kind: Kind, name_or_arn: str) -> tuple[str, str]:
    """Give the store's key and the plain name for a name, or an ARN of the kind."""
    if name_or_arn.startswith("arn:"):
        arn = parse_arn(name_or_arn)
        noun = NOUNS[kind]
        if arn is None or arn.path != noun.path:
            raise ValidationError(
                f"'{name_or_arn}' is not the ARN of a {noun.word}: expected "
                f"'{call.arn(noun.path, '<name>')}', or the name alone."
            )
        return arn.scope.key(arn.name), arn.name
    return call.scope.key(name_or_arn), name_or_arn


def lookup(reader: Reader, call: Call, kind: Kind, name_or_arn: str) -> Entity | None:
    """Find an entity by name or ARN; None when there is none."""
    key, _ = locate(call, kind, name_or_arn)
    return reader.find(kind, key)


def require(reader: Reader, call: Call, kind: Kind, name_or_arn: str) -> Entity:
    """Find an entity by name or ARN; AWS's error for that kind when there is none."""
    key, name = locate(call, kind, name_or_arn)
    entity = reader.find(kind, key)
    if entity is None:
        raise missing(call, kind, name)
    return entity


def document(entity: Entity) -> Document:
    """Give a copy of the entity's document whose top level may be changed."""
    return dict(entity.doc or {})


def save(tx: Transaction, call: Call, entity: Entity, doc: Document) -> Entity:
    """Replace an entity's document, noting when and by whom."""
    return tx.update(entity.id, {**doc, "LastModifiedTime": call.now(), "LastModifiedBy": call.created_by()})


def find_arn(reader: Reader, arn_text: str) -> Entity | None:
    """Find the entity that an ARN of any of our kinds names; None when it names none."""
    arn = parse_arn(arn_text)
    if arn is None or arn.path not in KIND_OF_PATH:
        return None
    return reader.find(KIND_OF_PATH[arn.path], Scope(arn.scope.account, arn.scope.region).key(arn.name))


def merge_tags(present: list[Document], added: list[Document]) -> list[Document]:
    """Add tags to a list: a key that is there gets the new value and keeps its place."""
    merged = {tag["Key"]: tag["Value"] for tag in present}
    merged.update({tag["Key"]: tag["Value"] for tag in added})
    return [{"Key": key, "Value": value} for key, value in merged.items()]
