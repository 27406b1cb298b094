"""SQLite's journal goes back into the database on a thread of its own, so that no commit waits for it.

::

    commits  ->  trialbook.db-wal  --(a checkpoint)->  trialbook.db

A commit only appends to the journal. Copying its pages into the database takes two fsyncs, during which SQLite's own
automatic checkpoint has the committing thread wait, and with it every caller. A passive checkpoint beside the writer
holds nobody up. It cannot reach the end of a journal that grows meanwhile; so once the journal is long, a second kind
stops the writer for the few pages that came since, and the next commit begins the journal anew.

A process with few writes has no such thread: closing the database writes all back, and past `BACKSTOP` pages SQLite
does it by itself.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.session import Session

BACKSTOP = 16_384
"""Pages past which SQLite's automatic checkpoint takes part, should the thread be missing or not keep up."""

_log = logging.getLogger(__name__)


class Pace(NamedTuple):
    """When the journal is copied.

    Attributes
    ----------
    writes
        After so many writes.
    period
        Seconds between two looks while writes come.
    long
        Pages of a journal that is begun anew.
    idle
        Seconds without so many writes after which the journal is emptied.
    patience
        Seconds to wait for the writer's turn, or for readers of old pages; then the next look tries again.
    """

    writes: int = 256
    period: float = 1.0
    long: int = 4096
    idle: float = 5.0
    patience: float = 0.25


PACE = Pace()


class Checkpoints:
    """The thread, started once there is something to copy.

    Parameters
    ----------
    connect
        Opens the session to copy with; called on the thread.
    """

    def __init__(self, connect: Callable[[], Session], pace: Pace = PACE) -> None:
        self._connect = connect
        self._pace = pace
        self._writes = 0
        self._thread: threading.Thread | None = None
        self._bell = threading.Event()
        self._ended = threading.Event()
        self._told = False

    def note(self) -> None:
        """Count a committed write. Called on the writer's thread."""
        self._writes += 1
        if self._writes < self._pace.writes:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="trialbook-checkpoints", daemon=True)
            self._thread.start()
        self._bell.set()

    def close(self) -> None:
        """End after the checkpoint in progress. Idempotent."""
        self._ended.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        try:
            session = self._connect()
        except StoreError:
            _log.warning("cannot copy the database's journal back beside the writer, who does it now", exc_info=True)
            return
        try:
            session.run(f"PRAGMA busy_timeout = {int(self._pace.patience * 1000)}")
            # A connection knows of the journal once it has read.
            session.rows("PRAGMA schema_version")
            while not self._ended.is_set():
                busy = self._bell.wait(self._pace.idle)
                if not self._ended.is_set():
                    self._copy(session, "PASSIVE" if busy else "TRUNCATE")
                if not busy:
                    self._bell.wait()
                self._ended.wait(self._pace.period)
        finally:
            session.close()

    def _copy(self, session: Session, mode: str) -> None:
        self._writes = 0
        self._bell.clear()
        try:
            _, pages, _ = session.rows(f"PRAGMA wal_checkpoint({mode})")[0]
            if pages > self._pace.long:
                # Twice, for the writer waits as long as the second takes.
                session.rows("PRAGMA wal_checkpoint(PASSIVE)")
                session.rows("PRAGMA wal_checkpoint(RESTART)")
        except StoreError:
            # Nothing is lost: the journal is kept, and a full disk is told to whoever writes.
            if not self._told:
                _log.warning("could not copy the database's journal back; it grows until that succeeds", exc_info=True)
            self._told = True
