"""A run in a notebook: escaped, self-contained, and never an exception."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

import pytest

from trialbook import Run
from trialbook.sdk.picture import HEIGHT, WIDTH, picture, sparkline


@pytest.mark.usefixtures("store")
def test_a_run_shows_its_state_parameters_and_metrics() -> None:
    with Run("exp", "<r>") as run:
        run.log_parameters({"lr": 0.1, "<script>": "<b>"})
        for step in range(1000):
            run.log_metric("loss", 1 / (step + 1), step=step)
        run.log_metric("once", math.nan)
    shown = run._repr_html_()
    ET.fromstring(shown)
    assert "Completed" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert shown.count("<svg") == 1
    assert "href" not in shown


@pytest.mark.usefixtures("store")
def test_a_run_that_is_not_there_says_so() -> None:
    assert "does not exist" in Run("exp", "none", begin=False)._repr_html_()


def test_a_run_on_a_server_links_to_its_page() -> None:
    told = {"TrialComponentName": "exp-a b", "Metrics": [], "Parameters": {}}
    assert 'href="http://h:1/#/runs/exp-a%20b"' in picture("t", told, {}, "http://h:1")


def points(svg: str) -> list[tuple[float, float]]:
    lines = ET.fromstring(svg).iter("polyline")
    return [
        (float(x), float(y)) for line in lines for x, y in (one.split(",") for one in line.get("points", "").split())
    ]


def test_a_sparkline_keeps_the_extremes_and_stays_in_its_box() -> None:
    values = [0.0] * 5000
    values[2345], values[2346] = 100.0, -50.0
    drawn = points(sparkline(values))
    assert len(drawn) <= 130
    assert min(y for _, y in drawn) == 1
    assert max(y for _, y in drawn) == HEIGHT - 1
    assert all(0 <= x <= WIDTH for x, _ in drawn)


def test_a_sparkline_has_gaps_where_there_are_no_numbers() -> None:
    assert sparkline([1.0, 2.0, math.nan, 3.0, math.inf, 4.0, 5.0]).count("<polyline") == 2
    assert sparkline([1.0]) == ""
    assert sparkline([math.nan] * 5) == ""
