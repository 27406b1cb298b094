"""Running the server: open the workspace, listen, say where, end cleanly."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from trialbook.errors import UsageError
from trialbook.jobs.works import running_jobs
from trialbook.server.app import App
from trialbook.server.console.session import read_token
from trialbook.server.maintenance import Maintenance
from trialbook.server.preparing import Preparing
from trialbook.server.tls_proxy import TlsProxy, start_proxy
from trialbook.services.workspace import open_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.services.context import Workspace
    from trialbook.settings import Settings

GRACE = 3
"""Seconds that requests in flight have to finish after SIGTERM."""


def run(settings: Settings) -> None:
    """Serve until SIGTERM or Ctrl-C. Prints one line with the URL once requests are accepted."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # uvicorn raises the signal again once it has ended: then, as before it listens, this ends the process cleanly.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: sys.exit(0))
    listener = listen(settings.host, settings.port)
    with serving(settings) as opened, running_jobs(opened, url_of(listener)) as workspace:
        server = Server(App(workspace), workspace, listener)
        server.run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Bind a listening socket. Raises `UsageError` when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise UsageError(
            f"Cannot listen on {host}:{port}: {error.strerror}. Take another --port, or 0 for a free one."
        ) from error
    listener.listen(512)
    return listener


def url_of(listener: socket.socket) -> str:
    """Give the URL of what listens there."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def serving(settings: Settings) -> Iterator[Workspace]:
    """Open the workspace, and close it at the end."""
    workspace = open_workspace(settings)
    preparing = Preparing(workspace)
    maintenance = Maintenance(workspace)
    try:
        yield workspace
    finally:
        preparing.close()
        maintenance.close()
        workspace.close()


class Server(uvicorn.Server):
    """uvicorn over our app, which says where it listens once it does."""

    def __init__(self, app: App, workspace: Workspace, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=GRACE,
                timeout_keep_alive=75,
                server_header=False,
                ws="none",
            )
        )
        self.url = url_of(listener)
        self.listener = listener
        self.workspace = workspace
        self._app = app
        self.proxy: TlsProxy | None = None
        self._address = listener.getsockname()[:2]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say where."""
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"Trialbook serves {self.url} over {self.workspace.settings.store}\n")
            # The link holds a secret: it goes to a person's terminal, not into a log.
            if sys.stdout.isatty():
                sys.stdout.write(f"Its console: {self.url}/?token={read_token(self.workspace.settings)}\n")
            settings = self.workspace.settings
            if settings.tls_proxy is not None:
                self.proxy = await start_proxy(settings, self._address)
                sys.stdout.write(f"Its proxy for https://*.amazonaws.com is {self.proxy.url}\n")
            sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Cut what comes through the proxy and the streams of events, then end as usual."""
        self._app.events.close()
        self.workspace.engine.hurry()
        if self.proxy is not None:
            await self.proxy.close()
        await super().shutdown(sockets)
