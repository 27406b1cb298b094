"""Normalisation of features and labels, and its removal from a trained model.

Training sees (x - shift) / scale; the model that is kept is linear in x itself, so serving needs no scaler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms.linear.parameters import REGRESSOR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.algorithms.hyperparameters import Hyperparameters
    from trialbook.algorithms.table import Table

    Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Scaling:
    """Shift and scale of the features (features,), and of the label.

    Sparse features are not shifted: that would fill every place that is empty.
    """

    shift: Floats
    scale: Floats
    label_shift: float = 0.0
    label_scale: float = 1.0

    def features(self, x: Any) -> Any:
        """Normalise rows."""
        if isinstance(x, np.ndarray):
            return ((x - self.shift) / self.scale).astype(np.float32)
        return x.multiply(1 / self.scale).tocsr().astype(np.float32)

    def labels(self, y: Floats) -> Floats:
        """Normalise labels."""
        return ((y - self.label_shift) / self.label_scale).astype(np.float32)

    def removed(self, weights: Floats, bias: Floats, *, use_bias: bool) -> tuple[Floats, Floats]:
        """Give weights (features, outputs) and bias (outputs,) for rows and labels as they came."""
        weights = weights.astype(np.float64) / self.scale[:, None] * self.label_scale
        bias = bias.astype(np.float64) * self.label_scale + self.label_shift
        return weights, bias - (self.shift @ weights) * use_bias


def scaling_of(table: Table, found: Hyperparameters) -> Scaling:
    """Take means and deviations from the first rows of the training data."""
    rows = min(table.rows, found.integer("num_point_for_scaler"))
    sample = table.x[:rows]
    use_bias = found.flag("use_bias")
    dense = isinstance(sample, np.ndarray)
    normalize = found.flag_or("normalize_data", automatic=True)
    # Without an intercept nothing could take a shift back.
    unbias = use_bias and dense and (normalize or found.flag_or("unbias_data", automatic=True))
    mean, deviation = _moments(sample)
    scale = np.where(deviation > 1e-8, deviation, 1.0) if normalize else np.ones(table.features)
    shift = mean if unbias else np.zeros(table.features)
    if found.text("predictor_type") != REGRESSOR or table.y is None:
        return Scaling(shift, scale)
    labels = table.y[:rows].astype(np.float64)
    normalize_label = found.flag_or("normalize_label", automatic=True)
    unbias_label = use_bias and (normalize_label or found.flag_or("unbias_label", automatic=True))
    spread = float(labels.std())
    return Scaling(
        shift,
        scale,
        float(labels.mean()) if unbias_label else 0.0,
        spread if normalize_label and spread > 1e-8 else 1.0,
    )


def _moments(sample: Any) -> tuple[Floats, Floats]:
    if isinstance(sample, np.ndarray):
        wide = sample.astype(np.float64)
        return wide.mean(axis=0), wide.std(axis=0)
    mean = np.asarray(sample.mean(axis=0), np.float64).ravel()
    square = np.asarray(sample.multiply(sample).mean(axis=0), np.float64).ravel()
    return mean, np.sqrt(np.maximum(square - mean**2, 0))
