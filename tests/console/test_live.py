"""A run that goes on while its page is open, written by another process's hand."""

from __future__ import annotations

import re
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
