"""Twelve thousand columns: the search page, its cog, the search among them, and a hundred of them shown at once.

A page freezes while one task of its main thread runs, so beside each wall time stands the longest task of the step.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from browser import Line, Tab, serving
from charts_store import Writer

from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.workspace import open_workspace
from trialbook.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

COLUMNS, RUNS = 12_000, 600
SHOWN = 100
LONGEST = 200
"""Milliseconds that a task may take before a reader sees the page stand."""

_WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ entryTypes: ['longtask'] });
}"""


def make(folder: Path) -> None:
    """Make runs with ten parameters and ten metrics each, all of different names, and five parameters that all have."""
    settings = Settings(store=str(folder))
    each = COLUMNS // RUNS // 2
    with closing(open_workspace(settings)) as workspace:
        writer = Writer(Call(workspace, Scope(settings.account, "us-east-1"), "bench", "request"))
        random = np.random.default_rng(11)
        for run in range(RUNS):
            names = [f"{run * each + one:05}" for one in range(each)]
            series = {f"metric_{name}": random.normal(size=3) for name in names}
            values = {f"parameter_{name}": {"NumberValue": float(random.normal())} for name in names}
            common = {f"common_{one}": {"NumberValue": float(run * one)} for one in range(5)}
            writer.write("wide", f"wide-{run:03}", series, {**values, **common})


def measure(browser: Browser, _stores: list[Path]) -> Iterator[Line]:
    """Yield each figure as it is found, of a store that is made for it; `_stores` are not read."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "columns"
        make(store)
        with serving(store) as server:
            tab = Tab(browser, server)
            page = tab.page
            page.add_init_script(f"({_WATCH})()")

            def step(
                what: str,
                most: float,
                action: Callable[[], object],
                until: Callable[[], object],
                longest_of: float | None = LONGEST,
            ) -> list[Line]:
                told = tab.timed(action, until)
                page.wait_for_timeout(300)  # an observer hears of a task a little later
                longest = max([0.0, *page.evaluate("() => window.tasks.splice(0)")])
                more = told | {"elements": tab.nodes()}
                return [
                    Line(f"{COLUMNS:,} columns: {what}", told["wall"], "ms", most=most, more=more),
                    Line(f"{COLUMNS:,} columns: {what}, the longest task", longest, "ms", most=longest_of),
                ]

            rows = page.locator("[data-row]")
            # The two steps that draw a whole page of cells have one long task, with few columns to choose from as well.
            yield from step("rows are shown", 2000, lambda: tab.open("#/search"), rows.first.wait_for, None)
            dialog = page.get_by_role("dialog")
            cog = page.get_by_role("button", name="Preferences")
            find = dialog.get_by_role("button", name="Find columns")
            yield from step("the cog is open", 1000, cog.click, find.wait_for)
            option = page.get_by_role("option")
            yield from step("the search among them is open", 1000, find.click, option.first.wait_for)
            page.keyboard.type("parameter_0598", delay=30)
            page.get_by_role("option", name="Parameters.parameter_05981").wait_for()
            wanted = page.get_by_role("option", name="Parameters.parameter_05987")
            last = page.get_by_role("option", name="Parameters.parameter_05981")
            yield from step(
                "one of them is found", 500, lambda: page.keyboard.type("7"), lambda: last.wait_for(state="detached")
            )
            wanted.click()
            page.keyboard.press("Escape")
            head = page.get_by_role("columnheader", name="parameter_05987")
            yield from step("it is shown", 1000, dialog.get_by_role("button", name="Update view").click, head.wait_for)
            many = ",".join(f"Metrics.metric_{one * 50:05}" for one in range(SHOWN))
            row = page.get_by_role("columnheader", name=f"metric_{(SHOWN - 1) * 50:05}")
            there = f"#/search?cols={many}"
            yield from step(f"{SHOWN} of them are shown", 2000, lambda: tab.open(there), row.wait_for, None)
            more = {"process MB": tab.rss_mb()}
            yield Line(f"{COLUMNS:,} columns: JS heap", tab.heap_mb(), "MB", most=150, more=more)
            tab.close()
