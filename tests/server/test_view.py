"""Charts by `/api/v1/view`: one grid, no spike lost, NaN and empty told apart, whatever was merged."""

from __future__ import annotations

import json
import math
import urllib.request
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook.errors import ValidationError
from trialbook.handlers import native
from trialbook.handlers.dispatch import dispatch
from trialbook.model import Document, Kind
from trialbook.services import grids, records
from trialbook.services.context import Call
from trialbook.store import codec
from trialbook.store.interface import NO_STEP
from trialbook.testing.store_contract.series import Point, as_points
from trialbook.wire import view as wire

XS = st.floats(-1e6, 1e6) | st.integers(-20, 20).map(float)
CURVES = st.lists(st.lists(st.tuples(XS, st.floats(width=32)), max_size=40), max_size=4)


def make(call: Call, name: str, rows: Sequence[Point], **doc: object) -> int:
    dispatch(call, "sagemaker", "CreateTrialComponent", {"TrialComponentName": name})
    entity = records.require(call.store, call, Kind.TRIAL_COMPONENT, name)
    if doc:
        call.store.write(lambda tx: records.save(tx, call, entity, {**records.document(entity), **doc}))
    add(call, name, 0, rows)
    return entity.id


def add(call: Call, name: str, seq: int, rows: Sequence[Point]) -> None:
    run = records.require(call.store, call, Kind.TRIAL_COMPONENT, name).id
    call.store.write(lambda tx: tx.append(run, "w", seq, as_points(rows)))


def draw(call: Call, *series: tuple[str, str], **members: object) -> wire.View:
    queries = [{"run": run, "metric": metric} for run, metric in series]
    return wire.read(native.VIEWS["view"](call, {"queries": queries, **members}))


def same(a: float, b: float) -> bool:
    return a == b or (math.isnan(a) and math.isnan(b))


def check_bucket(inside: list[float], column: wire.Column, place: int) -> None:
    """Hold one bucket against the plain list of its values."""
    assert column.count[place] == len(inside)
    numbers = [value for value in inside if not math.isnan(value)]
    assert same(column.last[place], inside[-1] if inside else math.nan)
    assert same(column.minimum[place], min(numbers, default=math.nan))
    assert same(column.maximum[place], max(numbers, default=math.nan))
    assert column.nans is not None
    assert column.nans[place] == len(inside) - len(numbers)


@settings(deadline=None)
@given(curves=CURVES, buckets=st.integers(1, 30), whole=st.booleans())
def test_every_bucket_is_what_a_plain_loop_says(
    curves: list[list[tuple[float, float]]], buckets: int, whole: bool
) -> None:
    rows = [sorted(((math.floor(x) if whole else x), v) for x, v in curve) for curve in curves]
    made = [grids.Curve(np.array([x for x, _ in one], float), np.array([v for _, v in one], float)) for one in rows]
    low, high = grids.bounds(made) or (0.0, 0.0)
    edge = grids.edges(low, high, buckets, whole=whole)
    assert len(edge) <= buckets + 1
    assert (edge[1:] >= edge[:-1]).all()
    for curve, one in zip(made, rows, strict=True):
        column = grids.bucket(curve, edge)
        last = len(edge) - 2
        for place in range(last + 1):
            inside = [v for x, v in one if edge[place] <= x and (x < edge[place + 1] or place == last)]
            check_bucket(inside, column, place)


@settings(deadline=None)
@given(curves=CURVES)
def test_a_raw_grid_has_every_point_once(curves: list[list[tuple[float, float]]]) -> None:
    rows = [sorted(curve, key=lambda one: one[0]) for curve in curves]
    made = [grids.Curve(np.array([x for x, _ in one], float), np.array([v for _, v in one], float)) for one in rows]
    grid = grids.raw_grid(made, 1000)
    assert grid is not None
    for curve, one in zip(made, rows, strict=True):
        column = grids.place(curve, grid)
        kept = column.count > 0
        assert grid[kept].tolist() == [x for x, _ in one]
        assert all(same(a, b) for a, (_, b) in zip(column.last[kept].tolist(), one, strict=True))
    assert sum(len(one) for one in rows) >= len(grid)


def test_many_series_share_one_grid_and_keep_their_spikes(call: Call) -> None:
    for name, spike in (("a", 777), ("b", 3333)):
        make(call, name, [("loss", step, float(step), 1.0 if step != spike else 99.0) for step in range(5000)])
    view = draw(call, ("a", "loss"), ("b", "loss"), ("a", "nothing"), buckets=100)
    assert view.head["mode"] == "buckets"
    assert (view.head["from"], view.head["to"], len(view.x)) == (0, 4999, 100)
    assert [one["count"] for one in view.head["series"]] == [5000, 5000, 0]
    assert [int(np.nanargmax(column.maximum)) for column in view.series[:2]] == [15, 66]
    assert view.series[0].count.sum() == 5000
    assert (view.series[2].count == 0).all()
    assert np.isnan(view.series[2].last).all()


def test_few_points_come_raw_and_exact(call: Call) -> None:
    make(call, "a", [("loss", step, 1.0, 1 / 3 + step) for step in (0, 1, 5, 5)])
    make(call, "b", [("loss", step, 1.0, math.nan) for step in (1, 7)])
    view = draw(call, ("a", "loss"), ("b", "loss"), buckets=10)
    assert view.head["mode"] == "raw"
    assert view.x.tolist() == [0.0, 1.0, 5.0, 5.0, 7.0]
    assert view.series[0].last[:4].tolist() == [1 / 3, 1 / 3 + 1, 1 / 3 + 5, 1 / 3 + 5]
    assert view.series[0].count.tolist() == [1, 1, 1, 1, 0]
    assert view.series[1].count.tolist() == [0, 1, 0, 0, 1]
    assert np.isnan(view.series[1].last).all()


def test_nan_infinity_and_nothing_are_told_apart(call: Call) -> None:
    values = [math.nan, math.inf, -math.inf, 1e300, 2.0] * 20
    make(call, "a", [("loss", step if step < 50 else step + 900, 0.0, value) for step, value in enumerate(values)])
    view = draw(call, ("a", "loss"), buckets=50)
    column = view.series[0]
    assert (column.count == 0).any()
    full = column.count > 0
    assert (column.maximum[full] == np.inf).all()
    assert (column.minimum[full] == -np.inf).all()
    one = draw(call, ("a", "loss"), buckets=50, **{"from": 0, "to": 49}).series[0]
    assert one.count.tolist() == [1] * 50
    assert np.isnan(one.last[0])
    assert np.isfinite(draw(call, ("a", "loss"), buckets=10, **{"from": 3, "to": 33}).series[0].last).any()


def test_a_zoom_shows_the_points_of_its_range_alone(call: Call) -> None:
    make(call, "a", [("loss", step, 100.0 + step, float(step)) for step in range(3000)])
    by_step = draw(call, ("a", "loss"), buckets=10, **{"from": 1000, "to": 1009})
    assert (by_step.head["mode"], by_step.x.tolist()) == ("raw", [float(step) for step in range(1000, 1010)])
    by_time = draw(call, ("a", "loss"), x="time", buckets=5, **{"from": 1100.0, "to": 1199.0})
    assert by_time.series[0].count.tolist() == [20] * 5
    assert by_time.series[0].minimum[0] == 1000
    outside = draw(call, ("a", "loss"), **{"from": 1e30, "to": 1e31})
    assert (outside.head["series"][0]["count"], len(outside.x)) == (0, 0)


def test_every_x_places_points_by_its_own_rule(call: Call) -> None:
    rows: list[Point] = [("loss", step, 110.0 + step, float(step)) for step in range(4)]
    rows += [("epoch", 0, 0.0, 10.0), ("epoch", 2, 0.0, 20.0), ("loss", NO_STEP, 105.0, -1.0)]
    make(call, "a", rows, StartTime=100.0, _axes={"loss": "epoch"})
    assert draw(call, ("a", "loss")).x.tolist() == [0, 1, 2, 3]
    assert draw(call, ("a", "loss"), x="time").x.tolist() == [105, 110, 111, 112, 113]
    assert draw(call, ("a", "loss"), x="relative").x.tolist() == [5, 10, 11, 12, 13]
    for x in ("axis", "metric:epoch"):
        view = draw(call, ("a", "loss"), x=x)
        assert (view.x.tolist(), view.series[0].last.tolist()) == ([10, 10, 20, 20], [0, 1, 2, 3])
    assert draw(call, ("a", "epoch"), x="axis").x.tolist() == [0, 2]


@pytest.mark.parametrize("x", ["step", "time", "relative"])
def test_a_merge_changes_no_picture(call: Call, x: str) -> None:
    rng = np.random.default_rng(0)
    rows = [("loss", int(step), float(time), float(time)) for step, time in rng.integers(0, 3000, (4000, 2))]
    run = make(call, "a", rows[:2000])
    call.store.merge(run)
    add(call, "a", 1, rows[2000:])
    ask: Document = {"queries": [{"run": "a", "metric": "loss"}], "x": x, "buckets": 64, "from": 100, "to": 2000}
    before = wire.read(native.VIEWS["view"](call, ask))
    call.store.merge(run)
    after = wire.read(native.VIEWS["view"](call, ask))
    assert (after.x == before.x).all()
    for name in ("count", "last", "minimum", "maximum", "nans"):
        np.testing.assert_array_equal(getattr(after.series[0], name), getattr(before.series[0], name))


def test_a_run_that_is_gone_is_told_beside_the_others(call: Call) -> None:
    make(call, "a", [("loss", 0, 0.0, 1.0)])
    view = draw(call, ("gone", "loss"), ("a", "loss"))
    assert "does not exist" in view.head["series"][0]["error"]
    assert view.series[1].last.tolist() == [1.0]
    assert view.series[0].count.tolist() == [0]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"x": "steps"}, "'x' is 'steps'; it must be one of step, time"),
        ({"x": 1}, "'x' must be given as text"),
        ({"buckets": 0}, "'buckets' is 0"),
        ({"from": "a"}, "'from' is 'a'; it must be a finite number"),
        ({"from": 2, "to": 1}, "ends before it begins"),
        ({"queries": [{"run": "a"}]}, "'run' and 'metric' as text"),
        ({"queries": "a"}, "'queries' must be a list"),
    ],
)
def test_what_cannot_be_drawn_is_told(call: Call, members: Document, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        native.VIEWS["view"](call, {"queries": [], **members})


def test_a_browser_asks_in_json_over_http(live_server: object) -> None:
    url = live_server.url  # type: ignore[attr-defined]
    live_server.client("sagemaker").create_trial_component(TrialComponentName="a")  # type: ignore[attr-defined]
    body = json.dumps({"queries": [{"run": "a", "metric": "loss"}]}).encode()
    request = urllib.request.Request(f"{url}/api/v1/view", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Type"] == wire.MEDIA_TYPE
        view = wire.read(answer.read())
    assert view.head["series"] == [{"run": "a", "metric": "loss", "count": 0}]


STEP = st.integers(-3, 40) | st.just(NO_STEP)
TIME = st.integers(0, 50).map(float) | st.floats(0, 1e6)
VALUE = st.floats(width=32) | st.sampled_from([math.nan, math.inf, -math.inf, -0.0])
ROWS = st.lists(st.tuples(st.sampled_from(["loss", "auc"]), STEP, TIME, VALUE), max_size=60)
LIMIT = st.none() | st.integers(-5, 55).map(float) | st.floats(-5, 55)


def plainly(rows: list[Point], x: str, begin: float, low: float, high: float) -> list[tuple[float, float]]:
    """Give (x, value) of the points within a range, by sorting a list."""
    ordered = sorted(rows, key=lambda row: row[1:3])
    if x == "step":
        points = [(float(step), value) for _, step, _, value in ordered if step != NO_STEP]
    else:
        points = sorted(((time - begin, value) for _, _, time, value in ordered), key=lambda point: point[0])
    return [point for point in points if low <= point[0] <= high]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(st.tuples(ROWS, st.booleans()), min_size=1, max_size=4),
    x=st.sampled_from(["step", "time", "relative"]),
    low=LIMIT,
    high=LIMIT,
    buckets=st.integers(1, 12),
    start=st.none() | st.integers(1, 30).map(float),
)
def test_a_view_of_a_store_is_what_a_plain_loop_says(
    call: Call,
    batches: list[tuple[list[Point], bool]],
    x: str,
    low: float | None,
    high: float | None,
    buckets: int,
    start: float | None,
) -> None:
    """Chunks of 8 points, so that few points make many pieces: late, repeated, stepless, NaN and infinite ones."""
    if low is not None and high is not None and low > high:
        low, high = high, low
    name = f"run {call.store.last_rev()}"
    run = make(call, name, [], **({} if start is None else {"StartTime": start}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "CHUNK_POINTS", 8)
        patch.setattr(codec, "OVERVIEW_POINTS", 3)
        for seq, (batch, merge) in enumerate(batches, 1):
            add(call, name, seq, batch)
            if merge:
                call.store.merge(run)
    bounds = {key: value for key, value in (("from", low), ("to", high)) if value is not None}
    view = draw(call, (name, "loss"), (name, "auc"), ("gone", "loss"), x=x, buckets=buckets, **bounds)
    rows = {metric: [row for batch, _ in batches for row in batch if row[0] == metric] for metric in ("loss", "auc")}
    expected = []
    for metric in ("loss", "auc"):
        begin = 0.0 if x != "relative" else start or min((row[2] for row in rows[metric]), default=0.0)
        limits = (-math.inf if low is None else low, math.inf if high is None else high)
        expected.append(plainly(rows[metric], x, begin, *limits))
    assert [one["count"] for one in view.head["series"]] == [*map(len, expected), 0]
    if view.head["mode"] == "raw":
        for column, points in zip(view.series, expected, strict=False):
            kept = column.count > 0
            assert view.x[kept].tolist() == [point[0] for point in points]
            assert all(same(a, b) for a, (_, b) in zip(column.last[kept].tolist(), points, strict=True))
        return
    inside = [point[0] for points in expected for point in points]
    if low is None:
        assert view.head["from"] == min(inside)
    if high is None:
        assert view.head["to"] == max(inside)
    edge = view.x.tolist()
    for column, points in zip(view.series, [*expected, []], strict=True):
        for place, begin in enumerate(edge):
            end = edge[place + 1] if place + 1 < len(edge) else math.inf
            check_bucket([value for at, value in points if begin <= at < end], column, place)


def test_a_piece_in_one_bucket_is_not_unpacked(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "CHUNK_POINTS", 10)
    values = [math.nan if step < 10 else float(step % 37) for step in range(1000)]
    run = make(call, "a", [("loss", step, 100.0 + step, value) for step, value in enumerate(values)])
    call.store.merge(run)
    unpacked: list[int] = []
    real = codec.unpack_into

    def counted(data: bytes, columns: Sequence[Any]) -> None:
        unpacked.append(len(data))
        real(data, columns)

    monkeypatch.setattr(codec, "unpack_into", counted)
    for x in ("step", "time"):
        unpacked.clear()
        column = draw(call, ("a", "loss"), x=x, buckets=5).series[0]
        assert len(unpacked) <= 10
        for place in range(5):
            check_bucket(values[place * 200 : place * 200 + 200], column, place)


def test_a_range_between_two_steps_takes_neither() -> None:
    assert grids.step_range(0.5, 2.5) == (1, 2)
    assert grids.step_range(2.25, 2.75) == (3, 2)
    assert grids.step_range(-math.inf, math.inf)[0] > NO_STEP
