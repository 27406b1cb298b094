"""report.pdf: the report on paper, drawn with fpdf2 in DejaVu Sans, which is embedded (it comes with matplotlib)."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from trialbook.clarify.gauges import STAGE_TITLES, ends, number, verdict
from trialbook.clarify.html import FIRST, date_of, glance, segment_figures, title_of
from trialbook.clarify.metrics import Metric, metrics
from trialbook.clarify.paper import BLUE, INK, LINE, QUIET, WARN, WIDTH, document, heading, table, write
from trialbook.clarify.pdf_explanations import explanations
from trialbook.clarify.wording import IDEALS, facts, faults, four_fifths, notes, sides

if TYPE_CHECKING:
    from collections.abc import Callable

    from fpdf import FPDF

    from trialbook.clarify.findings import Findings
    from trialbook.clarify.results import FacetResult

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
    pdf = document(title_of(findings), findings.made)
    _head(pdf, findings)
    _glance(pdf, findings)
    _bias(pdf, findings)
    _performance(pdf, findings)
    explanations(pdf, findings)
    _segments(pdf, findings)
    _glossary(pdf, findings)
    heading(pdf, "Configuration")
    pdf.set_font("DejaVu", size=7.5)
    pdf.multi_cell(WIDTH, 3.6, json.dumps(findings.config, indent=2), new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def _head(pdf: FPDF, findings: Findings) -> None:
    write(pdf, title_of(findings), 20, bold=True)
    pdf.ln(1)
    write(pdf, f"Made {date_of(findings.made)} by Trialbook.", 9, colour=QUIET)
    pdf.ln(2)
    for name, words in facts(findings):
        write(pdf, f"{name}: {words}")
    for what, words in faults(findings):
        write(pdf, f"{what} {words}", colour=WARN)
    for words in notes(findings):
        write(pdf, words, colour=QUIET)


def _glance(pdf: FPDF, findings: Findings) -> None:
    found = glance(findings)
    if not found:
        return
    heading(pdf, "At a glance")
    rows = [
        [name, value, four_fifths(figures.get("DI")), *(number(figures.get(key)) for key in FIRST)]
        for name, value, figures in found
    ]
    headers = ["Facet", "Value", "Four-fifths rule (DI at least 0.8)", *FIRST]
    table(pdf, headers, rows, [34, 34, 40, 18, 18, 18, 18], (0, 1, 2))
    write(pdf, IDEALS, 8, colour=QUIET)


def _bias(pdf: FPDF, findings: Findings) -> None:
    if findings.bias is None:
        return
    _people(pdf, findings)
    for stage, facets in findings.bias.stages.items():
        heading(pdf, STAGE_TITLES[stage], room=90)  # type: ignore[index]
        write(
            pdf,
            f"We computed the bias metrics for the label {findings.bias.label} using the label value(s) or threshold "
            f"{findings.bias.label_value_or_threshold}.",
        )
        known = {one.key: one for one in metrics(stage)}  # type: ignore[arg-type]
        for name, results in facets.items():
            for one in results:
                heading(pdf, f"{name}: {one.value_or_threshold}", 11)
                _facet(pdf, known, one)


def _people(pdf: FPDF, findings: Findings) -> None:
    rows = []
    for name, value, inside, rest in sides(findings):
        shares = (inside.proportion, inside.observed_label_distribution[1], rest.observed_label_distribution[1])
        rows.append([name, value, f"{inside.rows:,}", *map(_share, shares)])
    if rows:
        heading(pdf, "Who is in the data")
        headers = ["Facet", "Value", "Rows", "Share", "Positive labels in it", "Positive labels in the rest"]
        table(pdf, headers, rows, [34, 34, 24, 20, 34, 34], (0, 1))


def _facet(pdf: FPDF, known: dict[str, Metric], result: FacetResult) -> None:
    """One line a metric: name, value, gauge, and what it means."""
    from fpdf.enums import MethodReturnValue

    _columns(pdf)
    for one in result.metrics:
        about = known[one.key]
        reading, colour = (one.error, WARN) if one.error else (verdict(about, one.value), QUIET)
        pdf.set_font("DejaVu", size=7.5)
        title = f"{one.key}  {about.title}"
        wrap: Callable[..., Any] = partial(
            pdf.multi_cell, h=3.6, align="L", dry_run=True, output=MethodReturnValue.LINES
        )
        lines = max(len(list(wrap(w=50, text=title))), len(list(wrap(w=60, text=reading or " "))), 2)
        height = lines * 3.6 + 2
        if pdf.get_y() + height > pdf.h - 20:
            pdf.add_page()
        top = pdf.get_y() + 1
        for x, width, text, shade, align in (
            (15, 50, title, INK, "L"),
            (65, 21, number(one.value), INK, "R"),
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


def _columns(pdf: FPDF) -> None:
    pdf.set_font("DejaVu", "B", 7.5)
    top = pdf.get_y()
    for x, width, word, align in ((15, 50, "Metric", "L"), (65, 21, "Value", "R"), (87, 46, "Scale", "L")):
        pdf.set_xy(x, top)
        pdf.cell(width, 4, word, align=align)
    pdf.set_xy(135, top)
    pdf.cell(60, 4, "Reading")
    pdf.set_xy(15, top + 4.5)


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
    heading(pdf, "Model performance")
    table(pdf, ["Figure", "Value"], [[name, number(value)] for name, value in performance.figures.items()], [110, 30])
    (tn, fp), (fn, tp) = performance.confusion
    rows = [["label negative", f"{tn:,}", f"{fp:,}"], ["label positive", f"{fn:,}", f"{tp:,}"]]
    table(pdf, ["", "predicted negative", "predicted positive"], rows, [50, 45, 45])
    if performance.categories:
        wide = (WIDTH - 40) / len(performance.categories)
        lines = [
            [name, *(f"{count:,}" for count in line)]
            for name, line in zip(performance.categories, performance.by_category, strict=True)
        ]
        table(pdf, ["label, predicted", *performance.categories], lines, [40, *[wide] * len(performance.categories)])
    lines = [
        [name, side, f"{one.rows:,}", *map(_share, one.confusion_matrix or ())]
        for name, value, inside, rest in sides(findings)
        for side, one in ((value, inside), ("the rest", rest))
    ]
    headers = ["Facet", "Side", "Rows", "True positive", "False positive", "False negative", "True negative"]
    if lines:
        table(pdf, headers, lines, [30, 30, 20, 25, 25, 25, 25], (0, 1))


def _share(part: float) -> str:
    return f"{part:.1%}"


def _segments(pdf: FPDF, findings: Findings) -> None:
    if not findings.segments:
        return
    heading(pdf, "Segments")
    rows = []
    for one in findings.segments:
        name = f"{one.config_name}: {one.name}"
        for facet, value, figures in segment_figures(one):
            rows.append([name, f"{facet}: {value}", f"{one.rows:,}", *(number(figures.get(key)) for key in FIRST)])
        if one.error:
            rows.append([name, one.error, f"{one.rows:,}", *("–" for _ in FIRST)])
    table(pdf, ["Segment", "Facet", "Rows", *FIRST], rows, [44, 46, 18, 18, 18, 18, 18], (0, 1))


def _glossary(pdf: FPDF, findings: Findings) -> None:
    if findings.bias is None:
        return
    heading(pdf, "How to read the metrics")
    for stage, facets in findings.bias.stages.items():
        used = {key for results in facets.values() for one in results for key in one}
        for one in (about for about in metrics(stage) if about.key in used):  # type: ignore[arg-type]
            if pdf.get_y() > pdf.h - 50:
                pdf.add_page()
            pdf.ln(1.5)
            write(pdf, f"{one.title} ({one.key})", 9, bold=True)
            write(pdf, " ".join(one.text.split()), 8)
            for name, title in LINE_TITLES.items():
                if name in one.lines:
                    write(pdf, f"{title}: {one.lines[name]}", 7.5, colour=QUIET)
