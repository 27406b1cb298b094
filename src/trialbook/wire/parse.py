"""From a routed request to the operation's parameters, driven by the model's input shape.

Parameters are values by our conventions: timestamps float epoch seconds, blobs bytes, streaming blobs a file, NaN and
infinities floats. Members that the shape lacks are dropped, null is absent. What cannot be read is the client's
error, named with its path; nothing that a client sends makes anything else out of this module.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import parse_qsl

from trialbook.errors import CodedError, MalformedRequestError
from trialbook.wire import form_body, json_body, scalars, xml_body
from trialbook.wire.route import Routed, form_of
from trialbook.wire.scalars import WrongValueError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.model import Document
    from trialbook.wire.catalog import Shape
    from trialbook.wire.http import Request

_HEADER_ITEM = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,]*))\s*(?:,|$)')


def parse(routed: Routed, request: Request) -> Document:
    """Give the parameters of a request. Raises an `ApiError` when they cannot be read."""
    shape = routed.operation.input_shape
    if routed.protocol == "query":
        return form_body.read(shape, form_of(request))
    if routed.protocol in {"json-1.0", "json-1.1"}:
        return json_body.read(shape, request.body)
    if shape is None:
        return {}
    try:
        params = _bound(shape, routed, request)
    except WrongValueError as error:
        if routed.protocol == "rest-xml":
            raise CodedError("InvalidArgument", f"{error.message}.") from None
        raise MalformedRequestError(error.message) from None
    return params | _body(shape, routed, request)


def _bound(shape: Shape, routed: Routed, request: Request) -> Document:
    """Read the members that stand in path, query string and headers."""
    query: dict[str, list[str]] = {}
    for name, text in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(text)
    params = {}
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        if location is None:
            continue
        try:
            value = _READERS[location](member, member.serialization.get("name", name), routed, request, query)
        except WrongValueError as error:
            raise error.under(name)  # noqa: B904 - the same error, on its way out
        if value is not None:
            params[name] = value
    return params


_Query = dict[str, list[str]]


def _from_uri(shape: Shape, name: str, routed: Routed, _request: Request, _query: _Query) -> Any:
    text = routed.uri.get(name)
    return None if text is None else scalars.decode(shape, text)


def _from_query(shape: Shape, name: str, _routed: Routed, _request: Request, query: _Query) -> Any:
    texts = query.get(name)
    if texts is None:
        return None
    if shape.type_name == "list":
        return [scalars.decode(shape.member, text) for text in texts]
    return scalars.decode(shape, texts[0])


def _from_header(shape: Shape, name: str, _routed: Routed, request: Request, _query: _Query) -> Any:
    text = request.headers.get(name.lower())
    if text is None:
        return None
    if shape.type_name == "list":
        return [scalars.decode(shape.member, item) for item in _header_items(text)]
    return scalars.decode(shape, text)


def _from_headers(_shape: Shape, prefix: str, _routed: Routed, request: Request, _query: _Query) -> Any:
    prefix = prefix.lower()
    found = {name[len(prefix) :]: text for name, text in request.headers.items() if name.startswith(prefix)}
    return found or None


_READERS: dict[str, Callable[[Shape, str, Routed, Request, _Query], Any]] = {
    "uri": _from_uri,
    "querystring": _from_query,
    "header": _from_header,
    "headers": _from_headers,
}


def _header_items(text: str) -> list[str]:
    """Split a list in a header at its commas; an item with commas or quotes of its own stands in quotes."""
    items = []
    for quoted, plain in _HEADER_ITEM.findall(text):
        items.append(quoted.replace('\\"', '"') if quoted else plain.strip())
    return [item for item in items if item]


def _body(shape: Shape, routed: Routed, request: Request) -> Document:
    payload = shape.serialization.get("payload")
    read = xml_body.read if routed.protocol == "rest-xml" else json_body.read
    if payload is None:
        if all("location" in member.serialization for member in shape.members.values()):
            return {}
        return _unbound(shape, read(shape, request.body))
    member = shape.members[payload]
    if member.type_name == "blob":
        return {payload: _blob(member, request)}
    return {payload: read(member, request.body)} if request.body.strip() else {}


def _unbound(shape: Shape, decoded: Document) -> Document:
    """Keep the members that belong in the body."""
    return {name: value for name, value in decoded.items() if "location" not in shape.members[name].serialization}


def _blob(member: Shape, request: Request) -> bytes | BinaryIO:
    if member.serialization.get("streaming"):
        return request.stream if request.stream is not None else io.BytesIO(request.body)
    return request.stream.read() if request.stream is not None else request.body
