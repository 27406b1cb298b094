"""Suggestions of property names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.search.conftest import SCOPE

from trialbook.model import Kind

if TYPE_CHECKING:
    from tests.search.conftest import Shelf

JOB, RUN = Kind.TRAINING_JOB, Kind.TRIAL_COMPONENT


@pytest.fixture
def filled(shelf: Shelf) -> Shelf:
    names = ("linear_lr", "linear_init_method", "epochs", "Linear_x")
    shelf.put(JOB, "a", HyperParameters=dict.fromkeys(names, "1"), Tags=[{"Key": "Project", "Value": "p"}])
    shelf.put(JOB, "b", FinalMetricDataList=[{"MetricName": "linear:loss", "Value": 1.0}])
    shelf.put(JOB, "c", scope="1/x", HyperParameters={"linear_other": "1"})
    shelf.put(RUN, "r", Parameters={"lr": {"NumberValue": 1.0}}, InputArtifacts={"data": {"Value": "v"}})
    shelf.log("r", **{"val:auc": [1.0]})
    shelf.engine.follow(shelf)
    return shelf


@pytest.mark.parametrize(
    ("hint", "found"),
    [
        # The guide's answer to the hint "linear": whole names, the map in lower case.
        (
            "linear",
            [
                "hyperparameters.Linear_x",
                "hyperparameters.linear_init_method",
                "hyperparameters.linear_lr",
                "metrics.linear:loss",
            ],
        ),
        ("LINEAR_L", ["hyperparameters.linear_lr"]),
        ("HyperParameters.lin", [f"hyperparameters.{one}" for one in ("Linear_x", "linear_init_method", "linear_lr")]),
        ("tags.", ["tags.Project"]),
        ("proj", ["tags.Project"]),
        ("ear_lr", []),
        ("channel", ["InputDataConfig.ChannelName"]),
    ],
)
def test_a_hint_begins_the_whole_name_or_its_last_segment(filled: Shelf, hint: str, found: list[str]) -> None:
    assert filled.engine.suggest(JOB, SCOPE, hint) == found


def test_every_name_goes_with_no_hint_up_to_the_limit(filled: Shelf) -> None:
    everything = filled.engine.suggest(JOB, SCOPE, "")
    assert everything[:4] == [
        "hyperparameters.Linear_x",
        "hyperparameters.epochs",
        "hyperparameters.linear_init_method",
        "hyperparameters.linear_lr",
    ]
    assert "TrainingJobStatus" in everything
    assert filled.engine.suggest(JOB, SCOPE, "", limit=3) == everything[:3]


def test_metrics_parameters_and_artifacts_of_runs_are_suggested(filled: Shelf) -> None:
    assert filled.engine.suggest(RUN, SCOPE, "")[:3] == ["inputartifacts.data", "metrics.val:auc", "parameters.lr"]


def test_a_name_is_suggested_as_long_as_a_record_of_the_scope_has_it(filled: Shelf) -> None:
    assert filled.engine.suggest(JOB, "1/x", "linear") == ["hyperparameters.linear_other"]
    filled.delete("c")
    filled.put(JOB, "a", HyperParameters={"epochs": "1"})
    filled.engine.follow(filled)
    assert filled.engine.suggest(JOB, "1/x", "linear") == []
    assert filled.engine.suggest(JOB, SCOPE, "linear") == ["metrics.linear:loss"]
    assert filled.engine.suggest(JOB, None, "epochs") == ["hyperparameters.epochs"]
