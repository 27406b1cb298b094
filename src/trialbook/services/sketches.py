"""A series over its steps or times, put into buckets piece by piece, so that its points are never all in memory.

What its pieces span is known before they are read: that says whether there are too many points to show each, and where
the grid begins and ends. A piece that lies in one bucket, with a later one in the same bucket behind it, is not read
at all: its least and greatest value are kept beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.services.grids import Curve, Filling, step_range
from trialbook.store.interface import NO_STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trialbook.services.grids import Floats, Xs
    from trialbook.store.interface import Extent, Scan, Series
    from trialbook.wire.view import Column


@dataclass(frozen=True, slots=True)
class Sketch:
    """One series within a range of x, not read yet.

    Attributes
    ----------
    begin
        What is taken off times to get x, in epoch seconds; None: x are steps.
    low, high
        The range of x, ends included.
    wanted
        (k,) numbers of the pieces that can have points within.
    least, most
        (k,) of each the least and the greatest x, int64 or float64.
    whole
        (k,) whether all its points are within.
    """

    scan: Scan
    begin: float | None
    low: float
    high: float
    wanted: NDArray[np.intp]
    least: Xs
    most: Xs
    whole: NDArray[np.bool_]

    @classmethod
    def of(cls, scan: Scan, begin: float | None, low: float, high: float) -> Sketch:
        """Find the pieces that a range of x needs."""
        if begin is None:
            low, high = step_range(low, high)
        least, most = _spans(scan.extents, begin)
        wanted = np.flatnonzero((most >= low) & (least <= high))
        least, most = least[wanted], most[wanted]
        return cls(scan, begin, low, high, wanted, least, most, (least >= low) & (most <= high))

    def sure(self) -> int:
        """Give a count of points that it has at least."""
        return sum(self.scan.extents[number].points for number in self.wanted[self.whole].tolist())

    def first(self) -> float:
        """Give the least x within; infinity where there is none. The range must not bound it from below."""
        stepless = self.begin is None and bool((self.least == NO_STEP).any())
        if stepless:
            return min((float(x[0]) for _, x, _ in self._parts(self.wanted.tolist()) if len(x)), default=math.inf)
        return float(self.least.min()) if len(self.least) else math.inf

    def last(self) -> float:
        """Give the greatest x within; -infinity where there is none. The range must not bound it from above."""
        return float(self.most.max()) if len(self.most) else -math.inf

    def curve(self) -> Curve:
        """Read all points."""
        parts: list[tuple[Any, Floats]] = [
            (x.copy(), value.copy()) for _, x, value in self._parts(self.wanted.tolist())
        ]
        if not parts:
            return Curve(self.least[:0], np.zeros(0))
        x: Any = np.concatenate([x for x, _ in parts])
        value: Floats = np.concatenate([value for _, value in parts])
        x, value = in_order(x, value)
        return Curve(x, value)

    def bucket(self, edge: Floats) -> Column:
        """Put its points into buckets."""
        filling = Filling(edge, whole=self.begin is None)
        hidden = self._hidden(filling)
        for number, least, most, nans in self.scan.ranges(self.wanted[hidden].tolist()):
            place = filling.place(self.least[self.wanted == number])[0]
            filling.widen(place, self.scan.extents[number].points, least, most, nans)
        for _, x, value in self._parts(self.wanted[~hidden].tolist()):
            filling.add(x, value)
        return filling.column

    def _hidden(self, filling: Filling) -> NDArray[np.bool_]:
        """Say which pieces lie in one bucket with a point of the next one behind them."""
        hidden = np.zeros(len(self.wanted), np.bool_)
        if len(hidden) < 2:
            return hidden
        first, last = filling.place(self.least), filling.place(self.most)
        follows = (self.least[1:] >= self.most[:-1]) & (self.least[1:] <= self.high) & (first[1:] == last[:-1])
        hidden[:-1] = self.whole[:-1] & (first == last)[:-1] & follows
        return hidden

    def _parts(self, wanted: Sequence[int]) -> Iterator[tuple[int, Xs, Floats]]:
        """Give number, x and values, in order of x, of each of some pieces, cut to the range."""
        cut = set(self.wanted[~self.whole].tolist())
        over_steps = self.begin is None
        for number, series in self.scan.pieces(wanted, step=over_steps, time=not over_steps):
            x, value = in_order(self._x(series), series.value)
            if number in cut:
                inside = slice(np.searchsorted(x, self.low), np.searchsorted(x, self.high, side="right"))
                x, value = x[inside], value[inside]
            yield number, x, value

    def _x(self, series: Series) -> Xs:
        if self.begin is None:
            return series.step
        return series.time - self.begin if self.begin else series.time


def _spans(extents: Sequence[Extent], begin: float | None) -> tuple[Xs, Xs]:
    if begin is None:
        return (
            np.array([one.step0 for one in extents], np.int64),
            np.array([one.step1 for one in extents], np.int64),
        )
    return np.array([one.time0 for one in extents]) - begin, np.array([one.time1 for one in extents]) - begin


def in_order(x: Xs, value: Floats) -> tuple[Xs, Floats]:
    """Sort points by x; those at one x stay in the order given."""
    if (x[1:] >= x[:-1]).all():
        return x, value
    order = np.argsort(x, kind="stable")
    return x[order], value[order]
