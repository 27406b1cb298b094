"""How much a first visit to the search page loads."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect
from tests.conftest import LiveServer

from trialbook.server.console import pages
from trialbook.server.console.session import read_token

MOST = 400_000
"""Bytes of programs and styles, as brotli sends them; the three fonts (51 kB, woff2) come after the first paint."""


def test_the_first_load_of_the_search_page_is_within_the_budget(browser: Browser, hosted_server: LiveServer) -> None:
    tab = browser.new_context()
    page = tab.new_page()
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(urlsplit(answer.url).path))
    page.goto(f"{hosted_server.url}/?token={read_token(hosted_server.workspace.settings)}")
    expect(page.locator("[data-row]").first).to_be_visible()
    tab.close()
    files = [
        pages.STATIC / path.lstrip("/")
        for path in asked
        if path.startswith("/console/assets/") and not path.endswith(".woff2")
    ]
    sizes = {file.name: _sent(file) for file in {*files, pages.STATIC / "index.html"}}
    assert sum(sizes.values()) <= MOST, sorted(sizes.items(), key=lambda one: -one[1])


def _sent(file: Path) -> int:
    packed = file.with_name(f"{file.name}.br")
    return (packed if packed.is_file() else file).stat().st_size
