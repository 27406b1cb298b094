"""The metric definitions of built-in algorithms."""

from __future__ import annotations

import re

import pytest

from trialbook.services.built_in_metrics import definitions_for

REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"


def matches(image: str, line: str) -> dict[str, str]:
    """Give what each definition reads from a log line."""
    found = {one["Name"]: re.search(one["Regex"], line) for one in definitions_for(image)}
    return {name: match.group(1) for name, match in found.items() if match}


@pytest.mark.parametrize("image", [f"{REGISTRY}/sagemaker-xgboost:1.7-1", f"{REGISTRY}/xgboost:1"])
def test_xgboost_reads_a_line_of_its_log_whose_tabs_are_escaped(image: str) -> None:
    line = "[3]#011train-auc:0.91234#011validation-gamma-deviance:1.5e-03"
    assert matches(image, line) == {"train:auc": "0.91234", "validation:gamma-deviance": "1.5e-03"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "#quality_metric: host=algo-1, epoch=3, train binary_classification_cross_entropy_objective <loss>=0.31",
            {"train:objective_loss": "0.31"},
        ),
        (
            "#quality_metric: host=algo-1, validation absolute_loss_objective <loss>=2",
            {"validation:objective_loss:final": "2"},
        ),
        (
            "#quality_metric: host=algo-1, train binary_classification_accuracy <score>=0.97",
            {"train:binary_classification_accuracy": "0.97"},
        ),
        ("#quality_metric: host=algo-1, test binary_f_1.000 <score>=0.5", {"test:binary_f_beta": "0.5"}),
    ],
)
def test_linear_learner_tells_an_epochs_loss_from_the_final_one(line: str, expected: dict[str, str]) -> None:
    assert matches(f"{REGISTRY}/linear-learner:1", line) == expected


@pytest.mark.parametrize(
    "image", ["", "my-image:1", f"{REGISTRY}/my-xgboost-fork:1", f"{REGISTRY}/sagemaker-pytorch:2"]
)
def test_an_image_that_is_no_built_in_algorithm_has_none(image: str) -> None:
    assert not definitions_for(image)
