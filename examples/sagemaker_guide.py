"""The programs of SageMaker's "model tracking" guide, on boto3 and pandas alone.

Nothing here knows of Trialbook. Point boto3 at a server and run it:

    trialbook up
    eval "$(trialbook env)"
    python examples/sagemaker_guide.py

It first makes what the guide takes for granted: a few finished training jobs with hyperparameters, tags and metrics.
They are factorization machines on a small data set of its own; on a server that keeps jobs as records
(`--launcher record`) none of them runs, and everything below is the same.
Then (a) finds the best of them, (b) compares them in a table, (c) asks which properties can be searched, (d) asks
which jobs read a certain data set, and (e) walks from an endpoint back to the job that trained its model.
"""

from __future__ import annotations

import random
import secrets
import struct
import time
from typing import Any

import boto3
import pandas as pd

RUN = secrets.token_hex(3)  # so that the program can run again on the same record
PROJECT = f"Project_Binary_Classifier_{RUN}"
ACCURACY = "train:binary_classification_accuracy"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/factorization-machines:1"
BUCKET = f"classifier-data-{RUN}"
BATCH_SIZES = (100, 200, 300)
FEATURES = 4
ENDED = {"Completed", "Failed", "Stopped"}
# What a factorization machine's training job says of its linear term.
LINEAR = {
    "linear_init_method": "normal",
    "linear_init_sigma": "0.01",
    "linear_init_value": "0.5",
    "linear_lr": "0.001",
    "linear_wd": "0.01",
}

sagemaker = boto3.client("sagemaker")
metrics = boto3.client("sagemaker-metrics")
s3 = boto3.client("s3")


def main() -> None:
    s3.create_bucket(Bucket=BUCKET)
    jobs = [create_training_job(size, accuracy) for size, accuracy in zip(BATCH_SIZES, (0.91, 0.97, 0.94), strict=True)]
    print(f"made {len(jobs)} training jobs tagged Project={PROJECT}\n")
    found = find_best_jobs()
    compare_in_a_table(found)
    suggest_properties()
    find_jobs_that_read(jobs)
    trace_an_endpoint(jobs[1])
    print("\nall five programs of the guide ran")


def create_training_job(batch_size: int, accuracy: float) -> str:
    """Make one training job, wait for its end, and give it a final metric."""
    name = f"linear-{RUN}-batch-{batch_size}"
    s3.put_object(Bucket=BUCKET, Key=f"train/{batch_size}/data.pbr", Body=training_examples(600))
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        HyperParameters={
            "feature_dim": str(FEATURES),
            "num_factors": "2",
            "predictor_type": "binary_classifier",
            "mini_batch_size": str(batch_size),
            **LINEAR,
        },
        InputDataConfig=[
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": training_data(batch_size),
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
        ],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/models"},
        ResourceConfig={"InstanceType": "ml.c5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 10},
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        Tags=[{"Key": "Project", "Value": PROJECT}],
    )
    while (job := sagemaker.describe_training_job(TrainingJobName=name))["TrainingJobStatus"] not in ENDED:
        time.sleep(0.2)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    metrics.batch_put_metrics(
        TrialComponentName=f"{name}-aws-training-job",
        MetricData=[{"MetricName": ACCURACY, "Timestamp": time.time(), "Step": 1, "Value": accuracy}],
    )
    return name


def training_data(batch_size: int) -> str:
    return f"s3://{BUCKET}/train/{batch_size}/data.pbr"


def training_examples(count: int) -> bytes:
    """Give examples of two classes in RecordIO-protobuf, the format that the algorithm reads."""
    draw = random.Random(7)
    examples = []
    for _ in range(count):
        label = float(draw.random() < 0.5)
        values = [draw.gauss(2 * label - 1, 1.0) for _ in range(FEATURES)]
        message = _member(1, _tensor("values", values)) + _member(2, _tensor("values", [label]))
        examples.append(struct.pack("<II", 0xCED7230A, len(message)) + message + bytes(-len(message) % 4))
    return b"".join(examples)


def _tensor(name: str, values: list[float]) -> bytes:
    floats = struct.pack(f"<{len(values)}f", *values)
    return _member(1, name.encode()) + _member(2, _member(2, _member(1, floats)))


def _member(number: int, data: bytes) -> bytes:
    """Write a member of a protobuf message; all lengths here are below 128, one byte."""
    return bytes([number << 3 | 2, len(data)]) + data


def find_best_jobs() -> list[dict[str, Any]]:
    """(a) The jobs of one project, best first."""
    answer = sagemaker.search(
        Resource="TrainingJob",
        SearchExpression={"Filters": [{"Name": "Tags.Project", "Operator": "Equals", "Value": PROJECT}]},
        SortBy=f"Metrics.{ACCURACY}",
        SortOrder="Descending",
        MaxResults=10,
    )
    found = [result["TrainingJob"] for result in answer["Results"]]
    names = [job["TrainingJobName"] for job in found]
    print(f"(a) jobs with Tags.Project = {PROJECT}, by {ACCURACY}:")
    for name in names:
        print(f"    {name}")
    assert names == [f"linear-{RUN}-batch-{size}" for size in (200, 300, 100)], names
    return found


def compare_in_a_table(found: list[dict[str, Any]]) -> None:
    """(b) Job name, status, a hyperparameter and a metric, side by side."""
    rows = []
    for job in found:
        final = job["FinalMetricDataList"]
        rows.append(
            {
                "Training Job Name": job["TrainingJobName"],
                "Training Job Status": job["TrainingJobStatus"],
                "Batch Size": job["HyperParameters"]["mini_batch_size"],
                "Binary Classification Accuracy": final[[m["MetricName"] for m in final].index(ACCURACY)]["Value"],
            }
        )
    table = pd.DataFrame(rows)
    print("\n(b) the same as a table:")
    print(table.to_string(index=False))
    assert list(table["Training Job Status"]) == ["Completed"] * 3
    assert list(table["Batch Size"]) == ["200", "300", "100"]
    assert table["Binary Classification Accuracy"].round(4).tolist() == [0.97, 0.94, 0.91]


def suggest_properties() -> None:
    """(c) What can be searched that has "linear" in its name?"""
    answer = sagemaker.get_search_suggestions(
        Resource="TrainingJob", SuggestionQuery={"PropertyNameQuery": {"PropertyNameHint": "linear"}}
    )
    names = [suggestion["PropertyName"] for suggestion in answer["PropertyNameSuggestions"]]
    print("\n(c) suggestions for the hint 'linear':")
    for name in names:
        print(f"    {name}")
    assert sorted(names) == sorted(f"hyperparameters.{name}" for name in LINEAR), names


def find_jobs_that_read(jobs: list[str]) -> None:
    """(d) Was this data set used, and by which jobs?"""
    print("\n(d) which jobs read a data set:")
    for uri, expected in ((training_data(300), [jobs[2]]), (f"s3://{BUCKET}/never/used.csv", [])):
        answer = sagemaker.search(
            Resource="TrainingJob",
            SearchExpression={
                "NestedFilters": [
                    {
                        "NestedPropertyName": "InputDataConfig",
                        "Filters": [
                            {
                                "Name": "InputDataConfig.DataSource.S3DataSource.S3Uri",
                                "Operator": "Equals",
                                "Value": uri,
                            }
                        ],
                    }
                ]
            },
        )
        names = [result["TrainingJob"]["TrainingJobName"] for result in answer["Results"]]
        print(f"    {uri}: {', '.join(names) or 'none'}")
        assert names == expected, names


def trace_an_endpoint(job: str) -> None:
    """(e) From an endpoint to its configuration, its model, and the job that trained the model."""
    model_data = sagemaker.describe_training_job(TrainingJobName=job)["ModelArtifacts"]["S3ModelArtifacts"]
    name = f"classifier-{RUN}"
    sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model_data}
    )
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": name,
        "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large",
        "InitialVariantWeight": 1.0,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)

    endpoint = sagemaker.describe_endpoint(EndpointName=name)
    config = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
    model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
    answer = sagemaker.search(
        Resource="TrainingJob",
        SearchExpression={
            "Filters": [
                {
                    "Name": "ModelArtifacts.S3ModelArtifacts",
                    "Operator": "Equals",
                    "Value": model["PrimaryContainer"]["ModelDataUrl"],
                }
            ]
        },
        MaxResults=1,
    )
    trained_by = answer["Results"][0]["TrainingJob"]["TrainingJobName"]
    print("\n(e) from an endpoint to the job that trained its model:")
    print(f"    endpoint {name} ({endpoint['EndpointStatus']}) -> config {config['EndpointConfigName']}")
    print(f"    -> model {model['ModelName']} -> training job {trained_by}")
    assert trained_by == job
    sagemaker.delete_endpoint(EndpointName=name)


if __name__ == "__main__":
    main()
