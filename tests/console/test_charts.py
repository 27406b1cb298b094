"""Charts of metrics: zoom, axes, tables, files, and many of them."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console
from tests.console.study import RICH

from trialbook.sdk.run import Run
from trialbook.server.console import pages
from trialbook.settings import Settings

MANY = 1000
LONG = 100_000
SPIKE = 54_321


@pytest.fixture(scope="module")
def wide_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve a run of a thousand metrics, and one of a hundred thousand points with one spike."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    folder: Path = tmp_path_factory.mktemp("wide")
    with serve(Settings(store=str(folder / "store"))) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALBOOK_URL", server.url)
        patch.chdir(folder)
        with Run("wide", run_name="many", capture=False) as run:
            for number in range(MANY):
                for step in range(3):
                    run.log_metric(f"layer{number % 10}/m{number}", math.sin(number + step), step=step)
        with Run("wide", run_name="long", capture=False) as run:
            for step in range(LONG):
                run.log_metric("loss", math.exp(-step / 3e4) + (9 if step == SPIKE else 0), step=step)
        yield server


@pytest.fixture
def wide(browser: Browser, wide_server: LiveServer) -> Iterator[Console]:
    yield from open_console(browser, wide_server)


def _chart(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def _menu(page: Page, title: str, item: str) -> None:
    page.get_by_role("button", name=f"What to do with {title}").click()
    page.get_by_role("menuitem", name=item).click()


def _drag(page: Page, chart: Locator, start: float, end: float) -> None:
    """Drag over a part of the plotting area, in shares of its width."""
    over = chart.locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + start * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], middle, steps=5)
    page.mouse.up()


def test_a_zoom_reads_the_points_themselves_and_a_double_click_shows_all(wide: Console) -> None:
    page = wide.open("#/runs/wide-long?tab=metrics")
    chart = _chart(page, "loss")
    expect(chart.get_by_role("img", name="100,000 points")).to_be_visible()
    low, high = 0.0, LONG - 1.0
    for reach in (0.02, 0.2, 0.15):
        before, place = page.url, (SPIKE - low) / (high - low)
        _drag(page, chart, place - reach, place + reach)
        expect(page).not_to_have_url(before)
        asked = parse_qs(page.url.partition("?")[2])
        low, high = float(asked["from"][0]), float(asked["to"][0])
    expect(chart.get_by_role("img", name=re.compile(r"\b4\d\d points"))).to_be_visible()
    _menu(page, "loss", "View as table")
    expect(chart.get_by_role("row", name=re.compile(rf"^{SPIKE} 9\.\d+"))).to_be_visible()
    page.reload()
    expect(chart.get_by_role("img", name=re.compile(r"\b4\d\d points"))).to_be_visible()
    chart.locator(".u-over").dblclick()
    expect(chart.get_by_role("img", name="100,000 points")).to_be_visible()


def test_a_spike_is_in_the_band_of_the_whole_curve(wide: Console) -> None:
    page = wide.open("#/runs/wide-long?tab=metrics")
    expect(_chart(page, "loss").get_by_role("img", name="100,000 points")).to_be_visible()
    with page.expect_download() as told:
        _menu(page, "loss", "Download CSV")
    rows = list(csv.DictReader(io.StringIO(told.value.path().read_text())))
    assert len(rows) == 600
    assert max(float(row["loss max"]) for row in rows) > 9
    assert max(float(row["loss"]) for row in rows) < 2


def test_a_thousand_metrics_mount_no_more_than_twenty_charts(wide: Console) -> None:
    page = wide.open("#/runs/wide-many?tab=metrics")
    expect(page.get_by_text("layer0 (100)")).to_be_visible()
    expect(page.locator(".uplot").first).to_be_visible()
    page.mouse.move(700, 600)
    for _ in range(5):
        page.mouse.wheel(0, 3000)
        expect(page.locator(".uplot").first).to_be_visible()
        assert page.locator(".uplot").count() <= 20
    page.get_by_role("searchbox", name="Find metrics").fill("layer3/m?3")
    expect(page.get_by_role("region", name="layer3/m23", exact=True)).to_be_visible()
    expect(page.get_by_text("layer0 (100)")).to_have_count(0)


def test_what_is_no_number_is_in_the_table_where_it_fell(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}?tab=metrics&find=odd")
    _menu(page, "odd", "View as table")
    rows = _chart(page, "odd").get_by_role("row")
    expect(rows).to_have_text(["stepodd", "01", "1NaN", "2Infinity", "32", "41.5"])


def test_settings_are_in_the_address_and_a_pinned_chart_comes_first(study: Console) -> None:
    page = study.open(f"#/runs/{RICH}?tab=metrics")
    expect(page.locator(".chart-card-name").first).to_have_text("odd")
    page.get_by_text("Log y", exact=True).click()
    page.get_by_role("slider", name="Smoothing").focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"log=y.*smooth=0\.01|smooth=0\.01.*log=y"))
    _menu(page, "val/accuracy", "Pin to the top")
    expect(page.locator(".chart-card-name").first).to_have_text("val/accuracy")
    page.get_by_role("button", name="X axis").click()
    page.get_by_role("option", name="Time since start").click()
    expect(page.get_by_role("img", name=re.compile("since the run's start")).first).to_be_visible()
