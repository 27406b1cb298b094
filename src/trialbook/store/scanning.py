# ruff: noqa: D102 - the methods are those of `interface.Scan`, which says what they promise
"""Series piece by piece: for readers who need every point once and keep few, such as charts.

A piece is a chunk, decoded into arrays that the next piece takes again: they stay in the processor's cache, where a
million points in fresh memory cost twice as much for its pages alone. Only the columns that are asked for are decoded.
Points that no merge has packed yet reach into some of the last chunks; those together are the last piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialbook.store import codec
from trialbook.store.interface import Extent, Series
from trialbook.store.reading import Waiting, join
from trialbook.store.session import batched, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trialbook.store.names import MetricNames
    from trialbook.store.reading import Columns, Query
    from trialbook.store.session import Session

FETCHED = 32
"""Chunks that are fetched at a time: about 2 MB."""

_DATA = "SELECT no, n, data FROM chunk WHERE run = ? AND metric = ? AND no >= ? AND no <= ? ORDER BY no"
_OVER = "SELECT no, over FROM chunk WHERE run = ? AND metric = ? AND no >= ? AND no <= ? ORDER BY no"


class Scratch:
    """Arrays as long as a chunk, used for one piece after another."""

    def __init__(self) -> None:
        self._columns: Columns = np.empty(0, codec.STEP), np.empty(0, codec.TIME), np.empty(0, codec.VALUE)

    def decode(self, n: int, data: bytes, *, step: bool, time: bool) -> Series:
        """Decode a chunk of n points."""
        if n > len(self._columns[0]):
            size = max(n, codec.CHUNK_POINTS)
            self._columns = np.empty(size, codec.STEP), np.empty(size, codec.TIME), np.empty(size, codec.VALUE)
        steps, times, values = self._columns[0][:n], self._columns[1][:n], self._columns[2][:n]
        codec.unpack_into(data, [steps if step else None, times if time else None, values])
        return Series(steps if step else steps[:0], times if time else times[:0], values)


class Scan:
    """One series; see `interface.Scan`. Used within the read that made it."""

    def __init__(
        self, session: Session, key: tuple[int, int], heads: Sequence[Extent], late: Columns, scratch: Scratch
    ) -> None:
        self._session, self._key, self._scratch = session, key, scratch
        self._settled, self._late = len(heads), late
        if len(late[0]):
            first = (int(late[0][0]), float(late[1][0]))
            ends = ((head.step1, head.time1) for head in heads)
            self._settled = next((no for no, end in enumerate(ends) if end > first), len(heads))
        self._chunks = len(heads)
        self.extents = list(heads[: self._settled])
        if len(late[0]):
            self.extents.append(_joined_extent(heads[self._settled :], late))

    def pieces(self, wanted: Sequence[int], *, step: bool, time: bool) -> Iterator[tuple[int, Series]]:
        for part in _neighbours(wanted, self._settled, FETCHED):
            for no, n, data in self._session.rows(_DATA, (*self._key, part[0], part[-1])):
                yield no, self._scratch.decode(n, data, step=step, time=time)
        if wanted and wanted[-1] == self._settled:
            rows = self._session.rows(_DATA, (*self._key, self._settled, self._chunks))
            yield self._settled, Series(*join([row[1:] for row in rows], self._late))

    def ranges(self, wanted: Sequence[int]) -> list[tuple[int, float, float, int]]:
        found = []
        for part in _neighbours(wanted, self._settled, 8 * FETCHED):
            for no, data in self._session.rows(_OVER, (*self._key, part[0], part[-1])):
                over = np.frombuffer(data, codec.OVERVIEW)
                nans = int(over["count"].sum()) - int(over["numbers"].sum())
                found.append((no, _least(over["minimum"]), -_least(-over["maximum"]), nans))
        return found


def _neighbours(wanted: Sequence[int], settled: int, most: int) -> Iterator[Sequence[int]]:
    """Cut the numbers below `settled` into parts that follow each other, of at most so many."""
    start = 0
    for at in range(1, len(wanted) + 1):
        if at == len(wanted) or wanted[at] != wanted[at - 1] + 1 or wanted[at] >= settled or at - start == most:
            if wanted[start] < settled:
                yield wanted[start:at]
            start = at


def _least(numbers: NDArray[np.float64]) -> float:
    return float(np.fmin.reduce(numbers))


def _joined_extent(heads: Sequence[Extent], late: Columns) -> Extent:
    step, time, _ = late
    return Extent(
        sum(head.points for head in heads) + len(step),
        min([int(step[0]), *(head.step0 for head in heads)]),
        max([int(step[-1]), *(head.step1 for head in heads)]),
        min([float(time.min()), *(head.time0 for head in heads)]),
        max([float(time.max()), *(head.time1 for head in heads)]),
    )


def open_scans(session: Session, names: MetricNames, queries: Sequence[Query]) -> list[Scan]:
    """Make ready to read series, in the order of the queries; within a snapshot."""
    runs = list(dict.fromkeys(run for run, _ in queries))
    waiting, scratch = Waiting.of_runs(session, runs), Scratch()
    numbers = {name: names.number(session, name) for name in dict.fromkeys(name for _, name in queries)}
    heads: dict[tuple[int, int], list[Extent]] = {}
    for name, number in numbers.items():
        if number is not None:
            mine = [run for run, other in queries if other == name]
            heads |= {(run, number): chunks for run, chunks in _heads(session, number, mine).items()}
    scans = []
    for run, name in queries:
        key = (run, numbers[name] or 0)
        scans.append(Scan(session, key, heads.get(key, []), waiting[run].of(key[1]), scratch))
    return scans


def _heads(session: Session, metric: int, runs: Sequence[int]) -> dict[int, list[Extent]]:
    heads: dict[int, list[Extent]] = {}
    for part in batched(runs):
        sql = f"""
        SELECT run, n, step0, step1, ts0, ts1 FROM chunk WHERE metric = ? AND run IN ({placeholders(len(part))})
        ORDER BY run, no"""  # noqa: S608
        for run, *head in session.rows(sql, (metric, *part)):
            heads.setdefault(run, []).append(Extent(*head))
    return heads
