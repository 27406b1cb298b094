"""The lineage graph by keys: one stop for Tab, arrows from record to record, Enter to open one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.console.conftest import Console
from tests.console.walk import settle, walk

ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"


@pytest.mark.slow
def test_the_graph_is_one_stop_that_is_seen(hosted: Console) -> None:
    page = hosted.open(f"#/lineage?arn={ENDPOINT}")
    expect(page.locator(".lineage-node").first).to_be_visible()
    settle(page)
    found = walk(page)
    assert found.ended
    assert (found.missed, found.unseen, found.disorder) == ([], [], [])
    nodes = [one for one in found.stops if one.startswith("div[button]")]
    assert nodes == ["div[button] Endpoint credit-best-aws-endpoint"]


def test_arrows_lead_from_an_endpoint_to_the_data_and_enter_opens_it(hosted: Console) -> None:
    page = hosted.open(f"#/lineage?arn={ENDPOINT}&dir=Ascendants&depth=5")
    nodes = page.locator(".lineage-node")
    expect(nodes.first).to_be_visible()
    expect(page.locator(".lineage-node[tabindex='0']")).to_have_count(1)
    page.locator(".lineage-node[tabindex='0']").focus()
    focused = page.locator(".lineage-node:focus")
    expect(focused).to_have_attribute("aria-label", "Endpoint credit-best-aws-endpoint")
    for kind in ("ModelDeployment", "Model", "TrainingJob", "DataSet"):
        page.keyboard.press("ArrowLeft")
        expect(focused.locator(".lineage-type")).to_contain_text(kind)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Begin here")).to_be_visible()
