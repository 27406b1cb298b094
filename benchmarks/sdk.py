"""What logging costs: the call, the start, the import, and what a killed process loses.

Run: `python benchmarks/sdk.py [--calls 1000000] [--kills 10] [--only-runs] [--json FILE]` (two minutes). Prints
a line a figure and then all of them as JSON. Times are wall clock unless they say CPU; the load of the machine is
among the figures.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import platform
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a pool's threads spin, which would count as the loop's CPU

import numpy as np

from trialbook import Run
from trialbook.sdk.reading import open_reading, read_metrics
from trialbook.sdk.target import Target, forget_transports
from trialbook.testing.processes import ServerProcess

PAIRS = 40
FIGURES: dict[str, object] = {}


def main() -> None:
    """Print one line a figure, then all as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--only-runs", action="store_true", help="time the start and end of runs alone")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    show("machine", f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}")
    show("load (1 min) at the start", round(os.getloadavg()[0], 1))
    if options.only_runs:
        only_runs()
        return
    imports()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRIALBOOK_STORE"] = str(Path(folder) / "store")
        start_and_finish("folder")
        first_point()
        single_calls("folder", options.calls)
        forget_transports()
        training_loop()
        forget_transports()
        os.environ["TRIALBOOK_STORE"] = str(Path(folder) / "killed")
        killed(Path(folder), options.kills)
        forget_transports()
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        with ServerProcess(Path(folder) / "served") as server:
            os.environ["TRIALBOOK_URL"] = server.url
            start_and_finish("server")
            single_calls("server", options.calls)
            raw_ingest()
    show("load (1 min) at the end", round(os.getloadavg()[0], 1))
    text = json.dumps({"sdk": FIGURES})
    print(text)
    if options.json:
        options.json.write_text(text, encoding="utf-8")


def only_runs() -> None:
    """Time the start and end of runs, in a folder and through a server."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRIALBOOK_STORE"] = str(Path(folder) / "store")
        start_and_finish("folder")
        forget_transports()
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        with ServerProcess(Path(folder) / "served") as server:
            os.environ["TRIALBOOK_URL"] = server.url
            start_and_finish("server")
            show("load (1 min) at the end", round(os.getloadavg()[0], 1))
    print(json.dumps({"sdk": FIGURES}))


def show(name: str, figure: float | str, unit: str = "") -> None:
    """Print one figure, and keep it."""
    FIGURES[f"{name} [{unit}]" if unit else name] = figure
    text = f"{figure:,.3f}" if isinstance(figure, float) else str(figure)
    print(f"{name:<76} {text} {unit}".rstrip())


def imports() -> None:
    """Time imports in fresh processes, over a bare interpreter: wall and CPU, the median of nine."""
    bare = _fresh("pass")
    show("bare Python, wall", bare[0] * 1e3, "ms")
    for code in ("import trialbook", "from trialbook import Run", "from trialbook import Run, Experiment, search"):
        wall, cpu = _fresh(code)
        show(f"{code}, over bare Python, wall", (wall - bare[0]) * 1e3, "ms")
        show(f"{code}, over bare Python, CPU", (cpu - bare[1]) * 1e3, "ms")
    code = (
        "import os, sys, tempfile; os.environ['TRIALBOOK_STORE'] = tempfile.mkdtemp()\n"
        "from trialbook import Run\nrun = Run('e'); run.log_metric('m', 1)\nmodules = set(sys.modules)\n"
        "print(sorted({'numpy', 'sqlalchemy', 'alembic', 'botocore', 'psutil'} & modules)); os._exit(0)"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
    show("heavy modules once the first log_metric has returned", found)


def _fresh(code: str) -> tuple[float, float]:
    def once() -> tuple[float, float]:
        before, begun = os.times(), time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        took, after = time.perf_counter() - begun, os.times()
        return took, after.children_user + after.children_system - before.children_user - before.children_system

    walls, cpus = zip(*(once() for _ in range(9)), strict=True)
    return statistics.median(walls), statistics.median(cpus)


def start_and_finish(where: str) -> None:
    """Time runs of one point, after a first that warms the process up: with and without capture, in a row and apart."""
    begun = time.perf_counter()
    with Run("bench", "first") as run:
        run.log_metric("m", 1)
    show(f"first run ({where}), start to finish", (time.perf_counter() - begun) * 1e3, "ms")
    for name, capture in (("with capture", True), ("without capture", False)):
        for number, pause in ((200, 0.0), (100, 0.05)):
            _runs(
                f"{where}, {name}, {f'{pause * 1e3:.0f} ms apart' if pause else 'back to back'}", capture, number, pause
            )


def _runs(name: str, capture: bool, runs: int, pause: float) -> None:
    walls, cpus = [], []
    for number in range(runs):
        begun, cpu = time.perf_counter(), time.thread_time()
        with Run("bench", f"{name}-{number}", capture=capture) as run:
            run.log_metric("m", 1)
        walls.append(time.perf_counter() - begun)
        cpus.append(time.thread_time() - cpu)
        time.sleep(pause)
    for q in (0.5, 0.95, 0.99):
        show(f"warm run ({name}), start + finish, p{q * 100:.0f}", float(np.quantile(walls, q)) * 1e3, "ms")
    show(f"warm run ({name}), CPU of the training thread, p50", float(np.median(cpus)) * 1e3, "ms")


def first_point() -> None:
    """Time from `Run(...)` to the first point that the store has, in this warm process."""
    times = []
    for number in range(10):
        begun = time.perf_counter()
        run = Run("bench", f"accepted{number}")
        run.log_metric("m", 1)
        assert run.flush()
        times.append(time.perf_counter() - begun)
        run.finish()
    show("first accepted point after Run(...), p50", statistics.median(times) * 1e3, "ms")


def single_calls(where: str, calls: int) -> None:
    """Time calls one by one, then a dict of 20, then the wait for the store."""
    run = Run("bench", f"calls-{where}")
    run.log_metric("loss", 0.0)
    log, clock = run.log_metric, time.perf_counter_ns
    times = np.zeros(calls, np.int64)
    overhead = _overhead()
    for step in range(calls):
        begun = clock()
        log("loss", 0.5, step=step)
        times[step] = clock() - begun
    _quantiles(f"log_metric ({where})", times - overhead, (0.5, 0.99, 0.999))
    begun_at, cpu = time.perf_counter(), time.thread_time()
    for step in range(calls):
        log("tight", 0.5, step=step)
    show(f"log_metric ({where}), tight loop, mean", (time.perf_counter() - begun_at) / calls * 1e6, "us")
    show(f"log_metric ({where}), tight loop, mean CPU", (time.thread_time() - cpu) / calls * 1e6, "us")
    metrics = {f"m{number}": float(number) for number in range(20)}
    times = np.zeros(20_000, np.int64)
    for step in range(len(times)):
        begun = clock()
        run.log_metrics(metrics, step=step)
        times[step] = clock() - begun
    _quantiles(f"log_metrics of 20 ({where})", times - overhead, (0.5, 0.99))
    begun_at = time.perf_counter()
    assert run.finish(timeout=300)
    show(f"finish after {2 * calls + 400_000:,} points ({where})", time.perf_counter() - begun_at, "s")
    begun_at = time.perf_counter()
    read = run.metric("tight")
    show(f"read {len(read.value):,} points into NumPy ({where})", (time.perf_counter() - begun_at) * 1e3, "ms")


def _overhead() -> int:
    times = []
    for _ in range(10_000):
        begun = time.perf_counter_ns()
        times.append(time.perf_counter_ns() - begun)
    return int(statistics.median(times))


def _quantiles(name: str, times: np.ndarray[tuple[int], np.dtype[np.int64]], which: tuple[float, ...]) -> None:
    for q in which:
        show(f"{name}, p{q * 100:g}", float(np.quantile(times, q)) / 1e3, "us")


def training_loop() -> None:
    """Compare the CPU time of a training loop with and without logging, in turns."""
    data = np.random.default_rng(1).normal(size=(200, 200))

    def train(run: Run | None) -> tuple[float, float]:
        begun, all_begun = time.thread_time(), time.process_time()
        weights = data.copy()
        for step in range(300):
            weights = np.tanh(weights @ data) * 0.1
            if run is not None:
                run.log_metrics({"loss": float(weights[0, 0]), "norm": 1.0}, step=step)
        return time.thread_time() - begun, time.process_time() - all_begun

    with Run("bench", "loop") as run:
        train(run)
        pairs = [(train(run), train(None)) for _ in range(PAIRS)]
    for which, name in enumerate(("the loop's thread", "the process, with shipping")):
        ratios = [np.log(logged[which] / bare[which]) for logged, bare in pairs]
        middle, spread = statistics.mean(ratios), 2.02 * statistics.stdev(ratios) / PAIRS**0.5
        low, high = np.exp(middle - spread), np.exp(middle + spread)
        interval = f"{np.exp(middle):.3f} (95%: {low:.3f} to {high:.3f}, {PAIRS} pairs)"
        show(f"CPU with logging / without: {name}", interval)


KILLED = """
import mmap, struct, sys
from trialbook import Run
file = open(sys.argv[1], "r+b")
counter = mmap.mmap(file.fileno(), 8)
run = Run("killed", sys.argv[2])
for step in range(10**9):
    run.log_metric("m", step, step=step)
    counter[:] = struct.pack("q", step + 1)
"""


def killed(folder: Path, times: int) -> None:
    """Kill -9 processes that log as fast as they can; count the points that returned and are not there, or twice."""
    chance = np.random.default_rng(5)
    lost = doubled = logged = 0
    for number in range(times):
        path = folder / f"{number}.count"
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            counter = mmap.mmap(file.fileno(), 8)
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(path), f"r{number}"])
        while not counter[0]:
            time.sleep(0.001)
        time.sleep(float(chance.uniform(0, 0.5)))
        process.kill()
        process.wait()
        steps = read_metrics(open_reading(), f"killed-r{number}", ["m"])["m"].step
        reached = struct.unpack("q", counter[:])[0]
        logged += reached
        lost += len(np.setdiff1d(np.arange(reached), steps))
        doubled += len(steps) - len(np.unique(steps))
    show(f"kill -9, {times} times, {logged:,} points returned: lost", lost)
    show(f"kill -9, {times} times, {logged:,} points returned: doubled", doubled)


def raw_ingest() -> None:
    """Send full messages from one client as fast as the server acknowledges them."""
    from trialbook.wire import points

    transport = Target.of_environment().transport()
    n, batches = 65_536, 20
    start = {"experiment": "bench", "trial": "raw"}
    begun = time.perf_counter()
    for seq in range(batches):
        step = np.arange(seq * n, (seq + 1) * n, dtype="<i8")
        value = np.sin(step / 1000).astype("<f4").astype("<f8")
        moment = 1.7e9 + step * 0.01
        head = {"run": "raw", "writer": "bench", "seq": seq, "names": ["m"], "start": start}
        transport.exchange(
            "points", points.write(head, (step.tobytes(), moment.tobytes(), value.tobytes(), bytes(4 * n)))
        )
    took = time.perf_counter() - begun
    show("one writer through the server, durable", n * batches / took / 1e6, "M points/s")


if __name__ == "__main__":
    main()
