"""No page breaks a rule of accessibility that axe knows, in either mode."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.console.conftest import Console

ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"
PAGES = [
    "#/search?cols=Metrics.loss,Tags.parity",
    "#/search?mode=text",
    "#/search?group=1&by=Tags.parity&agg=mean:Metrics.loss",
    "#/experiments",
    "#/experiments/credit",
    "#/experiments/credit?tab=overview",
    "#/experiments/credit?tab=compare",
    "#/jobs",
    "#/jobs/create?from=credit-01",
    "#/jobs/training-job/credit-01",
    "#/jobs/training-job/credit-01?tab=tags",
    "#/models",
    "#/models/credit-best-model",
    "#/endpoints/credit-best",
    "#/endpoints/credit-best?tab=test",
    "#/endpoint-configs/credit-best-config",
    f"#/lineage?arn={ENDPOINT}",
    f"#/lineage?arn={ENDPOINT}&view=list",
    "#/lineage",
    "#/bin",
    "#/about",
]


DARK = {"runOnly": ["color-contrast"]}
"""Only colours depend on the mode."""


@pytest.mark.parametrize("hash_", PAGES)
def test_no_page_breaks_a_rule_of_accessibility(hosted: Console, hash_: str) -> None:
    page = hosted.open(hash_)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
    assert hosted.violations() == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body.awsui-dark-mode")).to_be_attached()
    assert hosted.violations(DARK) == []


@pytest.mark.parametrize("hash_", ["#/runs/no", "#/endpoints/no", "#/experiments/no"])
def test_no_page_of_what_is_not_there_breaks_a_rule(hosted: Console, hash_: str) -> None:
    hosted.forgive("Failed to load resource")
    page = hosted.open(hash_)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    expect(page.get_by_role("button", name="Try again").first).to_be_visible()
    assert hosted.violations() == []


def test_axe_finds_what_is_broken(hosted: Console) -> None:
    page = hosted.open("#/about")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [one.partition(":")[0] for one in hosted.violations()] == ["button-name"]
