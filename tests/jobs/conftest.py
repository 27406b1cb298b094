"""A live server that runs jobs, and requests for jobs of a few lines of Python."""

from __future__ import annotations

import hashlib
import io
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import LiveServer, serve

from trialbook.settings import Settings

BUCKET = "sagemaker-us-east-1-000000000000"
PYTHON = "python:3"
ROLE = "arn:aws:iam::000000000000:role/R"
DEADLINE = 40


class Jobs:
    """Submits jobs to a live server and waits for them."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.api = server.client("sagemaker")
        self.s3 = server.client("s3")
        self.logs = server.client("logs")

    def put(self, key: str, body: bytes | str) -> str:
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def get(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return bytes(self.s3.get_object(Bucket=bucket, Key=key)["Body"].read())

    def files(self, uri: str) -> dict[str, bytes]:
        """Unpack an archive of the object store."""
        with tarfile.open(fileobj=io.BytesIO(self.get(uri))) as tar:
            return {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr]

    def source(self, files: Mapping[str, str]) -> str:
        """Upload a source folder as the SDK does."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                tar.addfile(member, io.BytesIO(text.encode()))
        name = hashlib.md5(packed.getvalue(), usedforsecurity=False).hexdigest()
        return self.put(f"source/{name}/sourcedir.tar.gz", packed.getvalue())

    def train(self, name: str, code: str, *, hyperparameters: Mapping[str, str] | None = None, **members: Any) -> None:
        """Start a training job that runs `code` as its script."""
        script = {
            "sagemaker_program": '"train.py"',
            "sagemaker_submit_directory": f'"{self.source({"train.py": code})}"',
        }
        self.api.create_training_job(**training(name, HyperParameters={**script, **(hyperparameters or {})}, **members))

    def ended(self, name: str, seconds: float = DEADLINE) -> Any:
        """Wait for a training job's end and describe it."""
        return wait_for(lambda: self.api.describe_training_job(TrainingJobName=name), _training_ended, seconds)

    def lines(self, name: str, group: str = "/aws/sagemaker/TrainingJobs", *, ours: bool = False) -> list[str]:
        """Give the program's lines of a job's log, or our own."""
        streams = self.logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
        found: list[str] = []
        for stream in streams:
            page = {"logGroupName": group, "logStreamName": stream["logStreamName"], "startFromHead": True}
            events = self.logs.get_log_events(**page)["events"]
            found += [event["message"] for event in events if event["message"].startswith("[trialbook]") is ours]
        return found


def training(name: str, **members: Any) -> dict[str, Any]:
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": PYTHON, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **members,
    }


def channel(name: str, uri: str, **members: Any) -> dict[str, Any]:
    source = {"S3DataType": "S3Prefix", "S3Uri": uri, "S3DataDistributionType": "FullyReplicated"}
    source |= members.pop("source", {})
    return {"ChannelName": name, "DataSource": {"S3DataSource": source}, **members}


def wait_for(look: Callable[[], Any], done: Callable[[Any], bool], seconds: float = DEADLINE) -> Any:
    deadline = time.monotonic() + seconds
    while not done(found := look()):
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def _training_ended(doc: Any) -> bool:
    return doc["TrainingJobStatus"] in {"Completed", "Failed", "Stopped"}


def job_settings(folder: Path, **members: Any) -> Settings:
    return Settings(store=str(folder / "store"), environments=str(folder / "environments"), **members)


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    """Serve a new store, with jobs that run."""
    with serve(job_settings(tmp_path)) as server:
        yield Jobs(server)
