"""How fast series go in, lie, and come out: a table, and JSON with `--json FILE`.

    python benchmarks/series.py [--full] [--store FOLDER | --postgres] [--json FILE]

The short form takes about a minute; `--full` runs the load of 200 runs for 60 seconds instead of 10, and more points.
Times are wall clock; beside them the CPU time of the process that does the work, which a busy machine changes less.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import statistics
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from series_events import many_streams
from trialbook.handlers import native
from trialbook.model import Kind
from trialbook.names import Scope
from trialbook.sdk.reading import read_metrics
from trialbook.sdk.transport import HttpTransport, LocalTransport
from trialbook.services.context import Call
from trialbook.services.workspace import open_workspace
from trialbook.settings import Settings
from trialbook.store.interface import LogLine, Points
from trialbook.testing.processes import ServerProcess
from trialbook.wire import points as wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.interface import Store

MILLION = 1_000_000
EMPTY = (b"", b"", b"", b"")
Figures = dict[str, Any]


def main() -> None:
    arguments = _arguments()
    figures: Figures = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    with ExitStack() as stack:
        folder = Path(arguments.store or stack.enter_context(tempfile.TemporaryDirectory()))
        name = str(folder)
        if arguments.postgres:
            from trialbook.testing.postgres import PostgresServer

            name = stack.enter_context(PostgresServer()).make_database()
        figures["store"] = "postgresql" if arguments.postgres else "sqlite"
        figures |= _in_process(name, folder, full=arguments.full)
        figures |= _through_a_server(name, folder, 60 if arguments.full else 10)
    for key, value in figures.items():
        print(f"{key:<52}{value}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(figures, indent=2))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--store", help="a folder for the database; a temporary one by default")
    parser.add_argument("--postgres", action="store_true", help="a PostgreSQL server of the tests (it does not fsync)")
    parser.add_argument("--json", help="a file for the figures")
    return parser.parse_args()


def _timed(work: Callable[[], object], times: int = 9) -> str:
    """Give the median of the wall clock and the least CPU time of several calls, in ms."""
    work()
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return f"{statistics.median(walls) * 1e3:.1f} ms (CPU {min(cpus) * 1e3:.1f})"


def _signal(first: int, count: int) -> tuple[Any, Any, Any]:
    """Make points as a training logs them: steps in turn, jittered times, values born as float32."""
    rng = np.random.default_rng(first)
    step = np.arange(first, first + count)
    value = (np.exp(-step / 3e5) + rng.normal(0, 0.02, count)).astype(np.float32).astype(np.float64)
    return step, 1.7e9 + step * 0.01 + rng.random(count) * 0.002, value


def _fill(store: Store, run: int, count: int, batch: int = 50_000) -> None:
    for seq, first in enumerate(range(0, count, batch)):
        step, moment, value = _signal(first, min(batch, count - first))
        points = Points(["loss"], np.zeros(len(step), np.uint32), step, moment, value)
        store.write(lambda tx, seq=seq, points=points: tx.append(run, "w", seq, points))  # type: ignore[misc]


def _make(call: Call, name: str) -> int:
    from trialbook.handlers.dispatch import dispatch

    dispatch(call, "sagemaker", "CreateTrialComponent", {"TrialComponentName": name})
    entity = call.store.find(Kind.TRIAL_COMPONENT, call.scope.key(name))
    assert entity is not None
    return entity.id


def _in_process(name: str, folder: Path, *, full: bool) -> Figures:
    figures: Figures = {}
    with closing(open_workspace(Settings(store=name, objects=str(folder / "objects")))) as workspace:
        call, store = Call(workspace, Scope("000000000000", "us-east-1"), "bench", "request"), workspace.store
        million = _make(call, "million")
        before = _size(folder)
        begun = time.perf_counter()
        _fill(store, million, MILLION)
        store.merge(million)
        figures["1M points, durable and merged"] = f"{(time.perf_counter() - begun) * 1e3:.0f} ms"
        if (folder / "trialbook.db").exists():
            figures["bytes a point, file included"] = round((_size(folder) - before) / MILLION, 2)
        runs = [_make(call, f"run-{number}") for number in range(50)]
        for run in runs:
            _fill(store, run, 10_000, 1000)
        many: dict[str, Any] = {"queries": [{"run": f"run-{n}", "metric": "loss"} for n in range(50)]}
        figures["view of 50 x 10k points, not merged"] = _timed(lambda: native.VIEWS["view"](call, many))
        for run in runs:
            store.merge(run)
        figures["view of 50 x 10k points, merged"] = _timed(lambda: native.VIEWS["view"](call, many))
        one: dict[str, Any] = {"queries": [{"run": "million", "metric": "loss"}], "buckets": 1000}
        for x in ("step", "time", "relative"):
            figures[f"view of 1M points, 1,000 buckets of {x}"] = _timed(
                lambda x=x: native.VIEWS["view"](call, {**one, "x": x})  # type: ignore[misc]
            )
        if full:
            _fill(store, _make(call, "ten"), 10 * MILLION)
            store.merge(call.store.find(Kind.TRIAL_COMPONENT, call.scope.key("ten")).id)  # type: ignore[union-attr]
            for x in ("step", "time", "relative"):
                ask = {"queries": [{"run": "ten", "metric": "loss"}], "buckets": 1000, "x": x}
                figures[f"view of 10M points, 1,000 buckets of {x}"] = _timed(
                    lambda ask=ask: native.VIEWS["view"](call, ask),
                    3,  # type: ignore[misc]
                )
        zoom = {**one, "from": 500_000, "to": 510_000}
        figures["view of 10k of 1M points"] = _timed(lambda: native.VIEWS["view"](call, zoom))
        figures["read 1M points from the store"] = _timed(lambda: store.series(million, "loss"))
        transport = LocalTransport(workspace)
        figures["read 1M points by the SDK, in process"] = _timed(lambda: read_metrics(transport, "million", ["loss"]))
        figures |= _logs(store, million)
    return figures


def _size(folder: Path) -> int:
    """Give the size of the database once its journal is written back."""
    import sqlite3

    if not (folder / "trialbook.db").exists():
        return 0
    with closing(sqlite3.connect(folder / "trialbook.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (folder / "trialbook.db").stat().st_size


def _logs(store: Store, run: int) -> Figures:
    lines = [LogLine(1.7e9 + n, f"epoch {n} loss {n % 977 / 977:.6f} lr 0.001") for n in range(100_000)]
    begun = time.perf_counter()
    for seq in range(100):
        part = lines[seq * 1000 : (seq + 1) * 1000]
        store.write(lambda tx, seq=seq, part=part: tx.append_log(run, "console", "w", seq, part))  # type: ignore[misc]
    took = time.perf_counter() - begun
    store.merge(run)
    return {
        "100k log lines in 100 batches": f"{took * 1e3:.0f} ms",
        "read 1,000 lines anywhere": _timed(lambda: store.log(run, "console", 77_000, 1000)),
        "find a text in 100k lines": _timed(lambda: store.find_log(run, "epoch 99999 ")),
    }


def _through_a_server(name: str, folder: Path, seconds: int) -> Figures:
    figures: Figures = {}
    with ServerProcess(name, "--objects", str(folder / "objects")) as server:
        assert server.process is not None
        process, transport = psutil.Process(server.process.pid), HttpTransport(server.url)
        figures["read 1M points by the SDK, over HTTP"] = _timed(lambda: read_metrics(transport, "million", ["loss"]))
        ask = wire.write({"names": [], "queries": [{"run": "million", "metric": "loss"}]}, EMPTY)
        figures["view of 1M points over HTTP"] = _timed(lambda: transport.exchange("view", ask))
        figures |= _one_writer(transport, process)
        figures |= _many_runs(server.url, process, seconds)
        figures |= many_streams(server.url, process, _one_point, 10)
        figures["server memory"] = f"{process.memory_info().rss / 2**20:.0f} MiB"
    return figures


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _message(run: str, seq: int, metrics: int, columns: tuple[Any, Any, Any]) -> bytes:
    step, moment, value = columns
    head = {
        "run": run,
        "writer": "bench",
        "seq": seq,
        "names": [f"metric {n}" for n in range(metrics)],
        "start": {"experiment": "bench", "trial": run},
    }
    metric = np.tile(np.arange(metrics, dtype="<u4"), len(step) // metrics)
    return wire.write(head, (step.tobytes(), moment.tobytes(), value.tobytes(), metric.tobytes()))


def _one_point(run: str, seq: int, value: float) -> bytes:
    return _message(run, seq, 1, (np.array([seq]), np.array([value]), np.array([value])))


def _one_writer(transport: HttpTransport, process: psutil.Process) -> Figures:
    """Send 4M points of one run from one client, each message when the one before was acknowledged."""
    n, batches = 65_536, 61
    messages = [_message("one-writer", seq, 1, _signal(seq * n, n)) for seq in range(batches)]
    cpu, begun = _cpu(process), time.perf_counter()
    for message in messages:
        transport.exchange("points", message)
    took = time.perf_counter() - begun
    rate = n * batches / took / 1e6
    return {"one writer through the server": f"{rate:.2f} M points/s (server CPU {(_cpu(process) - cpu) / took:.2f})"}


def _many_runs(url: str, process: psutil.Process, seconds: int) -> Figures:
    """Send 20 metrics x 10 steps a second of 200 runs, each from a connection of its own, evenly over the second."""
    latencies: list[float] = []
    door, host = threading.Lock(), url.removeprefix("http://")
    start = time.perf_counter() + 1

    def client(number: int) -> None:
        mine = []
        with closing(http.client.HTTPConnection(host, timeout=60)) as connection:
            for second in range(-1, seconds):
                step, moment, value = _signal((second + 1) * 10, 10)
                columns = tuple(np.repeat(column, 20) for column in (step, moment, value))
                message = _message(f"many-{number}", second + 1, 20, columns)  # type: ignore[arg-type]
                time.sleep(max(0.0, start + second + number / 200 - time.perf_counter()))
                begun = time.perf_counter()
                connection.request("POST", "/api/v1/points", message, {"Content-Type": wire.MEDIA_TYPE})
                answer = connection.getresponse()
                assert answer.status == 200, answer.read()
                answer.read()
                if second >= 0:
                    mine.append(time.perf_counter() - begun)
        with door:
            latencies.extend(mine)

    with ThreadPoolExecutor(200) as pool:
        waiting = [pool.submit(client, number) for number in range(200)]
        time.sleep(max(0.0, start - time.perf_counter()))
        cpu, begun = _cpu(process), time.perf_counter()
        for one in waiting:
            one.result()
    took = time.perf_counter() - begun
    every = np.array(latencies) * 1e3
    return {
        f"200 runs x 20 metrics x 10/s for {seconds} s": f"{len(latencies) * 200 / took:,.0f} points/s",
        "  acknowledged after, p50 / p99 / worst": " / ".join(
            f"{float(one):.0f}" for one in (*np.quantile(every, (0.5, 0.99)), every.max())
        )
        + " ms",
        "  server CPU": f"{(_cpu(process) - cpu) / took:.2f} of a core",
    }


if __name__ == "__main__":
    main()
