"""SageMaker's k-nearest neighbours: a sample of the rows, projected if asked for, and an index over it.

The index is scikit-learn's exact one whatever `index_type` says: `faiss.IVFFlat` and `faiss.IVFPQ` are approximations
of the same neighbours, made for sizes that do not fit a machine like this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import artifact, examples
from trialbook.algorithms.answers import CSV
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.hyperparameters import AUTO, Choice, Hyperparameters, Integer, Rule, check
from trialbook.algorithms.reporting import Report
from trialbook.algorithms.row_predictor import ANSWERS, RowPredictor
from trialbook.algorithms.table import dense

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from trialbook.algorithms.container import Container
    from trialbook.algorithms.log import Log

    Floats = NDArray[np.floating[Any]]

SEED = 0
CLASSIFIER = "classifier"
_BATCH = 4096

RULES: tuple[Rule, ...] = (
    Integer("k", "Neighbours.", required=True, minimum=1),
    Choice("predictor_type", "Majority of the neighbours' labels, or their mean.", required=True,
           choices=(CLASSIFIER, "regressor")),
    Integer("sample_size", "Rows to draw from the training data.", required=True, minimum=1),
    Integer("feature_dim", "Features of a row; `auto` takes the data's.", AUTO, auto=True, minimum=1),
    Integer("mini_batch_size", "Rows of a mini-batch; the result does not depend on it.", 5000, minimum=1),
    Choice("dimension_reduction_type", "Random projection by signs, or the fast Johnson-Lindenstrauss transform.",
           choices=("sign", "fjlt")),
    Integer("dimension_reduction_target", "Features after the projection.", minimum=1),
    Choice("index_type", "Kind of index; each is searched exactly here.", "faiss.Flat",
           choices=("faiss.Flat", "faiss.IVFFlat", "faiss.IVFPQ")),
    Choice("index_metric", "What near means.", "L2", choices=("L2", "INNER_PRODUCT", "COSINE")),
    Integer("faiss_index_ivf_nlists", "Centroids of an IVF index; has no effect here.", AUTO, auto=True, minimum=1),
    Integer("faiss_index_pq_m", "Sub-vectors of a PQ index; has no effect here.", minimum=1),
    Rule("_tuning_objective_metric", "Set by a tuning job."),
)  # fmt: skip


class Index:
    """Exact neighbours among the rows of a sample."""

    def __init__(self, rows: Floats, labels: Floats, k: int, metric: str) -> None:
        from sklearn.neighbors import NearestNeighbors

        self.rows, self.labels, self.k, self.metric = rows, labels, k, metric
        kinds = {"L2": "euclidean", "COSINE": "cosine"}
        self._search = NearestNeighbors(n_neighbors=k, metric=kinds[metric]).fit(rows) if metric in kinds else None

    def neighbours(self, x: Floats) -> tuple[Floats, Floats]:
        """Give (rows, k) distances, rising, and the neighbours' labels; an inner product is no distance and falls."""
        if self._search is not None:
            distances, index = self._search.kneighbors(x)
            return distances, self.labels[index]
        product = x @ self.rows.T
        index = np.argsort(-product, axis=1, kind="stable")[:, : self.k]
        return np.take_along_axis(product, index, axis=1), self.labels[index]

    def predict(self, x: Floats, predictor: str) -> tuple[Floats, Floats, Floats]:
        """Give predictions, distances and labels; a tied vote goes to the class of the nearest of the tied."""
        parts = [self.neighbours(x[start : start + _BATCH]) for start in range(0, len(x), _BATCH)]
        distances, labels = (np.concatenate([part[which] for part in parts]) for which in (0, 1))
        if predictor != CLASSIFIER:
            return labels.mean(axis=1), distances, labels
        votes = (labels[:, :, None] == labels[:, None, :]).sum(axis=2)
        return labels[np.arange(len(labels)), votes.argmax(axis=1)], distances, labels


def train(container: Container, log: Log) -> None:
    """Sample and project the channel `train`, measure on `test`, write the rows.

    Raises
    ------
    ClientError
        For hyperparameters or data that break a rule.
    """
    found = check(container.hyperparameters, RULES, "knn")
    tables = examples.read(container, found, log, labels=True)
    table, k, predictor = tables["train"], found.integer("k"), found.text("predictor_type")
    size = min(found.integer("sample_size"), table.rows)
    if k > size:
        message = (
            f'k is {k}, but the sample has {size} rows: the lesser of "sample_size" and {table.rows} training rows.'
        )
        raise ClientError(message)
    random = np.random.default_rng(SEED)
    chosen = np.sort(random.choice(table.rows, size, replace=False))
    projection = _projection(found, table.features, random)
    report = Report(log, container.host, 1)
    rows, labels = _projected(dense(table.x[chosen]), projection), np.asarray(table.y)[chosen]
    index = Index(rows, labels, k, found.text("index_metric"))
    report.epoch(0, table.rows)
    if "test" in tables:
        test = tables["test"]
        predicted = index.predict(_projected(dense(test.x), projection), predictor)[0]
        true = np.asarray(test.y, np.float64)
        if predictor == CLASSIFIER:
            report.scores("test", {"accuracy": float(np.mean(predicted == true))})
        else:
            report.scores("test", {"mse": float(np.mean((predicted - true) ** 2))})
    arrays = {"rows": rows, "labels": labels, "projection": projection if projection is not None else np.empty((0, 0))}
    facts = {"k": k, "predictor_type": predictor, "metric": found.text("index_metric"), "width": table.features}
    artifact.save(container.model, "knn", arrays, facts)


def load(folder: Path, environment: Mapping[str, str]) -> RowPredictor:
    """Load the index: each row's answer is its `predicted_label`, and when verbose its neighbours too."""
    arrays, facts = artifact.load(folder, "knn")
    projection = arrays["projection"] if arrays["projection"].size else None
    index = Index(arrays["rows"], arrays["labels"], int(facts["k"]), facts["metric"])

    def predict(x: Any, verbose: bool) -> list[dict[str, Any]]:
        predicted, distances, labels = index.predict(_projected(dense(x), projection), facts["predictor_type"])
        found: list[dict[str, Any]] = [{"predicted_label": float(one)} for one in predicted]
        if verbose:
            for one, far, named in zip(found, distances, labels, strict=True):
                one.update(distances=[float(value) for value in far], labels=[float(value) for value in named])
        return found

    fields = ("predicted_label", "distances", "labels")
    return RowPredictor(predict, int(facts["width"]), fields, environment, (*ANSWERS, CSV))


def _projection(found: Hyperparameters, width: int, random: np.random.Generator) -> Floats | None:
    """Give a (width, target) matrix that keeps distances but for a few per cent, None when none is asked for."""
    if "dimension_reduction_type" not in found:
        return None
    target = found.values["dimension_reduction_target"]
    if target is None or not 0 < int(target) < width:
        message = f'"dimension_reduction_target" must be from 1 to {width - 1} (below the number of features).'
        raise ClientError(message)
    target = int(target)
    if found.text("dimension_reduction_type") == "sign":
        return np.asarray(random.choice([-1.0, 1.0], (width, target)) / np.sqrt(target), np.float32)
    return _fast_transform(width, target, random)


def _fast_transform(width: int, target: int, random: np.random.Generator) -> Floats:
    """Give the matrix of random signs, a Hadamard transform and a sample of its columns (Ailon and Chazelle 2009)."""
    padded = 1 << max(width - 1, 0).bit_length()
    signs = random.choice([-1.0, 1.0], width)
    columns = random.choice(padded, target, replace=False)
    # An entry of the Hadamard matrix is the parity of the bits that row and column share.
    shared = np.bitwise_count(np.arange(width)[:, None] & columns[None, :])
    return np.asarray(signs[:, None] * np.where(shared % 2, -1.0, 1.0) / np.sqrt(target), np.float32)


def _projected(x: Floats, projection: Floats | None) -> Floats:
    return x if projection is None else x @ projection
