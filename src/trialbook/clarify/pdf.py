"""report.pdf: the report on paper, drawn with fpdf2 in DejaVu Sans, which is embedded (it comes with matplotlib)."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.gauges import STAGE_TITLES, ends, number, verdict
from trialbook.clarify.html import (
    FIRST,
    METHOD_TITLES,
    MOST_BARS,
    MOST_PICTURES,
    date_of,
    glance,
    segment_figures,
    title_of,
)
from trialbook.clarify.metrics import Metric, metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fpdf import FPDF

    from trialbook.clarify.findings import Findings
    from trialbook.clarify.partial import PartialDependence
    from trialbook.clarify.results import FacetResult

INK, QUIET, LINE, BLUE, WARN = (22, 25, 31), (65, 77, 92), (213, 219, 219), (9, 114, 211), (141, 59, 0)
WIDTH = 180.0
GAUGE = 46.0
LINE_TITLES = {
    "Formula": "Formula",
    "Range": "Range",
    "Zero": "At 0",
    "One": "At 1",
    "Above": "Above it",
    "Below": "Below it",
    "Ours": "Note",
    "Source": "Source",
}


def pdf_report(findings: Findings) -> bytes:
    """Write the report of an analysis as PDF (A4)."""
    pdf = _document(findings)
    _head(pdf, findings)
    _glance(pdf, findings)
    _bias(pdf, findings)
    _performance(pdf, findings)
    _importance(pdf, findings)
    for one in findings.pdp:
        if not isinstance(one, dict):
            _curve(pdf, one)
    _segments(pdf, findings)
    _glossary(pdf, findings)
    _heading(pdf, "Configuration")
    pdf.set_font("DejaVu", size=7.5)
    pdf.multi_cell(WIDTH, 3.6, json.dumps(findings.config, indent=2), new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _document(findings: Findings) -> FPDF:
    import matplotlib as mpl
    from fpdf import FPDF

    class Document(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("DejaVu", size=8)
            self.set_text_color(*QUIET)
            self.cell(0, 5, f"{title_of(findings)} · page {self.page_no()}", align="C")

    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    pdf = Document(format="A4")
    pdf.set_creation_date(dt.datetime.fromtimestamp(findings.made, dt.UTC))
    pdf.set_title(title_of(findings))
    pdf.set_creator("Trialbook")
    pdf.set_margin(15)
    pdf.set_auto_page_break(True, 18)
    pdf.add_font("DejaVu", "", fonts / "DejaVuSans.ttf")
    pdf.add_font("DejaVu", "B", fonts / "DejaVuSans-Bold.ttf")
    pdf.add_page()
    return pdf


def _text(pdf: FPDF, text: str, size: float = 9, *, bold: bool = False, colour: Sequence[int] = INK) -> None:
    pdf.set_font("DejaVu", "B" if bold else "", size)
    pdf.set_text_color(*colour)
    pdf.multi_cell(WIDTH, size * 0.5, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(*INK)


def _heading(pdf: FPDF, text: str, size: float = 14) -> None:
    if pdf.get_y() > pdf.h - 60:
        pdf.add_page()
    pdf.ln(4)
    _text(pdf, text, size, bold=True)
    pdf.ln(1.5)


def _head(pdf: FPDF, findings: Findings) -> None:
    _text(pdf, title_of(findings), 20, bold=True)
    pdf.ln(1)
    _text(pdf, f"Made {date_of(findings.made)} by Trialbook.", 9, colour=QUIET)
    pdf.ln(2)
    _text(pdf, f"Data set: {findings.dataset}, {findings.rows:,} rows")
    if findings.bias is not None:
        _text(pdf, f"Label: {findings.bias.label}; positive: {findings.bias.label_value_or_threshold}")
    if findings.features:
        _text(pdf, f"Features: {', '.join(findings.features)}")
    for part, text in findings.faults.items():
        _text(pdf, f"{part} could not be computed: {text}", colour=WARN)
    for text in (*findings.notes, *(findings.bias.notes if findings.bias else ())):
        _text(pdf, text, colour=QUIET)


def _table(pdf: FPDF, headers: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
    from fpdf.fonts import FontFace

    pdf.set_font("DejaVu", size=8)
    pdf.set_draw_color(*LINE)
    pdf.set_fill_color(255, 255, 255)
    pdf.set_text_color(*INK)
    style = FontFace(emphasis="BOLD")
    with pdf.table(
        width=sum(widths), col_widths=tuple(widths), align="LEFT", line_height=4.6, headings_style=style,
        borders_layout="HORIZONTAL_LINES", text_align="LEFT", padding=0.6,
    ) as table:  # fmt: skip
        for line in (headers, *rows):
            row = table.row()
            for cell in line:
                row.cell(cell)
    pdf.ln(2)


def _glance(pdf: FPDF, findings: Findings) -> None:
    found = glance(findings)
    if not found:
        return
    _heading(pdf, "At a glance")
    rows = [[name, value, *(number(figures.get(key)) for key in FIRST)] for name, value, figures in found]
    _table(pdf, ["Facet", "Value", *FIRST], rows, [50, 46, 21, 21, 21, 21])


def _bias(pdf: FPDF, findings: Findings) -> None:
    if findings.bias is None:
        return
    for stage, facets in findings.bias.stages.items():
        _heading(pdf, STAGE_TITLES[stage])  # type: ignore[index]
        _text(
            pdf,
            f"We computed the bias metrics for the label {findings.bias.label} using label value(s)/threshold "
            f"{findings.bias.label_value_or_threshold}.",
        )
        known = {one.key: one for one in metrics(stage)}  # type: ignore[arg-type]
        for name, results in facets.items():
            for one in results:
                _heading(pdf, f"{name}: {one.value_or_threshold}", 11)
                _facet(pdf, known, one)


def _facet(pdf: FPDF, known: dict[str, Metric], result: FacetResult) -> None:
    """One line a metric: name, value, gauge, and what it means."""
    from fpdf.enums import MethodReturnValue

    for one in result.metrics:
        about = known[one.key]
        reading, colour = (one.error, WARN) if one.error else (verdict(about, one.value), QUIET)
        pdf.set_font("DejaVu", size=7.5)
        title = f"{one.key}  {about.title}"
        wrap: Callable[..., Any] = partial(
            pdf.multi_cell, h=3.6, align="L", dry_run=True, output=MethodReturnValue.LINES
        )
        lines = max(len(list(wrap(w=52, text=title))), len(list(wrap(w=60, text=reading or " "))), 2)
        height = lines * 3.6 + 2
        if pdf.get_y() + height > pdf.h - 20:
            pdf.add_page()
        top = pdf.get_y() + 1
        for x, width, text, shade, align in (
            (15, 52, title, INK, "L"),
            (67, 18, number(one.value), INK, "R"),
            (135, 60, reading or "", colour, "L"),
        ):
            pdf.set_xy(x, top)
            pdf.set_text_color(*shade)
            pdf.multi_cell(width, 3.6, text, align=align)
        _gauge(pdf, about, one.value, 87, top + 2)
        pdf.set_draw_color(*LINE)
        pdf.set_line_width(0.15)
        pdf.line(15, top + height - 1.2, 15 + WIDTH, top + height - 1.2)
        pdf.set_xy(15, top + height - 1)
    pdf.set_text_color(*INK)


def _gauge(pdf: FPDF, one: Metric, value: float | None, x: float, y: float) -> None:
    low, high = ends(one, value)

    def at(number: float) -> float:
        return x + (min(max(number, low), high) - low) / (high - low) * (GAUGE - 4)

    pdf.set_line_width(1.4)
    pdf.set_draw_color(170, 183, 184)
    pdf.line(x, y, x + GAUGE - 4, y)
    if value is not None:
        pdf.set_draw_color(*BLUE)
        pdf.set_fill_color(*BLUE)
        if abs(at(value) - at(one.ideal)) > 0.1:
            pdf.line(at(one.ideal), y, at(value), y)
        pdf.circle(at(value), y, 1.1, style="F")
    pdf.set_draw_color(*INK)
    pdf.set_line_width(0.5)
    pdf.line(at(one.ideal), y - 1.6, at(one.ideal), y + 1.6)
    pdf.set_font("DejaVu", size=6)
    pdf.set_text_color(*QUIET)
    pdf.text(x, y + 4.2, number(low))
    right = number(high)
    pdf.text(x + GAUGE - 4 - pdf.get_string_width(right), y + 4.2, right)
    pdf.set_font("DejaVu", size=7.5)


def _performance(pdf: FPDF, findings: Findings) -> None:
    performance = findings.bias.performance if findings.bias else None
    if performance is None:
        return
    _heading(pdf, "Model performance")
    _table(pdf, ["Figure", "Value"], [[name, number(value)] for name, value in performance.figures.items()], [110, 30])
    (tn, fp), (fn, tp) = performance.confusion
    rows = [["label negative", f"{tn:,}", f"{fp:,}"], ["label positive", f"{fn:,}", f"{tp:,}"]]
    _table(pdf, ["", "predicted negative", "predicted positive"], rows, [50, 45, 45])
    if performance.categories:
        wide = (WIDTH - 40) / len(performance.categories)
        lines = [
            [name, *(f"{count:,}" for count in line)]
            for name, line in zip(performance.categories, performance.by_category, strict=True)
        ]
        _table(pdf, ["label, predicted", *performance.categories], lines, [40, *[wide] * len(performance.categories)])


def _importance(pdf: FPDF, findings: Findings) -> None:
    shap = findings.shap
    if shap is None:
        return
    _heading(pdf, "Explanations")
    if shap.pictures:
        for one in shap.pictures[:MOST_PICTURES]:
            if pdf.get_y() > pdf.h - 90:
                pdf.add_page()
            pdf.image(io.BytesIO(one.heat_map), h=60)
            _text(pdf, f"{one.name}: {one.label}, {number(one.prediction)} ({number(one.expected_value)} expected)", 8)
        return
    if shap.attributions is None:
        _table(
            pdf, ["Text", "Mean absolute value"], [[text, number(value)] for text, value in shap.top_texts], [120, 40]
        )
        return
    found = shap.attributions
    count = len(found.values)
    kind = "exact" if found.exact else "sampled; a line through a bar spans two standard errors to each side"
    baselines = len(shap.baseline) if shap.baseline is not None else 0
    _text(pdf, f"Shapley values of {count:,} rows against {baselines} baseline row(s): {kind}.")
    shared = found.aggregate(shap.method).reshape(len(found.features), -1)
    plain = shap.method != "mean_abs"
    errors = np.zeros_like(shared) if plain else np.nan_to_num(found.aggregate_error().reshape(shared.shape))
    order = found.order(shap.method)[:MOST_BARS]
    for output, label in enumerate(shap.labels):
        _heading(pdf, f"{label}: {METHOD_TITLES[shap.method]}", 10)
        most = float(np.abs(shared[order, output]).max(initial=0.0)) or 1.0
        for at in order:
            _bar(pdf, found.features[at], float(shared[at, output]), float(errors[at, output]), most)


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
    if pdf.get_y() > pdf.h - 85:
        pdf.add_page()
    _heading(pdf, f"Partial dependence of the prediction on {one.feature}", 10)
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


def _segments(pdf: FPDF, findings: Findings) -> None:
    if not findings.segments:
        return
    _heading(pdf, "Segments")
    rows = []
    for one in findings.segments:
        name = f"{one.config_name}: {one.name}"
        for facet, value, figures in segment_figures(one):
            rows.append([name, f"{one.rows:,}", f"{facet}: {value}", *(number(figures.get(key)) for key in FIRST)])
        if one.error:
            rows.append([name, f"{one.rows:,}", one.error, *("–" for _ in FIRST)])
    _table(pdf, ["Segment", "Rows", "Facet", *FIRST], rows, [48, 20, 44, 17, 17, 17, 17])


def _glossary(pdf: FPDF, findings: Findings) -> None:
    if findings.bias is None:
        return
    _heading(pdf, "How to read the metrics")
    for stage, facets in findings.bias.stages.items():
        used = {key for results in facets.values() for one in results for key in one}
        for one in (about for about in metrics(stage) if about.key in used):  # type: ignore[arg-type]
            if pdf.get_y() > pdf.h - 50:
                pdf.add_page()
            pdf.ln(1.5)
            _text(pdf, f"{one.title} ({one.key})", 9, bold=True)
            _text(pdf, " ".join(one.text.split()), 8)
            for name, title in LINE_TITLES.items():
                if name in one.lines:
                    _text(pdf, f"{title}: {one.lines[name]}", 7.5, colour=QUIET)
