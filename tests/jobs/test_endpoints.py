"""Endpoints that serve: what is sent to them, what is wrong with a model, and what they survive."""

from __future__ import annotations

import concurrent.futures
import io
import json
import os
import signal
import tarfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import serve
from tests.jobs.conftest import BUCKET, ROLE, Jobs, job_settings, wait_for

from trialbook.names import Scope
from trialbook.services import recycling
from trialbook.services.context import Call
from trialbook.settings import DEFAULT_ACCOUNT

ECHO = """
import os, json
def model_fn(folder):
    print("loaded from", folder)
    return open(os.path.join(folder, "weights.txt")).read()
def input_fn(body, content_type):
    return {"body": body if isinstance(body, str) else body.hex(), "type": content_type}
def predict_fn(data, model):
    if data["body"] == "fail":
        raise ValueError("this row cannot be scored")
    return {**data, "model": model, "pid": os.getpid()}
def output_fn(prediction, accept):
    return json.dumps({**prediction, "accept": accept}), "application/json"
"""


class Endpoints(Jobs):
    """Deploys models of a few lines on a live server."""

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.runtime = server.client("sagemaker-runtime", read_timeout=70)

    def archive(self, key: str, files: Mapping[str, str]) -> str:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as tar:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                tar.addfile(member, io.BytesIO(text.encode()))
        return self.put(key, packed.getvalue())

    def model(self, name: str, code: str = ECHO, weights: str = "w", **container: Any) -> None:
        data = self.archive(f"models/{name}.tar.gz", {"code/inference.py": code, "weights.txt": weights})
        given = {"Image": "python:3", "ModelDataUrl": data, **container}
        self.api.create_model(ModelName=name, PrimaryContainer=given, ExecutionRoleArn=ROLE)

    def config(self, name: str, *variants: Mapping[str, Any], **members: Any) -> None:
        whole = [
            {"VariantName": "AllTraffic", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large", **one}
            for one in variants
        ]
        self.api.create_endpoint_config(EndpointConfigName=name, ProductionVariants=whole, **members)

    def deploy(self, name: str, model: str) -> Any:
        self.config(f"{name}-config", {"ModelName": model})
        self.api.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-config")
        return self.settled(name)

    def settled(self, name: str, seconds: float = 60) -> Any:
        def done(doc: Any) -> bool:
            return doc["EndpointStatus"] in {"InService", "Failed"}

        return wait_for(lambda: self.api.describe_endpoint(EndpointName=name), done, seconds)

    def ask(self, name: str, body: str | bytes = "1,2", **members: Any) -> Any:
        given = {"ContentType": "text/csv", **members}
        return self.runtime.invoke_endpoint(EndpointName=name, Body=body, **given)

    def answer(self, name: str, body: str | bytes = "1,2", **members: Any) -> Any:
        return json.loads(self.ask(name, body, **members)["Body"].read())


@pytest.fixture
def endpoints(tmp_path: Path) -> Iterator[Endpoints]:
    with serve(job_settings(tmp_path, endpoint_start=8.0)) as server:
        yield Endpoints(server)


def test_a_script_serves_what_it_is_sent(endpoints: Endpoints) -> None:
    endpoints.model("m", weights="0.5")
    endpoint = endpoints.deploy("ep", "m")
    assert endpoint["EndpointStatus"] == "InService", endpoint.get("FailureReason")
    assert endpoint["ProductionVariants"][0]["CurrentWeight"] == 1.0
    response = endpoints.ask("ep", "1,2\n", Accept="application/json", CustomAttributes="trace=7")
    assert response["InvokedProductionVariant"] == "AllTraffic"
    assert response["ContentType"] == "application/json"
    answer = json.loads(response["Body"].read())
    assert {**answer, "pid": 0} == {
        "body": "1,2\n",
        "type": "text/csv",
        "model": "0.5",
        "accept": "application/json",
        "pid": 0,
    }
    assert answer["pid"] != os.getpid()
    group = {"logGroupName": "/aws/sagemaker/Endpoints/ep"}
    streams = endpoints.logs.describe_log_streams(**group)["logStreams"]
    names = [one["logStreamName"] for one in streams]
    assert [name[:13] for name in names] == ["AllTraffic/i-", "AllTraffic/pr"]

    def messages() -> list[str]:
        stream = streams[0]["logStreamName"]
        events = endpoints.logs.get_log_events(**group, logStreamName=stream, startFromHead=True)["events"]
        return [event["message"] for event in events]

    lines = wait_for(messages, lambda found: any("POST /invocations" in line for line in found))
    assert sum("loaded from /opt/ml/model" in line for line in lines) == 1


def test_a_models_own_error_is_a_model_error(endpoints: Endpoints) -> None:
    endpoints.model("m")
    endpoints.deploy("ep", "m")
    with pytest.raises(ClientError) as error:
        endpoints.ask("ep", "fail")
    told = error.value.response
    assert (told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"]) == ("ModelError", 424)
    assert told["OriginalStatusCode"] == 500
    assert "this row cannot be scored" in told["OriginalMessage"]
    assert ":log-group:/aws/sagemaker/Endpoints/ep:log-stream:AllTraffic/i-" in told["LogStreamArn"]
    assert endpoints.answer("ep")["model"] == "w"


BAD = {
    "an exception in model_fn": (
        "def model_fn(folder):\n    raise RuntimeError('weights of another version')\n",
        ["weights of another version", "did not start"],
    ),
    "no model_fn, no model file": ("", ["no model_fn"]),
    "code that cannot be imported": (
        "import a_missing_package\n",
        ["inference.py cannot be imported", "a_missing_package"],
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_model_fails_with_a_reason(endpoints: Endpoints, kind: str) -> None:
    code, parts = BAD[kind]
    endpoints.model("m", code)
    endpoint = endpoints.deploy("ep", "m")
    assert endpoint["EndpointStatus"] == "Failed"
    assert all(part in endpoint["FailureReason"] for part in parts), endpoint["FailureReason"]


def test_what_is_missing_is_named(endpoints: Endpoints) -> None:
    bad: list[tuple[dict[str, Any], str]] = [
        ({"Image": "python:3"}, "SAGEMAKER_PROGRAM"),
        ({"Image": "someone/elses:1"}, "nothing here serves the image"),
        ({"Image": "python:3", "ModelDataUrl": f"s3://{BUCKET}/none.tar.gz"}, "there is no object"),
        ({"Image": "python:3", "ModelDataUrl": endpoints.put("x.tar.gz", b"no archive")}, "cannot be unpacked"),
        ({"ModelPackageName": "elsewhere"}, "is not in this record"),
    ]
    for number, (container, part) in enumerate(bad):
        name = f"m-{number}"
        endpoints.api.create_model(ModelName=name, PrimaryContainer=container, ExecutionRoleArn=ROLE)
        endpoint = endpoints.deploy(f"ep-{number}", name)
        assert endpoint["EndpointStatus"] == "Failed"
        assert part in endpoint["FailureReason"], endpoint["FailureReason"]


def test_a_port_that_never_opens_fails_in_time(tmp_path: Path) -> None:
    settings = job_settings(tmp_path, endpoint_start=1.5)
    images = Path(settings.store) / "images.toml"
    images.parent.mkdir(parents=True)
    images.write_text('[[image]]\npattern = "mute:*"\ncommand = ["sh", "-c", "echo I sleep; sleep 600"]\n')
    with serve(settings) as server:
        endpoints = Endpoints(server)
        endpoints.api.create_model(ModelName="m", PrimaryContainer={"Image": "mute:1"}, ExecutionRoleArn=ROLE)
        endpoint = endpoints.deploy("ep", "m")
        assert endpoint["EndpointStatus"] == "Failed"
        assert "did not pass the ping health check" in endpoint["FailureReason"]
        assert "Last lines: I sleep" in endpoint["FailureReason"]


def test_variants_share_requests_by_weight(endpoints: Endpoints) -> None:
    endpoints.model("old", weights="old")
    endpoints.model("new", weights="new")
    endpoints.config(
        "both",
        {"ModelName": "old", "VariantName": "a", "InitialVariantWeight": 0},
        {"ModelName": "new", "VariantName": "b", "InitialVariantWeight": 1},
    )
    endpoints.api.create_endpoint(EndpointName="ep", EndpointConfigName="both")
    endpoints.settled("ep")
    assert {endpoints.answer("ep")["model"] for _ in range(10)} == {"new"}
    assert endpoints.answer("ep", TargetVariant="a")["model"] == "old"
    with pytest.raises(ClientError, match="it has a, b"):
        endpoints.ask("ep", TargetVariant="c")
    wanted = [{"VariantName": "a", "DesiredWeight": 1}, {"VariantName": "b", "DesiredWeight": 0}]
    endpoints.api.update_endpoint_weights_and_capacities(EndpointName="ep", DesiredWeightsAndCapacities=wanted)
    assert {endpoints.answer("ep")["model"] for _ in range(10)} == {"old"}


def test_an_update_under_load_drops_no_request(endpoints: Endpoints) -> None:
    endpoints.model("old", weights="old")
    endpoints.model("new", weights="new")
    endpoints.deploy("ep", "old")
    endpoints.config("next", {"ModelName": "new"})
    ended, answers = threading.Event(), []

    def load() -> None:
        while not ended.is_set():
            answers.append(endpoints.answer("ep")["model"])

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        loads = [pool.submit(load) for _ in range(4)]
        endpoints.api.update_endpoint(EndpointName="ep", EndpointConfigName="next")
        endpoints.settled("ep")
        seen = len(answers)
        wait_for(lambda: len(answers), lambda count: count > seen + 20)
        ended.set()
        for one in loads:
            one.result()
    assert set(answers) == {"old", "new"}
    assert answers[-1] == "new"


def test_a_failed_update_leaves_what_served(endpoints: Endpoints) -> None:
    endpoints.model("good")
    endpoints.model("bad", "def model_fn(folder):\n    raise RuntimeError('broken')\n")
    endpoints.deploy("ep", "good")
    endpoints.config("next", {"ModelName": "bad"})
    endpoints.api.update_endpoint(EndpointName="ep", EndpointConfigName="next")
    updating = endpoints.api.describe_endpoint(EndpointName="ep")
    if updating["EndpointStatus"] == "Updating":
        assert updating["EndpointConfigName"] == "ep-config"
        assert updating["PendingDeploymentSummary"]["EndpointConfigName"] == "next"
    endpoint = endpoints.settled("ep")
    assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "ep-config")
    assert "broken" in endpoint["FailureReason"]
    assert endpoints.answer("ep")["model"] == "w"


def test_a_killed_process_is_replaced(endpoints: Endpoints) -> None:
    endpoints.model("m")
    endpoints.deploy("ep", "m")
    first = endpoints.answer("ep")["pid"]
    os.kill(first, signal.SIGKILL)
    assert endpoints.answer("ep")["pid"] != first


def test_an_idle_endpoint_unloads_and_comes_back(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, endpoint_idle=1.0)) as server:
        endpoints = Endpoints(server)
        endpoints.model("m")
        endpoints.deploy("ep", "m")
        first = endpoints.answer("ep")["pid"]
        wait_for(lambda: Path(f"/proc/{first}").exists(), lambda there: not there)
        assert endpoints.api.describe_endpoint(EndpointName="ep")["EndpointStatus"] == "InService"
        assert endpoints.answer("ep")["pid"] != first


def test_an_endpoint_comes_back_with_the_next_server(tmp_path: Path) -> None:
    settings = job_settings(tmp_path)
    with serve(settings) as server:
        endpoints = Endpoints(server)
        endpoints.model("m")
        endpoints.deploy("ep", "m")
        first = endpoints.answer("ep")["pid"]
        endpoints.api.delete_model(ModelName="m")
        endpoints.api.delete_endpoint_config(EndpointConfigName="ep-config")
    assert not Path(f"/proc/{first}").exists()
    with serve(settings) as server:
        assert Endpoints(server).answer("ep")["model"] == "w"


def test_a_deleted_endpoint_leaves_no_process(endpoints: Endpoints) -> None:
    endpoints.model("m")
    endpoints.deploy("ep", "m")
    pid = endpoints.answer("ep")["pid"]
    endpoints.api.delete_endpoint(EndpointName="ep")
    wait_for(lambda: Path(f"/proc/{pid}").exists(), lambda there: not there)
    with pytest.raises(ClientError, match="not found"):
        endpoints.ask("ep")
    hosting = Path(endpoints.server.workspace.settings.store) / "jobs" / "hosting"
    wait_for(lambda: list(hosting.iterdir()), lambda left: not left)


def test_a_share_of_the_requests_is_captured(endpoints: Endpoints) -> None:
    endpoints.model("m")
    options = [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 100,
        "DestinationS3Uri": f"s3://{BUCKET}/capture/",
        "CaptureOptions": options,
    }
    endpoints.config("c", {"ModelName": "m"}, DataCaptureConfig=capture)
    endpoints.api.create_endpoint(EndpointName="ep", EndpointConfigName="c")
    endpoints.settled("ep")
    endpoints.ask("ep", "1,2", InferenceId="mine")
    endpoints.ask("ep", b"\x00", ContentType="image/png")
    where = {"Bucket": BUCKET, "Prefix": "capture/ep/AllTraffic/"}
    page = wait_for(lambda: endpoints.s3.list_objects_v2(**where), lambda found: found["KeyCount"] > 0, 20)
    lines = endpoints.get(f"s3://{BUCKET}/{page['Contents'][0]['Key']}").decode().splitlines()
    first, second = (json.loads(line) for line in lines)
    assert first["captureData"]["endpointInput"] == {
        "observedContentType": "text/csv",
        "mode": "INPUT",
        "data": "1,2",
        "encoding": "CSV",
    }
    assert first["captureData"]["endpointOutput"]["encoding"] == "JSON"
    assert first["eventMetadata"]["inferenceId"] == "mine"
    assert second["captureData"]["endpointInput"]["data"] == "AA=="


def test_a_pipeline_passes_a_request_through_its_containers(endpoints: Endpoints) -> None:
    data = endpoints.archive("m.tar.gz", {"code/inference.py": ECHO, "weights.txt": "w"})
    containers = [
        {"Image": "python:3", "ModelDataUrl": data, "ContainerHostname": name, "Environment": {"NAME": name}}
        for name in ("one", "two")
    ]
    endpoints.api.create_model(ModelName="m", Containers=containers, ExecutionRoleArn=ROLE)
    endpoints.deploy("ep", "m")
    outer = endpoints.answer("ep", "7")
    inner = json.loads(outer["body"])
    assert (inner["body"], inner["type"], outer["type"]) == ("7", "text/csv", "application/json")
    assert inner["pid"] != outer["pid"]
    direct = {"InferenceExecutionConfig": {"Mode": "Direct"}}
    endpoints.api.create_model(ModelName="d", Containers=containers, ExecutionRoleArn=ROLE, **direct)
    endpoints.deploy("ep-d", "d")
    assert endpoints.answer("ep-d", "7", TargetContainerHostname="two")["body"] == "7"
    with pytest.raises(ClientError, match="of one, two"):
        endpoints.ask("ep-d", "7")


def test_a_model_that_takes_too_long_is_a_model_error(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, invocation_seconds=0.5)) as server:
        endpoints = Endpoints(server)
        endpoints.model("m", "import time\n" + ECHO.replace('if data["body"] == "fail":', "if time.sleep(5):"))
        endpoints.deploy("ep", "m")
        with pytest.raises(ClientError, match="timed out while waiting for a response") as error:
            endpoints.ask("ep")
        assert error.value.response["OriginalStatusCode"] == 0


def test_a_large_answer_comes_in_pieces(endpoints: Endpoints) -> None:
    endpoints.model("m", ECHO.replace("return {**data,", 'return {"much": "x" * 3_000_000, **data,'))
    endpoints.deploy("ep", "m")
    assert len(endpoints.ask("ep")["Body"].read()) > 3_000_000
    assert endpoints.answer("ep", "again")["body"] == "again"


def test_an_endpoint_that_is_restored_serves_again(endpoints: Endpoints) -> None:
    endpoints.model("m", weights="0.5")
    arn = endpoints.deploy("ep", "m")["EndpointArn"]
    before = endpoints.answer("ep")
    endpoints.api.delete_endpoint(EndpointName="ep")
    with pytest.raises(ClientError, match="ep"):
        endpoints.ask("ep")
    recycling.restore(caller(endpoints), arn)
    assert endpoints.api.describe_endpoint(EndpointName="ep")["EndpointStatus"] == "InService"
    after = endpoints.answer("ep")
    assert after["model"] == before["model"] == "0.5"
    assert after["pid"] != before["pid"]


def test_an_endpoint_that_was_deleted_while_it_was_created_is_restored_as_failed(endpoints: Endpoints) -> None:
    endpoints.model("slow", "import time\ntime.sleep(60)\n" + ECHO)
    endpoints.config("slow-config", {"ModelName": "slow"})
    arn = endpoints.api.create_endpoint(EndpointName="ep", EndpointConfigName="slow-config")["EndpointArn"]
    endpoints.api.delete_endpoint(EndpointName="ep")
    recycling.restore(caller(endpoints), arn)
    told = endpoints.api.describe_endpoint(EndpointName="ep")
    assert told["EndpointStatus"] == "Failed"
    assert "deleted while it was being deployed" in told["FailureReason"]


def caller(endpoints: Endpoints) -> Call:
    """Speak to the server in process."""
    return Call(endpoints.server.workspace, Scope(DEFAULT_ACCOUNT, "us-east-1"), "tester", "request-1")


def test_an_endpoint_that_is_being_created_can_be_deleted(endpoints: Endpoints) -> None:
    endpoints.model("m", "import time; time.sleep(600)")
    endpoints.config("c", {"ModelName": "m"})
    endpoints.api.create_endpoint(EndpointName="ep", EndpointConfigName="c")
    with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
        endpoints.api.update_endpoint(EndpointName="ep", EndpointConfigName="c")
    with pytest.raises(ClientError, match="is Creating; it must be InService"):
        endpoints.ask("ep")
    hosting = Path(endpoints.server.workspace.settings.store) / "jobs" / "hosting"
    wait_for(lambda: list(hosting.glob("*/*/*/keeper.json")), bool)
    keeper = json.loads(next(hosting.glob("*/*/*/keeper.json")).read_text())["pid"]
    endpoints.api.delete_endpoint(EndpointName="ep")
    wait_for(lambda: Path(f"/proc/{keeper}").exists(), lambda there: not there)
    endpoints.model("good")
    assert endpoints.deploy("ep", "good")["EndpointStatus"] == "InService"
