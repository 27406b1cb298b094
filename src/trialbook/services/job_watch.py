"""Waiting for a job to end, so that a client which asks again in five seconds (or thirty) need not.

A Describe of a client that polls waits here while the job goes on, for a bounded time; few may wait at once, so that
they never take the threads that answer everybody else.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 16
"""Requests that may wait at the same time; more are answered at once."""
_LOOK = 0.5
"""Seconds between two looks, for what other processes change."""


class Watch:
    """Where requests wait for jobs. Thread-safe."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._changed = threading.Condition()
        self._room = threading.BoundedSemaphore(at_once)
        self._closed = False

    def notify(self) -> None:
        """Say that a job ended."""
        with self._changed:
            self._changed.notify_all()

    def close(self) -> None:
        """Answer all that wait, and let nobody wait again."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def wait(self, ended: Callable[[], bool], seconds: float) -> None:
        """Wait until `ended` says so, for so many seconds at most."""
        if seconds <= 0 or not self._room.acquire(blocking=False):
            return
        try:
            deadline = time.monotonic() + seconds
            with self._changed:
                while not self._closed and not ended() and (left := deadline - time.monotonic()) > 0:
                    self._changed.wait(min(left, _LOOK))
        finally:
            self._room.release()
