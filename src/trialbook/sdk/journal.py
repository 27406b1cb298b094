"""The journal of a spool: everything but points, as lines that a killed process leaves whole.

::

    1c291ca3 {"name":"loss"}                     CRC-32 of the JSON, a space, the JSON, a newline

Entries are of five kinds: the `name` of the next metric, a `change` to the run, a `cut` (what batch number n holds,
written before the batch is sent, so that a retry after a crash sends the very same), an `ack` of a batch, and a `base`,
first in a journal that was written anew: it stands for all that was acknowledged until then, but for the names.
A line is one write to the kernel, which outlives the process; `sync` makes it outlive the machine.
A journal is written anew beside the old one and takes its place in one step: whoever dies meanwhile leaves one or the
other, and both say the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from trialbook.model import Document

VERSION = 2
"""Of a spool, in its head. Version 1 has no `base`: who knows only that one would number batches from 0 again, and
the store would take them for ones that it has. Readers take both, and leave later ones as they are."""
LEAST = 256 << 10
"""Bytes of a journal that may lie there unread: shorter ones are not written anew."""
NEW = "journal.new"
GROWTH = 4
"""How many times as long as after the last writing anew it grows first, so that its cost stays a fraction."""
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Journal:
    """A journal being written. Any thread may append.

    While the disk is full, lines wait in memory and go out in order as soon as there is room.

    Parameters
    ----------
    least
        Bytes from which on it may be written anew.
    """

    def __init__(self, path: Path | None, least: int = LEAST) -> None:
        self._path = path
        self._least = least
        self._descriptor = -1
        self._unwritten: list[bytes] = []
        self._door = threading.Lock()
        self._size = self._base = 0

    def append(self, entry: Document) -> None:
        """Write an entry. Raises only what JSON raises for a value that it has no form for."""
        line = _line(entry)
        with self._door:
            self._unwritten.append(line)
            self._write()

    @property
    def grown(self) -> bool:
        """Whether it is so long that writing it anew is worth its while."""
        return self._size >= max(self._least, self._base * GROWTH)

    def write_anew(self, entries: Iterable[Document]) -> int | None:
        """Write another journal with these entries beside this one; gives what `take_over` takes.

        None when the disk does not let it. One thread may do it at a time; others may append meanwhile.
        """
        if self._path is None or self._descriptor < 0:
            return None
        new = self._path.with_name(NEW)
        descriptor = -1
        try:
            descriptor = os.open(new, _FLAGS | os.O_TRUNC, 0o600)
            _write_whole(descriptor, b"".join(map(_line, entries)))
            os.fsync(descriptor)
        except OSError:
            self._give_up(descriptor)
            return None
        return descriptor

    def take_over(self, descriptor: int, entries: Iterable[Document]) -> bool:
        """Put the other journal, and these entries behind it, in place of this one; False when all stays as it is."""
        with self._door:
            try:
                if self._path is None or self._unwritten:
                    message = "lines wait for room on the disk"
                    raise OSError(message)
                more = b"".join(map(_line, entries))
                if more:
                    _write_whole(descriptor, more)
                size = os.fstat(descriptor).st_size
                self._path.with_name(NEW).replace(self._path)
            except OSError:
                self._give_up(descriptor)
                return False
            os.close(self._descriptor)
            self._descriptor = descriptor
            self._size = self._base = size
        _sync_folder(self._path.parent)
        return True

    def _give_up(self, descriptor: int) -> None:
        if descriptor >= 0:
            os.close(descriptor)
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.with_name(NEW).unlink()
        self._base = self._size  # not again with the very next batch

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
                self._descriptor = os.open(self._path, _FLAGS, 0o600)
            while self._unwritten:
                _write_whole(self._descriptor, self._unwritten[0])
                self._size += len(self._unwritten[0])
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


def kinds_told(entry: Document) -> set[str]:
    """Give which of `begin` and `end` an entry says of its run."""
    return {kind for kind in ("begin", "end") if kind in entry.get("change", {})}


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


def _sync_folder(folder: Path) -> None:
    """Bring a folder's list of files to the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_whole(descriptor: int, line: bytes) -> None:
    """Append a line or nothing: what a full disk took of it is cut off again."""
    size = os.fstat(descriptor).st_size
    if os.write(descriptor, line) != len(line):
        os.ftruncate(descriptor, size)
        message = "the disk is full"
        raise OSError(message)
