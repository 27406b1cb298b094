"""Which properties each kind can be searched by: AWS's own record shapes, read from botocore's model.

A kind that AWS's Search does not know (processing jobs, artifacts ...) is described by its Describe operation's
output, so that Trialbook's own search and the List operations find it by the same rules.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from trialbook.model import NOUNS, Kind
from trialbook.search.engine import Engine
from trialbook.search.schema import MapOf, Schema, Shape
from trialbook.wire import catalog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.search.saver import Saves

_SERVICE = "sagemaker"
_NUMBERS = frozenset({"integer", "long", "float", "double"})
# Names of entities, and ARNs, compare without case, as AWS's names are unique without it.
_NAMES = frozenset({noun.name for noun in NOUNS.values()})
_MAX_DEPTH = 8
_LINKED = {Kind.MODEL: {"TrainingJob": int(Kind.TRAINING_JOB)}, Kind.ENDPOINT: {"TrainingJob": int(Kind.TRAINING_JOB)}}
_EVERYWHERE: dict[str, Shape] = {
    "CreationTime": "time",
    "LastModifiedTime": "time",
    "CreatedBy": {"UserProfileArn": "name", "UserProfileName": "text", "DomainId": "text"},
    "LastModifiedBy": {"UserProfileArn": "name", "UserProfileName": "text", "DomainId": "text"},
    "Tags": [{"Key": "text", "Value": "text"}],
}


def make_engine(saves: Saves | None = None) -> Engine:
    """Make a search engine that knows every kind's properties and holds nothing yet."""
    return Engine(schemas(), saves=saves)


@cache
def schemas() -> Mapping[int, Schema]:
    """Give the schema of every kind."""
    return {int(kind): _schema(kind) for kind in NOUNS}


def _schema(kind: Kind) -> Schema:
    noun = NOUNS[kind]
    described = describe_shape(_record_shape(kind))
    return Schema.from_shape(
        {**described, **_EVERYWHERE},
        links=_LINKED.get(kind),
        summaries=kind is Kind.TRIAL_COMPONENT,
        record=noun.record or "",
    )


def _record_shape(kind: Kind) -> Any:
    noun = NOUNS[kind]
    if kind is Kind.MODEL:
        return catalog.service(_SERVICE).shape_for("Model")
    if noun.record is not None:
        return catalog.service(_SERVICE).shape_for("SearchRecord").members[noun.record]
    operation = catalog.operation(_SERVICE, f"Describe{noun.name.removesuffix('Name')}")
    assert operation is not None, kind
    return operation.output_shape


def describe_shape(shape: Any) -> dict[str, Shape]:
    """Describe a botocore structure as the plain data that a `Schema` is made from."""
    return {name: one for name, member in shape.members.items() if (one := _node(name, member, 0)) is not None}


def _node(name: str, shape: Any, depth: int) -> Shape | None:
    """Describe one member; None for what lies deeper than anyone asks for."""
    if depth > _MAX_DEPTH:
        return None
    kind = shape.type_name
    if kind == "structure":
        members = {
            key: one for key, value in shape.members.items() if (one := _node(key, value, depth + 1)) is not None
        }
        return members or None
    if kind == "list":
        item = _node(name, shape.member, depth + 1)
        return None if item is None else [item]
    if kind == "map":
        value = _node(name, shape.value, depth + 1)
        return None if value is None else MapOf(value)
    if kind in _NUMBERS:
        return "number"
    return {"timestamp": "time", "boolean": "flag"}.get(kind) or (
        "name" if name in _NAMES or name.endswith("Arn") else "text"
    )
