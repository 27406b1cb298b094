"""Ask of the best recorded model how it treats people, and what it looks at: reports that go to its run.

    trialbook up
    python examples/adult/train.py
    python examples/adult/best.py

The model that rank.py puts first is read from its run; one that has its reports already keeps them. A bias report
compares women with men, and the sexes within each age, over the people of the test file; Shapley values say what the
predictions of some of them rest on.
"""

from __future__ import annotations

import math
import time
from typing import Any
from urllib.parse import urlsplit

import boto3
import numpy as np
import pyarrow.parquet as pq
import rank
import xgboost
from data import HERE, LABEL, POSITIVE, load
from numpy.typing import NDArray
from record import EXPERIMENT
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from trialbook import Run

FACET = "Sex"
ALIKE = ("Age", "Education-Num", "Capital Gain", "Capital Loss", "Hours per week")
THRESHOLD = 0.5
EXPLAINED = 60
SAMPLES = 512
SHOWN = {
    "DI": "Disparate Impact",
    "RD": "Recall Difference",
    "AD": "Accuracy Difference",
    "SD": "Specificity Difference",
    "TE": "Treatment Equality",
}
SEED = 0


def best() -> dict[str, Any]:
    """Find the run that rank.py puts first."""
    found = boto3.client("sagemaker").search(**rank.SEARCH, MaxResults=1)["Results"]
    if not found:
        raise SystemExit("No model is recorded: run examples/adult/train.py first.")
    return dict(found[0]["TrialComponent"])


def model_of(component: dict[str, Any]) -> xgboost.Booster:
    """Read the model that a run kept."""
    where = urlsplit(component["OutputArtifacts"]["model"]["Value"])
    content = boto3.client("s3").get_object(Bucket=where.netloc, Key=where.path.lstrip("/"))["Body"].read()
    booster = xgboost.Booster({"nthread": 1})
    booster.load_model(bytearray(content))
    return booster


def report(component: dict[str, Any], booster: xgboost.Booster) -> None:
    """Put the bias report and the explanations on the run."""

    def predict(rows: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(booster.predict(xgboost.DMatrix(rows, nthread=1)), np.float64)

    people = pq.read_table(HERE / "adult_test.parquet")
    names = [name for name in people.column_names if name != LABEL]
    test = load()[2]
    # Whom the report is about stays in words; the flip test looks for people alike by numbers that nobody lacks.
    columns = {**dict(zip(names, test.x.T, strict=True)), **{one: people[one].to_numpy() for one in (FACET, LABEL)}}
    run_name = component["TrialComponentName"].removeprefix(f"{EXPERIMENT}-")
    with Run(EXPERIMENT, run_name, resume="must", reopen=False, capture=False) as run:
        run.log_bias_report(
            columns,
            label=LABEL,
            positive=POSITIVE,
            facets={FACET: "Female"},
            group="Age",
            features=ALIKE,
            predictions=predict(test.x),
            positive_prediction=THRESHOLD,
            title="Adult: who is predicted to earn more than 50,000 dollars",
        )
        rows = np.random.default_rng(SEED).choice(len(test.x), EXPLAINED, replace=False)
        run.log_explanations(
            predict,
            test.x[rows],
            features=names,
            baseline=np.nanmedian(test.x, axis=0)[None, :],
            num_samples=SAMPLES,
            dependence=2,
            labels=[POSITIVE],
            title="Adult: what the predictions rest on",
        )


def figures(component: dict[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Read the metrics of bias, by key, and the importance of each feature from the run; empty when it has none."""
    found = {one["MetricName"]: one["Last"] for one in component["Metrics"] if "Last" in one}
    measured = {
        key: found[f"bias.post.{key}.{FACET}"]
        for key in SHOWN
        if math.isfinite(found.get(f"bias.post.{key}.{FACET}", math.nan))
    }
    importance = {name.removeprefix("shap."): value for name, value in found.items() if name.startswith("shap.")}
    return measured, dict(sorted(importance.items(), key=lambda one: -one[1]))


def table(measured: dict[str, float], importance: dict[str, float]) -> Table:
    """Put the metrics of the sexes and the features that matter most side by side."""
    made = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), title_justify="left")
    made.title = "How the best of them treats women, and what it looks at most"
    for heading in ("metric", "value", "", "feature", "importance"):
        made.add_column(heading, justify="right" if heading in {"value", "importance"} else "left", no_wrap=True)
    for (key, value), (feature, share) in zip(measured.items(), importance.items(), strict=False):
        made.add_row(f"{SHOWN[key]} ({key})", f"{value:.3f}", "", feature, f"{share:.3f}")
    return made


def main() -> None:
    rank.take_server(__doc__)
    console, began = Console(), time.monotonic()
    component = best()
    if not all(figures(component)):
        report(component, model_of(component))
        component = best()
    if not all(figures(component)):
        raise SystemExit("The reports could not be made: the warning above says why.")
    console.print(table(*figures(component)))
    name, took = component["TrialComponentName"], time.monotonic() - began
    lines = (
        f"Both reports ({took:.1f} s) are with the run [bold]{name}[/bold]:",
        "tabs Bias reports and Explanations of its page.\n",
    )
    console.print(*lines, sep="\n", highlight=False)


if __name__ == "__main__":
    main()
