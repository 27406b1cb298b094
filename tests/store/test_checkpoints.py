"""The journal of a SQLite store is copied back beside its writer."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, cast

import pytest

from trialbook.errors import StoreError
from trialbook.store.checkpoints import Checkpoints, Pace
from trialbook.store.dialect import PAGE_SIZE, SqliteDialect
from trialbook.store.session import snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trialbook.store.session import Row, Session

PAGES = 40
"""About what one write of the tests adds to the journal."""


@pytest.fixture
def dialect(tmp_path: Path) -> SqliteDialect:
    return SqliteDialect(tmp_path)


@pytest.fixture
def writing(dialect: SqliteDialect) -> Iterator[Session]:
    with closing(dialect.connect(write=True)) as session:
        session.run("CREATE TABLE kept (number INTEGER PRIMARY KEY, data BLOB)")
        yield session


def write(session: Session, checkpoints: Checkpoints, number: int) -> None:
    session.begin()
    session.run("INSERT INTO kept VALUES (?, ?)", (number, bytes(PAGES * PAGE_SIZE)))
    session.run("COMMIT")
    checkpoints.note()


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def size(folder: Path, suffix: str = "") -> int:
    return (folder / f"trialbook.db{suffix}").stat().st_size


def test_what_is_committed_reaches_the_database_while_the_writer_goes_on(
    tmp_path: Path, dialect: SqliteDialect, writing: Session
) -> None:
    pace = Pace(writes=4, period=0.01, idle=60)
    with closing(Checkpoints(lambda: dialect.connect(write=True), pace)) as checkpoints:
        for number in range(8):
            write(writing, checkpoints, number)
        assert within(10, lambda: size(tmp_path) >= 8 * PAGES * PAGE_SIZE)


class Behind:
    """A session whose passive checkpoints never reach the end: something is written while each of them copies."""

    def __init__(self, session: Session, reading: Session, write: Callable[[], None]) -> None:
        self._session, self._reading, self._write = session, reading, write
        self.run, self.close = session.run, session.close

    def rows(self, sql: str) -> list[Row]:
        if "PASSIVE" not in sql:
            return self._session.rows(sql)
        # Nothing that came after a reader began is copied while it reads.
        with snapshot(self._reading):
            self._reading.rows("SELECT count(*) FROM kept")
            self._write()
            return self._session.rows(sql)


def test_a_journal_that_writers_never_leave_alone_does_not_grow_without_end(
    tmp_path: Path, dialect: SqliteDialect, writing: Session
) -> None:
    written = 0

    def write_more() -> None:
        nonlocal written
        write(writing, checkpoints, written)
        written += 1

    with closing(dialect.connect(write=False)) as reading:
        checkpoints = Checkpoints(
            lambda: cast("Session", Behind(dialect.connect(write=True), reading, write_more)),
            Pace(writes=1, period=0.001, long=2 * PAGES, idle=60),
        )
        with closing(checkpoints):
            checkpoints.note()
            assert within(20, lambda: written >= 60)
        assert size(tmp_path, "-wal") < 12 * PAGES * PAGE_SIZE
    assert writing.rows("SELECT count(*) FROM kept") == [(written,)]


def test_an_idle_store_keeps_no_journal(tmp_path: Path, dialect: SqliteDialect, writing: Session) -> None:
    pace = Pace(writes=1, period=0.01, idle=0.05)
    with closing(Checkpoints(lambda: dialect.connect(write=True), pace)) as checkpoints:
        write(writing, checkpoints, 0)
        assert within(10, lambda: size(tmp_path, "-wal") == 0)
        write(writing, checkpoints, 1)
        assert within(10, lambda: size(tmp_path, "-wal") == 0)


def test_a_reader_of_old_pages_holds_up_neither_the_writer_nor_the_end(
    tmp_path: Path, dialect: SqliteDialect, writing: Session
) -> None:
    pace = Pace(writes=1, period=0.001, long=1, idle=60, patience=0.01)
    with closing(dialect.connect(write=False)) as reading:
        reading.begin_snapshot()
        assert reading.rows("SELECT count(*) FROM kept") == [(0,)]
        begun = time.monotonic()
        with closing(Checkpoints(lambda: dialect.connect(write=True), pace)) as checkpoints:
            for number in range(20):
                write(writing, checkpoints, number)
        assert time.monotonic() - begun < 10
        assert reading.rows("SELECT count(*) FROM kept") == [(0,)]
    assert size(tmp_path, "-wal") > 0


def test_few_writes_start_no_thread() -> None:
    def connect() -> Session:
        raise AssertionError

    checkpoints = Checkpoints(connect, Pace(writes=3))
    checkpoints.note()
    checkpoints.note()
    checkpoints.close()
    checkpoints.close()


def test_a_connection_that_fails_is_told_once_and_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def connect() -> Session:
        message = "cannot open it"
        raise StoreError(message)

    checkpoints = Checkpoints(connect, Pace(writes=1))
    checkpoints.note()
    checkpoints.note()
    checkpoints.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
