"""Rank the recorded models: one search, a table, a plot.

python examples/adult/rank.py
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import boto3
import matplotlib as mpl
from record import PROJECT
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

mpl.use("Agg")
from matplotlib import pyplot as plt

OUT = Path(__file__).parent / "out"
SORT = "Metrics.validation:auc"
# The search, as it is sent. `trialbook search` takes the same as text.
SEARCH: dict[str, Any] = {
    "Resource": "ExperimentTrialComponent",
    "SearchExpression": {"Filters": [{"Name": "Tags.Project", "Operator": "Equals", "Value": PROJECT}]},
    "SortBy": SORT,
    "SortOrder": "Descending",
}
SEARCH_TEXT = f"trialbook search 'Tags.Project = {PROJECT}' --sort -{SORT}"
# Names, and headings short enough for a terminal of 80 columns.
PARAMETERS = {"max_depth": "depth", "eta": "eta", "min_child_weight": "weight"}
METRICS = {
    "validation:auc": "val\nauc",
    "validation:logloss": "val\nloss",
    "test:auc": "test\nauc",
    "test:accuracy": "test\nacc.",
}
SHOWN = 10
CURVES = 5


def use_server(url: str) -> None:
    """Point boto3 at a server, as `eval "$(trialbook env)"` would: any credentials do on this machine."""
    os.environ["AWS_ENDPOINT_URL"] = url
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "local")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "local")
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


def take_server(description: str | None) -> None:
    """Read `--url` from the command line, and point boto3 and Trialbook's SDK at that server."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default=os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:8817"))
    url = parser.parse_args().url
    use_server(url)
    os.environ["TRIALBOOK_URL"] = url


def search(limit: int = 100) -> tuple[list[dict[str, Any]], int]:
    """Give the best runs, best first, and how many there are in all."""
    answer = boto3.client("sagemaker").search(**SEARCH, MaxResults=limit)
    rows = []
    for result in answer["Results"]:
        component = result["TrialComponent"]
        row: dict[str, Any] = {"name": component["TrialComponentName"], "arn": component["TrialComponentArn"]}
        row |= {
            name: value.get("NumberValue", value.get("StringValue")) for name, value in component["Parameters"].items()
        }
        row |= {metric["MetricName"]: metric["Last"] for metric in component["Metrics"] if "Last" in metric}
        rows.append(row)
    return rows, answer.get("TotalHits", {}).get("Value", len(rows))


def show(console: Console, url: str, sweep: str = "") -> None:
    """Print the table, draw the plot, and say how to get both again. Runs of `sweep` are marked as new."""
    rows, total = search()
    console.print(table(rows, total, sweep))
    OUT.mkdir(exist_ok=True)
    plot(rows, OUT / "models.png")
    filters = SEARCH["SearchExpression"]["Filters"][0]
    lines = [
        "",
        "The search behind the table, with boto3:",
        '  boto3.client("sagemaker").search(Resource="ExperimentTrialComponent",',
        f'      SearchExpression={{"Filters": [{json.dumps(filters)}]}},',
        f'      SortBy="{SORT}", SortOrder="Descending", MaxResults={SHOWN})',
        "The same as text:",
        f"  {SEARCH_TEXT}",
        "",
        f"plot    {OUT / 'models.png'}",
        f"server  {url}  (AWS_ENDPOINT_URL for boto3, the AWS CLI and the sagemaker SDK)",
    ]
    store = store_of(url)
    if store:
        lines.append(f"store   {store}")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def table(rows: list[dict[str, Any]], total: int, sweep: str) -> Table:
    title = f"The best {min(SHOWN, len(rows))} of {total} models, by {SORT}"
    made = Table(title=title, title_justify="left", box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    made.add_column("run", no_wrap=True)
    for heading in (*PARAMETERS.values(), *METRICS.values()):
        made.add_column(heading, justify="right", no_wrap=True)
    for row in rows[:SHOWN]:
        is_new = bool(sweep) and row["name"].startswith(sweep)
        parameters = [f"{row[name]:g}" for name in PARAMETERS]
        metrics = [f"{row[name]:.4f}" if name in row else "-" for name in METRICS]
        made.add_row(row["name"] + (" *" if is_new else ""), *parameters, *metrics)
    if sweep:
        made.caption, made.caption_justify = "* trained just now", "left"
    return made


def plot(rows: list[dict[str, Any]], file: Path) -> None:
    """Draw how the best models learned, and what the parameters did."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    for row, steps, values in learning_curves(rows[:CURVES]):
        label = f"depth {row['max_depth']:g}, eta {row['eta']:g}, weight {row['min_child_weight']:g}"
        left.plot(steps, values, label=label, linewidth=1.5)
    left.set(title=f"The best {min(CURVES, len(rows))} models as they learned", xlabel="round", ylabel="validation AUC")
    left.legend(fontsize=8, loc="lower right")
    finished = [row for row in rows if "test:auc" in row]
    for eta in sorted({row["eta"] for row in finished}):
        chosen = [row for row in finished if row["eta"] == eta]
        right.scatter(
            [row["max_depth"] for row in chosen], [row["test:auc"] for row in chosen], label=f"eta {eta:g}", alpha=0.7
        )
    right.set(title=f"{len(finished)} models on people they never saw", xlabel="max_depth", ylabel="test AUC")
    right.set_xticks(sorted({row["max_depth"] for row in finished}))
    right.legend(fontsize=8, loc="lower right")
    for axes in (left, right):
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=130)
    plt.close(figure)


def learning_curves(rows: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[int], list[float]]]:
    """Read a metric's whole series for each run."""
    if not rows:
        return []
    metric = SORT.removeprefix("Metrics.")
    queries = [
        {
            "MetricName": metric,
            "ResourceArn": row["arn"],
            "MetricStat": "Last",
            "Period": "IterationNumber",
            "XAxisType": "IterationNumber",
        }
        for row in rows
    ]
    results = boto3.client("sagemaker-metrics").batch_get_metrics(MetricQueries=queries)["MetricQueryResults"]
    return [(row, found["XAxisValues"], found["MetricValues"]) for row, found in zip(rows, results, strict=True)]


def store_of(url: str) -> Path | None:
    """Find the store folder whose background server has this address, if it is at or above the current folder."""
    for folder in (Path.cwd(), *Path.cwd().parents):
        record = folder / ".trialbook" / "server.json"
        if record.is_file():
            return record.parent if json.loads(record.read_text()).get("url") == url else None
    return None


if __name__ == "__main__":
    server = os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:8817")
    use_server(server)
    show(Console(), server)
