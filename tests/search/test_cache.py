"""Columns that are saved, dropped and loaded again, against the reference and against an engine that keeps them all."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.test_engine import CHECKS, KIND, SCHEMA, Book, Mirror, all_pages, full

from trialbook.errors import CodedError
from trialbook.search.cache import FILE
from trialbook.search.engine import Engine
from trialbook.search.saver import Saves
from trialbook.search.schema import Schema
from trialbook.search.tree import EVERYTHING, Condition, Node, Operator, Query, SortKey, Words
from trialbook.store.interface import Entity, RunSummary
from trialbook.testing import search_reference as reference

DOC: dict[str, Any] = {"Tags": [], "Parameters": {}, "Parents": [], "CreationTime": 1.0}
WRITE = st.tuples(
    st.integers(0, 11) | st.sampled_from([16_383, 16_384, 40_000]),
    st.one_of(
        st.none(),
        reference.documents().map(lambda doc: ("doc", doc)),
        reference.points.map(lambda series: ("points", series)),
    ),
)
STEPS = st.lists(
    st.tuples(st.lists(WRITE, max_size=15), st.sampled_from(["ask", "save", "restart", "kill", "second"])),
    min_size=1,
    max_size=6,
)


@dataclass
class Desk:
    """A book and an engine with a cache, which can be restarted and killed."""

    folder: Path
    memory: int = 0
    mirror: Mirror = field(default_factory=Mirror)
    left: list[Engine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = self.open()

    def open(self) -> Engine:
        return Engine({KIND: SCHEMA}, saves=Saves(self.folder, self.memory, least=0, period=3600, closing=60))

    def put(self, row: int, **parameters: float | str) -> None:
        cells = {
            name: {"StringValue" if isinstance(value, str) else "NumberValue": value}
            for name, value in parameters.items()
        }
        self.mirror.write(row, ("doc", {**DOC, "Parameters": cells}))

    def follow(self) -> Engine:
        self.engine.follow(self.mirror.book)
        return self.engine

    def save(self) -> None:
        self.follow().save()

    def restart(self) -> None:
        self.engine.close()
        self.engine = self.open()

    def kill(self) -> None:
        """Let go without saving, as the kernel does for a killed process."""
        saver = self.engine._saver
        assert saver is not None
        saver._ended = True
        saver._wake.set()
        saver._let_go()
        self.engine = self.open()

    def second(self) -> None:
        """Go on with another engine while this one still holds its place."""
        self.left.append(self.engine)
        self.engine = self.open()

    def close(self) -> None:
        for one in (*self.left, self.engine):
            one.close()

    def found(self, where: Node = EVERYTHING) -> list[int]:
        return [one & 0xFFFF_FFFF for one in self.follow().search(Query(KIND, "a/r", where, limit=100)).ids]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "columns")
    yield made
    made.close()


def counts(engine: Engine) -> list[tuple[str, int]]:
    """Give the properties with their counts; a type may say more of what was there before."""
    return [(one.name, one.count) for one in engine.properties(Query(KIND, "a/r"), "")]


def agree(steps: list[Any], node: Node, sort: tuple[SortKey, ...], seed: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="columns-"))
    desk = Desk(folder)
    try:
        for writes, action in steps:
            for row, what in writes:
                desk.mirror.write(row, what)
            desk.follow()
            if action != "ask":
                getattr(desk, action)()
            engine = desk.follow()
            records = list(desk.mirror.records.values())
            expected = [one.row for one in reference.order(records, sort) if reference.holds(one, node)]
            rows, totals = all_pages(engine, Query(KIND, "a/r", node, sort), random.Random(seed))
            assert rows == expected
            assert totals == {len(expected)}
            fresh = Engine({KIND: SCHEMA})
            fresh.follow(desk.mirror.book)
            query = Query(KIND, "a/r")
            assert counts(engine) == counts(fresh)
            assert engine.suggest(KIND, "a/r", "") == fresh.suggest(KIND, "a/r", "")
            names = ["Parameters.p", "Metrics.p.max", "Parents.TrialName", "DisplayName"]
            assert repr(engine.table(query, names)[1]) == repr(fresh.table(query, names)[1])
    finally:
        desk.close()
        shutil.rmtree(folder)


CASES = given(
    steps=STEPS,
    node=reference.trees(with_not=True),
    sort=st.lists(reference.sort_keys, min_size=1, max_size=2).map(tuple),
    seed=st.integers(0, 999),
)


@settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
@CASES
def test_saved_columns_agree_with_the_reference_after_restarts_kills_and_evictions(
    steps: list[Any], node: Node, sort: tuple[SortKey, ...], seed: int
) -> None:
    agree(steps, node, sort, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=3000, deadline=None, suppress_health_check=CHECKS)
@CASES
def test_saved_columns_agree_with_the_reference_three_thousand_times(
    steps: list[Any], node: Node, sort: tuple[SortKey, ...], seed: int
) -> None:
    agree(steps, node, sort, seed)


class Counting(Book):
    """A book that says from which revisions on it was read."""

    def __init__(self, book: Book) -> None:
        super().__init__(book.entities, book.summaries, book.rev, book.database_id)
        self.asked: list[int] = []

    def changes(self, since: int) -> Any:
        self.asked.append(since)
        return super().changes(since)


def test_after_a_restart_only_what_changed_is_followed(desk: Desk) -> None:
    for row in range(30):
        desk.put(row, p=float(row))
    desk.follow()
    desk.restart()
    desk.put(3, p=100.0)
    book = Counting(desk.mirror.book)
    desk.engine.follow(book)
    assert book.asked == [29]  # the last revision once more, to see that it is the same
    assert desk.found(Condition("Parameters.p", Operator.GREATER_THAN, "28")) == [29, 3]


def test_what_a_killed_engine_did_not_save_is_followed_again(desk: Desk) -> None:
    desk.put(0, p=1.0)
    desk.save()
    desk.put(1, p=2.0)
    desk.follow()
    desk.kill()
    assert desk.found(Condition("Parameters.p", Operator.EXISTS)) == [1, 0]


@pytest.mark.parametrize("how", ["bytes", "truncated", "nothing", "text", "state", "piece"])
def test_a_torn_cache_is_ignored(desk: Desk, how: str) -> None:
    for row in range(100):
        desk.put(row, p=float(row), q=f"text {row}")
    desk.follow()
    desk.engine.close()
    path = desk.folder / "0" / FILE
    data = path.read_bytes()
    if how == "bytes":
        path.write_bytes(bytes(one ^ (37 * at % 251 == 0) for at, one in enumerate(data)))
    elif how in {"state", "piece"}:
        table, column = ("meta", "value") if how == "state" else ("piece", "data")
        connection = sqlite3.connect(path)
        for key, value in connection.execute(f"SELECT rowid, {column} FROM {table}").fetchall():
            torn = value[:-1] + bytes([value[-1] ^ 1])
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (torn, key))
        connection.commit()
        connection.close()
    else:
        path.write_bytes({"truncated": data[: len(data) // 2], "nothing": b"", "text": b"not a database" * 100}[how])
    desk.engine = desk.open()
    where = Condition("Parameters.q", Operator.CONTAINS, "text 9")
    assert desk.found(where) == [*range(99, 89, -1), 9]


@pytest.mark.parametrize("what", ["database_id", "entities", "rev"])
def test_a_cache_of_another_store_or_another_past_is_ignored(desk: Desk, what: str) -> None:
    for row in range(10):
        desk.put(row, p=1.0)
    desk.follow()
    desk.engine.close()
    desk.mirror = Mirror()
    for row in range(9 if what == "rev" else 10):
        desk.put(row, p=2.0)
    if what == "database_id":
        desk.mirror.book.database_id = "other"
    desk.engine = desk.open()
    assert desk.found(Condition("Parameters.p", Operator.EQUALS, "1")) == []


def test_a_cache_of_other_schemas_is_ignored(desk: Desk) -> None:
    desk.put(0, p=1.0)
    desk.follow()
    desk.engine.close()
    other = Schema.from_shape({"DisplayName": "text", "LastModifiedTime": "time"})
    desk.engine = Engine({KIND: other}, saves=Saves(desk.folder, 0, least=0))
    desk.mirror.book.put(1, full(DOC, 1))
    assert desk.found() == [1, 0]


def test_columns_over_the_budget_are_dropped_and_loaded_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "columns", memory=3_000)
    for row in range(100):
        desk.put(row, **{f"p{number}": float(row) for number in range(40)})
    desk.save()
    assert desk.engine._saver is not None
    for number in (*range(40), 0):
        query = Query(KIND, "a/r", Condition(f"Parameters.p{number}", Operator.LESS_THAN, "50"))
        assert desk.engine.search(query).total == 50
        assert desk.engine._saver.memory.total <= 3_000
    assert desk.engine._saver.memory.total > 0
    desk.close()


def test_bare_words_walk_over_all_texts_within_the_budget(desk: Desk) -> None:
    for row in range(50):
        desk.put(row, **{f"p{number}": f"text {row} {number}" for number in range(10)})
    desk.save()
    assert desk.found(Words("TEXT 7 ")) == [7]
    assert desk.engine._saver is not None
    assert desk.engine._saver.memory.total == 0


def test_a_lane_is_loaded_only_when_it_is_asked_for(desk: Desk) -> None:
    desk.engine.close()
    desk.memory = 1 << 20
    desk.engine = desk.open()
    desk.put(0)
    desk.mirror.write(0, ("points", {"loss": [1.0, 3.0]}))
    desk.save()
    query = Query(KIND, "a/r", Condition("Metrics.loss.max", Operator.EQUALS, "3"))
    assert desk.engine.search(query).total == 1
    column = desk.engine._tables[KIND].columns["Metrics", "loss", ""]
    assert [part.entries is not None for part in column._parts] == [False, False, True, False, False, False]


def test_a_save_that_meets_a_torn_piece_makes_the_cache_anew(desk: Desk) -> None:
    for row in range(5):
        desk.put(row, p=float(row))
    desk.save()
    assert desk.engine._saver is not None
    assert desk.engine._saver._cache is not None
    desk.engine._saver._cache._writing.execute("UPDATE piece SET data = substr(data, 1, length(data) - 1)")
    desk.put(5, p=5.0)
    desk.save()
    desk.put(6, p=6.0)
    assert desk.found(Condition("Parameters.p", Operator.GREATER_THAN, "3")) == [6, 5, 4]
    desk.restart()
    assert desk.found(Condition("Parameters.p", Operator.GREATER_THAN, "3")) == [6, 5, 4]
    assert not desk.engine._saver.lost


def test_texts_that_are_not_used_any_more_leave_the_cache(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from trialbook.search import saving

    monkeypatch.setattr(saving, "MANY", 10)
    for turn in range(20):
        for row in range(8):
            desk.put(row, p=f"{turn}-{row}")
        desk.save()
    column = desk.engine._tables[KIND].columns["Parameters", "p", ""]
    assert column.saved_texts <= 2 * (8 + 10)
    desk.restart()
    assert desk.found(Condition("Parameters.p", Operator.CONTAINS, "19-")) == list(range(7, -1, -1))


def test_a_save_in_the_background_is_found_by_the_next_engine(desk: Desk) -> None:
    desk.engine.close()
    desk.engine = Engine({KIND: SCHEMA}, saves=Saves(desk.folder, 0, least=0, period=0.01))
    desk.put(0, p=1.0)
    desk.follow()
    state = None
    cache = desk.engine._saver._cache if desk.engine._saver else None
    for _ in range(2000):
        state = cache.state() if cache else None
        if state:
            break
        desk.engine._saver._wake.wait(0.005)  # type: ignore[union-attr]
    assert state is not None
    desk.kill()
    book = Counting(desk.mirror.book)
    desk.engine.follow(book)
    assert book.asked == [0]
    assert desk.found(Condition("Parameters.p", Operator.EXISTS)) == [0]


def test_a_save_that_takes_too_long_at_the_end_is_broken_off_and_costs_nothing_but_time(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.put(0, p=1.0)
    desk.save()
    desk.engine.close()
    desk.engine = Engine({KIND: SCHEMA}, saves=Saves(desk.folder, 0, least=0, closing=0.0))
    desk.put(1, p=2.0)
    desk.follow()
    desk.restart()
    assert desk.found(Condition("Parameters.p", Operator.EXISTS)) == [1, 0]
    saver = desk.engine._saver
    assert saver is not None
    assert saver._cache is not None
    assert (saver._cache.state() or {})["entity"] == 1
    assert caplog.records == []


class Endless:
    """A store that always has one more record; after the second the engine is told to hurry."""

    database_id = "endless"

    def __init__(self, entity: Entity, hurry: Callable[[], None]) -> None:
        self._entity, self._hurry = entity, hurry
        self.asked = 0

    def last_rev(self) -> int:
        return 1_000_000

    def changes(self, since: int) -> Sequence[Entity]:
        self.asked += 1
        if self.asked == 2:
            self._hurry()
        return [self._entity._replace(id=KIND << 40 | since, rev=since + 1)]

    def summary_changes(self, since: int) -> Sequence[RunSummary]:
        raise AssertionError


def test_reading_a_large_store_is_broken_off_when_the_process_ends(desk: Desk) -> None:
    desk.put(0, p=1.0)
    endless = Endless(desk.mirror.book.changes(0)[0], desk.engine.hurry)
    with pytest.raises(CodedError, match="closed") as error:
        desk.engine.follow(endless)
    assert error.value.status == 503
    assert endless.asked == 2


def test_searches_beside_a_follower_and_a_saver_see_whole_revisions(desk: Desk) -> None:
    # Every revision is one more run with the same text, of which all that came before are still there.
    desk.engine.close()
    desk.engine = Engine({KIND: SCHEMA}, saves=Saves(desk.folder, 0, least=0, period=0.001))
    query = Query(KIND, "a/r", Condition("Parameters.p", Operator.EQUALS, "same"))
    stop = threading.Event()
    wrong: list[object] = []

    def look() -> None:
        while not stop.is_set():
            page = desk.engine.search(query)
            if page.total != page.rev:
                wrong.append((page.total, page.rev))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for row in range(200):
        desk.put(row, p="same", **{f"p{row % 7}": float(row)})
        desk.follow()
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    desk.restart()
    assert desk.follow().search(query).total == 200


def test_a_full_disk_is_said_once_and_costs_no_search(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.put(0, p=1.0)
    desk.save()
    assert desk.engine._saver is not None
    assert desk.engine._saver._cache is not None
    writing = desk.engine._saver._cache._writing
    pages = writing.execute("PRAGMA page_count").fetchone()[0]
    writing.execute(f"PRAGMA max_page_count = {pages}")
    for turn in range(2):
        for row in range(200):
            desk.put(row, p=f"some text that takes room {turn} {row}" * 50)
        desk.save()
        assert len(desk.found(Condition("Parameters.p", Operator.CONTAINS, f"room {turn}"))) == 100
    assert [one.getMessage()[:47] for one in caplog.records] == ["the columns of search could not be saved, and a"]
    writing.execute("PRAGMA max_page_count = 1000000")
    desk.save()
    desk.restart()
    assert len(desk.found(Condition("Parameters.p", Operator.CONTAINS, "room 1"))) == 100


def test_engines_of_one_store_have_places_of_their_own(desk: Desk) -> None:
    for row in range(5):
        desk.put(row, p=1.0)
    desk.save()
    desk.second()
    desk.put(5, p=1.0)
    for engine in (desk.left[0], desk.engine):
        engine.follow(desk.mirror.book)
        query = Query(KIND, "a/r", Condition("Parameters.p", Operator.EXISTS))
        assert engine.search(query).total == 6
    assert sorted(path.parent.name for path in desk.folder.glob(f"*/{FILE}")) == ["0", "1"]


def test_a_page_goes_on_after_a_restart(desk: Desk) -> None:
    for row in range(30):
        desk.put(row, p=f"text {row % 7}")
    query = Query(KIND, "a/r", sort=(SortKey("Parameters.p"),), limit=10)
    page = desk.follow().search(query)
    whole = desk.engine.search(replace(query, limit=30)).ids
    desk.restart()
    rest = desk.follow().search(replace(query, token=page.token, limit=30))
    assert page.ids + rest.ids == whole
