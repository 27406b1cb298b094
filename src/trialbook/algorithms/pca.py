"""SageMaker's principal component analysis.

`regular` adds up the covariance over mini-batches and takes its eigenvectors; `randomized` is scikit-learn's randomised
singular value decomposition. Components are kept in rising order of variance, as SageMaker keeps them: the last number
of a projection belongs to the first principal component.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import artifact, examples
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.hyperparameters import AUTO, Choice, Flag, Hyperparameters, Integer, Rule, check
from trialbook.algorithms.reporting import Report
from trialbook.algorithms.row_predictor import RowPredictor
from trialbook.algorithms.table import dense

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from trialbook.algorithms.container import Container
    from trialbook.algorithms.log import Log

    Floats = NDArray[np.floating[Any]]

SEED = 0

RULES: tuple[Rule, ...] = (
    Integer("num_components", "Components to keep.", required=True, minimum=1),
    Integer("feature_dim", "Features of a row; `auto` takes the data's.", AUTO, auto=True, minimum=1),
    Integer("mini_batch_size", "Rows of a mini-batch; the result does not depend on it.", 1000, minimum=1),
    Choice("algorithm_mode", "How components are computed.", "regular", choices=("regular", "randomized")),
    Flag("subtract_mean", "Whether the features' means are subtracted in training and serving.", True),
    Integer("extra_components", "Components that `randomized` computes beyond those it keeps; -1 is the greater of 10"
            " and num_components.", -1, minimum=-1),
)  # fmt: skip


def train(container: Container, log: Log) -> None:
    """Compute the components of the channel `train`, and write them with the mean and the singular values.

    Raises
    ------
    ClientError
        For hyperparameters or data that break a rule.
    """
    found = check(container.hyperparameters, RULES, "pca")
    x = examples.read(container, found, log, labels=False)["train"].x
    count, most = found.integer("num_components"), min(x.shape)
    if count > most:
        message = f'"num_components" is {count}; {x.shape[0]} rows of {x.shape[1]} features have at most {most}.'
        raise ClientError(message)
    report = Report(log, container.host, 1)
    mean = np.asarray(x.mean(axis=0), np.float64).ravel() if found.flag("subtract_mean") else np.zeros(x.shape[1])
    compute = _randomized if found.text("algorithm_mode") == "randomized" else _regular
    components, singular, total = compute(x, mean, found)
    report.epoch(0, x.shape[0])
    explained = float((singular**2).sum() / total) if total else 1.0
    log.say(f"The {count} components hold {100 * explained:.4g} % of the variance.")
    arrays = {"v": components.astype(np.float32), "s": singular.astype(np.float32), "mean": mean.astype(np.float32)}
    artifact.save(container.model, "pca", arrays, {"explained": explained})


def load(folder: Path, environment: Mapping[str, str]) -> RowPredictor:
    """Load the components: each row's answer is its `projection`."""
    arrays = artifact.load(folder, "pca")[0]
    components, mean = arrays["v"], arrays["mean"]

    def predict(x: Any, verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG001
        made = np.asarray(x @ components) - mean @ components
        return [{"projection": [float(value) for value in row]} for row in made]

    return RowPredictor(predict, len(components), ("projection",), environment, name="projections")


def _regular(x: Any, mean: Floats, found: Hyperparameters) -> tuple[Floats, Floats, float]:
    """Give (features, components), their singular values and the sum of all squared ones."""
    size, count = found.integer("mini_batch_size"), found.integer("num_components")
    product = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, x.shape[0], size):
        part = dense(x[start : start + size]).astype(np.float64) - mean
        product += part.T @ part
    values, vectors = np.linalg.eigh(product)
    kept = np.maximum(values[-count:], 0)
    return vectors[:, -count:], np.sqrt(kept), float(np.trace(product))


def _randomized(x: Any, mean: Floats, found: Hyperparameters) -> tuple[Floats, Floats, float]:
    from sklearn.utils.extmath import randomized_svd

    count, extra = found.integer("num_components"), found.integer("extra_components")
    centred = dense(x).astype(np.float64) - mean
    extra = max(10, count) if extra == -1 else extra
    _, singular, rows = randomized_svd(centred, count, n_oversamples=extra, random_state=SEED)
    return rows[::-1].T, singular[::-1], float((centred**2).sum())
