"""The `trialbook` command. Subcommands are imported when they are called, so that `--help` stays quick."""

from __future__ import annotations

import importlib
import sys

import click

from trialbook import __version__
from trialbook.errors import ApiError, TrialbookError

COMMANDS = {
    "serve": ("trialbook.cli.serve", "serve"),
    "up": ("trialbook.cli.background", "up"),
    "stop": ("trialbook.cli.background", "stop"),
    "console": ("trialbook.cli.console", "console"),
    "env": ("trialbook.cli.env", "command"),
    "search": ("trialbook.cli.search", "search"),
    "suggest": ("trialbook.cli.search", "suggest"),
    "images": ("trialbook.cli.images", "command"),
    "clarify": ("trialbook.cli.clarify", "clarify"),
    "drift": ("trialbook.cli.clarify", "drift"),
    "reports": ("trialbook.cli.reports", "reports"),
    "gate": ("trialbook.cli.gate", "gate"),
    "verify": ("trialbook.cli.verify", "verify"),
    "trace": ("trialbook.cli.trace", "trace"),
    "sync": ("trialbook.cli.sync", "command"),
    "bin": ("trialbook.cli.bin", "show"),
    "restore": ("trialbook.cli.bin", "restore"),
}


class LazyGroup(click.Group):
    """A group whose commands are modules that are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Name the commands in the order of a first day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None when there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trialbook")
def group() -> None:
    """Trialbook: experiments, search and lineage that SageMaker programs can use unchanged."""


def main() -> None:
    """Run the command line: our own failures are one line on stderr and exit code 1 (2 for wrong usage)."""
    try:
        group()
    except ApiError as error:
        sys.exit(f"trialbook: {error.message}")
    except TrialbookError as error:
        sys.exit(f"trialbook: {error}")
