"""Lineage over HTTP: boto3's answers and error classes, and the classes of the `sagemaker` SDK."""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.conftest import LiveServer

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-clients" / "bin" / "python"
PROGRAM = ROOT / "tests" / "clients" / "sagemaker_lineage.py"
CONFIG = """SchemaVersion: '1.0'
SageMaker:
  PythonSDK:
    Modules:
      TelemetryOptOut: true
      Session: {DefaultS3Bucket: sagemaker-us-east-1-000000000000}
"""


def client_environment(url: str, folder: Path) -> dict[str, str]:
    """Give the variables under which the clients speak to a server; their files go into a folder."""
    config = folder / "config.yaml"
    config.write_text(CONFIG)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIATEST",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "SAGEMAKER_USER_CONFIG_OVERRIDE": str(config),
        "SAGEMAKER_SUPPRESS_V2_WARNING": "1",
    }


def test_times_and_names_come_back_as_boto3_gives_them(live_server: LiveServer) -> None:
    client = live_server.client("sagemaker")
    source = {"SourceUri": "s3://b/k", "SourceTypes": [{"SourceIdType": "MD5Hash", "Value": "x"}]}
    arn = client.create_artifact(ArtifactName="n", Source=source, ArtifactType="DataSet")["ArtifactArn"]
    doc = client.describe_artifact(ArtifactArn=arn)
    assert doc["Source"] == source
    assert abs((datetime.now(UTC) - doc["CreationTime"]).total_seconds()) < 60
    (summary,) = client.list_artifacts(CreatedAfter=datetime(2020, 1, 1, tzinfo=UTC))["ArtifactSummaries"]
    assert summary == {key: doc[key] for key in summary if key != "ResponseMetadata"}
    assert set(summary) >= {"ArtifactArn", "ArtifactName", "Source", "ArtifactType", "CreationTime"}


@pytest.mark.parametrize("kind", ["artifact", "context", "action"])
def test_what_is_missing_raises_resource_not_found(live_server: LiveServer, kind: str) -> None:
    client = live_server.client("sagemaker")
    missing = "arn:aws:sagemaker:us-east-1:000000000000:artifact/gone" if kind == "artifact" else "gone"
    member = "ArtifactArn" if kind == "artifact" else f"{kind.title()}Name"
    with pytest.raises(client.exceptions.ResourceNotFound):
        getattr(client, f"describe_{kind}")(**{member: missing})


def test_a_duplicate_raises_what_the_sdk_matches(live_server: LiveServer) -> None:
    client = live_server.client("sagemaker")
    client.create_artifact(Source={"SourceUri": "s3://b/k"}, ArtifactType="T")
    with pytest.raises(client.exceptions.ClientError, match="ValidationException.*already exists"):
        client.create_artifact(Source={"SourceUri": "s3://b/k"}, ArtifactType="T")


@pytest.mark.clients
@pytest.mark.timeout(180)
def test_the_lineage_classes_of_the_sdk_work(live_server: LiveServer, tmp_path: Path) -> None:
    if not PYTHON.exists():
        pytest.fail(f"{PYTHON} is not there: run `make clients`")
    environment = client_environment(live_server.url, tmp_path)
    done = subprocess.run([PYTHON, PROGRAM], env=environment, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    assert "every step of the SDK's lineage ran" in done.stdout
