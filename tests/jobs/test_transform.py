"""Batch transform jobs that run: what goes to the model, what comes out, and what stops them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import serve
from tests.jobs.conftest import BUCKET, job_settings, wait_for
from tests.jobs.test_endpoints import Endpoints

from trialbook.handlers.native import OPERATIONS
from trialbook.names import Scope
from trialbook.services.context import Call

DOUBLE = """
import json
def model_fn(folder):
    return 2.0
def input_fn(body, content_type):
    if content_type == "text/csv":
        return [[float(cell) for cell in line.split(",")] for line in body.splitlines()]
    return [json.loads(line) for line in body.splitlines()]
def predict_fn(rows, model):
    if any(row == [13.0] for row in rows):
        raise ValueError("thirteen is not served")
    return [model * sum(row) if isinstance(row, list) else model * row["x"] for row in rows]
def output_fn(values, accept):
    print("batch of", len(values))
    if accept == "text/csv":
        return "\\n".join(map(str, values)), accept
    return "\\n".join(json.dumps({"double": value}) for value in values), accept
"""


class Transforms(Endpoints):
    """Submits transform jobs of one model."""

    def transform(
        self, name: str, uri: str, kind: str = "text/csv", *, source: Any = None, output: Any = None, **members: Any
    ) -> Any:
        self.api.create_transform_job(
            TransformJobName=name,
            ModelName="double",
            TransformInput={
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
                "ContentType": kind,
                "SplitType": "Line",
                **(source or {}),
            },
            TransformOutput={
                "S3OutputPath": f"s3://{BUCKET}/out/{name}",
                "Accept": kind,
                "AssembleWith": "Line",
                **(output or {}),
            },
            TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
            **members,
        )

    def transformed(self, name: str) -> Any:
        def done(doc: Any) -> bool:
            return doc["TransformJobStatus"] in {"Completed", "Failed", "Stopped"}

        return wait_for(lambda: self.api.describe_transform_job(TransformJobName=name), done, 60)

    def out(self, name: str, key: str) -> str:
        return self.get(f"s3://{BUCKET}/out/{name}/{key}.out").decode()


@pytest.fixture
def transforms(tmp_path: Path) -> Iterator[Transforms]:
    with serve(job_settings(tmp_path)) as server:
        found = Transforms(server)
        found.model("double", DOUBLE)
        yield found


def test_every_object_below_a_prefix_becomes_one_of_answers(transforms: Transforms) -> None:
    transforms.put("in/a.csv", "1,2\n3,4\n")
    transforms.put("in/deep/b.csv", "5\n")
    transforms.transform("t", f"s3://{BUCKET}/in/", BatchStrategy="SingleRecord")
    job = transforms.transformed("t")
    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    assert transforms.out("t", "a.csv") == "6.0\n14.0\n"
    assert transforms.out("t", "deep/b.csv") == "10.0\n"
    assert transforms.lines("t", "/aws/sagemaker/TransformJobs").count("batch of 1") == 3
    component = transforms.api.describe_trial_component(TrialComponentName="t-aws-transform-job")
    assert component["Status"]["PrimaryStatus"] == "Completed"
    assert component["OutputArtifacts"]["SageMaker.TransformOutput"]["Value"] == f"s3://{BUCKET}/out/t"


def test_records_are_filtered_and_joined(transforms: Transforms) -> None:
    csv = transforms.put("rows/a.csv", '"an, id",1,2\nb,3,4\n')
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
    transforms.transform("csv", csv, DataProcessing=processing)
    lines = transforms.put("rows/a.jsonl", '{"id": 7, "x": 1}\n{"id": 8, "x": 2}\n')
    joined = {"JoinSource": "Input", "OutputFilter": "$['id','SageMakerOutput']"}
    transforms.transform("json", lines, "application/jsonlines", DataProcessing=joined)
    for name in ("csv", "json"):
        job = transforms.transformed(name)
        assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    assert transforms.out("csv", "a.csv") == '"an, id",6.0\nb,14.0\n'
    assert [json.loads(line) for line in transforms.out("json", "a.jsonl").splitlines()] == [
        {"id": 7, "SageMakerOutput": {"double": 2.0}},
        {"id": 8, "SageMakerOutput": {"double": 4.0}},
    ]


def test_bad_jobs_say_what_is_wrong(transforms: Transforms) -> None:
    good = transforms.put("good.csv", "1\n")
    bad: list[tuple[str, dict[str, Any], str]] = [
        (f"s3://{BUCKET}/nothing/", {}, "no objects were found"),
        (
            transforms.put("bad.csv", "1\n13\n"),
            {"BatchStrategy": "SingleRecord"},
            "request 2 with 500: ValueError: thi",
        ),
        (good, {"source": {"SplitType": "TFRecord"}}, "SplitType TFRecord is not served"),
        (good, {"source": {"SplitType": "RecordIO"}}, "is not RecordIO"),
        (good, {"source": {"CompressionType": "Gzip"}}, "cannot be decompressed"),
        (good, {"DataProcessing": {"InputFilter": "x[0]"}}, "a JSON path begins with $"),
        (good, {"DataProcessing": {"InputFilter": "$[4]"}}, "nothing at '[4]'"),
        (good, {"output": {"S3OutputPath": "s3://no-such-bucket/x"}}, "no-such-bucket"),
    ]
    for number, (uri, members, _) in enumerate(bad):
        transforms.transform(f"t-{number}", uri, **{"ModelClientConfig": {"InvocationsMaxRetries": 0}, **members})
    for number, (_, _, part) in enumerate(bad):
        job = transforms.transformed(f"t-{number}")
        assert job["TransformJobStatus"] == "Failed"
        assert part in job["FailureReason"], job["FailureReason"]


def test_a_stop_ends_a_transform_job(transforms: Transforms) -> None:
    transforms.model("slow", DOUBLE.replace("return [model", "import time; time.sleep(0.3); return [model"))
    uri = transforms.put("many.csv", "1\n" * 500)
    transforms.api.create_transform_job(
        TransformJobName="t",
        ModelName="slow",
        BatchStrategy="SingleRecord",
        TransformInput={
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        TransformOutput={"S3OutputPath": f"s3://{BUCKET}/out"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    # The group of logs comes to be with the first line.
    group = "/aws/sagemaker/TransformJobs"
    wait_for(
        lambda: [one["logGroupName"] for one in transforms.logs.describe_log_groups()["logGroups"]],
        lambda groups: group in groups,
    )
    wait_for(lambda: transforms.lines("t", group), lambda lines: "batch of 1" in lines)
    transforms.api.stop_transform_job(TransformJobName="t")
    assert transforms.transformed("t")["TransformJobStatus"] == "Stopped"


def test_the_input_and_the_output_are_known_by_content(transforms: Transforms) -> None:
    transforms.put("in/a.csv", "1,2\n")
    transforms.put("in/b.csv", "3,4\n")
    transforms.transform("t", f"s3://{BUCKET}/in/")
    assert transforms.transformed("t")["TransformJobStatus"] == "Completed"
    call = Call(transforms.server.workspace, Scope("000000000000", "us-east-1"), "tester", "request")
    found = OPERATIONS["contents"](call, {"name": "t"})["contents"]
    told = [(one["direction"], one["name"], [file["name"] for file in one["files"]]) for one in found]
    assert told == [
        ("read", "SageMaker.TransformInput", ["a.csv", "b.csv"]),
        ("wrote", "SageMaker.TransformOutput", ["a.csv.out", "b.csv.out"]),
    ]


def test_a_job_that_waits_or_prepares_is_stopped(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_slots=1)) as server:
        transforms = Transforms(server)
        transforms.model("double", "import time; time.sleep(600)")
        uri = transforms.put("in.csv", "1\n")
        for name in ("prepares", "waits"):
            transforms.transform(name, uri)

        def begun(doc: Any) -> bool:
            return "TransformStartTime" in doc

        wait_for(lambda: transforms.api.describe_transform_job(TransformJobName="prepares"), begun)
        for name in ("waits", "prepares"):
            transforms.api.stop_transform_job(TransformJobName=name)
            assert transforms.transformed(name)["TransformJobStatus"] == "Stopped"
