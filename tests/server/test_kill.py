"""kill -9 in the middle of writes: everything acknowledged is there, and nothing is half-written."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from trialbook.testing.processes import ServerProcess

WRITERS = 4


@dataclass
class Witness:
    """What one writer was told: names that were acknowledged, and how many points went in and were acknowledged."""

    names: list[str] = field(default_factory=list)
    revisions: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    sent: int = 0


def client(url: str, service: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10)
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=config,
    )


def write_until_it_dies(url: str, series: str, prefix: str, witness: Witness, ready: threading.Barrier) -> None:
    sagemaker, metrics = client(url, "sagemaker"), client(url, "sagemaker-metrics")
    ready.wait(60)
    for index in range(100_000):
        name = f"{prefix}-{index}"
        try:
            sagemaker.create_trial_component(
                TrialComponentName=name,
                Parameters={"a": {"NumberValue": 0}, "b": {"NumberValue": 0}},
                Tags=[{"Key": "k", "Value": "v"}],
            )
            witness.names.append(name)
            number = {"NumberValue": float(index)}
            sagemaker.update_trial_component(TrialComponentName=name, Parameters={"a": number, "b": number})
            witness.revisions[name] = index
            witness.sent += 10
            data = [{"MetricName": "m", "Timestamp": 1_795_404_960, "Step": step, "Value": 1.0} for step in range(10)]
            metrics.batch_put_metrics(TrialComponentName=series, MetricData=data)
            witness.acknowledged += 10
        except (BotoCoreError, ClientError):
            return


def check(url: str, witnesses: list[Witness], all_series: list[str]) -> int:
    sagemaker = client(url, "sagemaker")
    for witness, series in zip(witnesses, all_series, strict=True):
        for name in witness.names:
            found = sagemaker.describe_trial_component(TrialComponentName=name)
            a, b = (found["Parameters"][key]["NumberValue"] for key in "ab")
            assert a == b, f"{name} is half-written"
            assert a == witness.revisions.get(name, a), f"{name} lost an acknowledged update"
        summaries = sagemaker.describe_trial_component(TrialComponentName=series)["Metrics"]
        count = sum(one["Count"] for one in summaries)
        assert witness.acknowledged <= count <= witness.sent
        assert count % 10 == 0, "a batch was kept in part"
    names = {name for witness in witnesses for name in witness.names}
    hits = sagemaker.search(Resource="ExperimentTrialComponent", MaxResults=1)["TotalHits"]["Value"]
    in_flight = len(witnesses)
    assert len(names) + len(all_series) <= hits <= len(names) + len(all_series) + in_flight * ROUNDS_LIMIT
    return len(names)


ROUNDS_LIMIT = 100


def kill_many_times(folder: Path, rounds: int, chance: random.Random) -> int:
    server = ServerProcess(folder / "store")
    witnesses = [Witness() for _ in range(WRITERS)]
    all_series = [f"series-{index}" for index in range(WRITERS)]
    with server:
        sagemaker = client(server.url, "sagemaker")
        for series in all_series:
            sagemaker.create_trial_component(TrialComponentName=series)
        for number in range(rounds):
            ready = threading.Barrier(WRITERS + 1)
            threads = [
                threading.Thread(
                    target=write_until_it_dies, args=(server.url, series, f"r{number}-w{index}", witness, ready)
                )
                for index, (series, witness) in enumerate(zip(all_series, witnesses, strict=True))
            ]
            for thread in threads:
                thread.start()
            ready.wait(60)
            time.sleep(chance.uniform(0.05, 0.6))  # the moment of death, not a wait for something
            server.kill()
            for thread in threads:
                thread.join(60)
            server.start()
        return check(server.url, witnesses, all_series)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed_three_times(tmp_path: Path) -> None:
    assert kill_many_times(tmp_path, 3, random.Random(1)) > 0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_acknowledged_is_lost_when_the_server_is_killed_thirty_times(tmp_path: Path) -> None:
    written = kill_many_times(tmp_path, 30, random.Random(2))
    print(f"acknowledged records checked: {written}")
    assert written > 100


def test_sigterm_ends_the_server_cleanly_within_five_seconds(tmp_path: Path) -> None:
    with ServerProcess(tmp_path / "store") as server:
        client(server.url, "sagemaker").create_experiment(ExperimentName="e")
        code, seconds, errors = server.terminate()
        assert (code, errors) == (0, "")
        assert seconds < 5
        server.start()
        assert client(server.url, "sagemaker").describe_experiment(ExperimentName="e")
