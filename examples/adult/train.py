"""Train XGBoost models on the Adult data, record every one, then rank them.

    trialbook up
    python examples/adult/train.py

Twelve models with different parameters learn whether a person earns more than 50,000 dollars a year. Each is a run:
its parameters, six metrics a round, the final test metrics, ROC and precision-recall curves, a confusion matrix and
the model file go to the server while it trains.
"""

from __future__ import annotations

import argparse
import itertools
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import rank
import xgboost
from data import HERE, Part, load
from numpy.typing import NDArray
from record import Recorder, Run
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sklearn import metrics

GRID = {"max_depth": (3, 5, 8), "eta": (0.05, 0.2), "min_child_weight": (1, 6)}
FIXED: dict[str, float | str] = {"objective": "binary:logistic", "subsample": 0.8, "gamma": 1.0}
EVALUATED = ("logloss", "auc", "error")
CURVE_POINTS = 300
CLASSES = ("<=50K", ">50K")
# Rounds on so few rows take milliseconds: on a busy machine two threads, waiting for each other, took 19 times as long
THREADS = 1


class SendRound(xgboost.callback.TrainingCallback):
    """Sends each round's metrics as the round ends."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002
        values = {f"{part}:{name}": history[-1] for part, log in evals_log.items() for name, history in log.items()}
        self.run.log_metrics(values, step=epoch)
        return False


def train(run: Run, parameters: dict[str, Any], rounds: int, parts: tuple[Part, Part, Part]) -> None:
    """Train one model and record what it did."""
    train_part, validation, test = parts
    matrices = {
        "train": xgboost.DMatrix(train_part.x, train_part.y, nthread=THREADS),
        "validation": xgboost.DMatrix(validation.x, validation.y, nthread=THREADS),
    }
    booster = xgboost.train(
        {**parameters, "eval_metric": list(EVALUATED), "nthread": THREADS},
        matrices["train"],
        num_boost_round=rounds,
        evals=[(matrix, name) for name, matrix in matrices.items()],
        callbacks=[SendRound(run)],
        verbose_eval=False,
    )
    score = booster.predict(xgboost.DMatrix(test.x, nthread=THREADS))
    record_test(run, test.y, score)
    run.log_model(bytes(booster.save_raw("ubj")))


def record_test(run: Run, y: NDArray[np.float64], score: NDArray[np.float32]) -> None:
    """Record how the model does on people it never saw."""
    predicted = score > 0.5
    auc = metrics.roc_auc_score(y, score)
    run.log_metrics(
        {
            "test:auc": auc,
            "test:accuracy": metrics.accuracy_score(y, predicted),
            "test:f1": metrics.f1_score(y, predicted),
        }
    )
    false_rate, true_rate, _ = metrics.roc_curve(y, score)
    run.log_graph(
        "ROC",
        "ROCCurve",
        {"falsePositiveRate": thin(false_rate), "truePositiveRate": thin(true_rate), "areaUnderCurve": float(auc)},
    )
    precision, recall, _ = metrics.precision_recall_curve(y, score)
    run.log_graph(
        "PrecisionRecall",
        "PrecisionRecallCurve",
        {
            "precision": thin(precision),
            "recall": thin(recall),
            "averagePrecisionScore": float(metrics.average_precision_score(y, score)),
            "noSkill": float(np.mean(y)),
        },
    )
    matrix = metrics.confusion_matrix(y, predicted)
    run.log_graph("ConfusionMatrix", "ConfusionMatrix", {"confusionMatrix": matrix.tolist(), "labels": list(CLASSES)})


def thin(curve: NDArray[np.float64]) -> list[float]:
    """Keep at most `CURVE_POINTS` points of a curve, both ends among them: a picture needs no more."""
    kept = np.unique(np.linspace(0, len(curve) - 1, CURVE_POINTS).astype(int))
    return [round(float(value), 6) for value in curve[kept]]


@contextmanager
def progress(console: Console, total: int) -> Iterator[Any]:
    """Give a function to call as each run ends: a bar on a terminal, a line a run elsewhere."""
    if not console.is_terminal:
        count = itertools.count(1)
        yield lambda label, seconds: console.print(f"[{next(count)}/{total}] {label}: {seconds:.1f} s", markup=False)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("training", total=total)
        yield lambda label, _seconds: bar.update(task, advance=1, description=label)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:8817"))
    parser.add_argument("--rounds", type=int, default=50, help="boosting rounds a model")
    parser.add_argument("--runs", type=int, help="stop after this many models")
    arguments = parser.parse_args()
    rank.use_server(arguments.url)
    console = Console()

    recorder = Recorder(secrets.token_hex(2))
    datasets = {
        name: recorder.put_dataset(name, (HERE / name).read_bytes()) for name in ("adult.parquet", "adult_test.parquet")
    }
    # A seed of its own lets every sweep draw other rows for its trees, so that a second one tells something new.
    seed = int(secrets.randbelow(10_000))
    parts = load()
    grid = list(itertools.product(*GRID.values()))[: arguments.runs]
    told = f"Training {len(grid)} models on {len(parts[0].y):,} people, recorded as [bold]{recorder.sweep}[/bold]."
    console.print(told, highlight=False)
    began = time.monotonic()
    with progress(console, len(grid)) as advance:
        for number, values in enumerate(grid, start=1):
            run_began = time.monotonic()
            parameters: dict[str, float | str] = {**FIXED, **dict(zip(GRID, values, strict=True)), "seed": seed}
            with recorder.run(number, {**parameters, "rounds": arguments.rounds}, datasets) as run:
                train(run, parameters, arguments.rounds, parts)
            label = ", ".join(f"{name} {value}" for name, value in zip(GRID, values, strict=True))
            advance(label, time.monotonic() - run_began)
    console.print(f"{len(grid)} runs recorded in {time.monotonic() - began:.1f} s.\n", highlight=False)
    rank.show(console, arguments.url, recorder.sweep)


if __name__ == "__main__":
    main()
