"""What opens breaks no rule of accessibility that axe knows: menus, lists, dialogs, panels, in light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.conftest import LiveServer
from tests.console.conftest import Console, open_console

OPENERS = "button[aria-haspopup]:visible, [role=combobox]:visible"
FRAME = ("Find anything", "Settings", "Region: ")
"""What every page has; opened on one."""
NOT_OF_LISTS = ("region", "scrollable-region-focusable")
"""An open list belongs to its field, not to the page's landmarks, and scrolls with the arrow keys from there."""
TRAPS = "aria-required-children"
"""Cloudscape's groups that open within a menu hold empty places for the focus, which say nothing."""
DARK = {"runOnly": ["color-contrast"]}
"""Only colours depend on the mode."""
RUNS = "#/compare?runs=run-01,run-02,run-07"
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"
PAGES = {
    "#/about": 2,
    "#/search?cols=Metrics.loss": 5,
    "#/search?mode=text": 3,
    "#/search?group=1&by=Tags.parity&agg=mean:Metrics.loss": 4,
    "#/experiments": 2,
    "#/experiments/credit?tab=charts": 5,
    "#/experiments/credit?tab=compare": 3,
    "#/jobs": 4,
    "#/jobs/create?from=credit-01": 2,
    "#/endpoints/credit-best?tab=test": 2,
    "#/runs/run-07?tab=metrics": 4,
    RUNS: 3,
    f"{RUNS}&view=charts": 3,
    f"{RUNS}&view=scatter": 3,
    f"#/lineage?arn={ENDPOINT}": 3,
}
"""Pages, and how many things to open they have at least."""
DIALOGS = {
    "the keys": ("#/about", ["Settings", "Keys"]),
    "a program": ("#/search", ["Export", "Copy as Python (boto3, pandas)"]),
    "a command": ("#/search", ["Export", "Copy as command line"]),
    "the columns": ("#/search", ["Preferences"]),
    "a view's name": ("#/search", ["Views", "Save this view"]),
    "a tag": ("#/search", ["Choose run-07", "Actions", "Add a tag"]),
    "no tag": ("#/search", ["Choose run-07", "Actions", "Take a tag away", "Key"]),
    "many runs to move": ("#/search", ["Choose run-07", "Actions", "Move to another experiment", "Experiment"]),
    "many runs to delete": ("#/search", ["Choose run-07", "Actions", "Delete"]),
    "a model to deploy": ("#/jobs", ["Choose credit-07", "Actions", "Deploy the model"]),
    "a run to move": ("#/runs/run-07", ["Actions", "Move to another experiment"]),
    "a run to delete": ("#/runs/run-07", ["Actions", "Delete"]),
    "an experiment to delete": ("#/experiments/credit", ["Delete"]),
    "a model to delete": ("#/models/credit-best-model", ["Delete"]),
    "an endpoint to delete": ("#/endpoints/credit-best", ["Delete"]),
}
"""Dialogs, and what is chosen on a page to open them, one after the other."""


@pytest.fixture
def still(browser: Browser, hosted_server: LiveServer) -> Iterator[Console]:
    """Open a tab without motion, so that what opens is there at once, in its final colours."""
    yield from open_console(browser, hosted_server, reduced_motion="reduce")


def opened(console: Console, hash_: str) -> Page:
    page = console.open(hash_)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    expect(page.locator("main [class*=spinner]:visible")).to_have_count(0)
    return page


def broken(console: Console, *without: str) -> list[str]:
    """Give the rules that are broken now, in light, and in dark for colours."""
    page = console.page
    rules: dict[str, Any] = {"rules": {one: {"enabled": False} for one in without}}
    found = console.violations(rules)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    expect(page.locator("body.awsui-dark-mode")).to_be_attached()
    found += [f"dark: {one}" for one in console.violations(DARK)]
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    expect(page.locator("body.awsui-dark-mode")).to_have_count(0)
    return found


def name_of(opener: Locator) -> str:
    told = opener.evaluate(
        "(one) => one.getAttribute('aria-label') || (one.getAttribute('aria-labelledby') || '').split(' ')"
        ".map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim() || one.innerText.trim()"
    )
    return str(told)


@pytest.mark.parametrize("hash_", PAGES)
def test_no_menu_and_no_list_of_choices_breaks_a_rule(still: Console, hash_: str) -> None:
    page = opened(still, hash_)
    openers = page.locator(OPENERS)
    expect(openers.nth(PAGES[hash_] - 1)).to_be_visible()
    seen: list[str] = []
    wrong: list[str] = []
    at = 0
    while at < openers.count():
        opener, name = openers.nth(at), name_of(openers.nth(at))
        if name in seen or not opener.is_enabled() or (hash_ != "#/about" and name.startswith(FRAME)):
            at += 1
            continue
        seen.append(name)
        opener.click()
        expect(opener).to_have_attribute("aria-expanded", "true")
        wrong += [f"{name}: {one}" for one in broken(still, *NOT_OF_LISTS, *([TRAPS] if name == "Statistic" else []))]
        page.keyboard.press("Escape")
        if (
            opener.get_attribute("aria-expanded") == "true"
        ):  # that one was for the reason of a choice that cannot be made
            page.keyboard.press("Escape")
        expect(opener).to_have_attribute("aria-expanded", "false")
    assert wrong == []
    assert len(seen) >= PAGES[hash_], seen


@pytest.mark.parametrize("dialog", DIALOGS)
def test_no_dialog_breaks_a_rule(still: Console, dialog: str) -> None:
    hash_, steps = DIALOGS[dialog]
    page = opened(still, hash_)
    for step in steps:
        if step in {"Key", "Experiment"}:
            expect(page.get_by_role("dialog").first).to_be_visible()
        within = page.get_by_role("dialog") if page.get_by_role("dialog").count() else page
        exact = re.compile(rf"^{re.escape(step)}(?!\w)")
        if step.startswith("Choose "):
            within.get_by_role("checkbox", name=exact).check()
            continue
        thing = within.get_by_role("button", name=exact)
        thing.or_(within.get_by_role("menuitem", name=exact)).locator("visible=true").first.click()
    expect(page.get_by_role("dialog").first).to_be_visible()
    lists = NOT_OF_LISTS if steps[-1] in {"Key", "Experiment"} else ()
    assert broken(still, *lists) == []


def test_a_condition_that_is_changed_breaks_no_rule(still: Console) -> None:
    page = opened(still, "#/search")
    box = page.get_by_label("Find runs")
    box.click()
    box.fill("Parameters.eta >= 0.3")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(r"^(Parameters\.)?eta")).first.click()
    expect(page.get_by_role("dialog").first).to_be_visible()
    assert broken(still) == []


def test_a_preview_beside_the_table_breaks_no_rule(still: Console) -> None:
    page = opened(still, "#/search")
    page.get_by_role("row").filter(has_text="run-07").get_by_role("cell").last.click()
    expect(page.get_by_role("button", name="Close the preview")).to_be_visible()
    expect(page.get_by_role("region", name="run-07").or_(page.get_by_text("run-07").last).first).to_be_visible()
    assert broken(still) == []


def test_the_question_for_the_token_breaks_no_rule(still: Console) -> None:
    page = still.open("#/sign-in?because=link")
    expect(page.get_by_label("Link or token")).to_be_visible()
    assert broken(still) == []
