"""What others are told while an engine takes in a large store, and what a process that ends leaves to the next."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from tests.search.test_engine import KIND, SCHEMA, Book

from trialbook.errors import CodedError
from trialbook.search import engine as engines
from trialbook.search.engine import Engine
from trialbook.search.saver import Saves
from trialbook.search.tree import Query
from trialbook.store.interface import Entity

EVERY = Query(KIND, "a/r")
RUNS = 40


class Paged(Book):
    """A book that is read in pages of ten, and stops before the page `stop` until it may go on."""

    def __init__(self, stop: int = -1) -> None:
        super().__init__()
        self.stop = stop
        self.asked: list[int] = []
        self.stopped, self.go_on = threading.Event(), threading.Event()
        for row in range(RUNS):
            self.put(row, {"_scope": "a/r", "Parameters": {"p": {"NumberValue": float(row)}}})

    def changes(self, since: int) -> Sequence[Entity]:
        self.asked.append(since)
        if len(self.asked) == self.stop:
            self.stopped.set()
            assert self.go_on.wait(60)
        return super().changes(since)[:10]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "FEW", 5)
    monkeypatch.setattr(engines, "MUCH", 5)
    monkeypatch.setattr(engines, "MOMENT", 0.01)


@pytest.fixture
def halfway() -> Iterator[tuple[Engine, Paged]]:
    """Give an engine that has taken in half of a store, on a thread, and waits to go on."""
    engine, book = Engine({KIND: SCHEMA}), Paged(stop=3)

    def make() -> None:
        with suppress(CodedError):  # it was told to hurry
            engine.prepare(book)

    thread = threading.Thread(target=make)
    thread.start()
    assert book.stopped.wait(60)
    yield engine, book
    book.go_on.set()
    thread.join()


def test_a_question_that_waits_too_long_is_told_how_far_it_is(
    halfway: tuple[Engine, Paged], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, book = halfway
    assert engine.progress == pytest.approx(engines.DOCUMENTS * 20 / RUNS)
    assert engine.scopes() == {"a/r"}
    monkeypatch.setattr(engines, "PATIENCE", 0.0)
    for ask in (lambda: engine.search(EVERY), lambda: engine.follow(book)):
        with pytest.raises(CodedError, match="being prepared: 40 %") as error:
            ask()
        assert (error.value.code, error.value.status) == ("ServiceUnavailable", 503)


def test_a_question_that_waits_gets_the_whole_answer(halfway: tuple[Engine, Paged]) -> None:
    engine, book = halfway
    found: list[int] = []

    def ask() -> None:
        engine.follow(book)
        found.append(engine.search(EVERY).total)

    thread = threading.Thread(target=ask)
    thread.start()
    book.go_on.set()
    thread.join()
    assert found == [RUNS]
    assert engine.progress is None


def test_only_so_many_wait(halfway: tuple[Engine, Paged]) -> None:
    engine, _ = halfway
    for _ in range(engines.PATIENT):
        assert engine._patient.acquire(blocking=False)
    with pytest.raises(CodedError, match="being prepared"):
        engine.search(EVERY)


def test_those_who_wait_are_sent_away_when_the_process_ends(halfway: tuple[Engine, Paged]) -> None:
    engine, _ = halfway
    engine.hurry()
    with pytest.raises(CodedError, match="when it closed"):
        engine.search(EVERY)


def test_what_a_process_made_before_it_died_is_not_made_again(tmp_path: Path) -> None:
    def opened() -> Engine:
        return Engine({KIND: SCHEMA}, saves=Saves(tmp_path, 0, least=0, period=3600, closing=60))

    engine, book = opened(), Paged(stop=3)
    told: list[object] = []

    def make() -> None:
        try:
            engine.prepare(book)
        except CodedError as error:
            told.append(error.status)

    thread = threading.Thread(target=make)
    thread.start()
    assert book.stopped.wait(60)
    engine.hurry()
    book.go_on.set()
    thread.join()
    assert told == [503]
    assert engine.progress is None
    saver = engine._saver
    assert saver is not None
    saver._let_go()  # as the kernel does for a killed process
    book.asked.clear()
    again = opened()
    again.prepare(book)
    assert min(book.asked) > 0
    assert again.search(EVERY).total == RUNS
    again.close()
