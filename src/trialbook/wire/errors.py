"""From a failure to an HTTP response, in the error form of the protocol that the request came in.

Services raise the words of SageMaker; a service with words of its own for the same fact gets them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.wire import json_body, scalars, xml_body
from trialbook.wire.http import Response
from trialbook.wire.serialise import content_type, header_text, identity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.errors import ApiError
    from trialbook.wire.catalog import Shape
    from trialbook.wire.route import Protocol, Routed

_CODES: dict[str, dict[str, str]] = {
    "sagemaker-runtime": {"ValidationException": "ValidationError"},
    "s3": {"ValidationException": "InvalidArgument", "SerializationException": "MalformedXML"},
    "sts": {"ValidationException": "ValidationError"},
    "iam": {"ValidationException": "ValidationError", "ResourceNotFound": "NoSuchEntity"},
    "logs": {"ValidationException": "InvalidParameterException", "ResourceNotFound": "ResourceNotFoundException"},
    "cloudwatch": {"ValidationException": "InvalidParameterValue", "ResourceNotFound": "ResourceNotFoundException"},
    "resourcegroupstaggingapi": {"ValidationException": "InvalidParameterException"},
}
# The names of these common errors have no suffix in the XML protocols.
_XML_CODES = {
    "IncompleteSignatureException": "IncompleteSignature",
    "MissingAuthenticationTokenException": "MissingAuthenticationToken",
    "AccessDeniedException": "AccessDenied",
    "ThrottlingException": "Throttling",
}
_S3_CODES = {
    "IncompleteSignatureException": "AuthorizationHeaderMalformed",
    "MissingAuthenticationTokenException": "InvalidArgument",
    "RequestEntityTooLargeException": "EntityTooLarge",
    "ThrottlingException": "SlowDown",
}


def serialise_error(
    how: Routed | Protocol, error: ApiError, request_id: str, *, method: str = "POST", resource: str = ""
) -> Response:
    """Write a failure.

    Parameters
    ----------
    how
        The routed request; or the protocol (`route.guess_protocol`) when routing itself failed.
    method
        The request's method: the answer to HEAD has no body.
    resource
        The request's path, which S3 repeats.
    """
    protocol = how if isinstance(how, str) else how.protocol
    code = _code(how, protocol, error.code)
    shape = None if isinstance(how, str) else _error_shape(how, code)
    response = Response(error.status, identity(protocol, request_id))
    if method == "HEAD" or error.status in {204, 304}:
        return response
    response.headers["content-type"] = content_type(protocol)
    if protocol == "query":
        response.body = _query_body(how, code, error, request_id)
    elif protocol == "rest-xml":
        response.body = _s3_body(code, error, request_id, resource)
    else:
        response.headers["x-amzn-errortype"] = header_text(code)
        response.body = json_body.write(_json_body(code, error, shape, protocol))
    return response


def _code(how: Routed | Protocol, protocol: Protocol, code: str) -> str:
    if not isinstance(how, str):
        code = _CODES.get(how.service, {}).get(code, code)
    if protocol == "rest-xml":
        code = _S3_CODES.get(code, code)
    return _XML_CODES.get(code, code) if protocol in {"rest-xml", "query"} else code


def _error_shape(routed: Routed, code: str) -> Shape | None:
    return next((shape for shape in routed.operation.error_shapes if shape.name == code), None)


def _json_body(code: str, error: ApiError, shape: Shape | None, protocol: Protocol) -> dict[str, object]:
    body: dict[str, object] = dict(error.members)
    member = "Message" if protocol == "rest-json" and shape is not None and "Message" in shape.members else "message"
    body[member] = error.message
    if protocol != "rest-json":
        body["__type"] = code
    return body


def _s3_body(code: str, error: ApiError, request_id: str, resource: str) -> bytes:
    fields = {"Code": code, "Message": error.message, "Resource": resource, "RequestId": request_id}
    return xml_body.write("Error", None, _elements({**fields, **error.members}))


def _query_body(how: Routed | Protocol, code: str, error: ApiError, request_id: str) -> bytes:
    kind = "Sender" if error.status < 500 else "Receiver"
    inner = _elements({"Type": kind, "Code": code, "Message": error.message, **error.members})
    namespace = None if isinstance(how, str) else how.operation.metadata.get("xmlNamespace")
    content = f"<Error>{inner}</Error>{xml_body.element_text('RequestId', request_id)}"
    return xml_body.write("ErrorResponse", namespace, content)


def _elements(fields: Mapping[str, object]) -> str:
    return "".join(xml_body.element_text(name, _text(value)) for name, value in fields.items())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return scalars.format_number(value) if isinstance(value, float) else str(value)
