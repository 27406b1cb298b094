# ruff: noqa: D103 - the functions are the methods of `interface`, which says what they promise
"""Series: batches of points as they arrive, with their summaries.

A batch is kept as received (`flush`), which costs one small row and one commit shared with others. A merge
(`packing.py`) sorts the points of all batches of a run into chunks by (step, time, arrival), and drops the batches;
`reading.py` reads both.

(run, writer, seq) names a batch, so that a retry is harmless. `writer.seq` says up to where every batch came; above
it, merged batches stay as rows without data, so that a batch that comes out of order is neither lost nor doubled.
Past `packing.WINDOW` missing numbers we take them for never used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import StoreError
from trialbook.store import codec, summaries
from trialbook.store.documents import key_to_text
from trialbook.store.interface import RunSummary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.store.interface import Points, Summary
    from trialbook.store.names import MetricNames
    from trialbook.store.session import Session

Batch = tuple[int, str, int]

_APPENDING = """
SELECT e.doc IS NOT NULL, s.data, w.seq FROM entity e LEFT JOIN summary s ON s.run = e.id
LEFT JOIN writer w ON w.run = e.id AND w.writer = ? WHERE e.id = ?"""
_FLUSH = """
INSERT INTO flush (run, writer, seq, n, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT (run, writer, seq) DO NOTHING"""
_SUMMARY = """
INSERT INTO summary (run, rev, data) VALUES (?, ?, ?)
ON CONFLICT (run) DO UPDATE SET rev = excluded.rev, data = excluded.data"""


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
