"""The search page over many runs: first load and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from browser import Line, Tab, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser


def measure(browser: Browser, stores: list[Path]) -> Iterator[Line]:
    """Yield each figure as it is found, store after store."""
    for store in stores:
        with serving(store) as server:
            tab = Tab(browser, server)
            rows = tab.page.locator("[data-row]")
            told = tab.timed(lambda one=tab: one.open("#/search"), lambda one=rows: one.first.wait_for())
            yield Line("rows are shown", told["wall"], "ms", most=2000, more={"store": store.name, **told})
            more = {
                "store": store.name,
                "elements": tab.nodes(),
                "process MB": tab.rss_mb(),
                "server MB": server.rss_mb(),
            }
            yield Line("JS heap of the tab", tab.heap_mb(), "MB", most=150, more=more)
            tab.close()
