"""Endpoints and models: what serves, what it was made of, and putting another one into service."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.conftest import LiveServer
from tests.console.conftest import Console
from tests.console.made import TAGS, deploy


def test_an_endpoint_shows_its_configuration_model_and_training_job(hosted: Console) -> None:
    page = hosted.open("#/endpoints")
    page.get_by_role("link", name="credit-best", exact=True).click()
    expect(page.get_by_role("heading", name="Endpoint configuration settings")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="AllTraffic")
    expect(row.get_by_role("link", name="credit-best-model")).to_be_visible()
    expect(row.get_by_role("link", name="credit-07")).to_be_visible()


def test_an_endpoint_that_only_records_says_so_when_invoked(hosted: Console) -> None:
    page = hosted.open("#/endpoints/credit-best?tab=test")
    page.get_by_label("Request").fill("39,77516,13,2174,0,40")
    hosted.forgive("424")
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("no model runs behind it").first).to_be_visible()


def test_an_endpoint_that_is_not_there_says_so(hosted: Console) -> None:
    hosted.forgive("400")
    page = hosted.open("#/endpoints/none")
    expect(page.get_by_text("none").first).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_endpoint_configurations_without_a_name_lead_to_the_endpoints(hosted: Console) -> None:
    hosted.open("#/endpoint-configs")
    expect(hosted.page.get_by_role("heading", name="Endpoint configurations")).to_be_visible()
    hosted.page.get_by_role("link", name="all endpoints").click()
    expect(hosted.page.get_by_role("heading", name="Endpoints (")).to_be_visible()


@pytest.mark.parametrize(
    ("page", "first"),
    [
        ("endpoints/credit-best", "Settings"),
        ("experiments/credit", "Runs"),
        ("jobs/training-job/credit-00", "Overview"),
    ],
)
def test_a_tab_that_a_page_does_not_have_shows_the_first(hosted: Console, page: str, first: str) -> None:
    hosted.open(f"#/{page}?tab=older")
    expect(hosted.page.get_by_role("tab", name=first, exact=True)).to_have_attribute("aria-selected", "true")


def test_the_best_job_is_deployed_from_its_page(hosted: Console, hosted_server: LiveServer) -> None:
    page = hosted.open("#/jobs/training-job/credit-06")
    page.get_by_role("button", name="Deploy model").click()
    page.get_by_label("Endpoint name").fill("from-page")
    page.get_by_role("button", name="Deploy", exact=True).click()
    expect(page.get_by_role("heading", name="from-page")).to_be_visible()
    expect(page.get_by_text("InService").first).to_be_visible()
    client = hosted_server.client("sagemaker")
    variants = client.describe_endpoint_config(EndpointConfigName="from-page")["ProductionVariants"]
    model = client.describe_model(ModelName=variants[0]["ModelName"])
    assert model["PrimaryContainer"]["ModelDataUrl"].endswith("credit-06/output/model.tar.gz")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Endpoints")).to_be_visible()
    assert [one["EndpointName"] for one in client.list_endpoints()["Endpoints"]] == ["credit-best"]


def test_an_endpoint_is_updated_to_another_configuration(hosted: Console, hosted_server: LiveServer) -> None:
    client = hosted_server.client("sagemaker")
    deploy(client, "to-update", "credit-05")
    deploy(client, "other", "credit-06")
    page = hosted.open("#/endpoints/to-update")
    page.get_by_role("button", name="Update", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Update", exact=True)).to_be_disabled()
    dialog.get_by_role("button", name="Endpoint configuration").click()
    expect(page.get_by_role("option", name="to-update-config")).to_have_count(0)
    page.get_by_role("option", name="other-config").click()
    expect(dialog.get_by_role("link", name="other-model")).to_be_visible()
    assert hosted.violations() == []
    dialog.get_by_role("button", name="Update", exact=True).click()
    expect(page.get_by_role("link", name="other-config").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="AllTraffic")).to_contain_text("credit-06")
    assert client.describe_endpoint(EndpointName="to-update")["EndpointConfigName"] == "other-config"
    for name in ("to-update", "other"):
        client.delete_endpoint(EndpointName=name)


def test_before_an_endpoint_is_deleted_the_page_says_what_stays(hosted: Console) -> None:
    page = hosted.open("#/endpoints/credit-best")
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("the processes of its models stop")).to_be_visible()
    expect(dialog.get_by_role("link", name="credit-best-config")).to_be_visible()
    expect(dialog.get_by_role("link", name="credit-best-model")).to_be_visible()


def test_before_a_model_or_a_configuration_is_deleted_the_page_says_what_uses_it(hosted: Console) -> None:
    page = hosted.open("#/models/credit-best-model")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("link", name="credit-best-config")).to_be_visible()
    page = hosted.open("#/endpoint-configs/credit-best-config")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("link", name="credit-best", exact=True)).to_be_visible()


def test_an_endpoint_is_copied_as_a_command(hosted: Console, hosted_server: LiveServer) -> None:
    page = hosted.open("#/endpoints/credit-best")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("menuitem", name="As AWS CLI").click()
    words = shlex.split(page.get_by_role("dialog").locator("pre").inner_text())
    assert words[:4] == ["aws", "sagemaker", "create-endpoint-config", "--cli-input-json"]
    assert words[5:9] == ["aws", "sagemaker", "create-endpoint", "--cli-input-json"]
    config, endpoint = json.loads(words[4]), json.loads(words[9])
    assert endpoint["Tags"] == TAGS
    client = hosted_server.client("sagemaker")
    client.create_endpoint_config(**config)
    client.create_endpoint(**endpoint)
    made, before = (variants(client, name) for name in ("credit-best-2", "credit-best"))
    assert made == before
    client.delete_endpoint(EndpointName="credit-best-2")


def variants(client: Any, endpoint: str) -> Any:
    """Give the variants of an endpoint's configuration."""
    config = client.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    return client.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
