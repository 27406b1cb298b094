"""The plots of an experiment: a search for the columns that a plot needs, then the plot of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from trialbook.sdk.table import Table


class ExperimentPlots:
    """The part of an experiment that draws. `query` and `limit` choose the runs, as in `search`."""

    def search(self, query: str = "", **options: Any) -> Table:
        """Search among its runs."""
        raise NotImplementedError

    def line(
        self, metric: str, *, query: str = "", by: str | None = None, limit: int | None = 50, **options: Any
    ) -> Axes:
        """Draw a series of each run, or with `by` (a property) the mean of each group: see `Table.line`."""
        return self.search(query, columns=[by] if by else ["name"], limit=limit).line(metric, by=by, **options)

    def scatter(
        self, x: str, y: str, *, query: str = "", color: str | None = None, limit: int | None = 10_000, **options: Any
    ) -> Axes:
        """Draw a point for each run over two properties: see `Table.scatter`."""
        columns = [x, y, *([color] if color else [])]
        return self.search(query, columns=columns, limit=limit).scatter(x, y, color=color, **options)

    def parallel(
        self,
        columns: Sequence[str],
        *,
        query: str = "",
        color: str | None = None,
        limit: int | None = 10_000,
        **options: Any,
    ) -> Axes:
        """Draw parallel coordinates over properties: see `Table.parallel`."""
        asked = [*columns, *([color] if color else [])]
        return self.search(query, columns=asked, limit=limit).parallel(columns, color=color, **options)

    def plot_importance(self, metric: str, *, query: str = "", limit: int | None = 10_000, **options: Any) -> Axes:
        """Draw how much each parameter matters for a metric such as `Metrics.auc`: see `Table.plot_importance`."""
        name = metric if "." in metric and metric.casefold().startswith("metrics.") else f"Metrics.{metric}"
        return self.search(query, columns=["Parameters.*", name], limit=limit).plot_importance(name, **options)
