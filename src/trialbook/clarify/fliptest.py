"""The flip test: the one metric that needs rows, for it compares each person with the most similar ones."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.clarify.metrics import Metric, enter
from trialbook.clarify.nearest import Race, few_win
from trialbook.errors import MetricError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.clarify.columns import Array

NEIGHBOURS = 5
# With so few rows to choose from, one neighbour is taken instead of five.
FEW = 9
LARGEST = 1e150


@dataclass(frozen=True)
class Rows:
    """What the flip test looks at.

    Attributes
    ----------
    features
        One (rows,) array of numbers a feature, with NaN for missing; None when a feature is not a number.
    predicted
        (rows,) True where the prediction is positive.
    why_not
        Why there are no features.
    """

    features: Sequence[Array] | None
    predicted: NDArray[np.bool_]
    why_not: str = ""


def flip_test(rows: Rows, facet: NDArray[np.bool_]) -> float:
    """Would the model have decided otherwise, had the person been on the other side?

    For each person of the sensitive facet, the five most similar people of the rest are looked up (Euclidean distance
    on the unscaled features; one instead of five when the rest has at most nine). Where several are equally near, they
    share the places that are left. A person who is accepted while most of these are rejected counts +1, the reverse
    counts -1; the metric is the mean.

    Formula: (accepted d with rejected neighbours - rejected d with accepted neighbours) / n_d
    Range: [-1, 1]
    Zero: as many of the facet would lose as would gain by being on the other side.
    Above: more of the facet are accepted where people like them are rejected: it is favoured.
    Below: more of the facet are rejected where people like them are accepted: it is disfavoured.
    Ours: the sign is that of the published reports; AWS's documentation gives the opposite one. The group column counts
        as a feature, as there; features must be numbers without gaps.
    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-ft.html

    Parameters
    ----------
    rows
        Features and predictions.
    facet
        (rows,) True in the sensitive facet.

    Raises
    ------
    MetricError
        If there are no numeric features, or nobody on one side.
    """
    features = rows.features
    if features is None:
        raise MetricError(rows.why_not)
    if not features:
        message = "there are no feature columns to find similar people by"
        raise MetricError(message)
    if not facet.any() or facet.all():
        message = f"nobody is {'outside' if facet.any() else 'in'} the facet, so there is nothing to compare"
        raise MetricError(message)
    for column in features:
        if column.dtype.kind != "f":
            continue
        low, high = float(column.min()), float(column.max())
        if not np.isfinite(low) or not np.isfinite(high):
            message = "features with missing or infinite values have no distance"
            raise MetricError(message)
        if max(high, -low) > LARGEST:
            message = f"features beyond {LARGEST:g} have no distance"
            raise MetricError(message)
    asked = np.flatnonzero(facet)
    accepted, rejected = np.flatnonzero(rows.predicted & ~facet), np.flatnonzero(~(rows.predicted | facet))
    rare = len(accepted) <= len(rejected)
    few, many = (accepted, rejected) if rare else (rejected, accepted)
    won = few_win(Race(features, asked, few, many, 1 if len(few) + len(many) <= FEW else NEIGHBOURS, rare))
    by_model, by_neighbours = int(rows.predicted[asked].sum()), won if rare else len(asked) - won
    return (by_model - by_neighbours) / len(asked)


FLIP_TEST = Metric(
    "FT",
    "Flip Test (FT)",
    "post",
    None,
    (inspect.getdoc(flip_test) or "").partition("\n\nParameters\n")[0],
)
enter(FLIP_TEST)
