"""What a server does beside its work, on a thread of its own.

At its start it ships what dead processes left in the store's spool; then, again and again, it forgets the bin past its
time, removes bytes that nothing refers to, and merges series that nothing else has merged.
"""

from __future__ import annotations

import logging
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.sdk.recovery import recover_spools
from trialbook.sdk.transport import LocalTransport
from trialbook.services import recycling
from trialbook.services.blobs import Cleaner

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.sdk.recovery import Recovered
    from trialbook.sdk.target import Target
    from trialbook.services.context import Workspace

PERIOD = 300.0
"""Seconds between two rounds; the first is at the start."""
ABANDONED = 3600.0
"""Seconds after which bytes that no row names were left by a writer that died."""

log = logging.getLogger("trialbook.server")


class Maintenance:
    """The thread. `close` ends it between two steps."""

    def __init__(self, workspace: Workspace, period: float = PERIOD) -> None:
        self._workspace = workspace
        self._period = period
        self._position: int | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="trialbook-maintenance", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End after the step in progress."""
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        cleaner = Cleaner(self._workspace.store, self._workspace.blobs)
        steps: list[Callable[[], object]] = [
            partial(recover, self._workspace),
            partial(cleaner.sweep, self._workspace.clock() - ABANDONED),
            cleaner.clean,
            self._expire,
            self._merge,
        ]
        while True:
            try:
                for step in steps:
                    step()
            except Exception:
                log.warning("tidying up failed and is tried again in %d s", self._period, exc_info=True)
            steps = [cleaner.clean, self._expire, self._merge]
            if self._ended.wait(self._period):
                return

    def _merge(self) -> None:
        """Merge what was received before the last round; at the start, what earlier processes left."""
        store = self._workspace.store
        if self._position is None:
            self._position = store.position([])
        while store.merge_waiting(self._position) and not self._ended.is_set():
            pass
        self._position = store.position([])

    def _expire(self) -> int:
        return recycling.expire(self._workspace.store, self._workspace.clock())


def recover(workspace: Workspace) -> list[Recovered]:
    """Ship what dead processes spooled for this store; a store that is no folder has no spool beside it."""
    store = workspace.settings.store
    if "://" in store:
        return []
    folder = Path(store).absolute()

    def transport(target: Target) -> LocalTransport | None:
        return LocalTransport(workspace, target.region) if target.store == str(folder) else None

    return recover_spools(folder / "spool", transport)
