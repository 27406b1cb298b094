"""How a table looks: as text in a terminal, as HTML in a notebook.

Numbers stand to the right in digits of one width; NaN is written out, for it is a value, and what is missing is blank.
The colours are taken from the page around, so that dark notebooks stay dark.
"""

from __future__ import annotations

import datetime as dt
import html
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.sdk.table import Table

TEXT_ROWS = 20
HTML_ROWS = 100
_RIGHT = {"number", "time"}
STYLE = (
    ".trialbook{border-collapse:collapse;font-size:13px;line-height:1.45}"
    ".trialbook caption{caption-side:bottom;text-align:left;padding:6px 0;opacity:.75}"
    ".trialbook th,.trialbook td{padding:3px 12px;border:0;border-bottom:1px solid rgba(128,128,128,.25);"
    "text-align:left;vertical-align:top;white-space:nowrap;background:none;color:inherit}"
    ".trialbook th{font-weight:600;border-bottom:2px solid rgba(128,128,128,.55)}"
    ".trialbook th small{font-weight:400;opacity:.7;display:block}"
    ".trialbook td{max-width:32em;overflow:hidden;text-overflow:ellipsis}"
    ".trialbook .n{text-align:right;font-variant-numeric:tabular-nums}"
    ".trialbook .nan{opacity:.6}"
    ".trialbook .best{font-weight:600}"
)


def shown(value: object, kind: str = "mixed") -> str:
    """Give a value as text: six digits of a number, seconds of a time (UTC), nothing for what is missing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(shown(one, kind) for one in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if math.isnan(value):
            return "NaN"
        if kind == "time" and math.isfinite(value):
            return f"{dt.datetime.fromtimestamp(value, dt.UTC):%Y-%m-%d %H:%M:%S}"
        return f"{value:.6g}"
    return str(value)


def caption(table: Table, rows: int) -> str:
    """Say how much of what was found is there to see."""
    noun = "run" if table.resource.endswith("trial-component") else table.resource
    if rows == table.total:
        return f"{rows:,} {noun}{'' if rows == 1 else 's'}"
    return f"{rows:,} of {table.total:,} {noun}s"


def to_text(table: Table) -> str:
    """Write the first rows in aligned columns."""
    part = table[:TEXT_ROWS]
    blocks = []
    for name in part.columns:
        cells = [name, *(shown(one, part.types[name]) for one in part[name])]
        width = max(len(cell) for cell in cells)
        right = part.types[name] in _RIGHT
        blocks.append([cell.rjust(width) if right else cell.ljust(width) for cell in cells])
    lines = ["  ".join(row).rstrip() for row in zip(*blocks, strict=True)]
    return "\n".join([*lines, caption(table, len(part))])


def to_html(table: Table) -> str:
    """Write the first rows as an HTML table, names linked to the console where there is one."""
    part = table[:HTML_ROWS]
    head = "".join(f"<th{_aligned(part.types[name])}>{_heading(name)}</th>" for name in part.columns)
    rows = []
    for row in part:
        cells = "".join(
            f"<td{_aligned(part.types[name])}>{_cell(part, name, value)}</td>" for name, value in row.items()
        )
        rows.append(f"<tr>{cells}</tr>")
    return (
        f"<style>{STYLE}</style><table class='trialbook'><caption>{html.escape(caption(table, len(part)))}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _aligned(kind: str) -> str:
    return " class='n'" if kind in _RIGHT else ""


def _heading(name: str) -> str:
    """Write `Metrics.auc` as a small `Metrics` over `auc`."""
    group, dot, rest = name.partition(".")
    return f"<small>{html.escape(group)}</small>{html.escape(rest)}" if dot else html.escape(name)


def _cell(table: Table, name: str, value: object) -> str:
    text = shown(value, table.types[name])
    if isinstance(value, float) and not math.isfinite(value):
        return f"<span class='nan'>{text}</span>"
    address = table.link(text) if name == "name" else text if text.startswith(("http://", "https://")) else None
    return f"<a href='{html.escape(address)}'>{html.escape(text)}</a>" if address else html.escape(text)
