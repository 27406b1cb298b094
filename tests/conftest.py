"""Fixtures that all tests share: a workspace in a temporary folder, and a live server on a free port."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from hypothesis import HealthCheck, settings

from trialbook.names import Scope
from trialbook.services.context import Call, Workspace
from trialbook.settings import DEFAULT_ACCOUNT, Settings

START_SECONDS = 20

# How long an example takes says how busy the machine is, not whether the code is right. Continuous integration draws
# the same examples each time, so that it judges the change; everyone else's runs go on looking for new ones.
settings.register_profile(
    "trialbook", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("trialbook")


@dataclass(frozen=True)
class LiveServer:
    """A server in this process, on a free port of 127.0.0.1."""

    url: str
    workspace: Workspace

    def client(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        """Make a real boto3 client; it does not retry, so that an error is seen at once."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="AKIATEST",
            aws_secret_access_key="secret",
            config=Config(retries={"total_max_attempts": 1}, **config),
        )


@contextmanager
def serve(settings: Settings) -> Iterator[LiveServer]:
    """Run a server for the block."""
    from trialbook.jobs.works import running_jobs
    from trialbook.server.app import App
    from trialbook.server.run import Server, listen, url_of
    from trialbook.services.workspace import open_workspace

    listener = listen("127.0.0.1", 0)
    opened = open_workspace(settings)
    with running_jobs(opened, url_of(listener)) as workspace:
        server = Server(App(workspace), workspace, listener)
        yield from _answering(server, workspace)
    listener.close()
    opened.close()


def _answering(server: Any, workspace: Workspace) -> Iterator[LiveServer]:
    thread = threading.Thread(target=server.run, kwargs={"sockets": [server.listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.005)
    try:
        yield LiveServer(server.url, workspace)
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(START_SECONDS)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Open a workspace on a new store folder."""
    from trialbook.services.workspace import open_workspace

    opened = open_workspace(Settings(store=str(tmp_path / "store")))
    yield opened
    opened.close()


@pytest.fixture
def call(workspace: Workspace) -> Call:
    """Speak to the workspace in process, as user `tester` in us-east-1."""
    return Call(workspace, Scope(DEFAULT_ACCOUNT, "us-east-1"), "tester", "request-1")


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[LiveServer]:
    """Run a server on a new store folder."""
    with serve(Settings(store=str(tmp_path / "store"), launcher="record")) as server:
        yield server


@pytest.fixture
def strict_server(tmp_path: Path) -> Iterator[LiveServer]:
    """Run a server with `--aws-limits` on a new store folder."""
    with serve(Settings(store=str(tmp_path / "strict"), launcher="record", aws_limits=True)) as server:
        yield server
