"""Values and groups against plain Python over the same cells."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.search.conftest import SCOPE, Shelf

from trialbook.model import Kind
from trialbook.search.texts import Texts
from trialbook.search.tree import EVERYTHING, Condition, Operator, Query

RUN = Kind.TRIAL_COMPONENT
CELLS = st.sampled_from([None, 1.0, 2.5, -0.0, 0.0, math.nan, math.inf, "a", "B", "1"])
PARENTS = st.lists(st.sampled_from(["One", "Two", "Three"]), max_size=3)
RECORDS = st.lists(st.tuples(CELLS, CELLS, PARENTS), max_size=14)


def shelf_of(records: list[tuple[Any, Any, list[str]]]) -> Shelf:
    shelf = Shelf()
    for row, (p, q, parents) in enumerate(records):
        parameters = {
            name: {"NumberValue" if isinstance(value, float) else "StringValue": value}
            for name, value in (("p", p), ("q", q))
            if value is not None
        }
        experiments = [{"ExperimentName": one} for one in parents]
        shelf.put(RUN, f"run-{row}", Parameters=parameters, Parents=experiments)
    shelf.engine.follow(shelf)
    return shelf


def told(value: Any) -> str:
    """Give a value in a form in which equal ones are equal, NaN too."""
    return repr(value + 0.0) if isinstance(value, float) else repr(value)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(RECORDS, st.integers(1, 5))
def test_values_are_counted_as_plain_python_counts_them(records: list[Any], limit: int) -> None:
    engine = shelf_of(records).engine
    found = engine.distribution(Query(RUN, SCOPE, limit=limit), "Parameters.p", "")
    cells = [p for p, _, _ in records if p is not None]
    expected = Counter(map(told, cells))
    assert found.count == len(cells)
    assert found.missing == len(records) - len(cells)
    assert found.distinct == len(expected)
    assert [count for _, count in found.values] == sorted(expected.values(), reverse=True)[:limit]
    assert all(expected[told(value)] == count for value, count in found.values)
    real = [one for one in cells if isinstance(one, float) and not math.isnan(one)]
    assert (found.range and (found.range.minimum, found.range.maximum)) == ((min(real), max(real)) if real else None)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(RECORDS)
def test_groups_hold_what_plain_python_groups(records: list[Any]) -> None:
    engine = shelf_of(records).engine
    functions = ("mean", "min", "max", "count", "median", "std")
    asked = [("Parameters.q", function) for function in functions]
    found = engine.groups(Query(RUN, SCOPE, limit=1000), ["Parents.ExperimentName", "Parameters.p"], asked, ["-count"])
    expected: dict[tuple[str, str], list[Any]] = {}
    for p, q, parents in records:
        for parent in set(parents) if p is not None else ():
            expected.setdefault((told(parent), told(p)), []).append(q)
    groups = {(told(one), told(two)): at for at, (one, two) in enumerate(zip(*found.by, strict=True))}
    assert found.counts == sorted(found.counts, reverse=True)
    assert {key: found.counts[at] for key, at in groups.items()} == {key: len(qs) for key, qs in expected.items()}
    for key, qs in expected.items():
        real = [one for one in qs if isinstance(one, float) and not math.isnan(one)]
        got = {function: found.aggregates[at][groups[key]] for at, function in enumerate(functions)}
        assert got["count"] == len(real)
        assert got["min"] == min(real, default=None)
        assert got["max"] == max(real, default=None)
        if real and all(map(math.isfinite, real)):
            assert got["mean"] == pytest.approx(statistics.fmean(real))
            assert got["median"] == statistics.median(real)
            assert got["std"] == (pytest.approx(statistics.stdev(real)) if len(real) > 1 else None)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(RECORDS)
def test_a_run_in_two_trials_of_an_experiment_counts_once_in_it(records: list[Any]) -> None:
    found = shelf_of(records).engine.distribution(Query(RUN, SCOPE, limit=9), "Parents.ExperimentName", "")
    expected = Counter(one for _, _, parents in records for one in set(parents))
    assert dict(found.values) == expected
    assert found.count == sum(1 for _, _, parents in records if parents)
    assert found.missing == len(records) - found.count


def test_equal_texts_with_several_codes_are_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Texts.__init__, "__defaults__", (2,))
    shelf = Shelf()
    for row, value in enumerate("abcac"):
        shelf.put(RUN, f"run-{row}", Parameters={"p": {"StringValue": value}})
        shelf.engine.follow(shelf)
        shelf.engine.search(Query(RUN, SCOPE, Condition("Parameters.p", Operator.EXISTS)))
    found = shelf.engine.distribution(Query(RUN, SCOPE, EVERYTHING, limit=9), "Parameters.p", "")
    assert sorted(found.values) == [("a", 2), ("b", 1), ("c", 2)]
