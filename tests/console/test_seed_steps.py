"""What the description of the console says to do, step by step, as it says it."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.conftest import LiveServer
from tests.console.conftest import Console


def test_add_a_tag_to_a_training_job_and_search_by_it(hosted: Console) -> None:
    page = hosted.open("#/jobs/training-job/credit-02?tab=tags")
    page.get_by_label("Key of a new tag").fill("Purpose")
    page.get_by_label("Value of a new tag").fill("Demo")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_role("link", name="Demo")).to_be_visible()
    page = hosted.open("#/search?resource=training-job&cols=Tags.Purpose")
    box = page.get_by_label("Find training jobs")
    box.click()
    box.fill("Tags.Purpose = Demo")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_text(["credit-02"])
    expect(page.get_by_role("columnheader", name="Tags.Purpose")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="credit-02").get_by_text("Demo")).to_be_visible()


def test_search_by_name_add_a_parameter_sort_by_a_metric_and_choose_columns(hosted: Console) -> None:
    page = hosted.open("#/search?resource=run")
    box = page.get_by_label("Find runs")
    # A property, an operator, a value.
    box.click()
    box.fill("TrialComponentName : run-")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(8)
    # Add another parameter.
    box.fill("Parameters.eta >= 0.3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(5)
    # Choose the cog icon, toggle a hyperparameter and a metric, update the view.
    page.get_by_role("button", name="Preferences").click()
    dialog = page.get_by_role("dialog")
    for name in ("Parameters.eta", "Metrics.validation:auc"):
        dialog.get_by_role("checkbox", name=name, exact=True).check(force=True)
    dialog.get_by_role("button", name="Update view").click()
    # Choose the column's head to sort by the metric.
    head = page.get_by_role("columnheader", name="Metrics.validation:auc")
    expect(head).to_be_visible()
    head.get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]").first).to_have_text("run-03")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]").first).to_have_text("run-07")


def test_trace_an_endpoint_to_its_training_job_in_single_clicks(hosted: Console) -> None:
    page = hosted.open("#/endpoints")
    page.get_by_role("link", name="credit-best", exact=True).click()
    expect(page.get_by_role("heading", name="Endpoint configuration settings")).to_be_visible()
    page.get_by_role("link", name="credit-best-model").click()
    expect(page.get_by_role("heading", name="credit-best-model")).to_be_visible()
    expect(page.get_by_text("Model training job")).to_be_visible()
    page.get_by_role("link", name="credit-07").click()
    expect(page.get_by_role("heading", name="credit-07")).to_be_visible()
    expect(page.get_by_role("table", name="Hyperparameters")).to_be_visible()


def test_search_for_jobs_that_used_a_data_set(hosted: Console, hosted_server: LiveServer) -> None:
    page = hosted.open("#/search?resource=training-job")
    box = page.get_by_label("Find training jobs")
    box.click()
    box.fill("InputDataConfig.DataSource.S3DataSource.S3Uri : records/train")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]").first).to_be_visible()
    client = hosted_server.client("sagemaker")
    names = [one["TrainingJobName"] for one in client.list_training_jobs(MaxResults=100)["TrainingJobSummaries"]]
    jobs = [client.describe_training_job(TrainingJobName=name)["InputDataConfig"] for name in names]
    used = [one for one in jobs if any("records/train" in each["DataSource"]["S3DataSource"]["S3Uri"] for each in one)]
    expect(page.locator("[data-row]")).to_have_count(len(used))
