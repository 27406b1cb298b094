"""The choice of a region: pages show its records alone and its news, and this browser remembers it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console

from trialbook.server.console import pages
from trialbook.settings import Settings

HERE, FAR = "us-east-1", "eu-west-1"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """Serve an experiment and a run in each of two regions."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with serve(Settings(store=str(tmp_path / "store"), launcher="record")) as running:
        for region, word in ((HERE, "near"), (FAR, "far")):
            client = running.client("sagemaker", region=region)
            client.create_experiment(ExperimentName=f"{word}-study")
            make_run(running, region, f"{word}-run", 0.1)
        yield running


@pytest.fixture
def tab(browser: Browser, server: LiveServer) -> Iterator[Console]:
    yield from open_console(browser, server)


def make_run(server: LiveServer, region: str, name: str, rate: float) -> None:
    server.client("sagemaker", region=region).create_trial_component(
        TrialComponentName=name, Parameters={"rate": {"NumberValue": rate}}
    )


def choose(page: Page, now: str, region: str) -> None:
    page.get_by_role("button", name=f"Region: {now}").click()
    page.get_by_role("menuitem", name=region, exact=True).click()


def test_a_chosen_region_shows_its_records_alone_and_is_remembered(tab: Console) -> None:
    page = tab.open("#/search")
    expect(page.get_by_role("link", name="near-run", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="far-run", exact=True)).to_have_count(0)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, HERE, FAR)
    expect(page.get_by_role("link", name="far-run", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="near-run", exact=True)).to_have_count(0)
    # It came by the choice, not by what the page asks now and then.
    assert not [url for url in asked if url.endswith("/session")]
    page.get_by_role("navigation").get_by_role("link", name="Experiments", exact=True).click()
    expect(page.get_by_role("link", name="far-study", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="near-study", exact=True)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("link", name="far-study", exact=True)).to_be_visible()
    choose(page, FAR, HERE)
    expect(page.get_by_role("link", name="near-run", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="far-run", exact=True)).to_have_count(0)


def test_a_run_of_the_chosen_region_opens_and_is_found_there(tab: Console, server: LiveServer) -> None:
    page = tab.open("#/search")
    choose(page, HERE, FAR)
    page.get_by_role("link", name="far-run", exact=True).click()
    expect(page.get_by_role("heading", level=1).filter(has_text="far-run")).to_be_visible()
    page.get_by_role("tab", name="Raw", exact=True).click()
    expect(page.get_by_text(f"arn:aws:sagemaker:{FAR}:").first).to_be_visible()
    make_run(server, FAR, "far-twin", 0.3)
    box = page.locator("#anything:visible input").first
    box.fill("far-twin")
    expect(page.get_by_role("option").filter(has_text="Run").filter(has_text="far-twin").last).to_be_visible()
    box.fill("near-run")
    expect(page.get_by_role("option")).to_have_count(1)  # the one that searches for the words


def test_news_are_those_of_the_chosen_region(tab: Console, server: LiveServer) -> None:
    page = tab.open("#/search")
    expect(page.get_by_role("link", name="near-run", exact=True)).to_be_visible()
    choose(page, HERE, FAR)
    expect(page.get_by_role("link", name="far-run", exact=True)).to_be_visible()
    page.mouse.move(0, 0)
    make_run(server, HERE, "near-later", 0.2)
    make_run(server, FAR, "far-later", 0.2)
    expect(page.get_by_role("link", name="far-later", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="near-later", exact=True)).to_have_count(0)


def test_a_filter_offers_the_values_of_the_chosen_region(tab: Console, server: LiveServer) -> None:
    server.client("sagemaker", region=FAR).create_trial_component(
        TrialComponentName="far-tagged", Tags=[{"Key": "team", "Value": "faraway"}]
    )
    page = tab.open("#/search")
    box = page.locator("[data-find] input")
    box.fill("team")
    expect(page.get_by_text("Tags.team")).to_have_count(0)
    box.fill("")
    choose(page, HERE, FAR)
    expect(page.get_by_role("link", name="far-run", exact=True)).to_be_visible()
    box.fill("team")
    expect(page.get_by_text("Tags.team").first).to_be_visible()


def test_a_region_that_the_store_does_not_have_can_be_left(browser: Browser, live_server: LiveServer) -> None:
    make_run(live_server, HERE, "near-run", 0.1)
    for console in open_console(browser, live_server):
        page = console.open("#/search")
        expect(page.get_by_role("link", name="near-run", exact=True)).to_be_visible()
        page.evaluate("localStorage.setItem('trialbook-region', 'ap-south-1')")  # of a store served there before
        page.reload()
        expect(page.get_by_text("No runs yet.").first).to_be_visible()
        choose(page, "ap-south-1", HERE)
        expect(page.get_by_role("link", name="near-run", exact=True)).to_be_visible()


def test_the_menu_offers_a_region_once_it_holds_records(browser: Browser, live_server: LiveServer) -> None:
    for console in open_console(browser, live_server):
        page = console.open("#/search")
        expect(page.get_by_role("link", name=f"000000000000 / {HERE}")).to_be_visible()
        make_run(live_server, FAR, "far-run", 0.1)
        page.reload()
        choose(page, HERE, FAR)
        expect(page.get_by_role("link", name="far-run", exact=True)).to_be_visible()
