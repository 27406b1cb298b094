"""Group commit: what waits together is committed together, and fails together only when the commit does."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from trialbook.errors import StoreError
from trialbook.model import Kind
from trialbook.store import open_store
from trialbook.store.database import SqlStore
from trialbook.store.dialect import SqliteDialect, SqliteSession
from trialbook.store.interface import Entity, Store, Transaction
from trialbook.store.writer import BATCH


class SmallDisk(SqliteDialect):
    """A database that cannot grow by more than a few pages, as on a full disk."""

    def connect(self, *, write: bool) -> SqliteSession:
        session = super().connect(write=write)
        pages = session.rows("PRAGMA page_count")[0][0]
        session.rows(f"PRAGMA max_page_count = {pages + 8}")
        return session


def insert(store: Store, key: str, filler: int = 0) -> Entity:
    return store.write(lambda tx: tx.insert(Kind.TRIAL, key, {"filler": "x" * filler}))


def write_together(store: Store, actions: list[Callable[[Transaction], object]]) -> list[Future[object]]:
    """Write several actions while the writer is held in another, so that they wait together."""
    held, release = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        held.set()
        release.wait(30)

    with ThreadPoolExecutor(len(actions) + 1) as pool:
        pool.submit(store.write, hold)
        held.wait(30)
        futures = [pool.submit(store.write, action) for action in actions]
        while store._writer._waiting.qsize() < len(actions):  # type: ignore[attr-defined]
            pass
        release.set()
    return futures


def test_writes_that_wait_together_share_a_commit(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path))) as store:
        futures = write_together(store, [lambda tx, n=n: tx.insert(Kind.TRIAL, f"{n}", {}) for n in range(20)])  # type: ignore[misc]
        revs = {entity.rev for entity in (future.result() for future in futures) if isinstance(entity, Entity)}
        assert revs == {1}
        assert len(store.changes(0)) == 20


def test_a_commit_takes_a_bounded_number_of_writes(tmp_path: Path) -> None:
    count = BATCH + 10
    with closing(open_store(str(tmp_path))) as store:
        futures = write_together(store, [lambda tx, n=n: tx.insert(Kind.TRIAL, f"{n}", {}) for n in range(count)])  # type: ignore[misc]
        assert all(future.exception() is None for future in futures)
        # The action that held the writer is one of the first commit.
        assert len([entity for entity in store.changes(0) if entity.rev == 1]) == BATCH - 1
        assert store.last_rev() == 2


def test_a_write_that_fills_the_disk_is_told_so_and_the_next_one_works(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    with closing(SqlStore(SmallDisk(tmp_path), lambda: 0.0)) as store:
        kept = insert(store, "small")
        with pytest.raises(StoreError, match="full"):
            insert(store, "large", 10**6)
        assert insert(store, "small again").row == 1
        assert store.changes(0)[0] == kept
        assert store.find(Kind.TRIAL, "large") is None


def test_nobody_is_told_that_a_write_was_kept_which_was_not(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    with closing(SqlStore(SmallDisk(tmp_path), lambda: 0.0)) as store:
        sizes = [10, 10**6, 10, 40_000, 10, 10**6, 10]
        actions: list[Callable[[Transaction], object]] = [
            lambda tx, n=n, size=size: tx.insert(Kind.TRIAL, f"{n}", {"filler": "x" * size})  # type: ignore[misc]
            for n, size in enumerate(sizes)
        ]
        futures = write_together(store, actions)
        kept = {str(n) for n, future in enumerate(futures) if future.exception() is None}
        assert {entity.key for entity in store.changes(0)} == kept
        assert all(isinstance(future.exception(), StoreError) for future in futures if future.exception())
        assert not {"1", "5"} & kept


def test_a_writer_that_waits_too_long_for_another_process_is_told_so(tmp_path: Path) -> None:
    class Impatient(SqliteDialect):
        def connect(self, *, write: bool) -> SqliteSession:
            session = super().connect(write=write)
            session.rows("PRAGMA busy_timeout = 50")
            return session

    open_store(str(tmp_path)).close()
    other = SqliteDialect(tmp_path).connect(write=True)
    with closing(SqlStore(Impatient(tmp_path), lambda: 0.0)) as store, closing(other):
        other.begin()
        with pytest.raises(StoreError, match="locked"):
            insert(store, "a")
        other.run("ROLLBACK")
        assert insert(store, "a").row == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_forked_process_is_told_to_open_the_store_again(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path))) as store:
        child = os.fork()
        if child == 0:
            try:
                insert(store, "a")
            except StoreError as error:
                os._exit(0 if "forked" in str(error) else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_an_exception_that_ends_threads_goes_to_the_caller_and_not_to_the_writer(tmp_path: Path) -> None:
    def leave(_: Transaction) -> None:
        raise SystemExit(3)

    with closing(open_store(str(tmp_path))) as store:
        with pytest.raises(SystemExit):
            store.write(leave)
        assert insert(store, "a").row == 0
