"""`trialbook bin` and `trialbook restore`: what was deleted, and back again."""

from __future__ import annotations

import datetime as dt

import click

from trialbook.cli.store_option import store_option
from trialbook.cli.tables import print_table
from trialbook.sdk.transport import open_transport


@click.command("bin")
@store_option
def show(store: str | None) -> None:
    """List what was deleted and can be restored (for 30 days)."""
    items = open_transport(store).call("bin", {})["items"]
    if not items:
        click.echo("The bin is empty.")
        return
    rows = [
        [
            item["kind"],
            item["name"],
            f"{dt.datetime.fromtimestamp(item['deleted'], dt.UTC):%Y-%m-%d %H:%M:%S} UTC",
            item["arn"],
        ]
        for item in items
    ]
    print_table(["kind", "name", "deleted", "ARN"], rows)


@click.command()
@click.argument("arn")
@store_option
def restore(arn: str, store: str | None) -> None:
    """Bring the deleted resource with this ARN back, with its tags, metrics and lineage."""
    item = open_transport(store).call("restore", {"arn": arn})
    click.echo(f"Restored the {item['kind']} '{item['name']}'.")
