"""Intervals, tests and corrections: against SciPy's own, published examples, and simulated luck."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from trialbook.services.statistics import all_pairs, expected_best, holm, paired, summarise, welch

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SAMPLE = st.lists(st.floats(-1e3, 1e3).map(lambda value: round(value, 3)), min_size=2, max_size=12)
P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def varied(values: list[float]) -> bool:
    return float(np.std(values)) > 1e-3


@settings(UNHURRIED)
@given(SAMPLE.filter(varied), SAMPLE.filter(varied))
def test_welch_is_scipys(first: list[float], second: list[float]) -> None:
    ours, theirs = welch(first, second), stats.ttest_ind(first, second, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert ours.p == pytest.approx(float(theirs.pvalue), rel=1e-6, abs=1e-12)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-6)
    assert ours.freedom == pytest.approx(float(theirs.df), rel=1e-6)


@settings(UNHURRIED)
@given(st.lists(st.tuples(st.integers(-500, 500), st.integers(-500, 500)), min_size=2, max_size=12))
def test_paired_is_scipys(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs, float).T
    if len(set(first - second)) == 1:
        return
    ours, theirs = paired(first, second), stats.ttest_rel(first, second)
    interval = theirs.confidence_interval(0.95)
    assert ours.p == pytest.approx(float(theirs.pvalue), rel=1e-6, abs=1e-12)
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-6)


def test_the_interval_of_a_mean_is_students() -> None:
    """Montgomery, Design and Analysis of Experiments: 0.025 quantile of t(3) is 3.182."""
    summary = summarise([1.0, 2.0, 3.0, 4.0, math.nan])
    assert summary.n == 4
    assert summary.mean == 2.5
    assert summary.std == pytest.approx(1.290994)
    assert summary.high - summary.mean == pytest.approx(3.182446 * 1.290994 / 2)


def test_one_value_has_no_interval() -> None:
    summary = summarise([2.0])
    assert (summary.n, summary.mean) == (1, 2.0)
    assert math.isnan(summary.std)
    assert math.isnan(summary.low)


def test_holm_corrects_a_worked_example() -> None:
    """p of 0.01, 0.04, 0.03, 0.005 by hand: 4 * 0.005, 3 * 0.01, 2 * 0.03, then no less than that."""
    assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


@settings(UNHURRIED)
@given(P_VALUES)
def test_holm_lies_between_the_p_value_and_bonferroni(given_p: list[float]) -> None:
    corrected = holm(given_p)
    assert (corrected >= np.array(given_p)).all()
    assert (corrected <= np.minimum(1, np.array(given_p) * len(given_p))).all()


@settings(UNHURRIED)
@given(P_VALUES)
def test_holm_keeps_the_order(given_p: list[float]) -> None:
    order = np.argsort(given_p, kind="stable")
    assert (np.diff(holm(given_p)[order]) >= 0).all()


def test_tests_that_were_not_made_do_not_count() -> None:
    corrected = holm([0.01, math.nan, 0.02])
    assert corrected[[0, 2]].tolist() == pytest.approx([0.02, 0.02])
    assert math.isnan(corrected[1])


def test_samples_without_spread_differ_for_certain_or_not_at_all() -> None:
    assert welch([0.3, 0.3], [0.2, 0.2]).p == 0.0
    assert welch([0.1 + 0.2, 0.3], [0.3, 0.3]).p == 1.0
    assert paired([0.3, 0.4], [0.2, 0.3]).p == 0.0


def test_one_value_cannot_be_tested() -> None:
    test = welch([0.3], [0.2, 0.25])
    assert test.method == "untested"
    assert test.difference == pytest.approx(0.075)
    assert math.isnan(test.p)


def test_samples_of_the_same_seeds_are_paired_and_others_not() -> None:
    one, two, three = {1: 0.1, 2: 0.5}, {2: 0.6, 1: 0.15}, {3: 0.2, 4: 0.9}
    methods = {(test.first, test.second): test.method for test in all_pairs([one, two, three])}
    assert methods == {(0, 1): "paired t", (0, 2): "Welch t", (1, 2): "Welch t"}


def test_pairing_is_by_seed_and_not_by_order() -> None:
    first, second = {1: 0.1, 2: 0.5, 3: 0.9}, {3: 0.95, 1: 0.16, 2: 0.54}
    (test,) = all_pairs([first, second])
    assert test.difference == pytest.approx(-0.05)
    assert test.p < 0.05


@pytest.mark.parametrize("n", [2, 5, 20, 100])
def test_the_best_of_n_draws_stands_where_simulation_puts_it(n: int) -> None:
    drawn = np.random.default_rng(0).normal(size=(20_000, n)).max(axis=1).mean()
    assert expected_best(n) == pytest.approx(drawn, abs=0.035)


def test_a_confidence_of_95_is_refused() -> None:
    with pytest.raises(ValueError, match=r"such as 0\.95"):
        summarise([1.0, 2.0], 95)


def _share_of_false_findings(settings_count: int, seeds: int, rounds: int, common: float) -> float:
    """Draw settings that are all the same; give how often the winner passes for better than any other."""
    rng = np.random.default_rng(7)
    false = 0
    for _ in range(rounds):
        luck = rng.normal(size=seeds) * common
        drawn = rng.normal(size=(settings_count, seeds)) + luck
        samples = [
            {(seed if common else (at, seed)): float(value) for seed, value in enumerate(row)}
            for at, row in enumerate(drawn)
        ]
        best = int(drawn.mean(axis=1).argmax())
        false += any(test.p_holm < 0.05 for test in all_pairs(samples) if best in {test.first, test.second})
    return false / rounds


@pytest.mark.slow
@pytest.mark.parametrize(("settings_count", "seeds"), [(2, 5), (5, 4), (8, 3)])
@pytest.mark.parametrize("common", [0.0, 2.0])
def test_the_winner_of_equal_settings_passes_for_better_in_five_percent_at_most(
    settings_count: int, seeds: int, common: float
) -> None:
    rounds = 1500
    share = _share_of_false_findings(settings_count, seeds, rounds, common)
    assert share < 0.05 + 3 * math.sqrt(0.05 * 0.95 / rounds)


@pytest.mark.slow
def test_an_interval_of_95_percent_holds_the_mean_in_95_percent() -> None:
    rng = np.random.default_rng(3)
    held = [one.low <= 1.0 <= one.high for one in (summarise(rng.normal(1.0, 2.0, 5)) for _ in range(4000))]
    assert np.mean(held) == pytest.approx(0.95, abs=0.012)


@settings(UNHURRIED, max_examples=30)
@given(st.integers(0, 10_000))
def test_a_seeds_luck_drops_out_of_a_paired_test(seed: int) -> None:
    rng = np.random.default_rng(seed)
    luck, noise = rng.normal(size=8) * 100, rng.normal(size=8)
    test = paired(luck + noise + 10, luck)
    assert test.p < 0.001
