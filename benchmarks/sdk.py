"""What logging costs: the call, the start, the import, and what the training loop beside it feels.

Run: `python benchmarks/sdk.py` (about a minute). Times are wall clock unless they say CPU; all on this machine, now.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a pool's threads spin, which would count as the loop's CPU

import numpy as np

from trialbook import Run
from trialbook.sdk.target import Target, forget_transports
from trialbook.testing.processes import ServerProcess

CALLS = 1_000_000
PAIRS = 40


def main() -> None:
    """Print one line a figure."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} CPUs, {platform.machine()}")
    imports()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRIALBOOK_STORE"] = str(Path(folder) / "store")
        start_and_finish()
        single_calls("folder")
        forget_transports()
        training_loop()
        forget_transports()
        os.environ["XDG_CACHE_HOME"] = str(Path(folder) / "cache")
        with ServerProcess(Path(folder) / "served") as server:
            os.environ["TRIALBOOK_URL"] = server.url
            single_calls("server")
            raw_ingest()


def show(name: str, figure: str) -> None:
    """Print one figure."""
    print(f"{name:<58}{figure}")


def imports() -> None:
    """Time imports in fresh processes, over a bare interpreter."""
    bare = _fresh("pass")
    for code in ("import trialbook", "from trialbook import Run"):
        show(code, f"{(_fresh(code) - bare) * 1e3:.0f} ms over bare Python ({bare * 1e3:.0f} ms)")


def _fresh(code: str) -> float:
    def once() -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return time.perf_counter() - begun

    return statistics.median(once() for _ in range(9))


def start_and_finish() -> None:
    """Time runs of one point, after a first that warms the process up."""
    begun = time.perf_counter()
    with Run("bench", "first") as run:
        run.log_metric("m", 1)
    show("first run of a process, start to finish", f"{(time.perf_counter() - begun) * 1e3:.0f} ms")
    times = []
    for number in range(50):
        begun = time.perf_counter()
        with Run("bench", f"warm{number}") as run:
            run.log_metric("m", 1)
        times.append(time.perf_counter() - begun)
    show(
        "warm run, start to finish, p50 / p95",
        " / ".join(f"{np.quantile(times, q) * 1e3:.1f}" for q in (0.5, 0.95)) + " ms",
    )


def single_calls(where: str) -> None:
    """Time a million calls one by one, then a dict of 20, then the wait for the store."""
    run = Run("bench", f"calls-{where}")
    run.log_metric("loss", 0.0)
    log, clock = run.log_metric, time.perf_counter_ns
    times = np.zeros(CALLS, np.int64)
    overhead = _overhead()
    for step in range(CALLS):
        begun = clock()
        log("loss", 0.5, step=step)
        times[step] = clock() - begun
    show(f"log_metric ({where}), p50 / p99 / p99.9", _quantiles(times - overhead, (0.5, 0.99, 0.999)))
    begun_at = time.perf_counter()
    for step in range(CALLS):
        log("tight", 0.5, step=step)
    show(f"log_metric ({where}), tight loop, mean", f"{(time.perf_counter() - begun_at) / CALLS * 1e9:.0f} ns")
    metrics = {f"m{number}": float(number) for number in range(20)}
    times = np.zeros(20_000, np.int64)
    for step in range(len(times)):
        begun = clock()
        run.log_metrics(metrics, step=step)
        times[step] = clock() - begun
    show(f"log_metrics of 20 ({where}), p50 / p99", _quantiles(times - overhead, (0.5, 0.99)))
    begun_at = time.perf_counter()
    arrived = run.finish(timeout=300)
    show(f"finish after 2.4M points ({where})", f"{time.perf_counter() - begun_at:.1f} s, arrived: {arrived}")
    begun_at = time.perf_counter()
    read = run.metric("tight")
    show(f"read {len(read.value):,} points into NumPy ({where})", f"{(time.perf_counter() - begun_at) * 1e3:.0f} ms")


def _overhead() -> int:
    times = []
    for _ in range(10_000):
        begun = time.perf_counter_ns()
        times.append(time.perf_counter_ns() - begun)
    return int(statistics.median(times))


def _quantiles(times: np.ndarray[tuple[int], np.dtype[np.int64]], which: tuple[float, ...]) -> str:
    return " / ".join(f"{np.quantile(times, q) / 1e3:.2f}" for q in which) + " us"


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
        show(
            f"CPU with logging / without: {name}", f"{np.exp(middle):.3f} (95%: {low:.3f} to {high:.3f}, {PAIRS} pairs)"
        )


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
    show("one writer through the server, durable", f"{n * batches / took / 1e6:.2f}M points/s")


if __name__ == "__main__":
    main()
