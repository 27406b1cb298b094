"""Which parameter matters for a metric: estimated from runs that happened, with what the estimate does not know.

Two methods give one answer's form: a forest with permutation where scikit-learn is installed and there are enough runs,
else rank correlation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.services.extras import need

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.sdk.table import Table

FOREST, RANKS = "forest", "ranks"
FEWEST_FOR_FOREST = 20
FOLDS, REPEATS, TREES, SHUFFLES, RESAMPLES = 5, 2, 60, 5, 400


@dataclass(frozen=True, slots=True)
class Importance:
    """Importances of parameters, the largest first.

    Attributes
    ----------
    parameters
        Names of the columns.
    value, low, high
        (k,) float64 each: the importance and its 95% interval.
    method
        "forest": the share of the metric's variance that a random forest predicts no longer, on runs it has not seen,
        once the parameter's values are shuffled. "ranks": the size of the rank correlation with the metric, 0 to 1.
    score
        R squared of the forest on runs it has not seen: near 0 or below, the importances say nothing. NaN for ranks.
    n
        How many runs there were.
    """

    parameters: list[str]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    method: str
    score: float
    n: int


def importance(
    table: Table,
    metric: str,
    parameters: Sequence[str] | None = None,
    *,
    method: str | None = None,
    seed: int = 0,
) -> Importance:
    """Estimate how much each parameter matters for a metric.

    Parameters
    ----------
    metric
        A column of the table; runs without a finite value are left out.
    parameters
        Columns to look at; by default every `Parameters.*` that has more than one value.
    method
        "forest" or "ranks"; by default the forest from 20 runs on, where scikit-learn is installed.
    seed
        Of the forest, the folds and the shuffles.

    Notes
    -----
    The forest is fitted five-fold, twice; on each held-out fold every parameter is shuffled in turn, and the growth of
    the squared error over the metric's variance is its importance (Breiman 2001). The interval is Student's over the
    folds with the correction of Nadeau and Bengio (2003), since the training parts overlap. Two parameters that go
    together share their importance, and a parameter matters only over the range that the runs cover.

    Rank correlation is Spearman's, or the correlation ratio of ranks for texts, with a bootstrap interval. It sees only
    what rises or falls throughout, and each parameter by itself.

    Raises
    ------
    ValueError
        Fewer than five runs have the metric, or no parameter varies.
    """
    import sys

    metric = table.resolve(metric)
    y = table.to_numpy(metric).astype(np.float64)
    known = np.isfinite(y)
    if known.sum() < 5:
        message = f"Only {known.sum()} runs have a finite {metric}; importance needs at least 5."
        raise ValueError(message)
    rows = np.flatnonzero(known)
    names = list(parameters) if parameters else [n for n in table.columns if n.casefold().startswith("parameters.")]
    coded = {name: encode([table[name][at] for at in rows]) for name in names}
    varying = {name: pair for name, pair in coded.items() if len(np.unique(pair[0])) > 1}
    if not varying:
        message = f"No parameter of these {len(rows)} runs varies: there is nothing to matter."
        raise ValueError(message)
    if method is None:
        here = "sklearn" in sys.modules or find_spec("sklearn") is not None
        method = FOREST if here and len(rows) >= FEWEST_FOR_FOREST else RANKS
    if method not in {FOREST, RANKS}:
        message = f"The method is {method!r}; it must be '{FOREST}' or '{RANKS}'."
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    if method == FOREST:
        value, low, high, score = _forest(np.column_stack([pair[0] for pair in varying.values()]), y[rows], rng)
    else:
        value, low, high = _ranks(list(varying.values()), y[rows], rng)
        score = math.nan
    order = np.argsort(-value, kind="stable")
    kept = list(varying)
    return Importance([kept[at] for at in order], value[order], low[order], high[order], method, score, len(rows))


def encode(values: Sequence[Any]) -> tuple[NDArray[np.float64], bool]:
    """Give values as numbers, and whether they are a scale: texts become places in their order, what is missing -1."""
    present = [one for one in values if one is not None]
    if all(isinstance(one, int | float) for one in present):
        lowest = min((float(one) for one in present if math.isfinite(one)), default=0.0)
        numbers = [float(one) if one is not None and math.isfinite(one) else lowest - 1 for one in values]
        return np.array(numbers), True
    places = {text: at for at, text in enumerate(sorted({str(one) for one in present}))}
    return np.array([-1.0 if one is None else float(places[str(one)]) for one in values]), False


def _forest(
    x: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    ensemble = need("sklearn.ensemble", "plot")
    spread = float(y.var()) or 1.0
    lost, predicted = [], np.zeros((REPEATS, len(y)))
    for repeat in range(REPEATS):
        for held in np.array_split(rng.permutation(len(y)), FOLDS):
            train = np.setdiff1d(np.arange(len(y)), held)
            forest = ensemble.RandomForestRegressor(
                TREES, min_samples_leaf=2, random_state=int(rng.integers(2**31)), n_jobs=1
            )
            forest.fit(x[train], y[train])
            predicted[repeat, held] = forest.predict(x[held])
            error = float(((predicted[repeat, held] - y[held]) ** 2).mean())
            lost.append((_shuffled(forest, x[held], y[held], rng) - error) / spread)
    score = 1 - float(((predicted - y) ** 2).mean()) / spread
    folds = np.array(lost)
    mean, std = folds.mean(axis=0), folds.std(axis=0, ddof=1)
    error = std * math.sqrt(1 / len(folds) + 1 / (FOLDS - 1))
    reach = float(need("scipy.special", "plot").stdtrit(len(folds) - 1, 0.975)) * error
    return mean, mean - reach, mean + reach, score


def _shuffled(
    forest: Any, x: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Give the squared error (k,) once each of the k columns is shuffled, with one prediction of all shuffles."""
    n, k = x.shape
    other = np.tile(x, (k, SHUFFLES, 1, 1))
    for column in range(k):
        for shuffle in range(SHUFFLES):
            other[column, shuffle, :, column] = rng.permutation(x[:, column])
    predicted = forest.predict(other.reshape(-1, k)).reshape(k, SHUFFLES, n)
    errors: NDArray[np.float64] = ((predicted - y) ** 2).mean(axis=(1, 2))
    return errors


def _ranks(
    columns: Sequence[tuple[NDArray[np.float64], bool]], y: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    drawn = [np.arange(len(y)), *(rng.integers(0, len(y), len(y)) for _ in range(RESAMPLES))]
    sizes = np.array([[_association(x[rows], y[rows], scale) for x, scale in columns] for rows in drawn])
    low, high = np.quantile(sizes[1:], [0.025, 0.975], axis=0)
    return sizes[0], low, high


def _association(x: NDArray[np.float64], y: NDArray[np.float64], scale: bool) -> float:
    rankdata = need("scipy.stats", "plot").rankdata
    ranks = rankdata(y)
    ranks = ranks - ranks.mean()
    total = float((ranks**2).sum())
    if total == 0 or (x == x[0]).all():
        return 0.0
    if scale:
        other = rankdata(x)
        other = other - other.mean()
        return abs(float((ranks * other).sum())) / math.sqrt(total * float((other**2).sum()))
    groups = [ranks[x == one] for one in np.unique(x)]
    return math.sqrt(sum(len(group) * float(group.mean()) ** 2 for group in groups) / total)
