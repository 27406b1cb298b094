"""Nothing is cut off on a small screen, whatever people write into tags, parameters and addresses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.conftest import LiveServer
from tests.console.conftest import Console, open_console
from tests.console.made import BUCKET, training_job

LONG = f"{BUCKET}/{'folder-without-any-space-in-it/' * 4}rows.csv"
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"
WIDE = """() => [...document.querySelectorAll("table")]
    .filter(table => table.parentElement.scrollWidth > table.parentElement.clientWidth + 1)
    .map(table => table.getAttribute("aria-label"))"""
PAGES = (
    "#/search",
    "#/experiments",
    "#/experiments/credit",
    "#/runs/wide",
    "#/runs/wide?tab=inputs",
    "#/runs/wide?tab=lineage",
    "#/compare?runs=wide,run-01,run-02",
    "#/jobs",
    "#/jobs/training-job/wide",
    "#/jobs/training-job/wide?tab=metrics",
    "#/jobs/training-job/wide?tab=tags",
    "#/jobs/processing-job/prepare",
    "#/models",
    "#/models/credit-best-model",
    "#/endpoints",
    "#/endpoints/credit-best",
    "#/endpoint-configs/credit-best-config",
    "#/model-packages",
    "#/lineage",
    f"#/lineage?arn={ENDPOINT}&view=list",
    f"#/verify?q={LONG}",
    "#/reports",
    "#/bin",
)


@pytest.fixture
def small(browser: Browser, hosted_server: LiveServer) -> Iterator[Console]:
    """Open a tab of 1280 pixels, on a run and a job with long texts."""
    client = hosted_server.client("sagemaker")
    tags = [{"Key": "an-address-of-something-else", "Value": LONG[:200]}, {"Key": "team", "Value": "credit"}]
    given = {"a-parameter-with-a-rather-long-name": {"StringValue": LONG}, "eta": {"NumberValue": 0.1}}
    client.create_trial_component(
        TrialComponentName="wide", Parameters=given, InputArtifacts={"rows": {"Value": LONG}}, Tags=tags
    )
    request = training_job("wide", 1)
    request["HyperParameters"]["sagemaker_submit_directory"] = LONG
    request["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"] = LONG
    client.create_training_job(**{**request, "Tags": tags})
    yield from open_console(browser, hosted_server, viewport={"width": 1280, "height": 900})
    client.delete_trial_component(TrialComponentName="wide")
    client.delete_training_job(TrainingJobName="wide")


def test_no_table_is_cut_off_at_1280_pixels(small: Console) -> None:
    cut = {}
    for hash_ in PAGES:
        page = small.open(hash_)
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        expect(page.get_by_text("Loading", exact=True)).to_have_count(0)
        if found := page.evaluate(WIDE):
            cut[hash_] = found
    assert cut == {}


def test_a_tag_is_deleted_beside_a_long_one(small: Console) -> None:
    page = small.open("#/runs/wide")
    page.get_by_role("button", name="Delete the tag team").click()
    expect(page.locator("table[aria-label=Tags] tbody tr")).to_have_count(1)
    box = page.get_by_role("button", name="Delete the tag an-address-of-something-else").bounding_box()
    table = page.locator("table[aria-label=Tags]").locator("..").bounding_box()
    assert box is not None
    assert table is not None
    assert box["x"] + box["width"] <= table["x"] + table["width"]
