"""`trialbook bin` and `trialbook restore`: what was deleted, and back again."""

from __future__ import annotations

import datetime as dt

import click
from rich.console import Console
from rich.table import Table

from trialbook.cli.store_option import store_option
from trialbook.sdk.transport import open_transport


@click.command("bin")
@store_option
def show(store: str | None) -> None:
    """List what was deleted and can be restored (for 30 days)."""
    items = open_transport(store).call("bin", {})["items"]
    if not items:
        click.echo("The bin is empty.")
        return
    table = Table("kind", "name", "deleted", "ARN")
    for item in items:
        when = dt.datetime.fromtimestamp(item["deleted"], dt.UTC)
        table.add_row(item["kind"], item["name"], f"{when:%Y-%m-%d %H:%M:%S} UTC", item["arn"])
    Console().print(table)


@click.command()
@click.argument("arn")
@store_option
def restore(arn: str, store: str | None) -> None:
    """Bring the deleted resource with this ARN back, with its tags, metrics and lineage."""
    item = open_transport(store).call("restore", {"arn": arn})
    click.echo(f"Restored the {item['kind']} '{item['name']}'.")
