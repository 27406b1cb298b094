"""How the lines of a log lie on disk.

All numbers are little-endian. `bytes` is the text of all lines, one after the other, as UTF-8 in which half a surrogate
pair, which Python's text may hold, keeps its three bytes; so every text comes back as it was.

::

    +-------+-----------------------------------------------+
    | codec | time f64 x n | end u32 x n | bytes            |        end: where line i ends in `bytes`
    | u8    |            as it is, or packed                |
    +-------+-----------------------------------------------+

    codec 0  raw: a few lines
    codec 2  zlib

n is not in the bytes: it stands beside them in the database. A text is looked for in the bytes of all lines at once:
UTF-8 finds characters only where they begin, and a hit that runs over the end of its line is none.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import StoreError, StoreVersionError
from trialbook.store.interface import LogLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

RAW, ZLIB = 0, 2
RAW_BELOW = 1024
"""Fewer bytes of a batch are kept raw: a merge packs them anyway."""
TIME, END = np.dtype("<f8"), np.dtype("<u4")
MOST_BYTES = 2**31


class Lines:
    """Unpacked lines of one chunk: `time` (n,) float64, `end` (n,) uint32, `data` the text of all."""

    def __init__(self, time: NDArray[np.float64], end: NDArray[np.uint32], data: bytes) -> None:
        self.time, self.end, self.data = time, end, data

    @classmethod
    def of(cls, lines: Sequence[LogLine]) -> Lines:
        """Take lines. Raises `StoreError` for a time that is not finite, and for more than 2 GiB of text."""
        texts = [line.text.encode("utf-8", "surrogatepass") for line in lines]
        time = np.array([line.time for line in lines], TIME)
        if not np.isfinite(time).all():
            message = "log lines: every time must be a finite number of epoch seconds"
            raise StoreError(message)
        end = np.cumsum([len(text) for text in texts], dtype=np.int64)
        if len(end) and end[-1] >= MOST_BYTES:
            message = f"log lines: a batch holds at most 2 GiB of text, not {int(end[-1])} bytes"
            raise StoreError(message)
        return cls(time, end.astype(END), b"".join(texts))

    @classmethod
    def joined(cls, parts: Sequence[Lines]) -> Lines:
        """Join chunks that follow each other."""
        offsets = np.cumsum([0, *[len(part.data) for part in parts]])
        ends = [part.end + np.uint32(offset) for part, offset in zip(parts, offsets.tolist(), strict=False)]
        return cls(
            np.concatenate([part.time for part in parts]),
            np.concatenate(ends).astype(END),
            b"".join(part.data for part in parts),
        )

    def __len__(self) -> int:
        return len(self.time)

    @property
    def size(self) -> int:
        """Bytes of the unpacked lines, their times and ends included."""
        return len(self.data) + 12 * len(self.time)

    def pieces(self, size: int) -> Iterator[tuple[int, Lines]]:
        """Cut at the first line that fills `size` bytes, and so on; gives each piece with its first line's number."""
        weight = self.end.astype(np.int64) + 12 * np.arange(1, len(self) + 1)
        start = 0
        while start < len(self):
            before = int(weight[start - 1]) if start else 0
            stop = min(int(np.searchsorted(weight, before + size)) + 1, len(self))
            yield start, self.cut(start, stop)
            start = stop

    def cut(self, start: int, stop: int) -> Lines:
        """Give the lines from `start` up to, not with, `stop`."""
        begin = int(self.end[start - 1]) if start else 0
        finish = int(self.end[stop - 1]) if stop else 0
        return Lines(self.time[start:stop], self.end[start:stop] - np.uint32(begin), self.data[begin:finish])

    def line(self, number: int) -> LogLine:
        """Give one line by its number in the chunk."""
        begin = int(self.end[number - 1]) if number else 0
        text = self.data[begin : int(self.end[number])]
        return LogLine(float(self.time[number]), text.decode("utf-8", "surrogatepass"))

    def every(self) -> list[LogLine]:
        """Give all lines."""
        begin, lines = 0, []
        for time, end in zip(self.time.tolist(), self.end.tolist(), strict=True):
            lines.append(LogLine(time, self.data[begin:end].decode("utf-8", "surrogatepass")))
            begin = end
        return lines

    def holding(self, text: bytes, start: int) -> Iterator[int]:
        """Give the numbers of the lines from `start` on that hold the text."""
        if not text:
            yield from range(start, len(self))
            return
        at = int(self.end[start - 1]) if start else 0
        while (at := self.data.find(text, at)) >= 0:
            number = int(np.searchsorted(self.end, at, side="right"))
            end = int(self.end[number])
            if at + len(text) <= end:
                yield number
                at = end
            else:
                at += 1

    def pack(self, level: int) -> bytes:
        """Write the chunk; `level` is zlib's."""
        raw = b"".join((self.time.tobytes(), self.end.tobytes(), self.data))
        return bytes((RAW,)) + raw if len(raw) < RAW_BELOW else bytes((ZLIB,)) + zlib.compress(raw, level)


def unpack(data: bytes, n: int) -> Lines:
    """Undo `Lines.pack`. Raises `StoreError` when the bytes are not n lines."""
    if data[0] not in {RAW, ZLIB}:
        message = f"log lines are packed by codec {data[0]}, which this version does not know: upgrade Trialbook"
        raise StoreVersionError(message)
    try:
        raw = data[1:] if data[0] == RAW else zlib.decompress(data[1:])
        time, end = np.frombuffer(raw, TIME, n), np.frombuffer(raw, END, n, offset=8 * n)
    except (zlib.error, ValueError) as error:
        raise _damaged() from error
    lines = Lines(time, end, raw[12 * n :])
    if (int(end[-1]) if n else 0) != len(lines.data):
        raise _damaged()
    return lines


def _damaged() -> StoreError:
    return StoreError("stored log lines are damaged: their lengths do not add up")
