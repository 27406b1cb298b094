"""Drift: the same figures on a later data set, against those of a baseline.

Bias drift asks of every metric whether it moved further than it may. Feature attribution drift asks whether the
features still rank as they did, by the normalised discounted cumulative gain (NDCG) of the new ranking under the old
importances: 1 when the order is the same, less when important features fall behind.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.clarify.gauges import number
from trialbook.errors import ClarifyError

if TYPE_CHECKING:
    from trialbook.clarify.results import BiasReport

STAGES = {"pre_training_bias_metrics": "pre", "post_training_bias_metrics": "post"}
# SageMaker Model Monitor calls it drift when the NDCG falls below this.
NDCG_LIMIT = 0.9
BIAS_LIMIT = 0.1


@dataclass(frozen=True)
class MetricDrift:
    """How a metric moved.

    Attributes
    ----------
    name
        Its name on a run: `bias.pre.CI.Sex`.
    baseline, current
        Its values; None where it could not be computed.
    drifted
        Whether it moved further than it may, or can no longer be computed.
    """

    name: str
    baseline: float | None
    current: float | None
    drifted: bool

    @property
    def change(self) -> float | None:
        """Current less baseline; None when one of them is missing."""
        if self.baseline is None or self.current is None:
            return None
        return 0.0 if self.baseline == self.current else self.current - self.baseline


@dataclass(frozen=True)
class BiasDrift:
    """How every bias metric moved."""

    metrics: tuple[MetricDrift, ...]
    limit: float

    @property
    def drifted(self) -> bool:
        """Whether any metric moved further than it may."""
        return any(one.drifted for one in self.metrics)

    def to_dict(self) -> dict[str, Any]:
        """Give the drift as JSON has it."""
        from trialbook.clarify.results import jsonable

        return {
            "drifted": self.drifted,
            "limit": self.limit,
            "metrics": [
                {
                    "name": one.name,
                    "baseline": jsonable(one.baseline),
                    "current": jsonable(one.current),
                    "change": jsonable(one.change),
                    "drifted": one.drifted,
                }
                for one in self.metrics
            ],
        }

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{escape(one.name)}</td><td>{number(one.baseline)}</td><td>{number(one.current)}</td>"
            f"<td>{number(one.change)}</td><td>{'<b>drifted</b>' if one.drifted else ''}</td></tr>"
            for one in self.metrics
        )
        head = "<tr><th>Metric</th><th>Baseline</th><th>Current</th><th>Change</th><th></th></tr>"
        return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


@dataclass(frozen=True)
class AttributionDrift:
    """How the ranking of features moved.

    Attributes
    ----------
    ndcg
        1 when the features rank as before.
    limit
        Below it the ranking has drifted.
    ranks
        (feature, rank before, rank now), from 1, in the order before.
    """

    ndcg: float
    limit: float
    ranks: tuple[tuple[str, int, int], ...]

    @property
    def drifted(self) -> bool:
        """Whether the ranking has drifted."""
        return self.ndcg < self.limit

    def to_dict(self) -> dict[str, Any]:
        """Give the drift as JSON has it."""
        ranks = [{"feature": name, "baseline": before, "current": now} for name, before, now in self.ranks]
        return {"drifted": self.drifted, "ndcg": self.ndcg, "limit": self.limit, "ranks": ranks}


def bias_drift(
    baseline: BiasReport | Mapping[str, Any],
    current: BiasReport | Mapping[str, Any],
    *,
    limit: float | Mapping[str, float] = BIAS_LIMIT,
) -> BiasDrift:
    """Compare the bias metrics of a later data set with those of a baseline.

    Parameters
    ----------
    baseline, current
        Reports, or documents in the shape of `analysis.json`.
    limit
        How far a metric may move, for all or by its key (`{"DI": 0.2}`; others may move 0.1).

    Returns
    -------
    BiasDrift
        Every metric of the baseline, in its order.

    Raises
    ------
    ClarifyError
        If the two have no metric in common.
    """
    before, after = bias_values(baseline), bias_values(current)
    shared = [name for name in before if name in after]
    if not shared:
        message = "the two reports have no bias metric in common: compare reports on the same facets"
        raise ClarifyError(message)
    moved = []
    for name in shared:
        allowed = limit.get(name.split(".")[2], BIAS_LIMIT) if isinstance(limit, Mapping) else limit
        moved.append(MetricDrift(name, before[name], after[name], _moved(before[name], after[name], allowed)))
    return BiasDrift(tuple(moved), limit if isinstance(limit, int | float) else BIAS_LIMIT)


def _moved(before: float | None, after: float | None, allowed: float) -> bool:
    if before is None or after is None:
        return before is not after
    return before != after and not abs(after - before) <= allowed


def attribution_drift(
    baseline: Mapping[str, float], current: Mapping[str, float], *, limit: float = NDCG_LIMIT
) -> AttributionDrift:
    """Compare the ranking of features by importance with that of a baseline.

    With F = [f_1, f_2, ...] the features in the order of their current importance and a(f) the importance in the
    baseline, DCG = sum of a(f_i) / log2(i + 1), and NDCG is the DCG over that of the baseline's own order.

    Parameters
    ----------
    baseline, current
        Global importance by feature, such as `global_shap_values`; only magnitudes count.
    limit
        Below it the ranking has drifted.

    Raises
    ------
    ClarifyError
        If the features differ, or the baseline has no importance at all.

    Notes
    -----
    The formula is that of "Feature attribution drift" in the SageMaker developer guide.
    """
    if set(baseline) != set(current):
        differing = sorted(set(baseline) ^ set(current))
        message = f"the features differ: {', '.join(differing[:5])} on one side only"
        raise ClarifyError(message)
    weights = {name: abs(value) for name, value in baseline.items()}
    old = sorted(weights, key=lambda name: (-weights[name], name))
    # Ties now keep the order before: what did not change must not look like drift
    new = sorted(old, key=lambda name: -abs(current[name]))
    ideal = _gain([weights[name] for name in old])
    if not ideal:
        message = "every importance of the baseline is 0, so there is no ranking to keep"
        raise ClarifyError(message)
    ranks = tuple((name, place, new.index(name) + 1) for place, name in enumerate(old, start=1))
    return AttributionDrift(_gain([weights[name] for name in new]) / ideal, limit, ranks)


def _gain(weights: Sequence[float]) -> float:
    return math.fsum(weight / math.log2(place + 1) for place, weight in enumerate(weights, start=1))


def bias_values(report: BiasReport | Mapping[str, Any]) -> dict[str, float | None]:
    """Give the metrics of a report or of analysis.json by the name that they have on a run.

    Infinite values are read from their texts; a metric that could not be computed is None.
    """
    document = report if isinstance(report, Mapping) else report.to_dict()
    found: dict[str, float | None] = {}
    for section, stage in STAGES.items():
        for facet, values in document.get(section, {}).get("facets", {}).items():
            for one in values:
                suffix = f"{facet}={one['value_or_threshold']}" if len(values) > 1 else facet
                for metric in one["metrics"]:
                    value = metric["value"]
                    found[f"bias.{stage}.{metric['name']}.{suffix}"] = None if value is None else float(value)
    return found


def importances(document: Mapping[str, Any], label: str | None = None) -> dict[str, float]:
    """Give the global importances in analysis.json, of one output of the model (None: the first).

    Raises
    ------
    ClarifyError
        If it holds none.
    """
    outputs = document.get("explanations", {}).get("kernel_shap", {})
    known = [name for name, one in outputs.items() if isinstance(one, dict) and "global_shap_values" in one]
    chosen = label if label is not None else next(iter(known), None)
    if chosen not in known:
        held = f"it has {', '.join(known)}" if known else "it has none"
        message = f"the analysis has no global Shapley values{f' of {label!r}' if label else ''}: {held}"
        raise ClarifyError(message)
    return {str(name): float(value) for name, value in outputs[chosen]["global_shap_values"].items()}


def read_analysis(path: str | Path) -> dict[str, Any]:
    """Read analysis.json, or the one in a folder.

    Raises
    ------
    ClarifyError
        If it is not there or not JSON.
    """
    file = Path(path)
    file = file / "analysis.json" if file.is_dir() else file
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{file}: {error}"
        raise ClarifyError(message) from error
    if not isinstance(document, dict):
        message = f"{file} is not an analysis: it holds {type(document).__name__}"
        raise ClarifyError(message)
    return document
