"""Curves of predictions, in the JSON forms that SageMaker's SDK logs, so that both show the same.

The numbers are those of scikit-learn's functions of the same names, which tests compare; NumPy is all that is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from trialbook.model import Document


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike, title: str | None = None) -> Document:
    """Count true labels (rows) by predicted labels (columns), labels in their order."""
    true, predicted = _both(y_true, y_pred)
    labels = np.unique(np.concatenate([true, predicted]))
    matrix = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(matrix, (np.searchsorted(labels, true), np.searchsorted(labels, predicted)), 1)
    return {"type": "ConfusionMatrix", "version": 0, "title": title, "confusionMatrix": matrix.tolist()}


def roc_curve(y_true: ArrayLike, y_score: ArrayLike, title: str | None = None) -> Document:
    """Rates of false and true positives over all thresholds, corners only, and the area under them."""
    false, true = _positives(y_true, y_score, None)
    corners = np.r_[True, (np.diff(false, 2) != 0) | (np.diff(true, 2) != 0), True] if len(false) > 2 else slice(None)
    false, true = np.r_[0, false[corners]], np.r_[0, true[corners]]
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = false / false[-1], true / true[-1]
    return {
        "type": "ROCCurve",
        "version": 0,
        "title": title,
        "falsePositiveRate": x.tolist(),
        "truePositiveRate": y.tolist(),
        "areaUnderCurve": float(np.trapezoid(y, x)),
    }


def precision_recall(
    y_true: ArrayLike,
    probabilities: ArrayLike,
    positive_label: str | float | None = None,
    title: str | None = None,
    no_skill: float | None = None,
) -> Document:
    """Precision and recall over all thresholds, recall falling to 0, and the average precision (a sum of steps)."""
    false, true = _positives(y_true, probabilities, positive_label)
    precision = true / (true + false)
    recall = true / true[-1] if true[-1] else np.ones(len(true))
    precision, recall = np.r_[precision[::-1], 1.0], np.r_[recall[::-1], 0.0]
    return {
        "type": "PrecisionRecallCurve",
        "version": 0,
        "title": title,
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "averagePrecisionScore": float(max(0.0, -np.sum(np.diff(recall) * precision[:-1]))),
        "noSkill": no_skill,
    }


def _both(y_true: ArrayLike, other: ArrayLike) -> tuple[NDArray[np.generic], NDArray[np.generic]]:
    first, second = np.asarray(y_true), np.asarray(other)
    if first.shape != second.shape or first.ndim != 1:
        message = (
            f"true labels and predictions must be lists of one length, not of shapes {first.shape}, {second.shape}"
        )
        raise ValueError(message)
    return first, second


def _positives(
    y_true: ArrayLike, y_score: ArrayLike, positive: str | float | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count false and true positives at each distinct threshold, from the highest score down."""
    labels, given = _both(y_true, y_score)
    scores = given.astype(np.float64)
    if positive is None:
        distinct = np.unique(labels)
        if not np.isin(distinct, [0, 1]).all() and not np.isin(distinct, [-1, 1]).all():
            message = f"the true labels {distinct[:5].tolist()} are not 0 and 1, or -1 and 1: say the positive label"
            raise ValueError(message)
        positive = 1
    order = np.argsort(scores, kind="stable")[::-1]
    hits = (labels[order] == positive).astype(np.int64)
    ends = np.r_[np.flatnonzero(np.diff(scores[order])), len(hits) - 1]
    true = np.cumsum(hits)[ends]
    return 1 + ends - true, true
