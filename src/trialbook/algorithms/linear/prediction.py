"""The serving program of the linear learner: `score`, and for classifiers `predicted_label`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import artifact
from trialbook.algorithms.answers import CSV
from trialbook.algorithms.linear.losses import sigmoid, softmax
from trialbook.algorithms.linear.parameters import BINARY, MULTICLASS
from trialbook.algorithms.row_predictor import ANSWERS, RowPredictor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def load(folder: Path, environment: Mapping[str, str]) -> RowPredictor:
    """Load `model_algo-1`."""
    arrays, facts = artifact.load(folder, "linear-learner")

    def predict(x: Any, verbose: bool) -> list[dict[str, Any]]:  # noqa: ARG001
        return fields_of(np.asarray(x @ arrays["weights"]) + arrays["bias"], facts)

    width = len(arrays["weights"])
    return RowPredictor(predict, width, ("predicted_label", "score"), environment, (*ANSWERS, CSV))


def fields_of(raw: Any, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the answer's fields for (rows, outputs) raw scores."""
    if facts["predictor_type"] == MULTICLASS:
        return [
            {"score": [float(value) for value in row], "predicted_label": int(np.argmax(row))} for row in softmax(raw)
        ]
    score = sigmoid(raw[:, 0]) if facts["loss"] == "logistic" else raw[:, 0]
    if facts["predictor_type"] == BINARY:
        return [{"score": float(one), "predicted_label": int(one >= facts["threshold"])} for one in score]
    return [{"score": float(one)} for one in score]
