"""What running a job costs: overhead of one, a hundred at once on all processors, and the API meanwhile.

    python benchmarks/jobs.py [--jobs 100]

Overhead is from CreateTrainingJob's call to the first line of user code, and from the last line of user code to the
commit that says Completed (TrainingEndTime).
"""

from __future__ import annotations

import argparse
import io
import os
import statistics
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
import psutil

from trialbook.testing.processes import ServerProcess

BUCKET = "sagemaker-us-east-1-000000000000"
SCRIPT = "import time\nprint('began', repr(time.time()))\nprint('ended', repr(time.time()))\n"
FINAL = {"Completed", "Failed", "Stopped"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--jobs", type=int, default=100)
    options.add_argument("--singles", type=int, default=8)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder) / "store") as server:
        access = {"region_name": "us-east-1", "aws_access_key_id": "bench", "aws_secret_access_key": "x"}
        clients = {name: boto3.client(name, endpoint_url=server.url, **access) for name in ("sagemaker", "s3", "logs")}
        put_source(clients["s3"])
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
        one_by_one(clients, given.singles)
        at_once(clients, given.jobs, server)


def one_by_one(clients: dict[str, Any], count: int) -> None:
    before, after = [], []
    for number in range(count):
        name = f"single-{number}"
        submitted = submit(clients["sagemaker"], name)
        job = wait(clients["sagemaker"], name)
        lines = log(clients["logs"], name)
        before.append(float(lines["began"]) - submitted)
        after.append(job["TrainingEndTime"].timestamp() - float(lines["ended"]))
    for what, values in (("submit to first line", before), ("last line to Completed", after)):
        print(f"{what:24} median {statistics.median(values):.3f} s, worst {max(values):.3f} s")


def at_once(clients: dict[str, Any], count: int, server: ServerProcess) -> None:
    assert server.process is not None
    begun = time.perf_counter()
    names = [f"many-{number:03}" for number in range(count)]
    for name in names:
        submit(clients["sagemaker"], name)
    queued = time.perf_counter() - begun
    answers, memory = [], 0
    process = psutil.Process(server.process.pid)
    while True:
        asked = time.perf_counter()
        job = clients["sagemaker"].describe_training_job(TrainingJobName=names[-1])
        answers.append(time.perf_counter() - asked)
        memory = max(memory, process.memory_info().rss)
        if job["TrainingJobStatus"] in FINAL:
            break
        time.sleep(0.05)
    took = time.perf_counter() - begun
    jobs = [wait(clients["sagemaker"], name) for name in names]
    starts = [job["TrainingStartTime"] for job in jobs]
    states = {job["TrainingJobStatus"] for job in jobs}
    print(f"{count} jobs: queued in {queued:.2f} s, all {states} after {took:.2f} s ({took / count:.3f} s a job)")
    print(f"started in order of submission: {starts == sorted(starts)}; the server held {memory / 2**20:.0f} MiB")
    ordered = sorted(answers)
    print(
        f"describe meanwhile: median {statistics.median(answers) * 1000:.1f} ms, "
        f"p99 {ordered[int(len(ordered) * 0.99)] * 1000:.1f} ms, worst {ordered[-1] * 1000:.1f} ms"
    )


def submit(client: Any, name: str) -> float:
    script = {"sagemaker_program": '"train.py"', "sagemaker_submit_directory": f'"s3://{BUCKET}/source.tar.gz"'}
    now = time.time()
    client.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": "python:3", "TrainingInputMode": "File"},
        RoleArn="arn:aws:iam::000000000000:role/R",
        HyperParameters=script,
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )
    return now


def wait(client: Any, name: str) -> Any:
    while (job := client.describe_training_job(TrainingJobName=name))["TrainingJobStatus"] not in FINAL:
        time.sleep(0.02)
    return job


def log(client: Any, name: str) -> dict[str, str]:
    group = "/aws/sagemaker/TrainingJobs"
    stream = client.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"][0]
    events = client.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
    pairs = (event["message"].split(" ", 1) for event in events["events"])
    return {first: rest for first, rest in pairs if first in {"began", "ended"}}


def put_source(client: Any) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("train.py")
        member.size = len(SCRIPT)
        tar.addfile(member, io.BytesIO(SCRIPT.encode()))
    client.put_object(Bucket=BUCKET, Key="source.tar.gz", Body=packed.getvalue())


if __name__ == "__main__":
    main()
