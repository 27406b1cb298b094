"""How one training run is recorded: SageMaker's API through plain boto3, nothing of Trialbook's own.

The same calls work against Amazon SageMaker; only the endpoint differs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

PROJECT = "adult-income"
EXPERIMENT = "adult-income"
TAGS = [{"Key": "Project", "Value": PROJECT}]
POINTS_PER_CALL = 10  # SageMaker's limit


class Recorder:
    """Clients and names that all runs of one sweep share."""

    def __init__(self, sweep: str) -> None:
        self.sagemaker = boto3.client("sagemaker")
        self.metrics = boto3.client("sagemaker-metrics")
        self.s3 = boto3.client("s3")
        account = boto3.client("sts").get_caller_identity()["Account"]
        self.bucket = f"sagemaker-{self.sagemaker.meta.region_name}-{account}"
        self.sweep = f"{EXPERIMENT}-{sweep}"
        try:
            self.sagemaker.create_experiment(
                ExperimentName=EXPERIMENT, Description="Does a person earn more than 50,000 dollars a year?", Tags=TAGS
            )
        except ClientError as error:
            if "already exists" not in str(error):
                raise
        self.sagemaker.create_trial(TrialName=self.sweep, ExperimentName=EXPERIMENT, Tags=TAGS)

    def put_dataset(self, name: str, content: bytes) -> tuple[str, str]:
        """Keep a data set; gives its address and its artifact's ARN. One that was kept before is found again."""
        uri = self.put_object(f"{EXPERIMENT}/data/{name}", content)
        known = self.sagemaker.list_artifacts(SourceUri=uri)["ArtifactSummaries"]
        return uri, str(known[0]["ArtifactArn"]) if known else self.create_artifact(name, "DataSet", uri)

    def put_object(self, key: str, content: bytes) -> str:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)
        return f"s3://{self.bucket}/{key}"

    def create_artifact(self, name: str, kind: str, uri: str) -> str:
        key = uri.removeprefix(f"s3://{self.bucket}/")
        etag = self.s3.head_object(Bucket=self.bucket, Key=key)["ETag"]
        source = {"SourceUri": uri, "SourceTypes": [{"SourceIdType": "S3ETag", "Value": etag}]}
        created = self.sagemaker.create_artifact(ArtifactName=name, ArtifactType=kind, Source=source, Tags=TAGS)
        return str(created["ArtifactArn"])

    @contextmanager
    def run(
        self, number: int, parameters: Mapping[str, float | str], datasets: Mapping[str, tuple[str, str]]
    ) -> Iterator[Run]:
        """Record one run from its start to its end, or to the error that ended it."""
        run = Run(self, f"{self.sweep}-{number:02}", parameters, datasets)
        try:
            yield run
        except BaseException as error:
            run.close("Failed", repr(error)[:1024])
            raise
        run.close("Completed", "")


class Run:
    """One run: a trial component of the sweep's trial."""

    def __init__(
        self,
        recorder: Recorder,
        name: str,
        parameters: Mapping[str, float | str],
        datasets: Mapping[str, tuple[str, str]],
    ) -> None:
        self.recorder = recorder
        self.name = name
        self.outputs: dict[str, Any] = {}
        self.arn = recorder.sagemaker.create_trial_component(
            TrialComponentName=name,
            DisplayName=f"depth {parameters['max_depth']}, eta {parameters['eta']}",
            StartTime=datetime.now(UTC),
            Status={"PrimaryStatus": "InProgress"},
            Parameters={
                key: {"StringValue": value} if isinstance(value, str) else {"NumberValue": value}
                for key, value in parameters.items()
            },
            InputArtifacts={
                name: {"Value": uri, "MediaType": "application/x-parquet"} for name, (uri, _) in datasets.items()
            },
            Tags=[*TAGS, {"Key": "sagemaker:trial-component-source", "Value": "run"}],
        )["TrialComponentArn"]
        recorder.sagemaker.associate_trial_component(TrialComponentName=name, TrialName=recorder.sweep)
        for _, artifact in datasets.values():
            self._associate(artifact, self.arn, "ContributedTo")

    def log_metrics(self, values: Mapping[str, float], step: int | None = None) -> None:
        """Send one point of each metric."""
        point = {"Timestamp": time.time()} | ({} if step is None else {"Step": step})
        points = [{"MetricName": name, "Value": value, **point} for name, value in values.items()]
        for start in range(0, len(points), POINTS_PER_CALL):
            self.recorder.metrics.batch_put_metrics(
                TrialComponentName=self.name, MetricData=points[start : start + POINTS_PER_CALL]
            )

    def log_graph(self, title: str, kind: str, members: Mapping[str, Any]) -> None:
        """Keep a curve or a matrix in the SageMaker SDK's JSON form."""
        graph = {"type": kind, "version": 0, "title": title, **members}
        key = f"trial-component-artifacts/{self.name}/{title}.json"
        uri = self.recorder.put_object(key, json.dumps(graph).encode())
        self._associate(self.arn, self.recorder.create_artifact(title, kind, uri), "Produced")

    def log_model(self, content: bytes) -> None:
        """Keep the model file as an output of the run."""
        uri = self.recorder.put_object(f"{EXPERIMENT}/models/{self.name}/model.ubj", content)
        self.outputs["model"] = {"Value": uri, "MediaType": "application/octet-stream"}
        self._associate(self.arn, self.recorder.create_artifact(f"{self.name}-model", "Model", uri), "Produced")

    def close(self, status: str, message: str) -> None:
        self.recorder.sagemaker.update_trial_component(
            TrialComponentName=self.name,
            EndTime=datetime.now(UTC),
            Status={"PrimaryStatus": status, "Message": message},
            OutputArtifacts=self.outputs,
        )

    def _associate(self, source: str, target: str, how: str) -> None:
        self.recorder.sagemaker.add_association(SourceArn=source, DestinationArn=target, AssociationType=how)
