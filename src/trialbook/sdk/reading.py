"""Reading back: series as NumPy arrays and data frames, lists of runs, searches as tables."""

from __future__ import annotations

from math import isfinite
from operator import index
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from trialbook.sdk.experiment_notes import ExperimentNotes
from trialbook.sdk.experiment_plots import ExperimentPlots
from trialbook.sdk.paging import Asked, fetch
from trialbook.sdk.recovery import recover_for
from trialbook.sdk.run import Run
from trialbook.sdk.target import Target
from trialbook.services.extras import need
from trialbook.wire import points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy as np
    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from trialbook.model import Document
    from trialbook.sdk.compare import Comparison
    from trialbook.sdk.table import Table
    from trialbook.sdk.transport import Transport

EMPTY = (b"", b"", b"", b"")
NO_STEP = -(2**63)
"""The step of a point that has none."""
Ends = tuple[Any, Any] | None
"""First and last of a range, both included: whole numbers, or datetimes or epoch seconds; None for an open end."""


class Metric(NamedTuple):
    """A series in order of (step, time, arrival).

    Attributes
    ----------
    step
        (n,) int64; -2^63 where a point has none.
    time
        (n,) float64 epoch seconds.
    value
        (n,) float64.
    """

    step: NDArray[np.int64]
    time: NDArray[np.float64]
    value: NDArray[np.float64]

    def to_numpy(self) -> NDArray[np.void]:
        """Give one structured array (n,) of the fields step (int64), time (float64), value (float64)."""
        import numpy as np

        made = np.empty(len(self.value), [("step", "<i8"), ("time", "<f8"), ("value", "<f8")])
        for name, column in self._asdict().items():
            made[name] = column
        return made

    def to_pandas(self) -> pd.DataFrame:
        """Give a pandas data frame: step (`Int64` where some points have none), time (UTC), value."""
        pandas = need("pandas", "plot")
        step = pandas.Series(self.step)
        lacking = self.step == NO_STEP
        frame = pandas.DataFrame(
            {
                "step": step.astype("Int64").mask(lacking) if lacking.any() else step,
                "time": pandas.to_datetime(self.time * 1e9, unit="ns", utc=True),
                "value": self.value,
            }
        )
        return cast("pd.DataFrame", frame)

    def to_polars(self) -> pl.DataFrame:
        """Give a polars data frame: step (null where a point has none), time (UTC, microseconds), value."""
        polars = need("polars", "")
        step, moment = polars.col("step"), polars.Datetime("us", "UTC")
        frame = polars.DataFrame(
            {"step": self.step, "time": (self.time * 1e6).round().astype("int64"), "value": self.value}
        ).with_columns(
            polars.when(step != NO_STEP).then(step).alias("step"),
            polars.col("time").cast(moment),
        )
        return cast("pl.DataFrame", frame)


def open_reading(store: str | None = None, region: str | None = None) -> Transport:
    """Open where runs go, after shipping what dead processes left for it: their runs are readable at once."""
    target = Target.of_environment(store, region)
    transport = target.transport()
    recover_for(target, transport)
    return transport


def read_metrics(
    transport: Transport, component: str, names: Sequence[str], steps: Ends = None, times: Ends = None
) -> dict[str, Metric]:
    """Read series of a run, whole or the points between two ends; empty ones for names that it has none of.

    Raises
    ------
    ValueError
        A range is no pair, or ends before it begins.
    """
    import numpy as np

    head: Document = {"run": component, "names": list(names)}
    for name, ends in (("steps", steps), ("times", times)):
        if ends is not None:
            head[name] = _range(name, ends)
    request = points.write(head, EMPTY)
    message = points.read(transport.exchange("series", request))
    step, time = np.frombuffer(message.step, "<i8"), np.frombuffer(message.time, "<f8")
    value, metric = np.frombuffer(message.value, "<f8"), np.frombuffer(message.metric, "<u4")
    ends = np.cumsum(np.bincount(metric, minlength=len(names))).tolist()
    read, start = {}, 0
    for name, end in zip(names, ends, strict=True):
        read[name] = Metric(step[start:end], time[start:end], value[start:end])
        start = end
    return read


def _range(name: str, ends: tuple[Any, Any]) -> list[float | None]:
    """Give the ends of a range as numbers: whole for steps, epoch seconds for times."""
    try:
        low, high = (one if one is None else _number(name, one) for one in ends)
    except (TypeError, ValueError):
        kind = "whole numbers" if name == "steps" else "times (datetimes or epoch seconds)"
        message = f"{name} is {ends!r}; it must be a pair of {kind}, None for an open end."
        raise ValueError(message) from None
    if low is not None and high is not None and low > high:
        message = f"{name} is {ends!r}: it ends before it begins."
        raise ValueError(message)
    return [low, high]


def _number(name: str, given: Any) -> float:
    if name == "steps":
        return index(given)
    moment = float(given.timestamp() if hasattr(given, "timestamp") else given)
    if not isfinite(moment):
        raise ValueError
    return moment


def search(
    query: str = "",
    *,
    resource: str = "run",
    sort: str | Sequence[str] = (),
    columns: str | Sequence[str] = (),
    limit: int | None = 100,
    store: str | None = None,
    region: str | None = None,
) -> Table:
    """Search by text, as `trialbook search` does: `search("Metrics.auc > 0.9 and Parameters.lr = 0.1")`.

    Parameters
    ----------
    resource
        The kind of record: run, experiment, training-job, model ...
    sort
        Properties, most important first; a leading minus sorts descending. By default what changed last is first.
    columns
        Properties to show, with `*` and `?` for many (`Parameters.*`); by default those of the query and the sort.
    limit
        The most records to read, page after page; None reads all.
    """
    asked = Asked(query, resource, _several(sort), _several(columns), limit)
    return fetch(open_reading(store, region), asked)


def list_runs(
    experiment_name: str,
    created_before: datetime | None = None,
    created_after: datetime | None = None,
    sagemaker_session: object = None,
    max_results: int | None = None,
    next_token: str | None = None,
    sort_by: object = "CreationTime",
    sort_order: object = "Descending",
) -> list[Run]:
    """List an experiment's runs; a run begins again only when something is logged to it."""
    del sagemaker_session, next_token
    transport = open_reading()
    request: Document = {
        "ExperimentName": experiment_name,
        "SortBy": getattr(sort_by, "value", sort_by),
        "SortOrder": getattr(sort_order, "value", sort_order),
    }
    for member, moment in (("CreatedBefore", created_before), ("CreatedAfter", created_after)):
        if moment is not None:
            request[member] = moment.timestamp()
    runs: list[Run] = []
    while max_results is None or len(runs) < max_results:
        page = transport.aws("ListTrialComponents", request)
        for summary in page.get("TrialComponentSummaries", []):
            name = summary["TrialComponentName"]
            if name.casefold().startswith(f"{experiment_name.casefold()}-"):
                runs.append(Run(experiment_name, name[len(experiment_name) + 1 :], begin=False))
        if not page.get("NextToken"):
            break
        request["NextToken"] = page["NextToken"]
    return runs[:max_results]


class Experiment(ExperimentNotes, ExperimentPlots):
    """An experiment: its runs, and what is noted of it."""

    def __init__(self, experiment_name: str, *, store: str | None = None, region: str | None = None) -> None:
        self.experiment_name = experiment_name
        self._store, self._region = store, region

    def runs(self) -> list[Run]:
        """List its runs, newest first."""
        return list_runs(self.experiment_name)

    def search(self, query: str = "", **options: Any) -> Table:
        """Search among its runs; the options are those of `trialbook.search`."""
        mine = f"Parents.ExperimentName = {_quoted(self.experiment_name)}"
        text = f"{mine} and ({query})" if query.strip() else mine
        return search(text, store=self._store, region=self._region, **options)

    def compare(
        self,
        metric: str | None = None,
        *,
        runs: Sequence[str | Run] | None = None,
        query: str = "",
        goal: str | None = None,
        seeds: Sequence[str] | None = None,
        confidence: float = 0.95,
        limit: int = 1000,
    ) -> Comparison:
        """Compare its runs: what differs, groups that differ only by the seed, and whether the best is within noise.

        Parameters
        ----------
        metric
            What to compare by, such as `auc` (its last value) or `loss.min`; may be left out where there is only one.
        runs
            Which ones: names of runs or of their components, or `Run`s. By default those that `query` finds, or all.
        goal
            "max" or "min"; by default "min" for a metric whose name says loss or error, else "max".
        seeds
            Names of the parameters that hold a seed; by default the usual ones (`services.run_groups.SEEDS`).
        confidence
            Of the intervals, and of the verdict: tests are held to a level of 1 - confidence over all pairs of groups.
        limit
            The most runs to read.

        Notes
        -----
        Two groups with the same seeds are compared by a paired t test, others by Welch's (1947); p values are corrected
        by Holm's (1979) step-down over all pairs of groups, since the winner is not known before the data.

        Raises
        ------
        ValueError
            There are no runs, or none has the metric; the message says which metrics there are.
        """
        # Imported here: the statistics bring NumPy, which logging does without.
        from trialbook.sdk.compare import COLUMNS, compare
        from trialbook.services.run_groups import SEEDS

        columns = [*COLUMNS, *([f"Metrics.{metric.removeprefix('Metrics.')}"] if metric else [])]
        table = self.search(query, columns=columns, limit=limit, sort="CreationTime")
        if runs is not None:
            table = self._chosen(table, runs)
        return compare(table, metric, goal=goal, seeds=SEEDS if seeds is None else seeds, confidence=confidence)

    def _chosen(self, table: Table, runs: Sequence[str | Run]) -> Table:
        wanted = [one.component if isinstance(one, Run) else one for one in runs]
        names = {name.casefold(): at for at, name in enumerate(table["name"])}
        rows = []
        for name in wanted:
            at = names.get(name.casefold(), names.get(f"{self.experiment_name}-{name}".casefold()))
            if at is None:
                raise ValueError(f"Experiment '{self.experiment_name}' has no run '{name}'.")
            rows.append(at)
        return table.take(rows)

    def __repr__(self) -> str:
        return f"Experiment({self.experiment_name!r})"


def _several(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
