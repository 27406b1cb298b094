"""Processing, transform and tuning jobs as records."""

from __future__ import annotations

from typing import Any

import pytest

from trialbook.errors import InUseError, NotFoundError, ValidationError

PROCESSING: dict[str, Any] = {
    "ProcessingJobName": "p-1",
    "AppSpecification": {"ImageUri": "image:1", "ContainerArguments": ["--fast"]},
    "ProcessingResources": {"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30}},
    "RoleArn": "arn:aws:iam::000000000000:role/R",
    "ProcessingInputs": [
        {"InputName": "data", "S3Input": {"S3Uri": "s3://b/in", "S3DataType": "S3Prefix", "LocalPath": "/opt/ml/in"}}
    ],
    "ProcessingOutputConfig": {
        "Outputs": [
            {
                "OutputName": "out",
                "S3Output": {"S3Uri": "s3://b/out", "LocalPath": "/opt/ml/out", "S3UploadMode": "EndOfJob"},
            }
        ]
    },
}
TRANSFORM: dict[str, Any] = {
    "TransformJobName": "t-1",
    "ModelName": "m",
    "TransformInput": {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}},
        "ContentType": "text/csv",
    },
    "TransformOutput": {"S3OutputPath": "s3://b/out"},
    "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
}
DEFINITION: dict[str, Any] = {
    "StaticHyperParameters": {"num_round": "10"},
    "AlgorithmSpecification": {"TrainingImage": "image:1", "TrainingInputMode": "File"},
    "RoleArn": "arn:aws:iam::000000000000:role/R",
    "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    "HyperParameterTuningResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
}
TUNING: dict[str, Any] = {
    "HyperParameterTuningJobName": "tune-1",
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
        "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "validation:auc"},
    },
    "TrainingJobDefinition": DEFINITION,
}


def test_a_processing_job_is_completed_and_keeps_its_members(client: Any) -> None:
    client("CreateProcessingJob", **PROCESSING)
    job = client("DescribeProcessingJob", ProcessingJobName="p-1")
    assert job["ProcessingJobStatus"] == "Completed"
    assert job["ProcessingStartTime"] <= job["ProcessingEndTime"]
    assert {member: job[member] for member in PROCESSING} == PROCESSING
    assert job["StoppingCondition"] == {"MaxRuntimeInSeconds": 86400}


def test_a_processing_jobs_component_shows_inputs_and_outputs(client: Any) -> None:
    client("CreateProcessingJob", **PROCESSING)
    found = client("DescribeTrialComponent", TrialComponentName="p-1-aws-processing-job")
    assert found["Source"]["SourceType"] == "SageMakerProcessingJob"
    assert {name: one["Value"] for name, one in found["InputArtifacts"].items()} == {
        "SageMaker.ImageUri": "image:1",
        "data": "s3://b/in",
    }
    assert found["OutputArtifacts"] == {"out": {"Value": "s3://b/out"}}


def test_a_missing_processing_job_cannot_be_found(client: Any) -> None:
    with pytest.raises(ValidationError, match="Could not find processing job"):
        client("DescribeProcessingJob", ProcessingJobName="none")


def test_a_processing_job_is_stopped_and_deleted_like_any_job(client: Any, held: Any) -> None:
    held("CreateProcessingJob", **PROCESSING)
    with pytest.raises(InUseError):
        client("DeleteProcessingJob", ProcessingJobName="p-1")
    client("StopProcessingJob", ProcessingJobName="p-1")
    assert client("DescribeProcessingJob", ProcessingJobName="p-1")["ProcessingJobStatus"] == "Stopped"
    client("DeleteProcessingJob", ProcessingJobName="p-1")
    with pytest.raises(ValidationError):
        client("DescribeProcessingJob", ProcessingJobName="p-1")


def test_a_transform_job_needs_its_model(client: Any) -> None:
    with pytest.raises(ValidationError, match="Could not find model"):
        client("CreateTransformJob", **TRANSFORM)


def test_a_transform_job_is_completed_and_keeps_its_members(client: Any) -> None:
    client.serve_model("m")
    client("CreateTransformJob", **TRANSFORM)
    job = client("DescribeTransformJob", TransformJobName="t-1")
    assert job["TransformJobStatus"] == "Completed"
    assert job["TransformStartTime"] <= job["TransformEndTime"]
    assert {member: job[member] for member in TRANSFORM} == TRANSFORM


def test_a_transform_jobs_component_shows_its_model(client: Any) -> None:
    client.serve_model("m", "s3://b/model.tar.gz")
    client("CreateTransformJob", **TRANSFORM)
    found = client("DescribeTrialComponent", TrialComponentName="t-1-aws-transform-job")
    assert found["Parameters"]["SageMaker.ModelName"] == {"StringValue": "m"}
    assert found["Parameters"]["SageMaker.ModelPrimary.DataUrl"] == {"StringValue": "s3://b/model.tar.gz"}
    assert found["InputArtifacts"]["SageMaker.TransformInput"] == {"Value": "s3://b/in", "MediaType": "text/csv"}
    assert found["OutputArtifacts"] == {"SageMaker.TransformOutput": {"Value": "s3://b/out"}}


def test_a_missing_transform_job_does_not_exist(client: Any) -> None:
    with pytest.raises(NotFoundError, match="Transform job .* does not exist"):
        client("DescribeTransformJob", TransformJobName="none")


def test_a_recorded_tuning_job_is_completed_and_makes_no_training_jobs_up(client: Any) -> None:
    client("CreateHyperParameterTuningJob", **TUNING)
    job = client("DescribeHyperParameterTuningJob", HyperParameterTuningJobName="tune-1")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobDefinition"] == DEFINITION
    assert set(job["TrainingJobStatusCounters"].values()) == set(job["ObjectiveStatusCounters"].values()) == {0}
    assert "BestTrainingJob" not in job


def test_a_tuning_job_has_an_experiment_that_names_it_as_its_source(client: Any) -> None:
    arn = client("CreateHyperParameterTuningJob", **TUNING)["HyperParameterTuningJobArn"]
    source = client("DescribeExperiment", ExperimentName="tune-1")["Source"]
    assert source == {"SourceArn": arn, "SourceType": "SageMakerHyperParameterTuningJob"}


def test_an_experiment_of_the_tuning_jobs_name_is_left_as_it_is(client: Any) -> None:
    client("CreateExperiment", ExperimentName="tune-1", Description="mine")
    client("CreateHyperParameterTuningJob", **TUNING)
    assert client("DescribeExperiment", ExperimentName="tune-1")["Description"] == "mine"


def test_a_tuning_job_takes_one_definition_or_several(client: Any) -> None:
    for wrong in ({"TrainingJobDefinitions": [DEFINITION]}, {"TrainingJobDefinition": None}):
        request = {member: value for member, value in {**TUNING, **wrong}.items() if value is not None}
        with pytest.raises(ValidationError, match="one of the two"):
            client("CreateHyperParameterTuningJob", **request)


def test_a_tuning_job_is_stopped_and_deleted_like_any_job(client: Any, held: Any) -> None:
    name = {"HyperParameterTuningJobName": "tune-1"}
    held("CreateHyperParameterTuningJob", **TUNING)
    with pytest.raises(InUseError):
        client("DeleteHyperParameterTuningJob", **name)
    client("StopHyperParameterTuningJob", **name)
    with pytest.raises(ValidationError, match="is in status Stopped"):
        client("StopHyperParameterTuningJob", **name)
    client("DeleteHyperParameterTuningJob", **name)
    with pytest.raises(NotFoundError):
        client("DescribeHyperParameterTuningJob", **name)


def test_a_warm_start_names_its_parents(client: Any) -> None:
    warm = {"ParentHyperParameterTuningJobs": [{}], "WarmStartType": "TransferLearning"}
    with pytest.raises(ValidationError, match="must have its HyperParameterTuningJobName"):
        client("CreateHyperParameterTuningJob", **{**TUNING, "WarmStartConfig": warm})
