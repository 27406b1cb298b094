"""Charts: many series of many runs on one grid, over steps, time, or another metric of their runs.

============  ========================================================================================================
x             where a point is
============  ========================================================================================================
``step``      at its step; points without one are left out
``time``      at its time, in epoch seconds
``relative``  at the seconds since its run's start, or, without one, since the series' first point
``axis``      at the metric that the run declares as the axis of the series (`Run.define_metric`), else at its step
``metric:m``  at the value that the metric `m` of the run had at the point's step: the last one logged by then
============  ========================================================================================================
"""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.errors import ApiError, ValidationError
from trialbook.model import Document, Kind
from trialbook.services import grids, records
from trialbook.services.events import Cursor
from trialbook.services.grids import Curve
from trialbook.store.interface import NO_STEP
from trialbook.wire.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Series

AXES = ("step", "time", "relative", "axis")
METRIC = "metric:"
MOST_SERIES = 1000
MOST_BUCKETS = 10_000
_MOST_STEP = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """What to draw: (run, metric) pairs, the axis, the range of x (None: all of it) and how many buckets at most."""

    series: Sequence[tuple[str, str]]
    x: str = "step"
    low: float | None = None
    high: float | None = None
    buckets: int = 1000


def draw(call: Call, query: ViewQuery) -> View:
    """Answer a query. A run that is not there is said in the head, beside its series; the others are drawn.

    Raises `ValidationError` for an unknown axis, or a range that ends before it begins.
    """
    if query.x not in AXES and not query.x.startswith(METRIC):
        raise ValidationError(f"'x' is '{query.x}'; it must be one of {', '.join(AXES)} or '{METRIC}<name>'.")
    if query.low is not None and query.high is not None and query.low > query.high:
        raise ValidationError(f"The range ends before it begins: 'from' is {query.low:g}, 'to' {query.high:g}.")
    runs = _find_runs(call, query)
    cursor = _cursor(call, runs)
    curves = [_within(curve, query) for curve in _read(call, query, runs)]
    told = [_tell(pair, runs[pair[0]], curve) for pair, curve in zip(query.series, curves, strict=True)]
    head: Document = {"mode": "raw", "x": query.x, "rev": cursor.rev, "cursor": cursor.text(), "series": told}
    grid = grids.raw_grid(curves, query.buckets)
    if grid is not None:
        return View(head, grid, [grids.place(curve, grid) for curve in curves])
    low, high = grids.bounds(curves) or (0.0, 0.0)
    low = low if query.low is None else query.low
    high = high if query.high is None else query.high
    edge = grids.edges(low, high, query.buckets, whole=query.x == "step" and low.is_integer())
    head.update({"mode": "buckets", "from": low, "to": high})
    return View(head, edge[:-1], [grids.bucket(curve, edge) for curve in curves])


def _cursor(call: Call, runs: dict[str, Entity | ApiError]) -> Cursor:
    """Say where events go on from what is about to be read."""
    found = [run.id for run in runs.values() if not isinstance(run, ApiError)]
    return Cursor(call.store.database_id, call.store.last_rev(), call.store.position(found))


def _find_runs(call: Call, query: ViewQuery) -> dict[str, Entity | ApiError]:
    found: dict[str, Entity | ApiError] = {}
    for name in dict.fromkeys(run for run, _ in query.series):
        try:
            found[name] = records.require(call.store, call, Kind.TRIAL_COMPONENT, name)
        except ApiError as error:
            found[name] = error
    return found


def _tell(pair: tuple[str, str], run: Entity | ApiError, curve: Curve) -> Document:
    told: Document = {"run": pair[0], "metric": pair[1], "count": len(curve.x)}
    if isinstance(run, ApiError):
        told["error"] = run.message
    return told


def _within(curve: Curve, query: ViewQuery) -> Curve:
    if query.low is None and query.high is None:
        return curve
    return curve.between(-math.inf if query.low is None else query.low, math.inf if query.high is None else query.high)


def _read(call: Call, query: ViewQuery, runs: dict[str, Entity | ApiError]) -> list[Curve]:
    """Read the series of all queries with their axes, at one moment, and put each over its x."""
    asked: dict[tuple[int, str], Series | None] = {}
    for name, metric in query.series:
        run = runs[name]
        if not isinstance(run, ApiError):
            asked[run.id, metric] = None
            axis = _axis(query.x, run, metric)
            if axis is not None:
                asked[run.id, axis] = None
    bounds = _bounds(query)
    timeless = query.x not in {"time", "relative"}
    read = dict(zip(asked, call.store.read_series(list(asked), **bounds, timeless=timeless), strict=True))
    return [_curve(query.x, runs[name], metric, read) for name, metric in query.series]


def _bounds(query: ViewQuery) -> dict[str, tuple[Any, Any]]:
    """Give what the store can leave out; what is left is cut to the range afterwards."""
    low, high = (-math.inf if query.low is None else query.low), (math.inf if query.high is None else query.high)
    if query.x == "step":
        return {"steps": (math.ceil(_step(low)), math.floor(_step(high)))}
    if query.x == "time" and math.isfinite(low) and math.isfinite(high):
        return {"times": (low, high)}
    return {}


def _step(x: float) -> float:
    """Bring a number into the range of steps; that of points without one is left out."""
    return min(max(x, -_MOST_STEP), _MOST_STEP)


def _axis(x: str, run: Entity, metric: str) -> str | None:
    """Name the metric that is the x of a series; None when it is none."""
    if x.startswith(METRIC):
        return x[len(METRIC) :]
    if x != "axis":
        return None
    axes = (run.doc or {}).get("_axes", {})
    for pattern in (metric, *sorted(axes, key=len, reverse=True)):
        axis = axes.get(pattern)
        if isinstance(axis, str) and axis != metric and fnmatch.fnmatchcase(metric, pattern):
            return axis
    return None


def _curve(x: str, run: Entity | ApiError, metric: str, read: dict[tuple[int, str], Series]) -> Curve:
    if isinstance(run, ApiError):
        return Curve(np.zeros(0), np.zeros(0))
    series, axis = read[run.id, metric], _axis(x, run, metric)
    if axis is not None:
        return _over_metric(series, read[run.id, axis])
    if x in {"step", "axis"}:
        return _over_steps(series)
    begin = 0.0
    if x == "relative" and len(series.time):
        begin = (run.doc or {}).get("StartTime") or float(series.time.min())
    return _sorted(series.time - begin if begin else series.time, series.value)


def _over_steps(series: Series) -> Curve:
    # In order of step already, so those without one come first.
    first = int(np.searchsorted(series.step, NO_STEP, side="right"))
    return Curve(series.step[first:], series.value[first:])


def _over_metric(series: Series, axis: Series) -> Curve:
    """Give each point the axis's value at its step, or the last one before; points before the first one have none."""
    at = np.searchsorted(axis.step, series.step, side="right") - 1
    first = int(np.searchsorted(axis.step, NO_STEP, side="right"))
    has = (at >= first) & (series.step != NO_STEP)
    x = axis.value[at[has]]
    known = np.isfinite(x)
    return _sorted(x[known], series.value[has][known])


def _sorted(x: NDArray[np.float64], value: NDArray[np.float64]) -> Curve:
    if (x[1:] >= x[:-1]).all():
        return Curve(x, value)
    order = np.argsort(x, kind="stable")
    return Curve(x[order], value[order])
