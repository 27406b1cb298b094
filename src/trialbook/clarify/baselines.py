"""Baselines: the rows that stand for "this feature is not there".

One row (the median, the mean, or given) makes explanations cheap and easy to read: "compared with the middle person".
Cluster centres describe the data better and cost as many times more. The number of clusters, when it is not given, is
the one between 1 and 12 that explains more of the scatter than it would if the data had no structure: the largest
log(W_1 / W_k) - (2/d) log k, where W_k is the scatter within k clusters and k^(-2/d) what it falls to for data spread
evenly over d dimensions.
"""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from trialbook.clarify.explained import is_missing, read_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

Baseline = Literal["median", "mean", "clusters"]

MOST_CLUSTERS = 12
# Clustering sees at most so many rows, drawn at random.
MOST_ROWS = 20_000
STARTS = 3
MOST_ROUNDS = 100
# A differing category weighs as much as half a squared standard deviation (Huang's gamma).
CATEGORY_WEIGHT = 0.5
# Even data gain up to a tenth by chance and by the shape of cells.
LEAST_GAIN = 0.2


def choose_baseline(
    rows: ArrayLike,
    method: Baseline = "median",
    *,
    categorical: Sequence[int] | None = None,
    num_clusters: int | None = None,
    seed: int = 0,
) -> NDArray[Any]:
    """Give background rows (b, features) for `kernel_shap`.

    Parameters
    ----------
    rows
        (n, features), numbers or objects; missing values (NaN, None) do not count.
    method
        "median" or "mean" of each numeric feature, with the most frequent value of each categorical one: one row.
        "clusters": the centres of k-means, or of k-prototypes when features are categorical.
    categorical
        Positions of the categorical features; None: those that hold anything but numbers.
    num_clusters
        1 to 12, for "clusters"; None chooses it.
    seed
        Chooses where clustering starts.

    Raises
    ------
    ValueError
        A column has no value at all, or an argument is wrong.
    """
    table, _ = read_rows(rows)
    kinds = set(_not_numbers(table) if categorical is None else categorical)
    outside = sorted(at for at in kinds if not 0 <= at < table.shape[1])
    if outside:
        message = f"categorical feature {outside[0]} is not there: positions go from 0 to {table.shape[1] - 1}"
        raise ValueError(message)
    if method not in {"median", "mean", "clusters"}:
        message = f"baseline method {method!r} is not known: use 'median', 'mean' or 'clusters'"
        raise ValueError(message)
    if method == "clusters":
        return _centres(table, sorted(kinds), num_clusters, seed)
    return _row(table, kinds, method)


def median_row(rows: ArrayLike, categorical: Sequence[int] | None = None) -> NDArray[Any]:
    """Give one row (1, features): medians, and the most frequent value of each categorical feature."""
    return choose_baseline(rows, "median", categorical=categorical)


def _not_numbers(table: NDArray[Any]) -> list[int]:
    if table.dtype.kind in "biuf":
        return []
    return [at for at in range(table.shape[1]) if not all(_is_number(value) for value in table[:, at])]


def _is_number(value: object) -> bool:
    return value is None or (isinstance(value, int | float | np.number) and not isinstance(value, bool))


def _row(table: NDArray[Any], kinds: set[int], method: str) -> NDArray[Any]:
    middle = [_mode(table, at) if at in kinds else _middle(table, at, method) for at in range(table.shape[1])]
    found = np.empty((1, len(middle)), object if table.dtype.kind in "OUS" else np.float64)
    found[0] = middle
    return found


def _present(table: NDArray[Any], column: int) -> list[Any]:
    values = [value for value in table[:, column].tolist() if not is_missing(value)]
    if not values:
        message = f"feature {column} has no value in any row, so it has no baseline"
        raise ValueError(message)
    return values


def _mode(table: NDArray[Any], column: int) -> object:
    counts = collections.Counter(_present(table, column))
    most = max(counts.values())
    return min((value for value, count in counts.items() if count == most), key=str)


def _middle(table: NDArray[Any], column: int, method: str) -> float:
    values = np.asarray(_present(table, column), np.float64)
    return float(np.median(values) if method == "median" else values.mean())


def _centres(table: NDArray[Any], kinds: list[int], clusters: int | None, seed: int) -> NDArray[Any]:
    if clusters is not None and not 1 <= clusters <= MOST_CLUSTERS:
        message = f"num_clusters is {clusters}; 1 to {MOST_CLUSTERS} are possible"
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    table = _filled(table, kinds)
    if len(table) > MOST_ROWS:
        table = table[rng.choice(len(table), MOST_ROWS, replace=False)]
    numeric = [at for at in range(table.shape[1]) if at not in kinds]
    numbers = table[:, numeric].astype(np.float64)
    centre, spread = numbers.mean(axis=0), numbers.std(axis=0)
    spread[spread == 0] = 1.0
    scaled = (numbers - centre) / spread
    distinct = len({tuple(row) for row in table.tolist()})
    tries = [clusters] if clusters is not None else list(range(1, min(MOST_CLUSTERS, distinct) + 1))
    fits = [_fit(scaled, table[:, kinds], min(k, distinct), seed) for k in tries]
    numbers, modes, _ = fits[0] if clusters is not None else fits[_best([cost for _, _, cost in fits], table.shape[1])]
    found = np.empty((len(numbers), table.shape[1]), object if table.dtype.kind in "OUS" else np.float64)
    found[:, numeric] = numbers * spread + centre
    found[:, kinds] = modes
    return found


def _filled(table: NDArray[Any], kinds: list[int]) -> NDArray[Any]:
    """Put the column's middle in place of missing values, which clustering cannot take."""
    row = _row(table, set(kinds), "median")
    missing = np.array([[is_missing(value) for value in line] for line in table.tolist()])
    filled = table.copy() if table.dtype == object else table.astype(row.dtype)
    return np.asarray(np.where(missing, row, filled))


def _fit(
    scaled: NDArray[np.float64], kinds: NDArray[Any], k: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.object_], float]:
    """Give the centres of the numbers (k, ...), the modes of the categories (k, ...), and the scatter within."""
    codes, values = _coded(kinds)
    runs = [_prototypes(scaled, codes, k, np.random.default_rng([seed, start])) for start in range(STARTS)]
    centres, modes, cost = min(runs, key=lambda run: run[2])
    return centres, _decoded(modes, values), cost


def _prototypes(
    numbers: NDArray[np.float64], codes: NDArray[np.int64], k: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64], float]:
    """Run k-prototypes once (Huang 1998), from k-means++ starts: k-means without categories, k-modes without numbers.

    Ours, because the one of the kmodes package, row by row in Python, takes 125 CPU-seconds where this takes 0.1.
    """
    first = [int(rng.integers(len(codes)))]
    for _ in range(1, k):
        near = _distances(numbers, codes, numbers[first], codes[first]).min(axis=1)
        first.append(int(rng.choice(len(codes), p=near / near.sum())) if near.sum() > 0 else first[0])
    centres, modes = numbers[first], codes[first]
    belongs = np.full(len(codes), -1)
    for _ in range(MOST_ROUNDS):
        now = _distances(numbers, codes, centres, modes).argmin(axis=1)
        if (now == belongs).all():
            break
        belongs = now
        for cluster in np.unique(belongs):
            members = belongs == cluster
            centres[cluster] = numbers[members].mean(axis=0)
            modes[cluster] = [np.bincount(column).argmax() for column in codes[members].T]
    used = np.unique(belongs)
    cost = _distances(numbers, codes, centres, modes).min(axis=1).sum()
    return centres[used], modes[used], float(cost)


def _distances(
    numbers: NDArray[np.float64], codes: NDArray[np.int64], centres: NDArray[np.float64], modes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give (n, k): the squared distance of the scaled numbers plus half for every category that differs."""
    columns = []
    for centre, mode in zip(centres, modes, strict=True):
        apart = np.square(numbers - centre).sum(axis=1)
        columns.append(apart + CATEGORY_WEIGHT * (codes != mode).sum(axis=1))
    return np.stack(columns, axis=1)


def _coded(kinds: NDArray[Any]) -> tuple[NDArray[np.int64], list[list[object]]]:
    values = [sorted(set(kinds[:, at].tolist()), key=str) for at in range(kinds.shape[1])]
    codes = np.empty(kinds.shape, np.int64)
    for at, distinct in enumerate(values):
        number = {value: code for code, value in enumerate(distinct)}
        codes[:, at] = [number[value] for value in kinds[:, at].tolist()]
    return codes, values


def _decoded(codes: NDArray[np.int64], values: list[list[object]]) -> NDArray[np.object_]:
    found = np.empty(codes.shape, object)
    for at, distinct in enumerate(values):
        found[:, at] = [distinct[int(code)] for code in codes[:, at]]
    return found


def _best(costs: list[float], dimensions: int) -> int:
    """Give the position of the number of clusters that gains most over evenly spread data; 0 (one cluster) if none."""
    if costs[0] <= 0:
        return 0
    floor = costs[0] * 1e-12
    gains = [np.log(costs[0] / max(cost, floor)) - 2 / dimensions * np.log(k) for k, cost in enumerate(costs, start=1)]
    best = max(gains)
    return next(at for at, gain in enumerate(gains) if gain >= best - LEAST_GAIN) if best > LEAST_GAIN else 0
