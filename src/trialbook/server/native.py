"""Trialbook's own API: `POST /api/v1/<operation>`, JSON or binary messages in and out, over `handlers.native`.

The command line, the SDK and the console use it, for what AWS's operations cannot say. `GET /api/v1/openapi.json`
describes it.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import orjson

from trialbook.errors import ApiError, MalformedRequestError, UnknownOperationError, ValidationError
from trialbook.handlers import native
from trialbook.names import Scope
from trialbook.server import openapi
from trialbook.services.context import Call
from trialbook.settings import DEFAULT_REGION
from trialbook.wire import points, view
from trialbook.wire.http import Request, Response

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Workspace

PREFIX = openapi.PREFIX
OPENAPI = "openapi.json"


def answer(workspace: Workspace, head: Request, body: bytes, request_id: str) -> Response:
    """Serve one request of Trialbook's own API."""
    try:
        operation = head.path[len(PREFIX) :]
        if operation == OPENAPI:
            return _openapi(head)
        if operation not in native.OPERATIONS and operation not in native.MESSAGES:
            known = ", ".join(sorted([*native.OPERATIONS, *native.MESSAGES]))
            raise UnknownOperationError(f"There is no operation '{operation[:100]}' in the API; there are: {known}.")
        if head.method != "POST":
            raise ValidationError(f"'{head.path}' takes POST, not {head.method}.")
        # Browsers send neither type without asking leave (a preflight request), which is never given.
        wanted = points.MEDIA_TYPE if operation in native.MESSAGES else "application/json"
        told = head.headers.get("content-type", "")
        as_json = operation in native.VIEWS and told.startswith("application/json")
        if not (as_json or told.startswith(wanted)):
            raise MalformedRequestError(f"Content-Type must be {wanted}.")
        region = head.headers.get("x-trialbook-region", DEFAULT_REGION)
        user = head.headers.get("x-trialbook-user", "anonymous")
        call = Call(workspace, Scope(workspace.settings.account, region), user, request_id)
        if as_json:
            return Response(
                headers={"content-type": view.MEDIA_TYPE}, body=native.VIEWS[operation](call, _document(body))
            )
        if operation in native.MESSAGES:
            message = native.MESSAGES[operation](call, points.read(body))
            return Response(headers={"content-type": points.MEDIA_TYPE}, body=message)
        result = native.OPERATIONS[operation](call, _document(body))
        return Response(headers={"content-type": "application/json"}, body=encode(result))
    except ApiError as error:
        return failure(error, request_id)


def failure(error: ApiError, request_id: str) -> Response:
    """Answer an error."""
    told = orjson.dumps({"code": error.code, "message": error.message, "request_id": request_id})
    return Response(error.status, {"content-type": "application/json"}, told)


def _openapi(head: Request) -> Response:
    if head.method not in {"GET", "HEAD"}:
        raise ValidationError(f"'{head.path}' takes GET, not {head.method}.")
    return Response(headers={"content-type": "application/json"}, body=orjson.dumps(openapi.document()))


def _document(body: bytes) -> Document:
    try:
        request = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise MalformedRequestError(f"The body is not JSON: {error}.") from None
    if not isinstance(request, dict):
        raise MalformedRequestError("The body must be a JSON object.")
    return request


def encode(result: Document) -> bytes:
    """Write JSON; numbers that JSON lacks are the texts "NaN", "Infinity" and "-Infinity"."""
    try:
        data = orjson.dumps(result)
    except TypeError:  # half of a surrogate pair, or an integer over 64 bits
        return json.dumps(_spelt(result)).encode()
    if b"null" not in data:
        return data
    return orjson.dumps(_spelt(result)) if _holds_non_finite(result) else data


def _spelt(result: Document) -> Document:
    spelt: Document = json.loads(json.dumps(result), parse_constant=str)
    return spelt


def _holds_non_finite(value: object) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(_holds_non_finite(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_non_finite(one) for one in value)
    return False
