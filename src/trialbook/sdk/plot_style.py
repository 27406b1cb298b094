"""How plots look: colours that all eyes tell apart, quiet axes, labels without their group's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialbook.services.extras import need

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
"""Okabe and Ito's, without the yellow that white paper swallows. See https://jfly.uni-koeln.de/color/."""
STYLES = ("-", "--", ":", "-.")
SCALE = "cividis"
"""From dark to light the same for all eyes, and in print without colour."""
LEGEND = 12


def axes(ax: Axes | None, width: float = 7.0, height: float = 4.2) -> Axes:
    """Give the axes to draw on; None makes a figure."""
    plt = need("matplotlib.pyplot", "plot")
    if ax is None:
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    assert ax is not None
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(visible=True, color="0.9", linewidth=0.8)
    ax.set_axisbelow(True)
    return ax


def colour(number: int) -> str:
    """Give the colour of the n-th thing."""
    return COLOURS[number % len(COLOURS)]


def dashes(number: int) -> str:
    """Give the line style of the n-th thing: another one once the colours are used up."""
    return STYLES[number // len(COLOURS) % len(STYLES)]


def short(name: str) -> str:
    """Give `auc` for `Metrics.auc`."""
    group, dot, rest = name.partition(".")
    return rest if dot and group.casefold() in {"metrics", "parameters", "tags"} else name


def legend(ax: Axes, title: str | None = None) -> None:
    """Add a legend of the first twelve, and say how many more there are."""
    handles, labels = ax.get_legend_handles_labels()
    if not handles:
        return
    more = len(handles) - LEGEND
    if more > 0:
        from matplotlib.lines import Line2D

        handles = [*handles[:LEGEND], Line2D([], [], alpha=0)]
        labels = [*labels[:LEGEND], f"and {more} more"]
    beside: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)} if len(handles) > 5 else {}
    ax.legend(handles, labels, title=title, frameon=False, fontsize="small", title_fontsize="small", **beside)


def logarithmic(ax: Axes, logx: bool, logy: bool) -> None:
    """Make axes logarithmic."""
    if logx:
        ax.set_xscale("log")
    if logy:
        ax.set_yscale("log")
