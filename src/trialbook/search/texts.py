r"""The texts of one column, numbered: each cell keeps its text's number (its code), so a text is looked at once.

All texts lie in one byte string, ``\0 text \0 text \0 ... \0``, which `bytes.find` scans at memory speed. Up to `MANY`
distinct texts a dict gives equal texts equal codes; past it (names, ARNs, URIs of artifacts) the dict costs more than
it saves, is dropped, and equal texts may have several codes. A text may hold NUL itself: every hit is checked against
the texts' bounds.

UTF-8 keeps the order of code points, so texts compare as bytes; lone surrogates are kept (`surrogatepass`).
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MANY = 65_536


def encode(text: str) -> bytes:
    """Give the UTF-8 of any Python text."""
    return text.encode("utf-8", "surrogatepass")


class Blob:
    """Byte strings one after the other, found by content."""

    def __init__(self) -> None:
        self._bytes = bytearray(b"\0")
        self._starts: list[NDArray[np.int64]] = [np.ones(1, np.int64)]
        self._fresh: list[bytes] = []
        self.count = 0

    def extend(self, texts: Iterable[bytes]) -> None:
        """Add texts at the end."""
        before = len(self._fresh)
        self._fresh.extend(texts)
        self.count += len(self._fresh) - before

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
        """Numbers of the texts that contain this one."""
        starts = self._sync()
        if not text:
            return np.arange(self.count, dtype=np.int64)
        hits, at, find = [], 0, self._bytes.find
        skip = b"\0" not in text
        while (at := find(text, at)) >= 0:
            hits.append(at)
            # The rest of the same text has nothing to add.
            at = find(b"\0", at) if skip else at + 1
        return self._numbers(starts, hits, len(text), whole=False)

    @staticmethod
    def _numbers(starts: NDArray[np.int64], hits: list[int], length: int, *, whole: bool) -> NDArray[np.int64]:
        at = np.array(hits, np.int64)
        index = np.searchsorted(starts, at, side="right") - 1
        inside = (index >= 0) & (index < len(starts) - 1)
        at, index = at[inside], index[inside]
        end = starts[index + 1] - 1
        right = (at == starts[index]) & (at + length == end) if whole else at + length <= end
        return np.unique(index[right])

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


class Texts:
    """The numbered texts of a column. `many` is how many distinct texts are kept apart by a dict."""

    def __init__(self, many: int = MANY) -> None:
        self._many = many
        self._codes: dict[str, int] | None = {}
        self._blob = Blob()
        self._folded = Blob()
        self._order = np.empty(0, np.int64)
        self._ranks = np.empty(0, np.int64)

    def __len__(self) -> int:
        return self._blob.count

    def add(self, texts: list[str]) -> NDArray[np.int32]:
        """Give the codes of texts, numbering the new ones."""
        if self._codes is None:
            first = self._blob.count
            self._blob.extend(map(encode, texts))
            return np.arange(first, first + len(texts), dtype=np.int32)
        codes = self._codes
        known = len(codes)
        found = [codes.setdefault(text, len(codes)) for text in texts]
        if len(codes) > known:
            self._blob.extend([encode(text) for text in list(codes)[known:]])
        if len(codes) > self._many:
            self._codes = None
        return np.array(found, np.int32)

    def get(self, code: int) -> str:
        """Give the text of a code."""
        return self._blob.get(code).decode("utf-8", "surrogatepass")

    def equal(self, text: str) -> NDArray[np.int64]:
        """Codes of the texts that are this one."""
        if self._codes is not None:
            code = self._codes.get(text)
            return np.array([] if code is None else [code], np.int64)
        return self._blob.equal(encode(text))

    def containing(self, text: str) -> NDArray[np.int64]:
        """Codes of the texts that contain this one."""
        return self._blob.containing(encode(text))

    def equal_folded(self, text: str) -> NDArray[np.int64]:
        """Codes of the texts that are this one without case."""
        return self._fold().equal(encode(text.casefold()))

    def containing_folded(self, text: str) -> NDArray[np.int64]:
        """Codes of the texts that contain this one without case."""
        return self._fold().containing(encode(text.casefold()))

    def ranks(self) -> NDArray[np.int64]:
        """Give each code's place among the texts in order, as odd numbers from 1: equal texts have equal places."""
        fresh = range(len(self._order), len(self))
        if not fresh:
            return self._ranks
        if len(fresh) > 256:
            self._sort_all()
        else:
            texts = [self._blob.get(code) for code in fresh]
            places = [bisect_left(self._order, text, key=self._blob.get) for text in texts]
            inner = sorted(range(len(fresh)), key=lambda i: (places[i], texts[i]))
            self._order = np.insert(self._order, [places[i] for i in inner], [fresh[i] for i in inner])
            self._rank(set(texts))
        return self._ranks

    def place(self, text: str) -> int:
        """Give the place of any text in the scale of `ranks`: even, between two places, when it is not there."""
        ranks, wanted = self.ranks(), encode(text)
        at = bisect_left(self._order, wanted, key=self._blob.get)
        if at < len(self._order):
            code = self._order[at]
            return int(ranks[code]) - (self._blob.get(code) != wanted)
        return 2 * len(self)

    def _sort_all(self) -> None:
        texts = self._blob.slice(0)
        self._order = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
        distinct = np.ones(len(texts), np.bool_)
        if self._codes is None:
            ordered = [texts[code] for code in self._order.tolist()]
            distinct[1:] = [one != other for one, other in pairwise(ordered)]
        self._number(distinct)

    def _rank(self, fresh: set[bytes]) -> None:
        """Number the order again after `fresh` came into it; among the old texts equal ones have equal ranks."""
        distinct = np.ones(len(self._order), np.bool_)
        if self._codes is None:
            old = np.full(len(self), -1, np.int64)
            old[: len(self._ranks)] = self._ranks
            ranked = old[self._order]
            distinct[1:] = (ranked[1:] != ranked[:-1]) | (ranked[1:] < 0)
            for text in fresh:
                first = bisect_left(self._order, text, key=self._blob.get)
                last = first + 1
                while last < len(self._order) and self._blob.get(self._order[last]) == text:
                    distinct[last] = False
                    last += 1
        self._number(distinct)

    def _number(self, distinct: NDArray[np.bool_]) -> None:
        self._ranks = np.empty(len(self._order), np.int64)
        self._ranks[self._order] = 2 * np.cumsum(distinct) - 1

    def _fold(self) -> Blob:
        missing = self._blob.slice(self._folded.count) if self._folded.count < len(self) else []
        self._folded.extend(encode(text.decode("utf-8", "surrogatepass").casefold()) for text in missing)
        return self._folded
