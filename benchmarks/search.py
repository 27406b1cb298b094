"""Search over HTTP at a number of runs: queries, suggestions, a restart, updates, memory. Prints a table, or JSON.

    python benchmarks/search.py [--runs 10000] [--repeat 30] [--store FOLDER] [--json]

Each query is a page of 100 records with 10 asked properties and the exact count. p50 and p95 are what the client waits
for, `cpu` is what the server's process spends. FOLDER is a store that `search_store.py` made; without it one is made
and goes again.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from search_store import make
from trialbook.testing.processes import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = [
    "Metrics.auc", "Metrics.loss", "Metrics.accuracy", "Parameters.batch", "Parameters.optimizer", "Parameters.seed",
    "Parameters.lr-1", "Tags.Project", "Status.PrimaryStatus", "CreationTime",
]  # fmt: skip
BEST = ["-Metrics.auc"]
QUERIES: dict[str, dict[str, Any]] = {
    "one tag, sort by metric": {"where": "Tags.Project = project-77", "sort": BEST},
    "metric and parameter, sort by metric": {"where": "Metrics.auc > 0.5 and Parameters.seed = 7", "sort": BEST},
    "Or of two Ands with Contains": {
        "where": "(DisplayName contains 77 and Metrics.loss < 0.1) or "
        "(Tags.Git contains abc and Status.PrimaryStatus = Failed)",
        "sort": BEST,
    },
    "NotExists and NotEquals": {"where": "not exists Tags.skip and Parameters.optimizer != sgd"},
    "no filter, page 50 by token": {},
    "nested": {
        "where": 'Parents has (Parents.ExperimentName = "experiment-77" and Parents.TrialName = "trial-77-1-27")',
        "sort": BEST,
    },
    "one experiment, sort by metric": {"where": "Parents.ExperimentName = experiment-17", "sort": BEST},
    "sort by a million texts": {"sort": ["DisplayName"]},
}
SUGGESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "names of properties: lr": ("suggest", {"hint": "lr"}),
    "properties with counts: lr": ("properties", {"q": "lr"}),
    "values of a text: user1": ("values", {"property": "Tags.Owner", "q": "user1"}),
    "values and range of a number": ("values", {"property": "Parameters.seed", "q": "1"}),
    "range of a metric": ("values", {"property": "Metrics.auc", "limit": 10}),
}


class Client:
    """One connection to the server, which is kept."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=3600)

    def call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Ask one question."""
        body, headers = json.dumps(request), {"Content-Type": "application/json"}
        self._connection.request("POST", f"/api/v1/{operation}", body, headers)
        answer: dict[str, Any] = json.loads(self._connection.getresponse().read())
        assert "code" not in answer, answer
        return answer

    def put_point(self, run: str, metric: str, value: float) -> None:
        """Log one point of a metric."""
        data = [{"MetricName": metric, "Timestamp": int(time.time()), "Step": int(value), "Value": value}]
        body = json.dumps({"TrialComponentName": run, "MetricData": data})
        self._connection.request("PUT", "/BatchPutMetrics", body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        assert b"Errors" not in answer.read()


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all threads, to the nanosecond."""
    tasks = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir()) / 1e9


def memory(pid: int) -> dict[str, int]:
    """Resident memory in MB, now and at most."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    told = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return {"rss_MB": told["VmRSS"], "peak_MB": told["VmHWM"]}


def timed(pid: int, action: Callable[[], object], repeat: int) -> dict[str, float]:
    """Time an action once it is warm: wall at the client, CPU at the server. `first` is the cold one."""
    walls, cpus = [], []
    for _ in range(repeat + 1):
        cpu, wall = cpu_seconds(pid), time.perf_counter()
        action()
        walls.append((time.perf_counter() - wall) * 1e3)
        cpus.append((cpu_seconds(pid) - cpu) * 1e3)
    p50, p95 = np.percentile(walls[1:], [50, 95])
    return {
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
        "cpu_p50_ms": round(float(np.median(cpus[1:])), 2),
        "first_ms": round(walls[0], 1),
    }


def pid_of(server: ServerProcess) -> int:
    """Give the server's process."""
    assert server.process is not None
    return server.process.pid


def measure(server: ServerProcess, runs: int, repeat: int) -> dict[str, Any]:
    """Ask everything of a server that serves a store of so many runs."""
    found: dict[str, Any] = {"runs": runs, "python": platform.python_version(), "load": os.getloadavg()[0]}
    started = time.perf_counter()
    client = Client(server.url)
    first = QUERIES["one tag, sort by metric"]
    client.call("table", {**first, "columns": COLUMNS})
    found["first query without the cache, s"] = round(time.perf_counter() - started, 2)
    found["cpu of it, s"] = round(cpu_seconds(pid_of(server)), 2)
    found["after it"] = memory(pid_of(server))
    found["stopping, s"] = round(server.terminate(60)[1], 2)
    started = time.perf_counter()
    server.start()
    found["restart until it serves, s"] = round(time.perf_counter() - started, 2)
    client = Client(server.url)
    started = time.perf_counter()
    client.call("table", {**first, "columns": COLUMNS})
    found["first query after a restart, s"] = round(time.perf_counter() - started, 2)
    found["queries"] = {name: query(client, server, name, repeat) for name in QUERIES}
    found["suggestions"] = {
        name: timed(pid_of(server), lambda one=asked: client.call(*one), repeat)  # type: ignore[misc]
        for name, asked in SUGGESTIONS.items()
    }
    found["an update, seen by the next search"] = update(client, repeat)
    found["memory"] = memory(pid_of(server))
    found["cache_MB"] = sum(one.stat().st_size for one in Path(server.store).glob("columns/*/*")) >> 20
    return found


def query(client: Client, server: ServerProcess, name: str, repeat: int) -> dict[str, Any]:
    """Time one of `QUERIES`."""
    asked = {**QUERIES[name], "columns": COLUMNS, "limit": 100}
    if "token" in name:
        asked["token"] = client.call("table", {**asked, "offset": 4800})["token"]
    answer: dict[str, Any] = {}
    told = timed(pid_of(server), lambda: answer.update(client.call("table", asked)), repeat)
    return {"total": answer["total"], **told}


def update(client: Client, repeat: int) -> dict[str, float]:
    """Time from the acknowledgement of a point to the answer of a search that has seen it."""
    run = client.call("table", {"limit": 1})["names"][0]
    walls = []
    for step in range(repeat):
        client.put_point(run, "auc", 10.0 + step)
        started = time.perf_counter()
        answer = client.call("table", {"sort": BEST, "columns": ["Metrics.auc"], "limit": 1})
        walls.append((time.perf_counter() - started) * 1e3)
        assert answer["columns"]["Metrics.auc"] == [10.0 + step], answer
    p50, p95 = np.percentile(walls, [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}


def show(found: dict[str, Any]) -> None:
    """Print the figures as a table."""
    print(f"{found['runs']} runs, load {found['load']:.1f}, Python {found['python']}")
    for title in ("queries", "suggestions"):
        print(f"{title:40} {'found':>9} {'p50':>8} {'p95':>8} {'cpu':>8} {'first':>8}  ms")
        for name, one in found[title].items():
            figures = (one["p50_ms"], one["p95_ms"], one["cpu_p50_ms"], one["first_ms"])
            print(f"  {name:38} {one.get('total', ''):>9} " + " ".join(f"{figure:8.2f}" for figure in figures))
    for name, one in found.items():
        if name not in {"queries", "suggestions", "runs", "load", "python"}:
            print(f"{name:40} {one}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--repeat", type=int, default=30)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = asked.store or Path(folder) / "store"
        seconds = make(store, asked.runs) if asked.store is None else 0.0
        with ServerProcess(store) as server:
            found = {**measure(server, asked.runs, asked.repeat), "making the store, s": round(seconds, 1)}
    if asked.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)


if __name__ == "__main__":
    main()
