"""The training program of the linear learner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from trialbook.algorithms import artifact, examples
from trialbook.algorithms.linear import parameters
from trialbook.algorithms.linear.fitting import Training
from trialbook.algorithms.linear.parameters import BINARY, MULTICLASS
from trialbook.algorithms.linear.scaling import scaling_of
from trialbook.algorithms.reporting import Report
from trialbook.algorithms.table import refuse_labels

if TYPE_CHECKING:
    from trialbook.algorithms.container import Container
    from trialbook.algorithms.hyperparameters import Hyperparameters
    from trialbook.algorithms.log import Log
    from trialbook.algorithms.table import Table

SEED = 0


def train(container: Container, log: Log) -> None:
    """Train on `train`, choose on `validation` (else on `train`), measure on `test`, write `model/model_algo-1`.

    Raises
    ------
    ClientError
        For hyperparameters or data that break a rule.
    """
    found = parameters.read(container.hyperparameters)
    tables = examples.read(container, found, log, labels=True, optional=("validation", "test"))
    for name, table in tables.items():
        _check_labels(table, found, name)
    if found.integer("mini_batch_size") > tables["train"].rows:
        log.caution(f"mini_batch_size is more than the {tables['train'].rows} training rows: each epoch is one step.")
    scaling = scaling_of(tables["train"], found)
    training = Training(found, tables, scaling, Report(log, container.host, found.integer("epochs")), log)
    training.run(np.random.default_rng(SEED))
    chosen, threshold = training.choose()
    weights, bias = training.weights_of(chosen)
    log.say(f"Best model found for hyperparameters: {json.dumps(training.models[chosen].shown())}")
    for name, table in tables.items():
        training.report.scores(name, training.measure(table, weights, bias, threshold, training.models[chosen]))
    artifact.save(
        container.model,
        "linear-learner",
        {"weights": weights, "bias": bias},
        {"predictor_type": found.text("predictor_type"), "loss": found.text("loss"), "threshold": threshold},
    )


def _check_labels(table: Table, found: Hyperparameters, name: str) -> None:
    y, predictor = np.asarray(table.y), found.text("predictor_type")
    if predictor == BINARY:
        wrong, rule = (y != 0) & (y != 1), "0 or 1 for a binary_classifier"
    elif predictor == MULTICLASS:
        classes = found.integer("num_classes")
        wrong = (y < 0) | (y >= classes) | (y != np.floor(y))
        rule = f"a whole number from 0 to {classes - 1} (num_classes - 1)"
    else:
        wrong, rule = ~np.isfinite(y), "a finite number"
    refuse_labels(y, wrong, name, rule)
