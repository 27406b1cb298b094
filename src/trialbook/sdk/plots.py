"""Plots for notebooks: `line` of series, `scatter`, `parallel` coordinates and `importance` of a table's columns.

Each draws on the axes given, or on a figure of its own, and returns the axes, so that anything can be changed after.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.sdk.curves_of_runs import Curve, averaged, curve, smoothed, thinned
from trialbook.sdk.importance import FOREST, Importance, importance
from trialbook.sdk.plot_style import SCALE, axes, colour, dashes, legend, logarithmic, short
from trialbook.services.extras import need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from trialbook.sdk.reading import Metric
    from trialbook.sdk.table import Table

LABELS = {"step": "step", "time": "time (UTC)", "relative": "seconds since the run's first point"}
BANDS = ("std", "interval", "range")


def line(
    source: Table | Mapping[str, Metric],
    metric: str,
    *,
    x: str = "step",
    smooth: float = 0.0,
    by: str | None = None,
    band: str = "std",
    logx: bool = False,
    logy: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a series of each run, or the mean of groups of runs.

    Parameters
    ----------
    source
        A table of runs, or series by name as `table.metric(...)` gives them. Of a table, plain lines are read as what
        the picture can show, in one call for all runs; means (`smooth`, `by`) read whole series.
    x
        "step", "time", or "relative" (seconds since the run's first point).
    smooth
        Weight of the past in a running mean, 0 (none) to below 1; the raw series stays behind, pale. The mean is
        corrected for its start (Kingma and Ba 2015, section 3).
    by
        A column of the table: runs of one value are drawn as their mean with a band. Runs are brought to common x by
        straight lines between their points, each only over its own range.
    band
        What the band shows: "std" (one standard deviation), "interval" (95% of the mean) or "range".
    logx, logy
        Logarithmic axes.
    ax
        Where to draw; by default a figure of its own.

    Raises
    ------
    ValueError
        No run has the metric, or an argument is none of what it may be.
    """
    if x not in LABELS or band not in BANDS or not 0 <= smooth < 1:
        message = (
            f"x is one of {list(LABELS)}, band one of {list(BANDS)}, smooth 0 to below 1; not {x}, {band}, {smooth}."
        )
        raise ValueError(message)
    name = short(metric)
    if hasattr(source, "curves") and not smooth and by is None:
        curves = source.curves(name, x)
    else:
        series = source.metric(name) if hasattr(source, "metric") else dict(source)
        curves = {run: curve(one, x) for run, one in series.items()}
    if not curves:
        message = f"No run of these has a metric '{name}'."
        raise ValueError(message)
    ax = axes(ax)
    if by is None:
        for number, (run, one) in enumerate(curves.items()):
            _draw(ax, one, run, number, smooth)
    else:
        _draw_groups(ax, _grouped(source, curves, by), smooth, band, positive=logy)
    logarithmic(ax, logx, logy)
    ax.set_xlabel(LABELS[x])
    ax.set_ylabel(name)
    if x == "time":
        dates = need("matplotlib.dates", "plot")

        place = dates.AutoDateLocator()
        ax.xaxis.set_major_locator(place)
        ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(place))
    if len(curves) > 1 or by is not None:
        legend(ax, short(by) if by else None)
    return ax


def _draw(ax: Axes, one: Curve, label: str, number: int, smooth: float) -> None:
    look: dict[str, Any] = {"color": colour(number), "linestyle": dashes(number)}
    marker = "o" if len(one.x) == 1 else None
    raw = thinned(one)
    if smooth:
        ax.plot(raw.x, raw.y, alpha=0.25, linewidth=1, label="_raw", **look)
        raw = thinned(smoothed(one, smooth))
    ax.plot(raw.x, raw.y, label=label, linewidth=1.6, marker=marker, **look)


def _grouped(source: Table | Mapping[str, Metric], curves: Mapping[str, Curve], by: str) -> dict[str, list[Curve]]:
    from trialbook.sdk.table import Table
    from trialbook.sdk.table_text import shown

    if not isinstance(source, Table):
        message = "Grouping needs a table, whose column says which run is in which group."
        raise TypeError(message)
    pairs = [(value, name) for value, name in zip(source[by], source["name"], strict=True) if name in curves]
    groups: dict[str, list[Curve]] = {}
    for value, name in sorted(pairs, key=lambda pair: (isinstance(pair[0], str), pair[0] is None, pair[0] or 0)):
        groups.setdefault(shown(value) or "none", []).append(curves[name])
    return groups


def _draw_groups(ax: Axes, groups: Mapping[str, list[Curve]], smooth: float, band: str, *, positive: bool) -> None:
    for number, (label, members) in enumerate(groups.items()):
        smoothly = [smoothed(one, smooth) if smooth else one for one in members]
        x, middle, low, high = averaged(smoothly, band)
        if positive:  # a logarithmic axis has no place for a band that reaches 0: it ends at the lowest run
            lowest = averaged(smoothly, "range")[2]
            low = np.where(low > 0, low, np.where(lowest > 0, lowest, middle))
        runs = f" ({len(members)} run{'s' if len(members) > 1 else ''})"
        ax.fill_between(x, low, high, color=colour(number), alpha=0.2, linewidth=0)
        ax.plot(x, middle, color=colour(number), linestyle=dashes(number), linewidth=1.8, label=label + runs)


def scatter(
    table: Table,
    x: str,
    y: str,
    *,
    color: str | None = None,
    logx: bool = False,
    logy: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a point for each record that has both columns.

    Parameters
    ----------
    color
        A column: numbers give a scale of colours with a bar, texts a colour each with a legend.
    """
    ax = axes(ax)
    x, y, color = table.resolve(x), table.resolve(y), table.resolve(color) if color else None
    rows = [row for row in table if _drawable(row[x]) and _drawable(row[y])]
    across, up = [_plain(row[x]) for row in rows], [_plain(row[y]) for row in rows]
    look: dict[str, Any] = {"s": 42, "alpha": 0.85, "edgecolors": "white", "linewidths": 0.6}
    if color is None:
        ax.scatter(across, up, color=colour(0), **look)
    elif table.types[color] in {"number", "time"}:
        values = np.array([math.nan if row[color] is None else float(row[color]) for row in rows])
        drawn = ax.scatter(across, up, c=values, cmap=SCALE, plotnonfinite=True, **look)
        ax.figure.colorbar(drawn, ax=ax, label=short(color))
    else:
        for number, value in enumerate(sorted({str(_plain(row[color])) for row in rows})):
            chosen = [at for at, row in enumerate(rows) if str(_plain(row[color])) == value]
            points = [across[at] for at in chosen], [up[at] for at in chosen]
            ax.scatter(*points, color=colour(number), label=value, marker="osD^vP*"[number % 7], **look)
        legend(ax, short(color))
    logarithmic(ax, logx, logy)
    ax.set_xlabel(short(x))
    ax.set_ylabel(short(y))
    left = len(table) - len(rows)
    if left:
        ax.set_title(f"{left} of {len(table)} lack a value", fontsize="small", loc="right", color="0.4")
    return ax


def parallel(table: Table, columns: Sequence[str], *, color: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw each record as a line over parallel axes, one for each column.

    Parameters
    ----------
    columns
        At least two. Texts stand at even distances in their order; positive numbers whose largest is at least 50 times
        the smallest stand on a logarithmic axis. A line breaks where its record lacks a value.
    color
        The column that colours the lines; by default the last.
    """
    if len(columns) < 2:
        message = f"Parallel coordinates need at least two columns, not {list(columns)}."
        raise ValueError(message)
    from matplotlib.collections import LineCollection

    ax = axes(ax, max(7.0, 1.6 * len(columns)))
    scales = [_Scale(table[name]) for name in columns]
    places = np.column_stack([scale.place(table[name]) for scale, name in zip(scales, columns, strict=True)])
    tone = _Scale(table[color or columns[-1]]).place(table[color or columns[-1]])
    order = np.argsort(np.nan_to_num(tone, nan=-1.0), kind="stable")
    at = np.arange(len(columns), dtype=np.float64)
    lines = LineCollection(
        [np.column_stack([at, row]) for row in places[order]],
        array=np.ma.masked_invalid(tone[order]),
        cmap=SCALE,
        linewidths=1.4,
        alpha=0.75,
    )
    lines.set_clim(0, 1)
    ax.add_collection(lines)
    ax.set_xlim(-0.1, len(columns) - 0.55)
    ax.set_ylim(-0.04, 1.04)
    ax.set_xticks(at, [short(name) for name in columns])
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_yticks([])
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    for number, scale in enumerate(scales):
        ax.axvline(number, color="0.3", linewidth=1)
        for place, text in scale.ticks():
            box = {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1}
            ax.annotate(
                text, (number, place), (4, 0), textcoords="offset points", va="center", fontsize="small", bbox=box
            )
    return ax


def plot_importance(
    table: Table,
    metric: str,
    parameters: Sequence[str] | None = None,
    *,
    method: str | None = None,
    seed: int = 0,
    top: int = 15,
    ax: Axes | None = None,
) -> Axes:
    """Draw how much each parameter matters for a metric, with 95% intervals: see `sdk.importance.importance`.

    With scikit-learn and 20 runs or more: by shuffling each parameter under a random forest, on runs it has not seen;
    else by rank correlation. The title says which, and how well the forest predicts; where it does not, trust nothing.
    """
    found = importance(table, metric, parameters, method=method, seed=seed)
    shown = min(top, len(found.parameters))
    ax = axes(ax, 7.0, 1.2 + 0.36 * shown)
    reach = np.vstack([found.value - found.low, found.high - found.value])[:, :shown]
    ax.barh(
        np.arange(shown),
        found.value[:shown],
        xerr=np.maximum(reach, 0.0),
        color=colour(0),
        height=0.65,
        error_kw={"ecolor": "0.25", "capsize": 3, "linewidth": 1.2},
    )
    ax.set_yticks(np.arange(shown), [short(name) for name in found.parameters[:shown]])
    ax.invert_yaxis()
    ax.axvline(0, color="0.3", linewidth=1)
    ax.grid(visible=False, axis="y")
    ax.set_xlabel(_importance_label(found))
    ax.set_title(_importance_title(found, short(metric)), fontsize="medium", loc="left")
    return ax


def _importance_label(found: Importance) -> str:
    return "share of variance lost when shuffled" if found.method == FOREST else "size of the rank correlation"


def _importance_title(found: Importance, metric: str) -> str:
    if found.method != FOREST:
        return f"{metric}: {found.n} runs"
    warning = "" if found.score > 0.2 else ": too little to trust"
    return f"{metric}: {found.n} runs; the forest explains {max(found.score, 0):.0%} of new runs' variance{warning}"


class _Scale:
    """One axis of parallel coordinates: where values stand between 0 and 1."""

    def __init__(self, values: Sequence[Any]) -> None:
        present = [one for one in values if _drawable(one)]
        self._texts: list[str] | None = None
        self._log = False
        if any(isinstance(one, str | bool) for one in present):
            self._texts = sorted({str(one) for one in present})
            return
        numbers = np.array([float(one) for one in present] or [0.0])
        self._log = bool(numbers.min() > 0 and numbers.max() / numbers.min() >= 50)
        self._low, self._high = float(numbers.min()), float(numbers.max())
        distinct = sorted(set(numbers.tolist()))
        self._few = distinct if len(distinct) <= 8 else []

    def place(self, values: Sequence[Any]) -> NDArray[np.float64]:
        """Give the places of values; NaN where there is none."""
        return np.array([self._one(one) if _drawable(one) else math.nan for one in values], np.float64)

    def _one(self, value: Any) -> float:
        if self._texts is not None:
            return self._texts.index(str(value)) / max(1, len(self._texts) - 1)
        low, high = self._bounds()
        number = math.log10(value) if self._log else float(value)
        return 0.5 if high == low else (number - low) / (high - low)

    def _bounds(self) -> tuple[float, float]:
        return (math.log10(self._low), math.log10(self._high)) if self._log else (self._low, self._high)

    def ticks(self) -> list[tuple[float, str]]:
        """Give places and texts of labels."""
        if self._texts is not None:
            return [(self._one(text), text) for text in self._texts[:12]]
        if self._low == self._high:
            return [(0.5, f"{self._low:.4g}")]
        if self._few:
            return [(self._one(one), f"{one:.4g}") for one in self._few]
        low, high = self._bounds()
        inner = np.linspace(low, high, 5)
        return [
            (float(at), f"{10**value if self._log else value:.3g}")
            for at, value in zip(np.linspace(0, 1, 5), inner, strict=True)
        ]


def _drawable(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and not math.isfinite(value))


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, bool | list) or value is None else value
