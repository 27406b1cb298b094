"""From data to an endpoint and back: a built-in algorithm trained, registered, deployed, asked, and traced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import serve
from tests.jobs.conftest import BUCKET, ROLE, channel, job_settings, training
from tests.jobs.test_transform import Transforms

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"


@pytest.fixture
def trained(tmp_path: Path) -> Iterator[Transforms]:
    """Serve a store with a trained model of the built-in XGBoost."""
    with serve(job_settings(tmp_path)) as server:
        jobs = Transforms(server)
        uri = jobs.put("data/train/a.csv", "\n".join(f"{row % 2},{row % 2},{row * 7 % 5}" for row in range(200)))
        jobs.api.create_training_job(
            **training(
                "job",
                AlgorithmSpecification={"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
                HyperParameters={"objective": "binary:logistic", "num_round": "5"},
                InputDataConfig=[channel("train", uri.rpartition("/")[0], ContentType="text/csv")],
            )
        )
        job = jobs.ended("job")
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        yield jobs


def test_a_registered_model_is_deployed_and_leads_back_to_its_data(trained: Transforms) -> None:
    data = trained.api.describe_training_job(TrainingJobName="job")["ModelArtifacts"]["S3ModelArtifacts"]
    trained.api.create_model_package_group(ModelPackageGroupName="group")
    specification = {
        "Containers": [{"Image": XGBOOST, "ModelDataUrl": data}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    package = trained.api.create_model_package(
        ModelPackageGroupName="group", InferenceSpecification=specification, ModelApprovalStatus="Approved"
    )["ModelPackageArn"]
    container = {"ModelPackageName": package}
    trained.api.create_model(ModelName="m", Containers=[container], ExecutionRoleArn=ROLE)
    endpoint = trained.deploy("ep", "m")
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    low, high = (float(trained.ask("ep", row)["Body"].read()) for row in ("0,1", "1,1"))
    assert low < 0.3
    assert high > 0.7
    found = trained.api.query_lineage(
        StartArns=[trained.api.describe_context(ContextName="ep-aws-endpoint")["ContextArn"]],
        Direction="Ascendants",
        IncludeEdges=True,
        MaxDepth=10,
    )
    arns = {vertex["Arn"] for vertex in found["Vertices"]}
    component = trained.api.describe_trial_component(TrialComponentName="job-aws-training-job")
    assert component["TrialComponentArn"] in arns
    sources = {
        trained.api.describe_artifact(ArtifactArn=arn)["Source"]["SourceUri"] for arn in arns if ":artifact/" in arn
    }
    assert {data, package, f"s3://{BUCKET}/data/train"} <= sources
    assert any(":action/ep-aws-model-deployment-" in arn for arn in arns)


@pytest.mark.slow
def test_a_built_in_model_transforms_rows_beside_their_ids(trained: Transforms) -> None:
    data = trained.api.describe_training_job(TrainingJobName="job")["ModelArtifacts"]["S3ModelArtifacts"]
    container = {"Image": XGBOOST, "ModelDataUrl": data}
    trained.api.create_model(ModelName="double", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    uri = trained.put("test/rows.csv", "".join(f"id-{row},{row % 2},{row % 5}\n" for row in range(50)))
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
    trained.transform("t", uri, DataProcessing=processing)
    job = trained.transformed("t")
    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    rows = [line.split(",") for line in trained.out("t", "rows.csv").splitlines()]
    assert [row[0] for row in rows] == [f"id-{number}" for number in range(50)]
    assert all((float(score) > 0.5) == (number % 2 == 1) for number, (_, score) in enumerate(rows))
