"""What a newcomer does after `make`, over what its programs really made: to the best run, its reports and its data.

Each step leaves a picture under `build/journey`, light and dark, for people to look at, and breaks no rule that axe
knows.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import ADULT, Console, open_console

from trialbook.server.console import pages
from trialbook.settings import Settings

PICTURES = Path(__file__).parents[2] / "build" / "journey"
SMALL = {"width": 1280, "height": 900}
DARK = {"runOnly": ["color-contrast"]}
"""Only colours depend on the mode."""
BESIDE = 269
"""Pixels that the navigation and the margins take, whether the list of pages is open or not."""
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def adult_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve what `make` records, of four models with ten rounds each."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    folder = tmp_path_factory.mktemp("journey")
    with serve(Settings(store=str(folder / "store"))) as server:
        run_program(server, folder, "train.py", "--rounds", "10", "--runs", "4")
        run_program(server, folder, "best.py")
        yield server


def run_program(server: LiveServer, folder: Path, name: str, *words: str) -> str:
    """Run a program of examples/adult as the Makefile does, and give what it prints."""
    environment = {**os.environ, "TRIALBOOK_URL": server.url, "AWS_ENDPOINT_URL": server.url}
    command = [sys.executable, str(ADULT.with_name(name)), "--url", server.url, *words]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=380, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.fixture(params=["light", "dark"])
def journey(request: pytest.FixtureRequest, browser: Browser, adult_server: LiveServer) -> Iterator[Console]:
    """Open a tab of 1280 pixels on the record of `make`."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    yield from open_console(browser, adult_server, viewport=SMALL, color_scheme=request.param)


def best_of(server: LiveServer) -> tuple[str, dict[str, float]]:
    """Name the run that `make` ranks first, and give the last values of its metrics."""
    found = server.client("sagemaker").search(
        Resource="ExperimentTrialComponent", SortBy="Metrics.validation:auc", SortOrder="Descending", MaxResults=1
    )
    component = found["Results"][0]["TrialComponent"]
    return component["TrialComponentName"], {one["MetricName"]: one["Last"] for one in component["Metrics"]}


def test_a_newcomer_goes_from_the_experiment_to_the_best_run_its_reports_and_its_data(
    journey: Console, adult_server: LiveServer, request: pytest.FixtureRequest
) -> None:
    best, figures = best_of(adult_server)
    page, mode = journey.page, request.node.callspec.params["journey"]
    number = iter(range(1, 100))
    broken: list[str] = []

    def picture(name: str) -> None:
        page.wait_for_timeout(400)  # for what is drawn after the answers came
        page.screenshot(path=PICTURES / f"{next(number):02}-{name}-{mode}.png", full_page=True)
        broken.extend(f"{name}: {one}" for one in journey.violations(DARK if mode == "dark" else None))

    page.get_by_role("link", name="Experiments", exact=True).first.click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="adult-income"))
    expect(row.get_by_text(f"{figures['validation:auc']:.6g}")).to_be_visible()
    picture("experiments")

    page.get_by_role("link", name="adult-income").click()
    runs = page.get_by_role("table", name="Runs")
    expect(runs.get_by_role("link").first).to_have_text(best)
    picture("experiment")
    page.get_by_role("columnheader", name="Metrics.test:auc").get_by_role("button").first.click()  # ascending
    page.get_by_role("columnheader", name="Metrics.test:auc").get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("sort=-Metrics.test"))
    picture("sorted-by-auc")

    runs.get_by_role("link", name=best).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_tabs_fit(page)
    shown = page.get_by_role("table", name="Metrics").locator("tbody").get_by_role("link")
    expect(shown.first).to_be_visible()
    names = shown.all_inner_texts()
    assert names[:3] == ["test:accuracy", "test:auc", "test:f1"]
    assert [name.split(".")[0] for name in names[9:]] == ["bias"] * (len(names) - 9)
    picture("best-run")

    see_curves(page)
    picture("curves")
    page.get_by_role("tab", name="Metrics").click()
    page.get_by_role("searchbox", name="Find metrics").fill("auc")
    expect(page.get_by_role("region", name="validation:auc").get_by_role("img").first).to_be_visible()
    picture("metrics")

    page.get_by_role("tab", name="Bias reports").click()
    expect(page.get_by_role("img", name="DI ")).to_be_visible()
    picture("bias")
    see_bias_table(page, figures)
    picture("bias-table")

    see_importance(page, figures)
    picture("explanations")

    see_lineage(page, best)
    picture("lineage")
    page.get_by_role("link", name="Open the graph").click()
    expect(page.get_by_role("region", name="Lineage graph").get_by_text("adult.parquet", exact=True)).to_be_visible()
    picture("lineage-graph")

    compare_with_two_others(journey, best)
    picture("compare")
    assert broken == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_seeds_figures_stand_in_the_bias_table_of_the_run_that_make_ends_with(
    browser: Browser, adult_server: LiveServer, tmp_path: Path
) -> None:
    printed = run_program(adult_server, tmp_path, "report.py")
    assert "19 of 19 published figures are met." in printed
    runs = adult_server.client("sagemaker").search(
        Resource="ExperimentTrialComponent", SortBy="CreationTime", SortOrder="Descending"
    )["Results"]
    names = [one["TrialComponent"]["TrialComponentName"] for one in runs]
    name = next(one for one in names if one.startswith("adult-bias-published-"))
    for console in open_console(browser, adult_server, viewport=SMALL):
        page = console.open(f"#/runs/{name}?tab=bias&view=table")
        for key, published in figures_of(printed).items():
            row = page.get_by_role("row").filter(has_text=f"({key})")
            expect(row.get_by_role("cell").first).to_have_text(published.replace(".", "0.").replace("-", "−"))
        page.screenshot(path=PICTURES / "20-seed-bias-table.png", full_page=True)


def figures_of(printed: str) -> dict[str, str]:
    """Read the last column of the table that report.py prints: the published figures, by the metric's key."""
    found = re.findall(r"^ ([A-Z]{2,5}) .* -?\.\d+ +(-?\.\d+) *$", printed, re.MULTILINE)
    assert len(found) == 19
    return dict(found)


def assert_tabs_fit(page: Page) -> None:
    """All tabs of a run are within the window, so that none must be scrolled to."""
    expect(page.get_by_role("tab", name="Raw")).to_be_visible()
    boxes = [box for one in page.get_by_role("tab").all() if (box := one.bounding_box())]
    assert len(boxes) == 11
    width = max(box["x"] + box["width"] for box in boxes) - min(box["x"] for box in boxes)
    assert width <= SMALL["width"] - BESIDE
    expect(page.get_by_role("button", name="Scroll right")).to_have_count(0)


def see_curves(page: Page) -> None:
    page.get_by_role("tab", name="Charts").click()
    expect(page.get_by_role("region", name="ROC")).to_be_visible()
    expect(page.get_by_role("region", name="Precision recall")).to_be_visible()
    matrix = page.get_by_role("region", name="Confusion matrix as a table")
    expect(matrix.get_by_role("rowheader")).to_have_text(["<=50K", ">50K"])


def see_bias_table(page: Page, figures: dict[str, float]) -> None:
    page.get_by_text("Table", exact=True).click()
    for key, stage in (("CI", "pre"), ("DPL", "pre"), ("DI", "post"), ("FT", "post")):
        value = figures[f"bias.{stage}.{key}.Sex"]
        row = page.get_by_role("row").filter(has_text=f"({key})")
        expect(row).to_contain_text(shown(value, 2))
        expect(row).to_contain_text(shown(value, 10))


def shown(value: float, digits: int) -> str:
    return f"{value:.{digits}g}".replace("-", "−")


def see_importance(page: Page, figures: dict[str, float]) -> None:
    page.get_by_role("tab", name="Explanations").click()
    chart = page.get_by_role("img", name="Importance for >50K")
    expect(chart).to_be_visible()
    most = max((name for name in figures if name.startswith("shap.")), key=lambda name: figures[name])
    expect(chart).to_have_attribute(
        "aria-label", re.compile(f": {most.removeprefix('shap.')} {shown(figures[most], 3)},")
    )


def see_lineage(page: Page, best: str) -> None:
    page.get_by_role("tab", name="Lineage").click()
    table = page.get_by_role("table", name="Lineage")
    expect(table.get_by_role("link", name=f"{best}-model")).to_be_visible()
    table.get_by_role("link", name="adult.parquet").click()
    expect(page.get_by_role("heading", name="Lineage of adult.parquet")).to_be_visible()
    page.go_back()
    expect(table).to_be_visible()


def compare_with_two_others(journey: Console, best: str) -> None:
    page = journey.open("#/experiments/adult-income")
    table = page.get_by_role("table", name="Runs")
    expect(table.get_by_role("link").first).to_have_text(best)
    for at in range(3):
        table.locator("tbody tr").nth(at).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare (3)").click()
    side = page.get_by_role("table", name="Runs side by side")
    expect(side.get_by_role("columnheader").get_by_role("link", name=best)).to_be_visible()
    expect(side.get_by_role("rowheader").first).to_have_text("Parameters.eta")
