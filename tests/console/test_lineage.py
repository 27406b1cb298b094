"""Lineage as a graph and as a list."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.console.conftest import Console

ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/credit-best"


def test_an_endpoint_is_traced_to_the_data_of_its_model(hosted: Console) -> None:
    page = hosted.open(f"#/lineage?arn={ENDPOINT}&dir=Ascendants&depth=5")
    graph = page.get_by_role("region", name="Lineage graph")
    expect(graph.get_by_text("s3://records/train", exact=True)).to_be_visible()
    graph.get_by_text("credit-07-aws-training-job").click()
    expect(page.get_by_role("link", name="Open its page")).to_have_attribute("href", "#/jobs/training-job/credit-07")


def test_types_are_turned_off_and_the_address_keeps_them(hosted: Console) -> None:
    page = hosted.open(f"#/lineage?arn={ENDPOINT}&view=list&hide=TrainingJob")
    table = page.get_by_role("table", name="Lineage")
    expect(table.get_by_role("link", name="s3://records/out/credit-07/output/model.tar.gz")).to_be_visible()
    expect(table.get_by_text("TrainingJob", exact=True)).to_have_count(0)


def test_the_page_begins_with_an_artifact(hosted: Console) -> None:
    page = hosted.open("#/lineage")
    page.get_by_role("link", name="s3://records/validation").click()
    expect(page.get_by_role("heading", name="Lineage of s3://records/validation")).to_be_visible()
