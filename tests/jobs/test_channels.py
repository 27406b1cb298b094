"""Data on its way to a job: what a channel's members mean."""

from __future__ import annotations

import gzip
import json
from typing import Any

from tests.jobs.conftest import BUCKET, Jobs, channel, training

LIST = """
import pathlib
root = pathlib.Path('/opt/ml/input/data/train')
print(sorted(path.relative_to(root).as_posix() for path in root.rglob('*') if path.is_file()))
"""
READ_PIPES = """
for epoch in range(3):
    with open(f'/opt/ml/input/data/train_{epoch}', 'rb') as pipe:
        print(epoch, pipe.read())
"""


def run(jobs: Jobs, code: str, **members: Any) -> list[str]:
    uri = members.pop("uri")
    jobs.train("job", code, InputDataConfig=[channel("train", uri, **members)])
    job = jobs.ended("job")
    assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
    return jobs.lines("job")


def test_a_prefix_without_a_slash_takes_the_keys_that_begin_so(jobs: Jobs) -> None:
    for key in ("d/tr-1.csv", "d/tr-2/x.csv", "d/test.csv", "d/tr-3/"):
        jobs.put(key, "x")
    assert run(jobs, LIST, uri=f"s3://{BUCKET}/d/tr") == ["['tr-1.csv', 'tr-2/x.csv']"]


def test_one_object_is_a_file_of_its_name(jobs: Jobs) -> None:
    jobs.put("d/train.csv", "x")
    assert run(jobs, LIST, uri=f"s3://{BUCKET}/d/train.csv") == ["['train.csv']"]


def test_a_manifest_names_its_objects(jobs: Jobs) -> None:
    jobs.put("d/a.csv", "x")
    jobs.put("d/sub/b.csv", "x")
    jobs.put("d/c.csv", "x")
    manifest = jobs.put("m.json", json.dumps([{"prefix": f"s3://{BUCKET}/d/"}, "sub/b.csv", "a.csv"]))
    assert run(jobs, LIST, uri=manifest, source={"S3DataType": "ManifestFile"}) == ["['a.csv', 'sub/b.csv']"]


def test_fast_file_is_a_copy(jobs: Jobs) -> None:
    jobs.put("d/a.csv", "x")
    assert run(jobs, LIST, uri=f"s3://{BUCKET}/d/", InputMode="FastFile") == ["['a.csv']"]


def test_a_pipe_gives_all_files_once_an_epoch(jobs: Jobs) -> None:
    jobs.put("d/1", "one ")
    jobs.put("d/2", "two ")
    lines = run(jobs, READ_PIPES, uri=f"s3://{BUCKET}/d/", InputMode="Pipe")
    assert lines == [f"{epoch} b'one two '" for epoch in range(3)]


def test_a_shuffled_pipe_changes_order_with_the_seed_alone(jobs: Jobs) -> None:
    for number in range(6):
        jobs.put(f"d/{number}", str(number))
    lines = run(jobs, READ_PIPES, uri=f"s3://{BUCKET}/d/", InputMode="Pipe", ShuffleConfig={"Seed": 7})
    orders = [line.partition(" ")[2].strip("b'") for line in lines]
    assert all(sorted(order) == list("012345") for order in orders)
    assert len(set(orders)) > 1


def test_a_gzipped_channel_is_unpacked_on_its_way_through_a_pipe(jobs: Jobs) -> None:
    jobs.put("d/1.gz", gzip.compress(b"packed"))
    lines = run(jobs, READ_PIPES, uri=f"s3://{BUCKET}/d/", InputMode="Pipe", CompressionType="Gzip")
    assert lines[0] == "0 b'packed'"


def test_an_augmented_manifest_streams_the_attributes_of_each_line_as_records(jobs: Jobs) -> None:
    image = jobs.put("images/1.png", b"\x89PNG")
    manifest = jobs.put("m.jsonl", json.dumps({"source-ref": image, "label": 3}) + "\n")
    code = """
import struct
with open('/opt/ml/input/data/train_0', 'rb') as pipe:
    data = pipe.read()
while data:
    magic, size = struct.unpack('<II', data[:8])
    print(hex(magic), data[8:8 + size])
    data = data[8 + size + -size % 4:]
"""
    source = {"S3DataType": "AugmentedManifestFile", "AttributeNames": ["source-ref", "label"]}
    lines = run(jobs, code, uri=manifest, source=source, InputMode="Pipe", RecordWrapperType="RecordIO")
    assert lines == ["0xced7230a b'\\x89PNG'", "0xced7230a b'3'"]


def test_a_program_that_reads_half_a_pipe_is_no_failure(jobs: Jobs) -> None:
    jobs.put("d/1", b"x" * 3_000_000)
    code = "with open('/opt/ml/input/data/train_0', 'rb') as pipe: print(len(pipe.read(10)))"
    assert run(jobs, code, uri=f"s3://{BUCKET}/d/", InputMode="Pipe") == ["10"]


def test_the_configuration_files_say_what_the_request_said(jobs: Jobs) -> None:
    jobs.put("d/a.csv", "x")
    code = """
import json
for name in ('hyperparameters', 'inputdataconfig', 'resourceconfig'):
    print(json.dumps(json.load(open(f'/opt/ml/input/config/{name}.json'))))
"""
    lines = run(jobs, code, uri=f"s3://{BUCKET}/d/", ContentType="text/csv")
    hyperparameters, inputs, resources = map(json.loads, lines)
    assert hyperparameters["sagemaker_program"] == '"train.py"'
    assert inputs == {
        "train": {
            "ContentType": "text/csv",
            "TrainingInputMode": "File",
            "S3DistributionType": "FullyReplicated",
            "RecordWrapperType": "None",
        }
    }
    assert (resources["current_host"], resources["hosts"]) == ("algo-1", ["algo-1"])
    assert resources["current_instance_type"] == "ml.m5.large"


def test_a_job_begins_with_the_checkpoints_of_the_one_before(jobs: Jobs) -> None:
    code = """
import pathlib
file = pathlib.Path('/opt/ml/checkpoints/state')
count = int(file.read_text()) if file.exists() else 0
file.write_text(str(count + 1))
print('had', count)
"""
    config = {"S3Uri": f"s3://{BUCKET}/checkpoints"}
    for name in ("one", "two"):
        jobs.train(name, code, CheckpointConfig=config)
        assert jobs.ended(name)["TrainingJobStatus"] == "Completed"
    assert (jobs.lines("one"), jobs.lines("two")) == (["had 0"], ["had 1"])
    assert jobs.get(f"s3://{BUCKET}/checkpoints/state") == b"2"


def test_an_uncompressed_model_is_a_folder_of_files(jobs: Jobs) -> None:
    code = "import pathlib; pathlib.Path('/opt/ml/model/a').mkdir(); pathlib.Path('/opt/ml/model/a/b').write_text('x')"
    output = {"S3OutputPath": f"s3://{BUCKET}/out", "CompressionType": "NONE"}
    jobs.train("job", code, OutputDataConfig=output)
    model = jobs.ended("job")["ModelArtifacts"]["S3ModelArtifacts"]
    assert model.endswith("/output/model/")
    assert jobs.get(f"{model}a/b") == b"x"


def test_a_container_entry_point_is_run_as_it_is(jobs: Jobs) -> None:
    algorithm = {
        "TrainingImage": "python:3",
        "TrainingInputMode": "File",
        "ContainerEntrypoint": ["/bin/bash"],
        "ContainerArguments": ["-c", "cd /opt/ml && pwd && echo $TRAINING_JOB_NAME"],
    }
    jobs.api.create_training_job(**training("job", AlgorithmSpecification=algorithm))
    assert jobs.ended("job")["TrainingJobStatus"] == "Completed"
    assert jobs.lines("job") == ["/opt/ml", "job"]
