"""JSON bodies: bytes to values of a shape, and values to bytes.

orjson reads and writes the plain case. It knows neither NaN nor infinities, which AWS's clients send (as text or as
bare literals) and read (as bare literals), so the standard library's module takes over where one turns up.
"""

from __future__ import annotations

import base64
import json
import math
from typing import TYPE_CHECKING, Any

import orjson

from trialbook.errors import MalformedRequestError
from trialbook.wire import scalars
from trialbook.wire.scalars import MAX_DEPTH, WrongValueError, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.model import Document
    from trialbook.wire.catalog import Shape


def read(shape: Shape | None, body: bytes) -> Document:
    """Decode a body as the shape: unknown members dropped, null as absent. An empty body is `{}`."""
    if shape is None:
        return {}
    try:
        decoded: Document = _structure(shape, _loads(body) if body.strip() else {}, 0)
    except WrongValueError as error:
        raise MalformedRequestError(error.message) from None
    return decoded


def write(document: Document) -> bytes:
    """Encode a projected answer: blobs as base64, NaN and infinities as bare literals, None left out."""
    try:
        encoded = orjson.dumps(document, default=_blob)
    except TypeError:  # an integer over 64 bits, or half of a surrogate pair
        return _write_slowly(document)
    # orjson writes null for NaN, for infinities and for None; the word in some text only costs time.
    return _write_slowly(document) if b"null" in encoded else encoded


def _write_slowly(document: Document) -> bytes:
    return json.dumps(_present(document), default=_blob, separators=(",", ":")).encode("ascii")


def _present(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _present(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_present(item) for item in value if item is not None]
    return value


def _blob(value: object) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"an answer cannot hold a {type(value).__name__}")


def _loads(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _loads_slowly(body)


def _loads_slowly(body: bytes) -> Any:
    """Read what orjson refuses: bare NaN and Infinity are fine, all else gets its error named."""
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair cannot be stored
    except UnicodeDecodeError as error:
        raise MalformedRequestError(f"The body is not UTF-8: byte {error.start}.") from None
    except UnicodeEncodeError:
        raise MalformedRequestError("The body holds half of a surrogate pair (\\ud800 to \\udfff).") from None
    except RecursionError:
        raise MalformedRequestError(f"The body nests deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        raise MalformedRequestError(f"The body is not JSON: {error}.") from None
    return value


def _decode(shape: Shape, value: Any, depth: int) -> Any:
    return _DECODERS[shape.type_name](shape, value, depth)


def _structure(shape: Shape, value: Any, depth: int) -> Any:
    if not isinstance(value, dict):
        raise WrongValueError("an object", named(value))
    if depth > MAX_DEPTH:
        raise WrongValueError(f"at most {MAX_DEPTH} levels", "more")
    if shape.is_document_type:
        return value
    members = shape.members
    decoded = {}
    for name, item in value.items():
        member = members.get(name)
        if member is None or item is None:
            continue
        try:
            decoded[name] = _DECODERS[member.type_name](member, item, depth + 1)
        except WrongValueError as error:
            raise error.under(name)  # noqa: B904 - the same error, on its way out
    return decoded


def _list(shape: Shape, value: Any, depth: int) -> list[Any]:
    if not isinstance(value, list):
        raise WrongValueError("a list", named(value))
    member = shape.member
    decoded = []
    for index, item in enumerate(value):
        if item is None:
            continue
        try:
            decoded.append(_decode(member, item, depth + 1))
        except WrongValueError as error:
            raise error.under(index)  # noqa: B904
    return decoded


def _map(shape: Shape, value: Any, depth: int) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WrongValueError("an object", named(value))
    member = shape.value
    decoded = {}
    for name, item in value.items():
        if item is None:
            continue
        try:
            decoded[name] = _decode(member, item, depth + 1)
        except WrongValueError as error:
            raise error.under(name)  # noqa: B904
    return decoded


def _string(_shape: Shape, value: Any, _depth: int) -> str:
    if isinstance(value, str):
        return value
    raise WrongValueError("text", named(value))


def _integer(_shape: Shape, value: Any, _depth: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return scalars.checked_integer(value)
    if isinstance(value, float) and value.is_integer():
        return scalars.checked_integer(int(value))
    raise WrongValueError("an integer", str(value) if isinstance(value, float) else named(value))


def _number(_shape: Shape, value: Any, _depth: int) -> float:
    if isinstance(value, float):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str) and value in {"NaN", "Infinity", "-Infinity"}:
        return scalars.parse_number(value)
    raise WrongValueError("a number", named(value))


def _boolean(_shape: Shape, value: Any, _depth: int) -> bool:
    if isinstance(value, bool):
        return value
    raise WrongValueError("true or false", named(value))


def _timestamp(_shape: Shape, value: Any, _depth: int) -> float:
    if isinstance(value, str):
        return scalars.parse_timestamp(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return scalars.checked_timestamp(value if isinstance(value, float) else float(scalars.checked_integer(value)))
    raise WrongValueError("a timestamp", named(value))


def _bytes(_shape: Shape, value: Any, _depth: int) -> bytes:
    if isinstance(value, str):
        return scalars.parse_blob(value)
    raise WrongValueError("base64 text", named(value))


_DECODERS: dict[str, Callable[[Shape, Any, int], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "character": _string,
    "integer": _integer,
    "long": _integer,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "blob": _bytes,
}
