"""Drills: servers and processes killed at random, disks that fill up, networks cut, clocks set back; nothing is lost.

The short forms run by default, the long ones (a hundred deaths, a minute without a network) are marked slow. The full
disk is a small tmpfs, which only root can mount. A wall clock cannot be set for one process, so the script's own
`time.time` is set back before Trialbook is imported, which takes the time from there.
"""

from __future__ import annotations

import json
import logging
import mmap
import os
import random
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from trialbook import Run
from trialbook.sdk import warning
from trialbook.sdk.reading import open_reading, read_metrics
from trialbook.sdk.recovery import sync
from trialbook.sdk.target import forget_transports
from trialbook.sdk.transport import HttpTransport
from trialbook.testing.processes import ServerProcess
from trialbook.testing.proxy import CutProxy

DEADLINE = 60
LOGGER = """
import mmap, struct, sys, time
from trialbook import Run
file = open(sys.argv[1], "r+b")
counter = mmap.mmap(file.fileno(), 8)
run = Run("drill", sys.argv[2])
for step in range(10**9):
    run.log_metrics({"a": step, "b": -step}, step=step)
    counter[:] = struct.pack("q", step + 1)
    if step % 50 == 0:
        time.sleep(0.01)
"""


class Logger:
    """A process that logs without an end, and says through shared memory how far it got."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        path = folder / f"{name}.count"
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._counter = mmap.mmap(file.fileno(), 8)
        self._process = subprocess.Popen(
            [sys.executable, "-c", LOGGER, str(path), name], stderr=subprocess.DEVNULL, env=dict(os.environ)
        )

    @property
    def reached(self) -> int:
        return int(struct.unpack("q", self._counter[:])[0])

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def check(self) -> None:
        """Read the run as anyone would: it is whole, and says that it was interrupted."""
        transport = open_reading()
        run = f"drill-{self.name}"
        series = read_metrics(transport, run, ["a", "b"])
        for name, sign in (("a", 1), ("b", -1)):
            steps = series[name].step
            assert len(steps) >= self.reached, f"{self.name}: acknowledged points are lost"
            assert np.array_equal(steps, np.arange(len(steps))), f"{self.name}: points are doubled or missing"
            assert np.array_equal(series[name].value, sign * steps)
        status = transport.call("run", {"name": run})["Status"]
        assert status["PrimaryStatus"] == "Stopped"
        assert status["Message"].startswith("Interrupted")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Keep the spools of runs that go to a server in the test's folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TRIALBOOK_CAPTURE", "off")
    monkeypatch.delenv("RANK", raising=False)
    warning.forget()
    yield tmp_path
    forget_transports()


LONG = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.mark.parametrize(("loggers", "deaths"), [(3, 5), pytest.param(8, 100, marks=LONG)])
def test_whatever_is_killed_while_processes_log_no_point_is_lost_or_doubled(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, loggers: int, deaths: int
) -> None:
    chance = random.Random(11)
    server = ServerProcess(elsewhere / "store")
    server.start()
    monkeypatch.setenv("TRIALBOOK_URL", server.url)
    living = [Logger(elsewhere, f"r{number}") for number in range(loggers)]
    dead: list[Logger] = []
    servers = 0
    for death in range(deaths):
        time.sleep(chance.uniform(0.1, 1.0))  # the moment of death is what the drill varies
        if death % 2:
            server.kill()
            servers += 1
            server.start()
            continue
        victim = living.pop(chance.randrange(loggers))
        deadline = time.monotonic() + DEADLINE
        while not victim.reached:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        victim.kill()
        victim.check()
        dead.append(victim)
        living.append(Logger(elsewhere, f"r{loggers + death}"))
    for logger in living:
        logger.kill()
    try:
        assert all(one.failure is None for one in sync())
        for logger in dead + [one for one in living if one.reached]:
            logger.check()
    finally:
        server.kill()
    print(f"{len(dead)} processes and {servers} servers killed, {sum(one.reached for one in dead + living)} steps")


def senders_of(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Give the threads that speak to a server from now on."""
    senders: set[int] = set()
    real = HttpTransport.exchange

    def exchange(self: HttpTransport, operation: str, message: bytes) -> bytes:
        senders.add(threading.get_ident())
        return real(self, operation, message)

    monkeypatch.setattr(HttpTransport, "exchange", exchange)
    return senders


@pytest.mark.parametrize("seconds", [2.0, pytest.param(60.0, marks=LONG)])
def test_a_network_that_is_cut_delays_points_and_nothing_else(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    with ServerProcess(elsewhere / "store") as server, CutProxy(server.port) as proxy:
        monkeypatch.setenv("TRIALBOOK_URL", proxy.url)
        run = Run("drill", "cut")
        run.log_metric("m", 0, step=0)
        assert run.flush()
        proxy.cut()
        senders = senders_of(monkeypatch)
        step, until = 1, time.monotonic() + seconds
        while time.monotonic() < until:
            run.log_metric("m", step, step=step)
            run.log_parameter("step", step)
            step += 1
            time.sleep(0.001)
        run.log_text("kept", "note.txt")
        assert senders, "nobody tried the network while it was cut"
        assert threading.get_ident() not in senders, "a call waited for the network"
        proxy.mend()
        assert run.finish(timeout=DEADLINE)
        monkeypatch.setenv("TRIALBOOK_URL", server.url)
        forget_transports()
        read = Run("drill", "cut", begin=False)
        assert read.metric("m").step.tolist() == list(range(step))
        assert read.describe()["Parameters"]["step"] == {"NumberValue": float(step - 1)}


def test_a_server_that_comes_back_gets_all_that_was_logged_without_it(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ServerProcess(elsewhere / "store") as server:
        monkeypatch.setenv("TRIALBOOK_URL", server.url)
        run = Run("drill", "gone")
        run.log_metric("m", 0, step=0)
        assert run.flush()
        server.kill()
        for step in range(1, 100_000):
            run.log_metric("m", step, step=step)
        server.start()
        assert run.finish(timeout=DEADLINE)
        assert np.array_equal(run.metric("m").step, np.arange(100_000))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 6 MB; only root can."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    yield folder
    forget_transports()
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_stops_nothing_and_what_was_logged_arrives_once_there_is_room(
    elsewhere: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    del elsewhere
    monkeypatch.setenv("TRIALBOOK_STORE", str(small_disk / "store"))
    run = Run("drill", "full")
    run.log_metric("m", 0, step=0)
    assert run.flush()
    ballast = small_disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    with caplog.at_level(logging.WARNING):
        for step in range(1, 50_000):
            run.log_metric("m", step, step=step)
        run.log_parameter("p", 1)
        run.log_metric("new", 1)
        run.log_text("lost for want of room", "note.txt")
        assert not run.flush(2)
    assert any("Make room on that disk" in record.message for record in caplog.records)
    ballast.unlink()
    assert run.finish(timeout=DEADLINE)
    assert np.array_equal(run.metric("m").step, np.arange(50_000))
    assert run.metric("new").value.tolist() == [1.0]
    assert run.describe()["Parameters"]["p"] == {"NumberValue": 1.0}


CLOCK = """
import time
true, back = time.time, 0.0
time.time = lambda: true() - back
from trialbook import Run
with Run("drill", "clock") as run:
    for step in range(2000):
        if step == 1000:
            assert run.flush()
            back = 3600.0
        run.log_metric("m", step)
        run.log_parameter("at", step)
"""


def test_a_clock_that_is_set_back_loses_no_point_and_no_order(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALBOOK_STORE", str(elsewhere / "store"))
    subprocess.run([sys.executable, "-c", CLOCK], check=True)
    run = Run("drill", "clock", begin=False)
    series = run.metric("m")
    assert np.array_equal(series.value, np.arange(2000))
    assert np.array_equal(series.step, np.arange(2000))
    assert series.time[1000] < series.time[999] - 3000
    told = run.describe()
    assert told["Parameters"]["at"] == {"NumberValue": 1999.0}
    assert told["Status"] == {"PrimaryStatus": "Completed"}


FORKS = """
import os
from trialbook import Run
run = Run("drill", "forks")
run.log_metric("m", -1, step=0)
children = []
for number in range(8):
    child = os.fork()
    if not child:
        for step in range(5000):
            run.log_metric(f"c{number}", step, step=step)
        os.kill(os.getpid(), 9)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
run.finish()
"""


def test_forked_processes_that_are_killed_lose_nothing(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALBOOK_STORE", str(elsewhere / "store"))
    subprocess.run([sys.executable, "-W", "ignore", "-c", FORKS], check=True)
    transport = open_reading()
    names = [f"c{number}" for number in range(8)]
    for series in read_metrics(transport, "drill-forks", names).values():
        assert np.array_equal(series.step, np.arange(5000))
    told = transport.call("run", {"name": "drill-forks"})
    assert told["Status"] == {"PrimaryStatus": "Completed"}
    assert len(told["writers"]) == 9
    assert json.dumps(told["writers"]).count("joins") == 8
