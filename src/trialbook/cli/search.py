"""`trialbook search` and `trialbook suggest`: the text grammar on the command line."""

from __future__ import annotations

import datetime as dt
import json
import math
from typing import TYPE_CHECKING

import click

from trialbook.cli.store_option import store_option
from trialbook.cli.tables import print_table
from trialbook.sdk.reading import open_reading

if TYPE_CHECKING:
    from trialbook.model import Document

_TIMES = ("time",)


@click.command()
@click.argument("query", default="")
@store_option
@click.option(
    "--in",
    "resource",
    default="run",
    show_default=True,
    metavar="KIND",
    help="What to search: run, experiment, training-job, model, endpoint, artifact ..., or all.",
)
@click.option(
    "--sort",
    "sort",
    multiple=True,
    metavar="PROPERTY",
    help="Sort by this property; a leading minus sorts descending. Repeat for further keys.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="PROPERTY",
    help="Show this property. Repeat for more. Default: those of the query and the sort.",
)
@click.option("--limit", default=20, show_default=True, help="Records to show.")
@click.option("--token", metavar="TOKEN", help="Show the page after this one: the token that the page before printed.")
@click.option("--explain", is_flag=True, help="Say how each condition was decided.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def search(
    query: str,
    store: str | None,
    resource: str,
    sort: tuple[str, ...],
    columns: tuple[str, ...],
    limit: int,
    token: str | None,
    explain: bool,
    as_json: bool,
) -> None:
    """Find what matches QUERY, such as 'Metrics.auc > 0.9 and Parameters.lr in (0.1, 0.01)'.

    Asks the server at TRIALBOOK_URL when that is set, else reads the store itself; no server is needed.
    """
    request: Document = {
        "query": query,
        "resource": resource,
        "sort": list(sort),
        "columns": list(columns),
        "limit": limit,
        "explain": explain,
    }
    if token:
        request["token"] = token
    answer = open_reading(store).call("search", request)
    if as_json:
        click.echo(json.dumps(answer, indent=2))
        return
    for part in answer.get("kinds", [answer]):
        click.echo(_heading(part))
        _show(part)
        for one in part.get("explained", []):
            click.echo(
                f"  {one['condition']}: compared as {one['compared_as']}, {one['matched']} match, "
                f"{one['lacking']} lack the property",
            )
    if answer.get("token"):
        click.echo(f"more: --token {answer['token']}")
    if not answer["total"]:
        raise SystemExit(1)


def _heading(answer: Document) -> str:
    shown, total = len(answer.get("records", [])), answer["total"]
    kind = answer["resource"].removeprefix("experiment-")
    taken = f" in {answer['seconds'] * 1000:.1f} ms" if "seconds" in answer else ""
    return f"{kind}: {shown} of {total}{taken}"


def _show(answer: Document) -> None:
    rows = [
        [record["name"], *(_cell(one, cell) for one, cell in zip(answer["columns"], record["values"], strict=True))]
        for record in answer.get("records", [])
    ]
    print_table(["name", *(column.replace(".", ".\n", 1) for column in answer.get("columns", []))], rows)


def _cell(column: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(column, one) for one in value)
    if isinstance(value, float) and math.isfinite(value):
        if column.lower().endswith(_TIMES):
            return f"{dt.datetime.fromtimestamp(value, dt.UTC):%Y-%m-%d %H:%M:%S}"
        return f"{value:.6g}"
    return str(value)


@click.command()
@click.argument("hint", default="")
@store_option
@click.option("--in", "resource", default="run", show_default=True, metavar="KIND", help="Whose properties to suggest.")
def suggest(hint: str, store: str | None, resource: str) -> None:
    """Name the properties that start with HINT, whole or in their last part."""
    for name in open_reading(store).call("suggest", {"resource": resource, "hint": hint})["names"]:
        click.echo(name)
