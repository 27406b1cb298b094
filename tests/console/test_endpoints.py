"""Endpoints and models: what serves, what it was made of, and putting another one into service."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.conftest import LiveServer
from tests.console.conftest import Console


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
