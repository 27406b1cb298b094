"""XML bodies: bytes to values of a shape, and values to text.

Requests are read with expat directly: a document type, and so every entity of its own, is refused before anything
can expand. Namespaces are dropped on the way in; on the way out only the root carries one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from trialbook.errors import CodedError
from trialbook.wire import scalars
from trialbook.wire.scalars import MAX_DEPTH, WrongValueError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.model import Document
    from trialbook.wire.catalog import Shape

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Element:
    """One element: its local name, the pieces of text right inside it, and its children in order."""

    name: str
    pieces: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text right inside the element."""
        return "".join(self.pieces)


def read(shape: Shape, body: bytes) -> Document:
    """Decode a body whose root is the structure `shape`; the root's own name does not matter. Empty is `{}`."""
    if not body.strip():
        return {}
    root = _parse(body)
    try:
        decoded: Document = _decode(shape, root)
    except WrongValueError as error:
        raise _malformed(error.message) from None
    return decoded


def _parse(body: bytes) -> Element:
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.data
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _malformed(str(error)) from None
    return reader.top.children[0]


class _Reader:
    """Builds the tree of elements from expat's events."""

    def __init__(self) -> None:
        self.top = Element("")
        self._open = [self.top]

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) > MAX_DEPTH:
            raise _malformed(f"more than {MAX_DEPTH} levels")
        element = Element(name.rpartition("}")[2])
        self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].pieces.append(text)

    def doctype(self, *_declaration: object) -> None:
        raise _malformed("a document type declaration is not allowed")


def _malformed(reason: str) -> CodedError:
    return CodedError(
        "MalformedXML",
        f"The XML you provided was not well-formed or did not validate against our published schema: {reason}.",
    )


def _decode(shape: Shape, element: Element) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return _structure(shape, element)
    if kind == "list":
        return _list(shape, element.children)
    if kind == "map":
        return _map(shape, element.children)
    return scalars.decode(shape, element.text)


def _structure(shape: Shape, element: Element) -> Document:
    by_name: dict[str, list[Element]] = {}
    for child in element.children:
        by_name.setdefault(child.name, []).append(child)
    decoded: Document = {}
    for name, member in shape.members.items():
        elements = by_name.get(element_name(member, name))
        if not elements:
            continue
        try:
            if member.type_name == "list" and member.serialization.get("flattened"):
                decoded[name] = _list(member, elements)
            elif member.type_name == "map" and member.serialization.get("flattened"):
                decoded[name] = _map(member, elements)
            else:
                decoded[name] = _decode(member, elements[0])
        except WrongValueError as error:
            raise error.under(name)  # noqa: B904 - the same error, on its way out
    return decoded


def _list(shape: Shape, elements: list[Element]) -> list[Any]:
    decoded = []
    for index, element in enumerate(elements):
        try:
            decoded.append(_decode(shape.member, element))
        except WrongValueError as error:
            raise error.under(index)  # noqa: B904
    return decoded


def _map(shape: Shape, entries: list[Element]) -> dict[str, Any]:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    decoded = {}
    for entry in entries:
        parts = {child.name: child for child in entry.children}
        if key_name in parts and value_name in parts:
            decoded[parts[key_name].text] = _decode(shape.value, parts[value_name])
    return decoded


def element_name(member: Shape, name: str) -> str:
    """Give the element that a structure's member is written as."""
    serialization = member.serialization
    if member.type_name == "list" and serialization.get("flattened"):
        inner = member.member.serialization.get("name")
        return str(serialization.get("name") or inner or name)
    return str(serialization.get("name", name))


def write(root: str, namespace: str | None, content: str) -> bytes:
    """Give the document with this root around `content`."""
    attribute = f' xmlns="{namespace}"' if namespace else ""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}{attribute}>{content}</{root}>'.encode()


def members_text(shape: Shape, document: Document) -> str:
    """Write those members of a structure that stand in the body."""
    return "".join(_members(shape, document))


def element_text(name: str, content: str) -> str:
    """Write one element with text."""
    return f"<{name}>{text(content)}</{name}>"


def text(content: str) -> str:
    """Escape a text; characters that XML cannot hold become U+FFFD."""
    return escape(_NOT_XML.sub("\ufffd", content), {"\r": "&#13;"})


def _members(shape: Shape, document: Document) -> Iterator[str]:
    for name, member in shape.members.items():
        value = document.get(name)
        if value is None or "location" in member.serialization:
            continue
        yield _written(member, element_name(member, name), value)


def _written(shape: Shape, name: str, value: Any) -> str:
    kind = shape.type_name
    if kind == "structure":
        return f"<{name}>{members_text(shape, value)}</{name}>"
    if kind == "list":
        if shape.serialization.get("flattened"):
            return "".join(_written(shape.member, name, item) for item in value)
        item_name = shape.member.serialization.get("name", "member")
        return f"<{name}>{''.join(_written(shape.member, item_name, item) for item in value)}</{name}>"
    if kind == "map":
        return _written_map(shape, name, value)
    return element_text(name, scalars.encode(shape, value, "iso8601"))


def _written_map(shape: Shape, name: str, value: dict[str, Any]) -> str:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    flattened = shape.serialization.get("flattened")
    entry = name if flattened else "entry"
    entries = "".join(
        f"<{entry}>{element_text(key_name, key)}{_written(shape.value, value_name, item)}</{entry}>"
        for key, item in value.items()
    )
    return entries if flattened else f"<{name}>{entries}</{name}>"
