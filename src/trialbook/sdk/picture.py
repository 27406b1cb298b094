"""A run as a notebook shows it: state, parameters, the latest of each metric with a small chart, and a link.

Plain HTML with inline SVG: nothing is fetched and no script runs, so it looks the same in a saved notebook.
"""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trialbook.model import Document

MOST_PARAMETERS, MOST_METRICS = 30, 20
WIDTH, HEIGHT = 120, 24
_BUCKETS = 60
_COLOURS = {"Completed": "#037f0c", "Failed": "#d91515", "InProgress": "#0972d3"}
_OTHER = "#5f6b7a"


def picture(title: str, told: Document, series: Mapping[str, NDArray[np.float64]], url: str | None) -> str:
    """Draw a run.

    Parameters
    ----------
    told
        What `Run.describe` gives.
    series
        Values of some metrics, in order.
    url
        The server, for a link to its console; None without one.
    """
    status = told.get("Status", {})
    state = str(status.get("PrimaryStatus", "not begun"))
    name = html.escape(title)
    if url:
        where = f"{url}/#/runs/{quote(str(told.get('TrialComponentName', '')), safe='')}"
        name = f'<a href="{html.escape(where)}">{name}</a>'
    message = f" <span>{html.escape(str(status['Message']))}</span>" if status.get("Message") else ""
    colour = _COLOURS.get(state, _OTHER)
    head = f'<div><b>{name}</b> <span style="color:{colour}">{html.escape(state)}</span>{message}</div>'
    return f"<div>{head}{_parameters(told)}{_metrics(told, series)}</div>"


def sparkline(values: Sequence[float]) -> str:
    """Draw a line of values; those that are no numbers leave gaps, and each bucket keeps its extremes."""
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < 2:
        return ""
    low, high = min(finite), max(finite)
    span = (high - low) or 1.0
    pieces: list[list[str]] = [[]]
    thinned = _thin(values)
    for at, value in enumerate(thinned):
        if not math.isfinite(value):
            pieces.append([])
            continue
        x = 1 + (WIDTH - 2) * at / max(len(thinned) - 1, 1)
        y = 1 + (HEIGHT - 2) * (1 - (value - low) / span)
        pieces[-1].append(f"{x:.1f},{y:.1f}")
    lines = "".join(
        f'<polyline points="{" ".join(piece)}" fill="none" stroke="#0972d3"/>' for piece in pieces if len(piece) > 1
    )
    label = f"from {low:.4g} to {high:.4g}"
    return f'<svg width="{WIDTH}" height="{HEIGHT}" role="img" aria-label="{label}">{lines}</svg>'


def _thin(values: Sequence[float]) -> list[float]:
    if len(values) <= 2 * _BUCKETS:
        return list(values)
    thinned: list[float] = []
    for number in range(_BUCKETS):
        part = values[number * len(values) // _BUCKETS : (number + 1) * len(values) // _BUCKETS]
        held = [(value, at) for at, value in enumerate(part) if math.isfinite(value)]
        if held:
            thinned += [value for value, _ in sorted({min(held), max(held)}, key=lambda one: one[1])]
        else:
            thinned.append(math.nan)
    return thinned


def _parameters(told: Document) -> str:
    given = told.get("Parameters", {})
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(_shown(next(iter(value.values()), '')))}</td></tr>"
        for name, value in list(given.items())[:MOST_PARAMETERS]
    )
    return _table("Parameters", len(given), MOST_PARAMETERS, rows)


def _metrics(told: Document, series: Mapping[str, NDArray[np.float64]]) -> str:
    given = [one for one in told.get("Metrics", []) if not one["MetricName"].startswith("system.")]
    rows = "".join(
        f"<tr><td>{html.escape(one['MetricName'])}</td><td>{html.escape(_shown(one['Last']))}</td>"
        f"<td>{sparkline(series[one['MetricName']].tolist()) if one['MetricName'] in series else ''}</td></tr>"
        for one in given[:MOST_METRICS]
    )
    return _table("Metrics", len(given), MOST_METRICS, rows)


def _table(title: str, count: int, most: int, rows: str) -> str:
    if not count:
        return ""
    more = f" (the first {most} of {count})" if count > most else ""
    return f"<table><caption>{title}{more}</caption><tbody>{rows}</tbody></table>"


def _shown(value: object) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 200 else f"{text[:200]}…"
