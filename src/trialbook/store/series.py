# ruff: noqa: D103 - the functions are the methods of `interface`, which says what they promise
"""Series: batches of points as they arrive, and chunks that a merge packs them into.

A batch is kept as received (`flush`), which costs one small row and one commit shared with others. A merge reads all
batches of a run, sorts their points into the run's chunks by (step, time, arrival), and drops the batches, in one
transaction; a reader sees the same points before and after. It packs outside the writer's thread: the transaction only
checks that the batches it read are still there, which they are not if another process merged them first.

(run, writer, seq) names a batch, so that a retry is harmless. `writer.seq` says up to where every batch came; above
it, merged batches stay as rows without data, so that a batch that comes out of order is neither lost nor doubled.
Past `WINDOW` missing numbers we take them for never used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.errors import StoreError
from trialbook.store import codec, summaries
from trialbook.store.documents import key_to_text, text_to_key
from trialbook.store.interface import RunSummary, Series
from trialbook.store.session import batched, placeholders, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from trialbook.store.interface import Points, Summary
    from trialbook.store.session import Session

Batch = tuple[int, str, int]
Columns = tuple["NDArray[np.int64]", "NDArray[np.float64]", "NDArray[np.float64]"]

WINDOW = 4096

_APPENDING = """
SELECT e.doc IS NOT NULL, s.data, w.seq FROM entity e LEFT JOIN summary s ON s.run = e.id
LEFT JOIN writer w ON w.run = e.id AND w.writer = ? WHERE e.id = ?"""
_FLUSH = """
INSERT INTO flush (run, writer, seq, n, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, writer, seq) DO NOTHING"""
_SUMMARY = """
INSERT INTO summary (run, rev, data) VALUES (?, ?, ?)
ON CONFLICT (run) DO UPDATE SET rev = excluded.rev, data = excluded.data"""
_FLUSHES = "SELECT id, writer, seq, data FROM flush WHERE run = ? AND data IS NOT NULL ORDER BY id"
_CHUNK_HEADS = "SELECT no, n, step1, ts1 FROM chunk WHERE run = ? AND metric = ? ORDER BY no"
_CHUNKS = "SELECT data FROM chunk WHERE run = ? AND metric = ? AND no >= ? ORDER BY no"
_PUT_CHUNK = """
INSERT INTO chunk (run, metric, no, n, step0, step1, ts0, ts1, over, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, metric, no) DO UPDATE SET n = excluded.n, step0 = excluded.step0, step1 = excluded.step1,
ts0 = excluded.ts0, ts1 = excluded.ts1, over = excluded.over, data = excluded.data"""
_ADVANCE = """
INSERT INTO writer (run, writer, seq) VALUES (?, ?, ?) ON CONFLICT (run, writer) DO UPDATE SET seq = excluded.seq"""


class MetricNames:
    """Names of series as numbers, remembered. What a transaction adds counts for others once it is committed."""

    def __init__(self, shared: MetricNames | None = None) -> None:
        self._shared = shared
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}

    def within(self) -> MetricNames:
        """Give the same names for use in one transaction, which adds to its own first."""
        return MetricNames(self)

    def commit(self) -> None:
        """Share what this transaction learned."""
        if self._shared is not None:
            for name, number in self._numbers.items():
                self._shared._learn(name, number)  # noqa: SLF001 - the same class

    def number(self, session: Session, name: str) -> int | None:
        """Give the number of a name; None when there is none."""
        known = self._numbers.get(name)
        if known is None and self._shared is not None:
            known = self._shared._numbers.get(name)  # noqa: SLF001 - the same class
        if known is None:
            rows = session.rows("SELECT id FROM metric WHERE name = ?", (key_to_text(name),))
            known = self._learn(name, rows[0][0]) if rows else None
        return known

    def number_or_add(self, session: Session, name: str) -> int:
        """Give the number of a name, a new one if need be."""
        known = self.number(session, name)
        if known is None:
            rows = session.rows("INSERT INTO metric (name) VALUES (?) RETURNING id", (key_to_text(name),))
            known = self._learn(name, rows[0][0])
        return known

    def names(self, session: Session, numbers: Sequence[int]) -> Mapping[int, str]:
        """Give the names of at least those numbers, all of which are in the database."""
        missing = [number for number in numbers if number not in self._names]
        for part in batched(missing):
            sql = f"SELECT id, name FROM metric WHERE id IN ({placeholders(len(part))})"  # noqa: S608
            for number, name in session.rows(sql, part):
                self._learn(text_to_key(name), number)
        return self._names

    def _learn(self, name: str, number: int) -> int:
        self._numbers[name], self._names[number] = number, name
        return number


def append(session: Session, names: MetricNames, rev: int, batch: Batch, points: Points) -> bool:
    run, writer, seq = batch
    metric, step, time, value = _columns(points)
    rows = session.rows(_APPENDING, (key_to_text(writer), run))
    if not rows or not rows[0][0]:
        message = f"there is no entity {run} to append points to; it may have been deleted"
        raise StoreError(message)
    _, packed, merged = rows[0]
    if merged is not None and seq <= merged:
        return False
    numbers = np.array([names.number_or_add(session, name) for name in points.names], codec.METRIC)
    metric = numbers[metric] if len(metric) else metric
    data = codec.pack_batch((metric, step, time, value))
    if session.run(_FLUSH, (run, key_to_text(writer), seq, len(value), data)) < 1:
        return False
    if len(value):
        old = summaries.EMPTY if packed is None else codec.unpack_summary(packed)
        records = summaries.fold(old, metric, step, time, value)
        session.run(_SUMMARY, (run, rev, codec.pack_summary(records)))
    return True


def _columns(points: Points) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Check a batch and give its columns in the types of the disk."""
    metric = np.ascontiguousarray(points.metric, codec.METRIC)
    step = np.ascontiguousarray(points.step, codec.STEP)
    time = np.ascontiguousarray(points.time, codec.TIME)
    value = np.ascontiguousarray(points.value, codec.VALUE)
    if not metric.shape == step.shape == time.shape == value.shape == (len(value),):
        shapes = f"{metric.shape}, {step.shape}, {time.shape}, {value.shape}"
        message = f"points: metric, step, time and value must be of one length, not {shapes}"
        raise StoreError(message)
    if len(metric) and metric.max() >= len(points.names):
        message = f"points: metric {metric.max()} is past the {len(points.names)} names given"
        raise StoreError(message)
    if not np.isfinite(time).all():
        message = "points: every time must be a finite number of epoch seconds"
        raise StoreError(message)
    return metric, step, time, value


def summary(session: Session, names: MetricNames, run: int) -> dict[str, Summary]:
    rows = session.rows("SELECT data FROM summary WHERE run = ?", (run,))
    return _mapping(session, names, codec.unpack_summary(rows[0][0])) if rows else {}


def summary_changes(session: Session, names: MetricNames, since: int, limit: int) -> list[RunSummary]:
    select = "SELECT run, rev, data FROM summary WHERE rev > ?"
    rows = session.rows(f"{select} ORDER BY rev, run LIMIT ?", (since, limit))
    if limit and len(rows) == limit:
        run, rev, _ = rows[-1]
        rows += session.rows(f"{select} AND rev = ? AND run > ? ORDER BY run", (since, rev, run))
    return [RunSummary(run, rev, _mapping(session, names, codec.unpack_summary(data))) for run, rev, data in rows]


def _mapping(session: Session, names: MetricNames, records: NDArray[np.void]) -> dict[str, Summary]:
    return summaries.as_mapping(records, names.names(session, records["metric"].tolist()))


def read(session: Session, names: MetricNames, run: int, name: str) -> Series:
    """All points of a series: its chunks, and its points in batches that no merge has packed yet."""
    number = names.number(session, name)
    if number is None:
        return Series(*_join([]))
    with snapshot(session):
        chunks = [_chunk(row[0]) for row in session.rows(_CHUNKS, (run, number, 0))]
        flushes = session.rows(_FLUSHES, (run,))
    waiting = []
    for flush in flushes:
        metric, *columns = codec.unpack(flush[3], codec.FLUSH_COLUMNS)
        mine = metric == number
        if mine.any():
            waiting.append(tuple(column[mine] for column in columns))
    return Series(*_in_order(_join(chunks + waiting)))


def _chunk(data: bytes) -> Columns:
    step, time, value = codec.unpack(data, codec.CHUNK_COLUMNS)
    return step, time, value


def _join(pieces: Sequence[Any]) -> Columns:
    if not pieces:
        return np.zeros(0, codec.STEP), np.zeros(0, codec.TIME), np.zeros(0, codec.VALUE)
    step, time, value = (np.concatenate(columns) for columns in zip(*pieces, strict=True))
    return step, time, value


def _in_order(columns: Columns) -> Columns:
    """Sort by (step, time), points that tie staying in the order given: that of arrival."""
    step, time, value = columns
    rising = (step[1:] > step[:-1]) | ((step[1:] == step[:-1]) & (time[1:] >= time[:-1]))
    if rising.all():
        return columns
    order = np.lexsort((time, step))
    return step[order], time[order], value[order]


@dataclass(slots=True)
class Packed:
    """A merge ready to be applied: what it read, and what takes its place."""

    run: int
    flushes: list[int]
    chunks: list[tuple[Any, ...]] = field(default_factory=list)
    settled: dict[str, int] = field(default_factory=dict)


def pack_run(session: Session, run: int) -> Packed | None:
    """Read a run's batches and pack them into chunks; None when there are none."""
    with snapshot(session):
        flushes = session.rows(_FLUSHES, (run,))
        if not flushes:
            return None
        packed = Packed(run, [row[0] for row in flushes])
        packed.settled = _settle(session, run)
        metric, step, time, value = (
            np.concatenate(columns)
            for columns in zip(*(codec.unpack(row[3], codec.FLUSH_COLUMNS) for row in flushes), strict=True)
        )
        order = np.lexsort((time, step, metric))
        metric, step, time, value = metric[order], step[order], time[order], value[order]
        for part in np.split(np.arange(len(metric)), np.flatnonzero(metric[1:] != metric[:-1]) + 1):
            if len(part):
                fresh = step[part], time[part], value[part]
                packed.chunks += _pack_series(session, run, int(metric[part[0]]), fresh)
    return packed


def _settle(session: Session, run: int) -> dict[str, int]:
    """Say for each writer up to which number every batch came."""
    came: dict[str, list[int]] = {}
    for writer, seq in session.rows("SELECT writer, seq FROM flush WHERE run = ? ORDER BY writer, seq", (run,)):
        came.setdefault(writer, []).append(seq)
    merged: dict[str, int] = dict(session.rows("SELECT writer, seq FROM writer WHERE run = ?", (run,)))
    settled = {}
    for writer, numbers in came.items():
        edge = merged.get(writer, -1)
        for seq in numbers:
            if seq != edge + 1:
                break
            edge = seq
        settled[writer] = max(edge, numbers[-1] - WINDOW)
    return settled


def _pack_series(session: Session, run: int, metric: int, fresh: Columns) -> list[tuple[Any, ...]]:
    """Sort new points, themselves in order, into a series; gives the rows of the chunks that change."""
    first = (int(fresh[0][0]), float(fresh[1][0]))
    start = 0
    for no, n, step1, ts1 in session.rows(_CHUNK_HEADS, (run, metric)):
        start = no
        if n < codec.CHUNK_POINTS or (step1, ts1) > first:
            break
        start = no + 1
    old = [_chunk(row[0]) for row in session.rows(_CHUNKS, (run, metric, start))]
    step, time, value = _in_order(_join([*old, fresh]))
    rows = []
    for at in range(0, len(value), codec.CHUNK_POINTS):
        part = slice(at, at + codec.CHUNK_POINTS)
        s, t, v = step[part], time[part], value[part]
        no = start + at // codec.CHUNK_POINTS
        over = codec.overview(s, t, v).tobytes()
        ends = (int(s[0]), int(s[-1]), float(t.min()), float(t.max()))
        rows.append((run, metric, no, len(v), *ends, over, codec.pack((s, t, v))))
    return rows


def apply_merge(session: Session, packed: Packed) -> bool:
    """Put chunks in place of the batches they were packed from; False when another merge came first."""
    still = 0
    for part in batched(packed.flushes):
        marks = placeholders(len(part))
        sql = f"SELECT count(*) FROM flush WHERE data IS NOT NULL AND id IN ({marks})"  # noqa: S608
        still += session.rows(sql, part)[0][0]
    if still != len(packed.flushes):
        return False
    session.run_many(_PUT_CHUNK, packed.chunks)
    for part in batched(packed.flushes):
        session.run(f"UPDATE flush SET n = 0, data = NULL WHERE id IN ({placeholders(len(part))})", part)  # noqa: S608
    for writer, seq in packed.settled.items():
        session.run(_ADVANCE, (packed.run, writer, seq))
        session.run(
            "DELETE FROM flush WHERE run = ? AND writer = ? AND seq <= ? AND data IS NULL", (packed.run, writer, seq)
        )
    return True


def backlog(session: Session, run: int) -> tuple[int, int]:
    """Count the batches and points of a run that no merge has packed yet."""
    sql = "SELECT count(*), coalesce(sum(n), 0) FROM flush WHERE run = ? AND data IS NOT NULL"
    batches, points = session.rows(sql, (run,))[0]
    return int(batches), int(points)
