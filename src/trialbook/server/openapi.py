"""The OpenAPI 3.1 document of Trialbook's own API, made from the forms and docstrings of `handlers.native`.

So it cannot fall behind: an operation that is served is described, and its request is read by the same form that
describes it.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from trialbook import __version__
from trialbook.errors import ApiError
from trialbook.handlers import native
from trialbook.services import forms
from trialbook.wire.points import MEDIA_TYPE

if TYPE_CHECKING:
    from trialbook.model import Document

VERSION = "3.1.0"
_REGION = {
    "name": "X-Trialbook-Region",
    "in": "header",
    "schema": {"type": "string", "default": "us-east-1"},
    "description": "The region whose records are meant.",
}
_ERROR = {
    "type": "object",
    "required": ["code", "message", "request_id"],
    "properties": {
        "code": {"type": "string", "description": "The error's name, as AWS's operations give it."},
        "message": {"type": "string", "description": "What is wrong, the rule, and the nearest right answer."},
        "request_id": {"type": "string"},
    },
}


def document() -> Document:
    """Describe every operation under `/api/v1/`."""
    paths: Document = {}
    for name, operation in native.OPERATIONS.items():
        form = native.FORMS.get(name)
        request = forms.schema(form) if form else {"type": "object"}
        paths[f"/api/v1/{name}"] = {"post": _operation(name, operation, "application/json", request)}
    for name, message in native.MESSAGES.items():
        binary = {"type": "string", "contentMediaType": MEDIA_TYPE}
        paths[f"/api/v1/{name}"] = {"post": _operation(name, message, MEDIA_TYPE, binary)}
    return {
        "openapi": VERSION,
        "info": {
            "title": "Trialbook",
            "version": __version__,
            "description": "Trialbook's own API. AWS's operations are described by AWS's own service models.",
        },
        "paths": paths,
        "components": {"schemas": {"Error": _ERROR}},
    }


def summary(operation: object) -> str:
    """Give the first paragraph of an operation's docstring on one line."""
    return (inspect.getdoc(operation) or "").split("\n\n")[0].replace("\n", " ")


def _operation(name: str, operation: object, media_type: str, request: Document) -> Document:
    answer = {"type": "object"} if media_type == "application/json" else request
    failure = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "operationId": name,
        "summary": summary(operation),
        "parameters": [_REGION],
        "requestBody": {"required": True, "content": {media_type: {"schema": request}}},
        "responses": {
            "200": {"description": "The answer.", "content": {media_type: {"schema": answer}}},
            str(ApiError.status): {"description": "The request is wrong.", "content": failure},
        },
    }
