"""Coalitions: weights in closed form, fair draws, and synthetic rows that stay apart."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.clarify.coalitions import Fit, draw, every, exact_weights
from trialbook.clarify.synthetic import Coded


@given(st.integers(1, 6))
def test_exact_weights_are_how_often_a_coalition_stands_before_or_with_a_player(players: int) -> None:
    counts = np.zeros((players, 1 << players))
    for order in itertools.permutations(range(players)):
        now = 0
        for player in order:
            counts[player, now] -= 1
            now |= 1 << player
            counts[player, now] += 1
    assert exact_weights(players) == pytest.approx(counts / math.factorial(players), abs=1e-15)


def test_coalitions_are_the_bits_of_their_number() -> None:
    assert every(3)[6].tolist() == [False, True, True]


@given(st.integers(4, 14), st.integers(3, 300), st.integers(0, 9))
def test_a_draw_has_the_pairs_asked_for_and_weights_that_sum_to_one(players: int, pairs: int, seed: int) -> None:
    pairs = min(pairs, (1 << (players - 1)) - 2)
    sample = draw(players, pairs, np.random.default_rng(seed))
    assert sample.half.shape == (pairs, players)
    assert sample.weights.sum() == pytest.approx(1)
    sizes = sample.half.sum(axis=1)
    assert sizes.min() >= 1
    assert sizes.max() <= players // 2
    assert len(np.unique(sample.half[: sample.whole], axis=0)) == sample.whole


@pytest.mark.parametrize(("players", "pairs"), [(6, 5), (7, 12), (8, 40), (9, 100)])
def test_draws_weigh_sizes_as_the_shapley_regression_does(players: int, pairs: int) -> None:
    odds = np.array([1 / (size * (players - size)) for size in range(1, players)])
    wanted = odds / odds.sum()
    found = np.zeros(players - 1)
    trials = 1500
    for seed in range(trials):
        sample = draw(players, pairs, np.random.default_rng(seed))
        for size in range(1, players):
            inside = sample.weights[sample.half.sum(axis=1) == size].sum() / 2
            outside = sample.weights[(~sample.half).sum(axis=1) == size].sum() / 2
            found[size - 1] += (inside + outside) / trials
    assert found == pytest.approx(wanted, abs=0.01)


def test_a_fit_knows_whether_it_has_equations_enough() -> None:
    rng = np.random.default_rng(0)
    assert not Fit.of(draw(14, 8, rng)).determined
    assert Fit.of(draw(14, 60, rng)).determined


def test_rows_of_many_values_in_many_columns_are_told_apart_though_their_keys_exceed_64_bits() -> None:
    rng = np.random.default_rng(0)
    rows = np.column_stack([rng.permutation(1 << 16) for _ in range(5)]).astype(np.float64)
    twin = rows[:1000].copy()
    twin[:, 0] = rows[1000:2000, 0]  # differs in the first column alone, which 80 bits push out of 64
    coded = Coded.of(np.concatenate([rows, twin, rows[:7]]), rows[:1])
    codes, which = coded.distinct(coded.rows)
    assert len(codes) == len(rows) + len(twin)
    assert (coded.real(codes[which]) == np.concatenate([rows, twin, rows[:7]])).all()
