"""Which properties a kind has, and how each compares: made from a nested description of its documents.

A description is plain data::

    Shape = "text" | "name" | "flag" | "number" | "time"      a value ("name": text that compares without case)
          | {member: Shape, ...}                              a structure
          | [Shape]                                           a list, whose every element counts
          | MapOf(Shape)                                      names that users choose: `Parameters.<name>`

Five forms of AWS's are recognised wherever they stand, so that who describes need not know of them: `Tags` as a list of
Key and Value is the map `Tags.<key>`; `FinalMetricDataList` gives the map `Metrics.<name>` too; a structure of
StringValue and NumberValue is one value, a number or a text; `HyperParameters` are texts that may look like numbers;
a structure with a main member (`CreatedBy.UserProfileName`, `InputArtifacts.<name>.Value`) stands for that member when
it is named alone.

A name is split at the first dot after a map's own path, since users' names contain any of ``. : / ( )``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias, Union

from trialbook.errors import ValidationError
from trialbook.search.flatten import Both, Keyed, Leaf, ListOf, MapNode, Node, Structure, Type


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map whose names users choose; its values are single values or flat structures."""

    value: Shape


Shape: TypeAlias = Union[str, MapOf, "Mapping[str, Shape]", "Sequence[Shape]"]

METRICS = "Metrics"
STATISTICS = ("last", "min", "max", "avg", "stddev", "count")
"""The statistics of a series in the order of their lanes; a metric named without one is its last value."""
LINKS = "_links"
SCOPE = "_scope"
_MAIN_MEMBERS = ("UserProfileName", "Value")
_LOOSE = {"HyperParameters", "StaticHyperParameters", "TunedHyperParameters"}


@dataclass(frozen=True, slots=True)
class Static:
    """A property that is in the description. `depth` counts the lists of structures on its way."""

    path: str
    type: Type
    depth: int = 0
    many: bool = False


@dataclass(frozen=True, slots=True)
class MapRoot:
    """A map. `members` is {"": type} for single values; `statistics` when its values are summaries of series."""

    path: str
    members: Mapping[str, Type]
    depth: int = 0
    many: bool = False
    statistics: bool = False

    @property
    def main(self) -> str:
        """The member that a name alone stands for."""
        return next((member for member in ("", *_MAIN_MEMBERS) if member in self.members), next(iter(self.members)))


@dataclass(frozen=True, slots=True)
class Mapped:
    """A name under a map, not yet told apart from a member or a statistic behind it."""

    root: MapRoot
    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """A property of another entity that this one points to."""

    link: str
    kind: int
    name: str


@dataclass(frozen=True, slots=True)
class Whole:
    """A structure, a list or a map itself; `depth` is that of a list of structures, else 0."""

    path: str
    depth: int = 0


Property = Static | Mapped | Linked | Whole


class Schema:
    """The properties of one kind. Names are compared without case. Immutable once made.

    Attributes
    ----------
    tree
        Reads a document into cells.
    statics, roots, wholes
        By path without case.
    links
        By link name without case: (link name, kind).
    """

    def __init__(self, record: str = "") -> None:
        self.record = record.casefold()
        self.statics: dict[str, Static] = {}
        self.roots: dict[str, MapRoot] = {}
        self.wholes: dict[str, Whole] = {}
        self.links: dict[str, tuple[str, int]] = {}
        self.summaries = False
        self.tree = Structure({})

    @classmethod
    def from_shape(
        cls,
        shape: Mapping[str, Shape],
        *,
        links: Mapping[str, int] | None = None,
        summaries: bool = False,
        record: str = "",
    ) -> Schema:
        """Compile a description.

        Parameters
        ----------
        shape
            The document's members. Private ones need not be described.
        links
            Entities that a document points to in `_links`: name to kind. Their properties are found under that name.
        summaries
            Whether entities of this kind have series, whose summaries are `Metrics.<name>[.statistic]`.
        record
            A first segment that may stand before any property (`Model.ModelName`).
        """
        schema = cls(record)
        schema.summaries = summaries
        described = {member: one for member, one in shape.items() if not (summaries and member == METRICS)}
        members = _Compiler(schema).members(described, "", 0, many=False)
        if summaries:
            schema.roots[METRICS.casefold()] = MapRoot(METRICS, {"": Type.NUMBER}, statistics=True)
        for link, kind in (links or {}).items():
            schema.links[link.casefold()] = (link, kind)
        pointers = {link: Leaf(f"{LINKS}.{link}", Type.NUMBER) for link in links or {}}
        schema.tree = Structure({**members, LINKS: Structure(pointers)})
        return schema

    def resolve(self, name: str) -> Property:
        """Find a property by name. Raises ValidationError, with the nearest name, when there is none."""
        found = self._find(name)
        if found is None and self.record and name.casefold().startswith(f"{self.record}."):
            found = self._find(name[len(self.record) + 1 :])
        if found is None:
            raise ValidationError(f"Unknown property name: {name}{self._hint(name)}")
        return found

    def is_single(self, name: str) -> bool:
        """Say whether a record has at most one value of this property."""
        found = self.resolve(name)
        match found:
            case Static():
                return not found.many
            case Mapped():
                return not found.root.many
            case _:
                return False

    def names(self) -> list[str]:
        """Give the described properties' full names, in the documented casing."""
        return sorted(static.path for folded, static in self.statics.items() if static.path.casefold() == folded)

    def _find(self, name: str) -> Property | None:
        folded = name.casefold()
        if folded in self.statics:
            return self.statics[folded]
        # Only ASCII has to be compared here, so that positions in `name` are those in `folded`.
        lowered = name.lower() if len(name.lower()) == len(name) else name
        dot = lowered.find(".")
        while dot >= 0:
            prefix, rest = lowered[:dot], name[dot + 1 :]
            if prefix in self.roots and rest:
                return Mapped(self.roots[prefix], rest)
            if prefix in self.links and rest:
                link, kind = self.links[prefix]
                return Linked(link, kind, rest)
            dot = lowered.find(".", dot + 1)
        return self.wholes.get(folded)

    def _hint(self, name: str) -> str:
        names = self.names()
        last = name.rpartition(".")[2].casefold()
        near = [one for one in names if one.rpartition(".")[2].casefold() == last]
        if not near:
            folded = {one.casefold(): one for one in [*names, *(f"{root.path}." for root in self.roots.values())]}
            near = [folded[one] for one in get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)]
        return f". Did you mean {min(near, key=len)}?" if near else ""


class _Compiler:
    """Walks a description once, filling a schema and making its tree."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def members(self, shape: Mapping[str, Shape], path: str, depth: int, *, many: bool) -> dict[str, Node]:
        prefix = f"{path}." if path else ""
        return {name: self.node(name, prefix + name, one, depth, many) for name, one in shape.items()}

    def node(self, name: str, path: str, shape: Shape, depth: int, many: bool) -> Node:
        if isinstance(shape, str):
            return self._leaf(path, Type(shape), depth, many=many)
        if isinstance(shape, MapOf):
            return self._map(name, path, shape.value, depth, many=many)
        if isinstance(shape, Mapping):
            return self._structure(path, shape, depth, many=many)
        return self._list(name, path, shape[0], depth, many=many)

    def _leaf(self, path: str, kind: Type, depth: int, *, many: bool) -> Node:
        self.schema.statics[path.casefold()] = Static(path, kind, depth, many)
        return Leaf(path, kind)

    def _structure(self, path: str, shape: Mapping[str, Shape], depth: int, *, many: bool) -> Node:
        if set(shape) == {"StringValue", "NumberValue"}:
            return self._leaf(path, Type.MIXED, depth, many=many)
        members = self.members(shape, path, depth, many=many)
        self.schema.wholes[path.casefold()] = Whole(path, depth if many else 0)
        main = next((one for one in _MAIN_MEMBERS if shape.get(one) in {"text", "name"}), None)
        if main is not None and not many:
            self.schema.statics[path.casefold()] = self.schema.statics[f"{path}.{main}".casefold()]
        return Structure(members)

    def _map(self, name: str, path: str, value: Shape, depth: int, *, many: bool) -> Node:
        members: dict[str, Type] = {}
        if isinstance(value, str):
            members[""] = Type.LOOSE if name in _LOOSE else Type(value)
        elif isinstance(value, Mapping) and set(value) == {"StringValue", "NumberValue"}:
            members[""] = Type.MIXED
        elif isinstance(value, Mapping):
            members = {member: Type(one) for member, one in value.items() if isinstance(one, str)}
        if not members:
            return Structure({})
        self._root(path, members, depth, many=many)
        return MapNode(path, members)

    def _root(self, path: str, members: Mapping[str, Type], depth: int = 0, *, many: bool = False) -> None:
        self.schema.roots[path.casefold()] = MapRoot(path, members, depth, many)
        self.schema.wholes[path.casefold()] = Whole(path)

    def _list(self, name: str, path: str, item: Shape, depth: int, *, many: bool) -> Node:
        if name == "Tags" and isinstance(item, Mapping) and set(item) == {"Key", "Value"} and not many:
            self._root(path, {"": Type.TEXT})
            return Keyed(path, "Key", "Value", Type.TEXT)
        if not isinstance(item, Mapping) or set(item) == {"StringValue", "NumberValue"}:
            self.schema.wholes[path.casefold()] = Whole(path)
            return ListOf(path, self.node("", path, item, depth, many=True), 0)
        node = ListOf(path, self.node("", path, item, depth + 1, many=True), depth + 1)
        self.schema.wholes[path.casefold()] = Whole(path, depth + 1)
        if name == "FinalMetricDataList" and not many:
            self._root(METRICS, {"": Type.NUMBER})
            return Both([node, Keyed(METRICS, "MetricName", "Value", Type.NUMBER)])
        return node
