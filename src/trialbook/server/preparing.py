"""The columns of search are made when the server starts, not when somebody asks: on a thread, which says how far it is.

With a column cache that takes a moment. Without one (after an import, or an upgrade to another form of the cache) a
store of a million runs takes minutes; what is made is saved piece by piece, so a process that dies loses little of it.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from trialbook.errors import CodedError

if TYPE_CHECKING:
    from trialbook.services.context import Workspace

PERIOD = 5.0
"""Seconds between two lines that say how far it is."""

log = logging.getLogger("trialbook.server")


class Preparing:
    """The threads: one makes columns, the other says so. `close` ends both within a moment."""

    def __init__(self, workspace: Workspace, period: float = PERIOD) -> None:
        self._workspace = workspace
        self._period = period
        self._done = threading.Event()
        self._threads = [
            threading.Thread(target=work, name="trialbook-preparing", daemon=True) for work in (self._make, self._tell)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Break off what is under way."""
        self._workspace.engine.hurry()
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _make(self) -> None:
        try:
            self._workspace.engine.prepare(self._workspace.store)
        except CodedError:  # the server ends
            pass
        except Exception:
            log.warning("the columns of search could not be made; the next search tries again", exc_info=True)
        finally:
            self._done.set()

    def _tell(self) -> None:
        said = False
        while not self._done.wait(self._period):
            progress = self._workspace.engine.progress
            if progress is not None:
                said = True
                _say(f"Columns of search are being prepared: {int(100 * progress)} %")
        if said:
            ended = self._workspace.engine.ending
            _say("Columns of search are left for the next start" if ended else "Columns of search are ready")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
