r"""Texts in one byte string, ``\0 text \0 text \0 ... \0``, which `bytes.find` scans at memory speed.

A text may hold NUL itself: every hit is checked against the texts' bounds. UTF-8 keeps the order of code points, so
texts compare as bytes; lone surrogates are kept (`surrogatepass`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from trialbook.search.rowsets import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

KEPT, MOST_FOUND = 8, 1 << 20
"""Answers of `containing` that are kept, and the bytes of one that is."""
OFTEN, OFTEN_ENOUGH = 1_000, 50
"""Hits that are found one by one; then the others together, where they lie in this part of the bytes or less."""


def encode(text: str) -> bytes:
    """Give the UTF-8 of any Python text."""
    return text.encode("utf-8", "surrogatepass")


class Blob:
    """Byte strings one after the other, found by content."""

    def __init__(self) -> None:
        self._bytes = bytearray(b"\0")
        self._starts: list[NDArray[np.int64]] = [np.ones(1, np.int64)]
        self._fresh: list[bytes] = []
        self._found: dict[bytes, tuple[int, NDArray[np.int64]]] = {}
        self.count = 0

    def extend(self, texts: Iterable[bytes]) -> None:
        """Add texts at the end."""
        before = len(self._fresh)
        self._fresh.extend(texts)
        self.count += len(self._fresh) - before

    def append(self, data: bytes, lengths: NDArray[np.int64]) -> None:
        """Add texts that lie one after the other, a NUL behind each; `lengths` are without the NUL."""
        self._sync()
        self._starts.append(len(self._bytes) + np.cumsum(lengths + 1))
        self._bytes += data
        self.count += len(lengths)

    def tail(self, start: int) -> tuple[bytes, NDArray[np.int64]]:
        """Give the texts from number `start` on as `append` takes them."""
        bounds = self._sync()[start:]
        return bytes(self._bytes[bounds[0] :]), np.diff(bounds) - 1

    def head(self, stop: int) -> tuple[bytes, NDArray[np.int64]]:
        """Give the texts before number `stop` as `append` takes them."""
        bounds = self._sync()[: stop + 1]
        return bytes(self._bytes[1 : bounds[-1]]), np.diff(bounds) - 1

    @property
    def size(self) -> int:
        """Bytes held."""
        return len(self._bytes) + sum(one.nbytes for one in self._starts)

    def get(self, index: int) -> bytes:
        """Give one text."""
        starts = self._sync()
        return bytes(self._bytes[starts[index] : starts[index + 1] - 1])

    def slice(self, start: int) -> list[bytes]:
        """Give the texts from number `start` on."""
        bounds = self._sync()[start:]
        data = bytes(self._bytes[bounds[0] :])
        return [data[one : other - 1] for one, other in pairwise((bounds - bounds[0]).tolist())]

    def equal(self, text: bytes) -> NDArray[np.int64]:
        """Numbers of the texts that are this one."""
        starts = self._sync()
        hits, needle, at = [], b"\0" + text + b"\0", 0
        while (at := self._bytes.find(needle, at)) >= 0:
            hits.append(at + 1)
            at += 1
        return self._numbers(starts, hits, len(text), whole=True)

    def containing(self, text: bytes) -> NDArray[np.int64]:
        """Numbers of the texts that contain this one. Asked again, only texts that came since are looked at."""
        starts = self._sync()
        if not text:
            return np.arange(self.count, dtype=np.int64)
        known, found = self._found.pop(text, (0, np.empty(0, np.int64)))
        if known < self.count:
            found = np.concatenate((found, self._look(text, starts, int(starts[known]))))
        if found.nbytes <= MOST_FOUND:
            self._found[text] = (self.count, found)
            if len(self._found) > KEPT:
                del self._found[next(iter(self._found))]
        return found

    def _look(self, text: bytes, starts: NDArray[np.int64], at: int) -> NDArray[np.int64]:
        hits: list[int] = []
        find, skip = self._bytes.find, b"\0" not in text
        while (at := find(text, at)) >= 0:
            if len(hits) == OFTEN and at * OFTEN_ENOUGH <= len(self._bytes):
                more = self._all_from(text, at)
                return self._numbers(starts, np.concatenate((hits, more)), len(text), whole=False)
            hits.append(at)
            # The rest of the same text has nothing to add.
            at = find(b"\0", at) if skip else at + 1
        return self._numbers(starts, hits, len(text), whole=False)

    def _all_from(self, text: bytes, start: int) -> NDArray[np.int64]:
        """Places of a text from `start` on, overlapping ones too: where there are many, quicker than one by one."""
        data = np.frombuffer(self._bytes, np.uint8)
        last = len(data) - len(text) + 1
        mask = data[start:last] == text[0]
        if len(text) > 1:
            mask &= data[start + 1 : last + 1] == text[1]
        places = np.flatnonzero(mask) + start
        for shift, byte in enumerate(text[2:], 2):
            places = places[data[places + shift] == byte]
        return places

    @staticmethod
    def _numbers(
        starts: NDArray[np.int64], hits: list[int] | NDArray[np.int64], length: int, *, whole: bool
    ) -> NDArray[np.int64]:
        at = np.array(hits, np.int64)
        index = np.searchsorted(starts, at, side="right") - 1
        inside = (index >= 0) & (index < len(starts) - 1)
        at, index = at[inside], index[inside]
        end = starts[index + 1] - 1
        right = (at == starts[index]) & (at + length == end) if whole else at + length <= end
        return distinct(index[right])

    def _sync(self) -> NDArray[np.int64]:
        if self._fresh:
            lengths = np.fromiter((len(text) + 1 for text in self._fresh), np.int64, len(self._fresh))
            self._starts.append(len(self._bytes) + np.cumsum(lengths))
            self._bytes += b"\0".join(self._fresh)
            self._bytes += b"\0"
            self._fresh = []
        if len(self._starts) > 1:
            self._starts = [np.concatenate(self._starts)]
        return self._starts[0]
