# ruff: noqa: D103 - the functions are the methods of `interface`, which says what they promise
"""Logs: lines numbered as they arrive, kept in chunks that a merge makes large.

A batch becomes a chunk of its own, numbered on from the log's last line in the same commit, so a line's number never
changes. A merge packs the small chunks at a log's end into chunks of `CHUNK_BYTES`, outside the writer's thread: the
transaction only checks that what it read is still there.

(entity, stream, writer, seq) names a batch. `log_writer.seq` says up to where every batch came; `ahead` holds the
numbers above it that came out of order. Past `WINDOW` missing numbers we take them for never used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.errors import StoreError
from trialbook.store import lines as packing
from trialbook.store.documents import key_to_text, text_to_key
from trialbook.store.interface import FoundLine, LogLine, LogStream
from trialbook.store.lines import Lines
from trialbook.store.session import batched, placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from trialbook.store.session import Session

Batch = tuple[int, str, str, int]

WINDOW = 4096
CHUNK_BYTES = 256 * 1024
"""Bytes of a full chunk: it unpacks in 1 ms, so one line costs little, and zlib gains nothing from more."""
_BATCH_LEVEL, _MERGE_LEVEL = 1, 6
_AHEAD = np.dtype("<i8")

_APPENDING = """
SELECT e.doc IS NOT NULL, l.id, l.last, l.lines, w.seq, w.ahead FROM entity e
LEFT JOIN log l ON l.entity = e.id AND l.stream = ? LEFT JOIN log_writer w ON w.log = l.id AND w.writer = ?
WHERE e.id = ?"""
_NEW = "INSERT INTO log (entity, stream, created, last, lines) VALUES (?, ?, ?, ?, 0) RETURNING id"
_GROW = "UPDATE log SET last = ?, lines = ? WHERE id = ?"
_CAME = """
INSERT INTO log_writer (log, writer, seq, ahead) VALUES (?, ?, ?, ?)
ON CONFLICT (log, writer) DO UPDATE SET seq = excluded.seq, ahead = excluded.ahead"""
_PUT = "INSERT INTO log_chunk (log, first, lines, bytes, data) VALUES (?, ?, ?, ?, ?)"
_STREAMS = "SELECT stream, created, last, lines FROM log WHERE entity = ? ORDER BY stream"
_FROM = """
SELECT c.first, c.lines, c.data FROM log l JOIN log_chunk c ON c.log = l.id
WHERE l.entity = ? AND l.stream = ? AND c.first < ?
AND c.first >= coalesce((SELECT max(b.first) FROM log_chunk b WHERE b.log = l.id AND b.first <= ?), 0)
ORDER BY c.first LIMIT ?"""
_LOOSE = """
SELECT first, lines, bytes, data FROM log_chunk WHERE log = ?
AND first > coalesce((SELECT max(b.first) FROM log_chunk b WHERE b.log = ? AND b.bytes >= ?), -1) ORDER BY first"""
_PAGE_CHUNKS = 64
"""Chunks that a search reads at a time, so that it holds at most a few of its answer's lines too many."""


def append(session: Session, batch: Batch, lines: Sequence[LogLine], now: float) -> int | None:
    """Add a batch; gives the log's id, or None for a batch that came before."""
    entity, stream, writer, seq = batch
    stream_text, writer_text = key_to_text(stream), key_to_text(writer)
    rows = session.rows(_APPENDING, (stream_text, writer_text, entity))
    if not rows or not rows[0][0]:
        message = f"there is no entity {entity} to append a log to; it may have been deleted"
        raise StoreError(message)
    _, log, last, count, settled, ahead = rows[0]
    came = _came(settled, ahead, seq)
    if came is None:
        return None
    fresh = Lines.of(lines)
    if log is None:
        created = float(fresh.time[0]) if lines else now
        log, last, count = session.rows(_NEW, (entity, stream_text, created, created))[0][0], created, 0
    session.run(_CAME, (log, writer_text, *came))
    if lines:
        for first, part in fresh.pieces(CHUNK_BYTES):
            session.run(_PUT, (log, count + first, len(part), part.size, part.pack(_BATCH_LEVEL)))
        session.run(_GROW, (max(last, float(fresh.time.max())), count + len(lines), log))
    return int(log)


def _came(settled: int | None, ahead: bytes | None, seq: int) -> tuple[int, bytes] | None:
    """Give a writer's `seq` and `ahead` after a batch came; None when it came before."""
    edge = -1 if settled is None else settled
    above = set() if not ahead else set(np.frombuffer(ahead, _AHEAD).tolist())
    if seq <= edge or seq in above:
        return None
    above.add(seq)
    edge = max(edge, max(above) - WINDOW)
    while edge + 1 in above:
        edge += 1
    return edge, np.array(sorted(number for number in above if number > edge), _AHEAD).tobytes()


def streams(session: Session, entity: int) -> list[LogStream]:
    rows = session.rows(_STREAMS, (entity,))
    # By Python's order of text, which is that of UTF-8 but for halves of surrogate pairs, which no key has.
    every = [LogStream(text_to_key(stream), created, last, count) for stream, created, last, count in rows]
    return sorted(every, key=lambda one: one.name)


def read(session: Session, entity: int, stream: str, start: int, limit: int) -> list[LogLine]:
    found: list[LogLine] = []
    start = max(start, 0)
    stop = start + max(limit, 0)
    for first, lines in _chunks(session, entity, stream, start, stop):
        found += lines.cut(max(start - first, 0), min(stop - first, len(lines))).every()
    return found


def find(session: Session, entity: int, text: str, stream: str | None, limit: int, start: int) -> list[FoundLine]:
    wanted = text.encode("utf-8", "surrogatepass")
    found: list[FoundLine] = []
    start = max(start, 0)
    for name in [stream] if stream is not None else [one.name for one in streams(session, entity)]:
        for first, lines in _chunks(session, entity, name, start, None):
            for number in lines.holding(wanted, max(start - first, 0)):
                if len(found) >= limit:
                    return found
                found.append(FoundLine(name, first + number, lines.line(number)))
    return found


def _chunks(session: Session, entity: int, stream: str, start: int, stop: int | None) -> Iterator[tuple[int, Lines]]:
    """Give the chunks that hold lines from `start` up to `stop`, each with its first line's number."""
    end = 2**62 if stop is None else stop
    while start < end:
        rows = session.rows(_FROM, (entity, key_to_text(stream), end, start, _PAGE_CHUNKS))
        for first, n, data in rows:
            if first + n > start:
                yield first, packing.unpack(data, n)
                start = first + n
        if len(rows) < _PAGE_CHUNKS:
            return


@dataclass(frozen=True, slots=True)
class Packed:
    """A merge of a log ready to be applied: the chunks that it read, and the rows that take their place."""

    log: int
    old: list[int]
    rows: list[tuple[Any, ...]]


def ids(session: Session, entity: int) -> list[int]:
    """Give the ids of an entity's logs."""
    return [row[0] for row in session.rows("SELECT id FROM log WHERE entity = ?", (entity,))]


def pack_log(session: Session, log: int) -> Packed | None:
    """Pack the small chunks at a log's end; None when there is at most one."""
    rows = session.rows(_LOOSE, (log, log, CHUNK_BYTES))
    if len(rows) < 2:
        return None
    packed, waiting, size, begin = [], [], 0, rows[0][0]
    for first, n, length, data in rows:
        waiting.append(packing.unpack(data, n))
        size += length
        if size >= CHUNK_BYTES:
            packed.append(_row(log, begin, waiting))
            waiting, size, begin = [], 0, first + n
    if waiting:
        packed.append(_row(log, begin, waiting))
    return Packed(log, [row[0] for row in rows], packed)


def _row(log: int, first: int, parts: Sequence[Lines]) -> tuple[Any, ...]:
    lines = Lines.joined(parts)
    return log, first, len(lines), lines.size, lines.pack(_MERGE_LEVEL)


def apply_merge(session: Session, packed: Packed) -> bool:
    """Put large chunks in the place of small ones; False when another merge came first."""
    still = 0
    for part in batched(packed.old):
        marks = placeholders(len(part))
        sql = f"SELECT count(*) FROM log_chunk WHERE log = ? AND bytes < ? AND first IN ({marks})"  # noqa: S608
        still += session.rows(sql, (packed.log, CHUNK_BYTES, *part))[0][0]
    if still != len(packed.old):
        return False
    for part in batched(packed.old):
        sql = f"DELETE FROM log_chunk WHERE log = ? AND first IN ({placeholders(len(part))})"  # noqa: S608
        session.run(sql, (packed.log, *part))
    session.run_many(_PUT, packed.rows)
    return True


def backlog(session: Session, log: int) -> tuple[int, int]:
    """Count the small chunks of a log's end and their bytes."""
    rows = session.rows(_LOOSE.replace("first, lines, bytes, data", "bytes"), (log, log, CHUNK_BYTES))
    return len(rows), sum(row[0] for row in rows)
