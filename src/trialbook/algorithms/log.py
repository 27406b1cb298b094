"""Log lines in the two forms that SageMaker's containers print; metric regular expressions read them.

::

    [2026-11-27:06:01:02:INFO] Single node training.                       XGBoost's container
    [11/27/2026 06:01:02 INFO 139850411226944] #quality_metric: host=...   the other built-in algorithms
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable


class Log:
    """Writes lines to `stream` and flushes each, so that a line is seen when it is true.

    Parameters
    ----------
    stream
        Where lines go; standard output by default.
    clock
        Seconds since the epoch.
    dated
        Whether lines open as XGBoost's container writes them.
    """

    def __init__(
        self, stream: TextIO | None = None, clock: Callable[[], float] = time.time, *, dated: bool = False
    ) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._clock = clock
        self._dated = dated

    def say(self, text: str) -> None:
        """Write what happens."""
        self._write("INFO", text)

    def caution(self, text: str) -> None:
        """Write what the user may want to change."""
        self._write("WARNING", text)

    def fail(self, text: str) -> None:
        """Write why the program ends."""
        self._write("ERROR", text)

    def plain(self, text: str) -> None:
        """Write a line as it is, such as a round's metrics."""
        self._stream.write(text + "\n")
        self._stream.flush()

    def _write(self, level: str, text: str) -> None:
        now = time.gmtime(self._clock())
        if self._dated:
            self.plain(f"[{time.strftime('%Y-%m-%d:%H:%M:%S', now)}:{level}] {text}")
        else:
            self.plain(f"[{time.strftime('%m/%d/%Y %H:%M:%S', now)} {level} {os.getpid()}] {text}")
