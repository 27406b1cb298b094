"""The store's contract on a real PostgreSQL server, and what is PostgreSQL's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import psycopg
import pytest

from trialbook.errors import StoreError
from trialbook.model import Kind
from trialbook.store import open_store
from trialbook.store.dialect import READERS_POSTGRES
from trialbook.store.interface import Store, Transaction
from trialbook.store.schema import Word, metadata
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


def backends(url: str) -> list[int]:
    """Give the server processes that serve this database's other connections."""
    sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with psycopg.connect(url, autocommit=True) as connection:
        return [row[0] for row in connection.execute(sql).fetchall()]


def cut(url: str) -> None:
    """Cut every other connection to the database, as a server's restart does."""
    others = backends(url)
    with psycopg.connect(url, autocommit=True) as connection:
        for pid in others:
            connection.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))


def test_a_store_goes_on_after_its_connections_were_cut(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store:
        store.write(lambda tx: tx.insert(Kind.TRIAL, "a", {}))
        cut(postgres_url)
        assert store.find(Kind.TRIAL, "a") is not None
        assert store.write(lambda tx: tx.insert(Kind.TRIAL, "b", {})).row == 1


def test_a_write_whose_connection_is_cut_is_told_that_nothing_was_kept(postgres_url: str) -> None:
    def action(tx: Transaction) -> None:
        tx.insert(Kind.TRIAL, "a", {})
        cut(postgres_url)

    with closing(open_store(postgres_url)) as store:
        with pytest.raises(StoreError, match="nothing of this write was kept"):
            store.write(action)
        assert store.find(Kind.TRIAL, "a") is None
        assert store.write(lambda tx: tx.insert(Kind.TRIAL, "a", {})).row == 0


def test_connections_are_given_back(postgres_url: str) -> None:
    with closing(open_store(postgres_url)) as store, ThreadPoolExecutor(64) as pool:
        list(pool.map(lambda _: store.last_rev(), range(500)))
        assert len(backends(postgres_url)) <= READERS_POSTGRES + 1
    deadline = time.monotonic() + 10
    while backends(postgres_url):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_database_of_another_encoding_is_refused(postgres_server: PostgresServer) -> None:
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="LATIN1"):
        open_store(postgres_server.url("latin"))


def test_packed_bytes_are_stored_as_they_are(postgres_url: str) -> None:
    open_store(postgres_url).close()
    with psycopg.connect(postgres_url) as connection:
        sql = "SELECT attstorage FROM pg_attribute WHERE attrelid = 'chunk'::regclass AND attname = 'data'"
        assert connection.execute(sql).fetchone() == ("e",)


def test_every_key_sorts_by_its_bytes_whatever_the_databases_locale(postgres_url: str) -> None:
    open_store(postgres_url).close()
    sql = """
    SELECT table_name, column_name, collation_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> 'alembic_version' AND data_type = 'text'"""
    with psycopg.connect(postgres_url) as connection:
        found = {(table, column): collation for table, column, collation in connection.execute(sql).fetchall()}
    keys = {
        (name, column.name)
        for name, table in metadata.tables.items()
        for column in table.columns
        if column.type is Word
    }
    assert {place for place, collation in found.items() if collation == "C"} == keys
    assert ("object", "key") in keys
