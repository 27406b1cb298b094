"""SageMaker's k-means: one pass of mini-batches over many centres, then Lloyd's algorithm among the centres.

While rows stream by, `k * extra_center_factor` weighted centres follow them; at the end scikit-learn's KMeans reduces
the centres, as weighted points, to `k`. Source: the SageMaker Developer Guide's "How k-means clustering works". The
streaming update is written here because scikit-learn's MiniBatchKMeans has no half-life for old points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import artifact, examples
from trialbook.algorithms.answers import CSV
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.hyperparameters import AUTO, Choice, Hyperparameters, Integer, Number, Rule, Words, check
from trialbook.algorithms.reporting import Report
from trialbook.algorithms.row_predictor import ANSWERS, RowPredictor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from trialbook.algorithms.container import Container
    from trialbook.algorithms.log import Log

    Floats = NDArray[np.floating[Any]]

SEED = 0
MOST_EXTRA = 10
_BATCH = 4096
_WAYS = ("random", "kmeans++")

RULES: tuple[Rule, ...] = (
    Integer("k", "Clusters.", required=True, minimum=1),
    Integer("feature_dim", "Features of a row; `auto` takes the data's.", AUTO, auto=True, minimum=1),
    Integer("mini_batch_size", "Rows of a mini-batch.", 5000, minimum=1),
    Integer("epochs", "Passes over the training data.", 1, minimum=1),
    Choice("init_method", "How the first centres are chosen.", "random", choices=_WAYS),
    Integer("extra_center_factor", "Centres while rows stream by are k times this; `auto` is at most 10.", AUTO,
            auto=True, minimum=1),
    Integer("half_life_time_size", "Rows after which a row counts half; 0 lets all count the same.", 0, minimum=0),
    Integer("local_lloyd_max_iter", "Most iterations of the reduction to k.", 300, minimum=1),
    Number("local_lloyd_tol", "Change below which the reduction ends.", 0.0001, minimum=0, maximum=1),
    Choice("local_lloyd_init_method", "How the reduction starts.", "kmeans++", choices=_WAYS),
    Integer("local_lloyd_num_trials", "Tries of the reduction, of which the best is kept; `auto` is 10.", AUTO,
            auto=True, minimum=1),
    Words("eval_metrics", "What is reported: mean and sum of squared distances.", ("msd",), choices=("msd", "ssd")),
    Rule("_tuning_objective_metric", "Set by a tuning job."),
)  # fmt: skip


def train(container: Container, log: Log) -> None:
    """Cluster the channel `train`, measure on `test`, write the centres.

    Raises
    ------
    ClientError
        For hyperparameters or data that break a rule.
    """
    found = check(container.hyperparameters, RULES, "kmeans")
    tables = examples.read(container, found, log, labels=False)
    x, k = tables["train"].x, found.integer("k")
    if x.shape[0] < k:
        message = f"There are {x.shape[0]} training rows for k = {k} clusters: k must be at most the number of rows."
        raise ClientError(message)
    report = Report(log, container.host, found.integer("epochs"))
    centres, weights = _stream(x, found, report, np.random.default_rng(SEED))
    centres = _reduce(centres, weights, found)
    names = [*found.words("eval_metrics")]
    tuned = found.text("_tuning_objective_metric").partition(":")[2] if "_tuning_objective_metric" in found else ""
    names += [tuned] if tuned and tuned not in names else []
    for name, table in tables.items():
        squares = _nearest(table.x, centres)[1] ** 2
        values = {"msd": float(squares.mean()), "ssd": float(squares.sum())}
        report.scores(name, {metric: values[metric] for metric in names})
    artifact.save(container.model, "kmeans", {"centres": centres.astype(np.float32)}, {})


def load(folder: Path, environment: Mapping[str, str]) -> RowPredictor:
    """Load the centres: each row's answer is its `closest_cluster` and the Euclidean `distance_to_cluster`."""
    centres = artifact.load(folder, "kmeans")[0]["centres"]

    def predict(x: Any, verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG001
        index, distance = _nearest(x, centres)
        return [
            {"closest_cluster": float(one), "distance_to_cluster": float(far)}
            for one, far in zip(index, distance, strict=True)
        ]

    fields = ("closest_cluster", "distance_to_cluster")
    return RowPredictor(predict, centres.shape[1], fields, environment, (*ANSWERS, CSV))


def _nearest(x: Any, centres: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Give each row's nearest centre and its distance.

    scikit-learn's own function starts threads for each call, which for mini-batches cost more than the work.
    """
    centres = centres.astype(np.float64)
    lengths = (centres**2).sum(axis=1)
    index, squares = np.empty(x.shape[0], np.int64), np.empty(x.shape[0])
    for start in range(0, x.shape[0], _BATCH):
        part = x[start : start + _BATCH].astype(np.float64)
        own = part**2 if isinstance(part, np.ndarray) else part.multiply(part)
        away = lengths - 2 * np.asarray(part @ centres.T)
        best = away.argmin(axis=1)
        index[start : start + _BATCH] = best
        squares[start : start + _BATCH] = away[np.arange(len(best)), best] + np.asarray(own.sum(axis=1)).ravel()
    return index, np.sqrt(np.maximum(squares, 0))


def _stream(x: Any, found: Hyperparameters, report: Report, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Let weighted centres follow the mini-batches: each moves to the mean of all rows that were nearest to it."""
    from scipy.sparse import csr_matrix

    rows, size = x.shape[0], found.integer("mini_batch_size")
    factor = found.integer_or("extra_center_factor", MOST_EXTRA)
    count = min(found.integer("k") * factor, rows)
    half_life = found.integer("half_life_time_size")
    order = random.permutation(rows)
    centres = _first(x[order[: max(size, count)]], count, found, random)
    weights = np.zeros(count)
    for epoch in range(found.integer("epochs")):
        for start in range(0, rows, size):
            batch = x[order[start : start + size]]
            index, _ = _nearest(batch, centres)
            member = csr_matrix((np.ones(len(index)), (index, np.arange(len(index)))), shape=(count, len(index)))
            weights *= 0.5 ** (len(index) / half_life) if half_life else 1.0
            arrived = np.bincount(index, minlength=count).astype(np.float64)
            total = member @ batch
            total = total if isinstance(total, np.ndarray) else total.toarray()
            together = weights + arrived
            moved = together > 0
            sums = centres * weights[:, None] + total
            centres[moved] = sums[moved] / together[moved, None]
            weights = together
        order = random.permutation(rows)
        report.epoch(epoch, rows)
    return centres[weights > 0], weights[weights > 0]


def _first(sample: Any, count: int, found: Hyperparameters, random: np.random.Generator) -> Floats:
    if found.text("init_method") == "random":
        chosen = sample[:count]
        return np.asarray(chosen if isinstance(chosen, np.ndarray) else chosen.toarray(), np.float64)
    from sklearn.cluster import kmeans_plusplus

    centres, _ = kmeans_plusplus(sample, count, random_state=int(random.integers(2**31)))
    return np.asarray(centres if isinstance(centres, np.ndarray) else centres.toarray(), np.float64)


def _reduce(centres: Floats, weights: Floats, found: Hyperparameters) -> Floats:
    """Reduce weighted centres to k by Lloyd's algorithm; fewer distinct ones than k stay as they are."""
    from sklearn.cluster import KMeans

    k = found.integer("k")
    if len(np.unique(centres, axis=0)) <= k:
        # Rows that are alike leave fewer places than clusters; the rest of the clusters repeats them.
        return np.resize(centres, (k, centres.shape[1])) if len(centres) < k else centres[:k]
    way = "k-means++" if found.text("local_lloyd_init_method") == "kmeans++" else "random"
    model = KMeans(
        k, init=way, n_init=found.integer_or("local_lloyd_num_trials", 10), tol=found.number("local_lloyd_tol"),
        max_iter=found.integer("local_lloyd_max_iter"), random_state=SEED,
    )  # fmt: skip
    fitted: Floats = model.fit(centres, sample_weight=weights).cluster_centers_
    return fitted
