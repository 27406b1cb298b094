"""A run that goes on while its page is open, written by another process's hand."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console

from trialbook.sdk.run import Run
from trialbook.server.console import pages
from trialbook.settings import Settings


@pytest.fixture
def live(tmp_path: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Console, LiveServer]]:
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with serve(Settings(store=str(tmp_path / "store"))) as server:
        monkeypatch.setenv("TRIALBOOK_URL", server.url)
        monkeypatch.chdir(tmp_path)
        for console in open_console(browser, server):
            yield console, server


def test_points_lines_and_the_end_of_a_run_appear_by_themselves(live: tuple[Console, LiveServer]) -> None:
    console, _ = live
    with Run("live", run_name="one") as run:
        run.log_metric("loss", 1.0, step=0)
        assert run.flush()
        page = console.open("#/runs/live-one?tab=metrics")
        expect(page.get_by_role("img", name="loss: 1 line over step, 1 points")).to_be_visible()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for step in range(1, 30):
            run.log_metric("loss", 1 / step, step=step)
        assert run.flush()
        expect(page.get_by_role("img", name="loss: 1 line over step, 30 points")).to_be_visible()
        # They were put onto what was there: the series was not read again.
        assert not [url for url in asked if url.endswith("/view")]
        page.get_by_role("tab", name="Logs").click()
        print("a line that was printed just now")
        assert run.flush()
        expect(page.get_by_role("log").get_by_text("a line that was printed just now")).to_be_visible()
    expect(page.get_by_text("Completed").first).to_be_visible()


def test_a_tab_that_was_out_of_sight_misses_nothing(live: tuple[Console, LiveServer]) -> None:
    console, _ = live
    with Run("live", run_name="two", capture=False) as run:
        run.log_metric("loss", 1.0, step=0)
        assert run.flush()
        page = console.open("#/runs/live-two?tab=metrics")
        expect(page.get_by_role("img", name="1 points")).to_be_visible()
        hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
        page.evaluate(hide % "true" + "document.dispatchEvent(new Event('visibilitychange'))")
        for step in range(1, 10):
            run.log_metric("loss", 1.0, step=step)
        assert run.flush()
        page.evaluate(hide % "false" + "document.dispatchEvent(new Event('visibilitychange'))")
        expect(page.get_by_role("img", name=re.compile(r"\b10 points"))).to_be_visible()


MINUTES = 5
RATE = 10
"""Points a second of each metric."""
SERIES = 20
GROWING = {"JSHeapUsedSize": 3e6, "Nodes": 300, "JSEventListeners": 50}
"""What may not grow, and the room that each has: bytes after a collection, nodes, listeners."""


@pytest.mark.slow
@pytest.mark.timeout(MINUTES * 60 + 120)
def test_a_page_that_stays_open_on_a_live_run_does_not_grow(live: tuple[Console, LiveServer]) -> None:
    console, _ = live
    sizes: list[dict[str, float]] = []
    with Run("live", run_name="long", capture=False) as run:
        run.log_metrics({f"m{number}": 0.0 for number in range(SERIES)}, step=0)
        assert run.flush()
        page = console.open("#/runs/live-long?tab=metrics")
        expect(page.locator(".uplot").first).to_be_visible()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        began = time.monotonic()
        for step in range(1, MINUTES * 60 * RATE + 1):
            run.log_metrics({f"m{number}": float(step % 50 + number) for number in range(SERIES)}, step=step)
            # The rate is what is tested: this waits for its next turn, not for something to happen.
            page.wait_for_timeout(max(0.0, began + step / RATE - time.monotonic()) * 1000)
            if step % (30 * RATE) == 0:
                session.send("HeapProfiler.collectGarbage")
                told = session.send("Performance.getMetrics")["metrics"]
                sizes.append({one["name"]: one["value"] for one in told if one["name"] in GROWING})
                print(sizes[-1])
        assert run.flush()
        # All but the few of which the page cannot know whether its last reading had them.
        near = f"{MINUTES * 60 * RATE + 1:,}"[:-2]
        expect(page.get_by_role("img", name=re.compile(rf"\b{near}\d\d points")).first).to_be_visible()
    # The first minute fills the grids of the charts; after it nothing may be kept that was not there before.
    for name, room in GROWING.items():
        assert max(one[name] for one in sizes[2:]) <= sizes[1][name] + room, (name, sizes)
