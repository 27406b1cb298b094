"""How fast the store is, bare: prints JSON.

    python benchmarks/store.py [--store FOLDER | --postgres] [--seconds 3] [--entities 100000]

Figures depend on the disk's fsync above all; `fsync_ms` is measured beside them in the same folder.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.model import Kind
from trialbook.store import open_store
from trialbook.store.interface import Points

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.interface import Store, Transaction

DOCUMENT = {
    "TrialComponentName": "name",
    "_scope": "000000000000/us-east-1",
    "CreationTime": 1700000000.0,
    "Parameters": {f"parameter_{n}": {"NumberValue": n / 7} for n in range(20)},
    "Tags": [{"Key": f"tag{n}", "Value": f"value {n}"} for n in range(5)],
    "Parents": [{"TrialName": "trial", "ExperimentName": "experiment"}],
}


def main() -> None:
    arguments = _arguments()
    with ExitStack() as stack:
        folder = Path(arguments.store or stack.enter_context(tempfile.TemporaryDirectory()))
        name = str(folder)
        if arguments.postgres:
            from trialbook.testing.postgres import PostgresServer

            name = stack.enter_context(PostgresServer()).make_database()
        figures: dict[str, Any] = {
            "store": "postgresql" if arguments.postgres else "sqlite",
            "fsync_ms": _fsync(folder),
        }
        start = time.perf_counter()
        open_store(name).close()
        figures["make_ms"] = _ms(start)
        figures["open_ms"] = _open(name)
        store = stack.enter_context(closing(open_store(name)))
        for clients in (1, 8, 64):
            figures[f"write_{clients}_clients"] = _write(store, clients, arguments.seconds)
        figures |= _changes(store, arguments.entities)
        figures["find_us"] = _find(store)
        for points in (10, 1000):
            figures[f"append_{points}_points"] = _append(store, points, arguments.seconds)
        figures |= _tick(store) | _read(store)
    print(json.dumps(figures, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", help="a folder for the database; a temporary one by default")
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL server of the tests (it does not fsync)")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--entities", type=int, default=100_000)
    return parser.parse_args()


def _ms(start: float) -> float:
    return round((time.perf_counter() - start) * 1e3, 2)


def _fsync(folder: Path) -> float:
    times = []
    with (folder / "fsync").open("wb", buffering=0) as file:
        for _ in range(100):
            file.write(bytes(4096))
            start = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return round(statistics.median(times) * 1e3, 3)


def _open(name: str) -> float:
    times = []
    for _ in range(10):
        start = time.perf_counter()
        store = open_store(name)
        times.append(_ms(start))
        store.close()
    return statistics.median(times)


def _hammer(clients: int, seconds: float, call: Callable[[int, int], object]) -> dict[str, float]:
    """Call from several threads for a while; gives calls a second and the latencies in ms."""
    latencies: list[list[float]] = [[] for _ in range(clients)]
    end = time.perf_counter() + seconds

    def work(client: int) -> None:
        number = 0
        while (start := time.perf_counter()) < end:
            call(client, number)
            latencies[client].append(time.perf_counter() - start)
            number += 1

    threads = [threading.Thread(target=work, args=(client,)) for client in range(clients)]
    start, cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, cpu = time.perf_counter() - start, time.process_time() - cpu
    every = sorted(latency for mine in latencies for latency in mine)
    return {
        "per_second": round(len(every) / took),
        "p50_ms": round(every[len(every) // 2] * 1e3, 3),
        "p99_ms": round(every[len(every) * 99 // 100] * 1e3, 3),
        "cpu_us_per_call": round(cpu / len(every) * 1e6, 1),
    }


def _write(store: Store, clients: int, seconds: float) -> dict[str, float]:
    return _hammer(
        clients,
        seconds,
        lambda client, number: store.write(
            lambda tx: tx.insert(Kind.EXPERIMENT, f"{clients}/{client}/{number}", DOCUMENT)
        ),
    )


def _changes(store: Store, count: int) -> dict[str, float]:
    def action(tx: Transaction) -> None:
        for number in range(count):
            tx.insert(Kind.TRIAL_COMPONENT, f"{number}", DOCUMENT)

    start = time.perf_counter()
    store.write(action)
    inserted = time.perf_counter() - start
    since, seen, start = 0, 0, time.perf_counter()
    while page := store.changes(since, [Kind.TRIAL_COMPONENT]):
        seen, since = seen + len(page), page[-1].rev
    read = time.perf_counter() - start
    start = time.perf_counter()
    for _ in range(1000):
        store.changes(since)
    return {
        "insert_us_each_in_one_commit": round(inserted / count * 1e6, 1),
        "changes_us_each": round(read / seen * 1e6, 1),
        "changes_of_100k_s": round(read / seen * 1e5, 2),
        "idle_follow_us": round((time.perf_counter() - start) * 1e3, 1),
    }


def _find(store: Store) -> float:
    start = time.perf_counter()
    for number in range(2000):
        store.find(Kind.TRIAL_COMPONENT, f"{number}")
    return round((time.perf_counter() - start) / 2000 * 1e6, 1)


def _points(count: int, metrics: int, first: int) -> Points:
    rng = np.random.default_rng(first)
    step = np.repeat(np.arange(first, first + count // metrics), metrics)
    value = rng.normal(size=len(step)).astype(np.float32).astype(np.float64)
    metric = np.tile(np.arange(metrics, dtype=np.uint32), count // metrics)
    return Points(
        [f"metric {n}" for n in range(metrics)], metric, step, 1.7e9 + step * 0.01 + rng.random(len(step)), value
    )


def _append(store: Store, count: int, seconds: float) -> dict[str, float]:
    """Four clients, each a run of its own, 10 metrics."""
    runs = [
        store.write(lambda tx, n=n: tx.insert(Kind.TRIAL_COMPONENT, f"append {count} {n}", {})).id  # type: ignore[misc]
        for n in range(4)
    ]
    batch = _points(count, 10, 0)
    figures = _hammer(
        4, seconds, lambda client, number: store.write(lambda tx: tx.append(runs[client], "w", number, batch))
    )
    return {**figures, "points_per_second": figures["per_second"] * count}


def _tick(store: Store) -> dict[str, float]:
    """200 runs x 20 metrics x 10 steps in one commit."""
    runs = store.write(lambda tx: [tx.insert(Kind.TRIAL_COMPONENT, f"tick {n}", {}).id for n in range(200)])
    batch, times = _points(200, 20, 0), []
    for seq in range(10):
        start = time.perf_counter()
        store.write(lambda tx, seq=seq: [tx.append(run, "w", seq, batch) for run in runs])  # type: ignore[misc]
        times.append(_ms(start))
    start = time.perf_counter()
    store.summary_changes(store.last_rev() - 1)
    return {"tick_200_runs_40k_points_ms": statistics.median(times), "follow_200_summaries_of_20_ms": _ms(start)}


def _read(store: Store) -> dict[str, float]:
    """One run of one million points in one series: append, merge, read."""
    run = store.write(lambda tx: tx.insert(Kind.TRIAL_COMPONENT, "long", {})).id
    batches = [_points(50_000, 1, n * 50_000) for n in range(20)]
    start = time.perf_counter()
    for seq, batch in enumerate(batches):
        store.write(lambda tx, seq=seq, batch=batch: tx.append(run, "w", seq, batch))  # type: ignore[misc]
    store.merge(run)
    figures = {"million_points_durable_and_merged_ms": _ms(start)}
    times = []
    for _ in range(5):
        start = time.perf_counter()
        assert len(store.series(run, "metric 0").step) == 1_000_000
        times.append(_ms(start))
    return {**figures, "read_million_points_ms": statistics.median(times)}


if __name__ == "__main__":
    main()
