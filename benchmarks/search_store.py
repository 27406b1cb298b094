"""A store with many synthetic runs, written in bulk: what `benchmarks/search.py` searches.

    python benchmarks/search_store.py [FOLDER] [--runs 10000]

A run has about 40 properties: 5 built in, 5 tags, 20 parameters, 10 metrics, out of 425 names over 200 experiments,
and 1 to 3 parents. The rows are put into the database by SQL, 1,000 runs a revision, since a million calls would take
hours.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from trialbook.model import Kind
from trialbook.names import Scope
from trialbook.settings import DEFAULT_ACCOUNT
from trialbook.store import open_store
from trialbook.store.codec import SUMMARY, pack_summary

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = int(Kind.TRIAL_COMPONENT)
SCOPE = Scope(DEFAULT_ACCOUNT, "us-east-1")
BATCH = 1_000
PARAMETERS = 20
NAMES = ("auc", "loss", "accuracy", *(f"m{number}" for number in range(35)))


def names_of(row: int) -> list[str]:
    """Name the parameters that are the run's own, by its experiment."""
    experiment = row % 200
    return [f"lr-{experiment % 4}", *(f"p{(experiment * 7 + i) % 380}" for i in range(PARAMETERS - 4))]


def document(row: int, numbers: list[float]) -> dict[str, Any]:
    """Make one run's document from random numbers between 0 and 1."""
    experiment, name = row % 200, f"run-{row:07d}-{int(numbers[0] * 1e9):x}"
    user = {"UserProfileArn": SCOPE.arn("user-profile", "trialbook/bench"), "UserProfileName": f"user{row % 37}"}
    return {
        "TrialComponentName": name,
        "TrialComponentArn": SCOPE.arn("experiment-trial-component", name),
        "DisplayName": f"display {row} {int(numbers[1] * 1e12):x}",
        "CreationTime": 1.7e9 + row,
        "LastModifiedTime": 1.7e9 + row + 60.5,
        "CreatedBy": user,
        "Status": {"PrimaryStatus": "Completed" if row % 9 else "Failed"},
        "_scope": SCOPE.text,
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
            **{one: {"NumberValue": round(value, 3)} for one, value in zip(names_of(row), numbers[3:], strict=True)},
        },
        "Parents": [
            {"TrialName": f"trial-{experiment}-{at}-{row % 50}", "ExperimentName": f"experiment-{experiment}"}
            for at in range(row % 3 + 1)
        ],
    }


def summaries(rows: range, values: np.ndarray[Any, Any]) -> Iterator[tuple[int, bytes]]:
    """Give (row, packed summaries of ten metrics)."""
    for row, some in zip(rows, values, strict=True):
        records = np.zeros(10, SUMMARY)
        # The ids of the metric table start at 1.
        records["metric"] = [1, 2, 3, *(4 + (row % 5) * 7 + i for i in range(7))]
        records["count"] = records["numbers"] = 100
        records["last"], records["minimum"], records["maximum"] = some, some / 2, some * 2
        records["total"], records["squares"] = 100 * some, 110 * some * some
        records["last_step"], records["last_time"] = 99, 1.7e9
        yield row, pack_summary(records)


def make(folder: Path, runs: int) -> float:
    """Make a store of so many runs; gives the seconds it took."""
    started = time.perf_counter()
    open_store(str(folder)).close()
    connection = sqlite3.connect(folder / "trialbook.db", isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO metric (id, name) VALUES (?, ?)", enumerate(NAMES, 1))
    rev = connection.execute("SELECT rev FROM meta").fetchone()[0]
    for first in range(0, runs, BATCH):
        rev += 1
        rows = range(first, min(runs, first + BATCH))
        rng = np.random.default_rng(first)
        numbers = rng.random((len(rows), PARAMETERS)).tolist()
        made = [document(row, some) for row, some in zip(rows, numbers, strict=True)]
        connection.executemany(
            "INSERT INTO entity (id, rev, kind, key, doc) VALUES (?, ?, ?, ?, ?)",
            (
                (KIND << 40 | row, rev, KIND, SCOPE.key(doc["TrialComponentName"]), orjson.dumps(doc).decode())
                for row, doc in zip(rows, made, strict=True)
            ),
        )
        connection.executemany(
            "INSERT INTO summary (run, rev, data) VALUES (?, ?, ?)",
            ((KIND << 40 | row, rev, data) for row, data in summaries(rows, rng.random((len(rows), 10)))),
        )
    connection.execute("UPDATE meta SET rev = ?", (rev,))
    connection.execute("COMMIT")
    connection.close()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="a new folder; by default one that goes again")
    parser.add_argument("--runs", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(f"a store of {asked.runs} runs: {make(asked.folder or Path(folder) / 'store', asked.runs):.1f} s")


if __name__ == "__main__":
    main()
