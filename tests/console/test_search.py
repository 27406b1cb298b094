"""The search page: conditions, columns, statistics, choosing, deeds to many, groups, views, keys."""

from __future__ import annotations

import json
from urllib.parse import quote

from playwright.sync_api import Page, expect
from tests.conftest import LiveServer
from tests.console.conftest import Console

COLUMNS = "Parameters.eta,Metrics.validation%3Aauc,Tags.parity"


def address(**params: str) -> str:
    """Give the hash of the search page."""
    return "#/search?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in params.items())


def credit(**params: str) -> str:
    """Give the hash of the search page for the runs of one experiment."""
    filter_ = json.dumps(["and", ["Parents.ExperimentName", "=", "credit"]])
    return address(f=filter_, cols=COLUMNS, **params)


def names(page: Page) -> list[str]:
    """Give the names in the table."""
    return page.locator("[data-row]").all_inner_texts()


def test_a_text_that_does_not_parse_points_at_the_column(hosted: Console) -> None:
    hosted.forgive("400")
    page = hosted.open("#/search")
    page.get_by_role("button", name="Write as text").click()
    page.get_by_label("Text of the search").fill("Metrics.loss > 0.05 and (")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("Column 26").first).to_be_visible()
    page.get_by_label("Text of the search").fill("Metrics.loss > 0.05 and Tags.parity = a")
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(4)
    assert "mode=text" in page.url


def test_a_filter_becomes_text_to_go_on_from(hosted: Console) -> None:
    page = hosted.open(credit())
    page.get_by_role("button", name="Write as text").click()
    expect(page.get_by_label("Text of the search")).to_have_value('Parents.ExperimentName = "credit"')
    expect(page.locator("[data-row]")).to_have_count(8)


def test_a_metric_column_shows_the_statistic_that_is_chosen(hosted: Console) -> None:
    page = hosted.open(credit(sort="-Metrics.validation:auc"))
    expect(page.get_by_role("row").nth(1)).to_contain_text("0.788")
    page.get_by_role("button", name="Statistic").click()
    page.get_by_role("menuitem", name="validation:auc").click()
    page.get_by_role("menuitemcheckbox", name="Min").click()
    expect(page.get_by_role("columnheader", name="validation:auc.min")).to_be_visible()
    expect(page.get_by_role("row").nth(1)).to_contain_text("0.77")


def test_all_that_match_are_chosen_by_the_query_and_tagged(hosted: Console, hosted_server: LiveServer) -> None:
    filter_ = json.dumps(["and", ["Source.SourceType", "=", "SageMakerTrainingJob"]])
    page = hosted.open(address(f=filter_, size="20"))
    expect(page.locator("[data-row]").first).to_be_visible()
    client = hosted_server.client("sagemaker")
    page.get_by_label("Choose all on this page").first.check()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Add a tag").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Key").fill("reviewed")
    dialog.get_by_label("Value").fill("yes")
    dialog.get_by_role("button", name="Tag").click()
    expect(page.get_by_text("Tagged").first).to_be_visible()
    arn = client.describe_trial_component(TrialComponentName="credit-00-aws-training-job")["TrialComponentArn"]
    assert {"Key": "reviewed", "Value": "yes"} in client.list_tags(ResourceArn=arn)["Tags"]


def test_a_tag_is_edited_where_it_stands(hosted: Console, hosted_server: LiveServer) -> None:
    page = hosted.open(credit())
    page.get_by_role("button", name="Edit Tags.parity of run-02").click()
    page.get_by_role("textbox", name="parity of run-02").fill("even")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="run-02")).to_contain_text("even")
    client = hosted_server.client("sagemaker")
    arn = client.describe_trial_component(TrialComponentName="run-02")["TrialComponentArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "parity", "Value": "a"}])


def test_deleting_says_what_goes_along(hosted: Console, hosted_server: LiveServer) -> None:
    client = hosted_server.client("sagemaker")
    client.create_trial_component(TrialComponentName="to-delete", Status={"PrimaryStatus": "Completed"})
    points = [{"MetricName": "m", "Timestamp": 1, "Step": step, "Value": 1.0} for step in range(3)]
    hosted_server.client("sagemaker-metrics").batch_put_metrics(TrialComponentName="to-delete", MetricData=points)
    page = hosted.open(address(q='TrialComponentName = "to-delete"'))
    page.get_by_role("checkbox", name="Choose to-delete").check()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 metric, 3 points")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing matches.").first).to_be_visible()
    page.get_by_role("link", name="Bin").click()
    page.get_by_role("checkbox", name="Choose to-delete").check()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored to-delete.").first).to_be_visible()
    client.delete_trial_component(TrialComponentName="to-delete")


def test_groups_lead_to_their_records(hosted: Console) -> None:
    page = hosted.open(credit(group="1", by="Tags.parity", agg="mean:Metrics.validation%3Aauc"))
    expect(page.get_by_role("row").filter(has_text="b").last).to_contain_text("0.758")
    page.get_by_role("link", name="a", exact=True).click()
    expect(page.locator("[data-row]")).to_have_count(4)


def test_a_view_is_kept_in_the_browser(hosted: Console) -> None:
    page = hosted.open(credit(sort="-Parameters.eta"))
    expect(page.locator("[data-row]").first).to_have_text("run-07")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save this view").click()
    page.get_by_role("dialog").get_by_label("Name").fill("best eta")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    page.goto("about:blank")
    page = hosted.open("#/search")
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="best eta").click()
    expect(page.locator("[data-row]").first).to_have_text("run-07")
    assert "sort=-Parameters.eta" in page.url


def test_a_row_is_previewed_beside_the_table(hosted: Console) -> None:
    page = hosted.open(credit(sort="Parameters.eta"))
    page.get_by_role("row").filter(has_text="run-05").get_by_text("0.5").click()
    expect(page.get_by_role("heading", name="run-05")).to_be_visible()
    expect(page.get_by_role("button", name="Metrics (2)")).to_be_visible()


def test_rows_are_walked_chosen_and_compared_by_keys(hosted: Console) -> None:
    page = hosted.open(credit(sort="Parameters.eta"))
    expect(page.locator("[data-row]")).to_have_count(8)
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.get_by_role("checkbox", name="Choose run-01")).to_be_checked()
    page.keyboard.press("c")
    page.wait_for_url("**/#/compare?runs=run-00%2Crun-01")
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Experiments")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text("Find anything")).to_be_visible()


def test_columns_are_found_among_all_as_one_types(hosted: Console) -> None:
    page = hosted.open(credit())
    page.get_by_role("button", name="Preferences").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Find columns").click()
    page.get_by_placeholder("Part of a name").fill("boost")
    page.get_by_role("option", name="Parameters.booster").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Update view").click()
    expect(page.get_by_role("columnheader", name="Parameters.booster")).to_be_visible()


def test_one_box_finds_records_of_every_kind(hosted: Console) -> None:
    page = hosted.open("#/about")
    page.keyboard.press("Control+k")
    page.keyboard.type("credit-best")
    page.get_by_role("option", name="credit-best-model").first.click()
    expect(page.get_by_role("heading", name="credit-best-model")).to_be_visible()


def test_the_best_training_job_is_deployed_from_the_search(hosted: Console) -> None:
    page = hosted.open(address(resource="training-job"))
    page.get_by_role("checkbox", name="Choose credit-05").check()
    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Deploy the model").click()
    expect(page.get_by_label("Endpoint name")).to_have_value("credit-05")
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
