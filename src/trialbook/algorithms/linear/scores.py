"""Metrics of a trained linear model, by the names that SageMaker logs, and the choice of a binary threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.algorithms.hyperparameters import Hyperparameters

    Floats = NDArray[np.floating[Any]]


def binary(scores: Floats, labels: Floats, threshold: float, beta: float) -> dict[str, float]:
    """Metrics of (rows,) scores whose rows are positive from the threshold up."""
    said, real = scores >= threshold, labels == 1
    right = float(np.sum(said & real))
    precision = right / max(float(np.sum(said)), 1.0)
    recall = right / max(float(np.sum(real)), 1.0)
    return {
        "binary_classification_accuracy": float(np.mean(said == real)),
        f"binary_f_{beta:.3f}": float(_f_score(np.array(precision), np.array(recall), beta)),
        "precision": precision,
        "recall": recall,
        "roc_auc_score": roc_auc(scores, labels),
    }


def roc_auc(scores: Floats, labels: Floats) -> float:
    """Chance that a positive row scores above a negative one, ties counting half; 0.5 when a class is absent."""
    order = np.argsort(scores, kind="stable")
    _, inverse, counts = np.unique(scores[order], return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[inverse]
    real = labels[order] == 1
    positive, negative = float(real.sum()), float((~real).sum())
    if not positive or not negative:
        return 0.5
    return float((ranks[real].sum() - positive * (positive + 1) / 2) / (positive * negative))


def multiclass(scores: Floats, labels: Floats, beta: float, k: int) -> dict[str, float]:
    """Metrics of (rows, classes) scores; a class's share of nothing is 0."""
    classes = scores.shape[1]
    predicted = np.argmax(scores, axis=1)
    real = labels.astype(np.int64)
    own = np.take_along_axis(scores, real[:, None], axis=1)
    rank = (scores > own).sum(axis=1) + 1
    right = np.bincount(real[predicted == real], minlength=classes).astype(np.float64)
    precision = right / np.maximum(np.bincount(predicted, minlength=classes), 1)
    recall = right / np.maximum(np.bincount(real, minlength=classes), 1)
    return {
        "multiclass_accuracy": float(np.mean(predicted == real)),
        f"multiclass_top_k_accuracy_{k}": float(np.mean(rank <= k)),
        "dcg": float(np.mean(1 / np.log2(rank + 1))),
        "macro_recall": float(recall.mean()),
        "macro_precision": float(precision.mean()),
        f"macro_f_{beta:.3f}": float(_f_score(precision, recall, beta).mean()),
    }


def regression(scores: Floats, labels: Floats) -> dict[str, float]:
    """Metrics of (rows,) predictions."""
    error = scores.astype(np.float64) - labels
    mse = float(np.mean(error**2))
    return {"mse": mse, "absolute_loss": float(np.mean(np.abs(error))), "rmse": mse**0.5}


def best_threshold(scores: Floats, labels: Floats, found: Hyperparameters) -> tuple[float, float]:
    """Find the threshold that is best by the job's criterion.

    Returns
    -------
    The threshold, halfway between the scores around it, and the criterion's value there; a target that no threshold
    reaches is approached as closely as can be, and then the value is below every one that reaches it.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, real = scores[order].astype(np.float64), labels[order] == 1
    # Positive are the first n rows, for each n at which a score ends.
    ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True)) + 1
    ends = np.concatenate([[0], ends])
    right = np.concatenate([[0], np.cumsum(real)])[ends].astype(np.float64)
    total = max(float(real.sum()), 1.0)
    precision, recall = right / np.maximum(ends, 1), right / total
    wrong = (ends - right) + (float(real.sum()) - right)
    criterion = found.text("binary_classifier_model_selection_criteria")
    if criterion == "precision_at_target_recall":
        value = _held(precision, recall, found.number("target_recall"))
    elif criterion == "recall_at_target_precision":
        value = _held(recall, precision, found.number("target_precision"))
    elif criterion in {"f1", "f_beta"}:
        value = _f_score(precision, recall, found.number("f_beta") if criterion == "f_beta" else 1.0)
    else:
        value = 1 - wrong / len(ranked)
    best = int(np.argmax(value))
    cut = int(ends[best])
    above = ranked[cut - 1] if cut else ranked[0] + 1
    below = ranked[cut] if cut < len(ranked) else ranked[-1] - 1
    return float(above if cut and cut == len(ranked) else (above + below) / 2), float(value[best])


def _held(value: Floats, held: Floats, target: float) -> Floats:
    """Give `value` where `held` reaches the target, and how far it is from it, below zero, elsewhere."""
    return np.where(held >= target, value, held - target)


def _f_score(precision: Floats, recall: Floats, beta: float) -> Floats:
    below = beta**2 * precision + recall
    return np.asarray((1 + beta**2) * precision * recall / np.where(below > 0, below, 1))
