"""Facts that the runs of one process share: read once, and again only when they may have changed.

A sweep that begins a run every second must not ask git every second: five programs and some milliseconds each time.
Whoever asks while a fact is being read waits for that reading instead of beginning another.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

T = TypeVar("T")

_all: list[Shared] = []  # type: ignore[type-arg]


class Shared(Generic[T]):
    """One fact of this process.

    Parameters
    ----------
    read
        Reads the fact.
    state
        Gives, in microseconds, what the fact depends on; another state means another reading.
    seconds
        How long a reading holds while the state stays.
    """

    def __init__(
        self,
        read: Callable[[], T],
        state: Callable[[], Hashable],
        seconds: float = float("inf"),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._state = state
        self._seconds = seconds
        self._clock = clock
        self._door = threading.Lock()
        self._kept: tuple[Hashable, float, T] | None = None
        _all.append(self)

    @property
    def known(self) -> bool:
        """Whether `get` can answer without reading. It cannot where what the fact depends on cannot be told."""
        kept = self._kept
        try:
            return kept is not None and self._holds(kept)
        except OSError:
            return False

    def get(self) -> T:
        """Give the fact. Raises whatever reading it raises; nothing is kept then."""
        with self._door:
            kept = self._kept
            if kept is None or not self._holds(kept):
                begun = self._state(), self._clock()
                kept = self._kept = (*begun, self._read())
            return kept[2]

    def forget(self) -> None:
        """Read anew the next time."""
        self._kept = None

    def _holds(self, kept: tuple[Hashable, float, T]) -> bool:
        return self._clock() - kept[1] < self._seconds and kept[0] == self._state()

    def renew(self) -> None:
        """In a forked process: the thread that was reading is not here."""
        self._door = threading.Lock()


def changed_at(path: Path) -> int:
    """Give when a file or folder was last changed, in ns since the epoch; 0 where it cannot be told."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _after_fork() -> None:
    for one in _all:
        one.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
