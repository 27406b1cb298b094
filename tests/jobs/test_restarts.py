"""Jobs and the death of their server: nothing is forgotten, nothing runs twice, no line is lost or doubled."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from tests.conftest import LiveServer, serve
from tests.jobs.conftest import Jobs, job_settings, wait_for

from trialbook.store.interface import Transaction
from trialbook.testing.processes import ServerProcess

SLOW = """
import pathlib, sys, time
runs = pathlib.Path("/tmp") / sys.argv[2]
with runs.open("a") as file:
    file.write("run\\n")
for step in range(60):
    print("step", step, flush=True)
    time.sleep(0.05)
pathlib.Path("/opt/ml/model/m").write_text("done")
"""


class Remote(LiveServer):
    """A server in a process of its own, with clients that wait for its restart."""

    def __init__(self, url: str) -> None:
        object.__setattr__(self, "url", url)

    def client(self, service: str, region: str = "us-east-1", **config: Any) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="A",
            aws_secret_access_key="s",
            config=Config(retries={"total_max_attempts": 4}, **config),
        )


def slow_job(jobs: Jobs, name: str, mark: str) -> None:
    jobs.train(name, SLOW, hyperparameters={"mark": f'"{mark}"'})


def begun(jobs: Jobs, name: str) -> bool:
    try:
        return "step 3" in jobs.lines(name)
    except jobs.logs.exceptions.ResourceNotFoundException:
        return False


@pytest.fixture
def mark() -> Any:
    name = f"trialbook-runs-{time.time_ns()}"
    yield name
    (Path("/tmp") / name).unlink(missing_ok=True)


@pytest.mark.parametrize(
    "how", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)], ids=["killed", "ended"]
)
def test_a_running_job_goes_on_without_its_server_and_is_taken_up_again(
    tmp_path: Path, how: signal.Signals, mark: str
) -> None:
    with ServerProcess(tmp_path / "store", "--environments", str(tmp_path / "environments")) as server:
        jobs = Jobs(Remote(server.url))
        slow_job(jobs, "job", mark)
        wait_for(lambda: begun(jobs, "job"), bool)
        if how is signal.SIGKILL:
            server.kill()
        else:
            code, seconds, errors = server.terminate()
            assert (code, errors) == (0, "")
            assert seconds < 5
        server.start()
        job = jobs.ended("job")
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        assert jobs.lines("job") == [f"step {step}" for step in range(60)]
        assert jobs.files(job["ModelArtifacts"]["S3ModelArtifacts"]) == {"m": b"done"}
        assert (Path("/tmp") / mark).read_text() == "run\n"
        server.terminate()


@pytest.mark.slow
def test_a_job_that_ended_while_no_server_ran_is_completed_by_the_next(tmp_path: Path, mark: str) -> None:
    with ServerProcess(tmp_path / "store") as server:
        jobs = Jobs(Remote(server.url))
        slow_job(jobs, "job", mark)
        wait_for(lambda: begun(jobs, "job"), bool)
        server.kill()
        wait_for((tmp_path / "store" / "jobs" / "training-job-1" / "result.json").exists, bool)
        server.start()
        assert jobs.ended("job")["TrainingJobStatus"] == "Completed"
        assert jobs.lines("job") == [f"step {step}" for step in range(60)]
        server.terminate()


@pytest.mark.slow
def test_a_stop_that_was_asked_for_is_not_forgotten_with_the_server(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "store") as server:
        jobs = Jobs(Remote(server.url))
        code = """
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print("no"))
print("step 3")
time.sleep(3)
time.sleep(3)
"""
        jobs.train("job", code)
        wait_for(lambda: begun(jobs, "job"), bool)
        jobs.api.stop_training_job(TrainingJobName="job")
        server.kill()
        server.start()
        assert jobs.ended("job")["TrainingJobStatus"] == "Stopped"
        server.terminate()


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_hundred_short_jobs_all_end_although_the_server_is_killed_again_and_again(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "store") as server:
        jobs = Jobs(Remote(server.url))
        names = [f"job-{number:03}" for number in range(100)]
        for name in names:
            jobs.train(name, "print('one line')")
        for _ in range(5):
            time.sleep(2.0)
            server.kill()
            server.start()
        ended = [jobs.ended(name, 200) for name in names]
        assert {job["TrainingJobStatus"] for job in ended} == {"Completed"}
        starts = [job["TrainingStartTime"] for job in ended]
        assert starts == sorted(starts)
        for name in names:
            assert jobs.lines(name) == ["one line"]
        server.terminate()


def test_two_servers_over_one_store_run_each_job_once(tmp_path: Path, mark: str) -> None:
    with serve(job_settings(tmp_path, job_slots=2)) as first, serve(job_settings(tmp_path, job_slots=2)) as second:
        one, two = Jobs(first), Jobs(second)
        names = [f"job-{number}" for number in range(8)]
        for number, name in enumerate(names):
            code = f"open('/tmp/{mark}', 'a').write('{name} ')"
            (one if number % 2 else two).train(name, code)
        assert {one.ended(name)["TrainingJobStatus"] for name in names} == {"Completed"}
    assert sorted((Path("/tmp") / mark).read_text().split()) == names


def test_a_job_of_a_silent_machine_is_given_up_after_a_while_and_not_before(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_slots=1)) as server:
        jobs, store = Jobs(server), server.workspace.store
        jobs.train("first", "import time\ntime.sleep(600)")
        jobs.train("second", "print('never here')")

        def silent_for(seconds: float) -> None:
            def act(tx: Transaction) -> None:
                claim = next(one for one in tx.claims() if one.key.endswith("/second"))
                state = {**claim.state, "phase": "running", "host": "another-machine"}
                tx.put_claim(claim._replace(until=time.time() - seconds, state=state))

            store.write(act)

        silent_for(10)
        jobs.api.stop_training_job(TrainingJobName="first")
        jobs.ended("first")
        jobs.train("third", "print('done')")
        assert jobs.ended("third")["TrainingJobStatus"] == "Completed"
        assert jobs.api.describe_training_job(TrainingJobName="second")["TrainingJobStatus"] == "InProgress"
        silent_for(301)
        job = jobs.ended("second")
        assert job["TrainingJobStatus"] == "Failed"
        assert "the machine 'another-machine', which has not been heard of" in job["FailureReason"]
