"""Endpoints, transforms and tuning jobs, and the death of their server."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.jobs.conftest import BUCKET, wait_for
from tests.jobs.test_endpoints import ECHO, Endpoints
from tests.jobs.test_restarts import Remote
from tests.jobs.test_transform import DOUBLE, Transforms
from tests.jobs.test_tuning import Tunings

from trialbook.testing.processes import ServerProcess


def serve_again(tmp_path: Path) -> ServerProcess:
    return ServerProcess(tmp_path / "store", "--environments", str(tmp_path / "environments"))


def test_a_model_outlives_a_killed_server_and_goes_with_an_ended_one(tmp_path: Path) -> None:
    with serve_again(tmp_path) as server:
        endpoints = Endpoints(Remote(server.url))
        endpoints.model("m")
        endpoints.deploy("ep", "m")
        first = endpoints.answer("ep")["pid"]
        server.kill()
    assert Path(f"/proc/{first}").exists()
    with serve_again(tmp_path) as server:
        endpoints = Endpoints(Remote(server.url))
        assert endpoints.answer("ep")["pid"] == first
        os.kill(first, signal.SIGKILL)
        second = endpoints.answer("ep")["pid"]
        assert second != first
        code, seconds, errors = server.terminate()
        assert (code, errors) == (0, "")
        assert seconds < 5
    assert not Path(f"/proc/{second}").exists()
    with serve_again(tmp_path) as server:
        endpoints = Endpoints(Remote(server.url))
        assert endpoints.answer("ep")["model"] == "w"
        endpoints.api.delete_endpoint(EndpointName="ep")


@pytest.mark.slow
def test_an_endpoint_that_was_being_created_is_created_by_the_next_server(tmp_path: Path) -> None:
    with serve_again(tmp_path) as server:
        endpoints = Endpoints(Remote(server.url))
        endpoints.model("m", "import time; time.sleep(1)\n" + ECHO)
        endpoints.config("c", {"ModelName": "m"})
        endpoints.api.create_endpoint(EndpointName="ep", EndpointConfigName="c")
        server.kill()
    with serve_again(tmp_path) as server:
        endpoints = Endpoints(Remote(server.url))
        assert endpoints.settled("ep")["EndpointStatus"] == "InService"
        assert endpoints.answer("ep")["model"] == "w"
        endpoints.api.delete_endpoint(EndpointName="ep")


@pytest.mark.slow
def test_a_transform_and_a_tuning_job_go_on_after_a_kill(tmp_path: Path) -> None:
    with serve_again(tmp_path) as server:
        transforms = Transforms(Remote(server.url))
        transforms.model("double", DOUBLE.replace("return [model", "import time; time.sleep(0.1); return [model"))
        for number in range(20, 40):
            transforms.put(f"in/{number:02d}.csv", f"{number}\n")
        transforms.transform("t", f"s3://{BUCKET}/in/")
        Tunings(transforms.server).tune("tune", jobs=3, parallel=1)
        wait_for(lambda: transforms.s3.list_objects_v2(Bucket=BUCKET, Prefix="out/t/")["KeyCount"], lambda n: n > 2)
        server.kill()
    with serve_again(tmp_path) as server:
        transforms = Transforms(Remote(server.url))
        job = transforms.transformed("t")
        assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
        assert [transforms.out("t", f"{number:02d}.csv") for number in range(20, 40)] == [
            f"{2.0 * number}\n" for number in range(20, 40)
        ]
        lines = transforms.lines("t", "/aws/sagemaker/TransformJobs")
        assert 20 <= lines.count("batch of 1") <= 21  # the one in flight is asked again
        tuned = Tunings(transforms.server).tuned("tune")
        assert tuned["TrainingJobStatusCounters"]["Completed"] == 3
