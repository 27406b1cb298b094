"""Documents become cells: one value under one key, read by a tree that was compiled once per kind.

A key is (path, name, member). `name` is set under a map (`Parameters.<name>`), `member` under a map of structures
(`InputArtifacts.<name>.Value`). Where a list of structures is on the way, a record has many cells under one key, and
each says which element it is from: `ordinal << 16 | ordinal within that`, for up to two lists on one path. Members that
the tree does not know are not read.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

from trialbook.search.values import float_of, number_of, text_of, time_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Key = tuple[str, str, str]
Cell = float | str
ELEMENT = "[]"
"""As `member` of a key: the cells say that there is such an element, empty ones too."""
ORDINAL_BITS = 16
_LAST_ORDINAL = (1 << ORDINAL_BITS) - 1


class Type(Enum):
    """How a property's values compare."""

    TEXT = "text"
    NAME = "name"  # text that compares without case, kept as given
    FLAG = "flag"  # true or false
    NUMBER = "number"
    TIME = "time"
    MIXED = "number or text"  # each value is one of them
    LOOSE = "text that may look like a number"  # such a value is both

    @property
    def has_numbers(self) -> bool:
        """Whether a cell can be a number."""
        return self in {Type.NUMBER, Type.TIME, Type.MIXED, Type.LOOSE}

    @property
    def has_texts(self) -> bool:
        """Whether a cell can be a text."""
        return self not in {Type.NUMBER, Type.TIME}


class Cells:
    """The cells of one document: `single` in order (a later one of the same key wins), `many` by key."""

    __slots__ = ("many", "single")

    def __init__(self) -> None:
        self.single: dict[Key, Cell] = {}
        self.many: dict[Key, list[tuple[int, Cell]]] = {}

    def put(self, key: Key, cell: Cell, element: int | None) -> None:
        """Add a cell; `element` is None where no list is on the way."""
        if element is None:
            self.single[key] = cell
        else:
            self.many.setdefault(key, []).append((element, cell))


class Node(Protocol):
    """A part of the tree: reads one value of a document into cells."""

    def read(self, value: object, element: int | None, cells: Cells) -> None:
        """Add the cells of `value`. `element` is None outside of lists. A value of another form is left out."""


class Leaf:
    """One value."""

    __slots__ = ("convert", "key")

    def __init__(self, path: str, kind: Type) -> None:
        self.key: Key = (path, "", "")
        self.convert = CONVERT[kind]

    def read(self, value: object, element: int | None, cells: Cells) -> None:
        """Put the cells of a value."""
        cell = self.convert(value)
        if cell is not None:
            cells.put(self.key, cell, element)


class Structure:
    """Members by name."""

    __slots__ = ("members",)

    def __init__(self, members: Mapping[str, Node]) -> None:
        self.members = dict(members)

    def read(self, value: object, element: int | None, cells: Cells) -> None:
        """Put the cells of a value."""
        if isinstance(value, dict):
            members = self.members
            for name, item in value.items():
                node = members.get(name)
                if node is not None and item is not None:
                    node.read(item, element, cells)


class ListOf:
    """A list. `depth` counts the lists of structures on the way, this one included; 0 for a list of plain values."""

    __slots__ = ("depth", "item", "key")

    def __init__(self, path: str, item: Node, depth: int) -> None:
        self.key: Key = (path, "", ELEMENT)
        self.item = item
        self.depth = depth

    def read(self, value: object, element: int | None, cells: Cells) -> None:
        """Put the cells of a value."""
        if not isinstance(value, list):
            return
        outer = element or 0
        for ordinal, item in enumerate(value):
            inner = outer
            if self.depth == 1:
                inner = min(ordinal, _LAST_ORDINAL) << ORDINAL_BITS
            elif self.depth == 2:
                inner = outer | min(ordinal, _LAST_ORDINAL)
            if self.depth:
                cells.put(self.key, 1.0, inner)
            self.item.read(item, inner, cells)


class MapNode:
    """Names that users choose, to values (`members` is {"": type}) or to flat structures."""

    __slots__ = ("members", "path")

    def __init__(self, path: str, members: Mapping[str, Type]) -> None:
        self.path = path
        self.members = {member: CONVERT[kind] for member, kind in members.items()}

    def read(self, value: object, element: int | None, cells: Cells) -> None:
        """Put the cells of a value."""
        if not isinstance(value, dict):
            return
        if "" in self.members:
            self._values(value, element, cells)
            return
        for name, item in value.items():
            if name and isinstance(item, dict):
                for member, convert in self.members.items():
                    cell = convert(item.get(member))
                    if cell is not None:
                        cells.put((self.path, name, member), cell, element)

    def _values(self, value: dict[str, object], element: int | None, cells: Cells) -> None:
        path, convert, single = self.path, self.members[""], cells.single
        for name, item in value.items():
            cell = convert(item)
            if cell is None or not name:
                continue  # no query can name the empty name
            if element is None:
                single[path, name, ""] = cell
            else:
                cells.put((path, name, ""), cell, element)


class Keyed:
    """A list of pairs that is a map: Tags as [{Key, Value}]. `path` is the map's, which may differ from the list's."""

    __slots__ = ("convert", "name", "path", "value")

    def __init__(self, path: str, name: str, value: str, kind: Type) -> None:
        self.path = path
        self.name = name
        self.value = value
        self.convert = CONVERT[kind]

    def read(self, value: object, element: int | None, cells: Cells) -> None:
        """Put the cells of a value."""
        if not isinstance(value, list):
            return
        for pair in value:
            if isinstance(pair, dict) and isinstance(pair.get(self.name), str):
                cell = self.convert(pair.get(self.value))
                if cell is not None:
                    cells.put((self.path, pair[self.name], ""), cell, element)


class Both:
    """One value read in two ways."""

    __slots__ = ("nodes",)

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = tuple(nodes)

    def read(self, value: object, element: int | None, cells: Cells) -> None:
        """Put the cells of a value."""
        for node in self.nodes:
            node.read(value, element, cells)


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return text_of(value)
    return None


def _flag(value: object) -> str | None:
    text = _text(value)
    return None if text is None else text.casefold()


def _number(value: object) -> float | None:
    if isinstance(value, (int, float)):
        return float_of(value)
    return number_of(value) if isinstance(value, str) else None


def _time(value: object) -> float | None:
    return time_of(value) if isinstance(value, str) else _number(value)


def _mixed(value: object) -> Cell | None:
    if isinstance(value, dict):
        value = value["NumberValue"] if "NumberValue" in value else value.get("StringValue")
    if type(value) is float:
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float_of(value)
    return _text(value)


CONVERT: Mapping[Type, Callable[[object], Cell | None]] = {
    Type.TEXT: _text,
    Type.NAME: _text,
    Type.FLAG: _flag,
    Type.NUMBER: _number,
    Type.TIME: _time,
    Type.MIXED: _mixed,
    Type.LOOSE: _text,
}
