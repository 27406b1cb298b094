"""Train the model of SageMaker's Clarify example as a job, and report its bias beside the published figures.

    trialbook up
    python examples/adult/report.py

A run gets two jobs: the built-in XGBoost image in version 1.7 trains on the complete rows of Adult with the published
hyperparameters, and Clarify's image measures how data and model treat women. The first job of that image installs
xgboost 1.7.6 in an environment of its own (some 190 MB, once). Every figure becomes a metric of the run.
"""

from __future__ import annotations

import io
import json
import time
from typing import Any

import bias
import boto3
import encoded
import numpy as np
import rank
from rich.console import Console

from trialbook import Run

EXPERIMENT = "adult-bias"
ROLE = "arn:aws:iam::000000000000:role/service-role/AmazonSageMaker-ExecutionRole"
REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
BUCKET = "sagemaker-us-east-1-000000000000"
HYPERPARAMETERS = {
    "max_depth": "5",
    "eta": "0.2",
    "gamma": "4",
    "min_child_weight": "6",
    "subsample": "0.8",
    "objective": "binary:logistic",
    "num_round": "800",
    "nthread": "1",  # the same model with any number; on a busy machine several wait for each other
}
RESOURCES = {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 20}
ENDED = {"Completed", "Failed", "Stopped"}


def main() -> None:
    rank.take_server(__doc__)
    console = Console()
    with Run(EXPERIMENT, f"published-{time.strftime('%m%d-%H%M%S')}", capture="off") as run:
        prefix = f"adult-bias/{run.run_name}"
        data = put_data(prefix)
        train(console, run, prefix)
        analysis = measure(console, run, prefix, data)
    differing = bias.show(console, analysis)
    console.print(
        f"The report is with the run [bold]{run.component}[/bold]: tab Bias reports of its page.", highlight=False
    )
    raise SystemExit(1 if differing else 0)


def put_data(prefix: str) -> dict[str, Any]:
    """Put the training rows into the bucket, for the trainer without header and for Clarify with names."""
    data = encoded.columns()
    text = io.StringIO()
    np.savetxt(text, np.column_stack(list(data.values())), fmt="%d", delimiter=",")
    boto3.client("s3").put_object(Bucket=BUCKET, Key=f"{prefix}/train/train.csv", Body=text.getvalue().encode())
    return data


def train(console: Console, run: Run, prefix: str) -> None:
    """Run the training job, and make its model."""
    sagemaker, name = boto3.client("sagemaker"), job_name(run, "train")
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"s3://{BUCKET}/{prefix}/train",
        "S3DataDistributionType": "FullyReplicated",
    }
    image = f"{REGISTRY}/sagemaker-xgboost:1.7-1"
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
        RoleArn=ROLE,
        HyperParameters=HYPERPARAMETERS,
        InputDataConfig=[{"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": source}}],
        OutputDataConfig={"S3OutputPath": f"s3://{BUCKET}/{prefix}/models"},
        ResourceConfig=RESOURCES,
        StoppingCondition={"MaxRuntimeInSeconds": 3600},
        ExperimentConfig=run.experiment_config,
    )
    job = wait(console, "training with xgboost 1.7.6", "TrainingJob", name)
    model = {"Image": image, "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]}
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=model)


def measure(console: Console, run: Run, prefix: str, data: dict[str, Any]) -> dict[str, Any]:
    """Run Clarify's processing job over data and model; gives its analysis.json."""
    s3, name = boto3.client("s3"), job_name(run, "clarify")
    config = {
        "dataset_type": "text/csv",
        "headers": list(data),
        **{key: bias.CONFIG[key] for key in ("label", "label_values_or_threshold", "facet", "group_variable")},
        "probability_threshold": bias.THRESHOLD,
        "methods": bias.CONFIG["methods"],
        "predictor": {
            "model_name": job_name(run, "train"),
            "instance_type": "ml.m5.xlarge",
            "initial_instance_count": 1,
            "accept_type": "text/csv",
            "content_type": "text/csv",
        },
    }
    where = f"s3://{BUCKET}/{prefix}"
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}/config/analysis_config.json", Body=json.dumps(config).encode())
    inputs = {
        "dataset": (f"{where}/train", "/opt/ml/processing/input/data"),
        "analysis_config": (f"{where}/config/analysis_config.json", "/opt/ml/processing/input/config"),
    }
    result = {"S3Uri": f"{where}/report", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}
    boto3.client("sagemaker").create_processing_job(
        ProcessingJobName=name,
        AppSpecification={"ImageUri": f"{REGISTRY}/sagemaker-clarify-processing:1.0"},
        RoleArn=ROLE,
        ProcessingInputs=[
            {
                "InputName": key,
                "S3Input": {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"},
            }
            for key, (uri, path) in inputs.items()
        ],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "analysis_result", "S3Output": result}]},
        ProcessingResources={"ClusterConfig": RESOURCES},
        ExperimentConfig=run.experiment_config,
    )
    wait(console, "measuring bias", "ProcessingJob", name)
    found: dict[str, Any] = json.loads(
        s3.get_object(Bucket=BUCKET, Key=f"{prefix}/report/analysis.json")["Body"].read()
    )
    return found


def job_name(run: Run, what: str) -> str:
    return f"{run.run_name}-{what}"


def wait(console: Console, what: str, noun: str, name: str) -> dict[str, Any]:
    """Wait for a job's end, showing the last line of its log; ends the program with the job's reason when it failed."""
    sagemaker, logs, began = boto3.client("sagemaker"), boto3.client("logs"), time.monotonic()
    describe = sagemaker.describe_training_job if noun == "TrainingJob" else sagemaker.describe_processing_job
    with console.status(what) as status:
        while (job := describe(**{f"{noun}Name": name}))[f"{noun}Status"] not in ENDED:
            status.update(
                f"{what} ({time.monotonic() - began:.0f} s) {last_line(logs, f'/aws/sagemaker/{noun}s', name)}"
            )
            time.sleep(0.5)
    if job[f"{noun}Status"] != "Completed":
        raise SystemExit(
            f"The job '{name}' is {job[f'{noun}Status']}: {job.get('FailureReason', job.get('ExitMessage', ''))}"
        )
    console.print(f"{what}: {time.monotonic() - began:.1f} s", highlight=False)
    return dict(job)


def last_line(logs: Any, group: str, name: str) -> str:
    try:
        streams = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=name)["logStreams"]
        told = logs.get_log_events(logGroupName=group, logStreamName=streams[0]["logStreamName"], limit=1)["events"]
        return str(told[-1]["message"])[:100] if told else ""
    except (logs.exceptions.ResourceNotFoundException, IndexError):
        return ""


if __name__ == "__main__":
    main()
