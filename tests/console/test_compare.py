"""Runs against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect
from tests.conftest import LiveServer
from tests.console.conftest import Console, open_console
from tests.console.study import NAMES

ALL = quote(",".join(NAMES))


def test_runs_stand_side_by_side_with_only_what_differs_and_their_deltas(study: Console) -> None:
    page = study.open(f"#/compare?runs={ALL}")
    table = page.get_by_role("table", name="Runs side by side")
    expect(table.get_by_role("rowheader", name="Parameters.lr")).to_be_visible()
    expect(table.get_by_role("rowheader", name="Parameters.optimizer")).to_have_count(0)
    page.get_by_text("Only differences").click()
    expect(table.get_by_role("rowheader", name="Parameters.optimizer")).to_be_visible()
    page.get_by_role("button", name="Baseline").click()
    page.get_by_role("option", name=f"Against {NAMES[0]}").click()
    expect(table.get_by_role("row", name=re.compile("^Parameters.seed"))).to_contain_text("+1")
    page.get_by_text("Runs as rows").click()
    expect(table.get_by_role("columnheader", name="Parameters.lr")).to_be_visible()
    expect(table.get_by_role("rowheader", name=NAMES[0])).to_contain_text("(base)")
    page.reload()
    expect(table.get_by_role("columnheader", name="Parameters.lr")).to_be_visible()


def test_the_statistic_of_metrics_is_chosen(study: Console) -> None:
    page = study.open(f"#/compare?runs={ALL}&find=train/loss")
    row = page.get_by_role("row", name="Metrics.train/loss")
    expect(row).to_be_visible()
    page.get_by_role("button", name="Statistic of metrics").click()
    page.get_by_role("option", name="Metrics: Count").click()
    expect(page.get_by_text("The runs do not differ").or_(page.get_by_text("No property has"))).to_be_visible()
    page.get_by_text("Only differences").click()
    expect(row).to_contain_text("120")


def test_charts_have_a_line_for_each_run_or_group(study: Console) -> None:
    page = study.open(f"#/compare?runs={ALL}&view=charts")
    expect(page.get_by_role("img", name="train/loss: 6 lines over step, 720 points")).to_be_visible()
    page.get_by_role("button", name=f"Hide {NAMES[0]} in the charts").click()
    expect(page.get_by_role("img", name="train/loss: 5 lines")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Lines")).click()
    page.get_by_role("option", name="Mean and range by Parameters.lr").click()
    expect(page).to_have_url(re.compile("by=Parameters.lr"))
    page.get_by_role("button", name="What to do with train/loss").click()
    page.get_by_role("menuitem", name="View as table").click()
    chart = page.get_by_role("region", name="train/loss", exact=True)
    expect(chart.get_by_role("columnheader", name="lr = 0.01")).to_be_visible()


def test_the_better_setting_is_told_from_luck(study: Console) -> None:
    page = study.open(f"#/compare?runs={ALL}&view=test&metric=val/accuracy")
    expect(
        page.get_by_text(re.compile(r"^lr=0.01 is best by val/accuracy.*better than 1 other beyond luck"))
    ).to_be_visible()
    expect(page.get_by_role("img", name="Mean of val/accuracy")).to_be_visible()
    expect(page.get_by_role("cell", name="paired t")).to_be_visible()


def test_a_brush_on_an_axis_chooses_runs(study: Console) -> None:
    page = study.open(f"#/compare?runs={ALL}&view=parallel&axes=Parameters.lr,Parameters.seed")
    canvas = page.get_by_role("img", name=re.compile("Parallel coordinates of 6 runs"))
    box = canvas.bounding_box()
    assert box is not None
    left = box["x"] + box["width"] - 90
    page.mouse.move(left, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(left, box["y"] + 60, steps=4)
    page.mouse.up()
    expect(page.get_by_text("2 of 6 runs chosen")).to_be_visible()
    page.get_by_role("button", name="View as table").click()
    expect(page.get_by_role("row", name=re.compile("-s2 "))).to_have_count(2)


def test_a_point_of_the_scatter_leads_to_its_run(study: Console) -> None:
    page = study.open(f"#/compare?runs={quote(','.join(NAMES[:1]))}&view=scatter&sx=Parameters.lr&sy=Parameters.seed")
    canvas = page.get_by_role("img", name=re.compile("Parameters.seed by Parameters.lr of 1 runs"))
    box = canvas.bounding_box()
    assert box is not None
    width, height = box["width"] - 84 - 20, box["height"] - 12 - 48
    canvas.click(position={"x": 84 + width / 2, "y": 12 + height / 2})
    expect(page).to_have_url(re.compile(f"#/runs/{NAMES[0]}$"))


def test_the_curves_of_all_runs_are_over_each_other(study: Console) -> None:
    page = study.open(f"#/compare?runs={ALL}&view=curves")
    expect(page.get_by_role("region", name="roc").get_by_role("listitem")).to_have_count(len(NAMES))


@pytest.fixture(params=["light", "dark"])
def tinted(request: pytest.FixtureRequest, browser: Browser, study_server: LiveServer) -> Iterator[Console]:
    yield from open_console(browser, study_server, color_scheme=request.param)


def test_no_view_breaks_a_rule_of_accessibility(tinted: Console) -> None:
    views = ("table", "charts", "parallel", "scatter", "curves", "test")
    found = {}
    for view in views:
        page = tinted.open(f"#/compare?runs={ALL}&view={view}")
        expect(page.get_by_role("heading", name="Compare runs")).to_be_visible()
        expect(page.get_by_role("tabpanel").locator("visible=true").first).not_to_be_empty()
        found[view] = tinted.violations()
    tinted.open("#/compare")
    expect(tinted.page.get_by_text("No runs chosen.")).to_be_visible()
    found["empty"] = tinted.violations()
    assert found == {view: [] for view in (*views, "empty")}
