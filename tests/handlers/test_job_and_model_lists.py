"""Jobs, models and endpoints through a real boto3 client: lists, waiters, tags, Search, errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.training_jobs import add_training_job
from trialbook.store.interface import Entity, Transaction

ROLE = "arn:aws:iam::000000000000:role/R"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"


@pytest.fixture
def client(live_server: Any) -> Any:
    return live_server.client("sagemaker")


def train(client: Any, name: str, **members: Any) -> str:
    request: dict[str, Any] = {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }
    return str(client.create_training_job(**{**request, **members})["TrainingJobArn"])


def process(client: Any, name: str) -> None:
    client.create_processing_job(
        ProcessingJobName=name,
        RoleArn=ROLE,
        AppSpecification={"ImageUri": "i"},
        ProcessingResources={
            "ClusterConfig": {"InstanceType": "ml.t3.medium", "InstanceCount": 1, "VolumeSizeInGB": 1}
        },
    )


def serve(client: Any, name: str, url: str = "s3://b/m.tar.gz") -> None:
    client.create_model(ModelName=name, PrimaryContainer={"Image": "i", "ModelDataUrl": url}, ExecutionRoleArn=ROLE)


def transform(client: Any, name: str) -> None:
    client.create_transform_job(
        TransformJobName=name,
        ModelName="m",
        TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}}},
        TransformOutput={"S3OutputPath": "s3://b/out"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )


def tune(client: Any, name: str) -> str:
    answer = client.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": "Random",
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
            "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
        },
        TrainingJobDefinition={
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "RoleArn": ROLE,
            "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
    )
    return str(answer["HyperParameterTuningJobArn"])


def deploy(client: Any, name: str) -> None:
    variant = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    client.create_endpoint_config(EndpointConfigName=f"{name}-c", ProductionVariants=[variant])
    client.create_endpoint(EndpointName=name, EndpointConfigName=f"{name}-c")


MAKE: dict[str, Any] = {
    "list_training_jobs": (train, "TrainingJobSummaries", "TrainingJobName", "oldest"),
    "list_processing_jobs": (process, "ProcessingJobSummaries", "ProcessingJobName", "oldest"),
    "list_transform_jobs": (transform, "TransformJobSummaries", "TransformJobName", "newest"),
    "list_hyper_parameter_tuning_jobs": (
        tune,
        "HyperParameterTuningJobSummaries",
        "HyperParameterTuningJobName",
        "name",
    ),
    "list_models": (serve, "Models", "ModelName", "newest"),
    "list_endpoints": (deploy, "Endpoints", "EndpointName", "newest"),
    "list_model_package_groups": (
        lambda client, name: client.create_model_package_group(ModelPackageGroupName=name),
        "ModelPackageGroupSummaryList",
        "ModelPackageGroupName",
        "oldest",
    ),
    "list_model_packages": (
        lambda client, name: client.create_model_package(ModelPackageName=name),
        "ModelPackageSummaryList",
        "ModelPackageName",
        "oldest",
    ),
    "list_model_cards": (
        lambda client, name: client.create_model_card(ModelCardName=name, Content="{}", ModelCardStatus="Draft"),
        "ModelCardSummaries",
        "ModelCardName",
        "oldest",
    ),
}
AT_OR_AFTER = {"list_models", "list_endpoints"}
"""Whose CreationTimeAfter includes the time itself, by the model's words ("greater than or equal", "at or after")."""
ORDERS = {"oldest": ["bb", "Ca", "ab"], "newest": ["ab", "Ca", "bb"], "name": ["ab", "bb", "Ca"]}


@dataclass(frozen=True)
class Listed:
    """One list operation over three things made in the order bb, Ca, ab.

    `default` says which order it documents; `includes` whether CreationTimeAfter takes in the time itself.
    """

    operation: Callable[..., Any]
    member: str
    name: str
    default: str
    includes: bool

    def names(self, **arguments: Any) -> list[str]:
        return self.names_of(self.operation(**arguments))

    def names_of(self, answer: Any) -> list[str]:
        return [one[self.name] for one in answer[self.member]]


class TestEveryList:
    """What all lists share."""

    @pytest.fixture(params=MAKE)
    def listed(self, client: Any, request: pytest.FixtureRequest) -> Listed:
        make, member, name, default = MAKE[request.param]
        if request.param in {"list_transform_jobs", "list_endpoints"}:
            serve(client, "m")
        for one in ORDERS["oldest"]:
            make(client, one)
            _next_millisecond()
        return Listed(getattr(client, request.param), member, name, default, request.param in AT_OR_AFTER)

    def test_the_default_order_is_the_documented_one(self, listed: Listed) -> None:
        assert listed.names() == ORDERS[listed.default]

    def test_names_sort_without_case_both_ways(self, listed: Listed) -> None:
        assert listed.names(SortBy="Name", SortOrder="Ascending") == ORDERS["name"]
        assert listed.names(SortBy="Name", SortOrder="Descending") == ORDERS["name"][::-1]

    def test_times_sort_both_ways(self, listed: Listed) -> None:
        assert listed.names(SortBy="CreationTime", SortOrder="Ascending") == ORDERS["oldest"]
        assert listed.names(SortBy="CreationTime", SortOrder="Descending") == ORDERS["newest"]

    def test_a_part_of_the_name_filters_without_case(self, listed: Listed) -> None:
        assert sorted(listed.names(NameContains="B")) == ["ab", "bb"]

    def test_a_time_parts_them(self, listed: Listed) -> None:
        every = listed.operation()[listed.member]
        middle = next(one["CreationTime"] for one in every if one[listed.name] == "Ca")
        assert listed.names(CreationTimeAfter=middle) == (["ab", "Ca"] if listed.includes else ["ab"])
        assert listed.names(CreationTimeBefore=middle) == ["bb"]

    def test_pages_hold_every_one_once(self, listed: Listed) -> None:
        request: dict[str, Any] = {"MaxResults": 1}
        seen: list[str] = []
        for _ in range(4):
            answer = listed.operation(**request)
            seen += listed.names_of(answer)
            if not answer.get("NextToken"):
                break
            request["NextToken"] = answer["NextToken"]
        assert seen == ORDERS[listed.default]

    def test_a_made_up_token_is_refused(self, listed: Listed) -> None:
        with pytest.raises(ClientError) as raised:
            listed.operation(NextToken="junk")
        assert raised.value.response["Error"]["Code"] == "ValidationException"
        assert "Invalid pagination token because" in raised.value.response["Error"]["Message"]


def _next_millisecond() -> None:
    """Wait until the clock shows another millisecond, the unit of creation times."""
    now = int(time.time() * 1000)
    while int(time.time() * 1000) <= now + 1:
        pass


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("list_training_jobs", "TrainingJobSummaries"),
        ("list_processing_jobs", "ProcessingJobSummaries"),
        ("list_hyper_parameter_tuning_jobs", "HyperParameterTuningJobSummaries"),
    ],
)
def test_a_status_filters_and_sorts(client: Any, operation: str, member: str) -> None:
    MAKE[operation][0](client, "a")
    assert len(getattr(client, operation)(StatusEquals="Completed", SortBy="Status")[member]) == 1
    assert getattr(client, operation)(StatusEquals="Failed")[member] == []


def test_an_endpoint_modified_at_a_time_is_not_modified_after_it(client: Any) -> None:
    serve(client, "m")
    deploy(client, "ep")
    when = client.describe_endpoint(EndpointName="ep")["LastModifiedTime"]
    assert client.list_endpoints(LastModifiedTimeAfter=when)["Endpoints"] == []
    assert len(client.list_endpoints(CreationTimeAfter=when)["Endpoints"]) == 1


def test_an_endpoints_status_filters(client: Any) -> None:
    serve(client, "m")
    deploy(client, "ep")
    assert len(client.list_endpoints(StatusEquals="InService", SortBy="Status")["Endpoints"]) == 1
    assert client.list_endpoints(StatusEquals="Failed")["Endpoints"] == []


def test_a_tuning_jobs_summary_has_its_strategy_and_limits(client: Any) -> None:
    tune(client, "t")
    [found] = client.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert (found["Strategy"], found["ResourceLimits"]["MaxNumberOfTrainingJobs"]) == ("Random", 2)


def _add(call: Call, name: str, members: dict[str, Any], tx: Transaction) -> Entity:
    return add_training_job(tx, call, name, members)


def test_the_training_jobs_of_a_tuning_job_are_listed_and_ranked(live_server: Any, client: Any) -> None:
    arn = tune(client, "t")
    call = Call(live_server.workspace, Scope("000000000000", "us-east-1"), "u", "r")
    for name, value in (("t-1", 0.5), ("t-2", 0.9), ("t-3", None)):
        made: dict[str, Any] = {
            "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
            "TuningJobArn": arn,
            "TunedHyperParameters": {"eta": "0.1"},
        }
        if value is not None:
            made["FinalMetricDataList"] = [{"MetricName": "auc", "Value": value, "Timestamp": 1.0}]
        call.store.write(partial(_add, call, name, made))
    train(client, "stranger")

    def ranked(**arguments: Any) -> list[Any]:
        answer = client.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="t", **arguments)
        return list(answer["TrainingJobSummaries"])

    assert [one["TrainingJobName"] for one in ranked()] == ["t-1", "t-2", "t-3"]
    best, worst = ranked(SortBy="FinalObjectiveMetricValue", SortOrder="Descending")
    assert (best["TrainingJobName"], worst["TrainingJobName"]) == ("t-2", "t-1")
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["MetricName"] == "auc"
    assert round(best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"], 6) == 0.9
    assert (best["TunedHyperParameters"], best["ObjectiveStatus"]) == ({"eta": "0.1"}, "Succeeded")


def test_model_packages_are_listed_by_group_and_type(client: Any) -> None:
    client.create_model_package_group(ModelPackageGroupName="g")
    for status in ("Approved", "Rejected"):
        client.create_model_package(ModelPackageGroupName="g", ModelApprovalStatus=status)
    client.create_model_package(ModelPackageName="alone")

    def arns(**arguments: Any) -> list[str]:
        found = client.list_model_packages(**arguments)["ModelPackageSummaryList"]
        return [one["ModelPackageArn"].partition("model-package/")[2] for one in found]

    assert arns() == ["alone"]
    assert arns(ModelPackageGroupName="G") == arns(ModelPackageType="Versioned") == ["g/1", "g/2"]
    assert arns(ModelPackageType="Both") == ["g/1", "g/2", "alone"]
    assert arns(ModelPackageGroupName="g", ModelApprovalStatus="Rejected") == ["g/2"]


def test_the_waiters_of_boto3_end_at_once(client: Any) -> None:
    train(client, "job")
    client.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="job", WaiterConfig={"MaxAttempts": 1})
    process(client, "job")
    wait_once = {"WaiterConfig": {"MaxAttempts": 1}}
    client.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName="job", **wait_once)
    serve(client, "m")
    transform(client, "job")
    client.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName="job", **wait_once)
    deploy(client, "ep")
    client.get_waiter("endpoint_in_service").wait(EndpointName="ep", **wait_once)
    client.delete_endpoint(EndpointName="ep")
    client.get_waiter("endpoint_deleted").wait(EndpointName="ep", **wait_once)


def test_models_and_endpoints_rank_by_their_training_jobs_metrics(live_server: Any, client: Any) -> None:
    metrics = live_server.client("sagemaker-metrics")
    for name, value in (("low", 0.1), ("high", 0.9)):
        train(client, name)
        data = [{"MetricName": "auc", "Value": value, "Timestamp": int(time.time())}]
        metrics.batch_put_metrics(TrialComponentName=f"{name}-aws-training-job", MetricData=data)
        serve(client, f"{name}-model", f"s3://b/out/{name}/output/model.tar.gz")
    found = client.search(Resource="Model", SortBy="TrainingJob.Metrics.auc", SortOrder="Descending")["Results"]
    assert [one["Model"]["Model"]["ModelName"] for one in found] == ["high-model", "low-model"]


def test_a_job_is_found_by_the_model_it_made(client: Any) -> None:
    train(client, "job")
    where = {"Name": "ModelArtifacts.S3ModelArtifacts", "Value": "s3://b/out/job/output/model.tar.gz"}
    found = client.search(Resource="TrainingJob", SearchExpression={"Filters": [where]}, MaxResults=1)["Results"]
    assert [one["TrainingJob"]["TrainingJobName"] for one in found] == ["job"]


def test_every_taggable_record_lists_the_tags_it_was_made_with(client: Any) -> None:
    tags = [{"Key": "Project", "Value": "P"}]
    arns = [
        train(client, "job", Tags=tags),
        client.create_model(ModelName="m", PrimaryContainer={"Image": "i"}, Tags=tags)["ModelArn"],
        client.create_model_package_group(ModelPackageGroupName="g", Tags=tags)["ModelPackageGroupArn"],
        client.create_model_card(ModelCardName="c", Content="{}", ModelCardStatus="Draft", Tags=tags)["ModelCardArn"],
    ]
    for arn in arns:
        assert client.list_tags(ResourceArn=arn)["Tags"] == tags


@pytest.mark.parametrize(
    ("operation", "arguments", "code", "words"),
    [
        ("describe_training_job", {"TrainingJobName": "x"}, "ValidationException", "Requested resource not found."),
        ("describe_processing_job", {"ProcessingJobName": "x"}, "ValidationException", "Could not find"),
        ("describe_transform_job", {"TransformJobName": "x"}, "ResourceNotFound", "does not exist"),
        ("describe_model", {"ModelName": "x"}, "ValidationException", "Could not find model"),
        ("describe_endpoint", {"EndpointName": "x"}, "ValidationException", "Could not find endpoint"),
        (
            "describe_endpoint_config",
            {"EndpointConfigName": "x"},
            "ValidationException",
            "Could not find endpoint conf",
        ),
        ("describe_model_package", {"ModelPackageName": "x"}, "ValidationException", "Could not find model package"),
        ("describe_model_card", {"ModelCardName": "x"}, "ResourceNotFound", "does not exist"),
    ],
)
def test_what_is_missing_has_the_code_and_words_that_clients_match(
    client: Any, operation: str, arguments: dict[str, str], code: str, words: str
) -> None:
    with pytest.raises(ClientError) as raised:
        getattr(client, operation)(**arguments)
    error = raised.value.response["Error"]
    assert error["Code"] == code
    assert words in error["Message"]
    assert "'x'" in error["Message"] or "/x" in error["Message"]
