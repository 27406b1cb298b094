"""What a trial component shows of a job."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.model import Kind
from trialbook.services.job_facts import facts_of, parameter

TRAINING: dict[str, Any] = {
    "TrainingJobStatus": "InProgress",
    "SecondaryStatus": "Training",
    "AlgorithmSpecification": {"TrainingImage": "image:1"},
    "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
}


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15))
def test_a_hyperparameter_that_is_a_number_becomes_that_number(number: float) -> None:
    assert parameter(repr(number)) == {"NumberValue": float(number)}


@given(st.text())
def test_a_script_mode_text_loses_its_quotes_and_stays_text(text: str) -> None:
    assert parameter(json.dumps(text)) == {"StringValue": text}


@pytest.mark.parametrize(
    "text", ["", "binary:logistic", "007", "000123456789", "NaN", "inf", "1e999", "1_000", "0x10", "true", '"', '"a']
)
def test_what_is_no_plain_number_stays_text(text: str) -> None:
    assert parameter(text) == {"StringValue": text}


def test_a_job_that_runs_has_no_model_among_its_outputs_yet() -> None:
    assert facts_of(Kind.TRAINING_JOB, TRAINING).outputs == ()


def test_a_training_job_shows_every_place_it_writes_to() -> None:
    doc = {
        **TRAINING,
        "ModelArtifacts": {"S3ModelArtifacts": "s3://b/m"},
        "CheckpointConfig": {"S3Uri": "s3://b/c"},
        "DebugHookConfig": {"S3OutputPath": "s3://b/d"},
        "TensorBoardOutputConfig": {"S3OutputPath": "s3://b/t"},
    }
    shown = {one.name: (one.uri, one.lineage) for one in facts_of(Kind.TRAINING_JOB, doc).outputs}
    assert shown == {
        "SageMaker.ModelArtifact": ("s3://b/m", "Model"),
        "SageMaker.Checkpoint": ("s3://b/c", "Checkpoint"),
        "SageMaker.DebugHookOutput": ("s3://b/d", None),
        "SageMaker.TensorBoardOutput": ("s3://b/t", "TensorBoard"),
    }


@pytest.mark.parametrize(
    ("source", "uri"),
    [
        ({"S3DataSource": {"S3Uri": "s3://b/x"}}, "s3://b/x"),
        (
            {"FileSystemDataSource": {"FileSystemType": "EFS", "FileSystemId": "fs-1", "DirectoryPath": "/data"}},
            "efs://fs-1/data",
        ),
        ({"DatasetSource": {"DatasetArn": "arn:aws:sagemaker:r:a:dataset/d"}}, "arn:aws:sagemaker:r:a:dataset/d"),
    ],
)
def test_a_channel_of_any_source_is_an_input(source: dict[str, Any], uri: str) -> None:
    doc = {**TRAINING, "InputDataConfig": [{"ChannelName": "train", "DataSource": source, "ContentType": "text/csv"}]}
    read = facts_of(Kind.TRAINING_JOB, doc).inputs[-1]
    assert (read.name, read.uri, read.media_type) == ("train", uri, "text/csv")


def test_a_processing_job_shows_its_environment_inputs_and_outputs() -> None:
    facts = facts_of(
        Kind.PROCESSING_JOB,
        {
            "ProcessingJobStatus": "Completed",
            "AppSpecification": {"ImageUri": "image:1"},
            "Environment": {"ROWS": "10", "MODE": "fast"},
            "ProcessingResources": {"ClusterConfig": {"InstanceType": "t", "InstanceCount": 2, "VolumeSizeInGB": 3}},
            "ProcessingInputs": [
                {"InputName": "data", "S3Input": {"S3Uri": "s3://b/in"}},
                {"InputName": "query", "DatasetDefinition": {"AthenaDatasetDefinition": {"OutputS3Uri": "s3://b/q"}}},
                {"InputName": "managed", "AppManaged": True},
            ],
            "ProcessingOutputConfig": {
                "Outputs": [
                    {"OutputName": "out", "S3Output": {"S3Uri": "s3://b/out"}},
                    {"OutputName": "features", "FeatureStoreOutput": {"FeatureGroupName": "g"}},
                ]
            },
        },
    )
    assert dict(facts.parameters) == {
        "ROWS": {"NumberValue": 10.0},
        "MODE": {"StringValue": "fast"},
        "SageMaker.InstanceType": {"StringValue": "t"},
        "SageMaker.InstanceCount": {"NumberValue": 2.0},
        "SageMaker.VolumeSizeInGB": {"NumberValue": 3.0},
    }
    assert {one.name: one.uri for one in facts.inputs} == {
        "SageMaker.ImageUri": "image:1",
        "data": "s3://b/in",
        "query": "s3://b/q",
    }
    assert [(one.name, one.uri) for one in facts.outputs] == [("out", "s3://b/out")]
    assert facts.message == "Status: Completed, exit message: null, failure reason: null"
