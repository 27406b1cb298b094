"""A program's output on its way to the job's log file, line by line, each with the time it came.

::

    1764221000.123<TAB>text<LF>

Part of the keeper: it needs nothing but the standard library.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LINE = 16 * 1024
"""Bytes of a line of output; longer ones are cut into several."""


class Output:
    """The program's output, line by line and with the time each came."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab", buffering=0)
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Take bytes as they come. A carriage return ends a line as a line feed does: progress bars use it."""
        *lines, self._rest = (self._rest + data).replace(b"\r", b"\n").split(b"\n")
        while len(self._rest) >= _LINE:
            lines.append(self._rest[:_LINE])
            self._rest = self._rest[_LINE:]
        self.write([piece for line in lines for piece in _pieces(line)])

    def write(self, lines: list[bytes]) -> None:
        """Write whole lines; empty ones are left out."""
        now = f"{time.time():.3f}\t".encode()
        data = b"".join(now + line + b"\n" for line in lines if line.strip())
        if data:
            self._file.write(data)

    def close(self) -> None:
        """Write what came without an end of line."""
        self.write([self._rest])
        self._file.close()


def _pieces(line: bytes) -> list[bytes]:
    return [line[at : at + _LINE] for at in range(0, len(line), _LINE)] if len(line) > _LINE else [line]
