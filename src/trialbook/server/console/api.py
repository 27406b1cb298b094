"""What the console's pages call, below `console/api/`: private, and of the same version as the pages.

::

    GET    session              who and what is served; {"signedIn": false} without a session
    POST   session {token}      open a session
    DELETE session              end it
    POST   op/<Operation>       an operation of SageMaker: its members in and out, its errors
    POST   v1/<operation>       an operation of Trialbook's own API, JSON or binary
    POST   invoke/<endpoint>    InvokeEndpoint: the body as it is, with `accept` and `variant`; so is the answer
    GET    events?topics=...    what happens, as Server-Sent Events (`server.events`)
    GET    object?uri=s3://...  an object's bytes, with Range; never as a page of this site

Every other one needs the session's cookie, and each POST the header `X-Console-Request: 1`, which no
other site's page can send without asking leave.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from trialbook import __version__
from trialbook.errors import ApiError, ForbiddenError, NotFoundError, ValidationError
from trialbook.handlers.dispatch import STATUS, dispatch
from trialbook.names import Scope
from trialbook.sdk.transport import user_name
from trialbook.server import native
from trialbook.services.context import Call
from trialbook.settings import DEFAULT_REGION
from trialbook.wire.http import Request, Response

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.server.console.session import Session
    from trialbook.services.context import Workspace

PREFIX = "/console/api/"
EVENTS = f"{PREFIX}events"
"""`server.events` for a session: the application serves it, since it is a stream."""
_OURS = {"cross-origin-resource-policy": "same-origin", "x-content-type-options": "nosniff"}
_JSON = {**_OURS, "content-type": "application/json", "cache-control": "no-store", "x-trialbook-version": __version__}
# What a user logged is never run as part of this site, whatever it says it is.
_SANDBOX = {**_OURS, "content-security-policy": "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"}


class NoSessionError(ForbiddenError):
    """The request has no session; the page then shows the sign-in form."""

    code = "NoSessionException"
    status = 401


@dataclass(frozen=True, slots=True)
class ConsoleApi:
    """Answers the pages over one workspace."""

    workspace: Workspace
    session: Session

    def answer(self, request: Request, request_id: str) -> Response:
        """Serve one request; failures are AWS's JSON: `__type`, `message`, and `requestId`."""
        try:
            return self._answer(request, request_id)
        except ApiError as error:
            told = {"__type": error.code, "message": error.message, "requestId": request_id}
            return Response(error.status, dict(_JSON), json.dumps(told).encode())

    def check_session(self, request: Request) -> None:
        """Raise `NoSessionError` for a request without the session's cookie."""
        if not self.session.holds(request.headers):
            raise NoSessionError("Sign in: open the link that `trialbook console` prints.")

    def _answer(self, request: Request, request_id: str) -> Response:
        where = request.path[len(PREFIX) :]
        _check_origin(request)
        if where == "session" and request.method == "POST":
            return self._open(request)
        if where == "session" and request.method == "GET" and not self.session.holds(request.headers):
            return Response(200, dict(_JSON), b'{"signedIn": false}')
        self.check_session(request)
        if where == "session":
            return self._session() if request.method == "GET" else self._end()
        family, _, name = where.partition("/")
        if family == "op" and request.method == "POST":
            return self._operation(self._call(request, request_id), name, request.body)
        if family == "v1" and request.method == "POST":
            inner = {**request.headers, "x-trialbook-user": user_name()}
            return native.answer(
                self.workspace, Request("POST", f"{native.PREFIX}{name}", "", inner), request.body, request_id
            )
        if family == "invoke" and request.method == "POST":
            return self._invoke(self._call(request, request_id), unquote(name), request)
        if where == "object" and request.method == "GET":
            return self._object(self._call(request, request_id), request)
        raise NotFoundError(f"The console's API has no {request.method} {where[:100]}.")

    def _call(self, request: Request, request_id: str) -> Call:
        region = request.headers.get("x-trialbook-region") or _query(request, "region") or DEFAULT_REGION
        return Call(self.workspace, Scope(self.workspace.settings.account, region), user_name(), request_id)

    def _open(self, request: Request) -> Response:
        token = _document(request.body).get("token")
        if not isinstance(token, str) or not self.session.opens(token):
            raise NoSessionError("That is not this server's token: `trialbook console` prints the link that has it.")
        return Response(204, {**_JSON, "set-cookie": self.session.cookie()})

    def _end(self) -> Response:
        return Response(204, {**_JSON, "set-cookie": self.session.end()})

    def _session(self) -> Response:
        settings = self.workspace.settings
        told = {
            "signedIn": True,
            "version": __version__,
            "account": settings.account,
            "region": DEFAULT_REGION,
            "regions": self._regions(),
            "store": settings.store.rpartition("@")[2],  # a database's address without its password
            "database": self.workspace.store.database_id,
            "launcher": settings.launcher,
            "awsLimits": settings.aws_limits,
            "user": user_name(),
            "rev": self.workspace.store.last_rev(),
        }
        return Response(200, dict(_JSON), native.encode(told))

    def _regions(self) -> list[str]:
        """Give the regions of this account that hold records, and the default one."""
        engine = self.workspace.engine
        if engine.progress is None:
            engine.follow(self.workspace.store)
        account = f"{self.workspace.settings.account}/"
        held = {scope.removeprefix(account) for scope in engine.scopes() if scope.startswith(account)}
        return sorted({DEFAULT_REGION, *held})

    def _operation(self, call: Call, name: str, body: bytes) -> Response:
        answer = dispatch(call, "sagemaker", name, _document(body))
        answer.pop(STATUS, None)
        return Response(200, dict(_JSON), native.encode(answer))

    def _invoke(self, call: Call, name: str, request: Request) -> Response:
        members: Document = {"EndpointName": name, "Body": request.body}
        told = {
            "ContentType": request.headers.get("content-type"),
            "Accept": _query(request, "accept"),
            "TargetVariant": _query(request, "variant"),
        }
        members |= {member: value for member, value in told.items() if value}
        found = dispatch(call, "sagemaker-runtime", "InvokeEndpoint", members)
        headers = {**_SANDBOX, "content-type": str(found.get("ContentType", "application/octet-stream"))}
        if "InvokedProductionVariant" in found:
            headers["x-amzn-invoked-production-variant"] = str(found["InvokedProductionVariant"])
        return Response(200, headers, found["Body"])

    def _object(self, call: Call, request: Request) -> Response:
        uri = urlsplit(_query(request, "uri") or "")
        if uri.scheme != "s3" or not uri.netloc or not uri.path.strip("/"):
            raise ValidationError("'uri' must be an object's address: s3://bucket/key.")
        members: Document = {"Bucket": uri.netloc, "Key": uri.path[1:]}
        if "range" in request.headers:
            members["Range"] = request.headers["range"]
        found = dispatch(call, "s3", "GetObject", members)
        media = str(found.get("ContentType", "application/octet-stream"))
        shown = media.startswith(("image/", "text/plain", "text/csv", "application/json")) and "svg" not in media
        name = uri.path.rpartition("/")[2].replace('"', "") or "object"
        kind = "inline" if shown and _query(request, "download") is None else "attachment"
        headers = {
            **_SANDBOX,
            "content-type": media,
            "content-disposition": f'{kind}; filename="{name.encode("ascii", "replace").decode()}"',
            "cache-control": "private, no-cache",
            "accept-ranges": "bytes",
        }
        told = {"ContentRange": "content-range", "ETag": "etag", "ContentLength": "content-length"}
        headers |= {header: str(found[member]) for member, header in told.items() if member in found}
        return Response(int(found.get(STATUS, 200)), headers, found["Body"])


def _check_origin(request: Request) -> None:
    """Raise `ForbiddenError` for what a page of another origin, even of another port here, could have sent."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForbiddenError(f"Pages of '{origin[:100]}' may not use this console.")
    if request.method != "GET" and request.headers.get("x-console-request") != "1":
        raise ForbiddenError("The console's API takes changes from its own pages only (X-Console-Request: 1).")


def _query(request: Request, name: str) -> str | None:
    return next(iter(parse_qs(request.query).get(name, [])), None)


def _document(body: bytes) -> Document:
    try:
        told = json.loads(body or b"{}")
    except ValueError as error:
        raise ValidationError(f"The body is not JSON: {error}.") from None
    if not isinstance(told, dict):
        raise ValidationError("The body must be a JSON object.")
    return told
