"""The page of one run, over runs that the SDK recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.conftest import LiveServer
from tests.console.conftest import Console, open_console
from tests.console.study import NAMES, RICH

from trialbook.sdk.transport import HttpTransport


def test_the_overview_tells_status_parameters_metrics_and_notes(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}")
    expect(page.get_by_role("heading", name="lr0.01-s2", level=1)).to_be_visible()
    expect(page.get_by_text("Completed").first).to_be_visible()
    expect(page.get_by_role("row", name="optimizer adam")).to_be_visible()
    expect(page.get_by_role("heading", name="What was seen")).to_be_visible()
    expect(page.get_by_role("link", name="the docs")).to_have_attribute("rel", "noopener noreferrer")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="odd", exact=True))
    expect(row).to_contain_text("Infinity")
    expect(row.get_by_role("img", name="Course of odd").locator("path")).to_have_attribute("d", re.compile("^M.*L"))


def test_notes_name_and_tags_are_changed_where_they_stand(study: Console, study_server: LiveServer) -> None:
    page = study.open(f"#/runs/{NAMES[0]}")
    page.get_by_role("button", name="Edit notes").click()
    page.get_by_role("textbox", name="Notes").fill("Seen **twice**")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("strong", has_text="twice")).to_be_visible()
    page.get_by_role("button", name="Edit display name").click()
    page.get_by_role("textbox", name="display name").fill("The first one")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="The first one", level=1)).to_be_visible()
    page.get_by_role("textbox", name="Key of a new tag").fill("state")
    page.get_by_role("textbox", name="Value of a new tag").fill("seen")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_role("button", name="Delete the tag state")).to_be_visible()
    told = HttpTransport(study_server.url).call("run", {"name": NAMES[0]})
    assert told["notes"] == "Seen **twice**"
    assert told["DisplayName"] == "The first one"
    assert {"Key": "state", "Value": "seen"} in told["Tags"]


def test_what_was_logged_is_shown_as_what_it_is(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}?tab=outputs&artifact=samples")
    image = page.get_by_role("img", name="samples")
    expect(image).to_be_visible()
    assert image.evaluate("one => one.naturalWidth") == 8
    slider = page.get_by_role("slider", name="Step")
    slider.focus()
    slider.press("ArrowLeft")
    expect(page.get_by_text("Step 10", exact=True).first).to_be_visible()
    _choose(page, "per class")
    expect(page.get_by_role("row", name="dog NaN")).to_be_visible()
    _choose(page, "card.md")
    expect(page.get_by_role("heading", name="Model card")).to_be_visible()
    _choose(page, "notes.csv")
    expect(page.get_by_role("row", name="2 y")).to_be_visible()


def _choose(page: Page, name: str) -> None:
    page.get_by_role("cell", name=name, exact=True).click()


def test_curves_and_confusion_matrix_are_drawn_and_can_be_read_as_tables(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}?tab=charts")
    expect(page.get_by_role("img", name="roc: True positive rate by false positive rate")).to_be_visible()
    expect(page.get_by_text("average precision 1", exact=True)).to_be_visible()
    expect(page.get_by_text("of 90 right")).to_be_visible()
    page.get_by_role("button", name="View as table: roc").click()
    expect(page.get_by_role("columnheader", name="True positive rate")).to_be_visible()


def test_a_log_is_read_where_it_is_looked_at_and_searched(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}?tab=logs")
    log = page.get_by_role("log")
    expect(log.get_by_text("line 0 of the training")).to_be_visible()
    assert log.locator(".text-line").count() < 150
    page.get_by_role("searchbox", name="Find in the log").fill("line 1234 of")
    page.get_by_role("searchbox", name="Find in the log").press("Enter")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    expect(log.get_by_text("line 1234 of the training")).to_be_in_viewport()


def test_the_keys_lead_to_the_run_before_and_the_next_one(study: Console) -> None:
    page = study.open(f"#/runs/{NAMES[2]}?tab=raw")
    expect(page.get_by_role("heading", name="lr0.1-s2", level=1)).to_be_visible()
    page.keyboard.press("]")
    expect(page.get_by_role("heading", name="lr0.01-s0", level=1)).to_be_visible()
    expect(page.get_by_text(f'"TrialComponentName": "{NAMES[3]}"')).to_be_visible()
    page.keyboard.press("[")
    expect(page.get_by_role("heading", name="lr0.1-s2", level=1)).to_be_visible()


def test_deleting_says_what_goes_along_and_can_be_undone(study: Console) -> None:
    page = study.open(f"#/runs/{NAMES[1]}")
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_text("It disappears from study.")).to_be_visible()
    expect(page.get_by_text("132 points")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_role("heading", name="lr0.1-s1", level=1)).to_be_visible()


@pytest.fixture(params=["light", "dark"])
def tinted(request: pytest.FixtureRequest, browser: Browser, study_server: LiveServer) -> Iterator[Console]:
    yield from open_console(browser, study_server, color_scheme=request.param)


def test_no_tab_breaks_a_rule_of_accessibility(tinted: Console) -> None:
    tabs = ("overview", "metrics", "charts", "inputs", "outputs", "logs", "system", "lineage", "raw")
    found = {}
    for tab in tabs:
        tinted.open(f"#/runs/{RICH}?tab={tab}")
        expect(tinted.page.get_by_role("heading", name="lr0.01-s2", level=1)).to_be_visible()
        expect(tinted.page.get_by_role("tabpanel").locator("visible=true").first).not_to_be_empty()
        found[tab] = tinted.violations()
    assert found == {tab: [] for tab in tabs}


def test_a_metric_of_one_point_without_a_step_is_its_number(console: Console) -> None:
    console.open("#/search?cols=Metrics.test%3Aauc&sort=-Metrics.test:auc")
    console.page.locator("a[href^='#/runs/']").first.click()
    console.page.get_by_role("tab", name="Metrics").click()
    card = console.page.get_by_role("region", name="test:auc", exact=True)
    expect(card.locator(".chart-single")).to_have_text(re.compile(r"0\.\d+"))
