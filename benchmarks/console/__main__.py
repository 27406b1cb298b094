"""The console in a real browser, at scale: what it takes, and whether that is what was promised.

    python benchmarks/console [--only search] [--store FOLDER ... | --runs 10000] [--json FILE]

FOLDERs are stores that `benchmarks/search_store.py` made; without one, a store of `--runs` is made and goes again.
The console must be built (`make console`), and Debian's Chromium installed (`make chromium`). Prints a line a figure:
its bound, what else was read beside it, and the load of the machine then.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))
sys.path.append(str(Path(__file__).parents[1]))

import charts
import columns
from browser import chromium

import search
from search_store import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from browser import Line
    from playwright.sync_api import Browser

SCENARIOS: dict[str, Callable[[Browser, list[Path]], Iterator[Line]]] = {
    "search": search.measure,
    "charts": charts.measure,
    "columns": columns.measure,
}


def show(line: Line) -> str:
    """Write a figure as a line of the table."""
    bound = f"<= {line.most:g}" if line.most is not None else f">= {line.least:g}" if line.least is not None else ""
    more = ", ".join(f"{name} {round(one, 1) if isinstance(one, float) else one}" for name, one in line.more.items())
    kept = "" if line.holds() else "  NOT KEPT"
    return f"{line.what:60} {line.value:9.1f} {line.unit:6} {bound:8} load {line.load:4.1f}  {more}{kept}"


def main() -> None:
    """Run the scenarios, print the table, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(SCENARIOS), default=list(SCENARIOS), metavar="NAME")
    parser.add_argument("--store", nargs="+", type=Path, default=[], metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=10_000, help="of the store that is made where none is named")
    parser.add_argument("--json", type=Path, default=Path("build/bench/console.json"), help="where the figures go")
    asked = parser.parse_args()
    found: dict[str, list[Line]] = {name: [] for name in asked.only}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        stores: list[Path] = asked.store
        if not stores and "search" in asked.only:
            stores = [Path(folder) / f"{asked.runs}-runs"]
            make(stores[0], asked.runs)
        for name in asked.only:
            print(f"{name}, {os.cpu_count()} CPUs", flush=True)
            for line in SCENARIOS[name](browser, stores):
                found[name].append(line)
                print(f"  {show(line)}", flush=True)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    figures = {name: [asdict(line) | {"holds": line.holds()} for line in lines] for name, lines in found.items()}
    asked.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
