"""Bias reports over synthetic rows, in memory and streamed from Parquet. Prints JSON; CPU seconds, best of `--repeat`.

    python benchmarks/clarify.py [--rows 30000 1000000 10000000] [--repeat 3]

A row has a sex (2 values), an age (74, the group), a label and a probability; the report has all metrics but the flip
test, which needs rows and is timed by itself: on the smallest number of rows with five features of one spread, where it
needs k-d trees, and with all other metrics on the 30,162 rows of the Adult data and their kept predictions.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify import bias_report
from trialbook.clarify.metrics import keys

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTED = [key for stage in ("pre", "post") for key in keys(stage) if key != "FT"]  # type: ignore[arg-type]
QUESTION: dict[str, Any] = {
    "label": "label",
    "positive": 1,
    "facet": "sex",
    "facet_value": 0,
    "group": "age",
    "predicted": "probability",
    "predicted_positive": 0.8,
}


def rows(number: int, whole: type = np.int64) -> dict[str, Any]:
    """Make that many rows."""
    rng = np.random.default_rng(number)
    return {
        "sex": rng.integers(0, 2, number).astype(whole),
        "age": rng.integers(17, 91, number).astype(whole),
        "label": (rng.random(number) < 0.25).astype(whole),
        "probability": rng.random(number),
    }


def seconds(work: Callable[[], object], repeat: int) -> dict[str, float]:
    """Time work: CPU seconds of all threads, and wall seconds, of the quickest of several times."""
    taken = []
    for _ in range(repeat):
        cpu, wall = time.process_time(), time.perf_counter()
        work()
        taken.append((time.process_time() - cpu, time.perf_counter() - wall))
    best = min(taken)
    return {"cpu_s": round(best[0], 5), "wall_s": round(best[1], 5)}


def streamed(path: Path) -> dict[str, float]:
    """Stream a file in a process of its own, for its peak memory."""
    code = """
import json, re, sys, time
sys.path.insert(0, sys.argv[2])
import clarify, pyarrow.parquet
from trialbook.clarify import bias_report
cpu, wall = time.process_time(), time.perf_counter()
bias_report(sys.argv[1], metrics=clarify.COUNTED, **clarify.QUESTION)
cpu, wall = round(time.process_time() - cpu, 4), round(time.perf_counter() - wall, 4)
with open("/proc/self/status") as status:
    # The peak of this program alone: getrusage counts what its parent held before it was started, too
    peak = int(re.search("VmHWM:\\s+(\\d+)", status.read())[1]) // 1024
print(json.dumps({"cpu_s": cpu, "wall_s": wall, "peak_mb": peak}))
"""
    command = [sys.executable, "-c", code, str(path), str(Path(__file__).parent)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))


def adult(repeat: int) -> dict[str, float]:
    """Time all 21 metrics over the Adult data: 30,162 rows of 15 columns of int64, and kept probabilities."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "adult"))
    bias: Any = importlib.import_module("bias")
    columns, probabilities = bias.encoded.columns(), bias.kept()
    question = {"label": "Target", "positive": 1, "facet": "Sex", "facet_value": 0, "group": "Age"}
    asked = partial(bias_report, columns, predicted=probabilities, predicted_positive=bias.THRESHOLD, **question)
    return seconds(asked, repeat)


def main() -> None:
    """Run every measurement."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[30_000, 1_000_000, 10_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    found: dict[str, Any] = {"machine": platform.processor() or platform.machine(), "cpus": os.cpu_count()}
    for number in arguments.rows:
        data = rows(number)
        small = {name: column.astype(np.uint8) if name != "probability" else column for name, column in data.items()}
        table = pa.table({**data, "sex": pa.array(np.where(data["sex"], "Male", "Female")).dictionary_encode()})
        worded = {**QUESTION, "facet_value": "Female"}
        found[f"{number:,} rows"] = {
            "int64 arrays": seconds(partial(bias_report, data, metrics=COUNTED, **QUESTION), arguments.repeat),
            "uint8 arrays": seconds(partial(bias_report, small, metrics=COUNTED, **QUESTION), arguments.repeat),
            "arrow table": seconds(partial(bias_report, table, metrics=COUNTED, **worded), arguments.repeat),
        }
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.parquet"
            pq.write_table(pa.table(data), path, row_group_size=1 << 20)
            found[f"{number:,} rows"]["streamed Parquet"] = streamed(path)
    flip = rows(arguments.rows[0])
    flip.update({f"feature {i}": np.random.default_rng(i).normal(size=arguments.rows[0]) for i in range(4)})
    found[f"flip test, {arguments.rows[0]:,} rows"] = seconds(
        lambda: bias_report(flip, metrics=["FT"], **QUESTION), arguments.repeat
    )
    found["Adult, all 21 metrics"] = adult(20 * arguments.repeat)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
