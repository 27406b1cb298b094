"""The store's contract on SQLite, and what is SQLite's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np
import pytest

from trialbook.model import Kind
from trialbook.store import logs, open_store
from trialbook.store.dialect import SqliteDialect
from trialbook.store.interface import LogLine, Points, Store
from trialbook.store.packing import WINDOW, apply_merge, pack_run
from trialbook.testing.store_contract import StoreContract


@pytest.fixture
def open_again(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_store(str(tmp_path))))


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Store:
    return open_again()


class TestSqlite(StoreContract):
    pass


def test_batches_are_merged_in_the_background_and_the_table_stays_small(
    store: Store, open_again: Callable[[], Store], tmp_path: Path
) -> None:
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, "run", {})).id
    step = np.arange(2000)
    points = Points(["loss"], np.zeros(2000, np.uint32), step, step.astype(np.float64), step.astype(np.float64) / 2)
    for seq in range(40):
        store.write(lambda tx, seq=seq: tx.append(run, "w", seq, points))  # type: ignore[misc]
    deadline = time.monotonic() + 20
    session = SqliteDialect(tmp_path).connect(write=False)
    with closing(session):
        while session.rows("SELECT count(*) FROM flush")[0][0] > 24 or not session.rows("SELECT 1 FROM chunk LIMIT 1"):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert session.rows("SELECT seq FROM writer")[0][0] >= 15
    assert open_again().series(run, "loss").value.tolist() == [n * 0.5 for n in range(2000) for _ in range(40)]


def waiting(folder: Path) -> dict[int, int]:
    """Count the batches of each run that no merge has packed."""
    with closing(SqliteDialect(folder).connect(write=False)) as session:
        return dict(session.rows("SELECT run, count(*) FROM flush WHERE data IS NOT NULL GROUP BY run"))


def fill(store: Store, name: str, batches: int) -> int:
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, name, {})).id
    points = Points(["loss"], np.zeros(2, np.uint32), np.arange(2), np.zeros(2), np.ones(2))
    for seq in range(batches):
        store.write(lambda tx, seq=seq: tx.append(run, "w", seq, points))  # type: ignore[misc]
    return run


def test_a_run_that_ended_is_merged_soon_if_it_is_worth_it(store: Store, tmp_path: Path) -> None:
    short, long = fill(store, "short", 2), fill(store, "long", 20)
    for run in (short, long):
        store.merge_soon(run)
    deadline = time.monotonic() + 20
    while long in waiting(tmp_path):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert waiting(tmp_path) == {short: 2}
    assert len(store.series(long, "loss").value) == 40


def test_a_closing_store_finishes_the_merges_that_are_due(tmp_path: Path) -> None:
    with closing(open_store(str(tmp_path))) as store:
        runs = [fill(store, f"{n}", 10) for n in range(5)]
        for run in runs:
            store.merge_soon(run)
    assert waiting(tmp_path) == {}


def test_what_waits_since_a_position_is_merged_for_all_runs_together(store: Store, tmp_path: Path) -> None:
    old = [fill(store, f"old {n}", 1 + n % 3) for n in range(150)]
    before = store.position([])
    new = fill(store, "new", 2)
    assert [store.merge_waiting(before) for _ in range(4)] == [64, 64, 22, 0]
    assert waiting(tmp_path) == {new: 2}
    assert len(store.series(old[2], "loss").value) == 6


def test_after_a_merge_the_file_is_small(store: Store, tmp_path: Path) -> None:
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, "run", {})).id
    step, rng = np.arange(300_000), np.random.default_rng(0)
    value = (np.exp(-step / 1e5) + rng.normal(0, 0.02, len(step))).astype(np.float32).astype(np.float64)
    moment = 1.7e9 + step * 0.01 + rng.random(len(step)) * 0.002

    def size() -> int:
        with closing(SqliteDialect(tmp_path).connect(write=True)) as session:
            session.rows("PRAGMA wal_checkpoint(TRUNCATE)")
            assert session.rows("PRAGMA freelist_count") == [(0,)]
        return (tmp_path / "trialbook.db").stat().st_size

    empty = size()
    for seq, part in enumerate(np.split(step, 300)):
        points = Points(["loss"], np.zeros(len(part), np.uint32), part, moment[part], value[part])
        store.write(lambda tx, seq=seq, points=points: tx.append(run, "w", seq, points))  # type: ignore[misc]
    deadline = time.monotonic() + 30
    while waiting(tmp_path):
        assert time.monotonic() < deadline
        store.merge(run)
    store.merge(run)
    assert (size() - empty) / len(step) <= 6


def test_numbers_that_a_writer_never_used_are_forgotten_in_the_end(store: Store, tmp_path: Path) -> None:
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, "run", {})).id
    points = Points(["loss"], np.zeros(1, np.uint32), np.zeros(1, np.int64), np.zeros(1), np.zeros(1))
    seqs = [1, 3, 3 + WINDOW, 5 + WINDOW]
    for seq in seqs:
        assert store.write(lambda tx, seq=seq: tx.append(run, "w", seq, points))  # type: ignore[misc]
    store.merge(run)
    with closing(SqliteDialect(tmp_path).connect(write=False)) as session:
        assert session.rows("SELECT seq, n, data FROM flush ORDER BY seq") == [(s, 0, None) for s in seqs[2:]]
    for seq in seqs:
        assert not store.write(lambda tx, seq=seq: tx.append(run, "w", seq, points))  # type: ignore[misc]
    assert store.write(lambda tx: tx.append(run, "w", 4 + WINDOW, points))
    assert store.summary(run)["loss"].count == 5


def test_an_emptied_bin_leaves_nothing_of_a_runs_series(store: Store, tmp_path: Path) -> None:
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, "run", {})).id
    points = Points(["loss"], np.zeros(1, np.uint32), np.zeros(1, np.int64), np.zeros(1), np.zeros(1))
    store.write(lambda tx: tx.append(run, "w", 0, points))
    store.merge(run)
    store.write(lambda tx: (tx.append(run, "w", 1, points), tx.delete(run)))  # type: ignore[func-returns-value]
    store.empty_bin(1e12)
    with closing(SqliteDialect(tmp_path).connect(write=False)) as session:
        for table in ("summary", "flush", "writer", "chunk", "merged", "bin"):
            assert session.rows(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_of_two_merges_of_the_same_batches_one_is_given_up(store: Store, tmp_path: Path) -> None:
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, "run", {})).id
    points = Points(["loss"], np.zeros(1, np.uint32), np.zeros(1, np.int64), np.zeros(1), np.ones(1))
    store.write(lambda tx: tx.append(run, "w", 0, points))
    with closing(SqliteDialect(tmp_path).connect(write=True)) as session:
        first, second = pack_run(session, run), pack_run(session, run)
        assert first is not None
        assert second is not None
        store.write(lambda tx: tx.append(run, "w", 1, points))
        session.begin()
        assert [apply_merge(session, first), apply_merge(session, second)] == [True, False]
        session.run("COMMIT")
    assert store.series(run, "loss").value.tolist() == [1.0, 1.0]


def test_of_two_merges_of_the_same_lines_one_is_given_up(store: Store, tmp_path: Path) -> None:
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, "run", {})).id
    for seq in range(3):
        lines = [LogLine(0.0, f"{seq}")]
        store.write(lambda tx, seq=seq, lines=lines: tx.append_log(run, "console", "w", seq, lines))  # type: ignore[misc]
    with closing(SqliteDialect(tmp_path).connect(write=True)) as session:
        first, second = logs.pack_log(session, 1), logs.pack_log(session, 1)
        assert first is not None
        assert second is not None
        session.begin()
        assert [logs.apply_merge(session, first), logs.apply_merge(session, second)] == [True, False]
        session.run("COMMIT")
    assert [line.text for line in store.log(run, "console")] == ["0", "1", "2"]


def test_following_one_kind_reads_only_what_is_new(store: Store) -> None:
    filler = {"filler": "x" * 500}
    store.write(lambda tx: [tx.insert(Kind.TRIAL, f"{n}", filler) for n in range(20_000)])
    last = store.last_rev()
    start = time.process_time()
    for _ in range(100):
        assert store.changes(last, [Kind.TRIAL]) == []
    # By the index on rev 10 us each; by the kind 3 ms.
    assert time.process_time() - start < 0.1
