"""kill -9 at any moment: what `log_metric` took is there, once, and the run is readable without a repair step."""

from __future__ import annotations

import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import trialbook
from trialbook.sdk.reading import open_reading, read_metrics
from trialbook.sdk.target import Target

SCRIPT = """
import mmap, os, struct, sys, time
from trialbook import Run
from trialbook.sdk import shipping
from trialbook.sdk.spool import Spool
if len(sys.argv) > 4:  # write the journal anew again and again
    Spool.__init__.__kwdefaults__["least_journal"] = int(sys.argv[4])
    shipping.INTERVAL = 0.001
file = open(sys.argv[1], "r+b")
counter = mmap.mmap(file.fileno(), 16)
run = Run("killed", sys.argv[2])
pause = float(sys.argv[3])
step = 0
while True:
    if step % 50 == 0:
        run.log_parameter("reached", step)
        counter[8:16] = struct.pack("q", step)
    run.log_metric("loss", step * 0.5, step=step)
    step += 1
    counter[0:8] = struct.pack("q", step)
    if pause:
        time.sleep(pause)
"""
DEADLINE = 30


def start(folder: Path, name: str, pause: float, *more: str) -> tuple[subprocess.Popen[bytes], mmap.mmap]:
    """Start a process that logs, and tells how far it got through shared memory."""
    path = folder / f"{name}.count"
    path.write_bytes(bytes(16))
    with path.open("r+b") as file:
        counter = mmap.mmap(file.fileno(), 16)
    process = subprocess.Popen([sys.executable, "-c", SCRIPT, str(path), name, str(pause), *more])
    return process, counter


def wait_for(counter: mmap.mmap, points: int) -> None:
    deadline = time.monotonic() + DEADLINE
    while struct.unpack("q", counter[:8])[0] < points:
        assert time.monotonic() < deadline, "the process logs nothing"
        time.sleep(0.001)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def check(target: Target, name: str, counter: mmap.mmap) -> None:
    acknowledged, parameter = struct.unpack("qq", counter[:])
    transport = open_reading()
    steps = read_metrics(transport, f"killed-{name}", ["loss"])["loss"]
    assert len(steps.value) >= acknowledged, "acknowledged points are lost"
    assert np.array_equal(steps.step, np.arange(len(steps.step))), "points are doubled, or one is missing"
    assert np.array_equal(steps.value, steps.step * 0.5)
    told = transport.call("run", {"name": f"killed-{name}"})
    assert told["Parameters"]["reached"]["NumberValue"] >= parameter
    assert told["Status"]["PrimaryStatus"] == "Stopped"
    assert told["Status"]["Message"].startswith("Interrupted: process ")
    assert not list(target.spools.glob("w-*")), "the spool is left"


def kill_at_random(tmp_path: Path, target: Target, times: int, *more: str) -> None:
    chance = random.Random(7)
    for number in range(times):
        name = f"run{number}"
        process, counter = start(tmp_path, name, chance.choice([0, 0, 0.0005]), *more)
        wait_for(counter, 1)
        if more:
            wait_until_anew(target)
        time.sleep(chance.uniform(0, 1.2))  # the moment of death is what the test varies
        kill(process)
        check(target, name, counter)


def wait_until_anew(target: Target) -> None:
    """Wait until a journal was written anew."""
    deadline = time.monotonic() + DEADLINE
    while not any(b'{"base":' in path.read_bytes()[:20] for path in target.spools.glob("w-*/journal")):
        assert time.monotonic() < deadline, "no journal is written anew"
        time.sleep(0.001)


def test_a_killed_process_loses_nothing_it_logged(tmp_path: Path, target: Target) -> None:
    kill_at_random(tmp_path, target, 10)


@pytest.mark.parametrize("times", [5, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])])
def test_a_process_that_is_killed_while_it_writes_its_journal_anew_loses_nothing(
    tmp_path: Path, target: Target, times: int
) -> None:
    kill_at_random(tmp_path, target, times, "1")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_hundred_killed_processes_lose_nothing_they_logged(tmp_path: Path, target: Target) -> None:
    kill_at_random(tmp_path, target, 100)


def test_a_living_process_is_left_alone(tmp_path: Path, target: Target) -> None:
    process, counter = start(tmp_path, "alive", pause=0.001)
    try:
        wait_for(counter, 5)
        open_reading()
        assert list(target.spools.glob("w-*"))
        deadline = time.monotonic() + DEADLINE
        while not (found := trialbook.search("TrialComponentName = 'killed-alive'", columns=["Status.PrimaryStatus"])):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert found["Status.PrimaryStatus"] == ["InProgress"]
    finally:
        kill(process)
    check(target, "alive", counter)


def test_two_that_recover_at_once_double_nothing(tmp_path: Path, target: Target) -> None:
    process, counter = start(tmp_path, "twice", pause=0)
    wait_for(counter, 20_000)
    kill(process)
    reader = "from trialbook.sdk.reading import open_reading; open_reading()"
    others = [subprocess.Popen([sys.executable, "-c", reader], env=dict(os.environ)) for _ in range(3)]
    assert [other.wait(DEADLINE) for other in others] == [0, 0, 0]
    check(target, "twice", counter)


def test_one_that_dies_while_it_recovers_doubles_nothing(tmp_path: Path, target: Target) -> None:
    process, counter = start(tmp_path, "again", pause=0)
    wait_for(counter, 300_000)
    kill(process)
    reader = "from trialbook.sdk.reading import open_reading; open_reading()"
    for delay in (0.3, 0.5, 0.7):
        other = subprocess.Popen([sys.executable, "-c", reader], env=dict(os.environ))
        time.sleep(delay)
        kill(other)
    check(target, "again", counter)


@pytest.mark.usefixtures("store")
def test_the_next_process_that_logs_ships_what_was_left(tmp_path: Path, target: Target) -> None:
    process, counter = start(tmp_path, "left", pause=0)
    wait_for(counter, 1000)
    kill(process)
    with trialbook.Run("other", "next") as run:
        run.log_metric("m", 1)
    deadline = time.monotonic() + DEADLINE
    while list(target.spools.glob("w-*")):
        assert time.monotonic() < deadline, "the spool of the dead process is left"
        time.sleep(0.01)
    check(target, "left", counter)
