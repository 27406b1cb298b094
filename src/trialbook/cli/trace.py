"""`trialbook trace`: from an endpoint to its model, job and data, or from data down to endpoints."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import click

from trialbook.cli.store_option import store_option
from trialbook.sdk.reading import open_reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.model import Document


@click.command()
@click.argument("name")
@store_option
@click.option("--down", is_flag=True, help="Go from data towards endpoints. Default: from an endpoint towards data.")
@click.option("--json", "as_json", is_flag=True, help="Print the tree as JSON.")
def trace(name: str, store: str | None, *, down: bool, as_json: bool) -> None:
    """Show what NAME came from, as a tree with times and content identities.

    NAME is an endpoint, a model, a job, a run or a model package by name or ARN, or the URI of data or of a model.
    """
    answer = open_reading(store).call("trace", {"name": name, "direction": "down" if down else "up"})
    if as_json:
        click.echo(json.dumps(answer, indent=2))
        return
    for line in _lines(answer["tree"], "", ""):
        click.echo(line)
    if not answer["complete"]:
        click.echo(f"... the trace ends after {answer['count']} things")


def _lines(node: Document, first: str, rest: str) -> Iterator[str]:
    yield first + _words(node)
    for one in node.get("data", []):
        yield f"{rest}   read {one['name']}: {one['uri']}  [{one['content']}]"
    for number, child in enumerate(node["children"], start=1):
        last = number == len(node["children"])
        yield from _lines(child, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _words(node: Document) -> str:
    how = f"{node['how']}: " if node["how"] else ""
    when = f"{dt.datetime.fromtimestamp(node['time'], dt.UTC):%Y-%m-%d %H:%M:%SZ}"
    more = [str(node[key]) for key in ("status", "run", "content") if node.get(key)]
    again = " (shown above)" if node.get("again") else ""
    return f"{how}{node['type']} {node['name']}  [{', '.join([*more, when])}]{again}"
