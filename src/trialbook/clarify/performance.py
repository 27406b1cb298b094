"""How good the predictions are, overall and on each side: the figures that stand beside the bias metrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.clarify.counts import Side, ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Statistics:
    """One side of a comparison in shares.

    Attributes
    ----------
    rows
        How many rows there are.
    proportion
        Their share of all rows.
    observed_label_distribution
        Shares of negative and positive labels.
    confusion_matrix
        Shares of TP, FP, FN and TN, in this order; None without predictions.
    """

    rows: int
    proportion: float
    observed_label_distribution: tuple[float, float]
    confusion_matrix: tuple[float, float, float, float] | None

    @classmethod
    def of(cls, side: Side, total: int, *, predicted: bool) -> Statistics:
        """Compute the shares of a side of `total` rows."""
        n = side.n
        shares = (ratio(side.tp, n), ratio(side.fp, n), ratio(side.fn, n), ratio(side.tn, n))
        labels = (ratio(side.negative, n), ratio(side.positive, n))
        return cls(n, ratio(n, total), labels, shares if predicted else None)


@dataclass(frozen=True)
class Performance:
    """How the predictions agree with the labels over all rows.

    Attributes
    ----------
    figures
        Figure by name, as AWS names them.
    confusion
        Rows by label (row of the matrix) and predicted label, negative first.
    categories
        The label's own values where there are more than the two of `confusion`; empty otherwise.
    by_category
        Rows by label value (row) and predicted value, in the order of `categories`.
    """

    figures: Mapping[str, float]
    confusion: tuple[tuple[int, int], tuple[int, int]]
    categories: Sequence[str] = ()
    by_category: Sequence[Sequence[int]] = field(default_factory=tuple)

    @classmethod
    def of(cls, side: Side, categories: Sequence[str] = (), by_category: Sequence[Sequence[int]] = ()) -> Performance:
        """Compute the ten figures of a two-by-two table."""
        precision, recall = ratio(side.tp, side.predicted_positive), ratio(side.tp, side.positive)
        figures = {
            "Accuracy": ratio(side.tp + side.tn, side.n),
            "Proportion of Positive Predictions in Labels": ratio(side.predicted_positive, side.n),
            "Proportion of Negative Predictions in Labels": ratio(side.predicted_negative, side.n),
            "True Positive Rate / Recall": recall,
            "True Negative Rate / Specificity": ratio(side.tn, side.negative),
            "Acceptance Rate / Precision": precision,
            "Rejection Rate": ratio(side.tn, side.predicted_negative),
            "Conditional Acceptance": ratio(side.positive, side.predicted_positive),
            "Conditional Rejection": ratio(side.negative, side.predicted_negative),
            "F1 Score": ratio(2 * precision * recall, precision + recall),
        }
        return cls(figures, ((side.tn, side.fp), (side.fn, side.tp)), categories, by_category)
