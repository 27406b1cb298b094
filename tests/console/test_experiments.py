"""Experiments: the list with the best of each, and an experiment's own page."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.conftest import LiveServer
from tests.console.conftest import Console


def test_the_list_counts_runs_and_shows_the_best_value_of_a_metric(hosted: Console) -> None:
    page = hosted.open("#/experiments?metric=Metrics.validation:auc")
    row = page.get_by_role("row").filter(has_text="credit")
    expect(row.get_by_text("0.788")).to_be_visible()
    page.get_by_label("Find experiments").fill("project-one")
    expect(row).to_be_visible()
    page.get_by_label("Find experiments").fill("nothing like it")
    expect(page.get_by_text("Nothing matches.").first).to_be_visible()


def test_an_experiment_shows_its_runs_and_takes_notes(hosted: Console, hosted_server: LiveServer) -> None:
    page = hosted.open("#/experiments")
    page.get_by_role("link", name="credit", exact=True).click()
    expect(page.get_by_role("link", name="run-03")).to_be_visible()
    page.get_by_role("tab", name="Overview").click()
    page.get_by_role("button", name="Edit hypothesis").click()
    page.get_by_role("textbox", name="Hypothesis").fill("Deeper trees **help**.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("strong", has_text="help")).to_be_visible()
    page.get_by_label("Key of a new tag").fill("stage")
    page.get_by_label("Value of a new tag").fill("draft")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_role("grid", name="Tags").get_by_role("link", name="draft")).to_be_visible()
    client = hosted_server.client("sagemaker")
    arn = client.describe_experiment(ExperimentName="credit")["ExperimentArn"]
    assert {"Key": "stage", "Value": "draft"} in client.list_tags(ResourceArn=arn)["Tags"]
    page.get_by_role("button", name="Delete the tag stage").click()
    expect(page.get_by_role("link", name="draft")).to_have_count(0)


def test_the_best_runs_of_an_experiment_go_to_the_comparison(hosted: Console) -> None:
    page = hosted.open("#/experiments/credit?tab=compare&metric=Metrics.validation:auc&top=3")
    table = page.get_by_role("table", name="Best runs")
    expect(table.get_by_role("link")).to_have_text(["run-07", "run-06", "run-05"])
    page.get_by_role("button", name="Compare them").click()
    page.wait_for_url("**/#/compare?runs=run-07%2Crun-06%2Crun-05")


def test_an_experiments_runs_show_how_good_they_are_and_what_differs_the_best_first(hosted: Console) -> None:
    page = hosted.open("#/experiments/credit")
    table = page.get_by_role("table", name="Runs")
    expect(table.get_by_role("link")).to_have_text([f"run-{number:02}" for number in range(7, -1, -1)])
    heads = [one.split(",")[0].strip() for one in table.locator("thead th").all_inner_texts()]
    assert heads[1:] == ["Name", "validation:auc", "loss", "booster", "eta", "Status"]
    first = table.locator("tbody tr").first
    expect(first.get_by_role("cell")).to_contain_text(["0.788", "0.1", "b", "0.7", "Completed"])
    page.get_by_role("columnheader", name="Parameters.eta").get_by_role("button").first.click()
    expect(table.get_by_role("link").first).to_have_text("run-00")


def test_the_columns_chosen_for_an_experiment_are_kept_for_it_alone(hosted: Console) -> None:
    page = hosted.open("#/experiments/credit?cols=Metrics.loss,CreationTime")
    page.get_by_role("button", name="Preferences").click()
    page.get_by_role("button", name="Update view").click()
    page = hosted.open("#/experiments")
    page.get_by_role("link", name="credit", exact=True).click()
    expect(page.get_by_role("columnheader", name="Metrics.loss")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Parameters.eta")).to_have_count(0)
    hosted.open("#/search")
    expect(page.get_by_role("columnheader", name="Parents.ExperimentName")).to_be_visible()


def test_a_run_in_two_groups_of_an_experiment_is_counted_once(hosted: Console, hosted_server: LiveServer) -> None:
    client = hosted_server.client("sagemaker")
    client.associate_trial_component(TrialComponentName="run-00", TrialName="second")
    page = hosted.open("#/experiments")
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="credit", exact=True))
    expect(row.get_by_role("cell").nth(0)).to_have_text("8")
    client.disassociate_trial_component(TrialComponentName="run-00", TrialName="second")


def test_the_list_ranks_by_what_says_how_good_a_model_is(hosted: Console) -> None:
    page = hosted.open("#/experiments")
    expect(page.get_by_role("button", name="Best of")).to_contain_text("validation:auc")
    expect(page.get_by_role("button", name="Best is")).to_contain_text("greatest")
    page.get_by_role("button", name="Best of").click()
    page.get_by_role("option", name="loss").click()
    expect(page.get_by_role("button", name="Best is")).to_contain_text("least")


def test_an_experiments_charts_show_its_runs_over_axes(console: Console) -> None:
    console.open("#/experiments/adult-income?tab=charts")
    expect(console.page.get_by_role("heading", name="Parallel coordinates (3 runs)")).to_be_visible()
    expect(console.page.get_by_role("heading", name="Scatter (3 runs)")).to_be_visible()
    assert console.violations() == []
