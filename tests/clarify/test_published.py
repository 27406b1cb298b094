"""The published figures of SageMaker's Adult example, and the longer ones of its log."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tests.clarify.adult import EXAMPLE, probabilities, published, training

from trialbook.clarify import BiasReport, bias_report

PRE, POST = published.PUBLISHED["pre"], published.PUBLISHED["post"]
# The log of fairness_and_explainability_outputs.ipynb has all digits.
LOGGED = {
    ("pre", "CDDL"): 0.214915908649356,
    ("pre", "CI"): 0.3513692725946555,
    ("pre", "DPL"): 0.20015891077100018,
    ("pre", "JS"): 0.03075614465977,
    ("pre", "KL"): 0.14306865156306,
    ("pre", "LP"): 0.28306744624217,
    ("post", "AD"): -0.1141572442143538,
    ("post", "CDDPL"): 0.19716203919079375,
    ("post", "DAR"): -0.007405223292617502,
    ("post", "DCA"): -0.22750276729134,
    ("post", "DCR"): 0.13282504190309,
    ("post", "DI"): 0.32939129409419,
    ("post", "DPPL"): 0.0922004707530946,
    ("post", "DRR"): 0.13653296409569,
    ("post", "FT"): -0.00460028624003,
    ("post", "RD"): 0.03556460647617,
    ("post", "TE"): 24.11428571428572,
}


@pytest.fixture(scope="module")
def report() -> BiasReport:
    return bias_report(
        training(),
        label="Target",
        positive=[1],
        facet="Sex",
        facet_value=[0],
        group="Age",
        predicted=probabilities(),
        predicted_positive=0.8,
    )


@pytest.mark.parametrize(("stage", "key"), [("pre", key) for key in PRE] + [("post", key) for key in POST])
def test_every_printed_digit_of_the_published_table_is_met(report: BiasReport, stage: str, key: str) -> None:
    assert published.printed(report[stage]["Sex"][0][key]) == {**PRE, **POST}[key]


def test_the_example_compares_with_the_figures_that_studio_printed() -> None:
    assert (len(PRE), len(POST)) == (8, 11)
    assert [PRE[key] for key in ("CDDL", "CI", "JS")] == [".21", ".35", ".031"]
    assert [POST[key] for key in ("AD", "DAR", "DCA", "FT")] == ["-.11", "-.0074", "-.23", "-.0046"]


@pytest.mark.parametrize(("stage", "key"), LOGGED)
def test_the_logged_values_are_met_to_their_last_digit(report: BiasReport, stage: str, key: str) -> None:
    assert report[stage]["Sex"][0][key] == pytest.approx(LOGGED[stage, key], abs=6e-15, rel=3e-15)


def test_all_21_metrics_are_there_in_the_order_of_their_keys(report: BiasReport) -> None:
    assert [*report["pre"]["Sex"][0]] == ["CDDL", "CI", "DPL", "JS", "KL", "KS", "LP", "TVD"]
    post = ["AD", "CDDPL", "DAR", "DCA", "DCR", "DI", "DPPL", "DRR", "FT", "GE", "RD", "SD", "TE"]
    assert [*report["post"]["Sex"][0]] == post


def test_the_example_prints_every_published_figure_and_exits_with_0() -> None:
    command = [sys.executable, str(EXAMPLE / "bias.py"), "--kept"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "19 of 19 published figures are met" in done.stdout
