"""Training jobs as records, with the launcher that completes them at once and one that leaves them running."""

from __future__ import annotations

from typing import Any

import pytest

from trialbook.errors import InUseError, NotFoundError, ValidationError


def test_a_recorded_job_is_completed_at_once(client: Any) -> None:
    client.train("job-1")
    job = client("DescribeTrainingJob", TrainingJobName="job-1")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Completed", "Completed")
    steps = job["SecondaryStatusTransitions"]
    assert [one["Status"] for one in steps] == ["Starting", "Completed"]
    assert all(one["StatusMessage"] and "EndTime" in one for one in steps)
    assert job["CreationTime"] <= job["TrainingStartTime"] <= job["TrainingEndTime"]


def test_the_model_lies_below_the_output_path_without_a_double_slash(client: Any) -> None:
    client.train("job-1", OutputDataConfig={"S3OutputPath": "s3://b/out/"})
    job = client("DescribeTrainingJob", TrainingJobName="job-1")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://b/out/job-1/output/model.tar.gz"


def test_an_uncompressed_model_is_a_folder(client: Any) -> None:
    client.train("job-1", OutputDataConfig={"S3OutputPath": "s3://b/out", "CompressionType": "NONE"})
    job = client("DescribeTrainingJob", TrainingJobName="job-1")
    assert job["ModelArtifacts"]["S3ModelArtifacts"] == "s3://b/out/job-1/output/model/"


def test_describe_fills_in_what_clients_read_without_asking(client: Any) -> None:
    client.train("job-1")
    job = client("DescribeTrainingJob", TrainingJobName="job-1")
    assert job["OutputDataConfig"]["KmsKeyId"] == ""
    assert job["EnableNetworkIsolation"] is False
    assert job["FinalMetricDataList"] == []
    assert {"Name", "Regex"} == set(job["AlgorithmSpecification"]["MetricDefinitions"][0])


def test_a_definition_of_the_users_wins_over_the_built_in_one_of_that_name(client: Any) -> None:
    mine = {"Name": "train:auc", "Regex": "auc=(.*)"}
    algorithm = {"TrainingImage": "1.dkr.ecr.r.amazonaws.com/xgboost:1", "TrainingInputMode": "File"}
    client.train("job-1", AlgorithmSpecification={**algorithm, "MetricDefinitions": [mine]})
    found = client("DescribeTrainingJob", TrainingJobName="job-1")["AlgorithmSpecification"]["MetricDefinitions"]
    assert [one for one in found if one["Name"] == "train:auc"] == [mine]
    assert "validation:auc" in {one["Name"] for one in found}


def test_every_member_of_the_request_is_kept(client: Any) -> None:
    members = {
        "EnableManagedSpotTraining": True,
        "CheckpointConfig": {"S3Uri": "s3://b/c", "LocalPath": "/opt/ml/checkpoints"},
        "DebugHookConfig": {"S3OutputPath": "s3://b/d", "CollectionConfigurations": []},
        "ProfilerConfig": {"S3OutputPath": "s3://b/p", "DisableProfiler": False},
        "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]},
        "Environment": {"A": "1"},
        "RetryStrategy": {"MaximumRetryAttempts": 2},
    }
    client.train("job-1", **members)
    job = client("DescribeTrainingJob", TrainingJobName="job-1")
    assert {member: job[member] for member in members} == members


def test_a_job_name_can_be_used_once_whatever_its_case(client: Any) -> None:
    client.train("Job-1")
    with pytest.raises(InUseError, match="already exists"):
        client.train("job-1")


@pytest.mark.parametrize(
    "operation", ["DescribeTrainingJob", "StopTrainingJob", "DeleteTrainingJob", "UpdateTrainingJob"]
)
def test_a_missing_job_is_the_error_that_clients_match(client: Any, operation: str) -> None:
    with pytest.raises(ValidationError, match="Requested resource not found"):
        client(operation, TrainingJobName="none")


def test_stopping_a_job_that_ended_is_rejected_with_its_status(client: Any) -> None:
    client.train("job-1")
    with pytest.raises(ValidationError, match="rejected because the training job is in status Completed"):
        client("StopTrainingJob", TrainingJobName="job-1")


def test_stopping_a_job_asks_its_launcher_once(held: Any) -> None:
    held.train("job-1")
    held("StopTrainingJob", TrainingJobName="job-1")
    held("StopTrainingJob", TrainingJobName="job-1")
    assert held("DescribeTrainingJob", TrainingJobName="job-1")["TrainingJobStatus"] == "Stopping"
    assert held.call.workspace.launcher.stopped == 1


def test_the_record_launcher_stops_what_another_left_running(client: Any, held: Any) -> None:
    held.train("job-1")
    client("StopTrainingJob", TrainingJobName="job-1")
    job = client("DescribeTrainingJob", TrainingJobName="job-1")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    component = client("DescribeTrialComponent", TrialComponentName="job-1-aws-training-job")
    assert component["Status"]["PrimaryStatus"] == "Stopped"


def test_a_job_in_progress_cannot_be_deleted(held: Any) -> None:
    held.train("job-1")
    with pytest.raises(InUseError, match="InProgress"):
        held("DeleteTrainingJob", TrainingJobName="job-1")


def test_deleting_a_job_leaves_its_component_and_frees_its_name(client: Any) -> None:
    client.train("job-1")
    client("DeleteTrainingJob", TrainingJobName="job-1")
    with pytest.raises(ValidationError):
        client("DescribeTrainingJob", TrainingJobName="job-1")
    assert client("DescribeTrialComponent", TrialComponentName="job-1-aws-training-job")["Parameters"]["eta"]
    client.train("job-1")
    assert client("DescribeTrialComponent", TrialComponentName="job-1-aws-training-job-2")["Source"]


def test_an_update_merges_settings_and_leaves_the_rest(client: Any) -> None:
    client.train("job-1", ProfilerConfig={"S3OutputPath": "s3://b/p", "DisableProfiler": False})
    client(
        "UpdateTrainingJob",
        TrainingJobName="job-1",
        ProfilerConfig={"DisableProfiler": True},
        ResourceConfig={"KeepAlivePeriodInSeconds": 60},
    )
    job = client("DescribeTrainingJob", TrainingJobName="job-1")
    assert job["ProfilerConfig"] == {"S3OutputPath": "s3://b/p", "DisableProfiler": True}
    assert job["ResourceConfig"]["KeepAlivePeriodInSeconds"] == 60
    assert job["ResourceConfig"]["InstanceType"] == "ml.m5.large"


def test_metrics_put_on_the_jobs_component_are_its_final_metrics(client: Any) -> None:
    client.train("job-1")
    data = [{"MetricName": "auc", "Value": value, "Timestamp": 1e9 + value} for value in (0.5, 0.75)]
    client("BatchPutMetrics", TrialComponentName="job-1-aws-training-job", MetricData=data)
    final = client("DescribeTrainingJob", TrainingJobName="job-1")["FinalMetricDataList"]
    assert [(one["MetricName"], one["Value"]) for one in final] == [("auc", 0.75)]


def test_nothing_of_a_job_stays_when_its_experiment_does_not_exist(client: Any) -> None:
    with pytest.raises(NotFoundError, match="none"):
        client.train("job-1", ExperimentConfig={"ExperimentName": "none"})
    with pytest.raises(ValidationError):
        client("DescribeTrainingJob", TrainingJobName="job-1")
    with pytest.raises(NotFoundError):
        client("DescribeTrialComponent", TrialComponentName="job-1-aws-training-job")
