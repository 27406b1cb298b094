"""Series on one grid: equal buckets that keep the last, least and greatest value, and count their points and NaNs.

Bucket i of n holds the points with `edge[i] <= x < edge[i + 1]`, the last one its end too. No spike is lost, whatever
the zoom, and all series share the grid, so that a chart of many runs needs no joining. Where a range holds no more
different points than there may be buckets, the points themselves are the grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.wire.view import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Xs = Floats | NDArray[np.int64]

_MOST_STEP = 2**63 - 1
_MOST_WHOLE = 2.0**62


@dataclass(frozen=True, slots=True)
class Curve:
    """Points to draw, in order of x; of two at one x the later one follows.

    `x` is (n,) float64 or int64 (steps stay whole numbers: to make floats of a million takes a millisecond), `value`
    (n,) float64.
    """

    x: Xs
    value: Floats

    def between(self, low: float, high: float) -> Curve:
        """Give the points with `low <= x <= high`."""
        if self.x.dtype.kind == "i":
            # As whole numbers, else NumPy makes floats of all x.
            low, high = step_range(low, high)
        part = slice(np.searchsorted(self.x, low), np.searchsorted(self.x, high, side="right"))
        return Curve(self.x[part], self.value[part])


def step_range(low: float, high: float) -> tuple[int, int]:
    """Give the least and the greatest step within a range of x; that of points without one is never within."""
    least, most = (min(max(x, -_MOST_STEP), _MOST_STEP) for x in (low, high))
    return math.ceil(least), math.floor(most)


NOTHING = Curve(np.zeros(0), np.zeros(0))
"""The curve of a run that is not there."""


def _ceiled(edge: Floats) -> NDArray[np.int64]:
    return np.ceil(np.clip(edge, -_MOST_WHOLE, _MOST_WHOLE)).astype(np.int64)


def bounds(curves: Sequence[Curve]) -> tuple[float, float] | None:
    """Give the least and the greatest x; None when there is no point."""
    some = [curve.x for curve in curves if len(curve.x)]
    return (float(min(x[0] for x in some)), float(max(x[-1] for x in some))) if some else None


def edges(low: float, high: float, buckets: int, *, whole: bool) -> Floats:
    """Give the begin of each bucket and the end of the last: n + 1 numbers.

    Parameters
    ----------
    whole
        x are whole numbers: no bucket is narrower than 1.
    """
    if whole:
        buckets = int(min(buckets, max(high - low + 1, 1)))
        high = low + buckets if high - low < buckets else high
    # Halved first: the difference of two finite numbers can be infinite.
    share = np.arange(buckets + 1) / buckets
    return low * (1 - share) + high * share if low < high else np.array([low, low])


class Filling:
    """Buckets that are filled with one part of a series after another.

    Of points at the same x in different parts, that of the later part is the later one.

    Parameters
    ----------
    edge
        (n + 1,) where each bucket begins, and the end of the last; all points lie within.
    whole
        x are int64, not float64.
    """

    def __init__(self, edge: Floats, *, whole: bool) -> None:
        n = len(edge) - 1
        # As whole numbers, else NumPy makes floats of all x.
        self._inner: NDArray[Any] = _ceiled(edge[1:-1]) if whole else edge[1:-1]
        self._at: NDArray[Any] = np.full(n, np.iinfo(np.int64).min if whole else -np.inf, np.int64 if whole else None)
        self._nans = np.zeros(n, np.uint32)
        last, least, most = (np.full(n, np.nan) for _ in range(3))
        self.column = Column(np.zeros(n, np.uint32), last, least, most, self._nans)

    def add(self, x: Xs, value: Floats) -> None:
        """Add points in order of x."""
        if not len(x):
            return
        first, last = np.searchsorted(self._inner, (x[0], x[-1]), side="right").tolist()
        begin = np.empty(last - first + 2, np.intp)
        begin[0], begin[-1] = 0, len(x)
        begin[1:-1] = np.searchsorted(x, self._inner[first:last])
        count = begin[1:] - begin[:-1]
        begin, end = begin[:-1], begin[1:] - 1
        place: Any = slice(first, last + 1)
        if not count.all():
            held = np.flatnonzero(count)
            place, begin, end, count = first + held, begin[held], end[held], count[held]
        column = self.column
        column.count[place] += count.astype(np.uint32)
        column.minimum[place] = np.fmin(column.minimum[place], np.fmin.reduceat(value, begin))
        column.maximum[place] = np.fmax(column.maximum[place], np.fmax.reduceat(value, begin))
        odd = np.isnan(value)
        if odd.any():
            self._nans[place] += np.add.reduceat(odd, begin, dtype=np.uint32)
        ends, lasts = x[end], value[end]
        earlier = ends < self._at[place]
        if earlier.any():
            ends, lasts = np.where(earlier, self._at[place], ends), np.where(earlier, column.last[place], lasts)
        self._at[place], column.last[place] = ends, lasts

    def place(self, x: Xs) -> NDArray[np.intp]:
        """Give the bucket of each x."""
        return np.searchsorted(self._inner, x, side="right")

    def widen(self, place: int, count: int, least: float, most: float, nans: int) -> None:
        """Add points of one bucket, not its last one: their range (NaN: no numbers), and how many are NaN."""
        column = self.column
        column.count[place] += count
        self._nans[place] += nans
        column.minimum[place] = np.fmin(column.minimum[place], least)
        column.maximum[place] = np.fmax(column.maximum[place], most)


def bucket(curve: Curve, edge: Floats) -> Column:
    """Put a curve, all of it within the edges, into buckets."""
    filling = Filling(edge, whole=curve.x.dtype.kind == "i")
    filling.add(curve.x, curve.value)
    return filling.column


def raw_grid(curves: Sequence[Curve], most: int) -> Floats | None:
    """Give the different x of all curves, one that comes again in a curve as often as there; None for over `most`."""
    if max((len(curve.x) for curve in curves), default=0) > most:
        return None
    seen, again = [np.zeros(0)], [np.zeros(0, np.int64)]
    for curve in curves:
        seen.append(curve.x.astype(np.float64))
        again.append(_occurrence(curve.x))
    slots = np.unique(np.rec.fromarrays([np.concatenate(seen), np.concatenate(again)]))
    return slots["f0"].astype(np.float64) if len(slots) <= most else None


def _occurrence(x: Xs) -> NDArray[np.int64]:
    """Say of each point which one at its x it is, from 0 on."""
    place = np.arange(len(x))
    return place - np.searchsorted(x, x)


def place(curve: Curve, grid: Floats) -> Column:
    """Put a curve onto a grid of `raw_grid`."""
    value, count = np.full(len(grid), np.nan), np.zeros(len(grid), np.uint32)
    at = np.searchsorted(grid, curve.x.astype(np.float64)) + _occurrence(curve.x)
    value[at], count[at] = curve.value, 1
    return Column(count, value, value, value)
