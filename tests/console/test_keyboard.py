"""Everything by keyboard: each page is walked with Tab, and what has no stop or shows no focus is named."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.console.conftest import Console
from tests.console.study import NAMES, RICH
from tests.console.walk import settle, walk

ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"
HOSTED = [
    "#/experiments/credit?tab=charts",
    "#/jobs/create?from=credit-01",
]
MORE_HOSTED = [
    "#/search?cols=Metrics.loss,Tags.parity&size=20",
    "#/search?mode=text&size=20",
    "#/search?group=1&by=Tags.parity&agg=mean:Metrics.loss",
    "#/experiments",
    "#/experiments/credit?tab=overview",
    "#/experiments/credit?tab=compare",
    "#/jobs",
    "#/jobs/training-job/credit-01",
    "#/jobs/training-job/credit-01?tab=metrics",
    "#/jobs/training-job/credit-01?tab=log",
    "#/jobs/training-job/credit-01?tab=tags",
    "#/models/credit-best-model",
    "#/model-packages",
    "#/endpoints/credit-best",
    "#/endpoints/credit-best?tab=test",
    "#/endpoint-configs/credit-best-config",
    f"#/lineage?arn={ENDPOINT}&view=list",
    "#/lineage",
    "#/reports",
    "#/verify",
    "#/bin",
    "#/about",
]
STUDY = [f"#/runs/{RICH}?tab=metrics", f"#/runs/{RICH}?tab=lineage"]
MORE_STUDY = [
    *(f"#/runs/{RICH}?tab={tab}" for tab in ("", "charts", "outputs", "bias", "logs", "raw")),
    f"#/compare?runs={','.join(NAMES)}",
    f"#/compare?runs={','.join(NAMES)}&tab=space",
]


def slow(hashes: list[str]) -> list[object]:
    return [pytest.param(one, marks=pytest.mark.slow) for one in hashes]


def assert_walked(page: Page) -> None:
    settle(page)
    found = walk(page)
    assert found.ended, f"Tab never came round: {found.stops[-5:]}"
    assert found.missed == []
    assert found.unseen == []
    assert found.disorder == []
    assert len(found.stops) > 15


@pytest.mark.parametrize("hash_", [*HOSTED, *slow(MORE_HOSTED)])
def test_every_control_of_a_page_is_reached_and_seen(hosted: Console, hash_: str) -> None:
    assert_walked(hosted.open(hash_))


@pytest.mark.parametrize("hash_", [*STUDY, *slow(MORE_STUDY)])
def test_every_control_of_a_run_or_a_comparison_is_reached_and_seen(study: Console, hash_: str) -> None:
    assert_walked(study.open(hash_))


def test_a_slider_shows_that_it_has_the_focus(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}?tab=metrics")
    settle(page)
    slider = page.get_by_label("Smoothing", exact=True)
    field = page.locator("main").get_by_text("Smoothing 0.00").locator("xpath=ancestor::*[3]")
    page.keyboard.press("Tab")
    before = field.screenshot()
    slider.focus()
    assert field.screenshot() != before


def test_a_chart_is_read_and_zoomed_by_keys(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}?tab=metrics")
    chart = page.get_by_role("img", name="train/loss").first
    chart.focus()
    page.keyboard.press("Home")
    told = page.locator(".chart:focus + .heard")
    expect(told).to_contain_text("0")
    first = told.inner_text()
    page.keyboard.press("ArrowRight")
    expect(told).not_to_have_text(first)
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("from="))
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("from="))
