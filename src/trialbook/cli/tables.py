"""Tables on a terminal: rich's where an extra brought it, else plain columns, so that the base install stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, whole: int = 0) -> None:
    """Print rows of texts under the names of their columns, which may have several lines.

    The first `whole` columns are never folded, however narrow the terminal is.
    """
    try:
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ModuleNotFoundError:
        click.echo("\n".join(plain_lines([column.replace("\n", "") for column in columns], rows)))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, column in enumerate(columns):
        table.add_column(Text(column), overflow="fold", no_wrap=at < whole)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def plain_lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Write a table as lines, each column as wide as its widest cell."""
    texts = [list(columns), *map(list, rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(columns))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in texts]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
