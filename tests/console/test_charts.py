"""Charts of metrics: zoom, axes, tables, files, and many of them."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from tests.conftest import LiveServer, serve
from tests.console.conftest import Console, open_console
from tests.console.study import NAMES, RICH

from trialbook.names import Scope
from trialbook.sdk.run import Run
from trialbook.server.console import pages
from trialbook.services import ingest
from trialbook.services.context import Call
from trialbook.settings import Settings
from trialbook.store.interface import Points

MANY = 1000
LONG, SPIKE, LOST, ENDLESS = 1_000_000, 543_210, 250_400, 750_400
"""Points of the long curve, and where one is high, one NaN, one infinite: inside of buckets, not their last points."""
BEGIN = 1_790_000_000.0


@pytest.fixture(scope="module")
def wide_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Serve a run of a thousand metrics, and one of a million points."""
    if not pages.is_built():
        pytest.skip("THE CONSOLE IS NOT BUILT: run `make console`; none of its pages was tested.")
    folder: Path = tmp_path_factory.mktemp("wide")
    settings = Settings(store=str(folder / "store"))
    with serve(settings) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALBOOK_URL", server.url)
        patch.chdir(folder)
        with Run("wide", run_name="many", capture=False) as run:
            for number in range(MANY):
                for step in range(3):
                    run.log_metric(f"layer{number % 10}/m{number}", math.sin(number + step), step=step)
        call = Call(server.workspace, Scope(settings.account, "us-east-1"), "test", "request")
        steps = np.arange(LONG)
        value = np.exp(-steps / 3e5).astype(np.float64)
        value[[SPIKE, LOST, ENDLESS]] = 9, np.nan, np.inf
        points = Points(["loss"], np.zeros(LONG, np.uint32), steps, (BEGIN + steps * 0.01).astype(np.float64), value)
        start = {"experiment": "wide", "trial": "wide"}
        ingest.append(call, "wide-long", "test", 0, points, start=start, changes=[{"update": {"StartTime": BEGIN}}])
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


def _zoom_to(page: Page, chart: Locator, step: int, *reaches: float) -> None:
    """Drag again and again around one step, so many shares of what is shown to each side."""
    low, high = 0.0, LONG - 1.0
    for reach in reaches:
        before, place = page.url, (step - low) / (high - low)
        _drag(page, chart, place - reach, place + reach)
        expect(page).not_to_have_url(before)
        asked = parse_qs(page.url.partition("?")[2])
        low, high = float(asked["from"][0]), float(asked["to"][0])


def _points(chart: Locator, count: str) -> Locator:
    return chart.get_by_role("img", name=re.compile(rf"[^\d,]{count} points"))


def test_a_million_points_are_zoomed_to_the_points_themselves_and_back(wide: Console) -> None:
    page = wide.open("#/runs/wide-long?tab=metrics")
    chart = _chart(page, "loss")
    expect(_points(chart, "1,000,000")).to_be_visible()
    _zoom_to(page, chart, SPIKE, 0.02, 0.06, 0.05)
    expect(_points(chart, r"4\d\d")).to_be_visible()
    _menu(page, "loss", "View as table")
    expect(chart.get_by_role("row", name=re.compile(rf"^{SPIKE} 9"))).to_be_visible()
    page.reload()
    expect(_points(chart, r"4\d\d")).to_be_visible()
    page.go_back()
    expect(_points(chart, r"4,\d\d\d")).to_be_visible()
    page.go_back()
    expect(_points(chart, r"(39|40),\d\d\d")).to_be_visible()
    page.go_forward()
    expect(_points(chart, r"4,\d\d\d")).to_be_visible()
    chart.locator(".u-over").dblclick()
    expect(_points(chart, "1,000,000")).to_be_visible()


def test_a_spike_and_what_is_no_number_are_in_their_buckets_of_the_whole_curve(wide: Console) -> None:
    page = wide.open("#/runs/wide-long?tab=metrics")
    expect(_points(_chart(page, "loss"), "1,000,000")).to_be_visible()
    with page.expect_download() as told:
        _menu(page, "loss", "Download CSV")
    rows = list(csv.DictReader(io.StringIO(told.value.path().read_text())))
    assert len(rows) == 600
    width = LONG / len(rows)
    assert [at for at, row in enumerate(rows) if float(row["loss max"] or "nan") > 8] == [int(SPIKE / width)]
    assert max(float(row["loss"]) for row in rows) < 2
    odd = {at: row["loss not finite"] for at, row in enumerate(rows) if row["loss not finite"]}
    assert odd == {int(LOST / width): "NaN", int(ENDLESS / width): "Infinity"}


def test_the_wheel_zooms_and_moves_and_is_one_step_of_the_history(wide: Console) -> None:
    page = wide.open("#/runs/wide-long?tab=metrics")
    chart = _chart(page, "loss")
    expect(_points(chart, "1,000,000")).to_be_visible()
    box = chart.locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.keyboard.down("Control")
    for _ in range(3):
        page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(page).to_have_url(re.compile(r"from=\d+.*to=\d+"))
    expect(_points(chart, r"\d{3},\d{3}")).to_be_visible()
    zoomed = {end: float(parse_qs(page.url.partition("?")[2])[end][0]) for end in ("from", "to")}
    assert zoomed["from"] + zoomed["to"] == pytest.approx(LONG, rel=0.05)
    page.go_back()
    expect(_points(chart, "1,000,000")).to_be_visible()
    assert "from=" not in page.url


@pytest.mark.parametrize("x", ["step", "time", "relative"])
def test_a_point_that_is_pointed_at_has_step_time_and_time_since_the_start(wide: Console, x: str) -> None:
    low = {"step": 0.0, "time": BEGIN, "relative": 0.0}[x]
    end = low + (200 if x == "step" else 2)
    page = wide.open(f"#/runs/wide-long?tab=metrics&smooth=0.6&x={x}&from={low}&to={end}")
    chart = _chart(page, "loss")
    expect(_points(chart, "201")).to_be_visible()
    box = chart.locator(".u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    tip = chart.locator(".chart-tip")
    expect(tip).to_contain_text("step 100")
    expect(tip).to_contain_text("1.0 s since the run's start")
    expect(tip).to_contain_text(re.compile(r"20\d\d.*since"))
    expect(tip).to_contain_text(re.compile(rf"\(logged {math.exp(-100 / 3e5)}\)"))


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


def test_a_saved_picture_has_more_than_the_plot_alone(study: Console) -> None:
    page = study.open(f"#/compare?view=charts&runs={','.join(NAMES[:3])}&find=train/loss")
    chart = _chart(page, "train/loss")
    expect(chart.locator("canvas").first).to_be_visible()
    drawn = chart.locator(".u-wrap").bounding_box()
    assert drawn is not None
    with page.expect_download() as told:
        _menu(page, "train/loss", "Download PNG")
    assert told.value.suggested_filename == "train_loss.png"
    with Image.open(told.value.path()) as picture:
        width, height = picture.size
        legend = picture.convert("RGB").crop((0, height - 32, width, height))
        head = picture.convert("RGB").crop((0, 0, width, 30))
    # A title above, the y axis's name at its side, and the legend below; none of them empty.
    assert width > drawn["width"] + 30
    assert height > drawn["height"] + 60
    for part in (head, legend):
        assert len(part.getcolors(10_000) or []) > 10


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
