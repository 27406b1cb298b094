"""The engine: columns of every kind that follow a store, and the queries over them.

One lock stands around following and searching, so a search sees every column at one revision. Following an idle store
asks for its last revision and nothing else.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

import numpy as np

from trialbook.errors import ValidationError
from trialbook.search import query as queries
from trialbook.search.facets import distribution
from trialbook.search.grouping import group
from trialbook.search.match import Matcher
from trialbook.search.properties import list_properties
from trialbook.search.reading import cells, type_of
from trialbook.search.suggest import Names
from trialbook.search.table import ROW_MASK, Table
from trialbook.search.tree import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trialbook.search.facets import Distribution
    from trialbook.search.grouping import Groups
    from trialbook.search.properties import PropertyCount
    from trialbook.search.reading import Cell
    from trialbook.search.schema import Schema
    from trialbook.search.tree import Page, Query
    from trialbook.store.interface import Entity, RunSummary


class Followed(Protocol):
    """What the engine needs of a store."""

    def last_rev(self) -> int:
        """Give the newest committed revision."""

    def changes(self, since: int) -> Sequence[Entity]:
        """Entities with `rev > since` in order of rev, whole revs; empty when there are none."""

    def summary_changes(self, since: int) -> Sequence[RunSummary]:
        """Summary rows with `rev > since` in order of rev, whole revs; empty when there are none."""


class Engine:
    """Search over everything that a store holds. Every method may be called from any thread.

    Parameters
    ----------
    schemas
        By kind. Entities of other kinds are not followed.
    clock
        Monotonic seconds, for how long answers are kept behind page tokens.
    """

    def __init__(self, schemas: Mapping[int, Schema], clock: Callable[[], float] = time.monotonic) -> None:
        self._lock = threading.RLock()
        self._tables = {int(kind): Table(int(kind), schema) for kind, schema in schemas.items()}
        self._snapshots = queries.Snapshots(clock)
        self._names: dict[tuple[int, str | None], tuple[int, Names]] = {}
        self._rev = 0
        self._entity_rev = 0
        self._summary_rev = 0

    @property
    def rev(self) -> int:
        """The revision that the columns stand at."""
        return self._rev

    def follow(self, store: Followed) -> None:
        """Take in everything that was committed before this call."""
        last = store.last_rev()
        if last <= self._rev:
            return
        with self._lock:
            while self._entity_rev < last and (entities := store.changes(self._entity_rev)):
                self._take(entities)
                self._entity_rev = entities[-1].rev
            while self._summary_rev < last and (summaries := store.summary_changes(self._summary_rev)):
                self._take_summaries(summaries)
                self._summary_rev = summaries[-1].rev
            self._rev = max(self._rev, last)

    def search(self, query: Query) -> Page:
        """Answer a query. Raises ValidationError where it names a property or value that cannot be."""
        with self._lock:
            self._table(query.kind)
            return queries.answer(self._tables, query, self._snapshots, self._rev)

    def explain(self, query: Query) -> Page:
        """Answer a query and say how each condition was decided."""
        with self._lock:
            self._table(query.kind)
            return queries.explain(self._tables, query, self._snapshots, self._rev)

    def values(self, kind: int, scope: str | None, ids: Sequence[int], names: Sequence[str]) -> list[list[Cell]]:
        """Give the values of properties, a list in the order of `names` for each of `ids`."""
        with self._lock:
            matcher = Matcher(self._tables, self._table(kind).kind, scope)
            rows = np.array([one & ROW_MASK for one in ids], np.int64)
            columns = [cells(matcher, name, rows) for name in names]
            return [[column[at] for column in columns] for at in range(len(ids))]

    def table(self, query: Query, names: Sequence[str]) -> tuple[Page, list[list[Cell]], list[str]]:
        """Answer a query with the values of properties: the page, and a list of values and a type's word for each name.

        All of it is of one revision.
        """
        with self._lock:
            table = self._table(query.kind)
            page = queries.answer(self._tables, query, self._snapshots, self._rev)
            matcher = Matcher(self._tables, table.kind, query.scope)
            rows = np.array([one & ROW_MASK for one in page.ids], np.int64)
            return page, [cells(matcher, name, rows) for name in names], [type_of(matcher, name) for name in names]

    def cells(self, kind: int, scope: str | None, ids: Sequence[int], names: Sequence[str]) -> list[list[Cell]]:
        """Give the values of properties of some entities, a list for each of `names`."""
        with self._lock:
            matcher = Matcher(self._tables, self._table(kind).kind, scope)
            rows = np.array([one & ROW_MASK for one in ids], np.int64)
            return [cells(matcher, name, rows) for name in names]

    def types(self, kind: int, scope: str | None, names: Sequence[str]) -> list[str]:
        """Give the words of properties' types."""
        with self._lock:
            matcher = Matcher(self._tables, self._table(kind).kind, scope)
            return [type_of(matcher, name) for name in names]

    def properties(self, query: Query, hint: str) -> list[PropertyCount]:
        """Give the properties that the records a query finds have, those whose name contains `hint`."""
        with self._lock:
            table = self._table(query.kind)
            rows = None
            if query.where != EVERYTHING:
                rows = queries.matching(Matcher(self._tables, query.kind, query.scope, strict=query.strict), query)
            return list_properties(table, query.scope, rows, hint)

    def distribution(self, query: Query, name: str, hint: str) -> Distribution:
        """Say which values a property has among the records that a query finds; its limit is the most values given."""
        with self._lock:
            self._table(query.kind)
            matcher = Matcher(self._tables, query.kind, query.scope, strict=query.strict)
            return distribution(matcher, name, queries.matching(matcher, query), hint, query.limit)

    def groups(
        self, query: Query, by: Sequence[str], aggregates: Sequence[tuple[str, str]], sort: Sequence[str]
    ) -> Groups:
        """Group the records that a query finds; its limit is the most groups given."""
        with self._lock:
            self._table(query.kind)
            matcher = Matcher(self._tables, query.kind, query.scope, strict=query.strict)
            return group(matcher, queries.matching(matcher, query), by, aggregates, sort, query.limit)

    def suggest(self, kind: int, scope: str | None, hint: str, limit: int = 100) -> list[str]:
        """Give the names of properties that go with a hint: those under maps as the scope has them, then the others."""
        with self._lock:
            table = self._table(kind)
            version, names = self._names.get((kind, scope), (-1, None))
            if names is None or version != table.names_version:
                names = Names(table, scope)
                self._names[kind, scope] = (table.names_version, names)
            return names.like(hint, limit)

    def _table(self, kind: int) -> Table:
        if kind not in self._tables:
            raise ValidationError(f"Entities of kind {int(kind)} cannot be searched.")
        return self._tables[kind]

    def _take(self, entities: Sequence[Entity]) -> None:
        for entity in entities:
            table = self._tables.get(entity.kind)
            if table is None:
                continue
            if entity.doc is None:
                table.remove(entity.row)
            else:
                table.put(entity.row, entity.doc)

    def _take_summaries(self, summaries: Sequence[RunSummary]) -> None:
        for summary in summaries:
            table = self._tables.get(summary.run >> queries.ROW_BITS)
            if table is not None and table.schema.summaries:
                table.summarise(summary.run & ROW_MASK, summary.metrics)
