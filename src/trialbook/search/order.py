"""Order of rows by properties: each sort key becomes one uint64 a row, and smaller comes first.

::

    numbers (from small to large, or the other way round) < NaN < texts (either way) < missing

That order of the four holds in both directions. A cell that is both a number and a text sorts as its number; of many
cells the one that comes first counts. Ties are broken by row: ascending when the first key ascends, else descending, so
that the newest of equals comes first in the default order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ValidationError
from trialbook.search.match import spread
from trialbook.search.schema import Linked, Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.search.entries import Entries
    from trialbook.search.match import Matcher, Target
    from trialbook.search.texts import Texts
    from trialbook.search.tree import SortKey

    Keys = NDArray[np.uint64]
    Value = tuple[str, float | str]

NAN = np.uint64(0xFFF8 << 48)
TEXT = np.uint64(0xFFFA << 48)
MISSING = np.uint64(0xFFFF << 48)
_SIGN = np.uint64(1 << 63)
LONGEST = 500
"""Characters of a text that a page token carries."""


class Order:
    """One sort key over one table."""

    def __init__(self, matcher: Matcher, sort: SortKey) -> None:
        self.matcher = matcher
        self.descending = sort.descending
        self._target: Target | None = None
        self._beyond: tuple[Linked, Order] | None = None
        found = matcher.table.schema.resolve(sort.name)
        if isinstance(found, Linked):
            inner = Order(matcher.linked(found), type(sort)(found.name, sort.descending))
            self._beyond = (found, inner)
        elif isinstance(found, Whole):
            raise ValidationError(f"{sort.name} is not a single value: sort by one of its members instead.")
        else:
            self._target = matcher.target(found)

    def keys(self, rows: NDArray[np.int64]) -> Keys:
        """(m,) keys of the rows."""
        if self._beyond is not None:
            link, inner = self._beyond
            there, targets = self.matcher.pointers(link, rows)
            keys = np.full(len(rows), MISSING, np.uint64)
            keys[there] = inner.keys(targets)
            return keys
        assert self._target is not None
        entries = self._target.entries(self.matcher.table)
        if entries.element is None:
            return self._of(spread(entries, rows))
        return self._first(entries, rows)

    def value(self, row: int) -> Value:
        """Give what a row is sorted by, to be found again by `key`."""
        if self._beyond is not None:
            link, inner = self._beyond
            there, targets = self.matcher.pointers(link, np.array([row], np.int64))
            return inner.value(int(targets[0])) if there[0] else ("missing", 0.0)
        key = self.keys(np.array([row], np.int64))[0]
        if key == MISSING:
            return ("missing", 0.0)
        if key == NAN:
            return ("nan", 0.0)
        if key < NAN:
            return ("number", _decode(key, descending=self.descending))
        return ("text", self._texts_at(key)[:LONGEST])

    def key(self, value: Value) -> np.uint64:
        """Give the key that a value has now, or would have if it were there."""
        kind, given = value
        if self._beyond is not None:
            return self._beyond[1].key(value)
        if kind == "number":
            return np.uint64(self._numbers(np.array([given], np.float64))[0])
        if kind == "text":
            place = self._texts().place(str(given))
            return np.uint64(TEXT + np.uint64(self._flip(place)))
        return NAN if kind == "nan" else MISSING

    def _of(self, entries: Entries) -> Keys:
        keys = np.full(len(entries), MISSING, np.uint64)
        if entries.code is not None:
            at = np.flatnonzero(entries.code >= 0)
            if len(at):
                places = entries.texts.ranks()[entries.code[at]]
                keys[at] = TEXT + self._flip(places).astype(np.uint64)
        if entries.number is not None and entries.has is not None:
            np.copyto(keys, self._numbers(entries.number[0]), where=entries.has)
        return keys

    def _first(self, entries: Entries, rows: NDArray[np.int64]) -> Keys:
        assert entries.owner is not None
        keys = self._of(entries)
        order = np.lexsort((keys, entries.owner))
        owner, first = np.unique(entries.owner, return_index=True)
        at = np.searchsorted(owner, rows)
        inside = at < len(owner)
        inside[inside] = owner[at[inside]] == rows[inside]
        found = np.full(len(rows), MISSING, np.uint64)
        found[inside] = keys[order[first[at[inside]]]]
        return found

    def _numbers(self, numbers: NDArray[np.float64]) -> Keys:
        # Adding zero makes -0.0 the same as 0.0.
        signed = (-numbers if self.descending else numbers) + 0.0
        bits = signed.view(np.uint64)
        keys = np.where(bits & _SIGN, ~bits, bits | _SIGN)
        keys[np.isnan(numbers)] = NAN
        return keys

    def _flip(self, places: NDArray[np.int64] | int) -> NDArray[np.int64]:
        return np.asarray(2 * len(self._texts()) - places if self.descending else places, np.int64)

    def _texts(self) -> Texts:
        assert self._target is not None
        return self._target.entries(self.matcher.table).texts

    def _texts_at(self, key: np.uint64) -> str:
        texts = self._texts()
        place = int(key - TEXT)
        place = 2 * len(texts) - place if self.descending else place
        return texts.get(int(np.flatnonzero(texts.ranks() == place)[0]))


def _decode(key: np.uint64, *, descending: bool) -> float:
    bits = key & ~_SIGN if key & _SIGN else ~key
    number = float(np.array([bits], np.uint64).view(np.float64)[0])
    return -number if descending else number


def first(keys: Sequence[Keys], rows: NDArray[np.int64], count: int, *, descending: bool) -> NDArray[np.int64]:
    """Give the places in `rows` (ascending) of the `count` that come first, in order."""
    chosen = _choose(list(keys), np.arange(len(rows)), count, descending=descending)
    tie = -rows[chosen] if descending else rows[chosen]
    return chosen[np.lexsort((tie, *(one[chosen] for one in reversed(keys))))]


def beyond(
    keys: Sequence[Keys], rows: NDArray[np.int64], cursor: Sequence[np.uint64], row: int, *, descending: bool
) -> NDArray[np.bool_]:
    """(m,) whether each row comes after the place (cursor, row)."""
    after = np.zeros(len(rows), np.bool_)
    equal = np.ones(len(rows), np.bool_)
    for one, limit in zip(keys, cursor, strict=True):
        after |= equal & (one > limit)
        equal &= one == limit
    return after | (equal & (rows < row if descending else rows > row))


def _choose(keys: list[Keys], places: NDArray[np.int64], count: int, *, descending: bool) -> NDArray[np.int64]:
    """Give the places of the `count` that come first, in any order; ties at the limit go by the next key, then row."""
    if len(places) <= count:
        return places
    if not keys:
        return places[len(places) - count :] if descending else places[:count]
    near, places = _narrow(keys[0][places] if len(places) < len(keys[0]) else keys[0], places, count)
    threshold = np.partition(near, count - 1)[count - 1]
    less = places[near < threshold]
    ties = places[near == threshold]
    return np.concatenate((less, _choose(keys[1:], ties, count - len(less), descending=descending)))


def _narrow(keys: Keys, places: NDArray[np.int64], count: int) -> tuple[Keys, NDArray[np.int64]]:
    """Drop most of what cannot be among the first `count`, by a threshold from a sample."""
    if len(keys) < 32 * count or len(keys) < 16_384:
        return keys, places
    sample = np.sort(keys[:: len(keys) // 2048])
    guess = sample[min(len(sample) - 1, 2 * count * len(sample) // len(keys) + 8)]
    keep = keys <= guess
    if np.count_nonzero(keep) < count:
        return keys, places
    return keys[keep], places[keep]
