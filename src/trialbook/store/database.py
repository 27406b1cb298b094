# ruff: noqa: D102 - the methods are those of `interface.Store`, which says what they promise
"""A store on one SQL database: readers on the threads that ask, one thread that writes.

A read borrows a connection for as long as it lasts and sees the last commit. A write goes to the writer (`writer.py`).
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, TypeVar, cast

from trialbook.errors import StoreError
from trialbook.store import (
    arrivals,
    claims,
    edges,
    entities,
    logs,
    merging,
    objects,
    packing,
    reading,
    scanning,
    series,
)
from trialbook.store.merging import LOG_BATCHES, Merger
from trialbook.store.session import snapshot
from trialbook.store.transaction import Shared, SqlTransaction
from trialbook.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from trialbook.model import Document, Kind
    from trialbook.store.dialect import Dialect
    from trialbook.store.interface import (
        Arrivals,
        BinItem,
        Claim,
        Edge,
        Entity,
        FoundLine,
        LogLine,
        LogStream,
        ObjectRow,
        RunSummary,
        Scan,
        Series,
        Summary,
        Transaction,
        Upload,
    )
    from trialbook.store.names import MetricNames
    from trialbook.store.packing import Packed
    from trialbook.store.session import Session

T = TypeVar("T")


class Readers:
    """Connections to read with, lent one call at a time; the one used last is lent first."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._idle: deque[Session] = deque()
        self._room = threading.BoundedSemaphore(dialect.readers)
        self._closed = False

    def read(self, ask: Callable[[Session], T]) -> T:
        """Ask on a session; once more on a new one when the connection turned out to be lost."""
        with self._room:
            if self._closed:
                message = "the store is closed"
                raise StoreError(message)
            session = self._take()
            try:
                return ask(session)
            except StoreError:
                if not session.broken:
                    raise
                session.close()
                session = self._dialect.connect(write=False)
                return ask(session)
            finally:
                self._give_back(session)

    def _take(self) -> Session:
        try:
            return self._idle.pop()
        except IndexError:
            return self._dialect.connect(write=False)

    def _give_back(self, session: Session) -> None:
        if session.broken:
            session.close()
        else:
            self._idle.append(session)
        if self._closed:
            self.close()

    def close(self) -> None:
        """Close what is idle; what is lent is closed when it comes back."""
        self._closed = True
        while self._idle:
            try:
                self._idle.pop().close()
            except IndexError:
                return


class SqlStore:
    """`interface.Store` on SQLite or PostgreSQL, whose tables are up to date (see `opening.open_store`)."""

    def __init__(self, dialect: Dialect, clock: Callable[[], float]) -> None:
        self._shared = Shared(clock)
        self._readers = Readers(dialect)
        self._database_id = cast("str", self._read(lambda s: s.rows("SELECT database FROM meta")[0][0]))
        self._merger = Merger(self._merge_enough, lambda run: self._read(lambda s: packing.backlog(s, run)))
        self._log_merger = Merger(
            self._merge_log,
            lambda log: self._read(lambda s: logs.backlog(s, log)),
            batches=LOG_BATCHES,
            amount=logs.CHUNK_BYTES,
        )
        self._checkpoints = dialect.checkpoints()
        self._writer = Writer(lambda: dialect.connect(write=True), self._shared, self._committed)

    def _read(self, ask: Callable[[Session], T]) -> T:
        return self._readers.read(ask)

    def _committed(self, transaction: SqlTransaction) -> None:
        transaction.names.commit()
        if self._checkpoints is not None:
            self._checkpoints.note()
        for run, points in transaction.appended:
            self._merger.note(run, points)
        for log, size in transaction.logged:
            self._log_merger.note(log, size)

    @property
    def database_id(self) -> str:
        return self._database_id

    def write(self, action: Callable[[Transaction], T]) -> T:
        return self._writer.write(action)

    def find(self, kind: Kind, key: str) -> Entity | None:
        return self._read(lambda s: entities.find(s, kind, key))

    def get_many(self, ids: Sequence[int]) -> list[Entity]:
        return self._read(lambda s: entities.get_many(s, ids))

    def edges(self, *, source: int | None = None, target: int | None = None, label: str | None = None) -> list[Edge]:
        return self._read(lambda s: edges.between(s, edges.Ends(source, target), label))

    def edges_of(self, ids: Sequence[int], *, incoming: bool = False) -> list[Edge]:
        return self._read(lambda s: edges.of_many(s, ids, incoming=incoming))

    def edge_page(
        self,
        labels: Sequence[str],
        *,
        source: int | None = None,
        target: int | None = None,
        beyond: int | None = None,
        newest_first: bool = True,
        limit: int = 1000,
    ) -> list[tuple[int, Edge]]:
        ends = edges.Ends(source, target)
        return self._read(lambda s: edges.page(s, labels, ends, beyond, newest_first=newest_first, limit=limit))

    def changes(self, since: int, kinds: Iterable[Kind] | None = None, limit: int = 10_000) -> list[Entity]:
        return self._read(lambda s: entities.changes(s, since, kinds, limit))

    def last_row(self, kind: Kind) -> int:
        return self._read(lambda s: entities.last_row(s, kind))

    def last_rev(self) -> int:
        return self._read(lambda s: cast("int", s.rows("SELECT rev FROM meta")[0][0]))

    def summary(self, run: int) -> Mapping[str, Summary]:
        return self._read(lambda s: series.summary(s, self._names(), run))

    def summary_changes(self, since: int, limit: int = 10_000) -> list[RunSummary]:
        return self._read(lambda s: series.summary_changes(s, self._names(), since, limit))

    def series(self, run: int, name: str) -> Series:
        return self.read_series([(run, name)])[0]

    def read_series(
        self,
        queries: Sequence[tuple[int, str]],
        *,
        steps: tuple[int, int] | None = None,
        times: tuple[float, float] | None = None,
        timeless: bool = False,
    ) -> list[Series]:
        within = reading.Range(steps, times, timeless and times is None)
        return self._read(lambda s: reading.read_many(s, self._names(), queries, within))

    def scan(self, queries: Sequence[tuple[int, str]], look: Callable[[list[Scan]], T]) -> T:
        def ask(session: Session) -> T:
            with snapshot(session):
                scans: list[Scan] = [*scanning.open_scans(session, self._names(), queries)]
                return look(scans)

        return self._read(ask)

    def position(self, runs: Sequence[int]) -> int:
        return self._read(lambda s: arrivals.position(s, runs))

    def arrivals(self, since: int, runs: Sequence[int], limit: int = 65_536) -> Arrivals:
        return self._read(lambda s: arrivals.since(s, self._names(), since, runs, limit))

    def _names(self) -> MetricNames:
        return self._shared.names

    def _merge_enough(self, run: int) -> None:
        self._merge(run)
        # Where others still log, the space that this merge freed is soon taken again.
        self._shrink(merging.SPARE_PAGES)

    def merge(self, run: int) -> None:
        self._merge(run)
        self._shrink(0)

    def _shrink(self, spare: int) -> None:
        """Give free pages back, a few a commit, and so many at a time that a store is never long in closing."""
        for _ in range(merging.SHRINK_COMMITS):
            if not self.write(lambda tx: cast("SqlTransaction", tx).shrink(spare, merging.SHRINK_PAGES)):
                return

    def _merge(self, run: int) -> None:
        packed = self._read(lambda s: packing.pack_run(s, run))
        # Another process may merge first and leave the rest: then read again.
        while packed is not None and not self._apply(packed):
            packed = self._read(lambda s: packing.pack_run(s, run))
        for log in self._read(lambda s: logs.ids(s, run)):
            self._merge_log(log)

    def merge_soon(self, run: int) -> None:
        self._merger.ask(run)

    def merge_waiting(self, before: int) -> int:
        runs = self._read(lambda s: merging.waiting_runs(s, before))
        packs = [self._read(lambda s, run=run: packing.pack_run(s, run)) for run in runs]  # type: ignore[misc]
        ready = [packed for packed in packs if packed is not None]
        if not ready:
            return 0
        merged = self.write(lambda tx: sum(cast("SqlTransaction", tx).apply_merge(packed) for packed in ready))
        self._shrink(0)
        return merged

    def _apply(self, packed: Packed) -> bool:
        return self.write(lambda tx: cast("SqlTransaction", tx).apply_merge(packed))

    def _merge_log(self, log: int) -> None:
        packed = self._read(lambda s: logs.pack_log(s, log))
        while packed is not None and not self._apply_log(packed):
            packed = self._read(lambda s: logs.pack_log(s, log))

    def _apply_log(self, packed: logs.Packed) -> bool:
        return self.write(lambda tx: cast("SqlTransaction", tx).apply_log_merge(packed))

    def log_streams(self, entity: int) -> list[LogStream]:
        return self._read(lambda s: logs.streams(s, entity))

    def log(self, entity: int, stream: str, start: int = 0, limit: int = 10_000) -> list[LogLine]:
        return self._read(lambda s: logs.read(s, entity, stream, start, limit))

    def find_log(
        self, entity: int, text: str, stream: str | None = None, limit: int = 100, start: int = 0
    ) -> list[FoundLine]:
        return self._read(lambda s: logs.find(s, entity, text, stream, limit, start))

    def bin(self, limit: int = 1000) -> list[BinItem]:
        return self._read(lambda s: entities.list_bin(s, limit))

    def empty_bin(self, before: float) -> int:
        return self.write(lambda tx: cast("SqlTransaction", tx).empty_bin(before))

    def bucket(self, name: str) -> Document | None:
        return self._read(lambda s: objects.get_bucket(s, name))

    def object(self, bucket: str, key: str) -> ObjectRow | None:
        return self._read(lambda s: objects.get_object(s, bucket, key))

    def objects(self, bucket: str, prefix: str = "", after: str = "", limit: int = 1000) -> Iterator[ObjectRow]:
        return iter(self._read(lambda s: objects.list_objects(s, bucket, prefix, after, limit)))

    def buckets(self) -> dict[str, Document]:
        return self._read(objects.buckets)

    def upload(self, upload_id: str) -> Upload | None:
        return self._read(lambda s: objects.get_upload(s, upload_id))

    def uploads(self, bucket: str, prefix: str = "") -> list[Upload]:
        return self._read(lambda s: objects.list_uploads(s, bucket, prefix))

    def claim(self, kind: Kind, key: str) -> Claim | None:
        return self._read(lambda s: claims.find(s, kind, key))

    def claims(
        self, kinds: Iterable[Kind] | None = None, free_at: float | None = None, limit: int = 10_000
    ) -> list[Claim]:
        return self._read(lambda s: claims.several(s, kinds, free_at, limit))

    def orphans(self, limit: int = 1000) -> list[str]:
        return self._read(lambda s: objects.list_orphans(s, limit))

    def close(self) -> None:
        mergers = self._merger, self._log_merger
        for merger in mergers:
            merger.end()
        for merger in mergers:
            merger.close()
        self._writer.close()
        if self._checkpoints is not None:
            self._checkpoints.close()
        self._readers.close()
