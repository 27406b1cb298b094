"""What a job that runs leaves in the record: metrics, logs, the run it belongs to, and what its program logs itself."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.jobs.conftest import BUCKET, Jobs, channel, training, wait_for

GROUP = "/aws/sagemaker/TrainingJobs"
LOSSES = """
for step in range(5):
    print(f"[{step}]\\tloss={1 / (step + 1):.4f}; acc=nan")
"""
DEFINITIONS = [
    {"Name": "train:loss", "Regex": r"#011loss=([0-9.]+);"},
    {"Name": "odd", "Regex": "acc=(nan)"},
    {"Name": "never", "Regex": "nothing=([0-9.]+)"},
]


def with_metrics(**members: Any) -> dict[str, Any]:
    return {"TrainingImage": "python:3", "TrainingInputMode": "File", "MetricDefinitions": DEFINITIONS, **members}


def test_metrics_are_read_from_the_log_with_tabs_as_cloudwatch_shows_them(jobs: Jobs) -> None:
    jobs.train("job", LOSSES, AlgorithmSpecification=with_metrics())
    job = jobs.ended("job")
    final = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
    assert final["train:loss"] == 0.2
    assert final["odd"] != final["odd"]
    assert "never" not in final
    component = jobs.api.describe_trial_component(TrialComponentName="job-aws-training-job")
    loss = next(one for one in component["Metrics"] if one["MetricName"] == "train:loss")
    assert (loss["Count"], loss["Min"], loss["Max"], loss["Last"]) == (5, 0.2, 1.0, 0.2)


def test_cloudwatch_gives_the_metrics_statistics(jobs: Jobs) -> None:
    jobs.train("job", LOSSES, AlgorithmSpecification=with_metrics())
    job = jobs.ended("job")
    watch = jobs.server.client("cloudwatch")
    points = watch.get_metric_statistics(
        Namespace=GROUP,
        MetricName="train:loss",
        Dimensions=[{"Name": "TrainingJobName", "Value": "job"}],
        StartTime=job["TrainingStartTime"].timestamp() - 60,
        EndTime=job["TrainingEndTime"].timestamp() + 60,
        Period=3600,
        Statistics=["SampleCount", "Maximum"],
    )["Datapoints"]
    assert sum(point["SampleCount"] for point in points) == 5
    assert max(point["Maximum"] for point in points) == 1.0


def test_search_ranks_jobs_by_what_they_logged(jobs: Jobs) -> None:
    for name, loss in (("one", 0.5), ("two", 0.1), ("three", 0.3)):
        jobs.train(name, f"print('\\tloss={loss};')", AlgorithmSpecification=with_metrics())
    for name in ("one", "two", "three"):
        jobs.ended(name)
    found = jobs.api.search(Resource="TrainingJob", SortBy="Metrics.train:loss", SortOrder="Ascending")["Results"]
    assert [one["TrainingJob"]["TrainingJobName"] for one in found] == ["two", "three", "one"]


def test_lines_stream_while_the_job_runs(jobs: Jobs) -> None:
    jobs.train("job", "import time\nprint('first')\ntime.sleep(60)")
    wait_for(lambda: _lines(jobs, "job"), lambda lines: lines == ["first"])
    assert jobs.api.describe_training_job(TrainingJobName="job")["SecondaryStatus"] == "Training"
    jobs.api.stop_training_job(TrainingJobName="job")
    jobs.ended("job")


def test_the_page_behind_the_last_event_is_empty_and_repeats_its_token(jobs: Jobs) -> None:
    jobs.train("job", "for n in range(25): print('line', n)")
    jobs.ended("job")
    name = jobs.logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="job/")["logStreams"][0]
    assert name["logStreamName"].startswith("job/algo-1-")
    request = {"logGroupName": GROUP, "logStreamName": name["logStreamName"], "startFromHead": True, "limit": 10}
    found: list[str] = []
    page = jobs.logs.get_log_events(**request)
    while page["events"]:
        found += [event["message"] for event in page["events"]]
        page = jobs.logs.get_log_events(**request, nextToken=page["nextForwardToken"])
    assert [line for line in found if line.startswith("line")] == [f"line {number}" for number in range(25)]
    again = jobs.logs.get_log_events(**request, nextToken=page["nextForwardToken"])
    assert (again["events"], again["nextForwardToken"]) == ([], page["nextForwardToken"])


def test_events_are_found_by_time_and_by_text(jobs: Jobs) -> None:
    jobs.train("job", "import time\nprint('early')\ntime.sleep(0.5)\nprint('late')")
    jobs.ended("job")
    found = jobs.logs.filter_log_events(logGroupName=GROUP, filterPattern="early")["events"]
    assert [event["message"] for event in found] == ["early"]
    stream, when = found[0]["logStreamName"], found[0]["timestamp"]
    later = jobs.logs.get_log_events(logGroupName=GROUP, logStreamName=stream, startTime=when + 1, startFromHead=True)
    assert [event["message"] for event in later["events"]] == ["late"]
    before = jobs.logs.get_log_events(logGroupName=GROUP, logStreamName=stream, endTime=when, startFromHead=True)
    assert all(event["message"].startswith("[trialbook]") for event in before["events"])
    groups = jobs.logs.describe_log_groups(logGroupNamePrefix="/aws/sagemaker")["logGroups"]
    assert [one["logGroupName"] for one in groups] == [GROUP]


def test_a_job_in_a_run_gives_the_run_its_parameters_artifacts_and_metrics(jobs: Jobs) -> None:
    config = make_run(jobs, "exp", "exp-run")
    jobs.put("d/a.csv", "x")
    jobs.train(
        "job",
        LOSSES,
        hyperparameters={"eta": "0.5"},
        AlgorithmSpecification=with_metrics(),
        InputDataConfig=[channel("train", f"s3://{BUCKET}/d/")],
        ExperimentConfig=config,
    )
    job = jobs.ended("job")
    run = jobs.api.describe_trial_component(TrialComponentName="exp-run")
    assert run["Parameters"]["eta"] == {"NumberValue": 0.5}
    assert run["InputArtifacts"]["train"]["Value"] == f"s3://{BUCKET}/d/"
    assert run["OutputArtifacts"]["SageMaker.ModelArtifact"]["Value"] == job["ModelArtifacts"]["S3ModelArtifacts"]
    assert {one["MetricName"]: one["Count"] for one in run["Metrics"]} == {"train:loss": 5, "odd": 5}
    assert [one["SourceArn"] for one in run["Sources"]] == [job["TrainingJobArn"]]
    own = jobs.api.describe_trial_component(TrialComponentName="job-aws-training-job")
    assert own.get("Metrics", []) == []


def test_a_program_loads_the_run_of_its_job(jobs: Jobs) -> None:
    config = make_run(jobs, "exp", "exp-run")
    code = """
from trialbook import load_run
with load_run() as run:
    run.log_parameter("found", 7)
    run.log_metric("inside", 0.25, step=1)
"""
    jobs.train("job", code, ExperimentConfig=config)
    job = jobs.ended("job")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    run = jobs.api.describe_trial_component(TrialComponentName="exp-run")
    assert run["Parameters"]["found"] == {"NumberValue": 7.0}
    assert [(one["MetricName"], one["Last"]) for one in run["Metrics"]] == [("inside", 0.25)]


def test_a_program_reaches_the_server_with_boto3_as_it_is(jobs: Jobs) -> None:
    code = """
import boto3
boto3.client("s3").put_object(Bucket="sagemaker-us-east-1-000000000000", Key="from-a-job", Body=b"hello")
"""
    jobs.train("job", code)
    job = jobs.ended("job")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert jobs.get(f"s3://{BUCKET}/from-a-job") == b"hello"


def test_the_servers_own_secrets_are_not_passed_on(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "secret-token")
    monkeypatch.setenv("DATABASE_PASSWORD", "secret-word")
    jobs.train("job", "import os\nprint([v for v in os.environ.values() if 'secret-' in v])", Environment={"MINE": "1"})
    jobs.ended("job")
    assert jobs.lines("job") == ["[]"]


def test_a_describe_of_the_sdk_waits_for_the_end_and_any_other_does_not(jobs: Jobs) -> None:
    jobs.train("job", "import time\ntime.sleep(1.5)")
    begun = time.monotonic()
    assert jobs.api.describe_training_job(TrainingJobName="job")["TrainingJobStatus"] == "InProgress"
    assert time.monotonic() - begun < 1
    patient = jobs.server.client("sagemaker", user_agent_extra="AWS-SageMaker-Python-SDK/2.257.7")
    assert patient.describe_training_job(TrainingJobName="job")["TrainingJobStatus"] == "Completed"


def test_a_waiter_of_boto3_ends_with_the_job(jobs: Jobs) -> None:
    jobs.train("job", "import time\ntime.sleep(1)")
    begun = time.monotonic()
    jobs.api.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="job")
    assert time.monotonic() - begun < 20


def test_a_deleted_jobs_log_goes_with_it(jobs: Jobs) -> None:
    jobs.train("job", "print(1)")
    jobs.ended("job")
    jobs.api.delete_training_job(TrainingJobName="job")
    with pytest.raises(jobs.logs.exceptions.ResourceNotFoundException):
        jobs.logs.describe_log_streams(logGroupName=GROUP, logStreamNamePrefix="job/")


def test_jobs_begin_in_order_of_submission_and_slots_bound_how_many_run(jobs: Jobs) -> None:
    names = [f"job-{number}" for number in range(6)]
    for name in names:
        jobs.api.create_training_job(**training(name, AlgorithmSpecification=shell("sleep 0.2")))
    starts = [jobs.ended(name)["TrainingStartTime"] for name in names]
    assert starts == sorted(starts)


def shell(command: str) -> dict[str, Any]:
    entry = {"ContainerEntrypoint": ["/bin/sh", "-c", command]}
    return {"TrainingImage": "python:3", "TrainingInputMode": "File", **entry}


def make_run(jobs: Jobs, experiment: str, run: str) -> dict[str, str]:
    jobs.api.create_experiment(ExperimentName=experiment)
    jobs.api.create_trial(TrialName=f"group-{experiment}", ExperimentName=experiment)
    jobs.api.create_trial_component(TrialComponentName=run)
    jobs.api.associate_trial_component(TrialComponentName=run, TrialName=f"group-{experiment}")
    return {"ExperimentName": experiment, "TrialName": f"group-{experiment}", "RunName": run}


def _lines(jobs: Jobs, name: str) -> list[str]:
    try:
        return jobs.lines(name)
    except jobs.logs.exceptions.ResourceNotFoundException:
        return []
