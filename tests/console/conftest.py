"""A real browser on a real server over real training runs. A page that logs an error to the browser's console fails.

Chromium is Debian's, which `make test` installs where it can; without it these tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from tests.conftest import LiveServer, serve
from tests.console.made import make_records
from tests.console.study import make_study

from trialbook.server.console import pages
from trialbook.server.console.session import read_token
from trialbook.settings import Settings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ADULT = Path(__file__).parents[2] / "examples" / "adult" / "train.py"
PATIENCE = 15_000
"""Milliseconds that an expectation may take: the machine may be busy."""


@pytest.fixture(scope="session")
def console_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve the record that the main job makes, of three models with ten rounds each."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    folder = tmp_path_factory.mktemp("console")
    with serve(Settings(store=str(folder / "store"))) as server:
        environment = {**os.environ, "TRIALBOOK_URL": server.url, "AWS_ENDPOINT_URL": server.url}
        command = [sys.executable, str(ADULT), "--url", server.url, "--rounds", "10", "--runs", "3"]
        subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True, timeout=300)
        yield server


@pytest.fixture(scope="session")
def hosted_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve records of every kind, jobs, a model and an endpoint among them; nothing runs."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with serve(Settings(store=str(tmp_path_factory.mktemp("hosted") / "store"), launcher="record")) as server:
        make_records(server)
        yield server


@pytest.fixture(scope="session")
def study_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve a small study that the SDK recorded."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    folder = tmp_path_factory.mktemp("study")
    with serve(Settings(store=str(folder / "store"))) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALBOOK_URL", server.url)
        patch.chdir(folder)
        make_study(folder)
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one headless browser for all tests of a process."""
    if CHROMIUM is None:
        pytest.skip("CHROMIUM IS NOT INSTALLED: none of the console's pages was tested.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


FADING = """document.getAnimations().some(one => one.playState === "running"
    && one.effect.getComputedTiming().endTime !== Infinity)"""


BROKEN = "(options) => axe.run(document, options).then((found) => found.violations)"
"""Axe describes nothing but what is broken, for a page's many nodes that break no rule take most of its time."""


class Console:
    """One tab, signed in."""

    def __init__(self, page: Page, url: str, forgiven: list[str]) -> None:
        self.page = page
        self.url = url
        self._forgiven = forgiven

    def forgive(self, text: str) -> None:
        """Let messages of the browser's console that hold the text pass, such as `404` where that is the subject."""
        self._forgiven.append(text)

    def open(self, hash_: str = "") -> Page:
        """Go to a page of the console by its hash, such as `#/search?q=...`."""
        self.page.goto(f"{self.url}/{hash_}")
        return self.page

    def violations(self, options: dict[str, Any] | None = None) -> list[str]:
        """Give what axe finds wrong with the page once nothing fades in or out; `options` are axe.run's."""
        for _ in range(40):
            if not self.page.evaluate(FADING):
                break
            self.page.wait_for_timeout(50)
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        found: Any = self.page.evaluate(BROKEN, {"resultTypes": ["violations"], **(options or {})})
        return [f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:3]}" for one in found]


@pytest.fixture
def console(browser: Browser, console_server: LiveServer) -> Iterator[Console]:
    """Open a tab that is signed in; an error on the browser's console or in a script fails the test."""
    yield from open_console(browser, console_server)


@pytest.fixture
def hosted(browser: Browser, hosted_server: LiveServer) -> Iterator[Console]:
    """Open a tab on `hosted_server`; an error on the browser's console or in a script fails the test."""
    yield from open_console(browser, hosted_server)


def open_console(browser: Browser, server: LiveServer, **context: Any) -> Iterator[Console]:
    """Open a tab on any server; the arguments are the browser context's (`color_scheme`, `viewport`)."""
    yield from open_tab(browser, server.url, read_token(server.workspace.settings), **context)


def open_tab(browser: Browser, url: str, token: str, **context: Any) -> Iterator[Console]:
    """Open a tab on a server of any process, signed in by its token."""
    tab = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **context})
    tab.set_default_timeout(PATIENCE)
    page = tab.new_page()
    errors: list[str] = []
    forgiven: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(text in message.text for text in forgiven):
            errors.append(f"{message.type}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(f"uncaught: {error}"))
    page.goto(f"{url}/?token={token}")
    yield Console(page, url, forgiven)
    tab.close()
    assert errors == []


@pytest.fixture
def study(browser: Browser, study_server: LiveServer) -> Iterator[Console]:
    """Open a tab on the study."""
    yield from open_console(browser, study_server)
