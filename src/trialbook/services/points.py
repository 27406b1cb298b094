"""One point of a series, found by its place on a chart: with its step, its time and its value, all digits kept.

A chart has one axis; who points at a line asks for the rest by this.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np

from trialbook.model import Kind
from trialbook.services import records, views
from trialbook.services.forms import Says
from trialbook.services.grids import step_range
from trialbook.store.interface import NO_STEP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Series

_ROUNDING = 1e-3
"""Seconds by which times are read wider than asked: a time less its run's start is rounded."""


@dataclass(frozen=True, slots=True)
class PointForm:
    """Which point is meant: the last one of a series within a range of the axis."""

    run: Annotated[str, Says("The name of a run, or its ARN.")]
    metric: Annotated[str, Says("The name of a metric.")]
    x: Annotated[str, Says("The axis, as `view` takes it.")] = "step"
    low: Annotated[float | None, Says("Where the range begins; the point may lie on it.")] = None
    high: Annotated[float | None, Says("Where the range ends; the point may lie on it.")] = None


def point(call: Call, form: PointForm) -> Document:
    """Give the last point within a range, or None where there is none.

    Returns
    -------
    `point`: `step` (None without one), `time` in epoch seconds, `since` the run's start in seconds, and `value`.

    Raises `ValidationError` for an unknown axis, and `NotFoundError` for a run that is not there.
    """
    views.check_axis(form.x)
    run = records.require(call.store, call, Kind.TRIAL_COMPONENT, form.run)
    low = -math.inf if form.low is None else form.low
    high = math.inf if form.high is None else form.high
    begin = _start(call, run, form.metric)
    series, x = _read(call, run, form, begin, (low, high))
    inside = np.flatnonzero((x >= low) & (x <= high))
    if not len(inside):
        return {"point": None}
    # Of points at one x the later one follows.
    at = int(inside[np.flatnonzero(x[inside] == x[inside].max())[-1]])
    step, time = int(series.step[at]), float(series.time[at])
    told = {"step": None if step == NO_STEP else step, "time": time, "since": time - begin}
    return {"point": {**told, "value": float(series.value[at])}}


def _start(call: Call, run: Entity, metric: str) -> float:
    start = (run.doc or {}).get("StartTime")
    if start:
        return float(start)
    return call.store.scan([(run.id, metric)], lambda scans: min((one.time0 for one in scans[0].extents), default=0.0))


def _read(
    call: Call, run: Entity, form: PointForm, begin: float, limits: tuple[float, float]
) -> tuple[Series, NDArray[np.float64]]:
    """Give the points that can be meant, and the x of each (NaN: it has none)."""
    key, axis = (run.id, form.metric), views.axis_of(form.x, run, form.metric)
    if axis is not None:
        series, over = call.store.read_series([key, (run.id, axis)])
        x = np.full(len(series.step), np.nan)
        has, places = views.along_metric(series, over)
        x[has] = places
        return series, x
    if form.x in {"time", "relative"}:
        off = begin if form.x == "relative" else 0.0
        times = (limits[0] + off - _ROUNDING, limits[1] + off + _ROUNDING)
        (series,) = call.store.read_series([key], times=times)
        return series, series.time - off
    (series,) = call.store.read_series([key], steps=step_range(*limits))
    return series, np.where(series.step == NO_STEP, np.nan, series.step)
