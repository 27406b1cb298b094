"""What a tuning job tries, and when it has tried enough; no jobs run here."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest

from trialbook.jobs import tuning_stops
from trialbook.jobs.tuning_search import Search
from trialbook.services.tuning_ranges import Definition, Range


def definition(*ranges: Range, maximize: bool = False) -> Definition:
    return Definition("", {}, ranges, "loss", maximize)


RANGES = (
    Range("rate", low=1e-6, high=1.0, scale="Logarithmic"),
    Range("momentum", low=0.0, high=0.999, scale="ReverseLogarithmic"),
    Range("depth", low=1, high=9, integer=True),
    Range("kind", values=("a", "b")),
)


@pytest.mark.parametrize("strategy", ["Random", "Bayesian", "Hyperband"])
def test_every_try_is_within_its_range(strategy: str) -> None:
    search = Search(definition(*RANGES), strategy, 1, 30)
    tries = []
    for number in range(30):
        tried = search.ask(number)
        tries.append(tried)
        search.tell(number, float(tried["rate"]))
    assert all(1e-6 <= float(one["rate"]) <= 1.0 for one in tries)
    assert all(0.0 <= float(one["momentum"]) <= 0.999 for one in tries)
    assert {one["depth"] for one in tries} <= {str(depth) for depth in range(1, 10)}
    assert {one["kind"] for one in tries} == {"a", "b"}


def test_scales_spread_as_they_say() -> None:
    search = Search(definition(*RANGES), "Random", 1, 200)
    tries = [search.ask(number) for number in range(200)]
    assert statistics.median(math.log10(float(one["rate"])) for one in tries) == pytest.approx(-3, abs=0.6)
    assert statistics.median(math.log10(1 - float(one["momentum"])) for one in tries) == pytest.approx(-1.5, abs=0.4)


def test_a_grid_tries_every_combination_once() -> None:
    search = Search(definition(Range("a", ("1", "2")), Range("b", ("x", "y", "z"))), "Grid", 1, 6)
    tries = [tuple(search.ask(number).values()) for number in range(6)]
    assert search.size == 6
    assert sorted(tries) == [("1", "x"), ("1", "y"), ("1", "z"), ("2", "x"), ("2", "y"), ("2", "z")]


def test_the_same_seed_tries_the_same() -> None:
    first, second, other = (Search(definition(*RANGES), "Random", seed, 5) for seed in (4, 4, 5))
    tried = [first.ask(number) for number in range(5)]
    assert [second.ask(number) for number in range(5)] == tried
    assert [other.ask(number) for number in range(5)] != tried


def bowl(tried: dict[str, str]) -> float:
    return (math.log10(float(tried["rate"])) + 3) ** 2 + (float(tried["x"]) - 0.3) ** 2


def best_of_12(strategy: str, seed: int) -> float:
    ranges = (RANGES[0], Range("x", low=-1, high=1))
    search = Search(definition(*ranges), strategy, seed, 12)
    found = []
    for number in range(0, 12, 2):  # two at a time
        tries = {one: search.ask(one) for one in (number, number + 1)}
        for one, tried in tries.items():
            found.append(bowl(tried))
            search.tell(one, found[-1])
    return min(found)


def test_twelve_bayesian_tries_find_a_known_optimum_better_than_random_ones() -> None:
    bayesian, random = (
        statistics.fmean(math.log(best_of_12(strategy, seed)) for seed in range(20))
        for strategy in ("Bayesian", "Random")
    )
    assert bayesian < random - 0.3


def test_a_search_that_is_told_of_earlier_tries_goes_on_from_them() -> None:
    ranges = (Range("x", low=-1, high=1),)
    cold, warm = (Search(definition(*ranges), "Bayesian", 1, 12) for _ in range(2))
    for number in range(20):
        x = -1 + number / 10
        assert warm.learn({"x": repr(x)}, (x - 0.3) ** 2)
    near = [statistics.fmean(abs(float(one.ask(number)["x"]) - 0.3) for number in range(5)) for one in (warm, cold)]
    assert near[0] < near[1]


@pytest.mark.parametrize("tuned", [{}, {"x": "5"}, {"x": "many"}])
def test_tries_outside_of_the_ranges_teach_nothing(tuned: dict[str, str]) -> None:
    search = Search(definition(Range("x", low=-1, high=1)), "Bayesian", 1, 12)
    assert not search.learn(tuned, 0.5)


def test_a_running_try_is_taken_up_again() -> None:
    search = Search(definition(Range("x", low=-1, high=1)), "Bayesian", 1, 12)
    search.again(3, {"x": "0.25"})
    search.tell(3, 0.1)
    search.tell(3, 0.1)  # told twice: nothing happens


def test_hyperband_stops_what_falls_behind() -> None:
    search = Search(definition(Range("x", low=0, high=1)), "Hyperband", 2, 30, (1, 9))
    stopped = []
    for number in range(30):
        search.ask(number)
        quality = number % 3
        values = [quality + 1.0 / epoch for epoch in range(1, 10)]
        behind = any(search.report(number, values[:epoch]) for epoch in range(1, 10))
        stopped.append((quality, behind))
        search.tell(number, values[-1])
    assert not any(behind for quality, behind in stopped[3:] if quality == 0)
    assert sum(behind for quality, behind in stopped if quality == 2) >= 3


ENDED = [[4.0, 2.0, 1.0], [5.0, 3.0, 2.0], [6.0, 4.0, 3.0]]


@pytest.mark.parametrize(
    ("values", "behind"),
    [
        ([], False),
        ([9.0], False),  # too early
        ([9.0, 3.9], False),  # the median of the running averages is 4
        ([9.0, 4.1], True),
        ([9.0, 9.0, 3.5], True),  # 3.33
        ([9.0, 9.0, 9.0, 9.0], False),  # nobody came that far
        ([9.0, math.nan], False),
    ],
)
def test_a_job_behind_the_median_of_running_averages_is_stopped(values: list[float], behind: bool) -> None:
    assert tuning_stops.falls_behind(values, ENDED, maximize=False) is behind


def test_few_jobs_are_no_median() -> None:
    assert not tuning_stops.falls_behind([9.0, 9.0], ENDED[:2], maximize=False)


@pytest.mark.parametrize(
    ("criteria", "values", "done"),
    [
        ({}, [1.0], False),
        ({"TargetObjectiveMetricValue": 0.5}, [1.0, 0.5], True),
        ({"TargetObjectiveMetricValue": 0.5}, [1.0, 0.6], False),
        ({"TargetObjectiveMetricValue": 0.5}, [], False),
        ({"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}, [1.0, 2, 3, 4], True),
        ({"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}}, [4.0, 3, 2, 1], False),
        ({"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}, [1.0, *[2.0] * 12], True),
        ({"ConvergenceDetected": {"CompleteOnConvergence": "Disabled"}}, [1.0, *[2.0] * 12], False),
    ],
)
def test_completion_criteria(criteria: dict[str, Any], values: list[float], done: bool) -> None:
    config = {"TuningJobCompletionCriteria": criteria}
    assert tuning_stops.enough(config, values, 20, maximize=False) is done
