"""Training jobs that run: the container contract as a script sees it, and what comes back."""

from __future__ import annotations

from tests.jobs.conftest import Jobs, channel


def test_a_script_reads_its_channel_and_leaves_a_model(jobs: Jobs) -> None:
    jobs.put("data/train/a.csv", "1,2\n")
    jobs.put("data/train/deep/b.csv", "3,4\n")
    jobs.train(
        "job-1",
        """
import argparse, os, pathlib, json
options = argparse.ArgumentParser()
options.add_argument("--epochs", type=int)
options.add_argument("--name")
given = options.parse_args()
data = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"])
print("files", sorted(str(path.relative_to(data)) for path in data.rglob("*.csv")))
print(f"given\\t{given.epochs} {given.name}")
(pathlib.Path(os.environ["SM_MODEL_DIR"]) / "model.txt").write_text("weights")
(pathlib.Path(os.environ["SM_OUTPUT_DATA_DIR"]) / "report.txt").write_text("fine")
""",
        hyperparameters={"epochs": "3", "name": '"abc"'},
        InputDataConfig=[channel("train", "s3://sagemaker-us-east-1-000000000000/data/train")],
    )
    job = jobs.ended("job-1")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert jobs.lines("job-1") == ["files ['a.csv', 'deep/b.csv']", "given#0113 abc"]
    assert jobs.files(job["ModelArtifacts"]["S3ModelArtifacts"]) == {"model.txt": b"weights"}
    output = job["ModelArtifacts"]["S3ModelArtifacts"].replace("model.tar.gz", "output.tar.gz")
    assert jobs.files(output) == {"report.txt": b"fine"}
    steps = [one["Status"] for one in job["SecondaryStatusTransitions"]]
    assert steps == ["Starting", "Downloading", "Training", "Uploading", "Completed"]
