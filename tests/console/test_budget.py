"""How much a first visit to the search page loads: what the browser received of the wire, headers included."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, expect
from tests.conftest import LiveServer

from trialbook.server.console.session import read_token

MOST = 400_000
"""Bytes on the wire of a first visit: page, programs, styles, fonts, pictures and answers, with their headers."""
PLAIN = 1_500
"""Programs and styles below this many bytes may come as they are."""
EVENTS = "/console/api/events"
"""The one answer that never ends."""


class Wire:
    """What a tab receives, as Chromium's network service counts it."""

    def __init__(self, network: CDPSession) -> None:
        self.answers: dict[str, dict[str, Any]] = {}
        self.sizes: dict[str, int] = {}
        """Bytes by request, once it has ended."""
        network.on("Network.responseReceived", lambda told: self.answers.update({told["requestId"]: told["response"]}))
        network.on(
            "Network.loadingFinished",
            lambda told: self.sizes.update({told["requestId"]: round(told["encodedDataLength"])}),
        )
        network.send("Network.enable")

    def waiting(self) -> list[str]:
        """Give the addresses that have not come to their end."""
        left = [answer["url"] for asked, answer in self.answers.items() if asked not in self.sizes]
        return [url for url in left if urlsplit(url).path != EVENTS]

    def by_path(self) -> dict[str, int]:
        """Give the bytes of each path, the largest first."""
        sizes: dict[str, int] = {}
        for asked, size in self.sizes.items():
            path = urlsplit(self.answers[asked]["url"]).path
            sizes[path] = sizes.get(path, 0) + size
        return dict(sorted(sizes.items(), key=lambda one: -one[1]))

    def encoding(self, path: str) -> str | None:
        """Give how the answer of a path was compressed."""
        headers = next(one["headers"] for one in self.answers.values() if urlsplit(one["url"]).path == path)
        return {name.lower(): value for name, value in headers.items()}.get("content-encoding")


def test_the_first_load_of_the_search_page_is_within_the_budget(browser: Browser, hosted_server: LiveServer) -> None:
    tab = browser.new_context()
    page = tab.new_page()
    wire = Wire(tab.new_cdp_session(page))
    page.goto(f"{hosted_server.url}/?token={read_token(hosted_server.workspace.settings)}")
    expect(page.locator("[data-row]").first).to_be_visible()
    expect(page.locator("[data-find] input")).to_be_editable()
    page.evaluate("document.fonts.ready.then(() => null)")
    for _ in range(100):
        page.wait_for_timeout(50)
        if not wire.waiting():
            break
    tab.close()
    sizes = wire.by_path()
    assert wire.waiting() == []
    assert {"/", "/console/api/v1/table"} <= sizes.keys()
    assert {"js", "css", "woff2"} <= {path.rpartition(".")[2] for path in sizes}
    assert sum(sizes.values()) <= MOST, (sum(sizes.values()), sizes)
    large = [path for path, size in sizes.items() if size > PLAIN and path.endswith((".js", ".css"))]
    assert {wire.encoding(path) for path in large} == {"br"}
