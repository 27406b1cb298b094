"""The frame around the pages: signing in, navigation, modes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.conftest import LiveServer
from tests.console.conftest import Console, open_console

from trialbook.server.console.session import read_token


def test_the_printed_link_opens_the_console_and_leaves_no_token_in_the_address(console: Console) -> None:
    expect(console.page.get_by_role("heading", name="Search")).to_be_visible()
    assert "token" not in console.page.url


def test_without_a_session_the_page_asks_for_the_link(browser: Browser, console_server: LiveServer) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{console_server.url}/#/about")
    page.get_by_label("Link or token").fill(
        f"{console_server.url}/?token={read_token(console_server.workspace.settings)}"
    )
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="About", exact=True)).to_be_visible()
    page.context.close()


@pytest.fixture(params=["light", "dark"])
def tinted(request: pytest.FixtureRequest, browser: Browser, console_server: LiveServer) -> Iterator[Console]:
    yield from open_console(browser, console_server, color_scheme=request.param)


@pytest.mark.parametrize("hash_", ["#/search", "#/about"])
def test_a_page_breaks_no_rule_of_accessibility(tinted: Console, hash_: str) -> None:
    tinted.open(hash_)
    expect(tinted.page.get_by_role("heading", level=1)).to_be_visible()
    assert tinted.violations() == []
