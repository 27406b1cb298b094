"""What jobs read and wrote is known by content."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from tests.jobs.conftest import BUCKET, Jobs, channel

from trialbook.jobs import places
from trialbook.jobs.failure import JobFailure
from trialbook.model import Kind
from trialbook.names import Scope
from trialbook.services import buckets, content_uses, objects
from trialbook.services.contents import File, file_identity, tree_identity
from trialbook.services.context import Call

SCRIPT = """
import os, pathlib
(pathlib.Path(os.environ["SM_MODEL_DIR"]) / "model.txt").write_text("weights")
"""


def file(name: str, data: bytes) -> File:
    return File(name, hashlib.sha256(data).hexdigest(), len(data))


def test_a_training_job_leaves_the_identity_of_its_channels_and_its_model(jobs: Jobs) -> None:
    jobs.put("data/train/a.csv", "1,2\n3,4\n")
    jobs.put("data/train/deep/b.csv", "5,6\n")
    one = jobs.put("data/valid.csv", "7,8\n")
    jobs.train(
        "identified",
        SCRIPT,
        InputDataConfig=[channel("train", f"s3://{BUCKET}/data/train"), channel("validation", one)],
    )
    described = jobs.ended("identified")
    assert described["TrainingJobStatus"] == "Completed", described.get("FailureReason")
    store, scope = jobs.server.workspace.store, Scope("000000000000", "us-east-1")
    job = store.find(Kind.TRAINING_JOB, scope.key("identified"))
    assert job is not None
    kept = {edge.label: edge for edge in store.edges(target=job.id) if ":" in edge.label}
    identities = {
        label: content.doc["Identity"]
        for label, edge in kept.items()
        for content in store.get_many([edge.source])
        if content.doc is not None
    }
    train = tree_identity([file("a.csv", b"1,2\n3,4\n"), file("deep/b.csv", b"5,6\n")])
    assert identities["read:train"] == train
    valid = file_identity(hashlib.sha256(b"7,8\n").hexdigest())
    assert identities["read:validation"] == valid
    model = jobs.get(described["ModelArtifacts"]["S3ModelArtifacts"])
    assert identities["wrote:SageMaker.ModelArtifact"] == file_identity(hashlib.sha256(model).hexdigest())
    artifacts = jobs.api.list_artifacts(SourceUri=one)["ArtifactSummaries"]
    shown = jobs.api.describe_artifact(ArtifactArn=artifacts[0]["ArtifactArn"])["Properties"]
    assert shown[content_uses.PROPERTY] == valid
    rows = store.find(Kind.CONTENT_ROWS, scope.key(valid))
    assert rows is not None
    assert rows.doc is not None
    assert rows.doc["Rows"] == 1


def test_bytes_that_rotted_in_the_store_fail_a_fetch_and_say_so(call: Call, tmp_path: Path) -> None:
    buckets.create_bucket(call, {"Bucket": BUCKET})
    objects.put_object(call, {"Bucket": BUCKET, "Key": "a.csv", "Body": io.BytesIO(b"1,2\n")})
    items = places.listed(call, "S3Prefix", f"s3://{BUCKET}/a.csv", "The channel")
    places.fetch(call, items, tmp_path / "before", lambda: None)
    (blob,) = [path for path in tmp_path.rglob("*") if path.name == items[0].row.blobs[0][0]]
    blob.write_bytes(b"1,3\n")
    with pytest.raises(JobFailure, match="are not those that were stored"):
        places.fetch(call, items, tmp_path / "after", lambda: None)
