"""`trialbook sync`: ship what dead processes left."""

from __future__ import annotations

import click

from trialbook.sdk.recovery import sync


@click.command("sync")
def command() -> None:
    """Ship what killed processes logged and could not send, to where each of them meant it to go.

    A server does the same for its own store when it starts. What is shipped twice is kept once.
    """
    recovered = sync()
    for one in recovered:
        outcome = f"not shipped: {one.failure}" if one.failure else f"shipped {one.batches} batches"
        click.echo(f"{one.run}: {outcome}")
    if not recovered:
        click.echo("Nothing is left to ship.")
    if any(one.failure for one in recovered):
        raise SystemExit(1)
