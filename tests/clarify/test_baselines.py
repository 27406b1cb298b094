"""Baselines: middles, modes, and cluster centres with a number of clusters that fits the data."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from trialbook.clarify.baselines import choose_baseline, median_row

CENTRES = np.array([[0.0, 0.0, 0.0], [20.0, 20.0, 20.0], [-20.0, 0.0, 20.0]])


def clustered(seed: int = 0) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(size=(100, 3)) + centre for centre in CENTRES])


def mixed() -> NDArray[np.object_]:
    table = np.empty((300, 4), object)
    table[:, :3] = clustered()
    table[:, 3] = np.repeat(["a", "b", "c"], 100)
    return table


def nearest(found: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(CENTRES[:, None] - found).max(axis=2).min(axis=1), np.float64)


def test_the_median_row_holds_medians_and_modes() -> None:
    rows = np.array([[1.0, "x"], [3.0, "y"], [100.0, "y"], [None, None]], object)
    assert median_row(rows).tolist() == [[3.0, "y"]]
    assert choose_baseline(rows, "mean").tolist() == [[pytest.approx(104 / 3), "y"]]


def test_a_number_that_is_named_categorical_gets_its_mode_the_smallest_of_equals() -> None:
    rows = np.array([[7.0], [2.0], [7.0], [2.0], [5.0]])
    assert choose_baseline(rows, categorical=[0]).tolist() == [[2.0]]


def test_nan_does_not_move_the_median() -> None:
    assert median_row(np.array([[1.0], [np.nan], [3.0]])).tolist() == [[2.0]]


def test_clusters_are_found_and_counted() -> None:
    found = choose_baseline(clustered(), "clusters")
    assert found.shape == (3, 3)
    assert nearest(found).max() < 0.5


def test_clusters_of_numbers_and_categories_are_found_and_counted() -> None:
    found = choose_baseline(mixed(), "clusters")
    assert found.shape == (3, 4)
    assert sorted(found[:, 3]) == ["a", "b", "c"]
    assert nearest(found[:, :3].astype(np.float64)).max() < 0.5


def test_clusters_of_categories_alone_are_found() -> None:
    assert sorted(choose_baseline(mixed()[:, 3:], "clusters")[:, 0]) == ["a", "b", "c"]


@pytest.mark.parametrize("features", [1, 2, 5])
def test_data_without_structure_is_one_cluster(features: int) -> None:
    rng = np.random.default_rng(3)
    assert len(choose_baseline(rng.normal(size=(400, features)), "clusters")) == 1
    assert len(choose_baseline(rng.random(size=(400, features)), "clusters")) == 1


def test_a_given_number_of_clusters_is_kept() -> None:
    assert len(choose_baseline(clustered(), "clusters", num_clusters=5)) == 5


def test_clusters_depend_on_the_seed_alone() -> None:
    one, same = (choose_baseline(clustered(), "clusters", num_clusters=7, seed=4) for _ in range(2))
    assert (one == same).all()


def test_equal_rows_are_one_cluster() -> None:
    assert choose_baseline(np.ones((50, 2)), "clusters").tolist() == [[1.0, 1.0]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"rows": np.zeros((0, 2))}, "at least one row"),
        ({"rows": np.array([[np.nan]])}, "feature 0 has no value"),
        ({"rows": np.ones((3, 2)), "categorical": [2]}, "categorical feature 2 is not there: positions go from 0 to 1"),
        ({"rows": np.ones((3, 1)), "method": "mode"}, "method 'mode' is not known"),
        ({"rows": np.ones((3, 1)), "method": "clusters", "num_clusters": 13}, "num_clusters is 13; 1 to 12"),
    ],
)
def test_wrong_arguments_are_named(arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        choose_baseline(**arguments)  # type: ignore[arg-type]
