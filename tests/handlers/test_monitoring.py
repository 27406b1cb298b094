"""CloudWatch's statistics of a training job's metrics, through real boto3 clients; and endpoints without a model."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import LiveServer, serve

from trialbook.settings import Settings

NAMESPACE = "/aws/sagemaker/TrainingJobs"
START = 1_800_000_000
POINTS = [(START + 1, 1.0), (START + 59, 3.0), (START + 60, 10.0), (START + 200, 5.0), (START + 201, float("nan"))]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with the training job `job`, whose metric `train:loss` has `POINTS`."""
    with serve(Settings(store=str(tmp_path_factory.mktemp("monitoring") / "store"), launcher="record")) as live:
        live.client("sagemaker").create_training_job(
            TrainingJobName="job",
            AlgorithmSpecification={"TrainingImage": "image", "TrainingInputMode": "File"},
            RoleArn="arn:aws:iam::000000000000:role/R-of-some-length",
            OutputDataConfig={"S3OutputPath": "s3://b/out"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
        )
        data = [{"MetricName": "train:loss", "Timestamp": time, "Value": value} for time, value in POINTS]
        answer = live.client("sagemaker-metrics").batch_put_metrics(
            TrialComponentName="job-aws-training-job", MetricData=data
        )
        assert not answer.get("Errors")
        yield live


@pytest.fixture
def cloudwatch(server: LiveServer) -> Any:
    return server.client("cloudwatch")


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


def statistics(cloudwatch: Any, job: str = "job", **members: Any) -> Any:
    request = {
        "Namespace": NAMESPACE,
        "MetricName": "train:loss",
        "Dimensions": [{"Name": "TrainingJobName", "Value": job}],
        "StartTime": at(0),
        "EndTime": at(300),
        "Period": 60,
        "Statistics": ["Average", "Sum", "Minimum", "Maximum", "SampleCount"],
    }
    return cloudwatch.get_metric_statistics(**{**request, **members})["Datapoints"]


def test_statistics_are_over_the_points_of_each_period(cloudwatch: Any) -> None:
    names = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
    found = {point["Timestamp"]: tuple(point[name] for name in names) for point in statistics(cloudwatch)}
    assert found == {
        at(0): (2.0, 4.0, 1.0, 3.0, 2.0),
        at(60): (10.0, 10.0, 10.0, 10.0, 1.0),
        at(180): (5.0, 5.0, 5.0, 5.0, 1.0),
    }


def test_the_end_of_the_time_span_is_left_out(cloudwatch: Any) -> None:
    found = statistics(cloudwatch, StartTime=at(59), EndTime=at(60))
    assert [point["Sum"] for point in found] == [3.0]


def test_percentiles_are_answered_beside(cloudwatch: Any) -> None:
    found = statistics(cloudwatch, Statistics=["Average"], ExtendedStatistics=["p50"], EndTime=at(60))
    assert found[0]["ExtendedStatistics"] == {"p50": 2.0}


def test_a_metric_of_nothing_has_no_points(cloudwatch: Any) -> None:
    of_nothing: list[dict[str, Any]] = [
        {"job": "none"},
        {"MetricName": "none"},
        {"Namespace": "other"},
        {"Dimensions": []},
    ]
    for members in of_nothing:
        assert statistics(cloudwatch, **members) == []


def test_a_span_that_ends_before_it_begins_is_refused(cloudwatch: Any) -> None:
    with pytest.raises(ClientError, match="StartTime must be less"):
        statistics(cloudwatch, StartTime=at(300), EndTime=at(0))


def test_several_metrics_are_read_at_once(cloudwatch: Any) -> None:
    metric = {
        "Namespace": NAMESPACE,
        "MetricName": "train:loss",
        "Dimensions": [{"Name": "TrainingJobName", "Value": "job"}],
    }
    queries = [
        {"Id": name.lower(), "MetricStat": {"Metric": metric, "Period": 60, "Stat": name}}
        for name in ("Sum", "Maximum")
    ]
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=at(0), EndTime=at(300), ScanBy="TimestampAscending"
    )
    assert [(one["Id"], one["Values"]) for one in answer["MetricDataResults"]] == [
        ("sum", [4.0, 10.0, 5.0]),
        ("maximum", [3.0, 10.0, 5.0]),
    ]


def test_the_metrics_of_a_job_and_of_all_jobs_are_listed(cloudwatch: Any) -> None:
    of_job = cloudwatch.list_metrics(Dimensions=[{"Name": "TrainingJobName", "Value": "job"}])["Metrics"]
    assert [metric["MetricName"] for metric in of_job] == ["train:loss"]
    assert cloudwatch.list_metrics(Namespace=NAMESPACE)["Metrics"] == of_job
    assert cloudwatch.list_metrics(Namespace="other")["Metrics"] == []


def test_an_endpoint_that_is_not_there_cannot_be_invoked(server: LiveServer) -> None:
    with pytest.raises(ClientError, match="Endpoint none of account 000000000000 not found") as caught:
        server.client("sagemaker-runtime").invoke_endpoint(EndpointName="none", Body=b"")
    assert caught.value.response["Error"]["Code"] == "ValidationError"


def test_an_endpoint_that_is_a_record_says_so_when_invoked(server: LiveServer) -> None:
    sagemaker = server.client("sagemaker")
    sagemaker.create_model(ModelName="m", PrimaryContainer={"Image": "image"})
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    with pytest.raises(ClientError, match="--launcher record") as caught:
        server.client("sagemaker-runtime").invoke_endpoint(EndpointName="e", Body=b"1,2")
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("ModelError", 424)
    assert answer["OriginalStatusCode"] == 501
