"""The search page over many runs: first load, further queries, suggestions as one types, and the tab's memory."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote

from browser import Line, Tab, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from browser import Served
    from playwright.sync_api import Browser

QUERIES = 100
TYPED = "optim"
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def measure(browser: Browser, stores: list[Path]) -> Iterator[Line]:
    """Yield each figure as it is found, store after store."""
    for store in stores:
        with serving(store) as server:
            tab = Tab(browser, server)
            rows = tab.page.locator("[data-row]")
            told = tab.timed(lambda one=tab: one.open("#/search"), lambda one=rows: one.first.wait_for())
            yield Line("rows are shown", told["wall"], "ms", most=2000, more={"store": store.name, **told})
            more = {"store": store.name, "elements": tab.nodes()}
            yield from memory(tab, server, "", more)
            yield from suggestions(tab, store)
            yield from further(tab, store)
            yield from memory(tab, server, f" after {QUERIES} queries", more)
            tab.close()


def memory(tab: Tab, server: Served, when: str, more: dict[str, object]) -> Iterator[Line]:
    """Give the memory of the tab: its JS heap, and its process as `Tab.pss_mb` counts it."""
    yield Line(f"JS heap{when}", tab.heap_mb(), "MB", most=150, more=more)
    resident = {"resident MB": tab.rss_mb(), "server MB": server.rss_mb()}
    yield Line(f"memory of the tab{when}", tab.pss_mb(), "MB", most=150, more=more | resident)


def texts() -> Iterator[str]:
    """Give queries that all differ: tags, parameters, a metric, names, and what is missing."""
    for turn in range(QUERIES):
        yield (
            f'Tags.Project = "project-{turn}"',
            f"Parameters.seed = {turn % 20} and Parameters.batch > {turn}",
            f"Tags.Owner = user{turn % 37} or Parameters.seed > {turn}",
            f"exists Tags.skip and Parameters.batch != {turn}",
            f"TrialComponentName contains {turn + 10}",
        )[turn % 5]


def further(tab: Tab, store: Path) -> Iterator[Line]:
    """Ask one query after another by the page's address, each until its rows are drawn."""
    page = tab.page
    walls, pages, servers = [], [], []
    for text in texts():
        there = f"#/search?q={quote(text)}"

        def ask(there: str = there) -> None:
            with page.expect_response(lambda answer: answer.url.endswith("v1/table") and answer.ok):
                page.evaluate("(there) => { location.hash = there }", there)

        told = tab.timed(ask, lambda: page.evaluate(_DRAWN))
        walls.append(told["wall"])
        pages.append(told["page"])
        servers.append(told["server"])
    more = {"store": store.name, "p50": median(walls), "page": median(pages), "server": median(servers)}
    yield Line("a further query, 95 of 100", sorted(walls)[95 * len(walls) // 100 - 1], "ms", most=300, more=more)


def suggestions(tab: Tab, store: Path) -> Iterator[Line]:
    """Type letter after letter into the filter; each until the server's properties are drawn."""
    page = tab.page
    field = page.get_by_placeholder("Property, value, or any words")
    field.click()
    page.evaluate(_DRAWN)
    walls, pages = [], []
    for letter in TYPED:

        def press(letter: str = letter) -> None:
            with page.expect_response(lambda answer: answer.url.endswith("v1/properties") and answer.ok):
                page.keyboard.press(letter)

        told = tab.timed(press, lambda: page.evaluate(_DRAWN))
        walls.append(told["wall"])
        pages.append(told["page"])
    page.keyboard.press("Escape")
    more = {"store": store.name, "p50": median(walls), "page": median(pages)}
    yield Line("a letter's suggestions, the slowest", max(walls), "ms", most=150, more=more)
