"""A serving process's log on its way to the store, under its endpoint.

A process has a stream of its own, so that the lines in the store are the first lines of its file: how many there are
says where to go on, after a crash too. Nothing is lost and nothing comes twice.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from trialbook.errors import StoreError
from trialbook.jobs.joblog import read_lines

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.store.interface import Store

_PIECE = 256 * 1024


class ServingLog:
    """The log of one process. Thread-safe."""

    def __init__(self, store: Store, endpoint: int, stream: str, path: Path) -> None:
        self.stream = stream
        self._store = store
        self._endpoint = endpoint
        self._path = path
        self._offset: int | None = None
        self._batch = 0
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """Add a line of ours."""
        with self._path.open("a") as file:
            file.write(f"{time.time():.3f}\t[trialbook] {text}\n")

    def ship(self) -> None:
        """Move what is new to the store. An endpoint that is gone gets no more lines."""
        with self._lock:
            try:
                while self._move():
                    pass
            except StoreError:
                return

    def _move(self) -> bool:
        if self._offset is None:
            self._offset = self._find_offset()
        try:
            with self._path.open("rb") as file:
                file.seek(self._offset)
                data = file.read(_PIECE)
        except OSError:
            return False
        whole = data.rfind(b"\n") + 1
        if not whole:
            return False
        lines = read_lines(data[:whole])
        self._store.write(
            lambda tx: tx.append_log(self._endpoint, self.stream, f"serving-{self.stream}", self._batch, lines)
        )
        self._batch += 1
        self._offset += whole
        return True

    def _find_offset(self) -> int:
        shipped = next((one.count for one in self._store.log_streams(self._endpoint) if one.name == self.stream), 0)
        if not shipped:
            return 0
        # Batches of the server before had numbers below the count of its lines.
        self._batch = shipped
        offset = 0
        try:
            with self._path.open("rb") as file:
                for line in file:
                    if shipped <= 0:
                        break
                    shipped -= len(read_lines(line))
                    offset += len(line)
        except OSError:
            return 0
        return offset
