"""Partial dependence: the mean prediction when one feature is set to a value in every row (Friedman 2001).

A numeric feature is set to the centres of equally wide buckets over its range, as Clarify reports it, or to its own
values when it has no more of them than buckets. Rows that differ in nothing but the feature are predicted once and
count as often as they occur. How often the data holds each value stands beside the curve: where there is no data, it
is an extrapolation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from trialbook.clarify.batching import Cost, Floats, Model
from trialbook.clarify.drawing import curves_svg
from trialbook.clarify.explained import is_missing, position, read_rows
from trialbook.clarify.synthetic import Coded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from trialbook.clarify.attributions import Attributions
    from trialbook.clarify.batching import Predict


@dataclass(frozen=True)
class PartialDependence:
    """The curve of one feature.

    Attributes
    ----------
    feature
        Its name.
    data_type
        "numerical" or "categorical".
    feature_values
        (g,): the values that the feature was set to, in order.
    model_predictions
        (outputs, g): the mean prediction at each.
    data_distribution
        (g,): the share of rows in each bucket or with each value; rows without a value are left out.
    label_headers
        A name for each output.
    cost
        What the model was asked.
    """

    feature: str
    data_type: Literal["numerical", "categorical"]
    feature_values: NDArray[Any]
    model_predictions: Floats
    data_distribution: Floats
    label_headers: tuple[str, ...] = ()
    cost: Cost = field(default_factory=Cost, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Give the element of `explanations.pdp` of analysis.json."""
        answer: dict[str, Any] = {
            "feature_name": self.feature,
            "data_type": self.data_type,
            "feature_values": self.feature_values.tolist(),
            "model_predictions": self.model_predictions.tolist(),
            "data_distribution": self.data_distribution.tolist(),
        }
        if self.label_headers:
            answer["label_headers"] = list(self.label_headers)
        return answer

    def _repr_html_(self) -> str:
        """Draw the curve over the distribution."""
        return curves_svg(
            [_written(value) for value in self.feature_values],
            self.model_predictions.tolist(),
            self.data_distribution.tolist(),
            f"Partial dependence of the prediction on {self.feature}",
        )


def partial_dependence(
    predict: Predict,
    rows: ArrayLike,
    feature: int | str,
    *,
    grid_resolution: int = 15,
    grid: Literal["buckets", "quantiles"] = "buckets",
    categorical: bool | None = None,
    names: Sequence[str] | None = None,
    label_headers: Sequence[str] = (),
    batch_rows: int | None = None,
) -> PartialDependence:
    """Compute the partial dependence of the prediction on one feature.

    Parameters
    ----------
    predict
        Takes rows (n, features) and gives (n,) or (n, outputs).
    rows
        The rows to average over: (n, features), numbers or objects, or a data frame.
    feature
        Position or name.
    grid_resolution
        Number of buckets of a numeric feature, at least 1. A categorical feature shows all of its values.
    grid
        "buckets" of equal width, each at its centre, or "quantiles": buckets of about equally many rows, each at the
        median of its rows.
    categorical
        Whether the feature is categorical; None: when it holds anything but numbers.
    names
        Names of the features; None takes a frame's columns.

    Raises
    ------
    ValueError
        An argument is wrong, or no row has a value of the feature; nothing was predicted. Label headers can only be
        counted against the model's outputs afterwards.
    PredictionError
        The model raised, or gave NaN or too few rows.
    """
    table, labels = read_rows(rows, names)
    at = position(feature, labels)
    if grid_resolution < 1:
        message = f"grid_resolution is {grid_resolution}; at least 1 bucket is needed"
        raise ValueError(message)
    values, kind = _values(table, at, labels[at], categorical)
    points, shares = _categories(values) if kind == "categorical" else _buckets(values, grid_resolution, grid)
    model = Model(predict, batch_rows=batch_rows)
    means = _means(model, table, at, points, labels[at])
    if label_headers and len(label_headers) != len(means):
        message = f"{len(label_headers)} label headers for {len(means)} outputs of the model"
        raise ValueError(message)
    return PartialDependence(labels[at], kind, points, means, shares, tuple(label_headers), model.cost)


def top_features(attributions: Attributions, count: int = 10, method: str = "mean_abs") -> list[str]:
    """Give the names of the features with the largest Shapley values, for a report without a list of features."""
    return [attributions.features[at] for at in attributions.order(method)[:count]]


def _values(
    table: NDArray[Any], at: int, name: str, categorical: bool | None
) -> tuple[NDArray[Any], Literal["numerical", "categorical"]]:
    present = [value for value in table[:, at].tolist() if not is_missing(value)]
    if not present:
        message = f"feature {name!r} has no value in any row"
        raise ValueError(message)
    numbers = all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in present)
    if categorical or (categorical is None and not numbers):
        return np.array(present, object), "categorical"
    if not numbers:
        message = f"feature {name!r} holds {present[0]!r}, which is no number; it is categorical"
        raise ValueError(message)
    return np.array(present, np.float64), "numerical"


def _categories(values: NDArray[Any]) -> tuple[NDArray[Any], Floats]:
    counts: dict[object, int] = {}
    for value in values.tolist():
        counts[value] = counts.get(value, 0) + 1
    try:
        order = sorted(counts, key=lambda value: (isinstance(value, str), value))
    except TypeError:
        order = sorted(counts, key=str)
    points = np.empty(len(order), object)
    points[:] = order
    return points, np.array([counts[value] for value in order]) / len(values)


def _buckets(values: NDArray[Any], resolution: int, grid: str) -> tuple[NDArray[Any], Floats]:
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) <= resolution:
        return distinct, counts / len(values)
    if grid == "buckets":
        heights, edges = np.histogram(values, bins=resolution)
        return (edges[:-1] + edges[1:]) / 2, heights / len(values)
    if grid != "quantiles":
        message = f"grid {grid!r} is not known: use 'buckets' or 'quantiles'"
        raise ValueError(message)
    parts = [part for part in np.array_split(np.sort(values), resolution) if len(part)]
    points, where = np.unique([np.median(part) for part in parts], return_inverse=True)
    shares = np.bincount(where, weights=[len(part) for part in parts]) / len(values)
    return points, shares


def _means(model: Model, table: NDArray[Any], at: int, points: NDArray[Any], name: str) -> Floats:
    """Give the mean predictions (outputs, points), over distinct rows by how often they occur."""
    blank = table.copy()
    blank[:, at] = table[0, at]
    coded = Coded.of(blank, blank[:1])
    codes, which = coded.distinct(coded.rows)
    weights = np.bincount(which) / len(table)
    whole = table.dtype.kind in "iub"
    rows = coded.real(codes)
    rows = rows.astype(np.float64) if whole and not np.all(points == np.asarray(points, table.dtype)) else rows
    made = np.tile(rows, (len(points), 1))
    made[:, at] = np.repeat(points, len(rows))
    answers = model(made, f"setting {name} to its values").reshape(len(points), len(rows), -1)
    return np.asarray(np.einsum("prk,r->kp", answers, weights), np.float64)


def _written(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)
