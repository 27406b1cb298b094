"""When batches are merged: once enough of them wait, when a run ends, and by age; on threads that block no writer.

Merging late wastes space and makes reads unpack many small batches; merging early packs the last chunk again and again.

==================  ==================================================================================================
enough wait         32,768 points or 256 batches of a run; 64 batches or 256 KiB of a log: `Merger.note`
a run ends          if there is something to gain: `Merger.ask`
by age              batches that were there a round of the server's maintenance before, of any run: `merge_waiting`
==================  ==================================================================================================
"""

from __future__ import annotations

import logging
import math
import queue
import threading
import time
from typing import TYPE_CHECKING

from trialbook.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.session import Session

POINTS = 32_768
BATCHES = 256
LOG_BATCHES = 64
WORTH_BATCHES, WORTH_POINTS = 8, 1024
"""Fewer of a run that ended are left to their age: short runs are many, and each would cost a commit of its own."""
CLOSING_SECONDS = 1.0
TOGETHER = 64
"""Runs whose merges share a commit, when they are merged by age."""
SPARE_PAGES, SHRINK_PAGES, SHRINK_COMMITS = 512, 128, 64
"""Free pages (8 KiB each) that the file may keep while runs go on; how many a commit gives back; commits at a time."""

_NEXT_RUN = "SELECT run FROM flush WHERE run > ? ORDER BY run LIMIT 1"
_OLDEST = "SELECT min(id) FROM flush WHERE run = ? AND data IS NOT NULL"

_log = logging.getLogger(__name__)


class Merger:
    """Counts what waits, and merges.

    Parameters
    ----------
    merge
        Merges one run.
    backlog
        Says how many batches and points of a run wait; asked once a run, for what an earlier process left.
    batches, amount
        How many batches, or points, are enough.
    """

    def __init__(
        self,
        merge: Callable[[int], None],
        backlog: Callable[[int], tuple[int, int]],
        *,
        batches: int = BATCHES,
        amount: int = POINTS,
    ) -> None:
        self._enough = batches, amount
        self._merge = merge
        self._backlog = backlog
        self._waiting: dict[int, tuple[int, int]] = {}
        self._due: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._door = threading.Lock()
        self._deadline = math.inf
        self._closed = False

    def note(self, run: int, points: int) -> None:
        """Count a committed batch. Called on the writer's thread."""
        if run not in self._waiting:
            batches, before = self._backlog(run)
        else:
            batches, before = self._waiting[run]
            batches, before = batches + 1, before + points
        if batches < self._enough[0] and before < self._enough[1]:
            self._waiting[run] = batches, before
            return
        self._waiting[run] = 0, 0
        self._put(run)

    def ask(self, run: int) -> None:
        """Have a run merged that will get no more points for now, if it is worth it."""
        batches, points = self._backlog(run)
        if batches >= WORTH_BATCHES or points >= WORTH_POINTS:
            self._put(run)

    def _put(self, run: int) -> None:
        with self._door:
            if self._closed:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="trialbook-merger", daemon=True)
                self._thread.start()
            self._due.put(run)

    def end(self) -> None:
        """Take nothing more, and end after what is due, or after a second: what waits then is merged by its age."""
        with self._door:
            if not self._closed:
                self._closed = True
                self._deadline = time.monotonic() + CLOSING_SECONDS
                self._due.put(None)

    def close(self) -> None:
        """End, and wait for that. Idempotent."""
        self.end()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (run := self._due.get()) is not None and time.monotonic() < self._deadline:
            try:
                self._merge(run)
            except StoreError:
                # Nothing is lost: the batches are kept as they are, and the next batches of the run try again.
                _log.warning("could not merge the series of run %d", run, exc_info=True)


def waiting_runs(session: Session, before: int) -> list[int]:
    """Give up to `TOGETHER` runs with batches up to the position `before` that no merge has packed yet."""
    runs: list[int] = []
    after = -1
    while len(runs) < TOGETHER and (rows := session.rows(_NEXT_RUN, (after,))):
        after = rows[0][0]
        oldest = session.rows(_OLDEST, (after,))[0][0]
        if oldest is not None and oldest <= before:
            runs.append(after)
    return runs
