"""Tuning jobs that run: what is tried, how it ends, and what it survives."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import serve
from tests.jobs.conftest import BUCKET, PYTHON, ROLE, Jobs, job_settings, wait_for

BOWL = """
import argparse
options = argparse.ArgumentParser()
options.add_argument("-x", type=float)
options.add_argument("--kind", default="a")
options.add_argument("--fixed")
given = options.parse_args()
assert given.fixed == "7"
print(f"loss={(given.x - 0.3) ** 2 + (given.kind != 'a')};")
"""
X = {"Name": "x", "MinValue": "-1", "MaxValue": "1"}


class Tunings(Jobs):
    """Submits tuning jobs of a few lines of Python."""

    def definition(self, code: str = BOWL, **members: Any) -> dict[str, Any]:
        source = self.source({"train.py": code})
        return {
            "StaticHyperParameters": {
                "sagemaker_program": "train.py",
                "sagemaker_submit_directory": source,
                "fixed": '"7"',
            },
            "AlgorithmSpecification": {
                "TrainingImage": PYTHON,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([-0-9.e]+);"}],
            },
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
            **members,
        }

    def tune(
        self,
        name: str,
        *,
        strategy: str = "Random",
        jobs: int = 4,
        parallel: int = 2,
        ranges: Mapping[str, Any] | None = None,
        definition: Mapping[str, Any] | None = None,
        config: Mapping[str, Any] | None = None,
        **members: Any,
    ) -> None:
        self.api.create_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name,
            HyperParameterTuningJobConfig={
                "Strategy": strategy,
                "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                "ResourceLimits": {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": parallel},
                "ParameterRanges": ranges or {"ContinuousParameterRanges": [X]},
                "RandomSeed": 3,
                **(config or {}),
            },
            TrainingJobDefinition=definition or self.definition(),
            **members,
        )

    def tuned(self, name: str, seconds: float = 90) -> Any:
        def done(doc: Any) -> bool:
            return doc["HyperParameterTuningJobStatus"] in {"Completed", "Failed", "Stopped"}

        return wait_for(
            lambda: self.api.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name), done, seconds
        )

    def trials(self, name: str) -> list[Any]:
        found: list[Any] = self.api.list_training_jobs_for_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name, SortBy="Name", MaxResults=100
        )["TrainingJobSummaries"]
        return found


@pytest.fixture
def tunings(tmp_path: Path) -> Iterator[Tunings]:
    with serve(job_settings(tmp_path, job_slots=3)) as server:
        yield Tunings(server)


def test_a_tuning_job_tries_and_names_the_best(tunings: Tunings) -> None:
    tunings.tune("tune", Tags=[{"Key": "team", "Value": "a"}])
    job = tunings.tuned("tune")
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobStatusCounters"]["Completed"] == 4
    assert job["ObjectiveStatusCounters"] == {"Succeeded": 4, "Pending": 0, "Failed": 0}
    trials = tunings.trials("tune")
    assert all(re.fullmatch(r"tune-00[1-4]-[0-9a-f]{8}", one["TrainingJobName"]) for one in trials)
    values = {one["TrainingJobName"]: one["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for one in trials}
    best = job["BestTrainingJob"]
    assert best["TrainingJobName"] == min(values, key=lambda name: values[name])
    x = float(best["TunedHyperParameters"]["x"])
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == pytest.approx((x - 0.3) ** 2, rel=1e-4)
    training = tunings.api.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert training["HyperParameters"]["_tuning_objective_metric"] == "loss"
    assert training["TuningJobArn"] == job["HyperParameterTuningJobArn"]
    components = tunings.api.list_trial_components(ExperimentName="tune")["TrialComponentSummaries"]
    assert len(components) == 4
    assert tunings.api.list_tags(ResourceArn=training["TrainingJobArn"])["Tags"] == [{"Key": "team", "Value": "a"}]


def test_a_tuning_job_without_a_metric_gives_up_with_the_reason(tunings: Tunings) -> None:
    tunings.tune("tune", jobs=3, parallel=3, definition=tunings.definition("raise SystemExit('no data here')"))
    job = tunings.tuned("tune")
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert "No objective metrics found after running 3 training jobs" in job["FailureReason"]
    assert "no data here" in job["FailureReason"]
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 3


def test_a_stop_ends_the_training_jobs_and_keeps_the_best(tunings: Tunings) -> None:
    code = BOWL.replace("print(", "import time; time.sleep(600 if given.x < 0.99 else 0); print(")
    ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["1", "0.5"]}]}
    tunings.tune("tune", strategy="Grid", jobs=2, ranges=ranges, definition=tunings.definition(code))

    def one_done(found: Any) -> bool:
        return bool(found["TrainingJobStatusCounters"]["Completed"] == 1)

    wait_for(lambda: tunings.api.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune"), one_done, 60)
    tunings.api.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")
    job = tunings.tuned("tune")
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] == 1
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"x": "1"}
    assert {one["TrainingJobStatus"] for one in tunings.trials("tune")} == {"Completed", "Stopped"}
    with pytest.raises(ClientError, match="is in status Stopped"):
        tunings.api.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="tune")


def test_a_tuning_job_goes_on_with_the_next_server(tmp_path: Path) -> None:
    settings = job_settings(tmp_path, job_slots=2)
    with serve(settings) as server:
        tunings = Tunings(server)
        tunings.tune("tune", strategy="Bayesian", jobs=5, parallel=2)
        wait_for(lambda: tunings.trials("tune"), lambda found: len(found) >= 2, 60)
    with serve(settings) as server:
        tunings = Tunings(server)
        job = tunings.tuned("tune")
        assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
        trials = tunings.trials("tune")
        assert [one["TrainingJobName"][:8] for one in trials] == [f"tune-00{number}" for number in range(1, 6)]
        assert job["ObjectiveStatusCounters"]["Succeeded"] == 5
        assert len({one["TunedHyperParameters"]["x"] for one in trials}) == 5


def test_a_target_ends_it_and_a_child_learns_from_it(tunings: Tunings) -> None:
    criteria = {"TuningJobCompletionCriteria": {"TargetObjectiveMetricValue": 100.0}}
    tunings.tune("parent", jobs=50, parallel=1, config=criteria)
    job = tunings.tuned("parent")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert len(tunings.trials("parent")) < 5
    warm = {
        "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "parent"}],
        "WarmStartType": "IdenticalDataAndAlgorithm",
    }
    tunings.tune("child", strategy="Bayesian", jobs=1, parallel=1, WarmStartConfig=warm)
    child = tunings.tuned("child")
    assert child["HyperParameterTuningJobStatus"] == "Completed", child.get("FailureReason")
    assert child["OverallBestTrainingJob"]["TuningJobName"] in {"parent", "child"}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"config": {"HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "los"}}}, "Those are: loss"),
    (
        {"ranges": {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "2", "MaxValue": "1"}]}},
        "above its MaxValue",
    ),
    ({"ranges": {"IntegerParameterRanges": [{"Name": "x", "MinValue": "0.5", "MaxValue": "1"}]}}, "not a whole number"),
    ({"ranges": {"ContinuousParameterRanges": [{**X, "ScalingType": "Logarithmic"}]}}, "must be above 0"),
    ({"ranges": {"ContinuousParameterRanges": [{**X, "ScalingType": "ReverseLogarithmic"}]}}, "within 0 <= x < 1"),
    ({"ranges": {"ContinuousParameterRanges": [{**X, "Name": "fixed"}]}}, "'fixed' is given twice"),
    ({"ranges": {"ContinuousParameterRanges": []}}, "nothing to tune"),
    ({"strategy": "Grid"}, "Grid takes categorical ranges only"),
    (
        {"strategy": "Grid", "ranges": {"CategoricalParameterRanges": [{"Name": "x", "Values": ["1", "2"]}]}},
        "the grid has 2 combinations",
    ),
]


def test_what_cannot_be_tuned_is_refused(tunings: Tunings) -> None:
    definition = tunings.definition()
    for members, rule in WRONG:
        with pytest.raises(ClientError, match=re.escape(rule)):
            tunings.tune("tune", definition=definition, **members)


def test_a_server_without_the_jobs_extra_says_what_tuning_needs(
    tunings: Tunings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    monkeypatch.delitem(sys.modules, "trialbook.jobs.tuning_search", raising=False)
    tunings.tune("bare")
    job = tunings.tuned("bare")
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert "tuning needs optuna" in job["FailureReason"]
    assert "pip install 'trialbook[jobs]'" in job["FailureReason"]


@pytest.mark.slow
def test_definitions_take_turns_and_jobs_that_fall_behind_are_stopped(tunings: Tunings) -> None:
    code = """
import argparse, time
options = argparse.ArgumentParser()
options.add_argument("-x", type=float)
options.add_argument("--fixed")
x = options.parse_args().x
for epoch in range(1, 31):
    print(f"loss={x + 1 / epoch};", flush=True)
    time.sleep(0.01 if x < 5 else 0.5)
"""
    definitions = [
        {
            **tunings.definition(code),
            "DefinitionName": name,
            "TuningObjective": {"Type": "Minimize", "MetricName": "loss"},
            "HyperParameterRanges": {"CategoricalParameterRanges": [{"Name": "x", "Values": values}]},
        }
        for name, values in (("fast", ["1", "2", "3", "9"]), ("other", ["4", "3", "2", "1"]))
    ]
    tunings.api.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="tune",
        HyperParameterTuningJobConfig={
            "Strategy": "Grid",
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 8, "MaxParallelTrainingJobs": 1},
            "TrainingJobEarlyStoppingType": "Auto",
        },
        TrainingJobDefinitions=definitions,
    )
    job = tunings.tuned("tune")
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert job["TrainingJobStatusCounters"]["Completed"] == 7
    stopped = [one for one in tunings.trials("tune") if one["TrainingJobStatus"] == "Stopped"]
    assert [one["TunedHyperParameters"] for one in stopped] == [{"x": "9"}]
    assert job["BestTrainingJob"]["TunedHyperParameters"] == {"x": "1"}
    assert job["BestTrainingJob"]["TrainingJobDefinitionName"] in {"fast", "other"}


@pytest.mark.slow
def test_autotune_takes_the_ranges_that_are_recommended(tunings: Tunings) -> None:
    uri = tunings.put("data/train/a.csv", "\n".join(f"{row % 2},{row % 2},{row * 7 % 5}" for row in range(100)))
    channel_of = {name: {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}} for name in ("train", "validation")}
    definition = tunings.definition(
        StaticHyperParameters={"objective": "binary:logistic", "num_round": "3", "eval_metric": "auc"},
        AlgorithmSpecification={"TrainingImage": "sagemaker-xgboost:3.0-5", "TrainingInputMode": "File"},
        InputDataConfig=[
            {"ChannelName": name, "ContentType": "text/csv", "DataSource": source}
            for name, source in channel_of.items()
        ],
    )
    tunings.tune(
        "tune",
        jobs=2,
        ranges={"AutoParameters": [{"Name": "max_depth", "ValueHint": "5"}]},
        definition=definition,
        config={"HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"}},
        Autotune={"Mode": "Enabled"},
    )
    job = tunings.tuned("tune")
    assert job["HyperParameterTuningJobStatus"] == "Completed", job.get("FailureReason")
    assert set(job["BestTrainingJob"]["TunedHyperParameters"]) == {"max_depth"}
