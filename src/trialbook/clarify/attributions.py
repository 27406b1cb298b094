"""Attributions: how much each feature moved each prediction away from the expected one, and how sure that is."""

from __future__ import annotations

import functools
import html
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.batching import Cost, Floats
from trialbook.clarify.drawing import importance_svg, waterfall_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

# Row i of an explanation uses the coalition sets i, i+1, ... modulo this; errors of rows of one set move together.
COALITION_SETS = 16
WATERFALL_ROWS = 3
METHODS = ("mean_abs", "median", "mean_sq")


def aggregate(values: Floats, method: str = "mean_abs") -> Floats:
    """Give the global importance of each feature: (rows, features[, outputs]) becomes (features[, outputs]).

    "mean_abs" is the mean of the absolute values, "median" the median of the signed values (as Clarify's is),
    "mean_sq" the mean of the squares.
    """
    if method not in METHODS:
        message = f"agg_method {method!r} is not known: use one of {', '.join(METHODS)}"
        raise ValueError(message)
    if len(values) == 0:
        message = "there are no rows to aggregate"
        raise ValueError(message)
    numbers = np.asarray(values, np.float64)
    if method == "median":
        return np.asarray(np.median(numbers, axis=0), np.float64)
    sizes = np.abs(numbers) if method == "mean_abs" else np.square(numbers)
    return np.asarray(sizes.mean(axis=0), np.float64)


@dataclass(frozen=True)
class Attributions:
    """Shapley values of rows.

    Attributes
    ----------
    values
        (rows, features) or (rows, features, outputs), in units of the prediction, or log-odds with link "logit".
        A row's values of all features sum to its prediction minus `expected_value`.
    expected_value
        The prediction for the background, a number or (outputs,): the mean over background rows.
    standard_error
        The standard error of each value, of the same shape: 0 where the value is exact, NaN where the sample was
        too small to tell.
    exact
        Whether every value is exact.
    features
        Names of the features.
    data
        The explained rows (rows, features); None where a row is not a list of numbers.
    cost
        What the model was asked for this.
    warnings
        What a reader of the values should know.
    """

    values: Floats
    expected_value: Floats | float
    standard_error: Floats
    exact: bool
    features: tuple[str, ...]
    data: NDArray[Any] | None = None
    cost: Cost = field(default_factory=Cost, compare=False)
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        rows, features = self.values.shape[:2]
        return f"Attributions({rows} rows x {features} features, {'exact' if self.exact else 'sampled'}, {self.cost})"

    def aggregate(self, method: str = "mean_abs") -> Floats:
        """Give the global importance (features[, outputs]); see `aggregate`."""
        return aggregate(self.values, method)

    def aggregate_error(self) -> Floats:
        """Bound the standard error of the mean absolute value from above, (features[, outputs]).

        Errors of rows that share a coalition set are taken to move together, those of different sets independently.
        """
        sums = [self.standard_error[start::COALITION_SETS].sum(axis=0) for start in range(COALITION_SETS)]
        return np.asarray(np.sqrt(np.square(sums).sum(axis=0)) / len(self.values), np.float64)

    def order(self, method: str = "mean_abs") -> list[int]:
        """Give the features' positions, the most important first (over outputs: by their sum)."""
        weight = np.abs(self.aggregate(method)).reshape(len(self.features), -1).sum(axis=1)
        return [int(at) for at in np.argsort(-weight, kind="stable")]

    def to_dict(self, method: str = "mean_abs", labels: Sequence[str] | None = None) -> dict[str, Any]:
        """Give what stands under `explanations.kernel_shap` of analysis.json.

        Parameters
        ----------
        method
            How rows are aggregated.
        labels
            A name for each output; None names them label0, label1, ...
        """
        shared = self.aggregate(method).reshape(len(self.features), -1)
        expected = np.atleast_1d(self.expected_value)
        names = list(labels) if labels is not None else [f"label{at}" for at in range(len(expected))]
        if len(names) != len(expected):
            message = f"{len(names)} label headers for {len(expected)} outputs of the model"
            raise ValueError(message)
        found: dict[str, Any] = {
            name: {
                "global_shap_values": {
                    feature: float(value) for feature, value in zip(self.features, shared[:, at], strict=True)
                },
                "expected_value": float(expected[at]),
            }
            for at, name in enumerate(names)
        }
        if not self.exact and method == "mean_abs":  # beyond AWS's shape: how sure the importances are
            bounds = self.aggregate_error().reshape(len(self.features), -1)
            for at, name in enumerate(names):
                pairs = zip(self.features, bounds[:, at].tolist(), strict=True)
                # Too few coalitions determine no error (NaN), which JSON does not have
                found[name]["global_standard_error"] = {one: error for one, error in pairs if math.isfinite(error)}
        return found

    def to_pandas(self) -> pd.DataFrame:
        """Give the local values as Clarify's out.csv has them: a column FEATURE_label0 for each feature and output."""
        import pandas as pd

        rows, count = self.values.shape[:2]
        flat = self.values.reshape(rows, count, -1)
        return pd.DataFrame(
            {
                f"{feature}_label{output}": flat[:, at, output]
                for output in range(flat.shape[2])
                for at, feature in enumerate(self.features)
            }
        )

    def _repr_html_(self) -> str:
        """Show importance bars with error bars, and what moved the first rows."""
        shown = self.order()[:20]
        outputs = self.values.reshape(*self.values.shape[:2], -1)
        errors = self.standard_error.reshape(outputs.shape)
        expected = np.atleast_1d(self.expected_value)
        parts = []
        for output in range(outputs.shape[2]):
            title = "" if outputs.shape[2] == 1 else f", label{output}"
            shared = aggregate(outputs[:, :, output])
            bounds = self.aggregate_error().reshape(len(self.features), -1)[:, output]
            parts.append(
                importance_svg(
                    [self.features[at] for at in shown],
                    [float(shared[at]) for at in shown],
                    [float(bounds[at]) for at in shown],
                    f"Mean absolute Shapley value{title}",
                )
            )
            for row in range(min(WATERFALL_ROWS, len(outputs))):
                order = sorted(range(len(self.features)), key=functools.partial(_size, outputs[row, :, output]))[:12]
                parts.append(
                    waterfall_svg(
                        [self._named(row, at) for at in order],
                        [float(outputs[row, at, output]) for at in order],
                        [float(errors[row, at, output]) for at in order],
                        float(expected[output]),
                        float(expected[output] + outputs[row, :, output].sum()),
                        f"Row {row}{title}",
                    )
                )
        kind = "Exact values" if self.exact else "Sampled values, with standard errors"
        notes = "".join(f"<p>{html.escape(one)}</p>" for one in (f"{kind}; {self.cost}.", *self.warnings))
        return f'<div class="trialbook-attributions">{notes}{"".join(parts)}</div>'

    def _named(self, row: int, feature: int) -> str:
        name = self.features[feature]
        if self.data is None:
            return name
        value = self.data[row, feature]
        return f"{name} = {value:.6g}" if isinstance(value, float | np.floating) else f"{name} = {value}"


def _size(values: Floats, at: int) -> float:
    return -abs(float(values[at]))
