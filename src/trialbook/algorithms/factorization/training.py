"""The training and serving programs of factorization machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import artifact, examples
from trialbook.algorithms.factorization.machine import Machine, predict
from trialbook.algorithms.factorization.parameters import BINARY, RULES
from trialbook.algorithms.failures import ClientError
from trialbook.algorithms.formats import RECORDIO
from trialbook.algorithms.hyperparameters import check
from trialbook.algorithms.reporting import Report
from trialbook.algorithms.row_predictor import RowPredictor
from trialbook.algorithms.table import refuse_labels

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from trialbook.algorithms.container import Container
    from trialbook.algorithms.log import Log
    from trialbook.algorithms.table import Table

    Floats = NDArray[np.floating[Any]]

SEED = 0
NAME = "factorization-machines"
# Batches between two lines of a batch's metrics.
_SHOWN_EVERY = 500


def train(container: Container, log: Log) -> None:
    """Train on `train`, measure on `test`, write the three terms.

    Raises
    ------
    ClientError
        For hyperparameters or data that break a rule.
    """
    found = check(container.hyperparameters, RULES, NAME)
    tables = examples.read(container, found, log, labels=True, served=(RECORDIO,))
    binary = found.text("predictor_type") == BINARY
    for name, table in tables.items():
        _check_labels(table, name, binary=binary)
    table, size = tables["train"], found.integer("mini_batch_size")
    y = np.asarray(table.y, np.float32)
    random = np.random.default_rng(SEED)
    machine = Machine(found, table.features, random)
    report = Report(log, container.host, found.integer("epochs"))
    for epoch in range(found.integer("epochs")):
        order, made = random.permutation(table.rows), np.empty(table.rows)
        for number, start in enumerate(range(0, table.rows, size)):
            rows = order[start : start + size]
            part, labels = table.x[rows], y[rows]
            raw = predict(machine.arrays(), part)
            made[rows] = _scored(raw, binary=binary)
            if number % _SHOWN_EVERY == 0:
                when = f"epoch={epoch}, batch={number} "
                report.quality("train", _metrics(made[rows], labels, binary=binary), when)
            machine.step(part, (_scored(raw, binary=binary) - labels).astype(np.float32) * (1 if binary else 2))
        if not np.isfinite(made).all():
            message = "The predictions are not finite any more: use smaller learning rates, or scale the features."
            raise ClientError(message)
        report.quality("train", _metrics(made, y, binary=binary), f"epoch={epoch}, ")
        report.epoch(epoch, table.rows)
    if "test" in tables:
        test = tables["test"]
        scored = _scored(predict(machine.arrays(), test.x), binary=binary)
        report.scores("test", _metrics(scored, np.asarray(test.y), binary=binary))
    artifact.save(container.model, NAME, machine.arrays(), {"predictor_type": found.text("predictor_type")})


def load(folder: Path, environment: Mapping[str, str]) -> RowPredictor:
    """Load the terms: each row's answer is its `score`, and for a classifier its `predicted_label`."""
    arrays, facts = artifact.load(folder, NAME)
    binary = facts["predictor_type"] == BINARY

    def answer(x: Any, verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG001
        score = _scored(predict(arrays, x), binary=binary)
        if binary:
            return [{"score": float(one), "predicted_label": int(one > 0.5)} for one in score]
        return [{"score": float(one)} for one in score]

    return RowPredictor(answer, len(arrays["linear"]), ("score", "predicted_label"), environment, csv=False)


def _scored(raw: Floats, *, binary: bool) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * raw))) if binary else raw


def _metrics(made: Floats, labels: Floats, *, binary: bool) -> dict[str, float]:
    """Give the metrics that SageMaker logs: of probabilities for a classifier, of values for a regression."""
    if not binary:
        error = made.astype(np.float64) - labels
        mse = float(np.mean(error**2))
        return {"rmse": mse**0.5, "mse": mse, "absolute_loss": float(np.mean(np.abs(error)))}
    said, real = made > 0.5, labels == 1
    chance = np.clip(made.astype(np.float64), 1e-15, 1 - 1e-15)
    right, total = float(np.sum(said & real)), float(said.sum() + real.sum())
    return {
        "binary_classification_accuracy": float(np.mean(said == real)),
        "binary_classification_cross_entropy": float(-np.mean(np.where(real, np.log(chance), np.log1p(-chance)))),
        "binary_f_1.000": 2 * right / total if total else 0.0,
    }


def _check_labels(table: Table, name: str, *, binary: bool) -> None:
    y = np.asarray(table.y)
    wrong = (y != 0) & (y != 1) if binary else ~np.isfinite(y)
    refuse_labels(y, wrong, name, "0 or 1 for a binary_classifier" if binary else "a finite number")
