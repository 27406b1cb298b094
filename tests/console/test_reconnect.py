"""A server that goes away and comes back, and a session that ends, with the page open."""

from __future__ import annotations

from playwright.sync_api import Route, expect
from tests.conftest import LiveServer
from tests.console.conftest import Console

from trialbook.server.console.session import read_token


def test_the_page_says_that_the_server_is_away_and_goes_on_by_itself(hosted: Console) -> None:
    hosted.forgive("ERR_FAILED")
    hosted.forgive("ERR_CONNECTION_REFUSED")
    page = hosted.open("#/about")
    expect(page.get_by_role("heading", name="About", exact=True)).to_be_visible()

    def away(route: Route) -> None:
        route.abort("connectionrefused")

    page.route("**/console/api/**", away)
    page.get_by_role("navigation").get_by_role("link", name="Experiments", exact=True).click()
    expect(page.get_by_text("The server does not answer.").first).to_be_visible()
    page.unroute("**/console/api/**", away)
    expect(page.get_by_text("tried again every 2 seconds")).to_have_count(0)
    expect(page.get_by_role("link", name="credit", exact=True)).to_be_visible()


def test_a_new_version_of_the_server_offers_a_reload(hosted: Console) -> None:
    page = hosted.open("#/about")
    expect(page.get_by_role("heading", name="About", exact=True)).to_be_visible()

    def newer(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "x-trialbook-version": "99.0.0"})

    page.route("**/console/api/v1/**", newer)
    page.get_by_role("link", name="Bin").click()
    expect(page.get_by_role("button", name="Reload")).to_be_visible()


def test_after_a_session_ends_signing_in_leads_back_to_the_same_page(
    hosted: Console, hosted_server: LiveServer
) -> None:
    hosted.forgive("401")
    page = hosted.open("#/experiments/credit?tab=overview")
    expect(page.get_by_role("heading", name="Hypothesis")).to_be_visible()
    page.context.clear_cookies()
    page.get_by_role("tab", name="Runs").click()
    page.get_by_label("Link or token").fill(read_token(hosted_server.workspace.settings) or "")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("tab", name="Runs")).to_be_visible()
    assert "#/experiments/credit" in page.url
