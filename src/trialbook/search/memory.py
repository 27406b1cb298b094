"""Columns in memory: loaded from the cache when they are read, dropped when others need the room.

The budget counts the arrays of columns (numbers, codes, texts and their order). What one search reads may pass it while
the search lasts; afterwards the columns that were not read for the longest time go.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from trialbook.search.cache import TEXTS
from trialbook.search.pieces import assemble, decode_texts

if TYPE_CHECKING:
    from trialbook.search.cache import Cache
    from trialbook.search.columns import Column
    from trialbook.search.entries import Entries


class Memory:
    """What is loaded, by the time of its last use. `budget` in bytes."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.total = 0
        self._held: OrderedDict[tuple[Column, int], int] = OrderedDict()

    def used(self, column: Column, lane: int, size: int) -> None:
        """Note a use of arrays of `size` bytes."""
        key = (column, lane)
        self.total += size - self._held.pop(key, 0)
        self._held[key] = size

    def trim(self) -> None:
        """Drop what was not used for the longest time until the budget holds."""
        while self.total > self.budget and self._held:
            (column, lane), size = self._held.popitem(last=False)
            self.total -= size
            column.drop(lane)

    def forget(self) -> None:
        """Know of nothing any more."""
        self._held.clear()
        self.total = 0


class Saved:
    """The base of one kind's columns: what the cache holds of them."""

    def __init__(self, cache: Cache, kind: int, memory: Memory) -> None:
        self.cache = cache
        self.kind = kind
        self.memory = memory

    def load(self, column: Column, lane: int, rows: int) -> Entries:
        """Give what was saved of one lane. Raises `CacheBrokenError`."""
        like = column.empty()
        with self.cache.snapshot():
            if column.type.has_texts:
                for _, data in self.cache.pieces(self.kind, column.number, TEXTS):
                    decode_texts(data, like.texts)
            return assemble(self.cache.pieces(self.kind, column.number, lane), like, rows)

    def used(self, column: Column, lane: int, size: int) -> None:
        """Note that arrays of so many bytes were read just now."""
        self.memory.used(column, lane, size)

    def relieve(self) -> None:
        """Let columns go that take too much memory."""
        self.memory.trim()
