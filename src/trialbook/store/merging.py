"""When a run's batches are merged: once enough of them wait, on a thread of its own.

Merging late wastes space and makes reads unpack many small batches; merging early packs the last chunk again and again.
"""

from __future__ import annotations

import logging
import queue
import threading
from typing import TYPE_CHECKING

from trialbook.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

POINTS = 32_768
BATCHES = 256
LOG_BATCHES = 64

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
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._work, name="trialbook-merger", daemon=True)
            self._thread.start()
        self._due.put(run)

    def close(self) -> None:
        """End after the merge in progress; what waits is merged by whoever opens the store next. Idempotent."""
        self._closed = True
        if self._thread is not None:
            self._due.put(None)
            self._thread.join()

    def _work(self) -> None:
        while (run := self._due.get()) is not None and not self._closed:
            try:
                self._merge(run)
            except StoreError:
                # Nothing is lost: the batches are kept as they are, and the next batches of the run try again.
                _log.warning("could not merge the series of run %d", run, exc_info=True)
