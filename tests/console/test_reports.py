"""Bias reports, explanations and the page of all reports, over reports that runs logged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console

from trialbook.server.console import pages
from trialbook.settings import Settings

PROGRAM = """
import numpy as np
from trialbook import Run

random = np.random.default_rng(3)
rows = random.integers(0, 9, (300, 14)).astype(float)
columns = {f"f{at}": rows[:, at] for at in range(14)}
sex = random.integers(0, 2, 300)
score = lambda data: 1 / (1 + np.exp(5 - data[:, :4].sum(axis=1) / 3 + data[:, 4] * data[:, 5] / 30))
for name, shift in (("even", 0.0), ("uneven", 0.25)):
    with Run("fair", name, capture=False) as run:
        data = {"y": (score(rows) > 0.5).astype(int), "Sex": sex, "Age": rows[:, 0].astype(int), **columns}
        predictions = np.clip(score(rows) - shift * (sex == 0), 0, 1)
        run.log_bias_report(data, label="y", facets="Sex", predictions=predictions, group="Age", features=["f0", "f1"])
        run.log_explanations(score, rows, features=list(columns), num_samples=40, dependence=2)
with Run("fair", "bare", capture=False):
    pass
"""
EVEN, UNEVEN = "fair-even", "fair-uneven"


@pytest.fixture(scope="module")
def fair_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve two runs with both reports, and one with none."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    folder = tmp_path_factory.mktemp("fair")
    with serve(Settings(store=str(folder / "store"))) as server:
        environment = {**os.environ, "TRIALBOOK_URL": server.url}
        command = [sys.executable, "-c", PROGRAM]
        subprocess.run(command, check=True, env=environment, cwd=folder, capture_output=True, timeout=200)
        yield server


@pytest.fixture
def fair(browser: Browser, fair_server: LiveServer) -> Iterator[Console]:
    yield from open_console(browser, fair_server)


def test_a_bias_report_has_a_gauge_for_each_metric_and_explains_it(fair: Console) -> None:
    page = fair.open(f"#/runs/{UNEVEN}?tab=bias")
    expect(page.get_by_role("img", name="ideal 0")).to_have_count(20)
    expect(page.get_by_role("img", name="DI ")).to_have_count(1)
    impact = page.get_by_role("region", name="Disparate Impact")
    expect(impact.get_by_text("disfavoured")).to_be_visible()
    page.get_by_role("button", name="What Disparate Impact means").click()
    expect(impact.get_by_text("Key idea")).to_be_visible()
    expect(impact.get_by_text("Sex = 1")).to_be_visible()
    expect(impact.get_by_role("group", name="bias.post.DI.Sex=0 of 2 runs")).to_be_visible()
    page.get_by_role("button", name="Expand all: Before training").click()
    expect(page.get_by_text("Key idea")).to_have_count(9)


def test_facet_values_stand_side_by_side_in_the_table(fair: Console) -> None:
    page = fair.open(f"#/runs/{UNEVEN}?tab=bias&view=table")
    table = page.get_by_role("table", name="After training: the predictions")
    expect(table.get_by_role("columnheader", name="Sex = 0")).to_be_visible()
    expect(table.get_by_role("columnheader", name="Sex = 1")).to_be_visible()
    page.get_by_text("Chart", exact=True).click()
    expect(page.get_by_role("img", name="DI ")).to_be_visible()
    assert "view=table" not in page.url


def test_another_value_of_the_facet_is_chosen_and_kept_in_the_address(fair: Console) -> None:
    page = fair.open(f"#/runs/{UNEVEN}?tab=bias")
    before = page.get_by_role("img", name="DI ").get_attribute("aria-label")
    page.get_by_label("Value or threshold analyzed").click()
    page.get_by_role("option", name="1", exact=True).click()
    expect(page.get_by_role("img", name="DI ")).not_to_have_attribute("aria-label", before or "")
    assert "value=1" in page.url


def test_explanations_show_importance_with_errors_dependence_and_single_rows(fair: Console) -> None:
    page = fair.open(f"#/runs/{EVEN}?tab=explanations")
    expect(page.get_by_role("img", name="Importance:")).to_be_visible()
    expect(page.locator(".bars-error")).to_have_count(10)
    expect(page.get_by_role("img", name="The mean prediction by")).to_have_count(2)
    first = page.get_by_role("img", name="Row 0: from")
    expect(first).to_be_visible()
    page.get_by_role("button", name="The next row").click()
    expect(page.get_by_role("img", name="Row 1: from")).to_be_visible()
    assert "row=1" in page.url
    page.get_by_role("button", name="View as table: feature importance").click()
    expect(page.get_by_role("columnheader", name="Standard error")).to_be_visible()


def test_a_run_without_reports_says_how_to_make_one(fair: Console) -> None:
    page = fair.open("#/runs/fair-bare?tab=bias")
    expect(page.get_by_text("run.log_bias_report(")).to_be_visible()
    page = fair.open("#/runs/fair-bare?tab=explanations")
    expect(page.get_by_text("run.log_explanations(")).to_be_visible()


def test_two_runs_are_chosen_on_the_page_of_reports_and_compared(fair: Console) -> None:
    page = fair.open("#/reports")
    expect(page.get_by_role("group", name="bias.post.DI.Sex=0 of 2 runs")).to_be_visible()
    page.get_by_role("checkbox", name=f"Choose {EVEN}", exact=True).check()
    page.get_by_role("checkbox", name=f"Choose {UNEVEN}", exact=True).check()
    together = page.get_by_role("table", name="Reports side by side")
    expect(together.get_by_role("row").filter(has_text="bias.post.DI.Sex=0")).to_be_visible()
    page.get_by_label("Only what differs").check()
    expect(together.get_by_role("row").filter(has_text="bias.pre.CI.Sex=0")).to_have_count(0)


@pytest.fixture(params=["light", "dark"])
def tinted(request: pytest.FixtureRequest, browser: Browser, fair_server: LiveServer) -> Iterator[Console]:
    yield from open_console(browser, fair_server, color_scheme=request.param)


@pytest.mark.parametrize(
    ("hash_", "shows"),
    [
        (f"#/runs/{UNEVEN}?tab=bias", "Disparate Impact (DI)"),
        (f"#/runs/{EVEN}?tab=explanations", "Feature importance"),
        (f"#/reports?runs={EVEN},{UNEVEN}", "Side by side"),
    ],
)
def test_reports_break_no_rule_of_accessibility(tinted: Console, hash_: str, shows: str) -> None:
    page = tinted.open(hash_)
    expect(page.get_by_text(shows).first).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()
    assert tinted.violations() == []
