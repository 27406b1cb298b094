"""The spool: whatever threads, readers and deaths come between, every point arrives once."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from trialbook.sdk import drain as drain_module
from trialbook.sdk import journal, warning
from trialbook.sdk.drain import Batch, DeadSpool, Drain, read_head
from trialbook.sdk.process import Lock
from trialbook.sdk.segment import CHECKSUM, HEADER, PLAIN, RECORD, Segment, kind_of_mark
from trialbook.sdk.spool import Spool

KINDS = [PLAIN, CHECKSUM]
Point = tuple[str, int, float, bytes]


def points_of(batch: Batch) -> list[Point]:
    rows = zip(
        memoryview(batch.columns.metric).cast("I"),
        memoryview(batch.columns.step).cast("q"),
        memoryview(batch.columns.time).cast("d"),
        memoryview(batch.columns.value).cast("d"),
        strict=True,
    )
    return [(batch.names[metric], step, time, struct.pack("d", value)) for metric, step, time, value in rows]


def take_all(reader: Drain) -> list[Point]:
    points = []
    while (batch := reader.next()) is not None:
        points += points_of(batch)
        reader.acknowledge()
    return points


def die(spool: Spool) -> DeadSpool:
    """Leave the spool as a killed process does, and open it as the next one."""
    spool.let_go()
    assert spool.folder is not None
    head = read_head(spool.folder)
    assert head is not None
    lock = Lock.take(spool.folder, head)
    assert lock is not None
    return DeadSpool(spool.folder, head, lock)


@pytest.fixture(params=KINDS, ids=["plain", "checksum"])
def spool(request: pytest.FixtureRequest, tmp_path: Path) -> Spool:
    warning.forget()
    return Spool(tmp_path / "spools", {}, kind=request.param, first_records=4)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(-(2**63) + 1, 2**63 - 1), st.floats()), max_size=60))
def test_what_is_logged_is_read_bit_for_bit_and_in_order(logged: list[tuple[str, int, float]]) -> None:
    for kind in KINDS:
        with TemporaryDirectory() as folder:
            spool = Spool(Path(folder), {}, kind=kind, first_records=4)
            for number, (name, step, value) in enumerate(logged):
                spool.recorder.log_metric(name, value, float(number), step)
            expected = [
                (name, step, float(number), struct.pack("d", value))
                for number, (name, step, value) in enumerate(logged)
            ]
            assert take_all(Drain(spool)) == expected
            spool.close()
            spool.remove()


def test_a_call_without_a_step_goes_on_from_the_step_before(spool: Spool) -> None:
    log = spool.recorder.log_metric
    log("a", 0)
    log("b", 0, step=7)
    log("a", 0)
    log("b", 0)
    assert [(name, step) for name, step, *_ in take_all(Drain(spool))] == [("a", 0), ("b", 7), ("a", 1), ("b", 8)]


@pytest.fixture
def many_switches() -> Iterator[None]:
    """Have threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("many_switches")
def test_eight_threads_lose_nothing_and_double_nothing(spool: Spool) -> None:
    reader, seen = Drain(spool, limit=1000), []
    failures: list[RuntimeError] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                seen.extend(take_all(reader))
        except RuntimeError as error:
            failures.append(error)

    def log(thread: int) -> None:
        for step in range(5000):
            spool.recorder.log_metric(f"m{thread}", step, step=step)

    threads = [threading.Thread(target=log, args=(number,)) for number in range(8)]
    watcher = threading.Thread(target=read)
    for one in [watcher, *threads]:
        one.start()
    for one in threads:
        one.join()
    done.set()
    watcher.join()
    seen += take_all(reader)
    assert not failures
    counts = Counter((name, step) for name, step, *_ in seen)
    assert counts == Counter((f"m{thread}", step) for thread in range(8) for step in range(5000))


def test_threads_without_steps_get_distinct_steps(spool: Spool) -> None:
    def log() -> None:
        for _ in range(5000):
            spool.recorder.log_metric("m", 1)

    threads = [threading.Thread(target=log) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(step for _, step, *_ in take_all(Drain(spool))) == list(range(40_000))


@pytest.mark.parametrize(
    ("value", "step", "timestamp", "kept"),
    [
        (True, None, None, (0, 1.0)),
        ("0.5", None, None, (0, 0.5)),
        (1, 3.0, None, (3, 1.0)),
        (1, "x", None, (0, 1.0)),
        (1, 2**70, None, (0, 1.0)),
        (1, None, "yesterday", (0, 1.0)),
        (1, None, float("nan"), (0, 1.0)),
        (None, None, None, None),
        ("much", None, None, None),
        (1j, None, None, None),
    ],
)
def test_a_bad_value_raises_nothing_and_costs_its_neighbours_nothing(
    spool: Spool, value: object, step: object, timestamp: object, kept: tuple[int, float] | None
) -> None:
    log = spool.recorder.log_metric
    log("before", 1)
    log("m", value, timestamp, step)  # type: ignore[arg-type]
    log("m", 7, step=9)
    log("m", value, timestamp, step)  # type: ignore[arg-type]
    log("after", 2)
    names = [(name, at, struct.unpack("d", bits)[0]) for name, at, _, bits in take_all(Drain(spool))]
    assert names[0] == ("before", 0, 1.0)
    assert names[-1] == ("after", 0, 2.0)
    assert ("m", 9, 7.0) in names
    assert len(names) == (5 if kept else 3)
    if kept:
        assert names[1] == ("m", *kept)


def test_a_nested_mapping_becomes_names_with_slashes(spool: Spool) -> None:
    spool.recorder.log_metrics({"train": {"loss": 1, "acc": {"top1": 2}}, "lr": 3}, step=4)
    assert {(name, step) for name, step, *_ in take_all(Drain(spool))} == {
        ("train/loss", 4),
        ("train/acc/top1", 4),
        ("lr", 4),
    }


def test_a_slot_that_is_written_late_arrives_late_and_once(spool: Spool) -> None:
    now = 0.0
    log = spool.recorder.log_metric
    log("m", 0)
    at = spool.current.slot()
    hole = spool.current
    log("m", 1)
    reader = Drain(spool, clock=lambda: now)
    assert [step for _, step, *_ in take_all(reader)] == [0]
    now = drain_module.PATIENCE + 1
    assert [step for _, step, *_ in take_all(reader)] == [1]
    for _ in range(20):
        log("m", 2, step=5)
    assert len(take_all(reader)) == 20
    body = struct.pack("<qddI", 99, 1.0, 1.0, 0)
    mark = b"\x01\x01\x01\x01" if spool.kind == PLAIN else zlib.crc32(body).to_bytes(4, "little")
    hole.buffer[at : at + RECORD] = body + mark
    assert [step for _, step, *_ in take_all(reader)] == [99]
    assert take_all(reader) == []


def test_a_batch_is_sent_again_as_it_was_cut(spool: Spool) -> None:
    reader = Drain(spool)
    spool.recorder.log_metric("m", 1)
    first = reader.next()
    spool.recorder.log_metric("m", 2)
    assert reader.next() == first
    dead = die(spool)
    again = Drain(dead, dead.cuts)
    assert again.next() == first
    again.acknowledge()
    assert [step for _, step, *_ in take_all(again)] == [1]


def test_a_journal_is_read_up_to_where_its_writer_died(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written = journal.Journal(path)
    for number in range(3):
        written.append({"name": f"m{number}"})
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        entries = journal.read(path)
        assert [entry["name"] for entry in entries] == [f"m{number}" for number in range(len(entries))]
        assert len(entries) == whole[:length].count(b"\n")
        journal.Journal(path).append({"name": "next"})
        assert journal.read(path)[-1] == {"name": "next"}


def test_a_spool_in_use_is_not_taken_for_a_dead_one(spool: Spool) -> None:
    head = json.loads((spool.folder / "head.json").read_text()) if spool.folder else {}
    assert head["pid"] == spool.pid
    assert not list(spool.folder.parent.glob(".new-*")) if spool.folder else False


def test_weakly_ordered_and_free_threaded_platforms_get_checksums() -> None:
    assert kind_of_mark("x86_64", free_threaded=False) == PLAIN
    assert kind_of_mark("aarch64", free_threaded=False) == CHECKSUM
    assert kind_of_mark("x86_64", free_threaded=True) == CHECKSUM


@settings(max_examples=50)
@given(st.integers(0, 31), st.integers(0, 255))
def test_a_record_that_lost_a_byte_is_not_whole(byte: int, instead: int) -> None:
    with TemporaryDirectory() as folder:
        segment = Segment.create(Path(folder) / "0.seg", 0, 2, CHECKSUM)
        body = struct.pack("<qddI", 1, 2.0, 3.0, 4)
        record = bytearray(body + zlib.crc32(body).to_bytes(4, "little"))
        changed = record[byte] != instead
        record[byte] = instead
        segment.buffer[HEADER : HEADER + RECORD] = bytes(record)
        assert segment.is_set(HEADER) is not changed
        segment.close()


def test_a_long_runs_spool_stays_short_while_it_is_shipped(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spools", {}, first_records=64)
    assert spool.folder is not None
    reader, most, said = Drain(spool), 0, 0
    for number in range(2000):
        line = f"line {number} " + "x" * 1000
        said += len(line)
        spool.note({"change": {"log": {"stream": "console", "lines": [[1.0, line]]}}})
        for step in range(20):
            spool.recorder.log_metric("m", step)
        if number % 5 == 0:
            take_all(reader)
            most = max(most, sum(file.stat().st_size for file in spool.folder.glob("journal*")))
            assert len(list(spool.folder.glob("*.seg"))) <= 1
    assert said > 2_000_000
    assert most < 2 * journal.LEAST, "shipped changes stay on the disk"
    assert len(spool.entries) < 1000, "shipped changes stay in memory"
    dead = die(spool)
    again = Drain(dead, dead.cuts)
    assert len(take_all(again)) == 80
    dead.remove()


def test_a_run_that_ended_before_its_journal_was_written_anew_is_not_taken_for_interrupted(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spools", {}, least_journal=1)
    spool.note({"change": {"begin": 1.0}})
    spool.note({"change": {"end": {"status": "Completed"}}})
    take_all(Drain(spool))
    dead = die(spool)
    assert dead.entries == []
    assert dead.told == {"begin", "end"}
    dead.remove()


@pytest.mark.parametrize("least", [1, 1 << 30])
def test_a_full_disk_leaves_the_journal_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: int) -> None:
    spool = Spool(tmp_path / "spools", {}, least_journal=least)
    assert spool.folder is not None
    spool.note({"change": {"n": 0}})

    def full(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").resolve().name == journal.NEW:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    reader = Drain(spool)
    take_all(reader)
    assert not (spool.folder / journal.NEW).exists()
    spool.note({"change": {"n": 1}})
    dead = die(spool)
    batch = Drain(dead, dead.cuts).next()
    assert batch is not None
    assert batch.changes == [{"n": 1}]
    dead.remove()


def test_a_slot_that_is_written_after_the_journal_was_written_anew_still_arrives(tmp_path: Path) -> None:
    now = 0.0
    spool = Spool(tmp_path / "spools", {}, kind=PLAIN, least_journal=1)
    spool.recorder.log_metric("m", 0)
    at = spool.current.slot()
    spool.recorder.log_metric("m", 1)
    reader = Drain(spool, clock=lambda: now)
    take_all(reader)
    now = drain_module.PATIENCE + 1
    take_all(reader)
    spool.current.buffer[at : at + RECORD] = struct.pack("<qddII", 99, 1.0, 1.0, 0, 0x01010101)
    spool.close()
    dead = die(spool)
    assert [step for _, step, *_ in take_all(Drain(dead, dead.cuts))] == [99]
    dead.remove()


class Killed(BaseException):
    """Stands for a death in the middle of a call."""


@contextlib.contextmanager
def death(moment: str) -> Iterator[None]:
    """Die as the journal is written anew: before a byte, half way, once it is written, once it has taken over."""

    def die_in(where: object, name: str, which: Callable[..., bool], do: Callable[..., object] | None) -> Any:
        really = getattr(where, name)

        def dying(*given: Any) -> Any:
            if not which(*given):
                return really(*given)
            if do is not None:
                do(really, *given)
            raise Killed

        return mock.patch.object(where, name, dying)

    def half(really: Callable[..., object], descriptor: int, data: bytes) -> None:
        really(descriptor, data[: len(data) // 2])

    def is_new(descriptor: int, *_: object) -> bool:
        return Path(f"/proc/self/fd/{descriptor}").resolve().name == journal.NEW

    def whole(really: Callable[..., object], *given: object) -> None:
        really(*given)

    dying = {
        "opened": die_in(journal, "_write_whole", is_new, None),
        "half": die_in(journal, "_write_whole", is_new, half),
        "written": die_in(os, "fsync", is_new, None),
        "not replaced": die_in(journal.Journal, "take_over", lambda *_: True, None),
        "replaced": die_in(journal, "_sync_folder", lambda *_: True, None),
    }[moment]
    with dying, contextlib.suppress(Killed):
        yield


MOMENTS = ["opened", "half", "written", "not replaced", "replaced"]


@pytest.mark.parametrize("moment", MOMENTS)
def test_whoever_dies_while_the_journal_is_written_anew_leaves_it_whole(tmp_path: Path, moment: str) -> None:
    spool = Spool(tmp_path / "spools", {}, least_journal=1)
    assert spool.folder is not None
    reader = Drain(spool)
    spool.recorder.log_metric("m", 1)
    spool.note({"change": {"n": 0}})
    assert reader.next() is not None
    spool.note({"change": {"n": 1}})
    survived = False
    with death(moment):
        reader.acknowledge()
        survived = True
    assert not survived
    assert (spool.folder / journal.NEW).exists() is (moment != "replaced")
    spool.recorder.log_metric("m", 2)
    spool.close()
    dead = die(spool)
    batch = Drain(dead, dead.cuts).next()
    assert batch is not None
    assert batch.seq == 1
    assert batch.changes == [{"n": 1}]
    assert [(name, step) for name, step, *_ in points_of(batch)] == [("m", 1)]
    dead.remove()


class SpoolMachine(RuleBasedStateMachine):
    """Writers, a reader that may fail to acknowledge, and deaths, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.logged = 0
        self.arrived: dict[tuple[str, int], list[Point]] = {}
        self.changes: list[int] = []
        self._counted: set[tuple[str, int]] = set()
        self.noted = 0
        self.time = 0.0
        self.holes: list[tuple[Segment, int]] = []
        self.begin()

    def begin(self) -> None:
        self.spool = Spool(Path(self.folder.name), {}, kind=PLAIN, first_records=2, least_journal=1)
        self.reader = Drain(self.spool, limit=3, clock=lambda: self.time)
        self.holes = []

    @rule(count=st.integers(1, 5), name=st.sampled_from("abc"))
    def log(self, count: int, name: str) -> None:
        for _ in range(count):
            self.spool.recorder.log_metric(name, self.logged, step=self.logged)
            self.logged += 1

    @rule()
    def note(self) -> None:
        self.spool.note({"change": {"n": self.noted}})
        self.noted += 1

    @rule()
    def take_slot(self) -> None:
        """A thread takes a slot and is not heard of for a while."""
        segment = self.spool.current
        at = segment.slot()
        if at < segment.end:
            self.holes.append((segment, at))

    @precondition(lambda self: self.holes)
    @rule()
    def fill_slot(self) -> None:
        segment, at = self.holes.pop()
        if "a" not in self.spool.names:
            return
        body = struct.pack("<qddII", self.logged, 1.0, self.logged, self.spool.names["a"], 0x01010101)
        segment.buffer[at : at + RECORD] = body
        self.logged += 1

    @rule(seconds=st.sampled_from([0.1, 2.0]))
    def wait(self, seconds: float) -> None:
        self.time += seconds

    @rule(acknowledged=st.booleans())
    def ship(self, acknowledged: bool) -> None:
        self._take(self.spool.writer, self.reader, acknowledged)

    def _take(self, writer: str, reader: Drain, acknowledged: bool) -> bool:
        batch = reader.next()
        if batch is None:
            return False
        points, key = points_of(batch), (writer, batch.seq)
        assert self.arrived.setdefault(key, points) == points, "a batch was sent again and differs"
        if acknowledged:
            if key not in self._counted:
                self._counted.add(key)
                self.changes += [change["n"] for change in batch.changes]
            reader.acknowledge()
        return True

    @rule(moment=st.sampled_from(MOMENTS))
    def die_while_shipping(self, moment: str) -> None:
        """Die as the journal is written anew, if it is."""
        survived: list[bool] = []
        with death(moment):
            self._take(self.spool.writer, self.reader, acknowledged=True)
            survived.append(True)
        if not survived:
            self.die_and_recover()

    @rule()
    def die_and_recover(self) -> None:
        self.spool.close()
        dead = die(self.spool)
        reader = Drain(dead, dead.cuts, limit=3)
        while self._take(self.spool.writer, reader, acknowledged=True):
            pass
        dead.remove()
        self._nothing_lost()
        self.begin()

    def _nothing_lost(self) -> None:
        steps = sorted(step for points in self.arrived.values() for _, step, *_ in points)
        assert steps == list(range(self.logged))
        assert self.changes == list(range(self.noted))

    @invariant()
    def nothing_is_doubled(self) -> None:
        steps = [step for points in self.arrived.values() for _, step, *_ in points]
        assert len(steps) == len(set(steps))

    def teardown(self) -> None:
        self.die_and_recover()
        self.spool.close()
        self.spool.remove()
        self.folder.cleanup()


TestSpoolMachine = SpoolMachine.TestCase
TestSpoolMachine.settings = settings(max_examples=30, stateful_step_count=40, deadline=None)
