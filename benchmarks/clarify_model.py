"""Asking a model of a Clarify job within the analysis and over HTTP: the same analyses of Adult. Prints JSON.

    python benchmarks/clarify_model.py [--rows 30162] [--rounds 800] [--repeat 3]

Each analysis is a process of its own, as in a job: `start` asks about one row, `bias` predicts all rows, `shap`
explains 500 of them by 15 samples. CPU seconds count the model's server too; each figure is the least of `--repeat`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "adult"))

if TYPE_CHECKING:
    from trialbook.clarify.endpoint import Send

LABEL = "Target"
PARAMETERS = {"max_depth": 5, "eta": 0.2, "gamma": 4, "min_child_weight": 6, "subsample": 0.8}
EXPLAINED = 500
WORKS = ("start", "bias", "shap")


def train(folder: Path, rows: int, rounds: int) -> None:
    """Write the model and the rows."""
    import encoded
    import xgboost

    columns = encoded.columns()
    labels = np.asarray(columns.pop(LABEL))[:rows]
    table = np.column_stack(list(columns.values()))[:rows].astype(float)
    settings = {**PARAMETERS, "objective": "binary:logistic", "nthread": 1}
    model = xgboost.train(settings, xgboost.DMatrix(table, labels), rounds)
    (folder / "model").mkdir()
    model.save_model(folder / "model" / "xgboost-model.ubj")
    np.save(folder / "rows.npy", table)


def ask(folder: Path, way: str, work: str) -> None:
    """Do one analysis in this process; prints its cost and a sum of its answers."""
    from trialbook.algorithms.program import loaded
    from trialbook.clarify import kernel_shap
    from trialbook.clarify.endpoint import EndpointModel
    from trialbook.clarify.predicting import predict_checked
    from trialbook.jobs.analysis_loaded import LoadedModel
    from trialbook.jobs.analysis_model import ServedModel

    rows = np.load(folder / "rows.npy")
    rows = rows[:1] if work == "start" else rows
    env = {**os.environ, "TRIALBOOK_ML_ROOT": str(folder), "OMP_WAIT_POLICY": "passive"}
    began, cpu = time.perf_counter(), cpu_seconds()
    with contextlib.ExitStack() as stack:
        send: Send = LoadedModel(lambda: loaded("xgboost", env))
        if way == "served":
            argv = [sys.executable, "-m", "trialbook.algorithms", "xgboost", "serve"]
            send = stack.enter_context(contextlib.closing(ServedModel(argv, env)))
        model = EndpointModel(send, {}, [])
        if work == "shap":
            found = kernel_shap(model, rows[:EXPLAINED], rows[:1] * 0, num_samples=15).values
        else:
            found = predict_checked(model, rows, batch=len(rows) // 20 + 1)
        wall = time.perf_counter() - began
    told = {"wall_s": round(wall, 3), "cpu_s": round(cpu_seconds() - cpu, 3), "sum": float(np.sum(found))}
    print("\n" + json.dumps(told))


def cpu_seconds() -> float:
    """Give the CPU seconds of this process and of those it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    """Print the costs of both ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30_162)
    parser.add_argument("--rounds", type=int, default=800)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--ask", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ask:
        ask(Path(given.ask[0]), *given.ask[1:])
        return
    found: dict[str, Any] = {"python": platform.python_version(), "rows": given.rows, "rounds": given.rounds}
    with tempfile.TemporaryDirectory() as name:
        train(Path(name), given.rows, given.rounds)
        for work in WORKS:
            taken: dict[str, list[dict[str, float]]] = {"loaded": [], "served": []}
            for _ in range(given.repeat):
                for way, runs in taken.items():
                    done = subprocess.run(
                        [sys.executable, __file__, "--ask", name, way, work], capture_output=True, text=True, check=True
                    )
                    runs.append(json.loads(done.stdout.splitlines()[-1]))
            sums = {run.pop("sum") for runs in taken.values() for run in runs}
            if len(sums) != 1:
                raise SystemExit(f"the two ways answer differently: {sums}")
            found[work] = {
                way: {key: min(run[key] for run in runs) for key in ("wall_s", "cpu_s")} for way, runs in taken.items()
            }
    found["load"] = round(os.getloadavg()[0], 1)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
