"""The one thread that writes: what waits together is committed together.

::

    BEGIN                      waits for other processes; reads `rev`
      SAVEPOINT  action 1  RELEASE
      SAVEPOINT  action 2  fails: ROLLBACK TO, its caller gets the exception, nobody else notices
      SAVEPOINT  action 3  RELEASE          (actions that arrive meanwhile join)
    COMMIT                     one fsync for all
    every caller is answered

Durability costs one fsync a commit, so 64 clients that wait share one, where each alone would wait for its own.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from trialbook.errors import StoreError
from trialbook.store.transaction import SqlTransaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trialbook.store.interface import Transaction
    from trialbook.store.session import Session
    from trialbook.store.transaction import Shared

T = TypeVar("T")

WAITING = 4096
"""Writes that may wait; more make their callers wait to be queued."""

BATCH = 512
"""Actions a commit at most, so that the first in it is answered soon."""


class Job(Generic[T]):
    """One action with the caller that waits for it."""

    def __init__(self, action: Callable[[Transaction], T]) -> None:
        self.action = action
        self.future: Future[T] = Future()
        self.transaction: SqlTransaction | None = None
        self.result: T | None = None
        self.error: BaseException | None = None

    def attempt(self, session: Session, rev: int, shared: Shared) -> None:
        """Run the action in a savepoint."""
        session.run("SAVEPOINT action")
        transaction = SqlTransaction(session, rev, shared)
        try:
            self.result = self.action(transaction)
            # In the block: PostgreSQL refuses it when the action swallowed a failed statement.
            session.run("RELEASE SAVEPOINT action")
            self.transaction = transaction
        except BaseException as error:  # handed to the caller, whatever it is
            if not session.in_transaction:
                message = f"the database gave up the whole commit: {error}"
                raise StoreError(message) from error
            self.error = error
            session.run("ROLLBACK TO SAVEPOINT action")
            session.run("RELEASE SAVEPOINT action")
        finally:
            transaction.end()

    def answer(self) -> None:
        """Answer with the result, or the action's own exception."""
        if self.error is None:
            self.future.set_result(cast("T", self.result))
        else:
            self.future.set_exception(self.error)

    def fail(self, error: BaseException) -> None:
        """Answer that nothing of the batch was kept; an action that failed by itself keeps its own error."""
        self.future.set_exception(self.error or _lost(error))


class Writer:
    """The thread, its connection and what waits for it.

    Parameters
    ----------
    connect
        Opens the session to write with; called on the thread, again after the connection was lost.
    shared
        What the store's transactions have in common.
    committed
        Called on the thread with each transaction that was committed.
    """

    def __init__(
        self, connect: Callable[[], Session], shared: Shared, committed: Callable[[SqlTransaction], None]
    ) -> None:
        self._connect = connect
        self._shared = shared
        self._committed = committed
        self._waiting: queue.Queue[Job[object] | None] = queue.Queue(WAITING)
        self._door = threading.Lock()
        self._closed = False
        self._process = os.getpid()
        self._session: Session | None = None
        self._thread = threading.Thread(target=self._work, name="trialbook-writer", daemon=True)
        self._thread.start()

    def write(self, action: Callable[[Transaction], T]) -> T:
        """Queue an action, wait until it is durable, give its result or raise its exception."""
        if threading.get_ident() == self._thread.ident:
            message = "write was called within an action of write: use the transaction that the action was given"
            raise StoreError(message)
        if os.getpid() != self._process:
            message = "this store was opened before the process was forked: open it again in the new process"
            raise StoreError(message)
        job = Job(action)
        # Whoever closes takes the door, so nothing is queued behind the end.
        with self._door:
            if self._closed:
                message = "the store is closed"
                raise StoreError(message)
            self._waiting.put(cast("Job[object]", job))
        return job.future.result()

    def close(self) -> None:
        """Commit what waits, then end the thread. Idempotent."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            jobs = [job]
            try:
                self._commit(self._gather(jobs))
            except BaseException as error:  # noqa: BLE001 - every waiting caller is told
                self._roll_back()
                for failed in jobs:
                    failed.fail(error)
            else:
                for done in jobs:
                    done.answer()
            # Not held while waiting for the next: it may hold the callers' data.
            del job, jobs
        if self._session is not None:
            self._session.close()

    def _gather(self, jobs: list[Job[object]]) -> Iterator[Job[object]]:
        """Give the jobs of one commit: the one in `jobs`, then what waits by the time it is asked for, added to it."""
        yield jobs[0]
        while len(jobs) < BATCH:
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                return
            if job is None:
                # The end: leave it for `_work`. There is room, since nothing comes after it.
                self._waiting.put(None)
                return
            jobs.append(job)
            yield job

    def _commit(self, jobs: Iterator[Job[object]]) -> None:
        session = self._begin()
        rev = cast("int", session.rows("SELECT rev FROM meta")[0][0]) + 1
        transactions = []
        for job in jobs:
            job.attempt(session, rev, self._shared)
            if job.transaction is not None:
                transactions.append(job.transaction)
        if any(transaction.changed for transaction in transactions):
            session.run("UPDATE meta SET rev = ?", (rev,))
        session.run("COMMIT")
        for transaction in transactions:
            self._committed(transaction)

    def _begin(self) -> Session:
        """Begin on the held connection, or on a new one when that was lost meanwhile."""
        if self._session is not None:
            try:
                self._session.begin()
            except StoreError:
                if not self._session.broken:
                    raise
                self._session.close()
                self._session = None
            else:
                return self._session
        self._session = self._connect()
        self._session.begin()
        return self._session

    def _roll_back(self) -> None:
        session = self._session
        if session is None:
            return
        with contextlib.suppress(StoreError):
            if session.in_transaction:
                session.run("ROLLBACK")
        if session.broken:
            session.close()
            self._session = None


def _lost(error: BaseException) -> StoreError:
    lost = StoreError(f"nothing of this write was kept: {error}")
    lost.__cause__ = error
    return lost
