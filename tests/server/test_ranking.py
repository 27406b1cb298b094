"""Models and endpoints are ranked by what their training jobs measured."""

from __future__ import annotations

from typing import Any

from tests.conftest import LiveServer

NOW = 1_795_404_960


def train(server: LiveServer, name: str, accuracy: float) -> None:
    sagemaker = server.client("sagemaker")
    sagemaker.create_training_job(
        TrainingJobName=name,
        AlgorithmSpecification={"TrainingImage": "xgboost:1.7-1", "TrainingInputMode": "File"},
        RoleArn="arn:aws:iam::000000000000:role/any-role",
        OutputDataConfig={"S3OutputPath": "s3://b/out"},
        ResourceConfig={"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 60},
    )
    server.client("sagemaker-metrics").batch_put_metrics(
        TrialComponentName=f"{name}-aws-training-job",
        MetricData=[{"MetricName": "acc", "Timestamp": NOW, "Value": accuracy}],
    )


def deploy(server: LiveServer, name: str) -> None:
    sagemaker = server.client("sagemaker")
    sagemaker.create_model(
        ModelName=f"m-{name}",
        ExecutionRoleArn="arn:aws:iam::000000000000:role/any-role",
        PrimaryContainer={"Image": "xgboost:1.7-1", "ModelDataUrl": f"s3://b/out/{name}/output/model.tar.gz"},
    )
    variant: dict[str, Any] = {"VariantName": "v", "ModelName": f"m-{name}", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName=f"c-{name}", ProductionVariants=[{**variant, "InstanceType": "ml.m5.xlarge"}]
    )
    sagemaker.create_endpoint(EndpointName=f"e-{name}", EndpointConfigName=f"c-{name}")


def test_models_and_endpoints_rank_by_their_training_jobs_metrics(live_server: LiveServer) -> None:
    for name, accuracy in (("good", 0.9), ("best", 0.95), ("bad", 0.4)):
        train(live_server, name, accuracy)
        deploy(live_server, name)
    sagemaker = live_server.client("sagemaker")

    def ranked(resource: str) -> list[dict[str, Any]]:
        query = {"Filters": [{"Name": "TrainingJob.Metrics.acc", "Operator": "GreaterThan", "Value": "0.5"}]}
        answer = sagemaker.search(
            Resource=resource, SearchExpression=query, SortBy="TrainingJob.Metrics.acc", SortOrder="Descending"
        )
        return [one[resource] for one in answer["Results"]]

    models = ranked("Model")
    assert [one["Model"]["ModelName"] for one in models] == ["m-best", "m-good"]
    assert [one["EndpointName"] for one in models[0]["Endpoints"]] == ["e-best"]
    assert [one["EndpointName"] for one in ranked("Endpoint")] == ["e-best", "e-good"]
