"""From an operation's answer to an HTTP response, in the protocol that the request came in.

The answer is a document in AWS's members that the output shape has (`project` keeps no others): timestamps float
epoch seconds, blobs bytes, a streaming payload bytes, a file or an iterable of bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, BinaryIO

from trialbook.wire import json_body, scalars, xml_body
from trialbook.wire.http import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trialbook.model import Document
    from trialbook.wire.catalog import Shape
    from trialbook.wire.route import Protocol, Routed

S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"

_CONTENT_TYPES: dict[Protocol, str] = {
    "json-1.0": "application/x-amz-json-1.0",
    "json-1.1": "application/x-amz-json-1.1",
    "rest-json": "application/json",
    "rest-xml": "application/xml",
    "query": "text/xml",
}
# The model does not carry the names of S3's root elements where the answer itself is the root.
_S3_ROOTS = {
    "ListBuckets": "ListAllMyBucketsResult",
    "ListObjects": "ListBucketResult",
    "ListObjectsV2": "ListBucketResult",
    "CreateMultipartUpload": "InitiateMultipartUploadResult",
    "DeleteObjects": "DeleteResult",
    "ListParts": "ListPartsResult",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_CHUNK = 1024 * 1024


def serialise(routed: Routed, result: Document, request_id: str) -> Response:
    """Write the answer of a routed request."""
    shape = routed.operation.output_shape
    response = Response(int(routed.operation.http.get("responseCode", 200)), identity(routed.protocol, request_id))
    if routed.protocol == "query":
        response.body = _query_body(routed, shape, result, request_id)
        response.headers["content-type"] = content_type(routed.protocol)
    elif routed.protocol in {"json-1.0", "json-1.1"}:
        response.headers["content-type"] = content_type(routed.protocol)
        response.body = json_body.write(result) if shape is not None else b""
    elif shape is not None:
        _bind(shape, result, response)
        _fill(routed, shape, result, response)
    return response


def identity(protocol: Protocol, request_id: str) -> dict[str, str]:
    """Give the headers that name a request."""
    headers = {"x-amzn-requestid": request_id}
    if protocol == "rest-xml":
        headers["x-amz-request-id"] = request_id
        headers["x-amz-id-2"] = request_id
    return headers


def content_type(protocol: Protocol) -> str:
    """Give the content type of a protocol's structured bodies."""
    return _CONTENT_TYPES[protocol]


def header_text(text: str) -> str:
    """Make a text fit for a header: no line breaks, and UTF-8 where Latin-1 has no such letter."""
    text = _CONTROL.sub(" ", text)
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", errors="replace").decode("latin-1")
    return text


def bound_headers(shape: Shape, document: Document) -> dict[str, str]:
    """Write the members of a structure that stand in headers."""
    headers = {}
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        value = document.get(name)
        if value is None or location not in {"header", "headers"}:
            continue
        wire_name = member.serialization.get("name", name).lower()
        if location == "headers":
            headers.update({f"{wire_name}{key.lower()}": header_text(str(text)) for key, text in value.items()})
        else:
            headers[wire_name] = header_text(_header_value(member, value))
    return headers


def _header_value(shape: Shape, value: Any) -> str:
    if shape.type_name == "list":
        return ",".join(scalars.encode(shape.member, item, "rfc822") for item in value)
    return scalars.encode(shape, value, "rfc822")


def _bind(shape: Shape, result: Document, response: Response) -> None:
    response.headers.update(bound_headers(shape, result))
    for name, member in shape.members.items():
        if member.serialization.get("location") == "statusCode" and result.get(name) is not None:
            response.status = int(result[name])
    if result.get("ContentRange") is not None and response.status == 200:
        response.status = 206


def _fill(routed: Routed, shape: Shape, result: Document, response: Response) -> None:
    """Write the body of a REST answer: the payload member, or all members that are bound to nothing else."""
    payload = shape.serialization.get("payload")
    if payload is not None and shape.members[payload].type_name in {"blob", "string"}:
        response.body = _stream(result.get(payload, b""))
        return
    if payload is None and not _has_body(shape):
        return
    response.headers["content-type"] = content_type(routed.protocol)
    if routed.protocol == "rest-json":
        response.body = json_body.write(
            {name: value for name, value in result.items() if "location" not in shape.members[name].serialization}
            if payload is None
            else result.get(payload, {})
        )
    else:
        response.body = _s3_body(routed, shape, payload, result)


def _has_body(shape: Shape) -> bool:
    return any("location" not in member.serialization for member in shape.members.values())


def _s3_body(routed: Routed, shape: Shape, payload: str | None, result: Document) -> bytes:
    if routed.name == "GetBucketLocation":  # the one answer whose root holds text; no text is us-east-1
        location = result.get("LocationConstraint") or ""
        return xml_body.write("LocationConstraint", S3_NAMESPACE, xml_body.text(location))
    if payload is None:
        root = _S3_ROOTS.get(routed.name, f"{routed.name}Result")
        return xml_body.write(root, S3_NAMESPACE, xml_body.members_text(shape, result))
    member = shape.members[payload]
    root = member.serialization.get("name", payload)
    return xml_body.write(root, S3_NAMESPACE, xml_body.members_text(member, result.get(payload, {})))


def _query_body(routed: Routed, shape: Shape | None, result: Document, request_id: str) -> bytes:
    content = ""
    if shape is not None:
        members = xml_body.members_text(shape, result)
        # CloudWatch's model of today names no wrapper, but the clients that still speak the protocol expect one.
        wrapper = shape.serialization.get("resultWrapper", f"{routed.name}Result")
        content = f"<{wrapper}>{members}</{wrapper}>"
    content += f"<ResponseMetadata>{xml_body.element_text('RequestId', request_id)}</ResponseMetadata>"
    namespace = routed.operation.metadata.get("xmlNamespace")
    return xml_body.write(f"{routed.name}Response", namespace, content)


def _stream(payload: bytes | str | BinaryIO | Iterable[bytes]) -> bytes | Iterable[bytes]:
    if isinstance(payload, str):
        return payload.encode()
    if isinstance(payload, bytes | bytearray | memoryview):
        return bytes(payload)
    return _chunks(payload) if hasattr(payload, "read") else payload


def _chunks(file: Any) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
