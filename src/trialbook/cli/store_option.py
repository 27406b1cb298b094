"""The `--store` option, and where a command finds the store when none is given."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from trialbook.settings import find_store_folder

F = TypeVar("F", bound=Callable[..., object])


def store_option(command: F) -> F:
    """Add `--store` to a click command."""
    option = click.option(
        "--store",
        metavar="DIR|URL",
        envvar="TRIALBOOK_STORE",
        help="A folder, or a postgresql:// URL. Default: the nearest .trialbook at or above here, else a new one.",
    )
    return option(command)


def resolve_store(store: str | None) -> str:
    """Give the store to use, saying on stderr which one when it was found or will be made."""
    if store:
        return store if "://" in store else str(Path(store).expanduser().resolve())
    folder, found = find_store_folder(Path.cwd())
    if folder.parent != Path.cwd() or not found:
        click.echo(f"trialbook: {'using' if found else 'making'} the store {_short(folder)}", err=True)
    return str(folder)


def _short(folder: Path) -> str:
    return os.path.relpath(folder) if folder.is_relative_to(Path.cwd()) else str(folder)
