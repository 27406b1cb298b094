"""Search over synthetic runs: load, eight queries, suggestions, updates. Prints JSON.

    python benchmarks/search.py [--runs 100000] [--repeat 40]

A run has about 40 properties: 5 built in, 5 tags, 20 parameters, 10 metrics, out of 425 names over 200 experiments,
and 1 to 3 inputs. The queries are asked with a limit, sorted, with the exact count; reading documents is
left out.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from trialbook.search.engine import Engine
from trialbook.search.schema import MapOf, Schema
from trialbook.search.tree import EVERYTHING, Condition, Group, Nested, Node, Operator, Query, SortKey
from trialbook.store.interface import ROW_BITS, Entity, RunSummary, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trialbook.model import Document

KIND = 3
SCOPE = "000000000000/us-east-1"
SCHEMA = Schema.from_shape(
    {
        "TrialComponentName": "name",
        "DisplayName": "text",
        "CreationTime": "time",
        "LastModifiedTime": "time",
        "Status": {"PrimaryStatus": "text"},
        "Tags": [{"Key": "text", "Value": "text"}],
        "Parameters": MapOf({"StringValue": "text", "NumberValue": "number"}),
        "InputDataConfig": [{"ChannelName": "text", "S3Uri": "text"}],
        "Parents": [{"TrialName": "name", "ExperimentName": "name"}],
    },
    summaries=True,
)


class Book:
    """Synthetic runs, made as they are read."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.rev = runs
        self.updates: list[RunSummary] = []
        self.spent = 0.0

    def last_rev(self) -> int:
        return self.rev

    def changes(self, since: int) -> Sequence[Entity]:
        started = time.process_time()
        rows = range(since, min(self.runs, since + 10_000))
        made = [Entity((KIND << ROW_BITS) | row, row + 1, str(row), document(row)) for row in rows]
        self.spent += time.process_time() - started
        return made

    def summary_changes(self, since: int) -> Sequence[RunSummary]:
        if since >= self.runs:
            return [one for one in self.updates if one.rev > since]
        started = time.process_time()
        rows = range(since, min(self.runs, since + 10_000))
        made = [RunSummary((KIND << ROW_BITS) | row, row + 1, metrics(row, 0.0)) for row in rows]
        self.spent += time.process_time() - started
        return made


def document(row: int) -> Document:
    rng = np.random.default_rng(row)
    experiment = row % 200
    numbers = rng.random(20).tolist()
    names = [f"lr-{experiment % 4}", *(f"p{(experiment * 7 + i) % 380}" for i in range(19))]
    return {
        "TrialComponentName": f"run-{row:07d}-{int(numbers[0] * 1e9):x}",
        "DisplayName": f"display {row} {int(numbers[1] * 1e12):x}",
        "CreationTime": 1.7e9 + row,
        "LastModifiedTime": 1.7e9 + row + 60.5,
        "Status": {"PrimaryStatus": "Completed" if row % 9 else "Failed"},
        "_scope": SCOPE,
        "Tags": [
            {"Key": "Project", "Value": f"project-{row % 1000}"},
            {"Key": "Owner", "Value": f"user{row % 37}"},
            {"Key": "Stage", "Value": "dev" if row % 3 else "prod"},
            {"Key": "Git", "Value": f"{int(numbers[2] * 1e15):x}"},
            *([{"Key": "skip", "Value": "yes"}] if row % 50 == 0 else []),
        ],
        "Parameters": {
            "batch": {"NumberValue": float(16 << (row % 4))},
            "optimizer": {"StringValue": ("adam", "sgd", "lion")[row % 3]},
            "seed": {"NumberValue": float(row % 20)},
            **{name: {"NumberValue": round(value, 3)} for name, value in zip(names, numbers, strict=True)},
        },
        "InputDataConfig": [
            {"ChannelName": channel, "S3Uri": f"s3://data/{channel}/{row % 500}"}
            for channel in ("train", "validation", "test")[: row % 3 + 1]
        ],
        "Parents": [{"TrialName": f"trial-{experiment}", "ExperimentName": f"experiment-{experiment}"}],
    }


def metrics(row: int, shift: float) -> dict[str, Summary]:
    rng = np.random.default_rng(row + 10**9)
    names = ["auc", "loss", "accuracy", *(f"m{(row % 200) % 5 * 7 + i}" for i in range(7))]
    return {
        name: Summary(100, 100, value + shift, 0.0, 1.0, 100 * value, 100 * value * value + 1, 99, 1.7e9)
        for name, value in zip(names, rng.random(10).tolist(), strict=True)
    }


def condition(name: str, operator: Operator, value: str | None = None) -> Condition:
    return Condition(name, operator, value)


def every(*nodes: Node) -> Group:
    return Group(every=True, nodes=nodes)


def queries() -> dict[str, Query]:
    auc = (SortKey("Metrics.auc", descending=True),)
    default = (SortKey("LastModifiedTime", descending=True),)

    def query(where: Node, sort: tuple[SortKey, ...], limit: int) -> Query:
        return Query(KIND, SCOPE, where, sort, limit)

    contains = [
        every(condition("DisplayName", Operator.CONTAINS, part), condition("Metrics.loss", Operator.LESS_THAN, "0.5"))
        for part in ("77a", "beef")
    ]
    return {
        "one tag, sort by metric, top 10": query(condition("Tags.Project", Operator.EQUALS, "project-7"), auc, 10),
        "metric and parameter, sort, top 100": query(
            every(
                condition("Metrics.auc", Operator.GREATER_THAN, "0.5"),
                condition("Parameters.seed", Operator.EQUALS, "7"),
            ),
            auc,
            100,
        ),
        "Or of two Ands with Contains": query(Group(every=False, nodes=tuple(contains)), auc, 10),
        "NotExists and NotEquals": query(
            every(
                condition("Tags.skip", Operator.NOT_EXISTS),
                condition("Parameters.optimizer", Operator.NOT_EQUALS, "sgd"),
            ),
            default,
            100,
        ),
        "no filter, page 50 by token": query(EVERYTHING, default, 50),
        "nested (channel URI)": query(
            Nested(
                "InputDataConfig",
                (
                    condition("InputDataConfig.ChannelName", Operator.EQUALS, "validation"),
                    condition("InputDataConfig.S3Uri", Operator.EQUALS, "s3://data/validation/77"),
                ),
            ),
            auc,
            10,
        ),
        "one experiment, sort by metric": query(
            condition("Parents.ExperimentName", Operator.EQUALS, "experiment-17"), auc, 100
        ),
        "sort by distinct text": query(EVERYTHING, (SortKey("DisplayName"),), 100),
    }


def timed(action: Callable[[], object], repeat: int) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(repeat):
        cpu, wall = time.thread_time(), time.perf_counter()
        action()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.thread_time() - cpu)
    p50, p95 = np.percentile(walls, [50, 95])
    return {
        "p50_ms": round(float(p50) * 1e3, 3),
        "p95_ms": round(float(p95) * 1e3, 3),
        "cpu_p50_ms": round(float(np.median(cpus)) * 1e3, 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=40)
    asked = parser.parse_args()
    book, engine = Book(asked.runs), Engine({KIND: SCHEMA})
    started = time.process_time()
    engine.follow(book)
    loading = time.process_time() - started - book.spent
    found: dict[str, object] = {
        "runs": asked.runs,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "load_cpu_s": round(loading, 2),
        "idle_follow_us": round(timed(lambda: [engine.follow(book) for _ in range(1000)], 20)["p50_ms"], 2),
    }
    told: dict[str, object] = {}
    for name, query in queries().items():
        first = timed(lambda query=query: engine.search(query), 1)["p50_ms"]  # type: ignore[misc]
        page = engine.search(query)
        again = replace(query, token=page.token) if "token" in name else query
        told[name] = {
            "total": page.total,
            "first_ms": first,
            **timed(lambda one=again: engine.search(one), asked.repeat),
        }  # type: ignore[misc]
    found["queries"] = told
    found["suggest"] = timed(lambda: engine.suggest(KIND, SCOPE, "lr"), asked.repeat)
    found["update of 200 runs"] = updates(book, engine, asked.repeat)
    found["memory_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(found, indent=2))


def updates(book: Book, engine: Engine, repeat: int) -> dict[str, float]:
    """Time from new summaries of 200 runs to a query that sees them."""
    query = queries()["one tag, sort by metric, top 10"]

    def update() -> None:
        engine.follow(book)
        engine.search(query)

    walls = []
    for shift in range(repeat):
        book.rev += 1
        book.updates = [RunSummary((KIND << ROW_BITS) | row, book.rev, metrics(row, shift)) for row in range(200)]
        walls.append(timed(update, 1)["p50_ms"])
    return {"p50_ms": round(float(np.median(walls)), 3)}


if __name__ == "__main__":
    main()
