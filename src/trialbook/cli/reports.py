"""`trialbook reports`: the bias and explanation reports of a run, and the figures of several runs side by side."""

from __future__ import annotations

import datetime as dt
import json

import click

from trialbook.clarify.gauges import number
from trialbook.cli.store_option import store_option
from trialbook.cli.tables import print_table
from trialbook.sdk.reading import open_reading

_LONGEST = 40


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@store_option
@click.option("--changed", is_flag=True, help="Of several runs, show only the figures that differ.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reports(runs: tuple[str, ...], store: str | None, changed: bool, as_json: bool) -> None:
    """List the bias and explanation reports of a RUN, or set the figures of several runs side by side.

    A RUN is the name of its trial component (<experiment>-<run>). The last column of a comparison is how far the last
    run is from the first.
    """
    transport = open_reading(store)
    listed = transport.call("reports", {"run": runs[0]}) if len(runs) == 1 else None
    figures = transport.call("reports_compare", {"runs": list(runs)})
    if as_json:
        click.echo(json.dumps(figures if listed is None else {**listed, "metrics": figures["metrics"]}, indent=2))
        return
    if listed is not None:
        for one in listed["reports"]:
            made = "" if one["made"] is None else f"{dt.datetime.fromtimestamp(one['made'], dt.UTC):%Y-%m-%d %H:%M} UTC"
            click.echo(f"{one['name']}  {made}  {one.get('error') or one['files'].get('html', one['uri'])}")
    rows = []
    for metric in figures["metrics"]:
        values = [None if value is None else float(value) for value in metric["values"]]
        if changed and len(set(values)) == 1:
            continue
        first, last = values[0], values[-1]
        moved = [] if len(runs) == 1 else [number(None if first is None or last is None else _moved(first, last))]
        rows.append([metric["name"], *map(number, values), *moved])
    if not rows:
        click.echo("no figures differ" if figures["metrics"] else f"no reports: {', '.join(figures['runs'])}")
        return
    heads = [name if len(name) <= _LONGEST else f"…{name[1 - _LONGEST :]}" for name in figures["runs"]]
    print_table(["figure", *heads, *(["change"] if len(runs) > 1 else [])], rows)


def _moved(first: float, last: float) -> float:
    return 0.0 if first == last else last - first
