"""What arrived since: the points of some runs after a position, though a merge packed them meanwhile.

A position is the number of a batch (`flush.id`), which only grows. Batches after it are read as they came. Chunks are
in order of (step, time) and do not say which of their points came when, so each merge leaves a `Record` in `merged`:
how many points of each series every batch brought, and whether they came in order. Of a series that grows at its end,
the points after a position are then its last so many; of any other we can only say that it changed.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.store import codec
from trialbook.store.interface import Arrivals, Series
from trialbook.store.session import batched, placeholders, snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.store.names import MetricNames
    from trialbook.store.session import Row, Session

KEPT = 16
"""Newest merges of a run whose records are kept: about a million points."""
BATCHES = 512
"""Batches that one answer reads at most."""

_HEAD = struct.Struct("<II")
_CHUNK_SIZES = "SELECT no, n FROM chunk WHERE run = ? AND metric = ? ORDER BY no"
_CHUNKS = "SELECT n, data FROM chunk WHERE run = ? AND metric = ? AND no >= ? ORDER BY no"
_MERGED = "SELECT flush, data FROM merged WHERE run = ? ORDER BY flush"


@dataclass(frozen=True, slots=True)
class Record:
    """What one merge packed.

    Attributes
    ----------
    metric
        (m,) uint32 ids of the series that it touched.
    mixed
        (m,) uint32: 1 where points did not come in order, so that they lie among older ones.
    before
        (m,) int64: how many points the series had in chunks before.
    batch
        (f,) int64 numbers of the batches, rising.
    count
        (f, m) uint32: how many points of the series each brought.
    """

    metric: NDArray[np.uint32]
    mixed: NDArray[np.uint32]
    before: NDArray[np.int64]
    batch: NDArray[np.int64]
    count: NDArray[np.uint32]

    def pack(self) -> bytes:
        """Write the record: two counts, then the arrays, packed together, since batches are much alike."""
        arrays = (self.metric, self.mixed, self.before, self.batch, self.count)
        head = _HEAD.pack(len(self.metric), len(self.batch))
        return head + zlib.compress(b"".join(array.tobytes() for array in arrays), 1)

    @classmethod
    def unpack(cls, data: bytes) -> Record:
        """Undo `pack`."""
        m, f = _HEAD.unpack_from(data)
        raw, at, arrays = zlib.decompress(data[_HEAD.size :]), 0, []
        for n, dtype in ((m, "<u4"), (m, "<u4"), (m, "<i8"), (f, "<i8"), (f * m, "<u4")):
            arrays.append(np.frombuffer(raw, dtype, n, at))
            at += arrays[-1].nbytes
        metric, mixed, before, batch, count = arrays
        return cls(metric, mixed, before, batch, count.reshape(f, m))


def position(session: Session, runs: Sequence[int]) -> int:
    """Give the number of the newest batch that anything of these runs can have."""
    newest = [row[0] for row in session.rows("SELECT max(id) FROM flush")]
    for part in batched(runs):
        sql = f"SELECT max(flush) FROM merged WHERE run IN ({placeholders(len(part))})"  # noqa: S608
        newest += [row[0] for row in session.rows(sql, part)]
    return max(number or 0 for number in newest)


def since(session: Session, names: MetricNames, start: int, runs: Sequence[int], most: int) -> Arrivals:
    """Give what arrived after the position `start`; see `interface.Store.arrivals`."""
    found = Found(session, names, most)
    with snapshot(session):
        end = position(session, runs)
        if end <= start or not runs:
            return Arrivals(max(start, end), [], [])
        for run in runs:
            found.add_merged(run, start)
        rows = _waiting(session, start, runs)
        for number, run, data in rows:
            found.add_batch(run, data)
            if found.points >= most:
                end = number
                break
        else:
            end = rows[-1][0] if len(rows) == BATCHES else end
    return Arrivals(end, found.series(), found.changed)


def _waiting(session: Session, start: int, runs: Sequence[int]) -> list[Row]:
    rows: list[Row] = []
    for part in batched(runs):
        sql = f"""
        SELECT id, run, data FROM flush WHERE id > ? AND data IS NOT NULL AND run IN ({placeholders(len(part))})
        ORDER BY id LIMIT ?"""  # noqa: S608
        rows += session.rows(sql, (start, *part, BATCHES))
    return sorted(rows, key=lambda row: row[0])[:BATCHES]


class Found:
    """Points found so far, by run and series, in order of arrival."""

    def __init__(self, session: Session, names: MetricNames, most: int) -> None:
        self._session, self._names, self._most = session, names, most
        self._parts: dict[tuple[int, int], list[Series]] = {}
        self.changed: list[tuple[int, str | None]] = []
        self.points = 0

    def series(self) -> list[tuple[int, str, Series]]:
        """Give them joined."""
        names = self._names.names(self._session, [metric for _, metric in self._parts])
        return [(run, names[metric], _joined(parts)) for (run, metric), parts in self._parts.items()]

    def add_batch(self, run: int, data: bytes) -> None:
        """Add a batch that no merge has packed yet."""
        metric, step, time, value = codec.unpack(data, codec.FLUSH_COLUMNS)
        for one in np.unique(metric).tolist():
            mine = metric == one
            self._add(run, one, Series(step[mine], time[mine], value[mine]))

    def add_merged(self, run: int, start: int) -> None:
        """Add what merges packed of batches after `start`."""
        rows = self._session.rows(_MERGED, (run,))
        behind = [Record.unpack(data) for number, data in rows if number > start]
        if behind and len(behind) == len(rows) >= KEPT:
            # An older merge may have packed something after `start` too, and nobody knows any more.
            self.changed.append((run, None))
            return
        seen: set[int] = set()
        for record in behind:
            for place, metric in enumerate(record.metric.tolist()):
                if metric not in seen:
                    seen.add(metric)
                    known = int(record.before[place]) + int(record.count[record.batch <= start, place].sum())
                    mixed = any(other.mixed[other.metric == metric].any() for other in behind)
                    self._add_tail(run, metric, known, mixed=mixed)

    def _add_tail(self, run: int, metric: int, known: int, *, mixed: bool) -> None:
        sizes = self._session.rows(_CHUNK_SIZES, (run, metric))
        total = sum(n for _, n in sizes)
        if total == known:
            return
        if mixed or total - known > self._most:
            self.changed.append((run, self._names.names(self._session, [metric])[metric]))
            return
        first, before = 0, 0
        for no, n in sizes:
            if before + n > known:
                first = no
                break
            before += n
        chunks = [
            codec.unpack(data, codec.CHUNK_COLUMNS) for _, data in self._session.rows(_CHUNKS, (run, metric, first))
        ]
        step, time, value = (np.concatenate(columns)[known - before :] for columns in zip(*chunks, strict=True))
        self._add(run, metric, Series(step, time, value))

    def _add(self, run: int, metric: int, series: Series) -> None:
        self._parts.setdefault((run, metric), []).append(series)
        self.points += len(series.value)


def _joined(parts: Sequence[Series]) -> Series:
    if len(parts) == 1:
        return parts[0]
    return Series(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("step", "time", "value")))
