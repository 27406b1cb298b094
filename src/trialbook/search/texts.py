"""The texts of one column, numbered: each cell keeps its text's number (its code), so a text is looked at once.

All texts lie in one byte string (`blob`). Up to `MANY` distinct texts a dict gives equal texts equal codes; past it
(names, ARNs, URIs of artifacts) the dict costs more than it saves, is dropped, and equal texts may have several codes.

Texts that compare without case are found and ordered in a second byte string of theirs without case, which is the
first one itself as long as nothing in it has a case.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from trialbook.search.blob import Blob, encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

MANY = 65_536


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
