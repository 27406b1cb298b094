"""Losses of the linear learner: the value of each row and the gradient by its score.

Scores are (rows, models) and labels (rows, 1), but for the softmax, where scores are (rows, models, classes). Binary
labels are 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from trialbook.algorithms.hyperparameters import Hyperparameters

    Floats = NDArray[np.floating[Any]]
    Pair = tuple[Floats, Floats]


@dataclass(frozen=True)
class Loss:
    """A loss.

    Attributes
    ----------
    objective
        Its name in log lines, without "_objective".
    of
        Gives (values, gradients) of scores and labels.
    """

    objective: str
    of: Callable[[Floats, Floats], Pair]


def loss_of(found: Hyperparameters) -> Loss:
    """Give the loss that hyperparameters name."""
    delta, insensitivity = found.number("huber_delta"), found.number("loss_insensitivity")
    quantile, margin = found.number("quantile"), found.number("margin")
    losses = {
        "logistic": Loss("binary_classification_cross_entropy", logistic),
        "hinge_loss": Loss("hinge_loss", lambda s, y: hinge(s, y, margin)),
        "softmax_loss": Loss("multiclass_cross_entropy", softmax_loss),
        "squared_loss": Loss("mse", squared),
        "absolute_loss": Loss("absolute_loss", absolute),
        "eps_insensitive_squared_loss": Loss(
            "eps_insensitive_squared_loss", lambda s, y: insensitive_squared(s, y, insensitivity)
        ),
        "eps_insensitive_absolute_loss": Loss(
            "eps_insensitive_absolute_loss", lambda s, y: insensitive_absolute(s, y, insensitivity)
        ),
        "quantile_loss": Loss("quantile_loss", lambda s, y: quantile_loss(s, y, quantile)),
        "huber_loss": Loss("huber_loss", lambda s, y: huber(s, y, delta)),
    }
    return losses[found.text("loss")]


def sigmoid(scores: Floats) -> Floats:
    """Give 1 / (1 + exp(-scores)) without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * scores)))


def softmax(scores: Floats) -> Floats:
    """Give probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def logistic(scores: Floats, labels: Floats) -> Pair:
    """Cross entropy of sigmoid(score)."""
    return np.logaddexp(0, scores) - labels * scores, sigmoid(scores) - labels


def hinge(scores: Floats, labels: Floats, margin: float) -> Pair:
    """max(0, margin - sign * score)."""
    sign = 2 * labels - 1
    gap = margin - sign * scores
    return np.maximum(gap, 0), np.where(gap > 0, -sign, 0.0)


def softmax_loss(scores: Floats, labels: Floats) -> Pair:
    """Cross entropy of softmax(scores); labels are (rows, 1) class numbers."""
    probabilities = softmax(scores)
    index = labels.astype(np.int64)[:, :, None]
    chosen = np.take_along_axis(probabilities, np.broadcast_to(index, (*scores.shape[:2], 1)), axis=2)
    gradient = probabilities.copy()
    np.put_along_axis(gradient, np.broadcast_to(index, (*scores.shape[:2], 1)), chosen - 1, axis=2)
    return -np.log(np.maximum(chosen[:, :, 0], 1e-30)), gradient


def squared(scores: Floats, labels: Floats) -> Pair:
    """Squared error."""
    error = scores - labels
    return error**2, 2 * error


def absolute(scores: Floats, labels: Floats) -> Pair:
    """Absolute error."""
    error = scores - labels
    return np.abs(error), np.sign(error)


def insensitive_squared(scores: Floats, labels: Floats, insensitivity: float) -> Pair:
    """Squared error beyond the insensitivity."""
    error = scores - labels
    beyond = np.sign(error) * np.maximum(np.abs(error) - insensitivity, 0)
    return beyond**2, 2 * beyond


def insensitive_absolute(scores: Floats, labels: Floats, insensitivity: float) -> Pair:
    """Absolute error beyond the insensitivity."""
    error = scores - labels
    beyond = np.maximum(np.abs(error) - insensitivity, 0)
    return beyond, np.where(beyond > 0, np.sign(error), 0.0)


def quantile_loss(scores: Floats, labels: Floats, quantile: float) -> Pair:
    """Pinball loss: its minimum is the labels' quantile."""
    error = labels - scores
    return np.maximum(quantile * error, (quantile - 1) * error), np.where(error > 0, -quantile, 1 - quantile)


def huber(scores: Floats, labels: Floats, delta: float) -> Pair:
    """Half the squared error up to delta, linear beyond."""
    error = scores - labels
    size = np.abs(error)
    values = np.where(size <= delta, 0.5 * error**2, delta * (size - 0.5 * delta))
    return values, np.clip(error, -delta, delta)
