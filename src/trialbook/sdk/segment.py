"""A segment of a spool: what bytes is a logged point, and how does a reader know that it is whole.

::

    +----------+--------------+--------------+---
    | header   | record 0     | record 1     | ...        one file, mapped into memory, reserved on disk when made
    | 64 bytes | 32 bytes     | 32 bytes     |
    +----------+--------------+--------------+---

    header   magic "TBSEG1", u16 kind of mark, zeros
    record   step i64 | time f64 | value f64 | metric u32 | mark u32                    little-endian

The mark is written last, so a record is whole when its mark is set: a killed process leaves whole records and zeros.
Where the processor or the interpreter may show writes in another order, the mark is the record's CRC-32 instead.
"""

from __future__ import annotations

import contextlib
import itertools
import mmap
import os
import platform
import struct
import sys
import sysconfig
import threading
import zlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HEADER, RECORD = 64, 32
MAGIC = b"TBSEG1"
WHOLE, VOID = 0x01010101, 0x02020202
"""Marks: a point; a slot that was taken and holds none. Every byte differs from zero, so that `find` sees zeros."""
PLAIN, CHECKSUM = 0, 1

FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))

_POINT = struct.Struct("<qddII")
_FIELDS = [("step", "<i8"), ("time", "<f8"), ("value", "<f8"), ("metric", "<u4"), ("mark", "<u4")]
_BODY = struct.Struct("<qddI")
_VOID_RECORD = _POINT.pack(0, 0.0, 0.0, 0, VOID)
_MADV_POPULATE_WRITE = 23
_SCAN = 4096
"""Records that are looked at at a time."""
_STRONG = frozenset({"x86_64", "amd64", "i386", "i686"})

pack_point = _POINT.pack_into
pack_body = _BODY.pack


def kind_of_mark(machine: str | None = None, free_threaded: bool | None = None) -> int:
    """Say which mark this platform needs."""
    machine = platform.machine() if machine is None else machine
    if free_threaded is None:
        free_threaded = FREE_THREADED
    return PLAIN if machine.lower() in _STRONG and not free_threaded else CHECKSUM


class Columns(NamedTuple):
    """Points column by column, as little-endian bytes: i64, f64, f64, u32."""

    step: bytes
    time: bytes
    value: bytes
    metric: bytes

    @property
    def points(self) -> int:
        """How many points."""
        return len(self.metric) // 4


class Segment:
    """One segment, being written or being read.

    Attributes
    ----------
    number
        Its place in the spool.
    buffer
        The mapped bytes.
    end
        The offset behind the last record.
    slot
        Gives the offset of the next free record, at or past `end` when there is none. Atomic under the interpreter's
        lock, which is why a segment belongs to one process.
    path
        None when it lies in memory only.
    """

    def __init__(self, number: int, buffer: mmap.mmap, kind: int, path: Path | None, descriptor: int = -1) -> None:
        self.number = number
        self.buffer = buffer
        self.kind = kind
        self.path = path
        self.end = HEADER + (len(buffer) - HEADER) // RECORD * RECORD
        self.slot: Callable[[], int] = _counter() if FREE_THREADED else itertools.count(HEADER, RECORD).__next__
        self._descriptor = descriptor

    @classmethod
    def create(cls, path: Path, number: int, records: int, kind: int) -> Segment:
        """Make a file with room for `records` points.

        Raises
        ------
        OSError
            When the disk has no room: nothing that is logged later can meet a full disk.
        """
        size = HEADER + records * RECORD
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            _reserve(descriptor, size)
            buffer = mmap.mmap(descriptor, size)
            _populate(buffer)
        except BaseException:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        buffer[:8] = MAGIC + kind.to_bytes(2, "little")
        return cls(number, buffer, kind, path, descriptor)

    @classmethod
    def in_memory(cls, number: int, records: int, kind: int) -> Segment:
        """Make one without a file, for when the disk has no room: it lives as long as the process."""
        return cls(number, mmap.mmap(-1, HEADER + records * RECORD), kind, None)

    @classmethod
    def open(cls, path: Path, number: int) -> Segment | None:
        """Open a dead process's segment for reading; None when it was killed before the header was written."""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size < HEADER + RECORD:
                return None
            buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if buffer[: len(MAGIC)] != MAGIC:
            buffer.close()
            return None
        return cls(number, buffer, int.from_bytes(buffer[6:8], "little"), path)

    @staticmethod
    def void_in(buffer: mmap.mmap, at: int) -> None:
        """Say that the slot at this offset holds no point."""
        buffer[at : at + RECORD] = _VOID_RECORD

    def is_set(self, at: int) -> bool:
        """Tell whether the slot at this offset is written."""
        return at < self.end and self._whole(self.buffer[at : at + RECORD])

    def run_of(self, start: int, limit: int) -> int:
        """Give the offset of the first slot from `start` on that is not written, at most `limit` records away."""
        stop = min(self.end, start + limit * RECORD)
        at = start
        while at < stop:
            part = min(stop, at + _SCAN * RECORD)
            missing = self._first_missing(self.buffer[at:part])
            if missing is not None:
                return at + missing * RECORD
            at = part
        return stop

    def next_set(self, start: int, limit: int) -> int | None:
        """Give the offset of the first written slot from `start` on, at most `limit` records away; None without."""
        for at in range(start, min(self.end, start + limit * RECORD), RECORD):
            if self.is_set(at):
                return at
        return None

    def sync(self) -> None:
        """Bring the file to the disk."""
        if self._descriptor >= 0:
            os.fsync(self._descriptor)

    def close(self) -> None:
        """Let go of the file. The mapping goes with its last user."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def remove(self) -> None:
        """Delete the file: its points are kept elsewhere."""
        self.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)

    def _whole(self, record: bytes) -> bool:
        mark = int.from_bytes(record[28:], "little")
        if self.kind == PLAIN or mark in {0, VOID}:
            return mark != 0
        return mark == checksum(record[:28])

    def _first_missing(self, raw: bytes) -> int | None:
        if self.kind == PLAIN:
            at = raw[28::RECORD].find(b"\0")
            return None if at < 0 else at
        for index in range(len(raw) // RECORD):
            if not self._whole(raw[index * RECORD : (index + 1) * RECORD]):
                return index
        return None


def columns(records: bytes) -> Columns:
    """Turn records into columns, leaving out those without a point."""
    if VOID & 0xFF in records[28::RECORD]:
        records = b"".join(one for one in _each(records) if int.from_bytes(one[28:], "little") != VOID)
    numpy = sys.modules.get("numpy")
    if numpy is not None:  # 2 ns a point; where it is not there anyway, 35 ns are less than its import
        fields = numpy.frombuffer(records, _FIELDS)
        return Columns(*(fields[name].tobytes() for name in Columns._fields))
    words, halves = memoryview(records).cast("Q"), memoryview(records).cast("I")
    return Columns(words[0::4].tobytes(), words[1::4].tobytes(), words[2::4].tobytes(), halves[6::8].tobytes())


def checksum(body: bytes) -> int:
    """Give the mark of a record's first 28 bytes, which is never that of an empty or void slot."""
    mark = zlib.crc32(body)
    return mark if mark not in {0, VOID} else 1


def _counter() -> Callable[[], int]:
    """Count slots under a lock, for interpreters without one of their own."""
    count, door = itertools.count(HEADER, RECORD), threading.Lock()

    def following() -> int:
        with door:
            return next(count)

    return following


def _each(records: bytes) -> Iterator[bytes]:
    return (records[at : at + RECORD] for at in range(0, len(records), RECORD))


def _populate(buffer: mmap.mmap) -> None:
    """Have the kernel map all pages now: a first write to each would take 3 us, one call in 128."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a kernel before 5.14
            buffer.madvise(_MADV_POPULATE_WRITE)


def _reserve(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    left = size
    while left:
        left -= os.write(descriptor, bytes(min(left, 1 << 20)))
