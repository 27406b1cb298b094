"""Series: batches in any order come back sorted, once each, bit for bit, merged or not, with their summaries."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.errors import StoreError
from trialbook.store.interface import NO_STEP, Points, Summary
from trialbook.testing.store_contract.entities import ON_ONE_STORE, TEXTS, insert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trialbook.store.interface import Series, Store

Point = tuple[str, int, float, float]
"""Metric, step, time, value."""

STEPS = st.one_of(st.just(NO_STEP), st.integers(-3, 6), st.integers(-(2**63), 2**63 - 1))
TIMES = st.one_of(st.integers(0, 4).map(float), st.floats(-1e12, 1e12))
VALUES = st.one_of(st.floats(width=64), st.sampled_from([math.nan, -0.0, math.inf, 1e308]))
POINTS = st.tuples(st.sampled_from(["loss", "auc", "日本語\x00"]), STEPS, TIMES, VALUES)
BATCHES = st.lists(st.tuples(st.lists(POINTS, max_size=12), st.booleans()), max_size=6)


def as_points(rows: Sequence[Point]) -> Points:
    """Make columns of points."""
    names = sorted({row[0] for row in rows})
    return Points(
        names,
        np.array([names.index(row[0]) for row in rows], np.uint32),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
        np.array([row[3] for row in rows], np.float64),
    )


def append(store: Store, run: int, seq: int, rows: Sequence[Point], writer: str = "w") -> bool:
    """Append one batch in a commit of its own."""
    return store.write(lambda tx: tx.append(run, writer, seq, as_points(rows)))


def bits(series: Series) -> list[tuple[int, bytes, bytes]]:
    """Give a series as comparable rows, NaN payloads included."""
    columns = zip(series.step.tolist(), series.time, series.value, strict=True)
    return [(step, time.tobytes(), value.tobytes()) for step, time, value in columns]


def expected_bits(rows: Sequence[Point], name: str) -> list[tuple[int, bytes, bytes]]:
    """Give what a series should hold: Python's sort is stable, so ties stay in order of arrival."""
    mine = sorted((row[1:] for row in rows if row[0] == name), key=lambda row: row[:2])
    return [(step, np.float64(time).tobytes(), np.float64(value).tobytes()) for step, time, value in mine]


def expected_summary(rows: Sequence[Point], name: str) -> Summary:
    """Compute the summary of a series that is not empty, the slow way."""
    mine = [row[1:] for row in rows if row[0] == name]
    last_step, last_time, last = max(enumerate(mine), key=lambda pair: (pair[1][1], pair[1][0], pair[0]))[1]
    numbers = [value for _, _, value in mine if not math.isnan(value)]
    if not numbers:
        return Summary(len(mine), 0, last, math.nan, math.nan, math.nan, math.nan, last_step, last_time)
    with np.errstate(all="ignore"):
        array = np.array(numbers)
        total, squares = float(array.sum()), float((array * array).sum())
    return Summary(len(mine), len(numbers), last, min(numbers), max(numbers), total, squares, last_step, last_time)


@dataclass
class Near:
    """Compares two summaries; sums may differ by rounding."""

    summary: Summary

    def __eq__(self, other: object) -> bool:
        assert isinstance(other, Summary)
        pairs = [(getattr(self.summary, name), getattr(other, name)) for name in Summary.__slots__]
        # Where terms overflow, the order of adding decides between inf and NaN.
        loose = {"total", "squares"} if not math.isfinite(self.summary.squares) else set()
        return all(
            name in loose
            or a == b
            or (math.isnan(a) and math.isnan(b))
            or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-6)
            for name, (a, b) in zip(Summary.__slots__, pairs, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]


class SeriesContract:
    """Appending, reading, merging, summaries."""

    def test_a_series_that_is_not_there_is_empty(self, store: Store) -> None:
        run = insert(store, "run").id
        series = store.series(run, "loss")
        assert len(series.step) == len(series.time) == len(series.value) == 0
        assert (series.step.dtype, series.value.dtype) == (np.dtype(np.int64), np.dtype(np.float64))
        assert store.summary(run) == {}
        store.merge(run)

    def test_points_are_readable_at_once(self, store: Store) -> None:
        run = insert(store, "run").id
        assert append(store, run, 0, [("loss", 0, 1.0, 0.5), ("auc", 0, 1.0, 0.75), ("loss", 1, 2.0, 0.25)])
        series = store.series(run, "loss")
        assert (series.step.tolist(), series.time.tolist(), series.value.tolist()) == ([0, 1], [1.0, 2.0], [0.5, 0.25])
        assert store.summary(run) == {
            "auc": Summary(1, 1, 0.75, 0.75, 0.75, 0.75, 0.5625, 0, 1.0),
            "loss": Summary(2, 2, 0.25, 0.25, 0.5, 0.75, 0.3125, 1, 2.0),
        }

    @settings(max_examples=60, deadline=None, suppress_health_check=ON_ONE_STORE)
    @given(batches=BATCHES)
    def test_any_batches_come_back_sorted_and_summarised(
        self, store: Store, batches: list[tuple[list[Point], bool]]
    ) -> None:
        run = insert(store, f"run {store.last_rev()}").id
        rows: list[Point] = []
        for seq, (batch, merge) in enumerate(batches):
            assert append(store, run, seq, batch)
            rows += batch
            if merge:
                store.merge(run)
        names = {row[0] for row in rows}
        for name in sorted(names):
            assert bits(store.series(run, name)) == expected_bits(rows, name)
        summaries = store.summary(run)
        assert summaries.keys() == names
        for name in names:
            assert Near(expected_summary(rows, name)) == summaries[name]

    @settings(max_examples=40, deadline=None, suppress_health_check=ON_ONE_STORE)
    @given(batches=BATCHES, steps=st.none() | st.tuples(STEPS, STEPS), times=st.none() | st.tuples(TIMES, TIMES))
    def test_any_range_of_many_series_is_read_at_once(
        self,
        store: Store,
        batches: list[tuple[list[Point], bool]],
        steps: tuple[int, int] | None,
        times: tuple[float, float] | None,
    ) -> None:
        runs = [insert(store, f"run {store.last_rev()}").id for _ in range(2)]
        rows: list[Point] = []
        for seq, (batch, merge) in enumerate(batches):
            for run in runs:
                append(store, run, seq, batch)
            rows += batch
            if merge:
                store.merge(runs[0])
        queries = [(run, name) for name in ("auc", "loss", "auc", "never") for run in runs]
        expected = [
            row
            for row in rows
            if (steps is None or steps[0] <= row[1] <= steps[1]) and (times is None or times[0] <= row[2] <= times[1])
        ]
        read = store.read_series(queries, steps=steps, times=times)
        for (_, name), series in zip(queries, read, strict=True):
            assert bits(series) == expected_bits(expected, name)

    def test_a_range_of_a_long_series_is_that_part(self, store: Store) -> None:
        run, step = insert(store, "run").id, np.arange(50_000)
        for seq, part in enumerate((step, np.arange(50_000, 50_100))):
            points = Points(
                ["loss"], np.zeros(len(part), np.uint32), part, part.astype(np.float64) * 2, part.astype(np.float64) * 3
            )
            store.write(lambda tx, seq=seq, points=points: tx.append(run, "w", seq, points))  # type: ignore[misc]
            if not seq:
                store.merge(run)
        for first, last in ((16_000, 16_800), (49_990, 60_000), (-5, 3), (16_383, 16_384)):
            wanted = np.arange(max(first, 0), min(last, 50_099) + 1)
            (series,) = store.read_series([(run, "loss")], steps=(first, last))
            assert (series.step == wanted).all()
            assert (series.value == wanted * 3.0).all()
            (series,) = store.read_series([(run, "loss")], times=(first * 2.0, last * 2.0))
            assert (series.step == wanted).all()

    @pytest.mark.parametrize("merged", [False, True])
    def test_a_batch_that_came_before_is_ignored(self, store: Store, merged: bool) -> None:
        run, other = insert(store, "run").id, insert(store, "other").id
        rows = [("loss", 0, 1.0, 0.5)]
        assert append(store, run, 0, rows)
        if merged:
            store.merge(run)
        before = store.last_rev()
        assert not append(store, run, 0, rows)
        assert store.last_rev() == before
        assert append(store, run, 0, rows, writer="another")
        assert append(store, run, 1, rows)
        assert append(store, other, 0, rows)
        assert len(store.series(run, "loss").step) == store.summary(run)["loss"].count == 3

    def test_batches_in_any_order_are_neither_lost_nor_doubled(self, store: Store) -> None:
        run = insert(store, "run").id
        order = [5, 0, 2, 1, 9, 3, 8, 4, 7, 6]
        for place, seq in enumerate(order):
            assert append(store, run, seq, [("loss", seq, 0.0, float(seq))])
            if place % 3 == 0:
                store.merge(run)
            assert not any(append(store, run, again, [("loss", 99, 0.0, 0.0)]) for again in order[: place + 1])
        assert store.series(run, "loss").value.tolist() == [float(seq) for seq in range(10)]

    def test_a_merge_changes_nothing_that_a_reader_sees(self, store: Store) -> None:
        run = insert(store, "run").id
        rows = [("loss", step % 700, float(step % 13), float(step)) for step in range(2000)]
        for seq in range(10):
            append(store, run, seq, rows[seq * 200 : (seq + 1) * 200])
        before, summary, rev = bits(store.series(run, "loss")), store.summary(run), store.last_rev()
        store.merge(run)
        store.merge(run)
        assert bits(store.series(run, "loss")) == before == expected_bits(rows, "loss")
        assert (store.summary(run), store.last_rev()) == (summary, rev)

    def test_merging_by_age_or_at_the_end_changes_nothing_that_a_reader_sees(self, store: Store) -> None:
        run, other = insert(store, "run").id, insert(store, "other").id
        for seq in range(20):
            append(store, run, seq, [("loss", seq, 0.0, float(seq))])
        append(store, other, 0, [("loss", 0, 0.0, 1.0)])
        before = bits(store.series(run, "loss"))
        store.merge_soon(run)
        store.merge_soon(999)
        assert store.merge_waiting(0) == 0
        while store.merge_waiting(store.position([])):
            pass
        assert bits(store.series(run, "loss")) == before
        assert store.series(other, "loss").value.tolist() == [1.0]

    def test_late_points_find_their_place_among_full_chunks(self, store: Store) -> None:
        run, rng = insert(store, "run").id, np.random.default_rng(0)
        steps = [np.arange(40_000), rng.integers(0, 40_000, 500), np.arange(39_000, 60_000), np.array([-5, 20_000])]
        for seq, step in enumerate(steps):
            times = np.full(len(step), float(seq))
            points = Points(["loss"], np.zeros(len(step), np.uint32), step, times, step * 10.0 + seq)
            store.write(lambda tx, seq=seq, points=points: tx.append(run, "w", seq, points))  # type: ignore[misc]
            store.merge(run)
        everything = sorted((int(s), float(seq), s * 10.0 + seq) for seq, step in enumerate(steps) for s in step)
        series = store.series(run, "loss")
        assert list(zip(series.step.tolist(), series.time.tolist(), series.value.tolist(), strict=True)) == everything
        assert store.summary(run)["loss"].count == len(everything)

    def test_last_is_by_time_then_step_then_arrival(self, store: Store) -> None:
        run = insert(store, "run").id
        arrivals = [
            (("loss", 1, 5.0, 1.0), 1.0),
            (("loss", 9, 4.0, 2.0), 1.0),  # earlier
            (("loss", 1, 5.0, 3.0), 3.0),  # same time and step, later arrival
            (("loss", 0, 5.0, 4.0), 3.0),  # same time, smaller step
            (("loss", NO_STEP, 5.0, 5.0), 3.0),
            (("loss", 2, 5.0, 6.0), 6.0),
            (("loss", NO_STEP, 6.0, 7.0), 7.0),
        ]
        for seq, (row, last) in enumerate(arrivals):
            append(store, run, seq, [row])
            assert store.summary(run)["loss"].last == last
        assert store.summary(run)["loss"].last_step == NO_STEP
        again = insert(store, "again").id
        append(store, again, 0, [row for row, _ in arrivals])
        assert store.summary(again) == store.summary(run)

    def test_nan_is_counted_and_can_be_last_but_is_in_no_sum(self, store: Store) -> None:
        run = insert(store, "run").id
        append(store, run, 0, [("loss", 0, 0.0, 2.0), ("loss", 1, 1.0, math.nan), ("none", 0, 0.0, math.nan)])
        loss, none = store.summary(run)["loss"], store.summary(run)["none"]
        assert (loss.count, loss.numbers, loss.minimum, loss.maximum, loss.total, loss.squares) == (
            2,
            1,
            2.0,
            2.0,
            2.0,
            4.0,
        )
        assert math.isnan(loss.last)
        assert (none.count, none.numbers) == (1, 0)
        assert all(math.isnan(value) for value in (none.minimum, none.maximum, none.total, none.squares, none.last))

    @pytest.mark.parametrize("text", TEXTS, ids=repr)
    def test_any_text_can_name_a_series_or_a_writer(
        self, store: Store, open_again: Callable[[], Store], text: str
    ) -> None:
        run = insert(store, "run").id
        assert append(store, run, 0, [(text, 0, 0.0, 1.0)], writer=text)
        assert not append(store, run, 0, [(text, 0, 0.0, 1.0)], writer=text)
        assert store.series(run, text).value.tolist() == [1.0]
        assert list(open_again().summary(run)) == [text]

    def test_a_transaction_sees_its_own_summaries(self, store: Store) -> None:
        run = insert(store, "run").id
        points = as_points([("loss", 0, 0.0, 1.0)])
        seen = store.write(
            lambda tx: (tx.append(run, "w", 0, points), tx.append(run, "w", 1, points), tx.summary(run))[2]
        )
        assert seen["loss"].count == 2

    def test_nothing_of_a_failed_append_is_kept(self, store: Store) -> None:
        run = insert(store, "run").id
        rows = [("new name", 0, 0.0, 1.0)]
        with pytest.raises(ZeroDivisionError):
            store.write(lambda tx: (tx.append(run, "w", 0, as_points(rows)), 1 // 0))
        assert store.summary(run) == {}
        assert append(store, run, 0, rows)
        assert store.summary(run)["new name"].count == 1

    def test_points_of_an_unknown_or_deleted_entity_are_refused(self, store: Store) -> None:
        run = insert(store, "run").id
        store.write(lambda tx: tx.delete(run))
        for missing in (run, 999):
            with pytest.raises(StoreError, match="no entity"):
                append(store, missing, 0, [("loss", 0, 0.0, 1.0)])

    @pytest.mark.parametrize(
        "points",
        [
            Points(["a"], np.zeros(2, np.uint32), np.zeros(1, np.int64), np.zeros(1), np.zeros(1)),
            Points(["a"], np.ones(1, np.uint32), np.zeros(1, np.int64), np.zeros(1), np.zeros(1)),
            Points(["a"], np.zeros(1, np.uint32), np.zeros(1, np.int64), np.array([math.nan]), np.zeros(1)),
        ],
        ids=["lengths", "metric without a name", "time"],
    )
    def test_columns_that_do_not_fit_are_refused(self, store: Store, points: Points) -> None:
        run = insert(store, "run").id
        with pytest.raises(StoreError, match="points"):
            store.write(lambda tx: tx.append(run, "w", 0, points))
        assert store.summary(run) == {}

    def test_an_empty_batch_is_a_batch(self, store: Store) -> None:
        run = insert(store, "run").id
        assert append(store, run, 0, [])
        assert not append(store, run, 0, [("loss", 0, 0.0, 1.0)])
        store.merge(run)
        assert store.summary(run) == {}

    def test_summary_changes_follow_by_rev_in_whole_revs(self, store: Store) -> None:
        runs = [insert(store, f"run {n}").id for n in range(6)]
        for run in runs[:2]:
            append(store, run, 0, [("loss", 0, 0.0, 1.0)])
        points = as_points([("loss", 1, 1.0, 2.0)])
        store.write(lambda tx: [tx.append(run, "w", 1, points) for run in runs[1:]])
        first, *rest = store.summary_changes(0, limit=2)
        assert (first.run, first.metrics["loss"].count) == (runs[0], 1)
        assert [change.run for change in rest] == runs[1:]
        assert len({change.rev for change in rest}) == 1
        assert rest[0].metrics["loss"].count == 2
        assert store.summary_changes(rest[0].rev) == []

    def test_many_threads_and_stores_append_and_merge_at_once(
        self, store: Store, open_again: Callable[[], Store]
    ) -> None:
        run, stores = insert(store, "run").id, [store, open_again()]

        def work(number: int) -> None:
            mine = stores[number % 2]
            for seq in range(20):
                append(mine, run, seq, [("loss", seq, float(number), float(number))], writer=f"{number}")
                if seq % 5 == number % 5:
                    mine.merge(run)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))
        store.merge(run)
        series = store.series(run, "loss")
        assert series.step.tolist() == [seq for seq in range(20) for _ in range(6)]
        assert series.value.tolist() == [float(number) for _ in range(20) for number in range(6)]
        assert store.summary(run)["loss"].count == 120
