"""What a training loop feels of a tracker in trouble: paired, interleaved segments with and without the fault.

Run: `python benchmarks/sdk_faults.py [--pairs 40]`. Two processes train the same loop, one with a healthy store and one
whose store has failed; they take turns, a segment each, and every generation begins two new processes. What is
compared is the CPU time of the loop's own thread; the interval is Student's, over the logarithms of the pairs' ratios.

Faults: the server killed; the network cut (a proxy that stops forwarding); the disk full (a tmpfs of 6 MB, which only
root can mount; left out otherwise); the wall clock set back by an hour (`time.time` of the process is replaced before
Trialbook is imported, in both processes: a clock cannot be set for one process alone).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.testing.processes import ServerProcess
from trialbook.testing.proxy import CutProxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORKER = """
import os, sys, time
os.environ["OPENBLAS_NUM_THREADS"] = "1"
back, true = 0.0, time.time
if os.environ.get("BENCH_CLOCK"):
    time.time = lambda: true() - back
import logging
logging.disable(logging.CRITICAL)
import numpy as np
from trialbook import Run
run = Run("faults", sys.argv[1])
data = np.random.default_rng(1).normal(size=(150, 150))
weights = data.copy()
step = 0
run.log_metric("loss", 0.0, step=0)
run.flush(10)
print("ready", flush=True)
for line in sys.stdin:
    if line.startswith("fault"):
        back = 3600.0
        print("ok", flush=True)
        continue
    begun, wall = time.thread_time(), time.perf_counter()
    for _ in range(int(line)):
        weights = np.tanh(weights @ data) * 0.1
        step += 1
        run.log_metrics({"loss": float(weights[0, 0]), "norm": 1.0}, step=step)
    print(time.thread_time() - begun, time.perf_counter() - wall, flush=True)
os._exit(0)
"""
STEPS = 150
GENERATIONS = 4


class Worker:
    """A process that trains a segment when told to."""

    def __init__(self, name: str, **environment: str) -> None:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("TRIALBOOK_")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", WORKER, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**kept, **environment},
        )
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _tell(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._answer()

    def segment(self) -> float:
        """Train a segment; gives the CPU seconds of the loop's thread."""
        return float(self._tell(str(STEPS)).split()[0])

    def fault(self) -> None:
        """Set the clock back, if it is this worker's to set."""
        self._tell("fault")

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


Pair = tuple[Worker, Worker]


@contextlib.contextmanager
def server_killed(folder: Path) -> Iterator[Pair]:
    """Give a healthy worker, and one whose server is killed."""
    with ServerProcess(folder / "one") as one, ServerProcess(folder / "two") as two:
        healthy = Worker("healthy", TRIALBOOK_URL=one.url, XDG_CACHE_HOME=str(folder / "a"))
        faulty = Worker("faulty", TRIALBOOK_URL=two.url, XDG_CACHE_HOME=str(folder / "b"))
        two.kill()
        yield healthy, faulty


@contextlib.contextmanager
def network_cut(folder: Path) -> Iterator[Pair]:
    """Give a healthy worker, and one whose network is cut."""
    with ServerProcess(folder / "one") as one, CutProxy(one.port) as whole, CutProxy(one.port) as cut:
        healthy = Worker("healthy", TRIALBOOK_URL=whole.url, XDG_CACHE_HOME=str(folder / "a"))
        faulty = Worker("faulty", TRIALBOOK_URL=cut.url, XDG_CACHE_HOME=str(folder / "b"))
        cut.cut()
        yield healthy, faulty


@contextlib.contextmanager
def disk_full(folder: Path) -> Iterator[Pair]:
    """Give a healthy worker, and one whose disk is full; both disks are tmpfs."""
    with contextlib.ExitStack() as stack:
        disks = []
        for name, size in (("large", "512m"), ("small", "6m")):
            disk = folder / name
            disk.mkdir()
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk], check=True)
            stack.callback(subprocess.run, ["umount", "-l", disk], check=True)
            disks.append(disk)
        healthy = Worker("healthy", TRIALBOOK_STORE=str(disks[0] / "store"))
        faulty = Worker("faulty", TRIALBOOK_STORE=str(disks[1] / "store"))
        with contextlib.suppress(OSError), (disks[1] / "ballast").open("wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        yield healthy, faulty


@contextlib.contextmanager
def clock_set_back(folder: Path) -> Iterator[Pair]:
    """Give a healthy worker, and one whose clock is set back by an hour."""
    healthy = Worker("healthy", BENCH_CLOCK="1", TRIALBOOK_STORE=str(folder / "a"))
    faulty = Worker("faulty", BENCH_CLOCK="1", TRIALBOOK_STORE=str(folder / "b"))
    faulty.fault()
    yield healthy, faulty


@contextlib.contextmanager
def nothing(folder: Path) -> Iterator[Pair]:
    """Give two healthy workers: what the method itself sees where there is no difference."""
    yield Worker("one", TRIALBOOK_STORE=str(folder / "a")), Worker("two", TRIALBOOK_STORE=str(folder / "b"))


FAULTS: dict[str, Callable[[Path], contextlib.AbstractContextManager[Pair]]] = {
    "nothing (control)": nothing,
    "server killed": server_killed,
    "network cut": network_cut,
    "disk full": disk_full,
    "clock set back": clock_set_back,
}


def compare(fault: Callable[[Path], contextlib.AbstractContextManager[Pair]], pairs: int) -> list[float]:
    """Give the logarithms of the ratios of faulty to healthy CPU time, a pair of segments each."""
    ratios: list[float] = []
    for generation in range(GENERATIONS):
        with tempfile.TemporaryDirectory() as folder, fault(Path(folder)) as (healthy, faulty):
            for worker in (healthy, faulty):
                worker.segment()
            for number in range(pairs // GENERATIONS):
                order = (healthy, faulty) if (number + generation) % 2 else (faulty, healthy)
                took = {id(worker): worker.segment() for worker in order}
                ratios.append(math.log(took[id(faulty)] / took[id(healthy)]))
            for worker in (healthy, faulty):
                worker.kill()
    return ratios


def main() -> None:
    """Print one line a fault, then everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=80)
    parser.add_argument("--fault", choices=FAULTS, action="append")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}")
    results: dict[str, object] = {}
    for name in options.fault or FAULTS:
        if name == "disk full" and os.geteuid() != 0:
            print(f"{name:<24}left out: only root can mount a small disk")
            continue
        ratios = compare(FAULTS[name], options.pairs)
        middle = statistics.mean(ratios)
        spread = 2.0 * statistics.stdev(ratios) / len(ratios) ** 0.5
        low, high = math.exp(middle - spread), math.exp(middle + spread)
        holds = low <= 1 or high < 1.02
        print(
            f"{name:<24}CPU of the loop, faulty / healthy: {math.exp(middle):.4f} (95%: {low:.4f} to {high:.4f}, "
            f"{len(ratios)} pairs) {'holds' if holds else 'DOES NOT HOLD'}"
        )
        results[name] = {"ratio": math.exp(middle), "low": low, "high": high, "pairs": len(ratios), "holds": holds}
    print(json.dumps({"sdk_faults": results, "load": os.getloadavg()[0]}))


if __name__ == "__main__":
    main()
