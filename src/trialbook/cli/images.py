"""`trialbook images`: which interpreter and packages serve which image, and changes to that table."""

from __future__ import annotations

from pathlib import Path

import click

from trialbook.cli.store_option import resolve_store, store_option
from trialbook.cli.tables import print_table
from trialbook.errors import UsageError
from trialbook.jobs.environments import Environments, environments_folder
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.images import Image, Images, images_file, short_name
from trialbook.settings import Settings


@click.command("images")
@store_option
@click.option("--file", metavar="FILE", help="The file with your lines. Default: images.toml in the store folder.")
@click.option("--add", metavar="PATTERN", help="Add your line for images of this pattern, such as 'my-training:*'.")
@click.option("--python", metavar="PATH", help="With --add: the interpreter. Default: the one that Trialbook runs on.")
@click.option("--package", "packages", metavar="NAME", multiple=True, help="With --add: a package that it needs.")
@click.option("--command", metavar="TEXT", help="With --add: the program, for jobs that name none.")
@click.option("--algorithm", metavar="NAME", help="With --add: the built-in algorithm, for jobs without a script.")
@click.option("--remove", metavar="PATTERN", help="Remove your line of this pattern.")
@click.option("--prepare", metavar="IMAGE", help="Say what serves an image, and make its environment now.")
def command(
    store: str | None,
    file: str | None,
    add: str | None,
    python: str | None,
    packages: tuple[str, ...],
    command: str | None,
    algorithm: str | None,
    remove: str | None,
    prepare: str | None,
) -> None:
    """Show which interpreter and packages serve which image; the first line that fits an image is its.

    A running server sees a change with the next job.
    """
    settings = Settings(store=resolve_store(store), images=file)
    images = Images(images_file(settings))
    if add is not None:
        words = None if command is None else tuple(command.split())
        images.add(Image(add, python, packages, words, algorithm, "yours"))
    if remove is not None:
        images.remove(remove)
    if prepare is not None:
        _prepare(images, settings, prepare)
        return
    _show(images)


def _prepare(images: Images, settings: Settings, uri: str) -> None:
    try:
        line = images.resolve(uri)
        path = Environments(environments_folder(settings)).python_for(line, click.echo)
    except JobFailure as failure:
        raise UsageError(str(failure).removeprefix("ClientError: ")) from None
    click.echo(f"{short_name(uri)} is served by '{line.pattern}' with {path}")


def _show(images: Images) -> None:
    rows = [
        [
            line.pattern,
            " ".join(line.command) if line.command else line.algorithm or "scripts",
            str(Path(line.python)) if line.python else "this one",
            ", ".join(line.packages) or "-",
            line.note,
        ]
        for line in images.lines
    ]
    print_table(["image", "runs", "interpreter", "packages", "note"], rows, whole=1)
    click.echo(f"\nYour lines: {images.file}")
