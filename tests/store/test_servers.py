"""A server over PostgreSQL, from the command line on: the same answers, from two servers at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from trialbook.testing.postgres import PostgresServer
from trialbook.testing.processes import ServerProcess

pytestmark = pytest.mark.postgres


def client(url: str, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def test_two_servers_over_one_database_share_records_metrics_search_and_objects(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    database, objects = postgres_server.make_database(), str(tmp_path / "objects")
    with (
        ServerProcess(database, "--objects", objects) as first,
        ServerProcess(database, "--objects", objects) as second,
    ):
        client(first.url, "sagemaker").create_trial_component(
            TrialComponentName="tc", Parameters={"lr": {"NumberValue": 0.1}}, Tags=[{"Key": "k", "Value": "v"}]
        )
        client(first.url, "sagemaker-metrics").batch_put_metrics(
            TrialComponentName="tc",
            MetricData=[{"MetricName": "auc", "Timestamp": 1_795_404_960, "Step": 1, "Value": 0.9}],
        )
        client(first.url, "s3").put_object(Bucket="sagemaker-us-east-1-000000000000", Key="a/b", Body=b"bytes")

        filters = [
            {"Name": "Metrics.auc", "Operator": "GreaterThan", "Value": "0.8"},
            {"Name": "Parameters.lr", "Operator": "Equals", "Value": "0.1"},
            {"Name": "CreatedBy", "Operator": "Equals", "Value": "test"},
        ]
        found = client(second.url, "sagemaker").search(
            Resource="ExperimentTrialComponent", SearchExpression={"Filters": filters}
        )
        assert [one["TrialComponent"]["TrialComponentName"] for one in found["Results"]] == ["tc"]
        got = client(second.url, "s3").get_object(Bucket="sagemaker-us-east-1-000000000000", Key="a/b")
        assert got["Body"].read() == b"bytes"
        second.kill()
        second.start()
        again = client(second.url, "sagemaker").describe_trial_component(TrialComponentName="tc")
        assert again["Metrics"][0]["Last"] == 0.9
