"""One PostgreSQL server for all tests of the store; what it is not there for is said aloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trialbook.errors import StoreError
from trialbook.testing.postgres import PostgresServer

_MISSING = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """A running PostgreSQL server."""
    try:
        server = PostgresServer()
    except StoreError as error:
        request.config.stash[_MISSING] = str(error)
        pytest.skip(f"no PostgreSQL: {error}")
    with server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """An empty PostgreSQL database."""
    return postgres_server.make_database()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Name an empty place for a store, on each kind of database."""
    return str(tmp_path) if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _MISSING in config.stash:
        terminalreporter.section("PostgreSQL WAS NOT TESTED", yellow=True, bold=True)
        terminalreporter.line(config.stash[_MISSING])
