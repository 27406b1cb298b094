"""Jobs: their pages, and the form that makes one."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.conftest import LiveServer
from tests.console.conftest import Console


def test_a_job_shows_its_states_hyperparameters_and_channels(hosted: Console) -> None:
    page = hosted.open("#/jobs")
    page.get_by_role("link", name="credit-03").click()
    expect(page.get_by_role("list", name="Timeline").get_by_text("Completed", exact=True)).to_be_visible()
    expect(page.get_by_role("table", name="Hyperparameters").get_by_text("binary:logistic")).to_be_visible()
    expect(page.get_by_role("table", name="Input").get_by_text("s3://records/validation")).to_be_visible()


def test_a_job_is_made_with_tags_at_the_bottom_of_the_form(hosted: Console, hosted_server: LiveServer) -> None:
    page = hosted.open("#/jobs/create")
    page.get_by_role("button", name="Algorithm").click()
    page.get_by_role("option", name="XGBoost").click()
    page.get_by_label("Job name").fill("made-here")
    page.get_by_label("Address of channel 1").fill("s3://records/train")
    page.get_by_label("num_round").fill("20")
    page.get_by_role("button", name="Add tag").click()
    page.get_by_label("Key of tag 1").fill("Owner")
    page.get_by_label("Value of tag 1").fill("me")
    page.get_by_role("button", name="Create training job").click()
    expect(page.get_by_role("heading", name="made-here")).to_be_visible()
    client = hosted_server.client("sagemaker")
    made = client.describe_training_job(TrainingJobName="made-here")
    assert made["HyperParameters"] == {"num_round": "20"}
    assert client.list_tags(ResourceArn=made["TrainingJobArn"])["Tags"] == [{"Key": "Owner", "Value": "me"}]


def test_a_form_that_lacks_something_names_the_field(hosted: Console) -> None:
    page = hosted.open("#/jobs/create")
    page.get_by_role("button", name="Create training job").click()
    expect(page.get_by_text("Some fields need another look.").first).to_be_visible()
    expect(page.get_by_text("An algorithm or an image's address is needed.").first).to_be_visible()


def test_a_job_is_cloned_with_its_settings(hosted: Console) -> None:
    page = hosted.open("#/jobs/training-job/credit-03")
    page.get_by_role("link", name="Clone").click()
    expect(page.get_by_label("Job name")).to_have_value("credit-04")
    expect(page.get_by_label("Address of channel 2")).to_have_value("s3://records/validation")
    expect(page.get_by_label("Value of tag 1")).to_have_value("Project-One")
