"""The plots of a table, as its methods: thin over `sdk.plots`, so that Matplotlib is imported when one is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from trialbook.sdk.importance import Importance
    from trialbook.sdk.table import Table


class TablePlots:
    """The part of a table that draws. Every method returns Matplotlib's axes."""

    def line(self, metric: str, **options: Any) -> Axes:
        """Draw a series of each run, or the mean of groups of runs with a band.

        Options: `x` ("step", "time", "relative"), `smooth` (0 to below 1), `by` (a column to group by), `band` ("std",
        "interval", "range"), `logx`, `logy`, `ax`. See `trialbook.sdk.plots.line`.
        """
        from trialbook.sdk import plots

        return plots.line(cast("Table", self), metric, **options)

    def scatter(self, x: str, y: str, **options: Any) -> Axes:
        """Draw a point for each record. Options: `color` (a column), `logx`, `logy`, `ax`."""
        from trialbook.sdk import plots

        return plots.scatter(cast("Table", self), x, y, **options)

    def parallel(self, columns: Sequence[str], **options: Any) -> Axes:
        """Draw parallel coordinates over columns. Options: `color` (a column; by default the last), `ax`."""
        from trialbook.sdk import plots

        return plots.parallel(cast("Table", self), columns, **options)

    def plot_importance(self, metric: str, **options: Any) -> Axes:
        """Draw how much each parameter matters for a metric. Options: those of `importance`, `top`, `ax`."""
        from trialbook.sdk import plots

        return plots.plot_importance(cast("Table", self), metric, **options)

    def importance(self, metric: str, **options: Any) -> Importance:
        """Estimate how much each parameter matters for a metric.

        Options: `parameters` (columns), `method` ("forest" or "ranks"), `seed`. See `trialbook.sdk.importance`.
        """
        from trialbook.sdk.importance import importance

        return importance(cast("Table", self), metric, **options)
