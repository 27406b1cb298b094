"""Deeds to more records than one page of an answer holds, and all of them as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console

from trialbook.names import Scope
from trialbook.server.console import pages
from trialbook.services import experiments
from trialbook.services.context import Call
from trialbook.settings import DEFAULT_ACCOUNT, Settings

MANY = 1_050
"""The console reads a thousand records in one call."""


@pytest.fixture(scope="module")
def many_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve many experiments."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with serve(Settings(store=str(tmp_path_factory.mktemp("many") / "store"), launcher="record")) as server:
        call = Call(server.workspace, Scope(DEFAULT_ACCOUNT, "us-east-1"), "tester", "request-1")
        for number in range(MANY):
            experiments.create_experiment(call, f"e-{number:04}", {"Description": f'say "{number}", or not'})
        yield server


@pytest.fixture
def many(browser: Browser, many_server: LiveServer) -> Iterator[Console]:
    """Open a tab on the many."""
    yield from open_console(browser, many_server)


def choose_all(page: Page) -> None:
    """Choose all that match, on all pages."""
    expect(page.locator("[data-row]").first).to_be_visible()
    page.get_by_label("Choose all on this page").first.check()
    page.get_by_role("button", name=f"Choose all {MANY:,} that match").click()


def begin_tagging(page: Page, key: str) -> None:
    """Start to tag what is chosen."""
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Add a tag").click()
    page.get_by_role("dialog").get_by_label("Key").fill(key)
    page.get_by_role("dialog").get_by_role("button", name="Tag").click()


def tagged(server: LiveServer, key: str) -> int:
    """Count the experiments that have a tag."""
    filters = [{"Name": f"Tags.{key}", "Operator": "Exists"}]
    answer = server.client("sagemaker").search(Resource="Experiment", SearchExpression={"Filters": filters})
    return int(answer["TotalHits"]["Value"])


def test_all_that_match_are_tagged_even_as_they_cease_to_match(many: Console, many_server: LiveServer) -> None:
    page = many.open("#/search?resource=experiment&size=20&q=not%20exists%20Tags.seen")
    choose_all(page)
    begin_tagging(page, "seen")
    expect(page.get_by_role("dialog").get_by_text(f"of {MANY:,}").first).to_be_visible()
    expect(page.get_by_text(f"Tagged {MANY:,} experiments.").first).to_be_visible(timeout=120_000)
    assert tagged(many_server, "seen") == MANY


def test_a_deed_to_many_can_be_stopped_and_says_how_far_it_came(many: Console, many_server: LiveServer) -> None:
    page = many.open("#/search?resource=experiment&size=20")
    choose_all(page)
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)
        if len(asked) <= 20:
            route.continue_()

    page.route("**/op/AddTags", hold)
    begin_tagging(page, "part")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(f"20 of {MANY:,}").first).to_be_visible()
    assert many.violations() == []
    dialog.get_by_role("button", name="Stop").click()
    for route in asked[20:]:
        route.continue_()
    expect(dialog.get_by_text(f"Stopped: 24 of {MANY:,} done")).to_be_visible()
    assert tagged(many_server, "part") == 24


def test_a_csv_file_holds_all_rows(many: Console) -> None:
    page = many.open("#/search?resource=experiment&cols=Description&sort=ExperimentName")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as saved:
        page.get_by_role("menuitem", name=f"Download CSV ({MANY:,} rows)").click()
    with saved.value.path().open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head == ["name", "Description"]
    assert rows == [[f"e-{number:04}", f'say "{number}", or not'] for number in range(MANY)]
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_csv_file_is_not_saved_in_part(many: Console) -> None:
    many.forgive("500")
    page = many.open("#/search?resource=experiment&cols=Description")

    def second(route: Route) -> None:
        if "token" in (route.request.post_data or ""):
            route.fulfill(status=500, content_type="application/json", body='{"code": "Broken", "message": "no more"}')
        else:
            route.continue_()

    page.route("**/v1/table", second)
    page.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="Download CSV").click()
    expect(page.get_by_role("dialog").get_by_text("no more")).to_be_visible()
    page.unroute("**/v1/table")
    with page.expect_download():
        page.get_by_role("dialog").get_by_role("button", name="Try again").click()
