"""The serving program of the linear learner: `score`, and for classifiers `predicted_label`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import artifact, examples, requests
from trialbook.algorithms.answers import CSV, JSON, JSONLINES, RECORDIO, Answer, accepted, encode_fields
from trialbook.algorithms.linear.losses import sigmoid, softmax
from trialbook.algorithms.linear.parameters import BINARY, MULTICLASS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FIELDS = ("predicted_label", "score")


class Predictor:
    """A trained linear model."""

    def __init__(self, arrays: Mapping[str, Any], facts: Mapping[str, Any], accept: str) -> None:
        self._weights, self._bias = arrays["weights"], arrays["bias"]
        self._predictor, self._loss = facts["predictor_type"], facts["loss"]
        self._threshold = float(facts["threshold"])
        self._accept = accept

    def respond(self, body: bytes, content_type: str | None, accept: str | None) -> Answer:
        """Predict the rows of a request."""
        kind, _ = accepted(accept, (JSON, JSONLINES, RECORDIO, CSV), self._accept)
        x = examples.features(requests.rows(body, content_type).x, len(self._weights))
        return encode_fields(self._predict(np.asarray(x @ self._weights) + self._bias), kind, _FIELDS)

    def _predict(self, raw: Any) -> list[dict[str, Any]]:
        if self._predictor == MULTICLASS:
            probabilities = softmax(raw)
            return [
                {"score": [float(value) for value in row], "predicted_label": int(np.argmax(row))}
                for row in probabilities
            ]
        score = sigmoid(raw[:, 0]) if self._loss == "logistic" else raw[:, 0]
        if self._predictor == BINARY:
            return [{"score": float(one), "predicted_label": int(one >= self._threshold)} for one in score]
        return [{"score": float(one)} for one in score]


def load(folder: Path, environment: Mapping[str, str]) -> Predictor:
    """Load `model_algo-1`."""
    arrays, facts = artifact.load(folder, "linear-learner")
    return Predictor(arrays, facts, environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or JSON)
