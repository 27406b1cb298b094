"""The columns against a reference in plain Python: same records, same order, same counts, over pages."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook.model import Kind
from trialbook.search.engine import Engine
from trialbook.search.expression import from_wire, to_wire
from trialbook.search.schema import MapOf, Schema
from trialbook.search.tree import Group, Node, Query, SortKey
from trialbook.store.interface import ROW_BITS, Entity, RunSummary, Summary
from trialbook.testing import search_reference as reference

KIND = int(Kind.TRIAL_COMPONENT)
SCHEMA = Schema.from_shape(
    {
        "TrialComponentName": "name",
        "DisplayName": "text",
        "CreationTime": "time",
        "LastModifiedTime": "time",
        "Tags": [{"Key": "text", "Value": "text"}],
        "Parameters": MapOf({"StringValue": "text", "NumberValue": "number"}),
        "Parents": [{"TrialName": "name", "ExperimentName": "name"}],
    },
    summaries=True,
)


@dataclass
class Book:
    """A store of lists: what `Engine.follow` needs, and no more."""

    entities: list[Entity] = field(default_factory=list)
    summaries: list[RunSummary] = field(default_factory=list)
    rev: int = 0
    database_id: str = "book"

    def last_rev(self) -> int:
        return self.rev

    def changes(self, since: int) -> Sequence[Entity]:
        newest = {one.id: one for one in self.entities if one.rev > since}
        return sorted(newest.values(), key=lambda one: (one.rev, one.id))

    def summary_changes(self, since: int) -> Sequence[RunSummary]:
        newest = {one.run: one for one in self.summaries if one.rev > since}
        return sorted(newest.values(), key=lambda one: one.rev)

    def put(self, row: int, doc: dict[str, Any] | None) -> None:
        self.rev += 1
        self.entities.append(Entity((KIND << ROW_BITS) | row, self.rev, str(row), doc))

    def summarise(self, row: int, series: dict[str, list[float]]) -> None:
        self.rev += 1
        told = {name: summary_of(points) for name, points in series.items()}
        self.summaries.append(RunSummary((KIND << ROW_BITS) | row, self.rev, told))


def summary_of(series: list[float]) -> Summary:
    numbers = [one for one in series if one == one]  # noqa: PLR0124 (NaN is not itself)
    nan = float("nan")
    return Summary(
        count=len(series),
        numbers=len(numbers),
        last=series[-1],
        minimum=min(numbers, default=nan),
        maximum=max(numbers, default=nan),
        total=sum(numbers) if numbers else nan,
        squares=sum(one * one for one in numbers) if numbers else nan,
        last_step=0,
        last_time=0.0,
    )


def full(doc: dict[str, Any], row: int) -> dict[str, Any]:
    return {**doc, "TrialComponentName": f"TC-{row}", "_scope": "a/r"}


WRITES = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.one_of(
            st.none(),
            reference.documents().map(lambda doc: ("doc", doc)),
            reference.points.map(lambda series: ("points", series)),
        ),
    ),
    max_size=40,
)


class Mirror:
    """Writes to a book and to the reference's records alike."""

    def __init__(self) -> None:
        self.book = Book()
        self.records: dict[int, reference.Record] = {}
        self.binned: dict[int, reference.Record] = {}

    def write(self, row: int, what: tuple[str, Any] | None) -> None:
        old = self.records.get(row)
        if what is None:
            if old is not None:
                self.book.put(row, None)
                self.binned[row] = self.records.pop(row)
        elif what[0] == "doc":
            doc = full(what[1], row)
            self.book.put(row, doc)
            # A row comes back only by a restore, which brings the metrics back too.
            before = old or self.binned.get(row)
            self.records[row] = reference.Record(row, doc, before.metrics if before else {})
        elif old is not None:
            self.book.summarise(row, what[1])
            metrics = {name: reference.statistics(series) for name, series in what[1].items()}
            self.records[row] = old._replace(metrics=metrics)


def rows_of(page_ids: Sequence[int]) -> list[int]:
    return [one & ((1 << ROW_BITS) - 1) for one in page_ids]


def all_pages(engine: Engine, query: Query, chance: random.Random) -> tuple[list[int], set[int]]:
    rows: list[int] = []
    totals = set()
    token = None
    while True:
        page = engine.search(replace(query, limit=chance.randint(1, 5), token=token))
        rows += rows_of(page.ids)
        totals.add(page.total)
        token = page.token
        if token is None:
            return rows, totals


def agree(writes: list[Any], more: list[Any], node: Node, sort: tuple[SortKey, ...], seed: int) -> None:
    mirror, engine = Mirror(), Engine({KIND: SCHEMA})
    for batch in (writes, more):
        for row, what in batch:
            mirror.write(row, what)
        engine.follow(mirror.book)
        expected = [
            record.row
            for record in reference.order(list(mirror.records.values()), sort)
            if reference.holds(record, node)
        ]
        rows, totals = all_pages(engine, Query(KIND, "a/r", node, sort), random.Random(seed))
        assert rows == expected
        assert totals == {len(expected)}


CASES = given(
    writes=WRITES,
    more=WRITES,
    node=reference.trees(with_not=True),
    sort=st.lists(reference.sort_keys, min_size=1, max_size=2).map(tuple),
    seed=st.integers(0, 999),
)
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=300, deadline=None, suppress_health_check=CHECKS)
@CASES
def test_columns_agree_with_the_reference(
    writes: list[Any], more: list[Any], node: Node, sort: tuple[SortKey, ...], seed: int
) -> None:
    agree(writes, more, node, sort, seed)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=10_000, deadline=None, suppress_health_check=CHECKS)
@CASES
def test_columns_agree_with_the_reference_ten_thousand_times(
    writes: list[Any], more: list[Any], node: Node, sort: tuple[SortKey, ...], seed: int
) -> None:
    agree(writes, more, node, sort, seed)


@settings(max_examples=200, deadline=None, suppress_health_check=CHECKS)
@given(writes=WRITES, node=reference.trees(with_not=False))
def test_an_aws_form_finds_what_its_tree_finds(writes: list[Any], node: Node) -> None:
    mirror, engine = Mirror(), Engine({KIND: SCHEMA})
    for row, what in writes:
        mirror.write(row, what)
    engine.follow(mirror.book)
    direct = engine.search(Query(KIND, "a/r", node, limit=100)).ids
    assert engine.search(Query(KIND, "a/r", from_wire(to_wire(node)), limit=100)).ids == direct


def test_pages_hold_while_others_write() -> None:
    mirror, engine = Mirror(), Engine({KIND: SCHEMA})
    doc = {"Tags": [], "Parameters": {}, "Parents": [], "CreationTime": 1.0}
    for row in range(30):
        mirror.write(row, ("doc", {**doc, "Parameters": {"p": {"NumberValue": float(row)}}}))
    engine.follow(mirror.book)
    query = Query(KIND, "a/r", Group(every=True, nodes=()), (SortKey("Parameters.p"),), limit=10)
    first = engine.search(query)
    for row in range(30):
        mirror.write(row, ("doc", {**doc, "Parameters": {"p": {"NumberValue": float(-row)}}}))
    mirror.write(15, None)
    for row in range(30, 40):
        mirror.write(row, ("doc", {**doc, "Parameters": {"p": {"NumberValue": 12.5}}}))
    engine.follow(mirror.book)
    second = engine.search(replace(query, token=first.token, limit=7))
    third = engine.search(replace(query, token=second.token, limit=100))
    assert rows_of(first.ids) == list(range(10))
    assert rows_of(second.ids) == [10, 11, 12, 13, 14, 16, 17]
    assert rows_of(third.ids) == list(range(18, 30))
    assert first.total == second.total == third.total == 30
    assert third.token is None
