"""Forms of the query protocol: `Tags.member.1.Key=a&Tags.member.1.Value=b` to values of a shape.

The dotted names are laid out as a tree first; the shape then says which nodes are lists and which are maps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trialbook.errors import CodedError
from trialbook.wire import scalars
from trialbook.wire.scalars import MAX_DEPTH, WrongValueError, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.model import Document
    from trialbook.wire.catalog import Shape


@dataclass(slots=True)
class _Node:
    text: str | None = None
    children: dict[str, _Node] = field(default_factory=dict)


def read(shape: Shape | None, fields: Mapping[str, str]) -> Document:
    """Decode the fields of a form as the structure `shape`."""
    if shape is None:
        return {}
    try:
        return _structure(shape, _tree(fields))
    except WrongValueError as error:
        raise CodedError("MalformedInput", f"{error.message}.") from None


def _tree(fields: Mapping[str, str]) -> _Node:
    root = _Node()
    for name, text in fields.items():
        node = root
        steps = name.split(".")
        if len(steps) > 2 * MAX_DEPTH:
            raise WrongValueError(f"at most {MAX_DEPTH} levels", quoted(name))
        for step in steps:
            node = node.children.setdefault(step, _Node())
        node.text = text
    return root


def _decode(shape: Shape, node: _Node) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, node)
    if kind == "list":
        return _list(shape, node)
    if kind == "map":
        return _map(shape, node)
    if node.text is None:
        raise WrongValueError(f"a {kind}", "nested fields")
    return scalars.decode(shape, node.text)


def _structure(shape: Shape, node: _Node) -> Document:
    decoded = {}
    for name, member in shape.members.items():
        child = node.children.get(member.serialization.get("name", name))
        if child is None:
            continue
        try:
            decoded[name] = _decode(member, child)
        except WrongValueError as error:
            raise error.under(name)  # noqa: B904 - the same error, on its way out
    return decoded


def _list(shape: Shape, node: _Node) -> list[Any]:
    if not shape.serialization.get("flattened"):
        node = node.children.get(shape.member.serialization.get("name", "member"), _Node())
    decoded = []
    for index, child in enumerate(_numbered(node)):
        try:
            decoded.append(_decode(shape.member, child))
        except WrongValueError as error:
            raise error.under(index)  # noqa: B904
    return decoded


def _map(shape: Shape, node: _Node) -> dict[str, Any]:
    if not shape.serialization.get("flattened"):
        node = node.children.get("entry", _Node())
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    decoded = {}
    for entry in _numbered(node):
        key, value = entry.children.get(key_name), entry.children.get(value_name)
        if key is not None and key.text is not None and value is not None:
            decoded[key.text] = _decode(shape.value, value)
    return decoded


def _numbered(node: _Node) -> list[_Node]:
    """Give the children by their number, which clients count from 1; gaps do not matter."""
    for step in node.children:
        if not (step.isascii() and step.isdigit() and len(step) < 10):
            raise WrongValueError("a number in the field's name", quoted(step))
    return [node.children[step] for step in sorted(node.children, key=int)]
