"""Requests that the tests of jobs and models build on, and a launcher that leaves jobs running."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from trialbook.handlers.dispatch import dispatch
from trialbook.model import Document, Kind
from trialbook.services import launcher
from trialbook.services.context import Call
from trialbook.store.interface import Transaction

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROLE = "arn:aws:iam::000000000000:role/R"


class HeldLauncher:
    """Leaves what it starts in progress, and what it stops stopping. `stopped` counts what it was asked to stop."""

    def __init__(self) -> None:
        self.stopped = 0

    def start(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        if kind is Kind.TRAINING_JOB:
            return launcher.transition(doc, "Training", "Training", call.now())
        return doc

    def stop(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        self.stopped += 1
        return {**doc, f"{kind.name.split('_')[0].title()}JobStatus": "Stopping"}


class Client:
    """Calls operations of `sagemaker` in process, by their names and members."""

    def __init__(self, call: Call) -> None:
        self.call = call

    def __call__(self, operation: str, /, **request: Any) -> Any:
        service = "sagemaker-metrics" if operation == "BatchPutMetrics" else "sagemaker"
        return dispatch(self.call, service, operation, request)

    def with_launcher(self, other: launcher.Launcher) -> Client:
        """Give a client of the same store whose server has another launcher."""
        workspace = dataclasses.replace(self.call.workspace, launcher=other)
        return Client(dataclasses.replace(self.call, workspace=workspace))

    def train(self, name: str, **members: Any) -> Any:
        """Create a training job of usual members."""
        return self("CreateTrainingJob", **{**training_request(name), **members})

    def deploy(self, name: str, model: str) -> Any:
        """Create an endpoint configuration and an endpoint of one model."""
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": model,
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        self("CreateEndpointConfig", EndpointConfigName=f"{name}-config", ProductionVariants=[variant])
        return self("CreateEndpoint", EndpointName=name, EndpointConfigName=f"{name}-config")

    def serve_model(self, name: str, url: str = "s3://b/out/job/output/model.tar.gz") -> Any:
        """Create a model whose data lies at `url`."""
        return self("CreateModel", ModelName=name, PrimaryContainer={"Image": XGBOOST, "ModelDataUrl": url})


def training_request(name: str) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": XGBOOST, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/train"}},
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://b/out/"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        "HyperParameters": {"eta": "0.2", "objective": "binary:logistic"},
    }


@pytest.fixture
def client(call: Call) -> Client:
    return Client(call)


@pytest.fixture
def held(client: Client) -> Client:
    """A client of the same store whose jobs stay in progress."""
    return client.with_launcher(HeldLauncher())
