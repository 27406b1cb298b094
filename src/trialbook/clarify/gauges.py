"""Bias metrics as people read them: a gauge a metric, with its range, its ideal value and who is favoured.

A gauge is inline SVG. Where a range is infinite, the gauge ends are picked so that the value and the ideal lie inside,
and an arrow says that the scale goes on.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from trialbook.clarify.metrics import Metric, Stage, metrics

if TYPE_CHECKING:
    from trialbook.clarify.results import BiasReport, FacetResult, MetricResult

WIDTH, HEIGHT, MARGIN = 260, 34, 12
STAGE_TITLES: dict[Stage, str] = {"pre": "Before training: the data", "post": "After training: the predictions"}
_STYLE = """
.tb-bias{font:14px/1.45 system-ui,-apple-system,"Segoe UI",sans-serif;color:#16191f;background:#fff;max-width:980px}
.tb-bias table{border-collapse:collapse;width:100%;margin:.4em 0 1.2em}
.tb-bias th{text-align:left;border-bottom:2px solid #545b64;padding:4px 8px;font-weight:600}
.tb-bias td{border-bottom:1px solid #d5dbdb;padding:4px 8px;vertical-align:middle;text-align:left}
.tb-bias td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.tb-bias .why{color:#8d3b00}.tb-bias .who{color:#414d5c;font-size:12.5px}
.tb-bias h3{font-size:16px;margin:1em 0 .2em}.tb-bias h4{font-size:14px;margin:.8em 0 .2em}
"""


def number(value: float | None) -> str:
    """Write a value with four significant digits; an infinite one as a sign."""
    if value is None:
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.4g}".replace("-", "−")


def gauge(one: Metric, value: float | None) -> str:
    """Draw a metric's scale as SVG: its ends, a tick at the ideal value, the bar from there to the value."""
    low, high = ends(one, value)
    ideal = place(one.ideal, low, high)
    parts = [
        (
            f'<svg class="gauge" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'aria-label="{one.key} {number(value)}, ideal {one.ideal:g}, from {number(low)} to {number(high)}">'
        ),
        f'<line x1="{MARGIN}" y1="12" x2="{WIDTH - MARGIN}" y2="12" stroke="#aab7b8" stroke-width="6"/>',
    ]
    if value is not None:
        at = place(min(max(value, low), high), low, high)
        start, length = min(ideal, at), abs(at - ideal)
        parts += [
            f'<rect x="{start:.1f}" y="9" width="{length:.1f}" height="6" fill="#0972d3"/>',
            f'<circle cx="{at:.1f}" cy="12" r="6" fill="#0972d3" stroke="#fff" stroke-width="1.5"/>',
        ]
    parts.append(f'<line x1="{ideal:.1f}" y1="3" x2="{ideal:.1f}" y2="21" stroke="#16191f" stroke-width="2"/>')
    open_low, open_high = math.isinf(one.low), math.isinf(one.high)
    parts += [
        _label(MARGIN - 8, "start", f"← {number(low)}" if open_low else number(low)),
        _label(WIDTH - MARGIN + 8, "end", f"{number(high)} →" if open_high else number(high)),
    ]
    if 40 < ideal < WIDTH - 40:
        parts.append(_label(ideal, "middle", f"{one.ideal:g}"))
    return "".join(parts) + "</svg>"


def _label(x: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="32" font-size="10" fill="#414d5c" text-anchor="{anchor}">{text}</text>'


def ends(one: Metric, value: float | None) -> tuple[float, float]:
    """Give finite ends of a metric's scale that hold the value, where it is finite."""
    reach = 1.0
    if value is not None and math.isfinite(value):
        reach = max(1.0, abs(value) * 1.15, 2.0 if one.ideal else 0.0)
    low = -reach if math.isinf(one.low) else one.low
    return low, max(reach, one.ideal * 2) if math.isinf(one.high) else one.high


def place(value: float, low: float, high: float) -> float:
    """Give the x coordinate of a value."""
    return MARGIN + (value - low) / (high - low) * (WIDTH - 2 * MARGIN)


INFINITE = "Infinite: what the formula divides by is 0 on one side."
INFINITE_KL = "Infinite: the facet lacks an outcome that the rest has."


def verdict(one: Metric, value: float | None) -> str:
    """Say in words what the value means; empty where there is none."""
    if value is None:
        return ""
    ideal = "One" if "One" in one.lines else "Zero"
    text = one.lines.get(ideal if value == one.ideal else "Above" if value > one.ideal else "Below", "")
    if math.isinf(value):
        text = f"{INFINITE_KL if one.key == 'KL' else INFINITE} {text[:1].upper()}{text[1:]}"
    return text[:1].upper() + text[1:]


def bias_fragment(report: BiasReport) -> str:
    """Give a report as HTML for a notebook: a table with gauges for each stage and facet value."""
    parts = [f'<div class="tb-bias"><style>{_STYLE}</style>']
    parts += [
        (
            f"<p>Label <b>{escape(report.label)}</b>, positive: <b>{escape(report.label_value_or_threshold)}</b>; "
            f"{report.rows:,} rows.</p>"
        )
    ]
    parts += [f'<p class="who">{escape(note)}</p>' for note in report.notes]
    for name, missing in report.left_out.items():
        parts.append(f'<p class="who">{missing:,} rows without {escape(name)}, label or prediction are left out.</p>')
    for stage, facets in report.stages.items():
        parts.append(f"<h3>{STAGE_TITLES[stage]}</h3>")  # type: ignore[index]
        for name, results in facets.items():
            for one in results:
                parts.append(f"<h4>{escape(name)}: {escape(one.value_or_threshold)}</h4>")
                parts.append(facet_table(stage, one))  # type: ignore[arg-type]
    return "".join(parts) + "</div>"


def facet_table(stage: Stage, result: FacetResult) -> str:
    """Give the metrics of a facet value as an HTML table with gauges."""
    known = {one.key: one for one in metrics(stage)}
    rows = [_row(known[one.key], one) for one in result.metrics]
    return (
        "<table><thead><tr><th>Metric</th><th>Value</th><th>Scale (the tick is the ideal)</th><th>Reading</th></tr>"
        f"</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _row(one: Metric, result: MetricResult) -> str:
    reading = f'<span class="why">{escape(result.error)}</span>' if result.error else escape(verdict(one, result.value))
    return (
        f"<tr><td><b>{one.key}</b><br>{escape(one.title)}</td><td class='n'>{number(result.value)}</td>"
        f"<td>{gauge(one, result.value)}</td><td class='who'>{reading}</td></tr>"
    )
