"""The explanations on paper: importances, baseline, pictures, forecasts and partial dependence."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.gauges import number
from trialbook.clarify.html import METHOD_TITLES, MOST_BARS, MOST_PICTURES
from trialbook.clarify.paper import BLUE, INK, LINE, QUIET, WARN, heading, table, write
from trialbook.clarify.wording import baseline_table, explained

if TYPE_CHECKING:
    from fpdf import FPDF

    from trialbook.clarify.findings import Findings
    from trialbook.clarify.partial import PartialDependence

MOST_BASELINES = 5


def explanations(pdf: FPDF, findings: Findings) -> None:
    """Write every explanation that was asked for."""
    _shapley(pdf, findings)
    _forecasts(pdf, findings)
    if findings.pdp:
        heading(pdf, "Partial dependence", room=110)
        what = "The mean prediction over all rows when one feature is set to a value"
        write(pdf, f"{what}; the bars below show where the data lies.")
    for one in findings.pdp:
        if isinstance(one, dict):
            write(pdf, f"{one['feature_name']}: {one['error']}", colour=WARN)
        else:
            _curve(pdf, one)


def _shapley(pdf: FPDF, findings: Findings) -> None:
    shap = findings.shap
    if shap is None:
        return
    heading(pdf, "Explanations")
    if shap.pictures:
        for one in shap.pictures[:MOST_PICTURES]:
            if pdf.get_y() > pdf.h - 90:
                pdf.add_page()
            pdf.image(io.BytesIO(one.heat_map), h=60)
            write(pdf, f"{one.name}: {one.label}, {number(one.prediction)} ({number(one.expected_value)} expected)", 8)
        return
    if shap.attributions is None:
        table(
            pdf, ["Text", "Mean absolute value"], [[words, number(value)] for words, value in shap.top_texts], [120, 40]
        )
        return
    found = shap.attributions
    write(pdf, explained(findings))
    shared = found.aggregate(shap.method).reshape(len(found.features), -1)
    plain = shap.method != "mean_abs"
    errors = np.zeros_like(shared) if plain else np.nan_to_num(found.aggregate_error().reshape(shared.shape))
    order = found.order(shap.method)[:MOST_BARS]
    for output, label in enumerate(shap.labels):
        heading(pdf, f"{label}: {METHOD_TITLES[shap.method]}", 10)
        most = float(np.abs(shared[order, output]).max(initial=0.0)) or 1.0
        for at in order:
            _bar(pdf, found.features[at], float(shared[at, output]), float(errors[at, output]), most)
    headers, rows = baseline_table(findings, MOST_BASELINES)
    if rows:
        heading(pdf, "Baseline", 10)
        table(pdf, headers, rows, [50, *[26] * (len(headers) - 1)])


def _forecasts(pdf: FPDF, findings: Findings) -> None:
    """Draw what each step contributed to the forecasts of the first items."""
    if not findings.forecasts or findings.series is None:
        return
    heading(pdf, "Forecasts")
    how = f"{findings.series['granularity']}, {findings.series['direction']}"
    write(pdf, f"What each step contributed to the forecast, {how}; summed over the horizon.")
    for name, found in findings.forecasts[:MOST_BARS]:
        heading(pdf, name, 10)
        total = found.scores.sum(axis=1)
        most = float(np.abs(total).max(initial=0.0)) or 1.0
        error = np.sqrt(np.square(np.nan_to_num(found.standard_error)).sum(axis=1))
        for at, (feature, when) in enumerate(zip(found.names, found.timestamps, strict=True)):
            title = " ".join(str(part) for part in (feature, when) if part not in {"", None})
            _bar(pdf, title, float(total[at]), float(error[at]), most)


def _bar(pdf: FPDF, name: str, value: float, error: float, most: float) -> None:
    if pdf.get_y() > pdf.h - 26:
        pdf.add_page()
    y, long = pdf.get_y(), 90.0
    pdf.set_font("DejaVu", size=8)
    pdf.set_text_color(*INK)
    pdf.set_xy(15, y)
    pdf.cell(55, 5.5, name[:34], align="R")
    pdf.set_fill_color(*BLUE)
    pdf.rect(72, y + 0.9, max(abs(value) / most * long, 0.1), 3.6, style="F")
    if error > 0:
        pdf.set_draw_color(*INK)
        pdf.set_line_width(0.3)
        left, right = (max(abs(value) + way * 2 * error, 0) / most * long for way in (-1, 1))
        pdf.line(72 + left, y + 2.7, 72 + min(right, long + 4), y + 2.7)
    pdf.set_xy(168, y)
    pdf.cell(27, 5.5, number(value), align="R")
    pdf.set_xy(15, y + 5.5)


def _curve(pdf: FPDF, one: PartialDependence) -> None:
    heading(pdf, f"Partial dependence of the prediction on {one.feature}", 10, room=85)
    x, y, wide, high = 30.0, pdf.get_y() + 2, 150.0, 42.0
    curves = np.asarray(one.model_predictions, dtype=float)
    low, top = float(curves.min()), float(curves.max())
    span = (top - low) or 1.0
    points = curves.shape[1]
    across = [x + wide * (place + 0.5) / points for place in range(points)]
    pdf.set_fill_color(*LINE)
    most = float(np.max(one.data_distribution)) or 1.0
    for place, share in zip(across, one.data_distribution, strict=True):
        tall = 12 * float(share) / most
        pdf.rect(place - wide / points * 0.35, y + high + 15 - tall, wide / points * 0.7, max(tall, 0.05), style="F")
    shades: list[tuple[int, int, int]] = [BLUE, (217, 119, 6), (29, 129, 2), (108, 43, 217), (200, 30, 90)]
    for curve, colour in zip(curves, (shades[place % len(shades)] for place in range(len(curves))), strict=True):
        pdf.set_draw_color(*colour)
        pdf.set_line_width(0.5)
        dots = [(place, y + high - (value - low) / span * high) for place, value in zip(across, curve, strict=True)]
        for (x1, y1), (x2, y2) in itertools.pairwise(dots):
            pdf.line(x1, y1, x2, y2)
    pdf.set_font("DejaVu", size=6.5)
    pdf.set_text_color(*QUIET)
    pdf.text(15, y + 2, number(top))
    pdf.text(15, y + high, number(low))
    for place in range(0, points, max(1, -(-points // 8))):
        label = _label(one.feature_values[place])
        pdf.text(across[place] - pdf.get_string_width(label) / 2, y + high + 19, label)
    pdf.set_xy(15, y + high + 22)


def _label(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float | np.number) else str(value)[:14]
