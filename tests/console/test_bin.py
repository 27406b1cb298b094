"""The bin: what was deleted, and back again."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.conftest import LiveServer
from tests.console.conftest import Console


def test_a_deleted_record_comes_back_with_its_tags(hosted: Console, hosted_server: LiveServer) -> None:
    client = hosted_server.client("sagemaker")
    arn = client.create_experiment(ExperimentName="gone", Tags=[{"Key": "a", "Value": "b"}])["ExperimentArn"]
    page = hosted.open("#/experiments/gone")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Experiments")).to_be_visible()
    page.get_by_role("link", name="Bin").click()
    page.get_by_role("checkbox", name="Choose gone").check()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored gone.").first).to_be_visible()
    expect(page.get_by_text("The bin is empty")).to_be_visible()
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_an_experiment_with_runs_is_not_deleted(hosted: Console) -> None:
    page = hosted.open("#/experiments/credit")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("It still has 2 run groups")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("button", name="Delete")).to_be_disabled()
