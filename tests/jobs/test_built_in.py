"""Built-in algorithms as jobs: started by their image's name, their metrics found by AWS's expressions."""

from __future__ import annotations

import pytest
from tests.jobs.conftest import BUCKET, Jobs, channel, training

XGBOOST = {"objective": "binary:logistic", "num_round": "4", "eval_metric": "auc"}
LINEAR = {"predictor_type": "binary_classifier", "mini_batch_size": "50", "epochs": "2"}


def rows(count: int = 200) -> str:
    return "\n".join(f"{row % 2},{row % 2 + row / 1000},{row * 7 % 5}" for row in range(count))


@pytest.mark.parametrize(
    ("image", "hyperparameters", "metric"),
    [
        ("683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5", XGBOOST, "train:auc"),
        ("382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1", LINEAR, "train:objective_loss"),
    ],
    ids=["xgboost", "linear-learner"],
)
def test_an_algorithm_trains_by_its_images_name(
    jobs: Jobs, image: str, hyperparameters: dict[str, str], metric: str
) -> None:
    jobs.put("d/train.csv", rows())
    jobs.api.create_training_job(
        **training(
            "job",
            AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
            HyperParameters=hyperparameters,
            InputDataConfig=[channel("train", f"s3://{BUCKET}/d/", ContentType="text/csv")],
        )
    )
    job = jobs.ended("job")
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert metric in {one["MetricName"] for one in job["FinalMetricDataList"]}
    assert jobs.files(job["ModelArtifacts"]["S3ModelArtifacts"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"num_round": "many"}, "num_round"),
        ({"objective": "binary:logistic"}, "num_round"),
    ],
)
def test_a_wrong_hyperparameter_is_named(jobs: Jobs, wrong: dict[str, str], said: str) -> None:
    jobs.put("d/train.csv", rows())
    image = {"TrainingImage": "sagemaker-xgboost:3.0-5", "TrainingInputMode": "File"}
    data = [channel("train", f"s3://{BUCKET}/d/", ContentType="text/csv")]
    jobs.api.create_training_job(
        **training("job", AlgorithmSpecification=image, HyperParameters=wrong, InputDataConfig=data)
    )
    job = jobs.ended("job")
    assert job["TrainingJobStatus"] == "Failed"
    assert said in job["FailureReason"]
    assert "Traceback" not in job["FailureReason"]


def test_a_bad_channel_is_named(jobs: Jobs) -> None:
    jobs.put("d/train.csv", "a,b\nc,d\n")
    image = {"TrainingImage": "sagemaker-xgboost:3.0-5", "TrainingInputMode": "File"}
    data = [channel("train", f"s3://{BUCKET}/d/", ContentType="text/csv")]
    jobs.api.create_training_job(
        **training("job", AlgorithmSpecification=image, HyperParameters=XGBOOST, InputDataConfig=data)
    )
    job = jobs.ended("job")
    assert job["TrainingJobStatus"] == "Failed"
    assert "train" in job["FailureReason"]
