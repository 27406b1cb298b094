"""A request's body that does not come whole."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.conftest import LiveServer, serve

from trialbook.settings import Settings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with serve(Settings(store=str(tmp_path / "store"), body_timeout=0.2)) as running:
        yield running


def sent_short(server: LiveServer, head: str) -> bytes:
    """Send a head that announces ten bytes, then two of them; give all that comes until the server hangs up."""
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(f"{head}\r\nHost: {where.netloc}\r\nContent-Length: 10\r\n\r\n{{}}".encode())
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
        return b"".join(parts)


@pytest.mark.parametrize(
    "head",
    [
        "PUT /bucket/key HTTP/1.1",
        "POST / HTTP/1.1\r\nX-Amz-Target: SageMaker.Search\r\nContent-Type: application/x-amz-json-1.1",
        "POST /api/v1/search HTTP/1.1\r\nContent-Type: application/json",
    ],
)
def test_a_body_that_stops_coming_is_a_timeout_and_the_connection_ends(server: LiveServer, head: str) -> None:
    answer = sent_short(server, head)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"RequestTimeout" in answer
    assert b"Nothing of the body came for 0.2 s" in answer
