"""What an endpoint costs: from CreateEndpoint to InService, a request alone, many at once, and an update under load.

    python benchmarks/hosting.py [--requests 2000] [--threads 16]

The model is a script that answers at once, so that what is measured is ours. Requests go over kept connections,
unsigned work left out, as a client with no SDK around it sends them; CPU is that of the server process alone.
"""

from __future__ import annotations

import argparse
import concurrent.futures
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
import urllib3

from trialbook.testing.processes import ServerProcess

BUCKET = "sagemaker-us-east-1-000000000000"
PATH = "/endpoints/ep/invocations"
SCRIPT = """
def model_fn(folder): return None
def input_fn(body, content_type): return body
def predict_fn(data, model): return data
def output_fn(data, accept): return data, "text/plain"
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--requests", type=int, default=2000)
    options.add_argument("--threads", type=int, default=16)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder) / "store") as server:
        access = {"region_name": "us-east-1", "aws_access_key_id": "bench", "aws_secret_access_key": "x"}
        s3, api = (boto3.client(name, endpoint_url=server.url, **access) for name in ("s3", "sagemaker"))
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} processors")
        make_configs(s3, api)
        print(f"CreateEndpoint to InService  {deploy(api):.2f} s")
        assert server.process is not None
        ask(server, 50, 1)
        process = psutil.Process(server.process.pid)
        for threads in (1, given.threads):
            before = process.cpu_times()
            seconds, each = ask(server, given.requests, threads)
            used = sum(process.cpu_times()[:2]) - sum(before[:2])
            worst, cost = sorted(each)[int(len(each) * 0.99)], used / given.requests * 1e6
            print(
                f"{threads:3} at once: {given.requests / seconds:6.0f} requests/s, median "
                f"{statistics.median(each):5.1f} ms, 99% {worst:5.1f} ms, {cost:.0f} us of CPU each"
            )
        update(server, api, given.threads)


def make_configs(s3: Any, api: Any) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("code/inference.py")
        member.size = len(SCRIPT)
        tar.addfile(member, io.BytesIO(SCRIPT.encode()))
    s3.put_object(Bucket=BUCKET, Key="model.tar.gz", Body=packed.getvalue())
    container = {"Image": "python:3", "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz"}
    api.create_model(ModelName="m", PrimaryContainer=container, ExecutionRoleArn="arn:aws:iam::000000000000:role/R")
    variant = {"VariantName": "a", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    for name in ("first", "second"):
        api.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


def deploy(api: Any) -> float:
    begun = time.perf_counter()
    api.create_endpoint(EndpointName="ep", EndpointConfigName="first")
    wait(api)
    return time.perf_counter() - begun


def wait(api: Any) -> None:
    while (status := api.describe_endpoint(EndpointName="ep")["EndpointStatus"]) != "InService":
        assert status in {"Creating", "Updating"}, status
        time.sleep(0.02)


def ask(server: ServerProcess, count: int, threads: int) -> tuple[float, list[float]]:
    pool = urllib3.HTTPConnectionPool("127.0.0.1", int(server.url.rpartition(":")[2]), maxsize=threads)

    def one(_: int) -> float:
        begun = time.perf_counter()
        response = pool.request(
            "POST", "/endpoints/ep/invocations", body=b"1,2,3", headers={"Content-Type": "text/csv"}
        )
        assert (response.status, response.data) == (200, b"1,2,3"), response.data
        return (time.perf_counter() - begun) * 1000

    begun = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(threads) as executor:
        each = list(executor.map(one, range(count)))
    return time.perf_counter() - begun, each


def update(server: ServerProcess, api: Any, threads: int) -> None:
    """Update while requests come; each of them is checked."""
    with concurrent.futures.ThreadPoolExecutor(1) as executor:
        load = [executor.submit(ask, server, 200, threads)]
        begun = time.perf_counter()
        api.update_endpoint(EndpointName="ep", EndpointConfigName="second")
        while api.describe_endpoint(EndpointName="ep")["EndpointStatus"] != "InService":
            if load[-1].done():
                load.append(executor.submit(ask, server, 200, threads))
            time.sleep(0.02)
        took = time.perf_counter() - begun
        load.append(executor.submit(ask, server, 200, threads))
        answered = sum(len(one.result()[1]) for one in load)
    print(f"an update under load took {took:.2f} s; all of {answered:,} requests were answered")


if __name__ == "__main__":
    main()
