"""The race of `nearest.py`, run in the order of one column: quick where one column's spread dwarfs the others'.

Sorted by the column of the widest spread, the gap to the third nearest row of a side is a bound of its distance from
below, and any few neighbours in that order give a bound from above. Most rows are settled by the two. For the others
the rows within the bound are compared column by column, and dropped as soon as they are too far. All this is done in
32 bits with a margin for their error; what decides in the end is computed in 64.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trialbook.clarify.nearest import TOLERANCE, Race, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from trialbook.clarify.nearest import Bools, Floats, Places

    Singles = NDArray[np.float32]

STEPS = (4, 8)
"""Neighbours in an order that are measured: of all asked rows, and of those that are still not settled."""
SAMPLE = 256
"""Rows that tell which columns are the widest."""
WORTH = 0.25
"""The share of the asked rows that the order must settle; where it does not, it is of little help with the others."""
MOST = 4096
"""Rows within the bound of one asked row, above which a tree is quicker."""
BLOCK = 1 << 20
"""Pairs of rows compared at once."""
CELLS = 16
"""Parts of the second widest column's range, about."""
EXACT = 2.0**24
"""Whole numbers up to this are exact in 32 bits."""
LEAST = 1e-15
"""More than what is lost of squares that are too small for 32 bits."""
SIZES = (1e-6, 1e12)
"""Spreads of the widest column for which 32 bits do."""
LARGEST = 1e18
DROPPED = 3
"""Columns after each of which the rows that are too far are dropped."""


def settle(race: Race) -> tuple[int, Places]:
    """Count the asked rows that the side `few` wins for sure, and give those that are not settled."""
    table = _Table.of(race)
    if table is None:
        return 0, race.asked
    asked, few, many = (table.side(rows) for rows in (race.asked, race.few, race.many))
    below = table.below(asked, few)
    for steps in STEPS:
        bound = table.above(asked, many, steps)
        open_ = np.flatnonzero(bound >= below)
        asked, below, bound = asked.some(open_), below[open_], bound[open_]
    if len(open_) > (1 - WORTH) * len(race.asked):
        return 0, race.asked
    bound = np.minimum(bound, table.above(*table.by_cells(asked, few), STEPS[-1]))
    return table.compared(asked, few, many, bound)


@dataclass(frozen=True)
class _Side:
    """Rows in an order.

    Attributes
    ----------
    rows
        Their numbers.
    values
        (rows, features), the widest column first.
    key
        (rows,) what they are in the order of.
    """

    rows: Places
    values: Singles
    key: Singles | Floats

    def some(self, which: Places) -> _Side:
        """Give some of them."""
        return _Side(self.rows[which], self.values[which], self.key[which])


@dataclass(frozen=True)
class _Table:
    """All rows in 32 bits, the widest column first; an error below half of `slack`, and of `up` - 1 of a distance."""

    race: Race
    values: Singles
    slack: np.float32
    up: np.float32

    @classmethod
    def of(cls, race: Race) -> _Table | None:
        """Make it; None if 32 bits do not hold such numbers."""
        rows = len(race.columns[0])
        sample = np.stack([column[:: rows // SAMPLE + 1].astype(np.float64) for column in race.columns])
        spread, middle = sample.std(axis=1), np.median(sample, axis=1)
        widest = np.argsort(-spread, kind="stable")
        if not SIZES[0] < spread[widest[0]] < SIZES[1]:
            return None
        values = np.empty((rows, len(race.columns)), np.float32)
        error = 0.0
        for place, number in enumerate(widest):
            column = race.columns[number]
            # Large numbers that differ little would all be the same in 32 bits
            column = column - np.rint(middle[number]) if abs(middle[number]) > EXACT / 4 else column
            with np.errstate(over="ignore"):
                values[:, place] = column
            if column.dtype.kind == "f" and not (values[:, place] == column).all():
                error = np.inf
        most = float(max(values.max(), -values.min()))
        if not most < LARGEST:
            return None
        exact = error == 0 and most < EXACT
        slack = LEAST if exact else LEAST + most / EXACT * 4 * values.shape[1] ** 0.5
        return cls(race, values, np.float32(slack), np.float32(1 + 1e-5 + values.shape[1] / EXACT))

    def side(self, rows: Places) -> _Side:
        """Give rows in the order of the widest column."""
        rows = rows[_order(self.values[rows, 0])]
        values = self.values.take(rows, axis=0)
        return _Side(rows, values, np.ascontiguousarray(values[:, 0]))

    def by_cells(self, asked: _Side, side: _Side) -> tuple[_Side, _Side]:
        """Put a side in the order of the parts of the second widest column, and of the widest within each."""
        if self.values.shape[1] == 1:
            return asked, side
        second, first = self.values[:, 1], self.values[:, 0]
        low, high = float(second.min()), float(second.max())
        width = (high - low) / CELLS or 1.0
        least, step = float(first.min()), 2 * (float(first.max()) - float(first.min()))
        keys = [
            np.rint((one.values[:, 1].astype(np.float64) - low) / width) * step + (one.key - least)
            for one in (asked, side)
        ]
        order = np.argsort(keys[1], kind="stable")
        return replace(asked, key=keys[0]), replace(side.some(order), key=keys[1][order])

    def above(self, asked: _Side, side: _Side, steps: int) -> Singles:
        """Give a bound from above of the distance at which a side has enough rows, (asked,)."""
        need, steps = self.race.need, min(steps, len(side.rows))
        first = np.searchsorted(side.key, asked.key) - steps // 2
        np.clip(first, 0, len(side.rows) - steps, out=first)
        ones = np.ones(self.values.shape[1], np.float32)
        least = [np.full(len(asked.rows), np.inf, np.float32) for _ in range(need)]
        for step in range(steps):
            apart = side.values.take(first + step, axis=0)
            apart -= asked.values
            apart *= apart
            found = apart @ ones
            for place in range(need - 1, 0, -1):
                np.minimum(least[place], np.maximum(least[place - 1], found), out=least[place])
            np.minimum(least[0], found, out=least[0])
        return np.asarray(np.sqrt(least[-1]) * self.up + self.slack, np.float32)

    def below(self, asked: _Side, side: _Side) -> Singles:
        """Give a bound from below of that distance, by the widest column alone."""
        need = self.race.need
        pad = np.full(need, np.inf, np.float32)
        # As many different rows at the ends, too: a row that counted twice would be no bound
        padded = np.concatenate([-pad, side.key, pad])
        place = np.searchsorted(side.key, asked.key)
        gap = np.full(len(asked.rows), np.inf, np.float32)
        for first in range(need + 1):
            low, high = padded[first:].take(place), padded[first + need - 1 :].take(place)
            np.minimum(gap, np.maximum(asked.key - low, high - asked.key), out=gap)
        return np.asarray(gap / self.up - self.slack, np.float32)

    def compared(self, asked: _Side, few: _Side, many: _Side, bound: Singles) -> tuple[int, Places]:
        """Find all rows within the bounds, and decide; gives the asked rows that trees decide better, too."""
        found = self.within(asked, few, bound)
        # Where `few` has too few rows within the bound, it is a bound of `many`, which wins
        found = self.measured(found, found.smallest(self.race.need), asked, few)
        third = found.smallest(self.race.need)
        rivals = self.within(asked, many, np.where(np.isfinite(third), third, -np.inf).astype(np.float32) * self.up)
        rivals = self.measured(rivals, third, asked, many)
        over = found.over | rivals.over
        won = share(self.race, found.around(third), rivals.around(third)) & np.isfinite(third) & ~over
        return int(won.sum()), asked.rows[over]

    def within(self, asked: _Side, side: _Side, bound: Singles) -> _Near:
        """Find the rows of a side that are not farther from an asked row than a bound."""
        reach = bound + self.slack
        first = np.searchsorted(side.key, asked.key - reach)
        count = np.maximum(np.searchsorted(side.key, asked.key + reach, "right") - first, 0)
        over = count > MOST
        count[over] = 0
        parts = [self._within(asked, side, reach, first, count, block) for block in _blocks(count)]
        who, other, distance = (np.concatenate(each) for each in zip(*parts, strict=True))
        return _Near(over, who, other, distance)

    def _within(
        self, asked: _Side, side: _Side, reach: Singles, first: Places, count: Places, block: slice
    ) -> tuple[Places, Places, Singles]:
        count = count[block]
        who = np.repeat(np.arange(block.start, block.stop), count)
        other = np.arange(len(who))
        other += (first[block] - (np.cumsum(count) - count)).take(who - block.start)
        square = reach * reach * self.up
        sums = np.zeros(len(who), np.float32)
        for place in range(self.values.shape[1]):
            apart = np.ascontiguousarray(side.values[:, place]).take(other)
            apart -= np.ascontiguousarray(asked.values[:, place]).take(who)
            apart *= apart
            sums += apart
            if 0 < place < DROPPED or place == self.values.shape[1] - 1:
                near = np.flatnonzero(sums <= square.take(who))
                sums, who, other = sums[near], who[near], other[near]
        return who, other, np.sqrt(sums)

    def measured(self, near: _Near, limit: Floats, asked: _Side, side: _Side) -> _Near:
        """Measure in 64 bits the distances that might be the limit, and drop those that are surely above it."""
        limit = limit[near.who]
        kept = np.flatnonzero((near.distance <= limit * self.up + self.slack) & np.isfinite(limit))
        who, other, distance = near.who[kept], near.other[kept], near.distance[kept].astype(np.float64)
        doubtful = np.flatnonzero(distance >= limit[kept] / self.up - self.slack)
        these, those = asked.rows[who[doubtful]], side.rows[other[doubtful]]
        square = np.zeros(len(these))
        for column in self.race.columns:
            apart = column[these].astype(np.float64)
            apart -= column[those]
            apart *= apart
            square += apart
        distance[doubtful] = np.sqrt(square)
        return _Near(near.over, who, other, distance)


@dataclass(frozen=True)
class _Near:
    """Pairs of an asked row and a row near it.

    Attributes
    ----------
    over
        Which of the asked rows have too many.
    who, other
        The places of the asked row, ascending, and of the other one.
    distance
        How far apart they are.
    """

    over: Bools
    who: Places
    other: Places
    distance: Singles | Floats

    def smallest(self, need: int) -> Floats:
        """Give the `need`-th smallest distance of each asked row, infinite where there are fewer."""
        found = np.full(len(self.over), np.inf)
        if not len(self.who):
            return found
        starts = np.flatnonzero(np.diff(self.who, prepend=-1))
        left = self.distance.copy()
        for _ in range(need):
            found[self.who[starts]] = np.minimum.reduceat(left, starts)
            # Takes one of each row's least away, then looks for the next
            least = np.flatnonzero(left == found[self.who])
            left[least[np.diff(self.who[least], prepend=-1) > 0]] = np.inf
        return found

    def around(self, distance: Floats) -> tuple[Places, Places]:
        """Count the rows nearer than a distance, and those at it, for each asked row."""
        at = distance[self.who]
        inside, within = (
            np.bincount(self.who[self.distance <= at * (1 + way * TOLERANCE)], minlength=len(self.over))
            for way in (-1, 1)
        )
        inside[distance == 0] = 0
        return inside, within - inside


def _order(values: Singles) -> Places:
    """Give the order of numbers in 32 bits: by the halves of their bits, which is some three times as quick."""
    bits = values.view(np.int32)
    bits = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    order = np.argsort(bits.astype(np.uint16), kind="stable")
    return order[np.argsort((bits >> 16).astype(np.int16)[order], kind="stable")]


def _blocks(count: Places) -> Iterator[slice]:
    """Cut counts into runs of at most about `BLOCK` in all."""
    ends = np.searchsorted(np.cumsum(count), np.arange(BLOCK, int(count.sum()) + BLOCK, BLOCK), "right")
    start = 0
    for end in [*ends.tolist(), len(count)]:
        if end > start or (not start and end == len(count)):
            yield slice(start, end)
            start = end
