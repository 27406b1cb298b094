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
from trialbook.server import events
from trialbook.services import forms
from trialbook.wire import points, view

if TYPE_CHECKING:
    from trialbook.model import Document

VERSION = "3.1.0"
PREFIX = "/api/v1/"
_JSON = "application/json"
_ANY: Document = {"type": "object"}
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
    """Describe everything under `/api/v1/`."""
    paths: Document = {}
    for name in (*native.OPERATIONS, *native.VIEWS, *native.MESSAGES):
        operation = native.OPERATIONS.get(name) or native.VIEWS.get(name) or native.MESSAGES[name]
        taken, given = {}, {_JSON: _ANY}
        if name in native.OPERATIONS or name in native.VIEWS:
            taken[_JSON] = forms.schema(native.FORMS[name]) if name in native.FORMS else _ANY
        if name in native.MESSAGES:
            taken[points.MEDIA_TYPE] = _binary(points.MEDIA_TYPE)
            given = {points.MEDIA_TYPE: _binary(points.MEDIA_TYPE)}
        if name in native.VIEWS:
            given = {view.MEDIA_TYPE: _binary(view.MEDIA_TYPE)}
        paths[f"{PREFIX}{name}"] = {"post": _operation(name, operation, taken, given)}
    paths[events.PATH] = {"get": _EVENTS}
    paths[f"{PREFIX}openapi.json"] = {
        "get": {
            "operationId": "openapi",
            "summary": "Give this document.",
            "responses": {"200": {"description": "The document.", "content": {_JSON: {"schema": _ANY}}}},
        }
    }
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


def _operation(name: str, operation: object, taken: Document, given: Document) -> Document:
    return {
        "operationId": name,
        "summary": summary(operation),
        "parameters": [_REGION],
        "requestBody": {"required": True, "content": {media: {"schema": one} for media, one in taken.items()}},
        "responses": {
            "200": {"description": "The answer.", "content": {media: {"schema": one} for media, one in given.items()}},
            **_FAILURE,
        },
    }


def _binary(media_type: str) -> Document:
    return {"type": "string", "contentMediaType": media_type}


_FAILURE = {
    str(ApiError.status): {
        "description": "The request is wrong.",
        "content": {_JSON: {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
}
_EVENTS = {
    "operationId": "events",
    "summary": "Tell what happens, as Server-Sent Events; a client that comes back gets what it missed.",
    "parameters": [
        {
            "name": "topics",
            "in": "query",
            "required": True,
            "schema": {"type": "array", "items": {"type": "string"}},
            "style": "form",
            "explode": False,
            "description": "What to follow: `run:<name>`, `search:<kind>`, `job:<kind>/<name>`.",
        },
        {
            "name": "cursor",
            "in": "query",
            "schema": {"type": "string"},
            "description": "Where to go on: the `id` of the last event.",
        },
    ],
    "responses": {
        "200": {"description": "The stream.", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **_FAILURE,
    },
}
