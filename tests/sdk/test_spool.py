"""The spool: whatever threads, readers and deaths come between, every point arrives once."""

from __future__ import annotations

import json
import struct
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

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
        self.spool = Spool(Path(self.folder.name), {}, kind=PLAIN, first_records=2)
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
