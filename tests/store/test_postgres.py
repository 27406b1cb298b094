"""The store's contract on a real PostgreSQL server, and what is PostgreSQL's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest

from trialbook.store import open_store
from trialbook.store.interface import Store
from trialbook.store.schema import metadata
from trialbook.testing.postgres import PostgresServer
from trialbook.testing.store_contract import StoreContract

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def shared_url(postgres_server: PostgresServer) -> str:
    """One database for all of the contract: emptying it takes 10 ms, making another 150."""
    return postgres_server.make_database()


@pytest.fixture
def open_again(shared_url: str) -> Iterator[Callable[[], Store]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_store(shared_url)))
    tables = ", ".join(name for name in metadata.tables if name != "meta")
    with psycopg.connect(shared_url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
        connection.execute("UPDATE meta SET rev = 0")


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Store:
    return open_again()


class TestPostgres(StoreContract):
    pass
