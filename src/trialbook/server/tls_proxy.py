"""The HTTPS proxy: clients that insist on https://*.amazonaws.com end here, and speak to the local server.

::

    client  --  CONNECT sts.us-east-1.amazonaws.com:443  -->  proxy      200, then TLS with a certificate for that host
    client  ==  TLS  ==  proxy  --  the bytes inside, unchanged  -->  server on loopback

Bytes are passed on as they are, so the Host header keeps saying which service, and which bucket, is meant. Every other
host is refused with 403 and the reason: HTTPS_PROXY catches all https traffic of a process, and whoever set it should
learn at once what else it caught. The proxy listens on loopback only.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.errors import UsageError
from trialbook.server.authority import DOMAINS, Authority, serves
from trialbook.settings import STORE_FOLDER

if TYPE_CHECKING:
    from trialbook.settings import Settings

log = logging.getLogger("trialbook.server.tls_proxy")

LOOPBACK = "127.0.0.1"
HEAD_SECONDS = 10
HANDSHAKE_SECONDS = 10
FAREWELL_SECONDS = 2
_HEAD_BYTES = 64 * 1024
_PIECE = 256 * 1024
_CONNECT = re.compile(r"CONNECT ([A-Za-z0-9._-]{1,253}):([0-9]{1,5}) HTTP/1\.[01]")
_BROKEN = (OSError, ssl.SSLError, asyncio.IncompleteReadError, TimeoutError)


class TlsProxy:
    """An HTTPS proxy in front of one server. Belongs to the event loop that it is started on.

    Parameters
    ----------
    upstream
        Host and port of the server.

    Attributes
    ----------
    url
        What HTTPS_PROXY has to be, once started.
    """

    def __init__(self, authority: Authority, upstream: tuple[str, int]) -> None:
        self._authority = authority
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.url = ""

    async def start(self, port: int) -> int:
        """Listen on a loopback port, 0 for a free one; gives the port. Raises `UsageError` when it is taken."""
        try:
            self._server = await asyncio.start_server(self._accept, LOOPBACK, port, limit=_HEAD_BYTES)
        except OSError as error:
            message = f"The TLS proxy cannot listen on {LOOPBACK}:{port}: {error.strerror}. Take another --tls-proxy."
            raise UsageError(message) from error
        taken = int(self._server.sockets[0].getsockname()[1])
        self.url = f"http://{LOOPBACK}:{taken}"
        return taken

    async def close(self) -> None:
        """Stop listening and cut the connections that are open."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except _BROKEN as error:
            log.debug("a connection ended: %s", error)
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._open.discard(task)
            await _close(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            await _refuse(writer, "431 Request Header Fields Too Large", "The request's head is too long.")
            return
        line = head.partition(b"\r\n")[0].decode("latin-1")
        found = _CONNECT.fullmatch(line)
        if found is None:
            await _refuse(writer, "405 Method Not Allowed", "This proxy knows CONNECT only: it is for HTTPS_PROXY.")
            return
        host, port = found[1].lower().rstrip("."), int(found[2])
        if port != 443 or not serves(host):
            names = ", ".join(f"*.{domain}" for domain in DOMAINS)
            reason = f"Trialbook's proxy answers for {names} on port 443 only, not for {host}:{port}."
            await _refuse(writer, "403 Forbidden", f"{reason} Put '{host}' into NO_PROXY to reach it.")
            return
        context = await asyncio.to_thread(self._authority.context, host)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await writer.drain()
        try:
            await writer.start_tls(context, ssl_handshake_timeout=HANDSHAKE_SECONDS)
        except ssl.SSLError as error:
            log.warning("no TLS for %s (%s): does the client trust %s?", host, error.reason, self._authority.ca)
            return
        await self._join(reader, writer)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass bytes both ways until either side ends."""
        server_reader, server_writer = await asyncio.open_connection(*self._upstream)
        try:
            ways = {
                asyncio.create_task(_pass_on(reader, server_writer)),
                asyncio.create_task(_pass_on(server_reader, writer)),
            }
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            await _close(server_writer)


async def start_proxy(settings: Settings, upstream: tuple[str, int]) -> TlsProxy:
    """Start the proxy that the settings ask for; its authority lies in the store folder, `tls/`."""
    folder = Path(STORE_FOLDER if "://" in settings.store else settings.store) / "tls"
    authority = await asyncio.to_thread(Authority.open, folder.absolute())
    proxy = TlsProxy(authority, upstream)
    await proxy.start(settings.tls_proxy or 0)
    return proxy


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(_PIECE):
        writer.write(piece)
        await writer.drain()


async def _refuse(writer: asyncio.StreamWriter, status: str, reason: str) -> None:
    body = f"{reason}\n".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
    await writer.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    """Send what is left and close; a peer that does not say goodbye in time is cut off."""
    with suppress(*_BROKEN):
        writer.close()
        async with asyncio.timeout(FAREWELL_SECONDS):
            await writer.wait_closed()
    writer.transport.abort()
