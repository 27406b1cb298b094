"""The journal of a spool: everything but points, as lines that a killed process leaves whole.

::

    1c291ca3 {"name":"loss"}                     CRC-32 of the JSON, a space, the JSON, a newline

Entries are of four kinds: the `name` of the next metric, a `change` to the run, a `cut` (what batch number n holds,
written before the batch is sent, so that a retry after a crash sends the very same), an `ack` of a batch.
A line is one write to the kernel, which outlives the process; `sync` makes it outlive the machine.
"""

from __future__ import annotations

import json
import os
import threading
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.model import Document

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Journal:
    """A journal being written. Any thread may append.

    While the disk is full, lines wait in memory and go out in order as soon as there is room.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._descriptor = -1
        self._unwritten: list[bytes] = []
        self._door = threading.Lock()

    def append(self, entry: Document) -> None:
        """Write an entry. Raises only what JSON raises for a value that it has no form for."""
        line = _line(entry)
        with self._door:
            self._unwritten.append(line)
            self._write()

    def retry(self) -> bool:
        """Write what waits; False when some still does."""
        with self._door:
            self._write()
            return not self._unwritten

    def sync(self) -> None:
        """Bring the file to the disk."""
        if self._descriptor >= 0:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Let go of the file."""
        with self._door:
            if self._descriptor >= 0:
                os.close(self._descriptor)
                self._descriptor = -1
            self._path = None

    def _write(self) -> None:
        if self._path is None:
            return
        try:
            if self._descriptor < 0:
                flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
                self._descriptor = os.open(self._path, flags, 0o600)
            while self._unwritten:
                _write_whole(self._descriptor, self._unwritten[0])
                del self._unwritten[0]
        except OSError:
            return


def read(path: Path) -> list[Document]:
    """Give the entries of a dead process's journal up to the first line that is not whole, and cut off the rest."""
    entries: list[Document] = []
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return entries
    whole = 0
    for line in data.splitlines(keepends=True):
        entry = _entry(line[:-1]) if line.endswith(b"\n") else None
        if entry is None:
            os.truncate(path, whole)
            break
        entries.append(entry)
        whole += len(line)
    return entries


def _line(entry: Document) -> bytes:
    text = _encode(entry).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _entry(line: bytes) -> Document | None:
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        entry = json.loads(line[9:])
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _write_whole(descriptor: int, line: bytes) -> None:
    """Append a line or nothing: what a full disk took of it is cut off again."""
    size = os.fstat(descriptor).st_size
    if os.write(descriptor, line) != len(line):
        os.ftruncate(descriptor, size)
        message = "the disk is full"
        raise OSError(message)
