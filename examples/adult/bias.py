"""Bias report of the Adult data and of the model that SageMaker's Clarify example trains, beside its published figures.

    python examples/adult/bias.py [--python INTERPRETER | --kept] [--out DIR]

The model is trained here with xgboost 1.7.6, in an environment of its own that is made on first use; `--kept` takes
its kept predictions instead, which are the same to the last bit. With `--out` the reports of `trialbook clarify`
(HTML, PDF, notebook, analysis.json) are written too.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import encoded
import make_predictions
import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from published import FIGURES, compared
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from trialbook.clarify import BiasReport, bias_report, run_analysis

THRESHOLD = 0.8
CONFIG: dict[str, Any] = {
    "dataset_type": "application/x-parquet",
    "label": encoded.LABEL,
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
    "group_variable": "Age",
    "probability_threshold": THRESHOLD,
    "methods": {
        "report": {"name": "report", "title": "Adult: who is predicted to earn more than 50,000 dollars"},
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": "all"},
    },
    "predicted_label": "probability",
}


def kept() -> NDArray[np.float32]:
    """Give the kept predictions."""
    return np.asarray(pq.read_table(make_predictions.OUTPUT)["probability"].to_numpy(), np.float32)


def report(probabilities: NDArray[np.float32]) -> BiasReport:
    """Measure how data and predictions treat women (Sex 0), compared within each age."""
    return bias_report(
        encoded.columns(),
        label=encoded.LABEL,
        positive=1,
        facet="Sex",
        facet_value=0,
        group="Age",
        predicted=probabilities,
        predicted_positive=THRESHOLD,
    )


def show(console: Console, analysis: dict[str, Any]) -> int:
    """Print every metric of an analysis beside its published figure; gives how many of these differ."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title="Bias against women in Adult", title_justify="left")
    for title in ("metric", "description", "value", "printed", "published"):
        table.add_column(title, justify="left" if title in {"metric", "description"} else "right")
    lines = compared(analysis)
    for one in lines:
        mark = f"[red]{one.published}[/red]" if one.differs else one.published
        value = "" if one.value is None else f"{one.value:.10g}"
        table.add_row(one.key, one.description, value, one.printed, mark)
    console.print(table)
    differing = sum(one.differs for one in lines)
    console.print(f"{FIGURES - differing} of {FIGURES} published figures are met.", highlight=False)
    return differing


def measured(console: Console, probabilities: NDArray[np.float32]) -> dict[str, Any]:
    """Report the bias of predictions, and say how long it took; gives it in the shape of analysis.json."""
    began = time.perf_counter()
    found = report(probabilities)
    took = time.perf_counter() - began
    console.print(f"{found.rows:,} people, 21 metrics in {took * 1000:.0f} ms.", highlight=False)
    return found.to_dict()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", type=Path, help="an interpreter that has xgboost 1.7")
    parser.add_argument("--kept", action="store_true", help="take the kept predictions instead of training")
    parser.add_argument("--out", type=Path, help="write analysis.json and the reports here")
    arguments = parser.parse_args()
    console = Console()
    if arguments.kept:
        probabilities = kept()
    else:
        python = arguments.python or make_predictions.interpreter()
        with console.status("Training the published model with xgboost 1.7.6 ..."):
            probabilities = make_predictions.predict(python)
    differing = show(console, measured(console, probabilities))
    if arguments.out:
        data = {**encoded.columns(), "probability": probabilities}
        run_analysis(CONFIG, data, None, arguments.out, name="adult.parquet")
        console.print(f"Reports are in {arguments.out}", markup=False, highlight=False)
    raise SystemExit(1 if differing else 0)


if __name__ == "__main__":
    main()
