"""The engine: columns of every kind that follow a store, and the queries over them.

One lock stands around following and searching, so a search sees every column at one revision. Following an idle store
asks for its last revision and nothing else.
"""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar, cast

import numpy as np

from trialbook.errors import CodedError, ValidationError
from trialbook.search import query as queries
from trialbook.search.facets import distribution, tally
from trialbook.search.grouping import group
from trialbook.search.match import Matcher
from trialbook.search.pieces import CacheBrokenError
from trialbook.search.properties import list_properties
from trialbook.search.reading import cells, type_of, version_of
from trialbook.search.saver import MUCH, Place, Saver
from trialbook.search.suggest import Names
from trialbook.search.table import ROW_MASK, Table
from trialbook.search.tree import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from trialbook.search.columns import Base
    from trialbook.search.facets import Distribution, Tally
    from trialbook.search.grouping import Groups
    from trialbook.search.properties import PropertyCount
    from trialbook.search.reading import Cell
    from trialbook.search.saver import Saves
    from trialbook.search.schema import Schema
    from trialbook.search.tree import Page, Query
    from trialbook.store.interface import Entity, RunSummary

P = ParamSpec("P")
T = TypeVar("T")

TALLIES = 64 << 20
"""Bytes of counts of values that are kept."""
FEW = 1024
"""Records that are taken in even when the process is about to end: a search waits for no more than they."""
MOMENT = 0.5
"""Seconds that any question waits for another one."""
PATIENCE = 45.0
"""Seconds that a question waits for a store that is being read: less than the 60 after which boto3 gives up."""
PATIENT = 16
"""Questions that may wait so: they must not take the threads of those that ask for something else."""

DOCUMENTS = 0.8
"""The part of the work that is the documents'; the rest is the summaries of series."""
CLOSED = "The store was being read for this search when it closed."

log = logging.getLogger("trialbook.search")


def _share(start: int, now: int, last: int) -> float:
    return (now - start) / max(1, last - start)


@contextmanager
def uncollected() -> Iterator[None]:
    """Take in documents without the cyclic collector: they have no cycles, and it took a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class Followed(Protocol):
    """What the engine needs of a store."""

    @property
    def database_id(self) -> str:
        """Whose columns they are: a random id made with the database."""

    def last_rev(self) -> int:
        """Give the newest committed revision."""

    def changes(self, since: int) -> Sequence[Entity]:
        """Entities with `rev > since` in order of rev, whole revs; empty when there are none."""

    def summary_changes(self, since: int) -> Sequence[RunSummary]:
        """Summary rows with `rev > since` in order of rev, whole revs; empty when there are none."""


def _held_still(
    method: Callable[Concatenate[Engine, P], T],
) -> Callable[Concatenate[Engine, P], T]:
    """Hold the columns still for one question; afterwards they may be dropped again."""

    @wraps(method)
    def asked(self: Engine, *args: P.args, **options: P.kwargs) -> T:
        with self._held():
            try:
                return method(self, *args, **options)
            except CacheBrokenError:
                self.mend()
                return method(self, *args, **options)
            finally:
                self.trim()

    return cast("Callable[Concatenate[Engine, P], T]", asked)


class Engine:
    """Search over everything that a store holds. Every method may be called from any thread.

    Parameters
    ----------
    schemas
        By kind. Entities of other kinds are not followed.
    clock
        Monotonic seconds, for how long answers are kept behind page tokens.
    saves
        Where columns are saved, and how much memory they may take; None keeps all of them in memory.

    Attributes
    ----------
    progress
        How much of a store that takes a while is taken in, from 0 to 1; None when nothing is to be waited for.
    """

    def __init__(
        self,
        schemas: Mapping[int, Schema],
        clock: Callable[[], float] = time.monotonic,
        saves: Saves | None = None,
    ) -> None:
        self.lock = threading.RLock()
        self.progress: float | None = None
        self._patient = threading.BoundedSemaphore(PATIENT)
        self._schemas = schemas
        self._saver = None if saves is None else Saver(saves, schemas, self.lock)
        self._snapshots = queries.Snapshots(clock)
        self._store: Followed | None = None
        self._ending = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._place = Place()
        self._rev = 0
        self._tallies: OrderedDict[tuple[object, ...], Tally] = OrderedDict()
        self._names: dict[tuple[int, str | None], tuple[int, Names]] = {}
        base: Mapping[int, Base] = self._saver.base if self._saver else {}
        self._tables = {int(kind): Table(int(kind), one, base.get(int(kind))) for kind, one in self._schemas.items()}

    @property
    def rev(self) -> int:
        """The revision that the columns stand at."""
        return self._rev

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the lock. Raises `CodedError` (503) when the store is still being read after `PATIENCE`."""
        if not self.lock.acquire(timeout=MOMENT):
            self._wait()
        try:
            yield
        finally:
            self.lock.release()

    def _wait(self) -> None:
        if not self._patient.acquire(blocking=False):
            raise self._unready()
        try:
            until = time.monotonic() + PATIENCE
            while not self.lock.acquire(timeout=MOMENT):
                if self._ending or (self.progress is not None and time.monotonic() > until):
                    raise self._unready()
        finally:
            self._patient.release()

    def _unready(self) -> CodedError:
        if self._ending:
            return CodedError("ServiceUnavailable", CLOSED, 503)
        done = f": {int(100 * self.progress)} %" if self.progress is not None else ""
        return CodedError("ServiceUnavailable", f"The columns of search are being prepared{done}. Ask again.", 503)

    def prepare(self, store: Followed) -> None:
        """Take in a store before anybody asks, saying from the start that it is under way."""
        self.progress = 0.0
        try:
            self.follow(store)
        finally:
            self.progress = None

    @property
    def ending(self) -> bool:
        """Whether it was told to hurry."""
        return self._ending

    def follow(self, store: Followed) -> None:
        """Take in everything that was committed before this call.

        Raises `CodedError` (503) when the process ends meanwhile, or another thread is at it for long.
        """
        last = store.last_rev()
        if last <= self._rev:
            return
        with self._held():
            if self._saver and self._saver.lost:
                self.mend()
            self._store = store
            if self._saver and self._saver.wants_opening(0):
                self._open(self._saver, store, last)
            try:
                with uncollected():
                    self._take_all(store, last)
            finally:
                self.progress = None
            if self._saver:
                self._saver.note(self._tables, self._place)

    def _open(self, saver: Saver, store: Followed, last: int) -> None:
        """Begin with what was saved, if there is something of this store; else with nothing."""
        saved = saver.open(store.database_id, last)
        self._begin_anew()
        if saved is not None:
            try:
                self._place = saver.restore(saved, self._tables)
            except CacheBrokenError:
                saver.clear()
                self._begin_anew()

    def _take_all(self, store: Followed, last: int) -> None:
        place = self._place
        start = (place.entity, place.summary)
        while place.entity < last and (entities := store.changes(place.entity)):
            if not place.agrees(entities):
                log.warning("the column cache is of another past of this store, and is made anew")
                assert self._saver is not None
                self._saver.clear()
                self._begin_anew()
                place, start = self._place, (0, 0)
                continue
            self._take(entities)
            place.reached(entities)
            if self._saver and self._saver.wants_opening(sum(table.rows for table in self._tables.values())):
                self._open(self._saver, store, last)
                place = self._place
            self._save_much()
            self._go_on(more=place.entity < last)
            if len(entities) >= FEW:
                self.progress = DOCUMENTS * _share(start[0], place.entity, last)
        while place.summary < last and (summaries := store.summary_changes(place.summary)):
            self._take_summaries(summaries)
            place.summary = summaries[-1].rev
            self._save_much()
            self._go_on(more=place.summary < last)
            if len(summaries) >= FEW:
                self.progress = DOCUMENTS + (1 - DOCUMENTS) * _share(start[1], place.summary, last)
        self._rev = max(self._rev, last)

    def _go_on(self, *, more: bool) -> None:
        if more and self._ending:
            raise CodedError("ServiceUnavailable", CLOSED, 503)

    def _save_much(self) -> None:
        """Save in between when so much is taken in that it should not wait in memory."""
        if self._saver and sum(table.written for table in self._tables.values()) > MUCH:
            self._saver.save(self._tables, self._place)

    def save(self) -> None:
        """Save now what was taken in."""
        if self._saver:
            self._saver.save(self._tables, self._place)

    def hurry(self) -> None:
        """Have whoever takes in a large store break off with an error: the process is about to end."""
        self._ending = True
        if self._saver:
            self._saver.hurry()

    def close(self) -> None:
        """Save what was taken in, as far as that takes but a moment, and let the cache go. Idempotent."""
        self.hurry()
        if self._saver:
            self._saver.close(self._tables, self._place)

    def trim(self) -> None:
        """Let go of columns that take too much memory."""
        if self._saver:
            self._saver.memory.trim()

    def mend(self) -> None:
        """Begin anew after the cache turned out to be broken."""
        log.warning("the column cache is broken, and is made anew")
        assert self._saver is not None
        self._saver.clear()
        self._begin_anew()
        if self._store is not None:
            self.follow(self._store)

    @_held_still
    def search(self, query: Query) -> Page:
        """Answer a query. Raises ValidationError where it names a property or value that cannot be."""
        self._table(query.kind)
        return queries.answer(self._tables, query, self._snapshots, self._rev)

    @_held_still
    def explain(self, query: Query) -> Page:
        """Answer a query and say how each condition was decided."""
        self._table(query.kind)
        return queries.explain(self._tables, query, self._snapshots, self._rev)

    @_held_still
    def values(self, kind: int, scope: str | None, ids: Sequence[int], names: Sequence[str]) -> list[list[Cell]]:
        """Give the values of properties, a list in the order of `names` for each of `ids`."""
        matcher = Matcher(self._tables, self._table(kind).kind, scope)
        rows = np.array([one & ROW_MASK for one in ids], np.int64)
        columns = [cells(matcher, name, rows) for name in names]
        return [[column[at] for column in columns] for at in range(len(ids))]

    @_held_still
    def table(self, query: Query, names: Sequence[str]) -> tuple[Page, list[list[Cell]], list[str]]:
        """Answer a query with the values of properties: the page, and a list of values and a type's word for each name.

        All of it is of one revision.
        """
        table = self._table(query.kind)
        page = queries.answer(self._tables, query, self._snapshots, self._rev)
        matcher = Matcher(self._tables, table.kind, query.scope)
        rows = np.array([one & ROW_MASK for one in page.ids], np.int64)
        return page, [cells(matcher, name, rows) for name in names], [type_of(matcher, name) for name in names]

    @_held_still
    def cells(self, kind: int, scope: str | None, ids: Sequence[int], names: Sequence[str]) -> list[list[Cell]]:
        """Give the values of properties of some entities, a list for each of `names`."""
        matcher = Matcher(self._tables, self._table(kind).kind, scope)
        rows = np.array([one & ROW_MASK for one in ids], np.int64)
        return [cells(matcher, name, rows) for name in names]

    @_held_still
    def types(self, kind: int, scope: str | None, names: Sequence[str]) -> list[str]:
        """Give the words of properties' types."""
        matcher = Matcher(self._tables, self._table(kind).kind, scope)
        return [type_of(matcher, name) for name in names]

    @_held_still
    def properties(self, query: Query, hint: str) -> list[PropertyCount]:
        """Give the properties that the records a query finds have, those whose name contains `hint`."""
        table = self._table(query.kind)
        rows = None
        if query.where != EVERYTHING:
            rows = queries.matching(Matcher(self._tables, query.kind, query.scope, strict=query.strict), query)
        return list_properties(table, query.scope, rows, hint)

    @_held_still
    def distribution(self, query: Query, name: str, hint: str) -> Distribution:
        """Say which values a property has among the records that a query finds; its limit is the most values given.

        The counts are kept until the property or the records change, so that every further letter of a hint is quick.
        """
        table = self._table(query.kind)
        matcher = Matcher(self._tables, query.kind, query.scope, strict=query.strict)
        state = version_of(matcher, name) if query.where == EVERYTHING else table.version
        key = (queries.digest(replace(query, sort=())), name, table.population, table.names_version, state)
        known = self._tallies.pop(key, None) or tally(matcher, name, queries.matched(matcher, query))
        self._tallies[key] = known
        while sum(one.size for one in self._tallies.values()) > TALLIES:
            self._tallies.popitem(last=False)
        return distribution(known, hint, query.limit)

    @_held_still
    def groups(
        self, query: Query, by: Sequence[str], aggregates: Sequence[tuple[str, str]], sort: Sequence[str]
    ) -> Groups:
        """Group the records that a query finds; its limit is the most groups given."""
        self._table(query.kind)
        matcher = Matcher(self._tables, query.kind, query.scope, strict=query.strict)
        return group(matcher, queries.matching(matcher, query), by, aggregates, sort, query.limit)

    @_held_still
    def suggest(self, kind: int, scope: str | None, hint: str, limit: int = 100) -> list[str]:
        """Give the names of properties that go with a hint: those under maps as the scope has them, then the others."""
        table = self._table(kind)
        version, names = self._names.get((kind, scope), (-1, None))
        if names is None or version != table.names_version:
            names = Names(table, scope)
            self._names[kind, scope] = (table.names_version, names)
        return names.like(hint, limit)

    def scopes(self) -> set[str]:
        """Give the scopes that hold or held records, as far as is known: this waits for nobody."""
        return {scope for table in list(self._tables.values()) for scope in table.scopes}

    def _table(self, kind: int) -> Table:
        if kind not in self._tables:
            raise ValidationError(f"Entities of kind {int(kind)} cannot be searched.")
        return self._tables[kind]

    def _take(self, entities: Sequence[Entity]) -> None:
        for number, entity in enumerate(entities):
            # A batch that is broken off is taken in anew by whoever goes on, which changes nothing.
            self._go_on(more=number >= FEW)
            table = self._tables.get(entity.kind)
            if table is None:
                continue
            if entity.doc is None:
                table.remove(entity.row)
            else:
                table.put(entity.row, entity.doc)

    def _take_summaries(self, summaries: Sequence[RunSummary]) -> None:
        for number, summary in enumerate(summaries):
            self._go_on(more=number >= FEW)
            table = self._tables.get(summary.run >> queries.ROW_BITS)
            if table is not None and table.schema.summaries:
                table.summarise(summary.run & ROW_MASK, summary.metrics)
