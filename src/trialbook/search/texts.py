r"""The texts of one column, numbered: each cell keeps its text's number (its code), so a text is looked at once.

All texts lie in one byte string, ``\0 text \0 text \0 ... \0``, which `bytes.find` scans at memory speed. Up to `MANY`
distinct texts a dict gives equal texts equal codes; past it (names, ARNs, URIs of artifacts) the dict costs more than
it saves, is dropped, and equal texts may have several codes. A text may hold NUL itself: every hit is checked against
the texts' bounds.

UTF-8 keeps the order of code points, so texts compare as bytes; lone surrogates are kept (`surrogatepass`).

Texts that compare without case are found and ordered in a second byte string of theirs without case, which is the
first one itself as long as nothing in it has a case.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from trialbook.search.rowsets import distinct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MANY = 65_536
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


class Texts:
    """The numbered texts of a column.

    Parameters
    ----------
    many
        How many distinct texts are kept apart by a dict.
    folds
        Whether they are ordered without case.
    """

    def __init__(self, many: int = MANY, *, folds: bool = False) -> None:
        self._many = many
        self._folds = folds
        self._codes: dict[str, int] | None = {}
        self._blob = Blob()
        self._folded = self._blob
        self._fold_count = 0
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

    def append(self, data: bytes, lengths: NDArray[np.int64]) -> None:
        """Add texts as `tail` gives them, with the next codes; they are not looked for among those that are there."""
        first = len(self)
        self._blob.append(data, lengths)
        if len(self) > self._many:
            self._codes = None
        if self._codes is not None:
            found = [one.decode("utf-8", "surrogatepass") for one in self._blob.slice(first)]
            self._codes.update(zip(found, range(first, len(self)), strict=True))

    def tail(self, start: int) -> tuple[bytes, NDArray[np.int64]]:
        """Give the texts from code `start` on, a NUL behind each, and their lengths in bytes."""
        return self._blob.tail(start)

    @property
    def size(self) -> int:
        """Bytes held, near enough."""
        folded = 0 if self._folded is self._blob else self._folded.size
        coded = 0 if self._codes is None else 150 * len(self._codes)
        return self._blob.size + folded + coded + self._order.nbytes + self._ranks.nbytes

    def get(self, code: int) -> str:
        """Give the text of a code."""
        return self._blob.get(code).decode("utf-8", "surrogatepass")

    def several(self, codes: list[int]) -> list[str]:
        """Give the texts of some codes."""
        return [self._blob.get(code).decode("utf-8", "surrogatepass") for code in codes]

    @property
    def distinct(self) -> bool:
        """Whether different codes mean different texts."""
        return self._codes is not None

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
        blob = self._compared()
        if len(fresh) > 256:
            self._sort_all(blob)
        else:
            texts = [blob.get(code) for code in fresh]
            places = [bisect_left(self._order, text, key=blob.get) for text in texts]
            inner = sorted(range(len(fresh)), key=lambda i: (places[i], texts[i]))
            self._order = np.insert(self._order, [places[i] for i in inner], [fresh[i] for i in inner])
            self._rank(set(texts), blob)
        return self._ranks

    def place(self, text: str) -> int:
        """Give the place of any text in the scale of `ranks`: even, between two places, when it is not there."""
        ranks, wanted = self.ranks(), encode(text.casefold() if self._folds else text)
        blob = self._compared()
        at = bisect_left(self._order, wanted, key=blob.get)
        if at < len(self._order):
            code = self._order[at]
            return int(ranks[code]) - (blob.get(code) != wanted)
        return 2 * len(self)

    def _compared(self) -> Blob:
        return self._fold() if self._folds else self._blob

    @property
    def _repeats(self) -> bool:
        """Whether equal texts may have several codes."""
        return self._codes is None or self._folds

    def _sort_all(self, blob: Blob) -> None:
        texts = blob.slice(0)
        self._order = np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64)
        distinct = np.ones(len(texts), np.bool_)
        if self._repeats:
            ordered = [texts[code] for code in self._order.tolist()]
            distinct[1:] = [one != other for one, other in pairwise(ordered)]
        self._number(distinct)

    def _rank(self, fresh: set[bytes], blob: Blob) -> None:
        """Number the order again after `fresh` came into it; among the old texts equal ones have equal ranks."""
        distinct = np.ones(len(self._order), np.bool_)
        if self._repeats:
            old = np.full(len(self), -1, np.int64)
            old[: len(self._ranks)] = self._ranks
            ranked = old[self._order]
            distinct[1:] = (ranked[1:] != ranked[:-1]) | (ranked[1:] < 0)
            for text in fresh:
                first = bisect_left(self._order, text, key=blob.get)
                last = first + 1
                while last < len(self._order) and blob.get(self._order[last]) == text:
                    distinct[last] = False
                    last += 1
        self._number(distinct)

    def _number(self, distinct: NDArray[np.bool_]) -> None:
        self._ranks = np.empty(len(self._order), np.int64)
        self._ranks[self._order] = 2 * np.cumsum(distinct) - 1

    def _fold(self) -> Blob:
        """Give the texts without case."""
        if self._fold_count == len(self):
            return self._folded
        done, self._fold_count = self._fold_count, len(self)
        data, lengths = self._blob.tail(done)
        # Lower case is all that casefold means for ASCII, and one call does it for all texts.
        lowered = data.lower() if data.isascii() else None
        if self._folded is self._blob:
            if lowered == data:
                return self._blob
            head, head_lengths = self._blob.head(done)
            self._folded = Blob()
            self._folded.append(head, head_lengths)
        if lowered is not None:
            self._folded.append(lowered, lengths)
        else:
            texts = [one.decode("utf-8", "surrogatepass") for one in self._blob.slice(done)]
            self._folded.extend(encode(text.casefold()) for text in texts)
        return self._folded
