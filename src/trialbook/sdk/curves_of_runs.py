"""Series as curves to draw: put on an axis, smoothed, thinned, averaged over runs."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trialbook.services.extras import need

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.sdk.reading import Metric
    from trialbook.sdk.transport import Transport
    from trialbook.wire.view import Column

MOST_POINTS = 4000
MOST_SERIES = 1000
"""Of one view."""
_DAY = 86_400.0


class Curve(NamedTuple):
    """What is drawn: (n,) float64 each, x in rising order."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def curve(series: Metric, x: str) -> Curve:
    """Put a series on an axis: "step" (the place, for points without one), "time" (days) or "relative" (seconds)."""
    if x == "step":
        from trialbook.sdk.reading import NO_STEP

        lacking = series.step == NO_STEP
        across = np.where(lacking, np.arange(len(series.step)), series.step).astype(np.float64)
    elif x == "time":
        across = series.time / _DAY  # Matplotlib counts days since 1970
    else:
        across = series.time - (series.time.min() if len(series.time) else 0.0)
    order = np.argsort(across, kind="stable")
    return Curve(across[order], series.value[order])


def viewed(transport: Transport, runs: Sequence[str], metric: str, x: str) -> dict[str, Curve]:
    """Read what a picture can show of a series of many runs: every point, or the extremes of each bucket.

    One call reads a thousand runs. Over "step", runs that have no point with a step cost a second call for all of them,
    and are read whole if they have points without one. Of a series in which only some points have a step, those are
    drawn. In buckets x is a bucket's begin, and y is a 32-bit float. Runs without the series are left out.
    """
    from trialbook.sdk.reading import read_metrics

    curves: dict[str, Curve] = {}
    names = list(dict.fromkeys(runs))
    for at in range(0, len(names), MOST_SERIES):
        part = names[at : at + MOST_SERIES]
        found = _view(transport, part, metric, x, MOST_POINTS // 2)
        rest = [run for run in part if run not in found]
        stepless = _view(transport, rest, metric, "time", 1) if rest and x == "step" else {}
        wholes = {run: curve(read_metrics(transport, run, [metric])[metric], x) for run in stepless}
        curves |= {run: (found | wholes)[run] for run in part if run in found or run in wholes}
    return curves


def _view(transport: Transport, runs: Sequence[str], metric: str, x: str, buckets: int) -> dict[str, Curve]:
    from trialbook.sdk.reading import EMPTY
    from trialbook.wire import points, view

    queries = [{"run": run, "metric": metric} for run in runs]
    ask = points.write({"names": [], "queries": queries, "x": x, "buckets": buckets}, EMPTY)
    seen = view.read(transport.exchange("view", ask))
    columns = zip(seen.head["series"], seen.series, strict=True)
    return {told["run"]: _shown(seen.x, one, x) for told, one in columns if one.count.any()}


def _shown(grid: NDArray[np.float64], column: Column, axis: str) -> Curve:
    """Draw each bucket as its minimum, its maximum and its last value; one of a single point as that point."""
    held = column.count > 0
    x = grid[held]
    low, high, last = (part[held].astype(np.float64) for part in (column.minimum, column.maximum, column.last))
    # A bucket of NaN alone is a gap; a NaN among numbers is none, as in `thinned`.
    keep = np.column_stack([np.ones(len(x), np.bool_), high > low, np.isfinite(last) & (low != last) & (high != last)])
    across = x / _DAY if axis == "time" else x - x[0] if axis == "relative" else x
    return Curve(np.repeat(across, keep.sum(axis=1)), np.column_stack([low, high, last])[keep])


def smoothed(one: Curve, weight: float) -> Curve:
    """Give the running mean, corrected for its start; what is not finite is passed over and stays."""
    mean, share, y = 0.0, 0.0, one.y.copy()
    for at, value in enumerate(one.y.tolist()):
        if math.isfinite(value):
            mean = weight * mean + (1 - weight) * value
            share = weight * share + (1 - weight)
            y[at] = mean / share
    return Curve(one.x, y)


def thinned(one: Curve, most: int = MOST_POINTS) -> Curve:
    """Keep the first smallest and largest point of each of `most` / 2 parts, so that no peak is lost."""
    n = len(one.x)
    if n <= most:
        return one
    edges = np.linspace(0, n, most // 2 + 1).astype(int)
    low, high = np.where(np.isnan(one.y), np.inf, one.y), np.where(np.isnan(one.y), -np.inf, one.y)
    kept = np.unique([(a + low[a:b].argmin(), a + high[a:b].argmax()) for a, b in pairwise(edges.tolist())])
    return Curve(one.x[kept], one.y[kept])


def averaged(
    curves: Sequence[Curve], band: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Average curves over their common x: give x, mean, and the band's low and high.

    A curve counts only between its first and last finite point. Where one curve is left the band is the mean itself.
    """
    x = np.unique(np.concatenate([one.x for one in curves]))
    if len(x) > MOST_POINTS:
        x = np.linspace(x[0], x[-1], MOST_POINTS)
    y = np.vstack([_at(one, x) for one in curves])
    n = np.isfinite(y).sum(axis=0)
    x, y, n = x[n > 0], y[:, n > 0], n[n > 0]
    middle = np.nansum(y, axis=0) / n
    if band == "range":
        return x, middle, np.nanmin(y, axis=0), np.nanmax(y, axis=0)
    spread = np.sqrt(np.nansum((y - middle) ** 2, axis=0) / np.maximum(n - 1, 1))
    if band == "interval":
        spread = spread / np.sqrt(n) * need("scipy.special", "plot").stdtrit(np.maximum(n - 1, 1), 0.975)
    return x, middle, middle - spread, middle + spread


def _at(one: Curve, x: NDArray[np.float64]) -> NDArray[np.float64]:
    finite = np.isfinite(one.y)
    if not finite.any():
        return np.full(len(x), np.nan)
    return np.interp(x, one.x[finite], one.y[finite], left=np.nan, right=np.nan)
