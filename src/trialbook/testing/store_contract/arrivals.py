"""Arrivals: who comes back with a position gets what it missed, once, however much was merged meanwhile."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.testing.store_contract.entities import ON_ONE_STORE, insert
from trialbook.testing.store_contract.series import BATCHES, Point, append, bits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trialbook.store.interface import Store

RISING = st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=9)
"""How many points each batch brings, and whether a merge follows."""

Came = Counter[tuple[str, int, bytes, bytes]]
"""Points as name, step, time and value."""


def came(store: Store, since: int, run: int, limit: int) -> tuple[Came, set[str | None], int]:
    """Follow from a position to the end: what came, what is to be read anew, and the last position."""
    points: Came = Counter()
    changed: set[str | None] = set()
    while True:
        answer = store.arrivals(since, [run], limit)
        for _, name, series in answer.points:
            points.update((name, *point) for point in bits(series))
        changed.update(name for _, name in answer.changed)
        if answer.position == since:
            return points, changed, since
        since = answer.position


def as_came(batches: Sequence[Sequence[Point]]) -> Came:
    """Count the points of batches as `came` does."""
    return Counter(
        (name, step, np.float64(time).tobytes(), np.float64(value).tobytes())
        for rows in batches
        for name, step, time, value in rows
    )


class ArrivalContract:
    """Following series from a position."""

    def test_nothing_arrives_where_nothing_is_written(self, store: Store) -> None:
        run = insert(store, "run").id
        position = store.position([run])
        answer = store.arrivals(position, [run])
        assert (answer.position, answer.points, answer.changed) == (position, [], [])
        assert store.arrivals(0, []).points == []

    @settings(max_examples=40, deadline=None, suppress_health_check=ON_ONE_STORE)
    @given(batches=BATCHES, limit=st.sampled_from([1, 65_536]))
    def test_what_was_missed_comes_or_is_told_of(
        self, store: Store, batches: list[tuple[list[Point], bool]], limit: int
    ) -> None:
        run = insert(store, f"run {store.last_rev()}").id
        positions = [store.position([run])]
        for seq, (batch, merge) in enumerate(batches):
            append(store, run, seq, batch)
            positions.append(store.position([run]))
            if merge:
                store.merge(run)
        for place, position in enumerate(positions):
            points, changed, end = came(store, position, run, limit)
            missed = as_came([batch for batch, _ in batches[place:]])
            assert None not in changed
            assert Counter(one for one in points.elements() if one[0] not in changed) == Counter(
                one for one in missed.elements() if one[0] not in changed
            )
            assert end == store.position([run])

    @settings(max_examples=40, deadline=None, suppress_health_check=ON_ONE_STORE)
    @given(batches=RISING)
    def test_all_that_was_missed_of_a_series_that_grows_at_its_end_comes_once(
        self, store: Store, batches: list[tuple[int, bool]]
    ) -> None:
        run, other = insert(store, f"run {store.last_rev()}").id, insert(store, f"other {store.last_rev()}").id
        rows: list[list[Point]] = []
        positions, step = [store.position([run])], 0
        for seq, (count, merge) in enumerate(batches):
            rows.append([(name, step + n, float(step + n), n / 7) for n in range(count) for name in ("loss", "auc")])
            step += count
            append(store, other, seq, rows[-1])
            append(store, run, seq, rows[-1])
            positions.append(store.position([run]))
            if merge:
                store.merge(run)
        for place, position in enumerate(positions):
            points, changed, _ = came(store, position, run, 65_536)
            assert (points, changed) == (as_came(rows[place:]), set())

    def test_points_that_came_out_of_order_and_were_merged_are_told_to_be_read_anew(self, store: Store) -> None:
        run = insert(store, "run").id
        append(store, run, 0, [("loss", 5, 5.0, 0.5), ("auc", 1, 1.0, 0.5)])
        between = store.position([run])
        append(store, run, 1, [("loss", 4, 4.0, 0.25), ("auc", 2, 2.0, 0.75)])
        store.merge(run)
        answer = store.arrivals(between, [run])
        assert answer.changed == [(run, "loss")]
        assert [(name, series.value.tolist()) for _, name, series in answer.points] == [("auc", [0.75])]

    def test_a_position_before_what_is_remembered_is_told_to_read_anew(self, store: Store) -> None:
        run = insert(store, "run").id
        start = store.position([run])
        for seq in range(20):
            append(store, run, seq, [("loss", seq, float(seq), 0.5)])
            store.merge(run)
        assert store.arrivals(start, [run]).changed == [(run, None)]
        position = store.position([run])
        append(store, run, 20, [("loss", 20, 20.0, 0.5)])
        ((_, _, series),) = store.arrivals(position, [run]).points
        assert series.step.tolist() == [20]

    def test_another_process_sees_what_arrives(self, store: Store, open_again: Callable[[], Store]) -> None:
        run, reader = insert(store, "run").id, open_again()
        position = reader.position([run])
        append(store, run, 0, [("loss", 0, 1.0, 0.5)])
        ((one, name, series),) = reader.arrivals(position, [run]).points
        assert (one, name, series.value.tolist()) == (run, "loss", [0.5])
