"""The figures as a table: as text for a terminal, as Markdown for `docs/reference/performance.md`.

`python benchmarks/peers/page.py FIGURES PAGE [OUTPUT ...]` puts them between the page's marks, with the printed output
of the other benchmarks below.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Figures = dict[str, Any]
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


@dataclass(frozen=True)
class Row:
    """A line of the table. `compare` gives the number by which the trackers are ranked, less is better."""

    label: str
    show: Callable[[Figures], str]
    compare: Callable[[Figures], float | None]


def _figure(label: str, name: str, form: str) -> Row:
    return Row(
        label,
        lambda found: format(found[name], form) if name in found else "",
        lambda found: found.get(name),
    )


def _killed(found: Figures) -> str:
    if "kill_lost" not in found:
        return "unreadable" if found.get("unreadable") else ""
    unreadable = f", {found['unreadable']} unreadable" if found.get("unreadable") else ""
    return f"{found['kill_lost']} of {found['kill_logged']:,}{unreadable}"


def _read(found: Figures) -> str:
    if not found.get("read"):
        return ""
    scaled = found["read_s"] / found["read"] * 1e9
    return f"{scaled:,.0f}" + ("" if found["read"] >= 1_000_000 else f" ({found['read']:,})")


def _searched(found: Figures) -> str:
    return f"{found['search_ms']:,.1f} ({found['runs']:,} runs)" if "search_ms" in found else ""


def _share_lost(found: Figures) -> float | None:
    return (
        (found["kill_lost"] + 1e9 * found.get("unreadable", 0)) / found["kill_logged"] if "kill_lost" in found else None
    )


ROWS = (
    Row("version", lambda found: str(found.get("version", "")), lambda _: None),
    _figure("one call, p50 (us)", "p50_us", ",.2f"),
    _figure("one call, p99 (us)", "p99_us", ",.2f"),
    Row("points lost by kill -9, of calls that returned", _killed, _share_lost),
    _figure("start, one point, finish, warm (ms)", "start_finish_ms", ",.1f"),
    _figure("process start to first accepted point (s)", "first_point_s", ".2f"),
    _figure("import, over bare Python (ms)", "import_ms", ",.0f"),
    Row(
        "reading a million points (ms)",
        _read,
        lambda found: found["read_s"] / found["read"] if found.get("read") else None,
    ),
    _figure("bytes a point on disk", "bytes_a_point", ",.1f"),
    _figure("install with what it requires (MB)", "install_mb", ",.0f"),
    Row("search by a parameter, best first (ms)", _searched, lambda found: found.get("search_ms")),
)


def cells(found: Figures) -> list[list[str]]:
    """Give the table with its headings."""
    trackers = found["trackers"]
    rows = [[row.label, *(row.show(figures) for figures in trackers.values())] for row in ROWS]
    return [["", *trackers], *rows]


def behind(found: Figures) -> list[str]:
    """Say where another tracker's figure is better than ours."""
    trackers = found["trackers"]
    ours = trackers.get("trialbook", {})
    said = []
    for row in ROWS:
        mine = row.compare(ours)
        if mine is None:
            continue
        ahead = {
            name: row.show(figures)
            for name, figures in trackers.items()
            if name != "trialbook" and (theirs := row.compare(figures)) is not None and theirs < mine
        }
        if ahead:
            names = ", ".join(f"{name} ({shown})" for name, shown in ahead.items())
            said.append(f"{row.label}: {names} against {row.show(ours)}")
    return said


def text_table(found: Figures) -> str:
    """Write it for a terminal."""
    rows = cells(found)
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    ahead = ["", "Where another one is ahead:", *(f"  {one}" for one in behind(found))] if behind(found) else []
    return "\n".join([described(found), "", *lines, *ahead, *(f"  failed: {one}" for one in failures(found))])


def described(found: Figures) -> str:
    """Say where and when."""
    low, high = found["load"]
    return f"{found['machine']}; {found['date']}; load {low} to {high}; {found['form']} form"


def failures(found: Figures) -> list[str]:
    """List what did not work."""
    return [f"{name}, {one}" for name, figures in found["trackers"].items() for one in figures.get("failed", [])]


def markdown(found: Figures, outputs: list[Path]) -> str:
    """Write it for the page."""
    head, *rows = cells(found)
    table = [_line(head), "|---" + "|--:" * (len(head) - 1) + "|", *map(_line, rows)]
    ahead = behind(found)
    told = ["", "Another one is ahead of Trialbook in:", "", *(f"- {one};" for one in ahead)] if ahead else []
    failed = ["", "Did not work:", "", *(f"- {one}" for one in failures(found))] if failures(found) else []
    blocks = []
    for path in outputs:
        # What programs read of an output is a line of JSON.
        text = "\n".join(line for line in path.read_text().splitlines() if not line.startswith("{")).strip()
        if text:
            blocks += ["", f"### benchmarks/{path.stem}.py", "", "```text", text, "```"]
    others = ["", "## Trialbook alone", *blocks] if blocks else []
    return "\n".join([f"Measured on {described(found)}.", "", *table, *told, *failed, *others])


def _line(row: list[str]) -> str:
    return "| " + " | ".join(row) + " |"


def main() -> None:
    """Put the figures into the page."""
    figures, page, *outputs = map(Path, sys.argv[1:])
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    made = markdown(json.loads(figures.read_text()), outputs)
    page.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}")


if __name__ == "__main__":
    main()
