"""Metrics from lines."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.jobs.scraper import Scraper, required_text
from trialbook.services.built_in_metrics import definitions_for
from trialbook.store.interface import LogLine


@pytest.mark.parametrize(
    ("regex", "text"),
    [
        (r".*\[[0-9]+\].*#011validation-auc:([-+]?[0-9]*\.?[0-9]+).*", "#011validation-auc:"),
        ("loss=([0-9.]+)", "loss="),
        ("a|b", ""),
        ("(a|b)cd", "cd"),
        ("ab?c", "a"),
        ("colou?r is (.*)", "r is "),
        ("x{2,3}y(.)", "y"),
        (r"\d+ steps (\d+)", " steps "),
        ("(?i)Loss (.*)", ""),
        ("[]a]bc(.)", "bc"),
        ("", ""),
    ],
)
def test_the_plain_text_that_a_match_must_hold(regex: str, text: str) -> None:
    assert required_text(regex) == text


PIECES = st.sampled_from(
    ["a", "bc", ".", r"\d", "[xy]", "(z)", "a+", "b*", "c?", "(d|e)", "#011", r"\.", "f{2}", "^", "$"]
)


@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(PIECES, max_size=6), text=st.text("abcdefxyz0#1.", max_size=30))
def test_no_match_is_missed_for_want_of_that_text(pieces: list[str], text: str) -> None:
    regex = "".join(pieces)
    if re.search(regex, text):
        assert required_text(regex) in text


def test_aws_definitions_of_xgboost_match_the_line_of_its_log() -> None:
    scraper = Scraper(definitions_for("x/sagemaker-xgboost:1.7-1"))
    found = scraper.scan([LogLine(5.0, "[12]\ttrain-auc:0.91234\tvalidation-auc:0.90000")])
    assert {(one.name, one.value) for one in found} == {("train:auc", 0.91234), ("validation:auc", 0.9)}


def test_a_value_that_is_no_number_is_passed_over() -> None:
    assert Scraper([{"Name": "a", "Regex": "a=(.*)"}]).scan([LogLine(1.0, "a=soon")]) == []


def test_definitions_that_cannot_be_used_are_said() -> None:
    scraper = Scraper([{"Name": "a", "Regex": "(["}, {"Name": "b", "Regex": "b="}])
    assert ["'a' is not valid" in scraper.problems[0], "'b' has no group" in scraper.problems[1]] == [True, True]
