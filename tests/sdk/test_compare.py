"""Comparisons of an experiment's runs: groups, what differs, the verdict, how it looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from trialbook import Experiment, Run
from trialbook.sdk.compare import Comparison, compare
from trialbook.sdk.table import Table
from trialbook.services.run_groups import goal_of


def table(rows: Sequence[tuple[float, int | None, float | None]], metric: str = "Metrics.auc") -> Table:
    """Runs of (lr, seed, value)."""
    return Table(
        {
            "name": [f"exp-{at}" for at in range(len(rows))],
            "Parameters.lr": [row[0] for row in rows],
            "Parameters.train/random_state": [row[1] for row in rows],
            "Parameters.optimizer": ["adam"] * len(rows),
            metric: [row[2] for row in rows],
        }
    )


def drawn(settings: dict[float, float], seeds: int = 5, spread: float = 0.001) -> Comparison:
    rng = np.random.default_rng(1)
    return compare(
        table([(lr, seed, mean + rng.normal() * spread) for lr, mean in settings.items() for seed in range(seeds)])
    )


def test_runs_that_differ_by_the_seed_are_one_group() -> None:
    found = drawn({0.1: 0.9, 0.2: 0.8})
    assert [group.label for group in found.groups] == ["lr=0.1", "lr=0.2"]
    assert [group.summary.n for group in found.groups] == [5, 5]
    assert found.best.parameters == {"lr": 0.1, "optimizer": "adam"}


def test_only_what_differs_is_shown() -> None:
    assert drawn({0.1: 0.9, 0.2: 0.8}).runs.columns == [
        "name",
        "Parameters.lr",
        "Parameters.train/random_state",
        "Metrics.auc",
    ]


def test_a_winner_by_far_is_told_from_the_others() -> None:
    found = drawn({0.1: 0.9, 0.2: 0.8, 0.3: 0.7})
    assert found.within_noise == []
    assert "Worse than it: lr=0.2" in found.verdict[1]
    assert found.verdict[-1].endswith("its setting beats every other one.")


def test_a_winner_by_luck_is_within_noise() -> None:
    found = drawn({0.1: 0.9, 0.2: 0.9}, spread=0.05)
    assert [group.label for group in found.within_noise] == [found.groups[1].label]
    assert found.verdict[-1].startswith("The winner of 10 runs is exp-")
    assert found.verdict[-1].endswith("that it won can be luck.")


def test_without_repeats_nothing_is_claimed() -> None:
    found = compare(table([(0.1, 1, 0.9), (0.2, 1, 0.8)]))
    assert [group.label for group in found.within_noise] == ["lr=0.2"]
    assert "want of repeats: lr=0.2" in found.verdict[1]


def test_runs_of_one_setting_have_a_winner_by_luck_only() -> None:
    found = compare(table([(0.1, seed, 0.9 + seed / 100) for seed in range(4)]))
    assert found.best.label == "all runs"
    assert "the winner of 4 is luck" in found.verdict[1]
    assert "the best of 4 draws stands 1.0 from it" in found.verdict[1]


def test_seeds_that_repeat_in_a_group_pair_nothing() -> None:
    rows = [(lr, 1, lr + value) for lr in (0.1, 0.2) for value in (0.0, 0.01, 0.02)]
    assert [test.method for test in compare(table(rows)).differences] == ["Welch t"]


def test_the_same_seeds_pair() -> None:
    assert [test.method for test in drawn({0.1: 0.9, 0.2: 0.8}).differences] == ["paired t"]


def test_less_is_better_for_losses() -> None:
    rows = [(lr, seed, lr) for lr in (0.1, 0.2) for seed in range(2)]
    found = compare(table(rows, "Metrics.val/logloss"))
    assert found.goal == "min"
    assert found.best.label == "lr=0.1"
    assert compare(table(rows, "Metrics.val/logloss"), goal="max").best.label == "lr=0.2"


@pytest.mark.parametrize(
    ("metric", "goal"),
    [("loss", "min"), ("validation:rmse", "min"), ("val_logloss", "min"), ("auc", "max"), ("glossiness", "max")],
)
def test_the_goal_follows_the_words_of_a_name(metric: str, goal: str) -> None:
    assert goal_of(metric) == goal


def test_runs_without_the_metric_are_left_out_and_groups_of_none_come_last() -> None:
    rows = [(0.3, 1, None), (0.1, 1, 0.5), (0.1, 2, math.nan)]
    found = compare(table(rows))
    assert [(group.label, group.summary.n) for group in found.groups] == [("lr=0.1", 1), ("lr=0.3", 0)]
    assert found.verdict[0].endswith("lr=0.1, 0.5 (one run).")


def test_a_metric_must_be_named_where_there_are_several_and_be_there() -> None:
    both = Table({"name": ["a"], "Metrics.auc": [1.0], "Metrics.loss": [2.0]})
    with pytest.raises(ValueError, match="the runs have auc, loss"):
        compare(both)
    with pytest.raises(ValueError, match="no metric 'acu'. Did you mean 'auc'"):
        compare(both, "acu")
    with pytest.raises(ValueError, match="found none"):
        compare(Table({"name": []}))
    with pytest.raises(ValueError, match="'max' or 'min'"):
        compare(both, "auc", goal="up")


def test_text_and_html_show_verdict_groups_and_runs() -> None:
    found = drawn({0.1: 0.9, 0.2: 0.8}, seeds=3)
    text, page = repr(found), found._repr_html_()
    assert text.startswith("Best by auc (higher is better): lr=0.1, mean 0.")
    assert "paired t" in text
    assert "6 runs, best first; only what differs" in page
    assert "<tr class=best><td>lr=0.1</td>" in page
    assert "Parameters.optimizer" not in page


def test_many_runs_are_shown_as_a_table() -> None:
    assert "13 runs</caption>" in compare(table([(at / 10, 1, at) for at in range(13)]))._repr_html_()


def test_groups_become_a_frame() -> None:
    frame = drawn({0.1: 0.9, 0.2: 0.8}).to_pandas()
    assert frame["lr"].tolist() == [0.1, 0.2]
    assert math.isnan(frame["p_holm"][0])
    assert frame["p_holm"][1] < 0.001


def test_an_experiment_compares_the_runs_it_is_told(store: Path) -> None:
    for lr in (0.1, 0.2, 0.3):
        for seed in range(2):
            with Run("exp", f"{lr}-{seed}") as run:
                run.log_parameters({"lr": lr, "seed": seed})
                run.log_metrics({"auc": lr + seed / 1000, "loss": 1 - lr})
    experiment = Experiment("exp")
    assert [group.label for group in experiment.compare("auc").groups] == ["lr=0.3", "lr=0.2", "lr=0.1"]
    assert experiment.compare("auc", query="Parameters.lr < 0.25").best.label == "lr=0.2"
    chosen = experiment.compare("loss", runs=["0.1-0", "exp-0.2-0"])
    assert chosen.goal == "min"
    assert sorted(chosen.runs["name"]) == ["exp-0.1-0", "exp-0.2-0"]
    with pytest.raises(ValueError, match="no run 'x'"):
        experiment.compare("auc", runs=["x"])
