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
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ApiError, ValidationError
from trialbook.model import Document, Kind
from trialbook.services import grids, records
from trialbook.services.events import Cursor
from trialbook.services.grids import Curve
from trialbook.services.sketches import Sketch, in_order
from trialbook.store.interface import NO_STEP
from trialbook.wire.view import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Scan, Series
    from trialbook.wire.view import Column

AXES = ("step", "time", "relative", "axis")
METRIC = "metric:"
MOST_SERIES = 1000
MOST_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class ViewQuery:
    """What to draw: (run, metric) pairs, the axis, the range of x (None: all of it) and how many buckets at most."""

    series: Sequence[tuple[str, str]]
    x: str = "step"
    low: float | None = None
    high: float | None = None
    buckets: int = 1000

    def limits(self) -> tuple[float, float]:
        """Give the range of x; infinite where nothing bounds it."""
        return -math.inf if self.low is None else self.low, math.inf if self.high is None else self.high


def draw(call: Call, query: ViewQuery) -> View:
    """Answer a query. A run that is not there is said in the head, beside its series; the others are drawn.

    Raises `ValidationError` for an unknown axis, or a range that ends before it begins.
    """
    check_axis(query.x)
    if query.low is not None and query.high is not None and query.low > query.high:
        raise ValidationError(f"The range ends before it begins: 'from' is {query.low:g}, 'to' {query.high:g}.")
    runs = _find_runs(call, query)
    cursor = _cursor(call, runs)
    if _plain(query, runs):
        drawn = _scan(call, query, runs)
    else:
        drawn = _on_grid([_within(curve, query) for curve in _read(call, query, runs)], query)
    told = [_tell(pair, runs[pair[0]], count) for pair, count in zip(query.series, drawn.counts, strict=True)]
    head = {"x": query.x, "rev": cursor.rev, "cursor": cursor.text(), "series": told}
    return View({**drawn.head, **head}, drawn.x, drawn.columns)


def check_axis(x: str) -> None:
    """Raise `ValidationError` for an axis that there is not."""
    if x not in AXES and not x.startswith(METRIC):
        raise ValidationError(f"'x' is '{x}'; it must be one of {', '.join(AXES)} or '{METRIC}<name>'.")


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A grid (n,), the columns on it, the points of each series, and what the head says of the grid."""

    head: Document
    x: NDArray[np.float64]
    columns: list[Column]
    counts: list[int]


def _on_grid(curves: Sequence[Curve], query: ViewQuery) -> _Drawn:
    counts = [len(curve.x) for curve in curves]
    grid = grids.raw_grid(curves, query.buckets)
    if grid is not None:
        return _Drawn({"mode": "raw"}, grid, [grids.place(curve, grid) for curve in curves], counts)
    edge, head = _edges(query, *(grids.bounds(curves) or (0.0, 0.0)))
    return _Drawn(head, edge[:-1], [grids.bucket(curve, edge) for curve in curves], counts)


def _edges(query: ViewQuery, least: float, most: float) -> tuple[NDArray[np.float64], Document]:
    """Give the edges of buckets over the range that is asked for, or else over all points."""
    low = least if query.low is None else query.low
    high = most if query.high is None else query.high
    edge = grids.edges(low, high, query.buckets, whole=query.x == "step" and low.is_integer())
    return edge, {"mode": "buckets", "from": low, "to": high}


def _plain(query: ViewQuery, runs: dict[str, Entity | ApiError]) -> bool:
    """Say whether x is the step or the time of each point itself, so that its series is all there is to read."""
    found = ((runs[name], metric) for name, metric in query.series)
    return all(isinstance(run, ApiError) or axis_of(query.x, run, metric) is None for run, metric in found)


def _scan(call: Call, query: ViewQuery, runs: dict[str, Entity | ApiError]) -> _Drawn:
    low, high = query.limits()
    asked: dict[tuple[int, str], Entity] = {}
    keys = []
    for name, metric in query.series:
        run = runs[name]
        keys.append(None if isinstance(run, ApiError) else (run.id, metric))
        if not isinstance(run, ApiError):
            asked[run.id, metric] = run

    def look(scans: list[Scan]) -> _Drawn:
        begins = [_begin(query.x, run, scan) for run, scan in zip(asked.values(), scans, strict=True)]
        sketches = [Sketch.of(scan, begin, low, high) for scan, begin in zip(scans, begins, strict=True)]
        if max((sketch.sure() for sketch in sketches), default=0) <= query.buckets:
            curves = dict(zip(asked, (sketch.curve() for sketch in sketches), strict=True))
            return _on_grid([grids.NOTHING if key is None else curves[key] for key in keys], query)
        least = min(sketch.first() for sketch in sketches) if query.low is None else 0.0
        most = max(sketch.last() for sketch in sketches) if query.high is None else 0.0
        edge, head = _edges(query, least, most)
        columns = dict(zip(asked, (sketch.bucket(edge) for sketch in sketches), strict=True))
        shown = [grids.bucket(grids.NOTHING, edge) if key is None else columns[key] for key in keys]
        return _Drawn(head, edge[:-1], shown, [int(column.count.sum()) for column in shown])

    return call.store.scan(list(asked), look)


def _begin(x: str, run: Entity, scan: Scan) -> float | None:
    """Give what is taken off the times; None: x is the step."""
    if x == "time":
        return 0.0
    if x != "relative":
        return None
    return (run.doc or {}).get("StartTime") or min((one.time0 for one in scan.extents), default=0.0)


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


def _tell(pair: tuple[str, str], run: Entity | ApiError, count: int) -> Document:
    told: Document = {"run": pair[0], "metric": pair[1], "count": count}
    if isinstance(run, ApiError):
        told["error"] = run.message
    return told


def _within(curve: Curve, query: ViewQuery) -> Curve:
    if query.low is None and query.high is None:
        return curve
    return curve.between(*query.limits())


def _read(call: Call, query: ViewQuery, runs: dict[str, Entity | ApiError]) -> list[Curve]:
    """Read the series of all queries with their axes, at one moment, and put each over its axis, or its steps."""
    asked: dict[tuple[int, str], Series | None] = {}
    for name, metric in query.series:
        run = runs[name]
        if not isinstance(run, ApiError):
            asked[run.id, metric] = None
            axis = axis_of(query.x, run, metric)
            if axis is not None:
                asked[run.id, axis] = None
    read = dict(zip(asked, call.store.read_series(list(asked), timeless=True), strict=True))
    return [_curve(query.x, runs[name], metric, read) for name, metric in query.series]


def axis_of(x: str, run: Entity, metric: str) -> str | None:
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
        return grids.NOTHING
    series, axis = read[run.id, metric], axis_of(x, run, metric)
    return _over_steps(series) if axis is None else _over_metric(series, read[run.id, axis])


def _over_steps(series: Series) -> Curve:
    # In order of step already, so those without one come first.
    first = int(np.searchsorted(series.step, NO_STEP, side="right"))
    return Curve(series.step[first:], series.value[first:])


def along_metric(series: Series, axis: Series) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Say which points of a series have a place on another one, and give the places of those.

    A point's place is the axis's value at its step, or the last one before; points before the first one have none.
    """
    at = np.searchsorted(axis.step, series.step, side="right") - 1
    first = int(np.searchsorted(axis.step, NO_STEP, side="right"))
    has = (at >= first) & (series.step != NO_STEP)
    return has, axis.value[at[has]]


def _over_metric(series: Series, axis: Series) -> Curve:
    has, x = along_metric(series, axis)
    known = np.isfinite(x)
    return Curve(*in_order(x[known], series.value[has][known]))
