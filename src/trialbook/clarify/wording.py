"""What the reports say in words, whatever they are written in: what was asked, what failed, what to read into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialbook.clarify.gauges import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.clarify.findings import Findings
    from trialbook.clarify.performance import Statistics

FAULTS = {
    "post": "Metrics of predictions",
    "shap": "Shapley values",
    "pdp": "Partial dependence",
    "asymmetric_shapley_value": "Asymmetric Shapley values",
}
FOUR_FIFTHS = 0.8
IDEALS = "0 is the ideal value of DPL, DPPL and AD, 1 that of DI. Every facet value is compared with all other rows."
MOST_OUTPUTS = 8
FEW = 30
"""Rows of a side under which its figures are said to move by chance."""


def facts(findings: Findings) -> list[tuple[str, str]]:
    """Give what stands at the head of a report: names, and what they are."""
    found = [("Data set", f"{findings.dataset}, {findings.rows:,} rows")]
    if findings.bias is not None:
        found.append(("Label", f"{findings.bias.label}; positive: {findings.bias.label_value_or_threshold}"))
    if findings.positive_prediction:
        found.append(("Prediction", f"positive: {findings.positive_prediction}"))
    if findings.bias is not None and "group_variable" in findings.config:
        found.append(("Group", f"{findings.config['group_variable']}, for CDDL and CDDPL"))
    if findings.features:
        found.append(("Features", ", ".join(findings.features)))
    predictor = findings.config.get("predictor")
    if predictor:
        name = predictor.get("model_name") or predictor.get("endpoint_name") or "given"
        found.append(("Model", f"{name}; {findings.model_rows:,} rows predicted"))
    return [*found, ("Duration", f"{findings.seconds:.1f} s")]


def faults(findings: Findings) -> list[tuple[str, str]]:
    """Give what could not be computed, and why."""
    return [(f"{FAULTS.get(part, part)} could not be computed:", text) for part, text in findings.faults.items()]


def notes(findings: Findings) -> list[str]:
    """Give what a reader should know."""
    found = list(findings.notes)
    if findings.bias is not None:
        found += findings.bias.notes
        found += [
            f"{count:,} rows lack {name}, the label or the prediction and are left out of the figures for {name}."
            for name, count in findings.bias.left_out.items()
        ]
    few = [
        f"{name} {value}" + (f" ({inside.rows:,} rows)" if inside.rows < FEW else f" (the rest: {rest.rows:,} rows)")
        for name, value, inside, rest in sides(findings)
        if min(inside.rows, rest.rows) < FEW
    ]
    if few:
        found.append(f"Fewer than {FEW} rows, so that figures move by chance: {', '.join(few)}.")
    return found


def four_fifths(impact: float | None) -> str:
    """Say whether the four-fifths rule is kept, by the disparate impact."""
    if impact is None:
        return "–"
    if impact < FOUR_FIFTHS:
        return "broken"
    return "kept for this facet; broken for the rest" if impact > 1 / FOUR_FIFTHS else "kept"


def sides(findings: Findings) -> list[tuple[str, str, Statistics, Statistics]]:
    """Give facet, value, and the shares of those who have it and of the rest."""
    if findings.bias is None:
        return []
    stage = next(iter(findings.bias.stages.values()), {})
    return [
        (name, result.value_or_threshold, inside, rest)
        for name, results in stage.items()
        for result, (inside, rest) in zip(results, findings.bias.statistics.get(name, ()), strict=False)
    ]


def explained(findings: Findings) -> str:
    """Say how the Shapley values of tabular data came about, and what they add up to; empty when there are none."""
    shap = findings.shap
    if shap is None or shap.attributions is None:
        return ""
    found, count = shap.attributions, 0 if shap.baseline is None else len(shap.baseline)
    how = "exact" if found.exact else "sampled; a line through a bar spans two standard errors to each side"
    expected = [number(float(one)) for one in np.atleast_1d(found.expected_value)]
    named: Sequence[str] = expected
    if len(expected) > 1:
        named = [f"{label} {one}" for label, one in zip(shap.labels, expected, strict=False)]
    shown = ", ".join(named[:MOST_OUTPUTS]) + (" ..." if len(named) > MOST_OUTPUTS else "")
    return (
        f"Shapley values of {len(found.values):,} rows against {count} baseline row{'' if count == 1 else 's'}: {how}. "
        "The values of a row add up to its prediction less the expected prediction for the baseline, which is "
        f"{shown}{' in log-odds' if findings.config['methods']['shap'].get('use_logit') else ''}."
    )


def baseline_table(findings: Findings, most: int) -> tuple[list[str], list[list[str]]]:
    """Give the baseline as headers and rows, a feature a row, so that many features do not make it wide."""
    shap = findings.shap
    if shap is None or shap.baseline is None:
        return [], []
    shown = shap.baseline[:most]
    headers = ["Feature", *(f"Row {place}" for place in range(1, len(shown) + 1))]
    rows = [[name, *(_cell(row[at]) for row in shown)] for at, name in enumerate(findings.features)]
    return headers, rows


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, int | float | np.number) else str(value)
