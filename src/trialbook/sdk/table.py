"""`Table`: what a search found, as typed columns.

A column is a list in the order of the rows, None where a record lacks the property; NaN is a value of its own. `types`
says what each column holds, so that data frames get dates as dates and numbers as numbers even where all are missing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast, overload

from trialbook.sdk.table_plots import TablePlots
from trialbook.sdk.table_text import to_html, to_text
from trialbook.services.extras import need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from trialbook.sdk.curves_of_runs import Curve
    from trialbook.sdk.reading import Ends, Metric
    from trialbook.sdk.transport import Transport

Column = list[Any]
TYPES = ("number", "text", "time", "flag", "mixed")
RUN = "experiment-trial-component"


class Table(TablePlots):
    """What a search found: one row a record, its name in the column `name`.

    Iterating gives each row as a mapping; `table["Metrics.auc"]` gives a column, `table[0]` a row, `table[10:20]` and
    `table[["name", "Metrics.auc"]]` smaller tables.

    Attributes
    ----------
    columns
        Names of the columns.
    types
        What each holds: number, text, time (epoch seconds), flag, or mixed.
    total
        How many records match, in the table or not.
    resource
        The kind of record.
    """

    def __init__(
        self,
        values: Mapping[str, Sequence[Any]],
        total: int | None = None,
        *,
        types: Mapping[str, str] | None = None,
        resource: str = RUN,
        transport: Transport | None = None,
    ) -> None:
        self._values: dict[str, Column] = {name: list(column) for name, column in values.items()}
        lengths = {len(column) for column in self._values.values()}
        if len(lengths) > 1:
            message = f"the columns of a table must be of one length, not {sorted(lengths)}"
            raise ValueError(message)
        self.columns = list(self._values)
        self.types = {name: (types or {}).get(name) or type_of(name, self._values[name]) for name in self.columns}
        self.total = len(self) if total is None else total
        self.resource = resource
        self._transport = transport

    def __len__(self) -> int:
        return len(next(iter(self._values.values()), ()))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for row in zip(*self._values.values(), strict=True):
            yield dict(zip(self.columns, row, strict=True))

    @overload
    def __getitem__(self, key: str) -> Column: ...
    @overload
    def __getitem__(self, key: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, key: slice | list[str]) -> Table: ...
    def __getitem__(self, key: str | int | slice | list[str]) -> Column | dict[str, Any] | Table:
        """Give a column by name, a row by number, or a part of the table."""
        if isinstance(key, str):
            return self._column(key)
        if isinstance(key, slice):
            return self._with({name: column[key] for name, column in self._values.items()})
        if isinstance(key, list):
            return self._with({self.resolve(name): self._column(name) for name in key})
        return {name: column[key] for name, column in self._values.items()}

    def take(self, rows: Sequence[int]) -> Table:
        """Give the rows of these numbers, in their order."""
        return self._with({name: [column[at] for at in rows] for name, column in self._values.items()})

    def resolve(self, name: str) -> str:
        """Give the column's name as the table writes it: case does not matter. Raises KeyError with the nearest."""
        if name in self._values:
            return name
        found = next((one for one in self.columns if one.casefold() == name.casefold()), None)
        if found is not None:
            return found
        from difflib import get_close_matches

        near = get_close_matches(name, self.columns, 1, 0.5)
        hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(self.columns)}."
        message = f"The table has no column '{name}'{hint}"
        raise KeyError(message)

    def _column(self, name: str) -> Column:
        return self._values[self.resolve(name)]

    def _with(self, values: Mapping[str, Sequence[Any]]) -> Table:
        return Table(values, self.total, types=self.types, resource=self.resource, transport=self._transport)

    @property
    def rows(self) -> list[list[Any]]:
        """The rows as lists, in the order of `columns`."""
        return [list(row) for row in zip(*self._values.values(), strict=True)]

    def sorted(self, *by: str) -> Table:
        """Give the rows in another order.

        Parameters
        ----------
        by
            Columns, most important first; a leading minus sorts descending. NaN comes after the numbers, and what is
            missing last, as in a search.
        """
        order = list(range(len(self)))
        for key in reversed(by):
            column, descending = self._column(key.removeprefix("-")), key.startswith("-")
            numbers = [at for at in order if _rank(column[at]) == 0]
            numbers.sort(key=lambda at: _comparable(column[at]), reverse=descending)
            order = [*numbers, *(at for rank in (1, 2) for at in order if _rank(column[at]) == rank)]
        return self.take(order)

    def to_numpy(self, column: str) -> NDArray[Any]:
        """Give a column as an array (n,).

        Numbers, times (epoch seconds) and flags are float64, with NaN where missing; others are objects, with None.
        """
        import numpy as np

        values = self._column(column)
        if self.types[self.resolve(column)] in {"number", "time", "flag"}:
            return np.array([np.nan if one is None else float(one) for one in values], np.float64)
        return np.array(values, object)

    def to_pandas(self) -> pd.DataFrame:
        """Give a pandas data frame.

        Numbers are float64 with NaN where missing, times `datetime64[ns, UTC]`, flags `boolean`, texts `str`.
        """
        pandas = need("pandas", "plot")
        frame = pandas.DataFrame({name: self._series(pandas, name) for name in self.columns})
        return cast("pd.DataFrame", frame)

    def _series(self, pd: Any, name: str) -> Any:
        kind = self.types[name]
        if kind == "number":
            return pd.Series(self.to_numpy(name))
        if kind == "time":
            return pd.Series(pd.to_datetime(self.to_numpy(name) * 1e9, unit="ns", utc=True)).astype(
                "datetime64[ns, UTC]"
            )
        return pd.Series(self._values[name], dtype={"flag": "boolean", "text": "str"}.get(kind, "object"))

    def to_polars(self) -> pl.DataFrame:
        """Give a polars data frame: null where missing, NaN where the value is NaN; times in microseconds, UTC."""
        polars = need("polars", "")
        return cast("pl.DataFrame", polars.DataFrame([self._polars(polars, name) for name in self.columns]))

    def _polars(self, pl: Any, name: str) -> Any:
        kind, values = self.types[name], self._values[name]
        if kind == "time":
            ticks = [None if one is None else round(one * 1e6) for one in values]
            return pl.Series(name, ticks, pl.Int64).cast(pl.Datetime("us", "UTC"))
        if kind == "number":
            return pl.Series(name, [None if one is None else float(one) for one in values], pl.Float64)
        if kind == "flag":
            return pl.Series(name, values, pl.Boolean)
        return pl.Series(name, [None if one is None else str(one) for one in values], pl.String)

    def metric(self, name: str, *, steps: Ends = None, times: Ends = None) -> dict[str, Metric]:
        """Read a series of every run of the table, by the run's name; runs without it are left out.

        `steps` and `times` narrow them as in `Run.metric`.
        """
        from trialbook.sdk.reading import read_metrics

        transport = self._source()
        read = {run: read_metrics(transport, run, [name], steps, times)[name] for run in self._column("name")}
        return {run: series for run, series in read.items() if len(series.value)}

    def curves(self, name: str, x: str) -> dict[str, Curve]:
        """Read what a picture can show of a series of every run, a thousand a call; see `curves_of_runs.viewed`."""
        from trialbook.sdk.curves_of_runs import viewed

        return viewed(self._source(), self._column("name"), name, x)

    def _source(self) -> Transport:
        if self.resource != RUN or self._transport is None:
            message = f"Only a table of runs from a search has series; this one holds '{self.resource}' records."
            raise ValueError(message)
        return self._transport

    def __repr__(self) -> str:
        return to_text(self)

    def _repr_html_(self) -> str:
        return to_html(self)

    def link(self, name: str) -> str | None:
        """Give the address of a record's page in the console; None without a server."""
        from urllib.parse import quote

        url = getattr(self._transport, "url", None)
        return f"{url}/#/runs/{quote(name, safe='')}" if url and self.resource == RUN else None


def type_of(name: str, values: Sequence[Any]) -> str:
    """Tell what a column holds from its values, and its name where those leave a choice."""
    present = [one for one in values if one is not None]
    if any(isinstance(one, bool) for one in present):
        return "flag" if all(isinstance(one, bool) for one in present) else "mixed"
    if all(isinstance(one, int | float) for one in present):
        built_in = "." not in name and name.endswith("Time")
        return "time" if built_in else "number" if present else "text"
    return "text" if all(isinstance(one, str) for one in present) else "mixed"


def _rank(value: object) -> int:
    if value is None:
        return 2
    return 1 if isinstance(value, float) and math.isnan(value) else 0


def _comparable(value: object) -> tuple[int, float, str]:
    return (0, float(value), "") if isinstance(value, int | float) else (1, 0.0, str(value))
