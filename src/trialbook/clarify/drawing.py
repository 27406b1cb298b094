"""Explanations as inline SVG: no script, no file beside the page, the text in the reader's font.

Colours are the reader's text colour with blue for up and orange for down, which most colour-blind readers tell apart.
"""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UP, DOWN = "#2a6fbb", "#d97706"
WIDTH, LABEL, LINE, TOP = 640, 210, 22, 34
ROOM = WIDTH - LABEL - 120


def importance_svg(names: Sequence[str], values: Sequence[float], errors: Sequence[float], title: str) -> str:
    """Draw one horizontal bar a feature, with a line of two standard errors to each side."""
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    scale = _Scale(low, high)
    parts = []
    for at, (name, value, error) in enumerate(zip(names, values, errors, strict=True)):
        y = TOP + at * LINE
        parts.append(_label(name, y))
        parts.append(_bar(scale(0.0), scale(value), y, UP if value >= 0 else DOWN))
        parts.append(_whisker(scale, value, error, y))
        parts.append(_text(WIDTH - 84, y + 15, f"{value:.4g}"))
    return _svg(parts, len(names), title)


def waterfall_svg(
    names: Sequence[str], values: Sequence[float], errors: Sequence[float], start: float, end: float, title: str
) -> str:
    """Draw how the values lead from the expected prediction to this one; what is not shown stands as one bar."""
    steps = list(zip(names, values, errors, strict=True))
    rest = end - start - sum(values)
    if abs(rest) > 1e-12:
        steps.append(("the other features", rest, 0.0))
    at, points = start, [start, end]
    for _, value, _ in steps:
        at += value
        points.append(at)
    scale = _Scale(min(points), max(points))
    parts, at = [], start
    for line, (name, value, error) in enumerate(steps):
        y = TOP + line * LINE
        parts.append(_label(name, y))
        parts.append(_bar(scale(at), scale(at + value), y, UP if value >= 0 else DOWN))
        at += value
        parts.append(_whisker(scale, at, error, y))
        parts.append(_text(WIDTH - 84, y + 15, f"{value:+.4g}"))
    return _svg(parts, len(steps), f"{title}: {start:.4g} expected, {end:.4g} predicted")


def curves_svg(names: Sequence[str], curves: Sequence[Sequence[float]], shares: Sequence[float], title: str) -> str:
    """Draw curves over equally spaced points, above bars for the share of data at each point."""
    height, floor = 180, TOP + 190
    low, high = min(map(min, curves)), max(map(max, curves))
    span = (high - low) or 1.0
    step = (WIDTH - 120) / max(1, len(names))
    across = [80 + step * (at + 0.5) for at in range(len(names))]
    most = max(shares) or 1.0
    parts = [
        f'<rect x="{x - step * 0.35:.1f}" y="{floor + 50 - 44 * share / most:.1f}" width="{step * 0.7:.1f}" '
        f'height="{44 * share / most:.1f}" fill="currentColor" opacity="0.25"><title>{html.escape(name)}: '
        f"{share:.1%} of the data</title></rect>"
        for x, name, share in zip(across, names, shares, strict=True)
    ]
    for number, curve in enumerate(curves):
        dots = [
            (x, TOP + height - (value - low) / span * (height - 10)) for x, value in zip(across, curve, strict=True)
        ]
        colour = f"hsl({(212 + 137 * number) % 360} 62% 45%)"
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in dots)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.extend(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}">'
            f"<title>{html.escape(name)}: {value:.4g}</title></circle>"
            for (x, y), name, value in zip(dots, names, curve, strict=True)
        )
    every = max(1, math.ceil(len(names) / 8))
    parts.extend(
        f'<text x="{x:.1f}" y="{floor + 68}" text-anchor="middle" font-size="11">{html.escape(name[:14])}</text>'
        for at, (x, name) in enumerate(zip(across, names, strict=True))
        if at % every == 0
    )
    parts.append(f'<text x="70" y="{TOP + 14}" text-anchor="end">{high:.4g}</text>')
    parts.append(f'<text x="70" y="{TOP + height}" text-anchor="end">{low:.4g}</text>')
    return _svg(parts, math.ceil(280 / LINE), title)


class _Scale:
    def __init__(self, low: float, high: float) -> None:
        self._low, self._span = low, (high - low) or 1.0

    def __call__(self, value: float) -> float:
        return LABEL + (value - self._low) / self._span * ROOM


def _bar(start: float, end: float, y: float, colour: str) -> str:
    left, width = min(start, end), abs(end - start)
    return f'<rect x="{left:.1f}" y="{y + 3}" width="{width:.1f}" height="{LINE - 7}" fill="{colour}"/>'


def _whisker(scale: _Scale, value: float, error: float, y: float) -> str:
    if not error or math.isnan(error):
        return ""
    left, right = (min(max(scale(value + side * 2 * error), LABEL), WIDTH - 92) for side in (-1, 1))
    return f'<path d="M{left:.1f} {y + 10.5}H{right:.1f}" stroke="currentColor" stroke-width="1.5"/>'


def _label(name: str, y: float) -> str:
    short = name if len(name) <= 32 else name[:31] + "…"
    return f'<text x="{LABEL - 8}" y="{y + 15}" text-anchor="end">{html.escape(short)}</text>'


def _text(x: float, y: float, text: str) -> str:
    return f'<text x="{x}" y="{y}">{html.escape(text)}</text>'


def _svg(parts: Sequence[str], lines: int, title: str) -> str:
    height = TOP + lines * LINE + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{html.escape(title, quote=True)}" font-family="inherit" font-size="13" '
        f'fill="currentColor"><text x="0" y="18" font-weight="600">{html.escape(title)}</text>{"".join(parts)}</svg>'
    )
