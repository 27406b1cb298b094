"""The flip test beside its definition: row by row, whole numbers and fractions, ties, sides of every size."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from trialbook.clarify import bias_report, nearest, racing
from trialbook.clarify.fliptest import Rows, flip_test
from trialbook.errors import MetricError


def defined(features: NDArray[Any], predicted: NDArray[np.bool_], facet: NDArray[np.bool_]) -> Fraction:
    """Look up everybody's neighbours by measuring all distances, exactly."""
    rest = np.flatnonzero(~facet)
    neighbours = 1 if len(rest) <= 9 else 5
    total = 0
    for row in np.flatnonzero(facet):
        apart = [sum((int(a) - int(b)) ** 2 for a, b in zip(features[row], one, strict=True)) for one in features[rest]]
        last = sorted(apart)[neighbours - 1]
        accepted = [bool(predicted[other]) for other in rest]
        inside = [yes for yes, far in zip(accepted, apart, strict=True) if far < last]
        at = [yes for yes, far in zip(accepted, apart, strict=True) if far == last]
        share = sum(inside) + Fraction((neighbours - len(inside)) * sum(at), len(at))
        total += int(predicted[row]) - int(share > Fraction(neighbours, 2))
    return Fraction(total, int(facet.sum()))


def split(features: NDArray[Any]) -> list[NDArray[Any]]:
    return [np.ascontiguousarray(column) for column in features.T]


@st.composite
def cases(draw: st.DrawFn) -> tuple[NDArray[Any], NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows of which many are alike, with one column that may be far wider than the others."""
    rows, columns = draw(st.integers(2, 60)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    features = rng.integers(0, draw(st.sampled_from([1, 2, 4, 30])) + 1, (rows, columns))
    features[:, 0] *= draw(st.sampled_from([1, 3, 1000, -(10**4)]))
    features[:, -1] += draw(st.sampled_from([0, 2**30]))
    facet = rng.random(rows) < draw(st.sampled_from([0.2, 0.5, 0.9]))
    facet[:2] = [True, False]
    return features, rng.random(rows) < draw(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0])), facet


KINDS = [np.int64, np.float64, np.float32]


@pytest.mark.parametrize("way", ["trees", "race"])
@settings(max_examples=250, deadline=None)
@given(case=cases(), kind=st.sampled_from(KINDS))
def test_it_equals_its_definition(way: str, case: Any, kind: Any) -> None:
    features, predicted, facet = case
    if kind is np.float32:
        features = features - features.min(axis=0)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nearest, "FEWEST", 10**9 if way == "trees" else 0)
        patched.setattr(racing, "WORTH", 0.0)
        found = flip_test(Rows(split(features.astype(kind)), predicted), facet)
    assert found == pytest.approx(float(defined(features.astype(kind).astype(np.int64), predicted, facet)), abs=1e-12)


def many(rows: int, seed: int, spread: float) -> tuple[list[NDArray[Any]], NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows as of people: a wide column, one that is mostly 0, a few narrow ones."""
    rng = np.random.default_rng(seed)
    columns: list[NDArray[Any]] = [
        np.exp(rng.normal(np.log(spread), 0.6, rows)),
        np.where(rng.random(rows) < 0.08, rng.integers(1, 40, rows) * spread / 40, 0.0),
        *(rng.integers(0, 90, rows).astype(np.uint8) for _ in range(4)),
        rng.normal(size=rows).astype(np.float32),
    ]
    return columns, (columns[1] > 0) ^ (rng.random(rows) < 0.15), rng.random(rows) < 0.4


@pytest.mark.parametrize(("most", "block"), [(4096, 1 << 20), (8, 1 << 20), (4096, 4096)])
@pytest.mark.parametrize("spread", [1e-4, 3.0, 1e5, 1e9])
def test_the_race_and_the_trees_agree_on_many_rows(
    spread: float, most: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns, predicted, facet = many(12_000, 5, spread)
    monkeypatch.setattr(racing, "MOST", most)
    monkeypatch.setattr(racing, "BLOCK", block)
    raced = flip_test(Rows(columns, predicted), facet)
    monkeypatch.setattr(nearest, "FEWEST", 10**9)
    assert raced == flip_test(Rows(columns, predicted), facet)
    assert raced not in {0.0, 1.0, -1.0}


def test_the_race_settles_rows_with_a_wide_column_without_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, predicted, facet = many(12_000, 6, 1e5)

    def planted(*_: object) -> int:
        pytest.fail("trees were planted")

    monkeypatch.setattr(nearest, "by_trees", planted)
    assert -1 < flip_test(Rows(columns, predicted), facet) < 1


def test_the_race_is_exact_where_32_bits_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    wide = rng.integers(-60, 60, 6_000) * 1e7 + rng.normal(0, 10, 6_000)
    columns = [wide, rng.normal(0, 10, 6_000)]
    predicted, facet = rng.random(6_000) < 0.4, rng.random(6_000) < 0.4
    monkeypatch.setattr(racing, "WORTH", 0.0)
    raced = flip_test(Rows(columns, predicted), facet)
    monkeypatch.setattr(nearest, "FEWEST", 10**9)
    assert raced == flip_test(Rows(columns, predicted), facet)


def test_rows_with_too_many_others_near_are_looked_up_in_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    columns, predicted, facet = many(12_000, 6, 1e5)
    looked: list[int] = []
    by_trees = nearest.by_trees

    def counted(race: nearest.Race, asked: NDArray[np.intp]) -> int:
        looked.append(len(asked))
        return by_trees(race, asked)

    monkeypatch.setattr(nearest, "by_trees", counted)
    monkeypatch.setattr(racing, "MOST", 40)
    flip_test(Rows(columns, predicted), facet)
    assert 0 < sum(looked) < facet.sum() / 4


@pytest.mark.parametrize("large", [1e25, 1e60])
def test_numbers_beyond_the_range_of_32_bits_are_left_to_the_trees(
    large: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns, predicted, facet = many(6_000, 7, 1e5)
    columns[2] = columns[2].astype(np.float64)
    columns[2][1::1000] = large
    monkeypatch.setattr(racing, "WORTH", 0.0)
    raced = flip_test(Rows(columns, predicted), facet)
    monkeypatch.setattr(nearest, "FEWEST", 10**9)
    assert raced == flip_test(Rows(columns, predicted), facet)


def test_equal_rows_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(9)
    x, y = rng.integers(0, 3, 4_000) * -1.0, rng.integers(0, 2, 4_000)
    x[::3] = 0.0  # and some are -0.0, which is the same
    seen: list[int] = []
    few_win = nearest._Trees.few_win

    def counted(trees: Any, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        seen.append(len(points))
        return few_win(trees, points)

    monkeypatch.setattr(nearest._Trees, "few_win", counted)
    flip_test(Rows([x, y], rng.random(4_000) < 0.3), rng.random(4_000) < 0.5)
    assert seen == [6]


def test_equally_near_rows_share_the_places_that_are_left_in_any_order_of_the_rows() -> None:
    # Two accepted at 1; six at 2, of whom two accepted: 3 places, a third of them accepted, makes 3 of 5
    data = {"s": [1] + [0] * 10, "x": [0, 1, 1, 2, 2, 2, 2, 2, 2, 9, 9], "said": [0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]}
    for seed in range(8):
        order = np.random.default_rng(seed).permutation(11)
        facet, x, said = (np.array(data[name])[order] for name in ("s", "x", "said"))
        assert flip_test(Rows([x], said.astype(bool)), facet.astype(bool)) == -1.0


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (np.nan, "features with missing or infinite values have no distance"),
        (np.inf, "features with missing or infinite values have no distance"),
        (-np.inf, "features with missing or infinite values have no distance"),
        (-1e200, r"features beyond 1e\+150 have no distance"),
    ],
)
def test_what_has_no_distance_is_an_error_of_this_metric_only(cell: float, words: str) -> None:
    x = np.array([1.0, 2.0, 3.0, cell])
    with pytest.raises(MetricError, match=words):
        flip_test(Rows([x], np.array([True, False, True, False])), np.array([True, True, False, False]))
    data = {"s": [0, 0, 1, 1], "y": [0, 1, 0, 1], "said": [0, 1, 0, 1], "x": x}
    report = bias_report(data, label="y", positive=1, facet="s", facet_value=0, predicted="said")
    errors = {one.key: one.error for one in report["post"]["s"][0].metrics if one.error}
    assert set(errors) >= {"FT"}
    assert report["post"]["s"][0]["DPPL"] == 0.0
