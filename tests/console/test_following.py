"""Tables of groups and of an experiment follow the store while they are open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console

from trialbook.server.console import pages
from trialbook.settings import Settings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    """Serve an experiment with a run."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    with serve(Settings(store=str(tmp_path / "store"), launcher="record")) as running:
        client = running.client("sagemaker")
        client.create_experiment(ExperimentName="credit")
        client.create_trial(TrialName="first", ExperimentName="credit")
        make_run(running, "run-0", 0.5)
        yield running


@pytest.fixture
def tab(browser: Browser, server: LiveServer) -> Iterator[Console]:
    """Open a tab on it."""
    yield from open_console(browser, server)


def make_run(server: LiveServer, name: str, auc: float) -> None:
    """Make a run of the experiment."""
    client = server.client("sagemaker")
    client.create_trial_component(TrialComponentName=name, Parameters={"booster": {"StringValue": "tree"}})
    client.associate_trial_component(TrialComponentName=name, TrialName="first")
    point = {"MetricName": "auc", "Timestamp": 1_790_000_000, "Step": 0, "Value": auc}
    server.client("sagemaker-metrics").batch_put_metrics(TrialComponentName=name, MetricData=[point])


def test_a_grouped_search_follows_the_store(tab: Console, server: LiveServer) -> None:
    page = tab.open("#/search?group=1&by=Parameters.booster&agg=max:Metrics.auc")
    row = page.locator("table[aria-label='Search, grouped'] tbody tr")
    expect(row.locator("td").nth(0)).to_have_text("1")
    make_run(server, "run-1", 0.75)
    expect(row.locator("td").nth(0)).to_have_text("2")


def test_the_tables_of_an_experiment_follow_the_store(tab: Console, server: LiveServer) -> None:
    page = tab.open("#/experiments/credit?tab=overview")
    group = page.locator("table[aria-label='Run groups'] tbody tr")
    expect(group.locator("td").nth(0)).to_have_text("1")
    make_run(server, "run-1", 0.75)
    expect(group.locator("td").nth(0)).to_have_text("2")
    page.get_by_role("tab", name="Compare best").click()
    best = page.locator("table[aria-label='Best runs'] tbody tr")
    expect(best).to_have_count(2)
    make_run(server, "run-2", 0.875)
    expect(best).to_have_count(3)
    expect(best.first).to_contain_text("run-2")
