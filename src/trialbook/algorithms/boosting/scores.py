"""Metrics that SageMaker's container adds to xgboost's own, computed on labels and predictions.

Multi-class targets use the macro average unless the name says another; a share of nothing is 0, as in scikit-learn
with `zero_division=0`. Source of the names: SageMaker's "Tune an XGBoost Model".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]


def labels_of(predictions: Floats, objective: str) -> Floats:
    """Turn predictions into labels: the likeliest class, or the side of one half (of zero for raw scores)."""
    if predictions.ndim > 1 and predictions.shape[1] > 1:
        return np.asarray(np.argmax(predictions, axis=1), np.float64)
    flat = predictions.ravel()
    if objective == "multi:softmax":
        return flat
    return np.asarray(flat > (0.0 if objective == "binary:logitraw" else 0.5), np.float64)


def _counts(true: Floats, predicted: Floats) -> tuple[Floats, Floats, Floats]:
    """Give for each class that occurs: right, predicted and true rows."""
    classes = np.unique(np.concatenate([true, predicted]))
    right = np.array([np.sum((true == c) & (predicted == c)) for c in classes], np.float64)
    said = np.array([np.sum(predicted == c) for c in classes], np.float64)
    real = np.array([np.sum(true == c) for c in classes], np.float64)
    return right, said, real


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def accuracy(true: Floats, predicted: Floats) -> float:
    """Share of rows with the right label."""
    return float(np.mean(true == predicted))


def balanced_accuracy(true: Floats, predicted: Floats) -> float:
    """Mean recall of the classes that occur in the data."""
    right, _, real = _counts(true, predicted)
    return float(np.mean(_share(right, real)[real > 0]))


def precision_macro(true: Floats, predicted: Floats) -> float:
    """Mean over classes of right / predicted."""
    right, said, _ = _counts(true, predicted)
    return float(np.mean(_share(right, said)))


def recall_macro(true: Floats, predicted: Floats) -> float:
    """Mean over classes of right / true."""
    right, _, real = _counts(true, predicted)
    return float(np.mean(_share(right, real)))


def f1_macro(true: Floats, predicted: Floats) -> float:
    """Mean over classes of the harmonic mean of precision and recall."""
    right, said, real = _counts(true, predicted)
    return float(np.mean(_share(2 * right, said + real)))


def f1_binary(true: Floats, predicted: Floats) -> float:
    """F1 of class 1."""
    right = float(np.sum((true == 1) & (predicted == 1)))
    total = float(np.sum(true == 1) + np.sum(predicted == 1))
    return 2 * right / total if total else 0.0


def precision_binary(true: Floats, predicted: Floats) -> float:
    """Share of rows predicted as class 1 that are."""
    said = float(np.sum(predicted == 1))
    return float(np.sum((true == 1) & (predicted == 1))) / said if said else 0.0


def recall_binary(true: Floats, predicted: Floats) -> float:
    """Share of rows of class 1 that are predicted so."""
    real = float(np.sum(true == 1))
    return float(np.sum((true == 1) & (predicted == 1))) / real if real else 0.0


def mse(true: Floats, predicted: Floats) -> float:
    """Mean squared error."""
    return float(np.mean((true - predicted) ** 2))


def r2(true: Floats, predicted: Floats) -> float:
    """Coefficient of determination; 0 for a constant target that is missed, 1 for one that is met."""
    residual, total = float(np.sum((true - predicted) ** 2)), float(np.sum((true - np.mean(true)) ** 2))
    return 1 - residual / total if total else float(residual == 0)


# Micro averages over single labels all equal accuracy.
ON_LABELS: dict[str, Callable[[Floats, Floats], float]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "f1": f1_macro,
    "f1_binary": f1_binary,
    "f1_macro": f1_macro,
    "precision": precision_binary,
    "precision_macro": precision_macro,
    "precision_micro": accuracy,
    "recall": recall_binary,
    "recall_macro": recall_macro,
    "recall_micro": accuracy,
}
ON_VALUES: dict[str, Callable[[Floats, Floats], float]] = {"mse": mse, "r2": r2}
ADDED = (*ON_LABELS, *ON_VALUES)


def evaluator(names: Sequence[str], objective: str) -> Callable[[Floats, Any], list[tuple[str, float]]] | None:
    """Give the function that xgboost calls each round with predictions and a DMatrix; None when `names` is empty."""
    if not names:
        return None

    def evaluate(predictions: Floats, matrix: Any) -> list[tuple[str, float]]:
        true = np.asarray(matrix.get_label(), np.float64)
        predicted = labels_of(predictions, objective)
        values = np.asarray(predictions, np.float64)
        return [
            (name, ON_LABELS[name](true, predicted) if name in ON_LABELS else ON_VALUES[name](true, values.ravel()))
            for name in names
        ]

    return evaluate
