"""Reading back: series as NumPy arrays, lists of runs, searches as tables."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, NamedTuple

from trialbook.sdk.recovery import recover_for
from trialbook.sdk.run import Run
from trialbook.sdk.target import Target
from trialbook.wire import points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray
    from pandas import DataFrame

    from trialbook.model import Document
    from trialbook.sdk.transport import Transport

EMPTY = (b"", b"", b"", b"")


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

    def to_pandas(self) -> DataFrame:
        """Give a data frame with the columns step, time, value."""
        import pandas as pd

        return pd.DataFrame(self._asdict())


class Table:
    """What a search found: one row a record, its name first.

    Attributes
    ----------
    columns
        Names of the columns.
    rows
        Values in their order; None where a record has none.
    total
        How many records match, shown or not.
    """

    def __init__(self, columns: Sequence[str], rows: Sequence[Sequence[object]], total: int) -> None:
        self.columns = list(columns)
        self.rows = [list(row) for row in rows]
        self.total = total

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, column: str) -> list[object]:
        """Give one column."""
        at = self.columns.index(column)
        return [row[at] for row in self.rows]

    def to_pandas(self) -> DataFrame:
        """Give a data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=self.columns)

    def __repr__(self) -> str:
        texts = [self.columns, *[[_shown(one) for one in row] for row in self.rows[:20]]]
        widths = [max(len(row[at]) for row in texts) for at in range(len(self.columns))]
        lines = [
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in texts
        ]
        return "\n".join([*lines, f"{len(self.rows)} of {self.total}"])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(column)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(_shown(one))}</td>" for one in row) + "</tr>" for row in self.rows
        )
        return (
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
            f"<caption>{len(self.rows)} of {self.total}</caption></table>"
        )


def open_reading(store: str | None = None, region: str | None = None) -> Transport:
    """Open where runs go, after shipping what dead processes left for it: their runs are readable at once."""
    target = Target.of_environment(store, region)
    transport = target.transport()
    recover_for(target, transport)
    return transport


def read_metrics(transport: Transport, component: str, names: Sequence[str]) -> dict[str, Metric]:
    """Read whole series of a run; empty ones for names that it has none of."""
    import numpy as np

    request = points.write({"run": component, "names": list(names)}, EMPTY)
    message = points.read(transport.exchange("series", request))
    step, time = np.frombuffer(message.step, "<i8"), np.frombuffer(message.time, "<f8")
    value, metric = np.frombuffer(message.value, "<f8"), np.frombuffer(message.metric, "<u4")
    ends = np.cumsum(np.bincount(metric, minlength=len(names))).tolist()
    read, start = {}, 0
    for name, end in zip(names, ends, strict=True):
        read[name] = Metric(step[start:end], time[start:end], value[start:end])
        start = end
    return read


def search(
    query: str = "",
    *,
    resource: str = "run",
    sort: str | Sequence[str] = (),
    columns: Sequence[str] = (),
    limit: int = 100,
    store: str | None = None,
    region: str | None = None,
) -> Table:
    """Search by text, as `trialbook search` does: `search("Metrics.auc > 0.9 and Parameters.lr = 0.1")`.

    Parameters
    ----------
    sort
        Properties; a leading minus sorts descending.
    columns
        Properties to show; by default those of the query and the sort.
    """
    answer = open_reading(store, region).call(
        "search",
        {
            "query": query,
            "resource": resource,
            "sort": [sort] if isinstance(sort, str) else list(sort),
            "columns": list(columns),
            "limit": limit,
        },
    )
    rows = [[one["name"], *_row(one["values"], answer["columns"])] for one in answer["records"]]
    return Table(["name", *answer["columns"]], rows, answer["total"])


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


class Experiment:
    """An experiment, for reading."""

    def __init__(self, experiment_name: str, *, store: str | None = None, region: str | None = None) -> None:
        self.experiment_name = experiment_name
        self._store, self._region = store, region

    def describe(self) -> Document:
        """Give the experiment as DescribeExperiment does."""
        return open_reading(self._store, self._region).aws(
            "DescribeExperiment", {"ExperimentName": self.experiment_name}
        )

    def runs(self) -> list[Run]:
        """List its runs, newest first."""
        return list_runs(self.experiment_name)

    def search(self, query: str = "", **options: object) -> Table:
        """Search among its runs."""
        mine = f"Parents.ExperimentName = {_quoted(self.experiment_name)}"
        text = f"{mine} and ({query})" if query.strip() else mine
        return search(text, store=self._store, region=self._region, **options)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"Experiment({self.experiment_name!r})"


def _row(values: object, columns: Sequence[str]) -> list[object]:
    if isinstance(values, dict):
        return [values.get(column) for column in columns]
    return list(values) if isinstance(values, list | tuple) else []


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _shown(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
