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
from published import PUBLISHED, printed
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


def compare(found: BiasReport) -> tuple[Table, int]:
    """Put every metric beside its published figure; gives the table, and how many differ."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title="Bias against women in Adult", title_justify="left")
    for title in ("metric", "description", "value", "printed", "published"):
        table.add_column(title, justify="right" if title in {"value", "printed", "published"} else "left")
    differing = 0
    for stage, facets in found.stages.items():
        for one in facets["Sex"][0].metrics:
            known = PUBLISHED[stage].get(one.key)
            differs = known is not None and known != printed(one.value)
            differing += differs
            value = "" if one.value is None else f"{one.value:.10g}"
            mark = "" if known is None else f"[red]{known}[/red]" if differs else known
            table.add_row(one.key, one.description.removesuffix(f" ({one.key})"), value, printed(one.value), mark)
    return table, differing


def show(console: Console, probabilities: NDArray[np.float32]) -> int:
    """Print the report beside the published figures; gives how many of these differ."""
    began = time.perf_counter()
    found = report(probabilities)
    took = time.perf_counter() - began
    table, differing = compare(found)
    console.print(table)
    figures = sum(map(len, PUBLISHED.values()))
    verdict = "all" if not differing else f"{figures - differing} of"
    line = f"{found.rows:,} people, 21 metrics in {took * 1000:.0f} ms; {verdict} {figures} published figures are met."
    console.print(line, highlight=False)
    return differing


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
    differing = show(console, probabilities)
    if arguments.out:
        data = {**encoded.columns(), "probability": probabilities}
        run_analysis(CONFIG, data, None, arguments.out, name="adult.parquet")
        console.print(f"Reports are in {arguments.out}", markup=False, highlight=False)
    raise SystemExit(1 if differing else 0)


if __name__ == "__main__":
    main()
