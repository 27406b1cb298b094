"""One measurement of one tracker in a process of its own: `child.py TRACKER TASK FOLDER [NUMBER ...]` prints JSON."""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import mmap
import os
import random
import statistics
import sys
import threading
import time
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from trackers import TRACKERS, Tracker

SOURCE = Path(__file__).parents[2] / "src" / "trialbook"
EXIT_SECONDS = 5.0
"""How long a tracker may take for what it does when a process ends."""
SPACING = 1 / 800
"""Seconds between two points of a process that will be killed."""


def value(step: int) -> float:
    """Give a loss with the digits of a real one."""
    return math.exp(-step / 5000) + 0.01 * random.Random(step).random()


def show(measured: dict[str, float]) -> None:
    """Print figures at once: what comes after may take too long."""
    print("\n" + json.dumps(measured), flush=True)


def calls(tracker: Tracker, seconds: float) -> dict[str, float]:
    """Time single calls for some seconds, then runs of one point."""
    tracker.start("calls")
    tracker.log(1.0, 0)
    times, step, clock = [], 1, time.perf_counter_ns
    until = time.perf_counter() + seconds
    while time.perf_counter() < until and step < 300_000:
        loss = value(step)
        begun = clock()
        tracker.log(loss, step)
        times.append(clock() - begun)
        step += 1
    times.sort()
    show({"calls": len(times), "p50_us": times[len(times) // 2] / 1e3, "p99_us": times[int(len(times) * 0.99)] / 1e3})
    tracker.finish()
    whole = []
    for number in range(5):
        begun = clock()
        tracker.start(f"short{number}")
        tracker.log(1.0, 0)
        tracker.finish()
        whole.append(clock() - begun)
    return {"start_finish_ms": statistics.median(whole) / 1e6}


def first(tracker: Tracker, begun: float) -> dict[str, float]:
    """Give the time from the start of the process (by the clock of who started it) to the first accepted point."""
    tracker.start("first")
    tracker.log(1.0, 0)
    took = time.time() - begun
    tracker.finish()
    return {"first_point_s": took}


def doomed(tracker: Tracker, counter: str) -> dict[str, float]:
    """Log until killed; after each call, note in shared memory how many calls have returned."""
    with Path(counter).open("r+b") as file:
        shared = mmap.mmap(file.fileno(), 8)
    tracker.start("doomed")
    begun, step = time.perf_counter(), 0
    while True:
        tracker.log(value(step), step)
        step += 1
        shared[:8] = step.to_bytes(8, "little")
        wait = begun + step * SPACING - time.perf_counter()
        if wait > 0:
            time.sleep(wait)


def count(tracker: Tracker, name: str) -> dict[str, float]:
    """Read what a dead process left."""
    return {"points": tracker.count(name)}


def write(tracker: Tracker, points: int, seconds: float) -> dict[str, float]:
    """Write a long series, for as long as it may take."""
    tracker.start("long")
    begun, written = time.perf_counter(), 0
    while written < points and time.perf_counter() - begun < seconds:
        part = [value(step) for step in range(written, min(points, written + 10_000))]
        tracker.log_many(part, written)
        written += len(part)
    tracker.finish()
    return {"written": written, "write_s": time.perf_counter() - begun}


def read(tracker: Tracker, name: str) -> dict[str, float]:
    """Time reading a series whole: the second of two, and the first too, since some build an index then."""
    times = []
    for _ in range(2):
        begun = time.perf_counter()
        points = tracker.count(name)
        times.append(time.perf_counter() - begun)
    return {"read": points, "first_read_s": times[0], "read_s": times[1]}


def search(tracker: Tracker, runs: int, seconds: float) -> dict[str, float]:
    """Make runs for as long as it may take, then search them."""
    if not tracker.searches:
        return {}
    begun, made = time.perf_counter(), 0
    rng = random.Random(0)
    while made < runs and time.perf_counter() - begun < seconds:
        tracker.start(f"r{made}")
        rate = rng.random()
        tracker.parameters({"lr": rate})
        if tracker.package == "mlflow":
            tracker.mlflow.log_metric("lr", rate)  # type: ignore[attr-defined]
        tracker.log(rng.random(), 0)
        tracker.finish()
        made += 1
    tracker.prepare()
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        tracker.search()
        times.append(time.perf_counter() - begun)
    return {"runs": made, "search_ms": statistics.median(times) * 1e3}


def size(package: str) -> dict[str, float]:
    """Add up the files of a package and all that it requires."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    waiting, seen, total = [package], set(), 0
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        with contextlib.suppress(metadata.PackageNotFoundError):
            found = metadata.distribution(name)
            if name == "trialbook":  # installed where it lies, for development
                total += sum(one.stat().st_size for one in SOURCE.rglob("*") if one.suffix not in {".pyc", ".map"})
            total += sum(_bytes(found.locate_file(file)) for file in found.files or [])
            wanted = [Requirement(one) for one in found.requires or []]
            waiting += [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return {"install_mb": total / 1e6, "packages": len(seen), "version": metadata.version(package)}  # type: ignore[dict-item]


def _bytes(path: object) -> int:
    try:
        return Path(str(path)).stat().st_size
    except OSError:
        return 0


def main() -> None:
    """Measure and print."""
    package, task, folder, *numbers = sys.argv[1:]
    if task == "size":
        print(json.dumps(size(package)))
        return
    os.chdir(folder)
    tracker = TRACKERS[package](Path(folder))
    measured = {
        "calls": lambda: calls(tracker, float(numbers[0])),
        "first": lambda: first(tracker, float(numbers[0])),
        "doomed": lambda: doomed(tracker, numbers[0]),
        "count": lambda: count(tracker, numbers[0]),
        "write": lambda: write(tracker, int(numbers[0]), float(numbers[1])),
        "read": lambda: read(tracker, numbers[0]),
        "search": lambda: search(tracker, int(numbers[0]), float(numbers[1])),
    }[task]()
    show(measured)
    # The end of a process is theirs too (what they write then counts), but some keep threads that do not end.
    threading.Timer(EXIT_SECONDS, os._exit, (0,)).start()
    atexit._run_exitfuncs()  # noqa: SLF001
    os._exit(0)


if __name__ == "__main__":
    main()
