"""Series on one grid: equal buckets that keep the last, least and greatest value and the count of their points.

Bucket i of n holds the points with `edge[i] <= x < edge[i + 1]`, the last one its end too. No spike is lost, whatever
the zoom, and all series share the grid, so that a chart of many runs needs no joining. Where a range holds no more
different points than there may be buckets, the points themselves are the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.wire.view import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_MOST_WHOLE = 2.0**62


@dataclass(frozen=True, slots=True)
class Curve:
    """Points to draw, in order of x; of two at one x the later one follows.

    `x` is (n,) float64 or int64 (steps stay whole numbers: to make floats of a million takes a millisecond), `value`
    (n,) float64.
    """

    x: Floats | NDArray[np.int64]
    value: Floats

    def between(self, low: float, high: float) -> Curve:
        """Give the points with `low <= x <= high`."""
        floats = self.x.dtype.kind == "f"
        start = np.searchsorted(self.x, low) if floats else _first(self.x, np.array([low]))[0]
        end = np.searchsorted(self.x, high, side="right") if floats else _first(self.x, np.array([high + 1]))[0]
        part = slice(start, end)
        return Curve(self.x[part], self.value[part])


def _first(x: Floats | NDArray[np.int64], edge: Floats) -> NDArray[np.int64]:
    """Give the place of the first x at or past each edge."""
    if x.dtype.kind == "i":
        # As whole numbers, else NumPy makes floats of all x.
        edge = np.ceil(np.clip(edge, -_MOST_WHOLE, _MOST_WHOLE)).astype(np.int64)
    return np.searchsorted(x, edge)


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


def bucket(curve: Curve, edge: Floats) -> Column:
    """Put a curve, all of it within the edges, into buckets."""
    n = len(edge) - 1
    starts = _first(curve.x, edge)
    starts[0], starts[-1] = 0, len(curve.x)
    count = np.diff(starts)
    some = np.flatnonzero(count)
    column = Column(count.astype(np.uint32), *(np.full(n, np.nan) for _ in range(3)))
    if len(some):
        begin = starts[some]
        column.last[some] = curve.value[begin + count[some] - 1]
        column.minimum[some] = np.fmin.reduceat(curve.value, begin)
        column.maximum[some] = np.fmax.reduceat(curve.value, begin)
    return column


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


def _occurrence(x: Floats | NDArray[np.int64]) -> NDArray[np.int64]:
    """Say of each point which one at its x it is, from 0 on."""
    place = np.arange(len(x))
    return place - np.searchsorted(x, x)


def place(curve: Curve, grid: Floats) -> Column:
    """Put a curve onto a grid of `raw_grid`."""
    value, count = np.full(len(grid), np.nan), np.zeros(len(grid), np.uint32)
    at = np.searchsorted(grid, curve.x.astype(np.float64)) + _occurrence(curve.x)
    value[at], count[at] = curve.value, 1
    return Column(count, value, value, value)
