"""Records of every kind that pages show: jobs, a model, an endpoint, tags, made through boto3."""

from __future__ import annotations

from typing import Any

from tests.conftest import LiveServer

ROLE = "arn:aws:iam::000000000000:role/Data"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
BUCKET = "s3://records"
TAGS = [{"Key": "Project", "Value": "Project-One"}, {"Key": "team", "Value": "credit"}]


def make_records(server: LiveServer) -> None:
    """Make them on a server that only records."""
    client = server.client("sagemaker")
    client.create_experiment(ExperimentName="credit", Description="Which loans are paid back?", Tags=TAGS)
    client.create_trial(TrialName="first", ExperimentName="credit")
    client.create_trial(TrialName="second", ExperimentName="credit")
    for number in range(8):
        client.create_training_job(**training_job(f"credit-{number:02}", number))
        name = f"run-{number:02}"
        client.create_trial_component(
            TrialComponentName=name,
            Status={"PrimaryStatus": "Completed" if number else "Failed", "Message": "end"},
            Parameters={"eta": {"NumberValue": 0.1 * number}, "booster": {"StringValue": "ab"[number % 2]}},
            Tags=[*TAGS, {"Key": "parity", "Value": "ab"[number % 2]}],
        )
        client.associate_trial_component(TrialComponentName=name, TrialName="first")
        points = [
            {"MetricName": metric, "Timestamp": 1_790_000_000 + step, "Step": step, "Value": value}
            for step in range(10)
            for metric, value in (("validation:auc", 0.7 + 0.01 * number + 0.002 * step), ("loss", 1 / (step + 1)))
        ]
        server.client("sagemaker-metrics").batch_put_metrics(TrialComponentName=name, MetricData=points)
    client.create_processing_job(
        ProcessingJobName="prepare",
        RoleArn=ROLE,
        AppSpecification={"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "/opt/prepare.py"]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 5}},
    )
    deploy(client, "credit-best", "credit-07")


def training_job(name: str, number: int) -> dict[str, Any]:
    """Give the request of one job."""
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "HyperParameters": {"eta": f"{0.1 * (number + 1):.1f}", "max_depth": "5", "objective": "binary:logistic"},
        "InputDataConfig": [
            {
                "ChannelName": channel,
                "ContentType": "text/csv",
                "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"{BUCKET}/{channel}"}},
            }
            for channel in ("train", "validation")
        ],
        "OutputDataConfig": {"S3OutputPath": f"{BUCKET}/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 5},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "Tags": TAGS,
    }


def deploy(client: Any, endpoint: str, job: str) -> None:
    """Make a model of a job's artifacts, a configuration and an endpoint of it."""
    artifacts = client.describe_training_job(TrainingJobName=job)["ModelArtifacts"]["S3ModelArtifacts"]
    container = {"Image": IMAGE, "ModelDataUrl": artifacts}
    client.create_model(ModelName=f"{endpoint}-model", PrimaryContainer=container, ExecutionRoleArn=ROLE, Tags=TAGS)
    client.create_endpoint_config(
        EndpointConfigName=f"{endpoint}-config",
        ProductionVariants=[
            {
                "VariantName": "AllTraffic",
                "ModelName": f"{endpoint}-model",
                "InitialInstanceCount": 1,
                "InstanceType": "ml.m5.large",
                "InitialVariantWeight": 1.0,
            }
        ],
    )
    client.create_endpoint(EndpointName=endpoint, EndpointConfigName=f"{endpoint}-config", Tags=TAGS)
