"""Kernel SHAP: exact values against their definition, the axioms, sampled values and their errors."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.clarify.games import by_coalitions, by_orders

from trialbook.clarify.shapley import kernel_shap
from trialbook.errors import PredictionError

Floats = NDArray[np.float64]


class Net:
    """A smooth function with interactions of every order: not additive, not a tree. Seeded."""

    def __init__(self, features: int, seed: int, outputs: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.inner = rng.normal(size=(features, 8))
        self.outer = rng.normal(size=(8, outputs))

    def __call__(self, rows: Floats) -> Floats:
        # Summed term by term, so that a row's answer does not depend on the rows beside it (BLAS differs in 1e-16).
        hidden = np.tanh((rows[:, :, None] * self.inner).sum(axis=1))
        answer: Floats = (hidden[:, :, None] * self.outer).sum(axis=1)
        return answer[:, 0] if self.outer.shape[1] == 1 else answer


cells = st.sampled_from([-1.0, 0.0, 0.5, 2.0])


@st.composite
def tables(draw: st.DrawFn, most: int = 5) -> tuple[Floats, Floats]:
    width = draw(st.integers(1, most))
    row = st.lists(cells, min_size=width, max_size=width)
    rows = draw(st.lists(row, min_size=1, max_size=4))
    base = draw(st.lists(row, min_size=1, max_size=3))
    return np.array(rows), np.array(base)


@given(tables(), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_exact_values_are_the_mean_over_all_orders_and_background_rows(
    given_tables: tuple[Floats, Floats], seed: int
) -> None:
    rows, base = given_tables
    net = Net(rows.shape[1], seed)
    found = kernel_shap(net, rows, base)
    wanted = [np.mean([by_orders(net, row, one) for one in base], axis=0) for row in rows]
    assert found.exact
    assert found.values == pytest.approx(np.array(wanted), abs=1e-9)
    assert not found.standard_error.any()


@given(tables(8), st.integers(0, 5), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_values_sum_to_prediction_minus_expected_value_sampled_or_not(
    given_tables: tuple[Floats, Floats], seed: int, samples: int
) -> None:
    rows, base = given_tables
    net = Net(rows.shape[1], seed)
    found = kernel_shap(net, rows, base, num_samples=samples)
    assert found.values.sum(axis=1) == pytest.approx(net(rows) - found.expected_value, abs=1e-9)


def test_a_feature_that_the_model_ignores_gets_nothing() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 6))
    found = kernel_shap(lambda x: np.tanh(x[:, 0] * x[:, 1]) + x[:, 2], rows, np.zeros(6))
    assert np.abs(found.values[:, 3:]).max() < 1e-12


def test_features_that_the_model_treats_alike_get_the_same() -> None:
    rows = np.ones((1, 5))
    found = kernel_shap(lambda x: np.exp(x.sum(axis=1)), rows, np.zeros(5))
    assert np.ptp(found.values) < 1e-12


def test_the_values_of_a_sum_of_models_are_the_sums_of_their_values() -> None:
    rows = np.random.default_rng(1).normal(size=(5, 6))
    one, two = Net(6, 1), Net(6, 2)
    both = kernel_shap(lambda x: 2 * one(x) - 3 * two(x), rows, np.zeros(6)).values
    apart = 2 * kernel_shap(one, rows, np.zeros(6)).values - 3 * kernel_shap(two, rows, np.zeros(6)).values
    assert both == pytest.approx(apart, abs=1e-9)


def test_every_output_has_its_own_values() -> None:
    rows = np.random.default_rng(2).normal(size=(4, 5))
    net = Net(5, 3, outputs=3)
    found = kernel_shap(net, rows, np.zeros(5))
    assert found.values.shape == (4, 5, 3)
    alone = kernel_shap(lambda x: net(x)[:, 1], rows, np.zeros(5))
    assert found.values[:, :, 1] == pytest.approx(alone.values, abs=1e-12)
    assert np.asarray(found.expected_value).shape == (3,)


def test_logit_explains_log_odds() -> None:
    rows = np.random.default_rng(3).normal(size=(4, 3))
    weights = np.array([1.0, -2.0, 0.5])
    found = kernel_shap(lambda x: 1 / (1 + np.exp(-(x @ weights))), rows, np.zeros(3), link="logit")
    assert found.values == pytest.approx(rows * weights, abs=1e-9)


def test_rows_with_text_missing_values_and_equal_nans_are_explained() -> None:
    rows = np.array([["red", 1.0, None], ["blue", float("nan"), None], ["red", float("nan"), "x"]], object)
    base = np.array([["blue", float("nan"), None]], object)

    def predict(x: NDArray[np.object_]) -> Floats:
        return np.array([(one[0] == "red") * 2.0 + (one[1] == 1.0) + (one[2] == "x") * 4.0 for one in x])

    found = kernel_shap(predict, rows, base)
    assert found.values.tolist() == [[2, 1, 0], [0, 0, 0], [2, 0, 4]]


def test_equal_synthetic_rows_are_predicted_once() -> None:
    rows = np.tile([1.0, 2.0, 3.0], (50, 1))
    found = kernel_shap(Net(3, 0), rows, np.zeros(3))
    assert found.cost.rows == 8 + 1
    assert found.cost.calls == 2


def test_many_distinct_values_in_many_columns_keep_rows_apart() -> None:
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(3000, 9))  # 3001^9 exceeds 64 bits: codes are merged on the way
    rows[:, 2:] *= rng.random((3000, 7)) < 0.3
    some = np.arange(0, 3000, 500)
    net = Net(9, 4)
    found = kernel_shap(net, rows, np.zeros(9))
    assert found.values[some] == pytest.approx(by_coalitions(net, rows[some], np.zeros(9)), abs=1e-9)


def test_asked_features_are_a_choice_of_all_values() -> None:
    rows = np.random.default_rng(5).normal(size=(4, 5))
    net = Net(5, 5)
    everything = kernel_shap(net, rows, np.zeros(5), names=list("abcde"))
    some = kernel_shap(net, rows, np.zeros(5), names=list("abcde"), features=["d", 0])
    assert some.features == ("d", "a")
    assert some.values == pytest.approx(everything.values[:, [3, 0]])


def test_sampled_values_depend_on_the_seed_alone() -> None:
    rows = np.random.default_rng(6).normal(size=(3, 14))
    net = Net(14, 6)
    one, same, other = (kernel_shap(net, rows, np.zeros(14), num_samples=100, seed=seed) for seed in (1, 1, 2))
    assert (one.values == same.values).all()
    assert (one.values != other.values).all()
    assert not one.exact


def test_without_num_samples_sampling_doubles_until_the_top_values_are_sure() -> None:
    rows = np.random.default_rng(7).normal(size=(6, 15))
    net = Net(15, 7)
    found = kernel_shap(net, rows, np.zeros(15), tolerance=0.01)
    exact = by_coalitions_of_few(net, rows)
    top = np.abs(found.values).max(axis=1)
    order = np.argsort(-np.abs(found.values), axis=1)[:, :3]
    assert (np.take_along_axis(found.standard_error, order, axis=1) <= 0.01 * top[:, None]).all()
    assert (np.abs(found.values - exact) <= 5 * found.standard_error + 1e-9).all()


def by_coalitions_of_few(net: Net, rows: Floats) -> Floats:
    found = kernel_shap(net, rows, np.zeros(rows.shape[1]), num_samples=1 << rows.shape[1])
    assert found.exact
    return found.values


def test_doubling_stops_at_16384_coalitions_a_row() -> None:
    rows = np.random.default_rng(12).normal(size=(1, 18))
    net = Net(18, 12)
    found = kernel_shap(net, rows, np.zeros(18), tolerance=1e-12)
    assert 16_384 < found.cost.rows < 2 * 16_384
    assert found.standard_error.max() > 0


def test_errors_of_independent_background_rows_average_out() -> None:
    rows = np.random.default_rng(13).normal(size=(16, 14))
    net = Net(14, 13)
    one = kernel_shap(net, rows, np.zeros(14), num_samples=200).standard_error
    four = kernel_shap(net, rows, np.zeros((4, 14)), num_samples=200).standard_error
    assert np.sqrt(np.square(four).mean() / np.square(one).mean()) == pytest.approx(0.5, rel=0.1)


def test_an_additive_model_is_sampled_without_error() -> None:
    rows = np.random.default_rng(8).normal(size=(2, 16))
    found = kernel_shap(lambda x: x @ np.arange(16.0), rows, np.zeros(16), num_samples=64)
    assert found.values == pytest.approx(rows * np.arange(16.0), abs=1e-9)
    assert found.standard_error.max() < 1e-9


def test_sampled_values_are_not_called_exact_even_when_nothing_scatters() -> None:
    found = kernel_shap(lambda x: np.zeros(len(x)), np.ones((2, 16)), np.zeros(16), num_samples=64)
    assert not found.standard_error.any()
    assert not found.exact


def test_too_few_samples_warn_and_give_no_error_they_cannot_know(caplog: pytest.LogCaptureFixture) -> None:
    rows = np.random.default_rng(9).normal(size=(2, 14))
    with caplog.at_level(logging.WARNING):
        found = kernel_shap(Net(14, 9), rows, np.zeros(14), num_samples=15)
    assert "fewer than twice the 14 features" in caplog.text
    assert found.warnings
    assert np.isnan(found.standard_error).all()
    assert not found.exact


def test_progress_counts_rows_as_model_calls_return() -> None:
    seen: list[tuple[int, int]] = []
    rows = np.random.default_rng(10).normal(size=(50, 6))
    progress = lambda done, of: seen.append((done, of))  # noqa: E731
    kernel_shap(lambda x: x[:, 0], rows, np.zeros(6), batch_rows=500, progress=progress)
    assert seen == sorted(set(seen))
    assert len(seen) >= 6
    assert seen[-1] == (50, 50)


def test_blocks_that_do_not_fit_in_memory_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(11).normal(size=(20, 14))
    rows[::2, 8:] = 0
    net = Net(14, 11)
    whole = kernel_shap(net, rows, np.zeros((2, 14)))
    monkeypatch.setattr("trialbook.clarify.shapley.BLOCK_CELLS", 40_000)
    parts = kernel_shap(net, rows, np.zeros((2, 14)))
    assert parts.cost.calls > whole.cost.calls
    assert parts.values == pytest.approx(whole.values, abs=1e-12)
    assert parts.standard_error == pytest.approx(whole.standard_error, abs=1e-12)


def test_a_frame_of_numbers_of_several_types_reaches_the_model_as_numbers() -> None:
    frame = pd.DataFrame({"old": [True, False], "age": [30, 40], "pay": [1.5, None]})
    seen: list[np.dtype[Any]] = []

    def predict(x: Floats) -> Floats:
        seen.append(x.dtype)
        return np.asarray(np.nan_to_num(x).sum(axis=1), np.float64)

    found = kernel_shap(predict, frame, [0, 0, 0])
    assert found.features == ("old", "age", "pay")
    assert found.values == pytest.approx(np.array([[1, 30, 1.5], [0, 40, 0]]), abs=1e-12)
    assert set(seen) == {np.dtype(np.float64)}


@pytest.mark.parametrize(
    ("predict", "words"),
    [
        (lambda x: np.where(x[:, 0] == 7, np.nan, 0.0), "gave nan for 1 rows on rows 0-"),
        (lambda x: np.zeros(max(1, len(x) - 1)), r"answered with shape \(\d+,\)"),
        (lambda x: np.zeros((len(x), 1 + (len(x) > 1))), "answered 2 outputs"),
        (lambda x: [1 / (len(x) - 2)] * len(x), "ZeroDivisionError: "),
        (lambda x: ["high"] * len(x), "not numbers"),
    ],
)
def test_a_model_that_fails_is_reported_with_its_rows(predict: object, words: str) -> None:
    rows = np.array([[7.0]])
    with pytest.raises(PredictionError, match=words) as caught:
        kernel_shap(predict, rows, np.zeros(1))  # type: ignore[arg-type]
    assert "rows 0-" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rows": np.zeros(3)}, "rows have shape"),
        ({"background": np.zeros(4)}, "the background has shape"),
        ({"rows": np.zeros((0, 3))}, "with at least one row"),
        ({"background": np.zeros((0, 3))}, "the background has shape"),
        ({"num_samples": 0}, "num_samples is 0"),
        ({"link": "log"}, "link 'log' is not known"),
        ({"features": ["x"]}, "there is no feature 'x'"),
        ({"names": ["a"]}, "1 names for 3 features"),
        ({"batch_rows": 0}, "batch_rows is 0"),
    ],
)
def test_wrong_arguments_are_errors_before_any_model_call(change: dict[str, object], words: str) -> None:
    calls = []
    arguments: dict[str, object] = {"rows": np.ones((2, 3)), "background": np.zeros(3), **change}
    with pytest.raises(ValueError, match=words):
        kernel_shap(lambda x: calls.append(len(x)), **arguments)  # type: ignore[arg-type]
    assert not calls


def test_probabilities_outside_zero_and_one_have_no_logit() -> None:
    with pytest.raises(PredictionError, match="needs probabilities"):
        kernel_shap(lambda x: x[:, 0] + 3, np.ones((1, 2)), np.zeros(2), link="logit")


@pytest.mark.slow
@pytest.mark.parametrize(("players", "samples"), [(8, 60), (10, 200), (13, 400), (16, 256)])
def test_intervals_of_two_standard_errors_cover_the_exact_value_as_they_claim(players: int, samples: int) -> None:
    trials = 2000
    row = np.random.default_rng(players).normal(size=(1, players))
    net = Net(players, players)
    table = net(np.where((np.arange(1 << players)[:, None] >> np.arange(players) & 1) == 1, row, 0.0))

    def looked_up(rows: Floats) -> Floats:
        return np.asarray(table[((rows != 0) @ (1 << np.arange(players))).astype(np.int64)], np.float64)

    exact = kernel_shap(looked_up, row, np.zeros(players), num_samples=1 << players).values
    inside = np.zeros(players)
    for seed in range(trials):
        found = kernel_shap(looked_up, row, np.zeros(players), num_samples=samples, seed=seed)
        inside += (np.abs(found.values - exact) <= 1.959964 * found.standard_error)[0]
    assert 0.93 <= inside.mean() / trials <= 0.97, inside / trials
