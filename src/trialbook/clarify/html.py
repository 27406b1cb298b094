"""report.html: one file without scripts or outside files, for an auditor to keep.

The words and tables are in `report.html.j2`; the pictures are inline SVG from `gauges.py` and `drawing.py`.
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.drawing import importance_svg
from trialbook.clarify.gauges import STAGE_TITLES, facet_table, number
from trialbook.clarify.metrics import metrics
from trialbook.clarify.wording import IDEALS, baseline_table, explained, facts, faults, four_fifths, notes, sides

if TYPE_CHECKING:
    import jinja2

    from trialbook.clarify.findings import Findings, Segment
    from trialbook.clarify.pictures import Picture

# Figures at the head of the report: those that people ask for first.
FIRST = ("DPL", "DI", "DPPL", "AD")
MOST_BARS = 20
MOST_BASELINES = 12
MOST_PICTURES = 48


def html_report(findings: Findings) -> str:
    """Write the report of an analysis as one HTML page."""
    return _template().render(
        title=title_of(findings),
        made=date_of(findings.made),
        findings=findings,
        config=json.dumps(findings.config, indent=2),
        facts=facts(findings),
        faults=faults(findings),
        notes=notes(findings),
        glance=glance(findings),
        four_fifths=four_fifths,
        ideals=IDEALS,
        sides=sides(findings),
        explained=explained(findings),
        baseline=baseline_table(findings, MOST_BASELINES),
        stages=_stages(findings),
        performance=findings.bias.performance if findings.bias else None,
        bars=importance_bars(findings),
        curves=[one._repr_html_() for one in findings.pdp if not isinstance(one, dict)],
        no_curves=[one for one in findings.pdp if isinstance(one, dict)],
        segments=[(one, segment_figures(one)) for one in findings.segments],
        first=FIRST,
        pictures=_pictures(findings),
        forecasts=_forecasts(findings),
        glossary=_glossary(findings),
        number=number,
        share=lambda value: f"{value:.1%}",
    )


@functools.cache
def _template() -> jinja2.Template:
    import jinja2

    loader = jinja2.PackageLoader("trialbook.clarify", ".")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html.j2")


def title_of(findings: Findings) -> str:
    """Give the report's title."""
    return findings.config["methods"].get("report", {}).get("title") or "Analysis Report"


def date_of(seconds: float) -> str:
    """Write a time in UTC."""
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%d %H:%M} UTC"


def glance(findings: Findings) -> list[tuple[str, str, dict[str, float | None]]]:
    """Give, for each facet value, the figures that people ask for first."""
    if findings.bias is None:
        return []
    found: dict[tuple[str, str], dict[str, float | None]] = {}
    for facets in findings.bias.stages.values():
        for name, results in facets.items():
            for one in results:
                figures = {key: one[key] for key in FIRST if key in one}
                found.setdefault((name, one.value_or_threshold), {}).update(figures)
    return [(name, value, figures) for (name, value), figures in found.items()]


def segment_figures(segment: Segment) -> list[tuple[str, str, dict[str, float | None]]]:
    """Give the first figures of a segment, by facet and value."""
    if segment.bias is None:
        return []
    figures: dict[tuple[str, str], dict[str, float | None]] = {}
    for facets in segment.bias.stages.values():
        for name, results in facets.items():
            for one in results:
                wanted = {key: one[key] for key in FIRST if key in one}
                figures.setdefault((name, one.value_or_threshold), {}).update(wanted)
    return [(name, value, values) for (name, value), values in figures.items()]


def _stages(findings: Findings) -> list[tuple[str, list[tuple[str, str, str]]]]:
    if findings.bias is None:
        return []
    return [
        (
            STAGE_TITLES[stage],  # type: ignore[index]
            [
                (name, one.value_or_threshold, facet_table(stage, one))  # type: ignore[arg-type]
                for name, results in facets.items()
                for one in results
            ],
        )
        for stage, facets in findings.bias.stages.items()
    ]


def importance_bars(findings: Findings) -> list[str]:
    """Draw the global importances, one picture an output of the model."""
    if findings.shap is None or findings.shap.attributions is None:
        return []
    found, labels = findings.shap.attributions, findings.shap.labels
    shared = found.aggregate(findings.shap.method).reshape(len(found.features), -1)
    exact = findings.shap.method != "mean_abs"
    errors = np.zeros_like(shared) if exact else found.aggregate_error().reshape(shared.shape)
    order = [at for at in found.order(findings.shap.method) if np.isfinite(shared[at]).all()][:MOST_BARS]
    return [
        importance_svg(
            [found.features[at] for at in order],
            [float(shared[at, output]) for at in order],
            [float(np.nan_to_num(errors[at, output])) for at in order],
            f"{label}: {METHOD_TITLES[findings.shap.method]}",
        )
        for output, label in enumerate(labels)
    ]


def _pictures(findings: Findings) -> list[tuple[Picture, str]]:
    """Give the explained pictures with their heat maps as base64."""
    found = findings.shap.pictures if findings.shap is not None else ()
    return [(one, base64.b64encode(one.heat_map).decode()) for one in found[:MOST_PICTURES]]


def _forecasts(findings: Findings) -> list[tuple[str, str]]:
    """Draw what the steps of the first items contributed, summed over the horizon."""
    drawn = []
    for name, found in findings.forecasts[:MOST_BARS]:
        total = found.scores.sum(axis=1)
        error = np.sqrt(np.square(np.nan_to_num(found.standard_error)).sum(axis=1))
        lines = zip(found.names, found.timestamps, strict=True)
        names = [" ".join(str(part) for part in (one, time) if part not in {"", None}) for one, time in lines]
        drawn.append((name, importance_svg(names, total.tolist(), error.tolist(), "Contribution to the forecast")))
    return drawn


METHOD_TITLES = {
    "mean_abs": "mean absolute Shapley value",
    "median": "median Shapley value",
    "mean_sq": "mean squared Shapley value",
}


def _glossary(findings: Findings) -> list[Any]:
    if findings.bias is None:
        return []
    found = []
    for stage, facets in findings.bias.stages.items():
        used = {key for results in facets.values() for one in results for key in one}
        found += [one for one in metrics(stage) if one.key in used]  # type: ignore[arg-type]
    return found
