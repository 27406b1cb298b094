"""What a bias report says: the metrics of each facet value, as numbers, as JSON, and as a notebook shows them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialbook.clarify.performance import Performance, Statistics

_STAGES = {"pre": "Before training", "post": "After training"}
_SECTIONS = {"pre": "pre_training_bias_metrics", "post": "post_training_bias_metrics"}


@dataclass(frozen=True)
class MetricResult:
    """One computed metric: `value` is a float, or None with the reason in `error`."""

    key: str
    description: str
    value: float | None
    error: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Give the entry of `analysis.json`; an infinite value is the text "Infinity" or "-Infinity"."""
        entry: dict[str, Any] = {"name": self.key, "description": self.description, "value": jsonable(self.value)}
        return entry if self.error is None else {**entry, "error": self.error}


@dataclass(frozen=True)
class FacetResult(Mapping[str, float | None]):
    """The metrics of one facet value; `result["DI"]` is a number, or None where it cannot be computed."""

    value_or_threshold: str
    metrics: tuple[MetricResult, ...]

    def __getitem__(self, key: str) -> float | None:
        for one in self.metrics:
            if one.key == key:
                return one.value
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (one.key for one in self.metrics)

    def __len__(self) -> int:
        return len(self.metrics)

    def __hash__(self) -> int:
        return hash((self.value_or_threshold, self.metrics))


@dataclass(frozen=True)
class BiasReport:
    """Bias metrics of a data set and of predictions for it.

    Attributes
    ----------
    label
        The label column.
    label_value_or_threshold
        What counts as positive, as text.
    stages
        `stages["pre"]["Sex"][0]["CI"]`; also `report["pre"]["Sex"][0]["CI"]`. Stages that were not asked are absent.
    statistics
        For each facet and each of its values: the facet's and the rest's shares.
    performance
        How good the predictions are; None without predictions.
    rows
        Rows read.
    left_out
        Rows left out of a facet's figures because the facet, the label or the prediction is missing, by facet.
    notes
        What a reader should know: defaults taken, one-sided predictions.
    """

    label: str
    label_value_or_threshold: str
    stages: Mapping[str, Mapping[str, Sequence[FacetResult]]]
    statistics: Mapping[str, Sequence[tuple[Statistics, Statistics]]]
    performance: Performance | None
    rows: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def __getitem__(self, stage: str) -> Mapping[str, Sequence[FacetResult]]:
        return self.stages[stage]

    def to_dict(self) -> dict[str, Any]:
        """Give the bias part of `analysis.json`; only values that JSON has."""
        document: dict[str, Any] = {"version": "1.0"}
        for stage, facets in self.stages.items():
            document[_SECTIONS[stage]] = {
                "label": self.label,
                "label_value_or_threshold": self.label_value_or_threshold,
                "facets": {
                    name: [
                        {"value_or_threshold": one.value_or_threshold, "metrics": [m.to_dict() for m in one.metrics]}
                        for one in results
                    ]
                    for name, results in facets.items()
                },
            }
        return document

    def values(self) -> dict[str, float]:
        """Give every computed metric by the name it has on a run.

        `bias.pre.CI.Sex`, or `bias.pre.CI.Sex=0` where the facet has several values.
        """
        found = {}
        for stage, facets in self.stages.items():
            for name, results in facets.items():
                for one in results:
                    suffix = f"{name}={one.value_or_threshold}" if len(results) > 1 else name
                    found.update(
                        {f"bias.{stage}.{m.key}.{suffix}": m.value for m in one.metrics if m.value is not None}
                    )
        return found

    def __str__(self) -> str:
        """Write every metric in a line of its own, under the facet value and stage it is of."""
        blocks = [
            [f"{_STAGES[stage]}, {name} = {one.value_or_threshold}, {self.label} = {self.label_value_or_threshold}:"]
            + [_line(m) for m in one.metrics]
            for stage, facets in self.stages.items()
            for name, results in facets.items()
            for one in results
        ]
        return "\n\n".join(["\n".join(block) for block in blocks] + ([] if not self.notes else ["\n".join(self.notes)]))

    def _repr_html_(self) -> str:
        from trialbook.clarify.gauges import bias_fragment

        return bias_fragment(self)


def _line(metric: MetricResult) -> str:
    value = "-" if metric.value is None else f"{metric.value:.4g}"
    reason = "" if metric.error is None else f": {metric.error}"
    return f"  {metric.key:<6} {value:>10}  {metric.description.removesuffix(f' ({metric.key})')}{reason}"


def jsonable(value: float | None) -> float | str | None:
    """Give a number as JSON has it: infinities and NaN become text."""
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
