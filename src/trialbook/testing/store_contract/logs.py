"""Logs: lines come back as they were, once each, by number, and a search skips none of them, merged or not."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.errors import StoreError
from trialbook.store.interface import LogLine, LogStream
from trialbook.testing.store_contract.entities import ON_ONE_STORE, TEXTS, insert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trialbook.store.interface import Store

# Few letters, so that hits are many, overlap, and end where a line does; half a surrogate pair is text to Python.
LINE_TEXTS = st.text(st.sampled_from("ab\n\x00é日\ud83e🧪"), max_size=6)
LINES = st.builds(LogLine, st.floats(-1e12, 1e12), LINE_TEXTS)
LOG_BATCHES = st.lists(
    st.tuples(st.sampled_from(["console", "algo-1"]), st.lists(LINES, max_size=8), st.booleans()), max_size=8
)


def append_log(store: Store, entity: int, seq: int, texts: Sequence[str], stream: str = "console") -> bool:
    """Append one batch of lines, a second apart, in a commit of its own."""
    lines = [LogLine(100.0 * seq + place, text) for place, text in enumerate(texts)]
    return store.write(lambda tx: tx.append_log(entity, stream, "w", seq, lines))


def texts(lines: Sequence[LogLine]) -> list[str]:
    """Give the texts of lines."""
    return [line.text for line in lines]


class LogContract:
    """Appending, reading, finding, merging lines."""

    def test_a_log_that_is_not_there_is_empty(self, store: Store) -> None:
        entity = insert(store, "run").id
        assert store.log_streams(entity) == []
        assert store.log(entity, "console") == []
        assert store.find_log(entity, "") == []
        store.merge(entity)

    def test_lines_are_readable_at_once_and_by_number(self, store: Store) -> None:
        entity = insert(store, "run").id
        assert append_log(store, entity, 0, ["a", "b"])
        assert append_log(store, entity, 1, ["c"])
        assert store.log(entity, "console") == [LogLine(0.0, "a"), LogLine(1.0, "b"), LogLine(100.0, "c")]
        assert texts(store.log(entity, "console", 1, 1)) == ["b"]
        assert texts(store.log(entity, "console", 2)) == ["c"]
        assert store.log(entity, "console", 3) == store.log(entity, "console", 0, 0) == []
        assert store.log_streams(entity) == [LogStream("console", 0.0, 100.0, 3)]

    @settings(max_examples=60, deadline=None, suppress_health_check=ON_ONE_STORE)
    @given(batches=LOG_BATCHES, wanted=LINE_TEXTS, start=st.integers(0, 20), limit=st.integers(0, 20))
    def test_any_lines_come_back_and_are_found(
        self, store: Store, batches: list[tuple[str, list[LogLine], bool]], wanted: str, start: int, limit: int
    ) -> None:
        entity = insert(store, f"run {store.last_rev()}").id
        logged: dict[str, list[LogLine]] = {}
        for seq, (stream, lines, merge) in enumerate(batches):
            assert store.write(lambda tx, a=(stream, "w", seq, lines): tx.append_log(entity, *a))  # type: ignore[misc]
            logged.setdefault(stream, []).extend(lines)
            if merge:
                store.merge(entity)
        streams = store.log_streams(entity)
        assert [(one.name, one.count) for one in streams] == sorted((name, len(all_)) for name, all_ in logged.items())
        for stream, lines in logged.items():
            assert store.log(entity, stream) == lines
            assert store.log(entity, stream, start, limit) == lines[start : start + limit]
        hits = [
            (stream, number, line)
            for stream in sorted(logged)
            for number, line in enumerate(logged[stream])
            if number >= start and wanted in line.text
        ]
        assert store.find_log(entity, wanted, None, limit, start) == hits[:limit]
        assert store.find_log(entity, wanted, "algo-1", 999, start) == [hit for hit in hits if hit[0] == "algo-1"]

    @pytest.mark.parametrize("merged", [False, True])
    def test_a_batch_of_lines_that_came_before_is_ignored(self, store: Store, merged: bool) -> None:
        entity, other = insert(store, "run").id, insert(store, "other").id
        assert append_log(store, entity, 0, ["a"])
        assert append_log(store, entity, 1, ["b"])
        if merged:
            store.merge(entity)
        before = store.last_rev()
        assert not append_log(store, entity, 0, ["a"])
        assert store.last_rev() == before
        assert append_log(store, entity, 0, ["a"], "console:1")
        assert append_log(store, other, 0, ["a"])
        assert store.write(lambda tx: tx.append_log(entity, "console", "another", 0, [LogLine(0.0, "c")]))
        assert texts(store.log(entity, "console")) == ["a", "b", "c"]

    def test_batches_of_lines_in_any_order_are_neither_lost_nor_doubled(self, store: Store) -> None:
        entity, order = insert(store, "run").id, [5, 0, 2, 1, 9, 3, 8, 4, 7, 6]
        for place, seq in enumerate(order):
            assert append_log(store, entity, seq, [str(seq)])
            if place % 3 == 0:
                store.merge(entity)
            assert not any(append_log(store, entity, again, ["x"]) for again in order[: place + 1])
        assert texts(store.log(entity, "console")) == [str(seq) for seq in order]

    def test_a_long_log_is_read_and_searched_anywhere(self, store: Store) -> None:
        entity = insert(store, "run").id
        lines = [f"epoch {number} loss {number % 7} {'x' * (number % 90)}" for number in range(20_000)]
        for seq, at in enumerate(range(0, len(lines), 2500)):
            append_log(store, entity, seq, lines[at : at + 2500])
        for _ in range(2):
            assert texts(store.log(entity, "console", 0, 99_999)) == lines
            assert texts(store.log(entity, "console", 19_990, 50)) == lines[19_990:]
            assert texts(store.log(entity, "console", 7_777, 3)) == lines[7_777:7_780]
            found = store.find_log(entity, "epoch 1999", limit=20)
            assert [one.number for one in found] == [1999, *range(19_990, 20_000)]
            store.merge(entity)

    @pytest.mark.parametrize("merged", [False, True])
    def test_a_text_that_runs_over_the_end_of_a_line_is_not_found(self, store: Store, merged: bool) -> None:
        entity = insert(store, "run").id
        append_log(store, entity, 0, ["xa", "bx", "aab", "ab"])
        append_log(store, entity, 1, ["b"])
        if merged:
            store.merge(entity)
        assert [one.number for one in store.find_log(entity, "ab")] == [2, 3]
        assert store.find_log(entity, "bb") == []

    def test_empty_lines_are_lines(self, store: Store) -> None:
        entity = insert(store, "run").id
        append_log(store, entity, 0, [""] * 50_000)
        store.merge(entity)
        assert texts(store.log(entity, "console", 49_998)) == ["", ""]
        assert len(store.find_log(entity, "", limit=99_999)) == 50_000

    @pytest.mark.parametrize("text", TEXTS, ids=repr)
    def test_any_text_can_name_a_stream_or_a_writer_of_lines(
        self, store: Store, open_again: Callable[[], Store], text: str
    ) -> None:
        entity, lines = insert(store, "run").id, [LogLine(1.5, text)]
        assert store.write(lambda tx: tx.append_log(entity, text, text, 0, lines))
        assert not store.write(lambda tx: tx.append_log(entity, text, text, 0, lines))
        assert open_again().log(entity, text) == lines
        assert open_again().log_streams(entity) == [LogStream(text, 1.5, 1.5, 1)]

    def test_nothing_of_failed_lines_is_kept(self, store: Store) -> None:
        entity = insert(store, "run").id
        with pytest.raises(ZeroDivisionError):
            store.write(lambda tx: (tx.append_log(entity, "console", "w", 0, [LogLine(0.0, "a")]), 1 // 0))
        with pytest.raises(StoreError, match="finite"):
            store.write(lambda tx: tx.append_log(entity, "console", "w", 0, [LogLine(math.nan, "a")]))
        assert store.log_streams(entity) == []
        assert append_log(store, entity, 0, ["a"])

    def test_lines_of_an_unknown_or_deleted_entity_are_refused(self, store: Store) -> None:
        entity = insert(store, "run").id
        store.write(lambda tx: tx.delete(entity))
        for missing in (entity, 999):
            with pytest.raises(StoreError, match="no entity"):
                append_log(store, missing, 0, ["a"])

    def test_an_empty_batch_of_lines_makes_the_stream(self, store: Store) -> None:
        entity = insert(store, "run").id
        assert append_log(store, entity, 0, [])
        assert not append_log(store, entity, 0, ["a"])
        (stream,) = store.log_streams(entity)
        assert (stream.name, stream.count, stream.created == stream.last) == ("console", 0, True)

    def test_a_log_outlives_the_bin_and_goes_when_it_is_emptied(self, store: Store) -> None:
        entity = insert(store, "run").id
        append_log(store, entity, 0, ["a"])
        store.write(lambda tx: tx.delete(entity))
        store.write(lambda tx: tx.restore(entity))
        assert texts(store.log(entity, "console")) == ["a"]
        store.write(lambda tx: tx.delete(entity))
        store.empty_bin(math.inf)
        assert store.log(entity, "console") == []
        assert store.log_streams(entity) == []

    def test_many_threads_and_stores_log_and_merge_at_once(self, store: Store, open_again: Callable[[], Store]) -> None:
        entity, stores = insert(store, "run").id, [store, open_again()]

        def work(number: int) -> None:
            mine = stores[number % 2]
            for seq in range(15):
                lines = [LogLine(float(seq), f"{number} {seq}")] * 2
                mine.write(lambda tx, a=(f"{number}", seq, lines): tx.append_log(entity, "console", *a))  # type: ignore[misc]
                if seq % 5 == number % 5:
                    mine.merge(entity)

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))
        lines = texts(store.log(entity, "console"))
        for number in range(6):
            mine = [line for line in lines if line.startswith(f"{number} ")]
            assert mine == [f"{number} {seq}" for seq in range(15) for _ in range(2)]
