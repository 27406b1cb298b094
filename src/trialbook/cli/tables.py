"""Tables on a terminal: rich's where an extra brought it, else plain columns, so that the base install stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Container, Sequence


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, whole: int = 0, right: Container[int] = ()
) -> None:
    """Print rows of texts under the names of their columns, which may have several lines.

    The first `whole` columns are never folded, however narrow the terminal is. The columns that `right` numbers are set
    to the right.
    """
    try:
        from rich.box import SIMPLE_HEAD
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text
    except ModuleNotFoundError:
        click.echo("\n".join(plain_lines([column.replace("\n", "") for column in columns], rows, right)))
        return
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for at, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if at in right else "left"
        table.add_column(Text(column), overflow="fold", no_wrap=at < whole, justify=justify)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def plain_lines(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Container[int] = ()) -> list[str]:
    """Write a table as lines, each column as wide as its widest cell."""
    texts = [list(columns), *map(list, rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(columns))]
    set_to = [str.rjust if at in right else str.ljust for at in range(len(widths))]
    lines = [
        "  ".join(put(text, width) for put, text, width in zip(set_to, row, widths, strict=True)).rstrip()
        for row in texts
    ]
    return [lines[0], "  ".join("-" * width for width in widths), *lines[1:]]
