"""What a killed process logged: shipped by `trialbook sync`, or by a server that starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from trialbook.testing.processes import ServerProcess

LOGS_AND_DIES = """
import os, signal
from trialbook import Run
run = Run(experiment_name="spooled", run_name="killed")
for step in range(1000):
    run.log_metric("loss", 1.0 / (step + 1), step=step)
os.kill(os.getpid(), signal.SIGKILL)
"""
DEADLINE = 5.0


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """Log 1,000 points into a store folder in a process that is killed at once; give the folder."""
    store = tmp_path / "store"
    environment = {**os.environ, "TRIALBOOK_STORE": str(store)}
    environment.pop("TRIALBOOK_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", LOGS_AND_DIES],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return store


def command(store: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TRIALBOOK_STORE": str(store), "XDG_CACHE_HOME": str(store.parent / "cache")}
    environment.pop("TRIALBOOK_URL", None)
    return subprocess.run(
        [sys.executable, "-m", "trialbook", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_sync_ships_all_points_and_a_second_one_finds_nothing(killed: Path) -> None:
    first = command(killed, "sync")
    assert first.returncode == 0, first.stderr
    found = json.loads(command(killed, "search", "Metrics.loss.count = 1000", "--json").stdout)
    assert found["total"] == 1
    assert command(killed, "sync").stdout == "Nothing is left to ship.\n"


def test_a_server_that_starts_has_all_points_within_five_seconds(killed: Path) -> None:
    with ServerProcess(killed) as server:
        client = boto3.client(
            "sagemaker",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        query = {"Filters": [{"Name": "Metrics.loss.count", "Operator": "Equals", "Value": "1000"}]}
        deadline = time.monotonic() + DEADLINE
        while not client.search(Resource="ExperimentTrialComponent", SearchExpression=query)["Results"]:
            assert time.monotonic() < deadline, "the points did not come"
            time.sleep(0.05)
