"""A small study, recorded by the SDK: two settings with three seeds, and a run that shows all that can be logged."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from trialbook.sdk.run import Run

SEEDS = 3
STEPS = 120
NAMES = [f"study-lr{lr}-s{seed}" for lr in (0.1, 0.01) for seed in range(SEEDS)]
RICH = NAMES[-1]


def make_study(folder: Path) -> None:
    """Record the study on the server that TRIALBOOK_URL names."""
    rng = np.random.default_rng(7)
    for lr in (0.1, 0.01):
        for seed in range(SEEDS):
            with Run("study", run_name=f"lr{lr}-s{seed}", tags={"team": "core"}) as run:
                run.log_parameters({"lr": lr, "seed": seed, "optimizer": "adam"})
                for step in range(STEPS):
                    run.log_metric("train/loss", 2 * math.exp(-step * lr / 4) + rng.normal() * 0.02, step=step)
                    if step % 10 == 0:
                        run.log_metric("val/accuracy", 0.9 - lr + rng.normal() * 0.004, step=step)
                y = rng.integers(0, 2, 200)
                run.log_roc_curve(y, np.clip(y * 0.4 + rng.random(200) * 0.6, 0, 1), title="roc")
                if run.run_name == "lr0.01-s2":
                    _log_everything(run, rng, folder)


def _log_everything(run: Any, rng: np.random.Generator, folder: Path) -> None:
    for step, value in enumerate([1.0, float("nan"), float("inf"), 2.0, 1.5]):
        run.log_metric("odd", value, step=step)
    run.log_confusion_matrix(rng.integers(0, 3, 90), rng.integers(0, 3, 90), title="confusion")
    run.log_precision_recall([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3], title="pr")
    run.log_table("per class", {"class": ["cat", "dog"], "f1": [0.9, float("nan")]})
    run.log_text("# Model card\n\nTrained on **much** data.", "card.md")
    for step in (0, 10, 20):
        run.log_image(np.full((8, 8), step / 20), "samples", step=step)
    path = folder / "notes.csv"
    path.write_text("a,b\n1,x\n2,y\n")
    run.log_file(path, "notes.csv")
    run.note(
        notes="# What was seen\n\nIt **converged**, see [the docs](https://example.org).", hypothesis="Less is more."
    )
    for number in range(1500):
        print(f"line {number} of the training")  # the run's own log
