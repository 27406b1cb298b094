"""Asymmetric Shapley values against their definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.clarify.games import by_orders

from trialbook.clarify.asymmetric import SeriesBaseline, asymmetric_shapley

Floats = NDArray[np.float64]
TARGET = np.array([1.0, 2.0, -1.0, 3.0])
RELATED = np.random.default_rng(0).normal(size=(6, 2))
STATIC = np.array([0.5, 2.0])


def forecast(target: Floats, related: Floats, static: Floats) -> Floats:
    """Two steps ahead; every part interacts with every other."""
    level = np.tanh(target @ np.array([0.1, 0.2, 0.3, 0.4]))
    beside = 1 + (related * np.arange(1, 7)[:, None]).sum(axis=(1, 2)) / 10
    fixed = 1 + static.sum(axis=1)
    return np.column_stack([level * beside * fixed, level + beside * fixed])


def at(steps: set[int], static: bool = True) -> Floats:
    target = np.array([value if step in steps else 0.0 for step, value in enumerate(TARGET)])
    related = np.array([line if step in steps else line * 0 for step, line in enumerate(RELATED)])
    return np.asarray(forecast(target[None], related[None], STATIC[None] * static)[0], np.float64)


def explained(**options: Any) -> Any:
    return asymmetric_shapley(forecast, TARGET, related=RELATED, static=STATIC, **options)


def test_chronological_is_what_a_step_adds_to_all_earlier_ones() -> None:
    found = explained()
    wanted = [at(set(range(step + 1))) - at(set(range(step))) for step in range(6)]
    assert found.scores == pytest.approx(np.array(wanted), abs=1e-12)
    assert found.expected_value == pytest.approx(at(set()))


def test_anti_chronological_is_what_a_step_adds_to_all_later_ones() -> None:
    found = explained(direction="anti_chronological")
    wanted = [at(set(range(step, 6))) - at(set(range(step + 1, 6))) for step in range(6)]
    assert found.scores == pytest.approx(np.array(wanted), abs=1e-12)


def test_bidirectional_is_the_mean_of_both() -> None:
    both = (explained().scores + explained(direction="anti_chronological").scores) / 2
    found = explained(direction="bidirectional")
    assert found.scores == pytest.approx(both, abs=1e-12)
    assert found.expected_value + found.scores.sum(axis=0) == pytest.approx(at(set(range(6))), abs=1e-12)


def test_all_steps_go_to_the_model_in_one_call() -> None:
    assert (explained().cost.calls, explained().cost.rows) == (1, 7)


def test_fine_grained_shares_each_step_by_shapley_values_within_it() -> None:
    found = explained(granularity="fine_grained")
    assert found.names[:5] == (
        "static_covariate_0",
        "static_covariate_1",
        "target_time_series",
        "related_time_series_0",
        "related_time_series_1",
    )
    assert found.names[-2:] == ("related_time_series_0", "related_time_series_1")
    assert found.timestamps[:3] == (None, None, 0)

    def third_step(rows: Floats) -> Floats:
        answers = []
        for row in rows:
            target = np.where(np.arange(4) < 2, TARGET, 0.0)
            related = np.where(np.arange(6)[:, None] < 2, RELATED, 0.0)
            target[2], related[2] = row[0], row[1:]
            answers.append(forecast(target[None], related[None], STATIC[None])[0, 1])
        return np.array(answers)

    now = np.array([TARGET[2], *RELATED[2]])
    lines = [line for line, time in enumerate(found.timestamps) if time == 2]
    assert found.scores[lines, 1] == pytest.approx(by_orders(third_step, now, np.zeros(3)), abs=1e-9)


def test_fine_grained_values_sum_to_the_forecast_minus_the_baselines() -> None:
    found = explained(granularity="fine_grained")
    assert found.expected_value == pytest.approx(at(set(), static=False))
    assert found.scores.sum(axis=0) == pytest.approx(at(set(range(6))) - at(set(), static=False), abs=1e-9)


def test_a_baseline_is_zero_the_mean_or_given() -> None:
    baseline = SeriesBaseline(target="mean", related=[1.0, 2.0], static=[7.0, 7.0])
    found = explained(granularity="fine_grained", baseline=baseline)
    target = np.full((1, 4), TARGET.mean())
    related = np.tile([1.0, 2.0], (1, 6, 1))
    assert found.expected_value == pytest.approx(forecast(target, related, np.array([[7.0, 7.0]]))[0])


def test_many_series_are_sampled_within_num_samples() -> None:
    related = np.random.default_rng(1).normal(size=(2, 20))
    found = asymmetric_shapley(
        lambda target, beside, _: np.tanh(target.sum(axis=1) + beside.sum(axis=(1, 2))),
        TARGET[:2],
        related=related,
        granularity="fine_grained",
        num_samples=100,
    )
    assert found.standard_error.max() > 0
    assert found.cost.rows < 2 * 110


def test_lines_have_the_shape_of_clarifys_file() -> None:
    found = explained(timestamps=[f"2026-01-0{day}" for day in range(1, 7)], granularity="fine_grained")
    lines = found.to_dict()["explanations"]
    assert lines[0] == {"feature_name": "static_covariate_0", "scores": pytest.approx(found.scores[0].tolist())}
    assert lines[2]["timestamp"] == "2026-01-01"
    assert set(explained().to_dict()["explanations"][0]) == {"timestamp", "scores"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"direction": "sideways"}, "direction 'sideways' is not known"),
        ({"granularity": "weekly"}, "granularity 'weekly' is not known"),
        ({"granularity": "fine_grained", "direction": "bidirectional"}, "chronological only, not bidirectional"),
        ({"timestamps": [1]}, "1 timestamps for 6 steps"),
        ({"names": ["x"]}, "1 names for 1 target, 2 related series and 2 static"),
        ({"baseline": SeriesBaseline(target="median")}, "baseline 'median' of the target is not known"),
        ({"baseline": SeriesBaseline(related=[1.0, 2.0, 3.0])}, r"baseline of the related series has shape \(3,\)"),
        ({"baseline": SeriesBaseline(static=[1.0])}, "baseline has 1 static covariates, the item 2"),
    ],
)
def test_wrong_arguments_are_named(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        explained(**options)
