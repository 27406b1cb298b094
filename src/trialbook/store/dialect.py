# ruff: noqa: D102 - the methods are those of `Dialect` and `session.Session`, which say what they promise
"""Every difference between SQLite and PostgreSQL.

=====================  =======================================  =============================================
                       SQLite                                   PostgreSQL
=====================  =======================================  =============================================
a write begins         BEGIN IMMEDIATE                          BEGIN, then an advisory lock until the commit
a snapshot             BEGIN, frozen by the first read          REPEATABLE READ, READ ONLY
free space             given back after merges                  the server's autovacuum
durable                WAL, synchronous=FULL                    the server's synchronous_commit
the journal            copied back by a thread (`checkpoints`)  the server's checkpointer
parameter              ?                                        %s
refused                network file systems: the WAL index is   encodings other than UTF-8
                       memory that all processes must share
=====================  =======================================  =============================================

The lock is what makes `rev` visible in order on PostgreSQL: it is taken before the newest `rev` is read and let go
after the commit can be seen, so no later `rev` can be seen before an earlier one.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from trialbook.errors import StoreError
from trialbook.store.checkpoints import BACKSTOP, Checkpoints
from trialbook.store.file_systems import refuse_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import psycopg

    from trialbook.store.session import Row, Session, Value

DATABASE_FILE = "trialbook.db"
PAGE_SIZE = 8192
"""Of new files. A commit writes whole pages: of 16 KiB twice as many bytes. 4 KiB pages make reading series slower."""
BUSY_SECONDS = 30.0
READERS_POSTGRES = 32
# Any two numbers of our own; one orders commits, one keeps two processes from making the tables at once.
COMMIT_LOCK = 0x747269616C
SCHEMA_LOCK = 0x626F6F6B


class Dialect(Protocol):
    """One kind of database at one place."""

    name: str
    url: str
    """What SQLAlchemy calls the dialect and driver; the connection itself comes from `connect`."""
    readers: int
    """How many connections read at a time at most."""

    def connect(self, *, write: bool) -> Session:
        """Open a session; raises `StoreError` with what to do when that fails."""

    def connection(self) -> Any:
        """Open a bare DBAPI connection in autocommit mode, for the migrations."""

    def schema_lock(self) -> Sequence[str]:
        """Give the statements that begin a transaction no other process can make or change tables in."""

    def checkpoints(self) -> Checkpoints | None:
        """Give what copies the journal back beside the writer; None where the database's own server does."""


def dialect_of(store: str) -> Dialect:
    """Choose by the text that names a store: a `postgresql://` URL, or a folder."""
    if store.startswith(("postgresql://", "postgres://")):
        return PostgresDialect(store)
    if "://" in store:
        message = f"cannot open the store {store!r}: name a folder, or a postgresql:// URL"
        raise StoreError(message)
    return SqliteDialect(Path(store))


class SqliteDialect:
    """`trialbook.db` in a folder."""

    name = "sqlite"
    url = "sqlite://"
    readers = 64

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / DATABASE_FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"cannot make the store folder {folder}: {error.strerror or error}"
            raise StoreError(message) from error
        refuse_network(folder)

    def connect(self, *, write: bool) -> SqliteSession:
        connection = self.connection()
        session = SqliteSession(connection)
        session.run(f"PRAGMA cache_size = {-32768 if write else -8192}")
        if not write:
            session.run("PRAGMA query_only = ON")
        return session

    def connection(self) -> sqlite3.Connection:
        try:
            connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=256
            )
        except sqlite3.Error as error:
            message = f"cannot open {self.path}: {error}"
            raise StoreError(message) from error
        try:
            _configure(connection)
        except sqlite3.Error as error:
            connection.close()
            message = (
                f"cannot open {self.path}: {error}; is it a Trialbook store on a local disk, and may you write to it?"
            )
            raise StoreError(message) from error
        return connection

    def schema_lock(self) -> Sequence[str]:
        return ("BEGIN IMMEDIATE",)

    def checkpoints(self) -> Checkpoints:
        return Checkpoints(lambda: self.connect(write=True))


def _configure(connection: sqlite3.Connection) -> None:
    """Set the pragmas. Those that the file remembers are set when it is new: setting them again waits for writers."""
    if not connection.execute("PRAGMA page_count").fetchone()[0]:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {BACKSTOP}")
    connection.execute("PRAGMA foreign_keys = ON")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Switch the file's journal, waiting by ourselves: SQLite does not when two processes open a new file at once."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


class SqliteSession:
    """A session on SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._execute = connection.execute

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        try:
            return self._execute(sql, values).fetchall()
        except sqlite3.Error as error:
            _fail(error)

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        try:
            return self._execute(sql, values).rowcount
        except sqlite3.Error as error:
            _fail(error)

    def run_many(self, sql: str, many: Iterable[Sequence[Value]]) -> None:
        try:
            self._connection.executemany(sql, many)
        except sqlite3.Error as error:
            _fail(error)

    def begin(self) -> None:
        self.run("BEGIN IMMEDIATE")

    def begin_snapshot(self) -> None:
        self.run("BEGIN")

    def shrink(self, spare: int, most: int) -> int:
        left = int(self.rows("PRAGMA freelist_count")[0][0]) - spare
        if left <= 0:
            return 0
        for _ in range(min(left, most)):
            # A row without columns follows each page, and Python's sqlite3 takes the first for the end.
            self.run("PRAGMA incremental_vacuum(1)")
        return max(left - most, 0)

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    @property
    def broken(self) -> bool:
        return False

    def close(self) -> None:
        self._connection.close()


def _fail(error: Exception) -> NoReturn:
    message = f"the database refused: {str(error).strip() or type(error).__name__}"
    raise StoreError(message) from error


class PostgresDialect:
    """A PostgreSQL database, by URL."""

    name = "postgresql"
    url = "postgresql+psycopg://"
    readers = READERS_POSTGRES

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo

    def connect(self, *, write: bool) -> PostgresSession:
        session = PostgresSession(self.connection())
        if not write:
            session.run("SET default_transaction_read_only = on")
        return session

    def connection(self) -> psycopg.Connection[Any]:
        try:
            import psycopg
        except ImportError as error:
            message = "a postgresql:// store needs psycopg: pip install 'trialbook[postgres]'"
            raise StoreError(message) from error
        try:
            connection = psycopg.connect(self._conninfo, autocommit=True, connect_timeout=10)
        except psycopg.Error as error:
            # The URL may hold a password: libpq's own message names host, port and database only.
            message = f"cannot connect to PostgreSQL: {str(error).strip()}"
            raise StoreError(message) from error
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            connection.close()
            message = f"the PostgreSQL database's encoding is {encoding}; make it anew with ENCODING 'UTF8'"
            raise StoreError(message)
        return connection

    def schema_lock(self) -> Sequence[str]:
        return ("BEGIN", f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})")

    def checkpoints(self) -> None:
        return None


class PostgresSession:
    """A session on PostgreSQL. Values travel in binary, so a chunk costs its own bytes only."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        import psycopg

        self._connection = connection
        self._cursor = connection.cursor(binary=True)
        self._error = psycopg.Error
        self._texts: dict[str, str] = {}

    def _text(self, sql: str) -> Any:
        text = self._texts.get(sql)
        if text is None:
            text = self._texts[sql] = sql.replace("?", "%s")
        return text

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        try:
            return self._cursor.execute(self._text(sql), values).fetchall()
        except self._error as error:
            _fail(error)

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        try:
            return self._cursor.execute(self._text(sql), values).rowcount
        except self._error as error:
            _fail(error)

    def run_many(self, sql: str, many: Iterable[Sequence[Value]]) -> None:
        try:
            self._cursor.executemany(self._text(sql), many)
        except self._error as error:
            _fail(error)

    def begin(self) -> None:
        self.run("BEGIN")
        self.rows("SELECT pg_advisory_xact_lock(?)", (COMMIT_LOCK,))

    def begin_snapshot(self) -> None:
        self.run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    def shrink(self, spare: int, most: int) -> int:
        del spare, most  # its own vacuum does
        return 0

    @property
    def in_transaction(self) -> bool:
        # 0 is idle: https://www.postgresql.org/docs/current/libpq-status.html#LIBPQ-PQTRANSACTIONSTATUS
        return not self._connection.closed and self._connection.info.transaction_status != 0

    @property
    def broken(self) -> bool:
        return bool(self._connection.closed)

    def close(self) -> None:
        self._connection.close()
