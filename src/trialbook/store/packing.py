"""Merging: the batches of a run become chunks of its series, and readers see the same points before and after.

Packing reads and computes outside the writer's thread; the transaction that applies it only checks that the batches it
read are still there, which they are not if another process merged them first.

Each merge leaves a record of what it packed (`arrivals.Record`), for readers who had seen everything up to some batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.store import codec
from trialbook.store.arrivals import KEPT, Record
from trialbook.store.reading import Columns, each_metric, join
from trialbook.store.session import batched, placeholders, snapshot

if TYPE_CHECKING:
    from trialbook.store.session import Session

WINDOW = 4096
_FLUSHES = "SELECT id, writer, seq, data FROM flush WHERE run = ? AND data IS NOT NULL ORDER BY id"
_CHUNK_HEADS = "SELECT no, n, step1, ts1 FROM chunk WHERE run = ? AND metric = ? ORDER BY no"
_CHUNKS = "SELECT n, data FROM chunk WHERE run = ? AND metric = ? AND no >= ? ORDER BY no"
_PUT_CHUNK = """
INSERT INTO chunk (run, metric, no, n, step0, step1, ts0, ts1, over, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run, metric, no) DO UPDATE SET n = excluded.n, step0 = excluded.step0, step1 = excluded.step1,
ts0 = excluded.ts0, ts1 = excluded.ts1, over = excluded.over, data = excluded.data"""
_ADVANCE = """
INSERT INTO writer (run, writer, seq) VALUES (?, ?, ?) ON CONFLICT (run, writer) DO UPDATE SET seq = excluded.seq"""
_MERGED = "INSERT INTO merged (run, flush, data) VALUES (?, ?, ?)"
_FORGET = """
DELETE FROM merged WHERE run = ? AND flush <= coalesce(
(SELECT flush FROM merged WHERE run = ? ORDER BY flush DESC LIMIT 1 OFFSET ?), -1)"""


@dataclass(slots=True)
class Packed:
    """A merge ready to be applied: what it read, and what takes its place."""

    run: int
    flushes: list[int]
    record: bytes = b""
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
        batches = [codec.unpack(row[3], codec.FLUSH_COLUMNS) for row in flushes]
        metric, step, time, value = (np.concatenate(columns) for columns in zip(*batches, strict=True))
        batch = np.repeat(np.arange(len(batches)), [len(columns[0]) for columns in batches])
        order = np.lexsort((time, step, metric))
        metric, step, time, value, batch = metric[order], step[order], time[order], value[order], batch[order]
        parts, tails = list(each_metric(metric)), []
        for part in parts:
            fresh = step[part], time[part], value[part]
            rows, before, late = _pack_series(session, run, int(metric[part.start]), fresh)
            packed.chunks += rows
            tails.append((before, late or bool((np.diff(batch[part]) < 0).any())))
        packed.record = Record(
            metric=np.array([metric[part.start] for part in parts], "<u4"),
            mixed=np.array([mixed for _, mixed in tails], "<u4"),
            before=np.array([before for before, _ in tails], "<i8"),
            batch=np.array(packed.flushes, "<i8"),
            count=np.array([np.bincount(batch[part], minlength=len(batches)) for part in parts], "<u4").T,
        ).pack()
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


def _pack_series(session: Session, run: int, metric: int, fresh: Columns) -> tuple[list[tuple[Any, ...]], int, bool]:
    """Sort new points, themselves in order, into a series.

    Returns
    -------
    The rows of the chunks that change; how many points there were before; whether new ones come before old ones.
    """
    first = (int(fresh[0][0]), float(fresh[1][0]))
    heads = session.rows(_CHUNK_HEADS, (run, metric))
    start = len(heads)
    for no, n, step1, ts1 in heads:
        if n < codec.CHUNK_POINTS or (step1, ts1) > first:
            start = no
            break
    old = session.rows(_CHUNKS, (run, metric, start))
    late = bool(old) and first < _end(old[-1][1])
    step, time, value = join(old, fresh)
    rows = []
    for at in range(0, len(value), codec.CHUNK_POINTS):
        part = slice(at, at + codec.CHUNK_POINTS)
        s, t, v = step[part], time[part], value[part]
        no = start + at // codec.CHUNK_POINTS
        over = codec.overview(s, t, v).tobytes()
        ends = (int(s[0]), int(s[-1]), float(t.min()), float(t.max()))
        rows.append((run, metric, no, len(v), *ends, over, codec.pack((s, t, v))))
    return rows, sum(n for _, n, _, _ in heads), late


def _end(chunk: bytes) -> tuple[int, float]:
    """Give step and time of a chunk's last point."""
    step, time, _ = codec.unpack(chunk, codec.CHUNK_COLUMNS)
    return int(step[-1]), float(time[-1])


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
    session.run(_MERGED, (packed.run, packed.flushes[-1], packed.record))
    session.run(_FORGET, (packed.run, packed.run, KEPT))
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
