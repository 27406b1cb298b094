"""Reading series: chunks decoded straight into the answer's arrays, with the points that no merge has packed yet.

A chunk is decoded once, into its place in an array as long as the series, so that a million points cost their decoding
and nothing else. Batches of a run that wait for their merge are unpacked once, whatever the number of series asked for.
Chunks are in order already; waiting points are sorted among themselves, and then only the end of the series that they
reach into.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.store import codec
from trialbook.store.interface import Series
from trialbook.store.session import batched, placeholders, snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trialbook.store.names import MetricNames
    from trialbook.store.session import Row, Session, Value

Columns = tuple["NDArray[np.int64]", "NDArray[np.float64]", "NDArray[np.float64]"]
Query = tuple[int, str]
"""A run, and the name of one of its series."""

_WAITING = "SELECT data FROM flush WHERE run = ? AND data IS NOT NULL ORDER BY id"
_CHUNKS = "SELECT n, data FROM chunk WHERE run = ? AND metric = ?"


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of the points to read, ends included; None does not bound. `timeless`: the times are not needed."""

    steps: tuple[int, int] | None = None
    times: tuple[float, float] | None = None
    timeless: bool = False

    def where(self) -> tuple[str, list[Value]]:
        """Give the condition on chunks that can hold points within."""
        sql, values = "", list[Any]()
        for bounds, least, most in ((self.steps, "step0", "step1"), (self.times, "ts0", "ts1")):
            if bounds is not None:
                sql += f" AND {most} >= ? AND {least} <= ?"
                values += bounds
        return sql, values

    def cut(self, columns: Columns) -> Columns:
        """Leave out the points of whole chunks that lie outside."""
        step, time, value = columns
        if self.steps is not None:
            part = slice(np.searchsorted(step, self.steps[0]), np.searchsorted(step, self.steps[1], side="right"))
            step, time, value = step[part], time[part] if len(time) else time, value[part]
        if self.times is not None:
            keep = (time >= self.times[0]) & (time <= self.times[1])
            if not keep.all():
                step, time, value = step[keep], time[keep], value[keep]
        return step, time, value


EVERYTHING = Range()


def read_many(session: Session, names: MetricNames, queries: Sequence[Query], within: Range) -> list[Series]:
    """Read series at one moment, in the order of the queries."""
    found: dict[Query, Series] = {}
    with snapshot(session):
        everything = Waiting.of_runs(session, list(dict.fromkeys(run for run, _ in queries)))
        for run, waiting in everything.items():
            for name in dict.fromkeys(name for other, name in queries if other == run):
                number = names.number(session, name)
                columns = _EMPTY if number is None else _read(session, run, number, waiting, within)
                found[run, name] = Series(*columns)
    return [found[query] for query in queries]


_EMPTY: Columns = (np.zeros(0, codec.STEP), np.zeros(0, codec.TIME), np.zeros(0, codec.VALUE))


class Waiting:
    """The points of a run that no merge has packed yet, in order of arrival."""

    def __init__(self, batches: Sequence[bytes]) -> None:
        unpacked = [codec.unpack(data, codec.FLUSH_COLUMNS) for data in batches]
        self._columns = [np.concatenate(columns) for columns in zip(*unpacked, strict=True)]

    @classmethod
    def of_runs(cls, session: Session, runs: Sequence[int]) -> dict[int, Waiting]:
        """Read those of some runs, all different."""
        with_some: set[int] = set()
        for part in batched(runs):
            sql = f"SELECT DISTINCT run FROM flush WHERE run IN ({placeholders(len(part))}) AND data IS NOT NULL"  # noqa: S608
            with_some |= {row[0] for row in session.rows(sql, part)}
        # One run at a time: many runs' batches at once would lie in fresh memory, which costs more than the queries.
        return {
            run: cls([row[0] for row in session.rows(_WAITING, (run,))] if run in with_some else []) for run in runs
        }

    def of(self, metric: int) -> Columns:
        """Give those of one series, in order of (step, time, arrival)."""
        if not self._columns:
            return _EMPTY
        metrics, *columns = self._columns
        mine = metrics == metric
        step, time, value = columns if mine.all() else (column[mine] for column in columns)
        return in_order((step, time, value))


def _read(session: Session, run: int, metric: int, waiting: Waiting, within: Range) -> Columns:
    condition, bounds = within.where()
    rows = session.rows(f"{_CHUNKS}{condition} ORDER BY no", (run, metric, *bounds))
    late = waiting.of(metric)
    if within.timeless and not len(late[0]):
        return within.cut(join(rows, late, timeless=True))
    return within.cut(join(rows, late))


def join(chunks: Sequence[Row], late: Columns, *, timeless: bool = False) -> Columns:
    """Decode chunks, in order, into arrays that have the points `late`, themselves in order, in their places.

    `timeless` leaves the times empty; there are no late points then, which find their places by them.
    """
    before = sum(n for n, _ in chunks)
    after = len(late[0])
    columns = (
        np.empty(before + after, codec.STEP),
        np.empty(0 if timeless else before + after, codec.TIME),
        np.empty(before + after, codec.VALUE),
    )
    start = 0
    for n, data in chunks:
        parts = [column[start : start + n] for column in columns]
        codec.unpack_into(data, [parts[0], None if timeless else parts[1], parts[2]])
        start += n
    step, time, value = columns
    if timeless:
        return columns
    step[before:], time[before:], value[before:] = late
    if before and after and (step[before], time[before]) < (step[before - 1], time[before - 1]):
        # Points that tie stay in order of arrival: what is merged came first.
        reach = slice(int(np.searchsorted(step[:before], step[before])), None)
        step[reach], time[reach], value[reach] = in_order((step[reach], time[reach], value[reach]))
    return step, time, value


def in_order(columns: Columns) -> Columns:
    """Sort by (step, time), points that tie staying in the order given: that of arrival."""
    step, time, value = columns
    rising = (step[1:] > step[:-1]) | ((step[1:] == step[:-1]) & (time[1:] >= time[:-1]))
    if rising.all():
        return columns
    order = np.lexsort((time, step))
    return step[order], time[order], value[order]


def each_metric(metric: NDArray[np.uint32]) -> Iterator[slice]:
    """Give the parts of a sorted column in which it is the same."""
    ends = np.flatnonzero(metric[1:] != metric[:-1]) + 1
    edges = [0, *ends.tolist(), len(metric)]
    for start, end in pairwise(edges):
        if end > start:
            yield slice(start, end)
