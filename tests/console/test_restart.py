"""A real server that is killed and started again with the page open, and runs that other processes log meanwhile."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.console.conftest import Console, open_tab

from trialbook.sdk.run import Run
from trialbook.server.console import pages
from trialbook.server.console.session import read_token
from trialbook.settings import Settings
from trialbook.testing.processes import ServerProcess

AWAY = "The server does not answer."
LOGS_A_RUN = """
import sys
from trialbook import Run

with Run(sys.argv[1], run_name=sys.argv[2], capture=False) as run:
    run.log_metric("loss", 0.5, step=0)
"""


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    """Serve in a process of its own; runs of this process and of those that it starts go there."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with ServerProcess(tmp_path / "store") as server:
        monkeypatch.setenv("TRIALBOOK_URL", server.url)
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
        monkeypatch.chdir(tmp_path)
        yield server


@pytest.fixture
def tab(browser: Browser, process: ServerProcess) -> Iterator[Console]:
    """Open a tab that is signed in, and forgiven that its server is away."""
    token = read_token(Settings(store=process.store))
    for console in open_tab(browser, process.url, token):
        console.forgive("ERR_CONNECTION_REFUSED")
        console.forgive("ERR_CONNECTION_RESET")
        console.forgive("ERR_INCOMPLETE_CHUNKED_ENCODING")
        yield console


@contextmanager
def without_reload(page: Page) -> Iterator[None]:
    """Fail where the page is loaded again, or goes elsewhere."""
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    yield
    assert loads == []


def log_elsewhere(experiment: str, name: str) -> None:
    """Log a run in another process."""
    subprocess.run([sys.executable, "-c", LOGS_A_RUN, experiment, name], check=True, env={**os.environ}, timeout=60)


def test_a_live_run_shows_every_point_before_during_and_after_a_kill(tab: Console, process: ServerProcess) -> None:
    with Run("study", run_name="live", capture=False) as run:
        for step in range(10):
            run.log_metrics({"loss": 1 / (step + 1), "accuracy": step / 30}, step=step)
        assert run.flush()
        page = tab.open("#/runs/study-live?tab=metrics")
        for name in ("loss", "accuracy"):
            expect(page.get_by_role("img", name=f"{name}: 1 line over step, 10 points")).to_be_visible()
        with without_reload(page):
            process.kill()
            expect(page.get_by_text(AWAY).first).to_be_visible()
            for step in range(10, 20):
                run.log_metrics({"loss": 1 / (step + 1), "accuracy": step / 30}, step=step)
            process.start()
            expect(page.get_by_text(AWAY)).to_have_count(0)
            for step in range(20, 30):
                run.log_metrics({"loss": 1 / (step + 1), "accuracy": step / 30}, step=step)
            assert run.flush()
            for name in ("loss", "accuracy"):
                expect(page.get_by_role("img", name=f"{name}: 1 line over step, 30 points")).to_be_visible()
            assert run.flush()
    with without_reload(page):
        expect(page.get_by_text("Completed").first).to_be_visible()


@pytest.mark.parametrize("hash_", ["", "#/experiments/study"])
def test_a_table_of_runs_shows_what_was_logged_while_the_server_was_away(
    tab: Console, process: ServerProcess, hash_: str
) -> None:
    log_elsewhere("study", "before")
    page = tab.open(hash_)
    expect(page.get_by_role("link", name="study-before", exact=True)).to_be_visible()
    with without_reload(page):
        process.kill()
        expect(page.get_by_text(AWAY).first).to_be_visible()
        with Run("study", run_name="away", capture=False) as run:
            run.log_metric("loss", 0.5, step=0)
            process.start()
            assert run.flush()
        expect(page.get_by_text(AWAY)).to_have_count(0)
        log_elsewhere("study", "after")
        for name in ("before", "away", "after"):
            expect(page.get_by_role("link", name=f"study-{name}", exact=True)).to_be_visible()
        expect(page.get_by_text("(3)", exact=True).first).to_be_visible()


@pytest.mark.parametrize("hash_", ["", "#/search", "#/experiments/study"])
def test_a_run_of_another_process_appears_by_itself_in_a_table_of_runs(tab: Console, hash_: str) -> None:
    log_elsewhere("study", "first")
    page = tab.open(hash_)
    expect(page.get_by_role("link", name="study-first", exact=True)).to_be_visible()
    with without_reload(page):
        log_elsewhere("study", "second")
        expect(page.get_by_role("link", name="study-second", exact=True)).to_be_visible()


def test_a_run_of_the_moment_before_the_page_could_listen_appears(tab: Console) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    expect(tab.open("#/about").get_by_role("heading", level=1)).to_be_visible()  # the search page listens no more
    tab.page.route(re.compile("/console/api/events"), hold)
    page = tab.open("#/search")
    for _ in range(100):
        if held:
            break
        page.wait_for_timeout(50)
    with without_reload(page):
        log_elsewhere("study", "first")
        assert held
        for route in held:
            route.continue_()
        expect(page.get_by_role("link", name="study-first", exact=True)).to_be_visible()


def test_a_run_of_another_process_appears_by_itself_in_the_list_of_experiments(tab: Console) -> None:
    log_elsewhere("study", "first")
    page = tab.open("#/experiments")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="study", exact=True))
    expect(row.get_by_role("cell", name="1", exact=True)).to_be_visible()
    with without_reload(page):
        log_elsewhere("study", "second")
        expect(row.get_by_role("cell", name="2", exact=True)).to_be_visible()
        log_elsewhere("other", "first")
        expect(page.get_by_role("link", name="other", exact=True)).to_be_visible()


def test_the_first_run_of_all_appears_on_the_page_that_says_how_to_log_one(tab: Console) -> None:
    page = tab.open("#/search")
    expect(page.get_by_text(re.compile("from trialbook import Run")).first).to_be_visible()
    with without_reload(page):
        log_elsewhere("study", "first")
        expect(page.get_by_role("link", name="study-first", exact=True)).to_be_visible()


def test_rows_under_the_pointer_stay_and_the_page_says_that_there_are_more(tab: Console) -> None:
    log_elsewhere("study", "first")
    page = tab.open("#/search")
    first = page.get_by_role("link", name="study-first", exact=True)
    first.hover()
    with without_reload(page):
        log_elsewhere("study", "second")
        more = page.get_by_role("button", name="1 new: refresh")
        expect(more).to_be_visible()
        expect(page.get_by_role("link", name="study-second", exact=True)).to_have_count(0)
        more.click()
        expect(page.get_by_role("link", name="study-second", exact=True)).to_be_visible()
        expect(more).to_have_count(0)


def test_a_table_does_not_say_that_runs_of_another_experiment_are_new(tab: Console) -> None:
    log_elsewhere("study", "first")
    page = tab.open("#/experiments/study")
    page.get_by_role("link", name="study-first", exact=True).hover()
    with without_reload(page):
        log_elsewhere("other", "first")
        log_elsewhere("study", "second")
        expect(page.get_by_role("button", name="1 new: refresh")).to_be_visible()


def test_the_values_in_a_table_of_runs_follow_what_they_log(tab: Console) -> None:
    with Run("study", run_name="live", capture=False) as run:
        run.log_metric("loss", 0.5, step=0)
        assert run.flush()
        page = tab.open("#/search?cols=Metrics.loss,Status.PrimaryStatus")
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name="study-live", exact=True))
        row.get_by_role("link").hover()
        expect(row.get_by_role("cell", name="0.5", exact=True)).to_be_visible()
        with without_reload(page):
            run.log_metric("loss", 0.25, step=1)
            assert run.flush()
            expect(row.get_by_role("cell", name="0.25", exact=True)).to_be_visible()
    expect(row.get_by_role("cell", name="Completed")).to_be_visible()
