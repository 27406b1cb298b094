"""Hypothesis strategies for the values of AWS's shapes: what a client may send, what a server may answer.

Values are in the wire layer's conventions (timestamps float epoch seconds, blobs bytes) and keep the model's required
members, minima, maxima and enums. Patterns are not kept: they hold under `--aws-limits` only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn, SearchStrategy

    from trialbook.model import Document
    from trialbook.wire.catalog import Operation, Shape

_MOST_OPTIONAL = 5
_MOST_ITEMS = 2
_MOST_LETTERS = 12
_DEPTH = 5

_ANY_TEXT = st.characters(exclude_categories=["Cs"])
_XML_TEXT = st.characters(exclude_categories=["Cs", "Cc", "Cn"])
_HEADER_TEXT = st.sampled_from("abcXYZ0189-_./:+")
_PLACED = {"uri", "header", "headers"}


def params(operation: Operation) -> SearchStrategy[Document]:
    """Give parameters of an operation."""
    return _documents(operation, operation.input_shape)


def results(operation: Operation) -> SearchStrategy[Document]:
    """Give answers of an operation."""
    return _documents(operation, operation.output_shape)


def _documents(operation: Operation, shape: Shape | None) -> SearchStrategy[Document]:
    if shape is None:
        return st.just({})
    alphabet = _XML_TEXT if operation.service_model.metadata["protocol"] in {"rest-xml", "query"} else _ANY_TEXT
    return _structures(shape, alphabet, _DEPTH)


def _values(shape: Shape, alphabet: SearchStrategy[str], depth: int) -> SearchStrategy[Any]:
    placed = shape.serialization.get("location") in _PLACED
    if placed:
        alphabet = _HEADER_TEXT
    kind = shape.type_name
    if kind == "structure":
        return _structures(shape, alphabet, depth - 1)
    if kind == "list":
        least, most = _bounds(shape, _MOST_ITEMS)
        return st.lists(_values(shape.member, alphabet, depth - 1), min_size=least, max_size=most)
    if kind == "map":
        least, most = _bounds(shape, _MOST_ITEMS)
        keys = st.text("abcdef", min_size=1) if placed else _values(shape.key, alphabet, depth)
        return st.dictionaries(keys, _values(shape.value, alphabet, depth - 1), min_size=least, max_size=most)
    if kind in {"string", "character"}:
        return _texts(shape, alphabet, least=1 if placed else 0)
    return _SCALARS[kind](shape)


def _structures(shape: Shape, alphabet: SearchStrategy[str], depth: int) -> SearchStrategy[Document]:
    members = shape.members
    if shape.is_tagged_union or shape.name == "TrialComponentParameterValue":
        return st.sampled_from(sorted(members)).flatmap(
            lambda name: _values(members[name], alphabet, depth).map(lambda value: {name: value})
        )
    return _members(shape, alphabet, depth)


@st.composite
def _members(draw: DrawFn, shape: Shape, alphabet: SearchStrategy[str], depth: int) -> Document:
    """Draw the required members, and some of the others until the depth is used up."""
    names = list(shape.required_members)
    optional = [name for name in shape.members if name not in names]
    if optional and depth > 0:
        names += draw(st.lists(st.sampled_from(optional), max_size=_MOST_OPTIONAL, unique=True))
    return {name: draw(_values(shape.members[name], alphabet, depth)) for name in names}


def _texts(shape: Shape, alphabet: SearchStrategy[str], least: int) -> SearchStrategy[str]:
    if shape.enum:
        return st.sampled_from(shape.enum)
    fewest, most = _bounds(shape, _MOST_LETTERS, least)
    return st.text(alphabet, min_size=fewest, max_size=most)


def _blobs(shape: Shape) -> SearchStrategy[bytes]:
    least, most = _bounds(shape, _MOST_LETTERS)
    return st.binary(min_size=least, max_size=most)


def _integers(shape: Shape) -> SearchStrategy[int]:
    most = 2**31 - 1 if shape.type_name == "integer" else 2**63 - 1
    return st.integers(shape.metadata.get("min", -most), shape.metadata.get("max", most))


def _floats(shape: Shape) -> SearchStrategy[float]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    return st.floats(least, most)


def _moments(shape: Shape) -> SearchStrategy[float]:
    serialization = shape.serialization
    if serialization.get("location") in _PLACED or serialization.get("timestampFormat") == "rfc822":
        return st.integers(0, 4_000_000_000).map(float)  # RFC 822 knows no fractions
    return st.integers(0, 4_000_000_000_000).map(lambda milliseconds: milliseconds / 1000)


def _booleans(_shape: Shape) -> SearchStrategy[bool]:
    return st.booleans()


def _bounds(shape: Shape, more: int, least: int = 0) -> tuple[int, int]:
    """Give the fewest and the most elements to make: at most `more` over the fewest that the shape allows."""
    fewest = max(least, shape.metadata.get("min", 0))
    return fewest, min(fewest + more, max(fewest, shape.metadata.get("max", fewest + more)))


_SCALARS: dict[str, Callable[[Shape], SearchStrategy[Any]]] = {
    "integer": _integers,
    "long": _integers,
    "float": _floats,
    "double": _floats,
    "boolean": _booleans,
    "timestamp": _moments,
    "blob": _blobs,
}
