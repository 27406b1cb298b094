"""Who of the most similar rows decides: the neighbours of the flip test, exactly.

Of five neighbours most are accepted just when the third nearest accepted row is nearer than the third nearest rejected
one. So it is a race between two sides, whose winner can often be told without looking anybody up (`racing.py`); k-d
trees settle the rest. Equal rows are asked once.

Where both sides arrive at the same distance (to twelve digits), the places that are left among the five are shared by
all rows at that distance, so that the answer depends on no order of the rows.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.clarify.columns import Array

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

log = logging.getLogger("trialbook.clarify")

TOLERANCE = 1e-12
"""Distances that differ by less than this share are equal."""
CHUNK = 1 << 16
"""Rows looked up between two reports of progress."""
FEWEST = 1024
"""Rows below which trees are quick enough."""


@dataclass(frozen=True)
class Race:
    """The rows of a flip test.

    Attributes
    ----------
    columns
        Finite numbers, one array of (rows,) a feature.
    asked
        Row numbers of those whose neighbours are looked for.
    few, many
        Row numbers of the others by their prediction, the rarer one first.
    neighbours
        How many neighbours decide; odd.
    few_accepted
        Whether the rarer prediction is the positive one: where ties leave just half of the neighbours accepted, they
        count as rejected.
    """

    columns: Sequence[Array]
    asked: Places
    few: Places
    many: Places
    neighbours: int
    few_accepted: bool

    @property
    def need(self) -> int:
        """How many neighbours are most of them."""
        return self.neighbours // 2 + 1


def few_win(race: Race) -> int:
    """Count the asked rows of whose nearest rows most are of the side `few`.

    Parameters
    ----------
    race
        Has at least `neighbours` rows in `few` and `many` together.
    """
    if len(race.few) < race.need:
        return 0
    won, left = 0, race.asked
    if min(len(race.many), len(race.asked)) > FEWEST:
        from trialbook.clarify.racing import settle

        won, left = settle(race)
    return won + by_trees(race, left) if len(left) else won


def by_trees(race: Race, asked: Places) -> int:
    """Count the winning rows among some of the asked ones, by k-d trees of both sides."""
    points, counts = _distinct(rows_of(race.columns, asked))
    trees = _Trees.of(race)
    told = _Told(len(points))
    won = 0
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        won += int(counts[part][trees.few_win(points[part])].sum())
        told(min(start + CHUNK, len(points)))
    return won


def share(race: Race, few: tuple[Any, Any], many: tuple[Any, Any]) -> Bools:
    """Tell who wins when the sides' rows around the third distance of `few` are counted.

    Parameters
    ----------
    few, many
        How many rows of the side are nearer than that distance, and how many are just at it: (n,) arrays.
    """
    (few_in, few_at), (many_in, many_at) = few, many
    # The places that nearer rows leave are shared by all rows at the distance
    places, at = race.neighbours - few_in - many_in, few_at + many_at
    lead = 2 * (few_in * at + places * few_at) - race.neighbours * at
    shared = lead > 0 if race.few_accepted else lead >= 0
    return np.asarray((many_in < race.need) & ((many_in + many_at < race.need) | shared), np.bool_)


@dataclass(frozen=True)
class _Trees:
    """The two sides as k-d trees."""

    few: Any
    many: Any
    race: Race

    @classmethod
    def of(cls, race: Race) -> _Trees:
        from scipy.spatial import cKDTree

        # Balancing takes longer than it saves
        few, many = (
            cKDTree(rows_of(race.columns, rows), balanced_tree=False, compact_nodes=False)
            for rows in (race.few, race.many)
        )
        return cls(few, many, race)

    def few_win(self, points: Floats) -> Bools:
        """Tell of points (n, features) whether most neighbours are of `few`."""
        if not len(self.race.many):
            return np.ones(len(points), np.bool_)
        first, second = (tree.query(points, k=[self.race.need])[0][:, 0] for tree in (self.few, self.many))
        won = np.asarray(first < second * (1 - TOLERANCE), np.bool_)
        tied = np.isfinite(second) & (np.abs(first - second) <= TOLERANCE * second)
        if tied.any():
            few, many = (_around(tree, points[tied], first[tied]) for tree in (self.few, self.many))
            won[tied] = share(self.race, few, many)
        return won


def _around(tree: Any, points: Floats, distance: Floats) -> tuple[Any, Any]:
    """Count the rows of a tree that are nearer than a distance, and those at it."""
    inside = tree.query_ball_point(points, distance * (1 - TOLERANCE), return_length=True)
    inside = np.where(distance > 0, inside, 0)
    return inside, tree.query_ball_point(points, distance * (1 + TOLERANCE), return_length=True) - inside


class _Told:
    """Says how far a long search is, and how long it is likely to go on."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._began = time.monotonic()
        if total > CHUNK:
            log.info("flip test: looking up the neighbours of %s different rows", f"{total:,}")

    def __call__(self, done: int) -> None:
        if done < self._total:
            taken = time.monotonic() - self._began
            left = taken * (self._total - done) / done
            log.info("flip test: %s of %s rows, about %.0f s left", f"{done:,}", f"{self._total:,}", left)


def rows_of(columns: Sequence[Array], rows: Places) -> Floats:
    """Put the columns' values of some rows side by side, (rows, features)."""
    made = np.empty((len(rows), len(columns)))
    for place, column in enumerate(columns):
        made[:, place] = column[rows]
    return made


def _distinct(points: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Give the different points, and how often each is there."""
    points = points + 0.0  # -0 is 0
    key = np.zeros(len(points), np.uint64)
    for column in points.T:
        key ^= np.ascontiguousarray(column).view(np.uint64)
        key *= np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    _, first, which, counts = np.unique(key, return_index=True, return_inverse=True, return_counts=True)
    if len(first) == len(points) or not (points[first[which]] == points).all():
        return points, np.ones(len(points), np.int64)
    return points[first], counts
