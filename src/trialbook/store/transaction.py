# ruff: noqa: D102 - the methods are those of `interface.Transaction`, which says what they promise
"""One write in progress: what an action may do, on the writer's connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from trialbook.store import claims, edges, entities, logs, names, objects, packing, series
from trialbook.store.session import EndedSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from trialbook.model import Document, Kind
    from trialbook.store.interface import Claim, Edge, Entity, LogLine, ObjectRow, Part, Points, Summary, Upload
    from trialbook.store.session import Session

_ENDED = cast("Session", EndedSession())


@dataclass(frozen=True, slots=True)
class Shared:
    """What the transactions of a store have in common: its clock, and the metric names it has seen committed."""

    clock: Callable[[], float]
    names: names.MetricNames = field(default_factory=names.MetricNames)


class SqlTransaction:
    """`interface.Transaction` on SQL.

    Attributes
    ----------
    rev
        The revision this commit will have.
    changed
        Whether anything was written.
    appended
        (run, number of points) of every batch that was added.
    logged
        (log, bytes of lines) of every batch of lines that was added.
    """

    def __init__(self, session: Session, rev: int, shared: Shared) -> None:
        self._session = session
        self._clock = shared.clock
        self.names = shared.names.within()
        self.rev = rev
        self.changed = False
        self.appended: list[tuple[int, int]] = []
        self.logged: list[tuple[int, int]] = []

    def end(self) -> None:
        """Refuse any use from here on."""
        self._session = _ENDED

    def find(self, kind: Kind, key: str) -> Entity | None:
        return entities.find(self._session, kind, key)

    def get_many(self, ids: Sequence[int]) -> list[Entity]:
        return entities.get_many(self._session, ids)

    def edges(self, *, source: int | None = None, target: int | None = None, label: str | None = None) -> list[Edge]:
        return edges.between(self._session, edges.Ends(source, target), label)

    def summary(self, run: int) -> Mapping[str, Summary]:
        return series.summary(self._session, self.names, run)

    def edges_of(self, ids: Sequence[int], *, incoming: bool = False) -> list[Edge]:
        return edges.of_many(self._session, ids, incoming=incoming)

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
        return edges.page(self._session, labels, ends, beyond, newest_first=newest_first, limit=limit)

    def bucket(self, name: str) -> Document | None:
        return objects.get_bucket(self._session, name)

    def object(self, bucket: str, key: str) -> ObjectRow | None:
        return objects.get_object(self._session, bucket, key)

    def upload(self, upload_id: str) -> Upload | None:
        return objects.get_upload(self._session, upload_id)

    def claim(self, kind: Kind, key: str) -> Claim | None:
        return claims.find(self._session, kind, key)

    def claims(
        self, kinds: Iterable[Kind] | None = None, free_at: float | None = None, limit: int = 10_000
    ) -> list[Claim]:
        return claims.several(self._session, kinds, free_at, limit)

    def insert(self, kind: Kind, key: str, doc: Document) -> Entity:
        self.changed = True
        return entities.insert(self._session, self.rev, kind, key, doc)

    def update(self, entity_id: int, doc: Document) -> Entity:
        self.changed = True
        return entities.update(self._session, self.rev, entity_id, doc)

    def delete(self, entity_id: int) -> None:
        self.changed = True
        entities.delete(self._session, self.rev, entity_id, self._clock())

    def restore(self, entity_id: int) -> Entity:
        self.changed = True
        return entities.restore(self._session, self.rev, entity_id)

    def empty_bin(self, before: float) -> int:
        self.changed = True
        return entities.empty_bin(self._session, before)

    def link(self, source: int, label: str, target: int, doc: Document) -> bool:
        self.changed = True
        return edges.link(self._session, source, label, target, doc)

    def unlink(self, source: int, target: int, label: str | None = None) -> int:
        self.changed = True
        return edges.unlink(self._session, source, target, label)

    def append(self, run: int, writer: str, seq: int, points: Points) -> bool:
        if not series.append(self._session, self.names, self.rev, (run, writer, seq), points):
            return False
        self.changed = True
        self.appended.append((run, len(points.value)))
        return True

    def apply_merge(self, packed: packing.Packed) -> bool:
        """Put a run's chunks in place of its batches; changes nothing that a reader can see, so no `rev` either."""
        return packing.apply_merge(self._session, packed)

    def append_log(self, entity: int, stream: str, writer: str, seq: int, lines: Sequence[LogLine]) -> bool:
        log = logs.append(self._session, (entity, stream, writer, seq), lines, self._clock())
        if log is None:
            return False
        self.changed = True
        self.logged.append((log, sum(len(line.text) for line in lines)))
        return True

    def shrink(self, spare: int, most: int) -> int:
        """Give free pages of the file back, see `Session.shrink`."""
        return self._session.shrink(spare, most)

    def apply_log_merge(self, packed: logs.Packed) -> bool:
        """Put a log's large chunks in place of its small ones, likewise."""
        return logs.apply_merge(self._session, packed)

    def put_bucket(self, name: str, doc: Document) -> None:
        self.changed = True
        objects.put_bucket(self._session, name, doc)

    def delete_bucket(self, name: str) -> None:
        self.changed = True
        objects.delete_bucket(self._session, name)

    def put_object(self, row: ObjectRow) -> None:
        self.changed = True
        objects.put_object(self._session, row)

    def delete_object(self, bucket: str, key: str) -> bool:
        self.changed = True
        return objects.delete_object(self._session, bucket, key)

    def put_upload(self, upload: Upload) -> None:
        self.changed = True
        objects.put_upload(self._session, upload)

    def put_part(self, upload_id: str, number: int, part: Part) -> None:
        self.changed = True
        objects.put_part(self._session, upload_id, number, part)

    def delete_upload(self, upload_id: str) -> None:
        self.changed = True
        objects.delete_upload(self._session, upload_id)

    def add_orphans(self, blobs: Sequence[str]) -> None:
        self.changed = True
        objects.add_orphans(self._session, blobs)

    def forget_orphans(self, blobs: Sequence[str]) -> None:
        self.changed = True
        objects.forget_orphans(self._session, blobs)

    def add_claim(self, kind: Kind, key: str, state: Document) -> Claim:
        return claims.add(self._session, kind, key, state)

    def put_claim(self, claim: Claim) -> None:
        claims.put(self._session, claim)

    def drop_claim(self, claim_id: int) -> None:
        claims.drop(self._session, claim_id)
