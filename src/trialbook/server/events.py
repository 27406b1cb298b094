"""`GET /api/v1/events`: what happens, as Server-Sent Events.

::

    ?topics=run:a,run:b,search:run     what to follow: `services.events`; may be given more than once
    &cursor=...                        where to go on; Last-Event-ID, which browsers send by themselves, comes before it
    &region=us-east-1

    event: hello                       at once, so that a client has a cursor
    id: <cursor>
    data: {"rev": 17}

    event: points                      at most four times a second; the last event of a round has the cursor
    data: {...}

    : heartbeat                        after 15 s without anything

One thread looks every quarter of a second whether the store has a new revision, for all streams together. A stream asks
for the next events once the client took the last ones, so a slow client costs no memory; one that takes nothing for a
minute is let go.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

import anyio
import anyio.to_thread
import orjson

from trialbook.errors import StoreError, ThrottlingError, ValidationError
from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.events import MOST_TOPICS, Cursor, Event, Follower, read_topic
from trialbook.settings import DEFAULT_REGION

if TYPE_CHECKING:
    from starlette.types import Receive, Send

    from trialbook.services.context import Workspace
    from trialbook.wire.http import Request

PATH = "/api/v1/events"
PERIOD = 0.25
HEARTBEAT = 15.0
PATIENCE = 60.0
MOST_STREAMS = 256
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"server", b"trialbook"),
]


log = logging.getLogger("trialbook.server")


class Events:
    """All streams of a server. Used on the event loop alone."""

    def __init__(self, workspace: Workspace, period: float = PERIOD, heartbeat: float = HEARTBEAT) -> None:
        self._workspace = workspace
        self._period, self._heartbeat = period, heartbeat
        self._streams: set[asyncio.Event] = set()
        self._pulse: asyncio.Task[None] | None = None
        self._closed = False

    def close(self) -> None:
        """End every stream, and refuse new ones."""
        self._closed = True
        self._ring()

    def follower(self, head: Request, request_id: str) -> Follower:
        """Make what a request asks for; called on a worker thread. Raises `ValidationError`."""
        if head.method != "GET":
            raise ValidationError(f"'{PATH}' takes GET, not {head.method}.")
        given = _query(head.query)
        topics = [read_topic(unquote_plus(one)) for text in given.get("topics", []) for one in text.split(",") if one]
        if not 1 <= len(topics) <= MOST_TOPICS:
            raise ValidationError(f"Give from 1 to {MOST_TOPICS} topics, not {len(topics)}: ?topics=run:<name>.")
        region = unquote_plus(given.get("region", [DEFAULT_REGION])[-1])
        text = head.headers.get("last-event-id") or unquote_plus(given.get("cursor", [""])[-1])
        scope = Scope(self._workspace.settings.account, region)
        call = Call(self._workspace, scope, head.headers.get("x-trialbook-user", "anonymous"), request_id)
        return Follower(call, topics, Cursor.read(text) if text else None)

    async def serve(self, head: Request, request_id: str, receive: Receive, send: Send) -> None:
        """Serve one stream to its end. Raises `ApiError` before it begins."""
        if self._closed or len(self._streams) >= MOST_STREAMS:
            raise ThrottlingError(f"The server has {len(self._streams)} event streams already: close one.")
        bell = asyncio.Event()
        self._streams.add(bell)
        try:
            follower = await anyio.to_thread.run_sync(self.follower, head, request_id)
            if self._pulse is None or self._pulse.done():
                self._pulse = asyncio.get_running_loop().create_task(self._watch())
            async with anyio.create_task_group() as group:
                group.start_soon(_until_gone, receive, group.cancel_scope)
                try:
                    await self._tell(follower, bell, send)
                except (TimeoutError, StoreError) as error:
                    log.warning("a stream of events ended: %s", error or f"nothing was taken for {PATIENCE:g} s")
                group.cancel_scope.cancel()
        finally:
            self._streams.discard(bell)

    async def _tell(self, follower: Follower, bell: asyncio.Event, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        hello = Event("hello", {"rev": follower.rev})
        await _write(send, b"retry: 1000\n\n" + encode([hello], follower.cursor))
        while not self._closed:
            bell.clear()
            begun = asyncio.get_running_loop().time()
            events = await anyio.to_thread.run_sync(follower.poll)
            if events:
                await _write(send, encode(events, follower.cursor))
            if follower.more:
                continue
            if not self._closed and not await self._rung(bell):
                await _write(send, b": heartbeat\n\n")
            await anyio.sleep(max(0.0, begun + self._period - asyncio.get_running_loop().time()))
        await send({"type": "http.response.body", "body": b""})

    async def _rung(self, bell: asyncio.Event) -> bool:
        with anyio.move_on_after(self._heartbeat):
            await bell.wait()
        return bell.is_set()

    async def _watch(self) -> None:
        """Ring all streams whenever the store has a new revision, as long as there is a stream."""
        rev = -1
        while self._streams and not self._closed:
            newest = await anyio.to_thread.run_sync(self._workspace.store.last_rev)
            if newest != rev:
                rev = newest
                self._ring()
            await asyncio.sleep(self._period)

    def _ring(self) -> None:
        for bell in self._streams:
            bell.set()


def encode(events: list[Event], cursor: str) -> bytes:
    """Write events as a stream has them; the last one has the cursor, so what is cut off before comes again."""
    lines: list[bytes] = []
    for place, event in enumerate(events, 1):
        if place == len(events):
            lines.append(b"id: " + cursor.encode())
        lines += [b"event: " + event.name.encode(), b"data: " + orjson.dumps(event.data), b""]
    return b"\n".join([*lines, b""])


async def _write(send: Send, data: bytes) -> None:
    with anyio.fail_after(PATIENCE):
        await send({"type": "http.response.body", "body": data, "more_body": True})


async def _until_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def _query(query: str) -> dict[str, list[str]]:
    """Take a query apart without decoding its values, whose commas separate topics."""
    given: dict[str, list[str]] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        given.setdefault(name, []).append(value)
    return given
