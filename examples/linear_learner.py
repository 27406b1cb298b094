"""SageMaker's notebook "Managing ML experiments with Search", with jobs that really train.

Nothing here knows of Trialbook. Point the `sagemaker` SDK, version 2, at a server and run it:

    eval "$(trialbook env)"
    python examples/linear_learner.py

Several linear-learner jobs with different batch sizes learn from recordio-protobuf which handwritten digits are even.
Search ranks them by what they logged, a table compares them, the best is deployed, and from the endpoint's name alone
the way leads back to the job and its data.
"""

from __future__ import annotations

import io
import secrets
import time
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore", category=FutureWarning)  # "version 3 is out"

from sagemaker import image_uris  # noqa: E402
from sagemaker.amazon.common import write_numpy_to_dense_tensor  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.inputs import TrainingInput  # noqa: E402
from sagemaker.session import Session  # noqa: E402
from sklearn.datasets import load_digits  # noqa: E402

RUN = secrets.token_hex(3)  # so that the program can run again on the same record
PROJECT = f"digits-{RUN}"
ACCURACY = "train:binary_classification_accuracy"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
BATCH_SIZES = (50, 100, 300)

session = Session()
client = session.sagemaker_client
bucket = session.default_bucket()


def main() -> None:
    data = upload_data()
    begun = time.perf_counter()
    jobs = [start_job(data, size) for size in BATCH_SIZES]
    for job in jobs:
        session.wait_for_job(job)
    print(f"\n{len(jobs)} jobs trained in {time.perf_counter() - begun:.1f} s")
    best = rank_jobs()
    endpoint = deploy(best)
    trace(endpoint, best, data)
    print("every step of the notebook ran")


def upload_data() -> str:
    """Write the digits as recordio-protobuf: 64 pixels, and whether the digit is even."""
    digits = load_digits()
    records = io.BytesIO()
    labels = (digits.target % 2 == 0).astype(np.float32)
    write_numpy_to_dense_tensor(records, digits.data.astype(np.float32), labels)
    records.seek(0)
    session.boto_session.client("s3").upload_fileobj(records, bucket, f"{PROJECT}/train/recordio-pb-data")
    return f"s3://{bucket}/{PROJECT}/train/"


def start_job(data: str, batch_size: int) -> str:
    made = Estimator(
        image_uris.retrieve("linear-learner", session.boto_region_name),
        ROLE,
        instance_count=1,
        instance_type="ml.c4.xlarge",
        output_path=f"s3://{bucket}/{PROJECT}/output",
        sagemaker_session=session,
        tags=[{"Key": "Project", "Value": PROJECT}],
        hyperparameters={"feature_dim": 64, "predictor_type": "binary_classifier", "mini_batch_size": batch_size},
    )
    channel = TrainingInput(data, content_type="application/x-recordio-protobuf")
    made.fit({"train": channel}, wait=False, job_name=f"linear-{RUN}-{batch_size}")
    return f"linear-{RUN}-{batch_size}"


def rank_jobs() -> str:
    """Give the name of the best job of the project, after a table of all."""
    answer = client.search(
        Resource="TrainingJob",
        SearchExpression={"Filters": [{"Name": "Tags.Project", "Operator": "Equals", "Value": PROJECT}]},
        SortBy=f"Metrics.{ACCURACY}",
        SortOrder="Descending",
    )
    rows = []
    for result in answer["Results"]:
        job = result["TrainingJob"]
        final = {one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]}
        rows.append(
            {
                "job": job["TrainingJobName"],
                "status": job["TrainingJobStatus"],
                "mini_batch_size": job["HyperParameters"]["mini_batch_size"],
                ACCURACY: final[ACCURACY],
                "train:objective_loss": final["train:objective_loss"],
            }
        )
    table = pd.DataFrame(rows)
    print(table.to_string(index=False))
    assert set(table["status"]) == {"Completed"}
    assert len(table) == len(BATCH_SIZES)
    assert table[ACCURACY].is_monotonic_decreasing
    assert table[ACCURACY].min() > 0.8
    return str(table["job"][0])


def deploy(job: str) -> str:
    """Deploy a job's model; gives the endpoint's name."""
    name = f"even-{RUN}"
    described = client.describe_training_job(TrainingJobName=job)
    container = {
        "Image": described["AlgorithmSpecification"]["TrainingImage"],
        "ModelDataUrl": described["ModelArtifacts"]["S3ModelArtifacts"],
    }
    client.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "all", "ModelName": name, "InitialInstanceCount": 1, "InstanceType": "ml.m4.xlarge"}
    client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    client.create_endpoint(EndpointName=name, EndpointConfigName=name)
    return name


def trace(endpoint: str, job: str, data: str) -> None:
    """Go from an endpoint's name to its configuration, its model, the job that trained it, and the job's data."""
    config = client.describe_endpoint_config(
        EndpointConfigName=client.describe_endpoint(EndpointName=endpoint)["EndpointConfigName"]
    )
    model = client.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
    uri = model["PrimaryContainer"]["ModelDataUrl"]
    found = client.search(
        Resource="TrainingJob",
        SearchExpression={"Filters": [{"Name": "ModelArtifacts.S3ModelArtifacts", "Operator": "Equals", "Value": uri}]},
        MaxResults=1,
    )["Results"][0]["TrainingJob"]
    source = found["InputDataConfig"][0]["DataSource"]["S3DataSource"]["S3Uri"]
    print(f"endpoint {endpoint} -> model {model['ModelName']} -> job {found['TrainingJobName']} -> data {source}")
    assert (found["TrainingJobName"], source) == (job, data)


if __name__ == "__main__":
    main()
