"""What happens to a request, from top to bottom.

::

    health   GET /health                                   200 when the store answers
    guard    Host and Origin name this server              403
    console  unsigned: its pages, and console/api/         401 without a session
    events   GET /api/v1/events: a stream until it ends    `events.py`
    route    X-Amz-Target, method + path, scope, S3        400 UnknownOperationException
    body     whole and small, or spooled to a file         413
    parse    botocore's model: bytes to members            400 SerializationException
    dispatch validate, then the handler on a thread        the service's errors
    answer   botocore's model: members to bytes

Async ends here: everything below is a plain function on a worker thread.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import orjson

from trialbook import __version__
from trialbook.errors import ApiError, RequestTimeoutError
from trialbook.handlers.dispatch import STATUS, dispatch
from trialbook.names import Scope
from trialbook.server import events, native
from trialbook.server.body import read_whole, spool
from trialbook.server.console.api import EVENTS
from trialbook.server.console.route import Console, is_console
from trialbook.server.guard import check_host
from trialbook.services.context import Call
from trialbook.wire.errors import serialise_error
from trialbook.wire.http import Request, Response
from trialbook.wire.parse import parse
from trialbook.wire.route import Routed, guess_protocol, needs_body, route
from trialbook.wire.serialise import serialise

if TYPE_CHECKING:
    from starlette.types import Receive, Send
    from starlette.types import Scope as AsgiScope

    from trialbook.model import Document
    from trialbook.services.context import Workspace

INVOCATIONS_AT_ONCE = 128
"""Requests to models that are passed on at the same time."""

log = logging.getLogger("trialbook.server")


class App:
    """The ASGI application over one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._console = Console(workspace)
        self.events = events.Events(workspace)
        # Slow models must not take the threads that answer everybody else.
        self._invocations = anyio.CapacityLimiter(INVOCATIONS_AT_ONCE)

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            head = _head(scope)
            if head.path in {events.PATH, EVENTS}:
                await self._stream(head, receive, send)
                return
            await _send(send, await self._answer(head, receive), head.method == "HEAD")

    async def _answer(self, head: Request, receive: Receive) -> Response:
        request_id = self.workspace.new_id()
        routed: Routed | None = None
        try:
            if head.path == "/health":
                return await anyio.to_thread.run_sync(self._health)
            check_host(head.headers, self.workspace.settings.host)
            if is_console(head):
                request = await self._with_body(head, receive, streaming=False)
                return await anyio.to_thread.run_sync(self._console.answer, request, request_id)
            if head.path.startswith(native.PREFIX):
                body = await self._read_whole(head, receive)
                return await anyio.to_thread.run_sync(native.answer, self.workspace, head, body, request_id)
            routed = None if needs_body(head) else route(head)
            request = await self._with_body(head, receive, streaming=routed is not None and routed.streams)
            routed = routed or route(request)
            limiter = self._invocations if routed.service == "sagemaker-runtime" else None
            return await anyio.to_thread.run_sync(self._serve, routed, request, request_id, limiter=limiter)
        except ApiError as error:
            return _failure(routed, head, error, request_id)
        except Exception:  # the one place where anything unforeseen ends
            log.exception("request %s failed: %s %s", request_id, head.method, head.path)
            failure = ApiError(f"Trialbook failed on this request; its log has the reason under {request_id}.")
            failure.status = 500
            return _failure(routed, head, failure, request_id)

    async def _stream(self, head: Request, receive: Receive, send: Send) -> None:
        """Serve events until the client goes; what is wrong with the request is answered before the first."""
        request_id = self.workspace.new_id()
        try:
            check_host(head.headers, self.workspace.settings.host)
            if head.path == EVENTS:
                self._console.api.check_session(head)
            await self.events.serve(head, request_id, receive, send)
        except ApiError as error:
            await _send(send, native.failure(error, request_id), head.method == "HEAD")

    async def _with_body(self, head: Request, receive: Receive, *, streaming: bool) -> Request:
        if streaming:
            stream = await spool(receive, head.headers, self.workspace.settings.body_timeout)
            return Request(head.method, head.path, head.query, head.headers, stream=stream)
        body = await self._read_whole(head, receive)
        return Request(head.method, head.path, head.query, head.headers, body=body)

    async def _read_whole(self, head: Request, receive: Receive) -> bytes:
        settings = self.workspace.settings
        return await read_whole(receive, head.headers, settings.max_body, settings.body_timeout)

    def _serve(self, routed: Routed, request: Request, request_id: str) -> Response:
        try:
            call = Call(
                workspace=self.workspace,
                scope=Scope(self.workspace.settings.account, routed.region),
                user=routed.access_key or "anonymous",
                request_id=request_id,
                patience=patience(request, self.workspace.settings.describe_wait),
            )
            members: Document = parse(routed, request)
            answer = dispatch(call, routed.service, routed.name, members)
            status = answer.pop(STATUS, None)
            response = serialise(routed, answer, request_id)
            response.status = status or response.status
            return response
        finally:
            if request.stream is not None:
                request.stream.close()

    def _health(self) -> Response:
        rev = self.workspace.store.last_rev()
        body = orjson.dumps({"status": "ok", "version": __version__, "rev": rev})
        return Response(headers={"content-type": "application/json"}, body=body)


def patience(head: Request, seconds: float) -> float:
    """Say how long a client would rather wait for a job's end: those that ask again and again say who they are.

    The `sagemaker` SDK names itself in User-Agent; boto3's waiters leave the feature id B in its `m/` part.
    """
    agent = head.headers.get("user-agent", "")
    features = next((part[2:].split(",") for part in agent.split() if part.startswith("m/")), [])
    return seconds if "B" in features or "AWS-SageMaker-Python-SDK/" in agent else 0.0


def _failure(routed: Routed | None, head: Request, error: ApiError, request_id: str) -> Response:
    how = routed or guess_protocol(head)
    response = serialise_error(how, error, request_id, method=head.method, resource=head.path)
    if isinstance(error, RequestTimeoutError):
        response.headers["connection"] = "close"  # what would come on it next is the rest of this body
    return response


def _head(scope: AsgiScope) -> Request:
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
    )


async def _send(send: Send, response: Response, head_only: bool) -> None:
    headers = {**response.headers, "server": "trialbook"}
    body = response.body
    if isinstance(body, bytes) and not head_only:
        headers["content-length"] = str(len(body))
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": raw})
    if head_only:
        await send({"type": "http.response.body", "body": b""})
    elif isinstance(body, bytes):
        await send({"type": "http.response.body", "body": body})
    else:
        pieces = iter(body)
        while (piece := await anyio.to_thread.run_sync(next, pieces, None)) is not None:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
