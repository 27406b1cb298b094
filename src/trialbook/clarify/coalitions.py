"""Coalitions of features: all of them with their closed-form weights, or a sample of them with an error.

A game has m players. With all 2^m values known, the Shapley values are one matrix product. Otherwise coalitions are
drawn in complement pairs, sizes s in proportion to (m-1) / (s (m-s)), which is the weight of the Shapley regression
(Lundberg and Lee 2017, theorem 2); small and large sizes that a sample would exhaust anyway are taken whole. The
efficiency constraint is kept by writing the values as an equal share plus a vector orthogonal to (1, ..., 1), so that
no feature is singled out. One pair is one equation of that regression:

    (v(S) - v(N-S))/2 - (2s-m)/(2m) (v(N)-v(0)) = z . theta,     z: the indicator of S, theta orthogonal to 1

and the scatter of the drawn pairs around the fit gives the standard error of every value (a leverage-corrected
sandwich estimate, MacKinnon and White's HC3, with the pair as the unit).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from math import comb, factorial

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

RANK_TOLERANCE = 1e-10


@lru_cache(maxsize=32)
def every(players: int) -> Mask:
    """All coalitions (2^players, players); row c holds the bits of c, so row 0 is empty and the last one full."""
    numbers = np.arange(1 << players)[:, None]
    return (numbers >> np.arange(players) & 1).astype(np.bool_)


@lru_cache(maxsize=32)
def exact_weights(players: int) -> Floats:
    """Give the matrix (players, 2^players) that turns the values of all coalitions into Shapley values.

    A coalition of size s counts (s-1)!(m-s)!/m! for its members and -s!(m-s-1)!/m! for the others.
    """
    sizes = every(players).sum(axis=1)
    total = factorial(players)
    member = np.array(
        [factorial(s - 1) * factorial(players - s) / total if s else 0.0 for s in range(players + 1)], np.float64
    )
    other = np.array(
        [factorial(s) * factorial(players - s - 1) / total if s < players else 0.0 for s in range(players + 1)],
        np.float64,
    )
    return np.asarray(np.where(every(players), member[sizes][:, None], -other[sizes][:, None]).T, np.float64)


@dataclass(frozen=True)
class Sample:
    """One half of each drawn pair, (pairs, players), and the weights of the pairs, which sum to 1.

    The first `whole` pairs belong to sizes that are there completely; the others were drawn.
    """

    half: Mask
    weights: Floats
    whole: int

    @property
    def players(self) -> int:
        """Players of the game."""
        return int(self.half.shape[1])

    @property
    def both(self) -> Mask:
        """All coalitions to evaluate (2 pairs, players): the halves, then their complements."""
        return np.concatenate([self.half, ~self.half])


def draw(players: int, pairs: int, rng: np.random.Generator) -> Sample:
    """Draw complement pairs; a size is taken whole, from the smallest on, once its expected draws would cover it.

    Parameters
    ----------
    players
        At least 2.
    pairs
        Pairs wanted; the answer has as many.
    """
    sizes = np.arange(1, players // 2 + 1)
    odds = 1.0 / (sizes * (players - sizes))
    odds[sizes * 2 == players] /= 2
    odds /= odds.sum()
    halves: list[Mask] = []
    weights: list[Floats] = []
    left = 1.0
    for at, size in enumerate(sizes):
        there = comb(players, int(size)) // (2 if size * 2 == players else 1)
        room = pairs - sum(len(one) for one in halves)
        if there > room * odds[at] / left or there >= room:
            break
        halves.append(_of_size(players, int(size))[:there])
        weights.append(np.full(there, odds[at] / there))
        left -= odds[at]
    whole = sum(len(one) for one in halves)
    drawn = pairs - whole
    rest = odds[len(halves) :] / odds[len(halves) :].sum()
    chosen = rng.choice(sizes[len(halves) :], size=drawn, p=rest)
    ranks = rng.random((drawn, players)).argsort(axis=1).argsort(axis=1)
    halves.append(ranks < chosen[:, None])
    weights.append(np.full(drawn, max(left, 0.0) / drawn))
    return Sample(np.concatenate(halves), np.concatenate(weights), whole)


def _of_size(players: int, size: int) -> Mask:
    """All coalitions of one size; for half of the players, the first half of the list holds no complements."""
    members = np.array(list(itertools.combinations(range(players), size)))
    masks = np.zeros((len(members), players), np.bool_)
    np.put_along_axis(masks, members, values=True, axis=1)
    return masks


@dataclass(frozen=True)
class Fit:
    """The regression over one sample of coalitions, ready for the values of any number of games.

    `gain` (players, pairs) turns the equations' right sides into values; `leverage` (pairs,) is how much an equation
    pulls its own fit; `rank` says how many of the players - 1 unknowns the sample determines.
    """

    sample: Sample
    gain: Floats
    leverage: Floats
    rank: int

    @classmethod
    def of(cls, sample: Sample) -> Fit:
        """Prepare it: one small symmetric eigenproblem, by the pseudo-inverse."""
        centred = sample.half - sample.half.mean(axis=1, keepdims=True)
        moment = (centred * sample.weights[:, None]).T @ centred
        inverse = np.linalg.pinv(moment, rcond=RANK_TOLERANCE, hermitian=True)
        gain = (inverse @ centred.T) * sample.weights
        leverage = np.einsum("ij,ji->i", centred, gain)
        return cls(sample, gain, leverage, round(float(leverage.sum())))

    @property
    def determined(self) -> bool:
        """Whether there are enough equations for every unknown."""
        return self.rank == self.sample.players - 1

    def solve(self, values: Floats, empty: Floats, full: Floats) -> tuple[Floats, Floats]:
        """Give Shapley values and standard errors, both (games, players, outputs).

        Parameters
        ----------
        values
            (games, 2 pairs, outputs), in the order of `Sample.both`.
        empty, full
            (games, outputs): the values of no player and of all.

        Returns
        -------
        values, errors
            The values sum to full - empty. Errors are NaN where the sample cannot tell: an undetermined system.
        """
        sample = self.sample
        pairs, players = sample.half.shape
        total = (full - empty)[:, None, :]
        share = (sample.half.sum(axis=1) / players - 0.5)[None, :, None]
        right = (values[:, :pairs] - values[:, pairs:]) / 2 - share * total
        theta = np.matmul(self.gain, right)
        result = theta + total / players
        drawn = slice(sample.whole, None)
        count = pairs - sample.whole
        if not self.determined or count < 2:
            return result, np.full_like(result, np.nan)
        centred = sample.half - sample.half.mean(axis=1, keepdims=True)
        residual = (right - np.matmul(centred, theta))[:, drawn]
        residual = residual / np.maximum(1 - self.leverage[drawn], RANK_TOLERANCE)[None, :, None]
        gain = self.gain[:, drawn]
        squares = np.matmul(gain**2, residual**2)
        mean = np.matmul(gain, residual) / count
        variance = np.maximum(squares - count * mean**2, 0) * count / (count - 1)
        return result, np.sqrt(variance)
