"""Models, endpoint configurations and endpoints as records, and the training job they lead back to."""

from __future__ import annotations

from typing import Any

import pytest

from trialbook.errors import ValidationError
from trialbook.model import Kind
from trialbook.services import records, recycling
from trialbook.services.lineage import walk

URL = "s3://b/out/job-1/output/model.tar.gz"


def link_of(client: Any, kind: Kind, name: str) -> int | None:
    doc = records.document(records.require(client.call.store, client.call, kind, name))
    linked: int | None = doc.get("_links", {}).get("TrainingJob")
    return linked


def job_id(client: Any, name: str = "job-1") -> int:
    return int(records.require(client.call.store, client.call, Kind.TRAINING_JOB, name).id)


def endpoint(client: Any, name: str = "ep") -> Any:
    return client("DescribeEndpoint", EndpointName=name)


def config(client: Any, name: str, *variants: dict[str, Any], **members: Any) -> None:
    client("CreateEndpointConfig", EndpointConfigName=name, ProductionVariants=list(variants), **members)


def variant(name: str = "AllTraffic", model: str = "m", **members: Any) -> dict[str, Any]:
    given = {"VariantName": name, "ModelName": model, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}
    return {**given, **members}


def test_a_model_keeps_its_containers(client: Any) -> None:
    containers: list[dict[str, Any]] = [
        {"Image": "a", "ContainerHostname": "x"},
        {"Image": "b", "ModelDataUrl": "s3://b/2", "Environment": {}},
    ]
    client("CreateModel", ModelName="m", Containers=containers, ExecutionRoleArn="arn:aws:iam::000000000000:role/R")
    found = client("DescribeModel", ModelName="m")
    assert found["Containers"] == [{"Mode": "SingleModel", **one} for one in containers]
    assert found["EnableNetworkIsolation"] is False


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({}, "has no container"),
        ({"PrimaryContainer": {"Image": "a"}, "Containers": [{"Image": "a"}]}, "one of the two"),
        ({"Containers": [{"ContainerHostname": "x"}, {"ContainerHostname": "x"}]}, "'x' is given to two containers"),
    ],
)
def test_a_model_without_a_clear_container_is_refused(client: Any, members: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        client("CreateModel", ModelName="m", **members)


@pytest.mark.parametrize("operation", ["DescribeModel", "DeleteModel"])
def test_a_missing_model_cannot_be_found(client: Any, operation: str) -> None:
    with pytest.raises(ValidationError, match="Could not find model"):
        client(operation, ModelName="none")


def test_a_taken_name_is_the_error_that_clients_match(client: Any) -> None:
    client.serve_model("m")
    client.deploy("ep", "m")
    for taken in (lambda: client.serve_model("M"), lambda: config(client, "EP-config", variant())):
        with pytest.raises(ValidationError, match="Cannot create already existing"):
            taken()
    with pytest.raises(ValidationError, match="Cannot create already existing endpoint"):
        client("CreateEndpoint", EndpointName="EP", EndpointConfigName="ep-config")


def test_a_model_leads_to_the_job_that_made_its_data(client: Any) -> None:
    client.train("job-1")
    client.serve_model("m", URL)
    assert link_of(client, Kind.MODEL, "m") == job_id(client)


def test_a_job_made_after_model_and_endpoint_is_linked_to_both(client: Any) -> None:
    client.serve_model("m", URL)
    client.deploy("ep", "m")
    assert link_of(client, Kind.MODEL, "m") is link_of(client, Kind.ENDPOINT, "ep") is None
    client.train("job-1")
    assert link_of(client, Kind.MODEL, "m") == link_of(client, Kind.ENDPOINT, "ep") == job_id(client)


def test_a_model_whose_data_no_job_made_leads_nowhere(client: Any) -> None:
    client.train("job-1")
    client.serve_model("m", "s3://b/elsewhere/model.tar.gz")
    assert link_of(client, Kind.MODEL, "m") is None


@pytest.mark.parametrize(
    "container",
    [
        {"ModelDataUrl": URL},
        {"ModelDataSource": {"S3DataSource": {"S3Uri": URL, "S3DataType": "S3Object", "CompressionType": "Gzip"}}},
        {"ModelPackageName": "group/1"},
        {"ModelPackageName": "arn:aws:sagemaker:us-east-1:000000000000:model-package/group/1"},
    ],
)
def test_the_data_is_found_in_every_place_where_a_container_names_it(client: Any, container: dict[str, Any]) -> None:
    client.train("job-1")
    client("CreateModelPackageGroup", ModelPackageGroupName="group")
    specification = {"Containers": [{"Image": "i", "ModelDataUrl": URL}]}
    client("CreateModelPackage", ModelPackageGroupName="group", InferenceSpecification=specification)
    client("CreateModel", ModelName="m", Containers=[{"Image": "first"}, container])
    assert link_of(client, Kind.MODEL, "m") == job_id(client)


def test_a_deleted_jobs_metrics_are_found_again_once_it_is_restored(client: Any) -> None:
    arn = client.train("job-1")["TrainingJobArn"]
    data = [{"MetricName": "auc", "Value": 0.5, "Timestamp": 1e9}]
    client("BatchPutMetrics", TrialComponentName="job-1-aws-training-job", MetricData=data)
    client.serve_model("m", URL)

    def hits() -> int:
        where = {"Filters": [{"Name": "TrainingJob.Metrics.auc", "Operator": "Exists"}]}
        return int(client("Search", Resource="Model", SearchExpression=where)["TotalHits"]["Value"])

    assert hits() == 1
    client("DeleteTrainingJob", TrainingJobName="job-1")
    assert hits() == 0
    recycling.restore(client.call, arn)
    assert hits() == 1


def test_a_job_made_again_takes_the_links_over(client: Any) -> None:
    client.train("job-1")
    client.serve_model("m", URL)
    client.deploy("ep", "m")
    client("DeleteTrainingJob", TrainingJobName="job-1")
    client.train("job-1")
    assert link_of(client, Kind.MODEL, "m") == link_of(client, Kind.ENDPOINT, "ep") == job_id(client)


def test_a_configuration_needs_its_models(client: Any) -> None:
    with pytest.raises(ValidationError, match="Could not find model"):
        config(client, "c", variant())


def test_a_variant_weighs_one_unless_told_otherwise(client: Any) -> None:
    client.serve_model("m")
    config(client, "c", variant("a"), variant("b", InitialVariantWeight=0.0))
    found = client("DescribeEndpointConfig", EndpointConfigName="c")["ProductionVariants"]
    assert [one["InitialVariantWeight"] for one in found] == [1.0, 0.0]


def test_variant_names_are_unique(client: Any) -> None:
    client.serve_model("m")
    with pytest.raises(ValidationError, match="Variant name 'a' is used twice"):
        config(client, "c", variant("a"), ShadowProductionVariants=[variant("a")])


def test_an_endpoint_needs_its_configuration(client: Any) -> None:
    with pytest.raises(ValidationError, match="Could not find endpoint configuration"):
        client("CreateEndpoint", EndpointName="ep", EndpointConfigName="none")


def test_a_recorded_endpoint_is_in_service_with_what_its_configuration_wants(client: Any) -> None:
    client.serve_model("m")
    capture = {
        "EnableCapture": True,
        "InitialSamplingPercentage": 50,
        "DestinationS3Uri": "s3://b/capture",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    }
    serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    config(
        client,
        "c",
        variant("a", InitialVariantWeight=3.0, InitialInstanceCount=2),
        {"VariantName": "b", "ModelName": "m", "ServerlessConfig": serverless},
        DataCaptureConfig=capture,
    )
    client("CreateEndpoint", EndpointName="ep", EndpointConfigName="c")
    found = endpoint(client)
    assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", "c")
    first, second = found["ProductionVariants"]
    assert (first["CurrentWeight"], first["DesiredWeight"]) == (3.0, 3.0)
    assert (first["CurrentInstanceCount"], first["DesiredInstanceCount"]) == (2, 2)
    assert {"SpecifiedImage", "ResolvedImage", "ResolutionTime"} == set(first["DeployedImages"][0])
    assert second["CurrentServerlessConfig"] == serverless
    assert found["DataCaptureConfig"]["CaptureStatus"] == "Started"


def test_an_endpoint_outlives_its_configuration_and_its_model(client: Any) -> None:
    client.serve_model("m")
    client.deploy("ep", "m")
    client("DeleteModel", ModelName="m")
    client("DeleteEndpointConfig", EndpointConfigName="ep-config")
    assert endpoint(client)["EndpointStatus"] == "InService"


def test_a_deleted_endpoint_cannot_be_found(client: Any) -> None:
    client.serve_model("m")
    client.deploy("ep", "m")
    client("DeleteEndpoint", EndpointName="ep")
    for operation in ("DescribeEndpoint", "DeleteEndpoint"):
        with pytest.raises(ValidationError, match="Could not find endpoint"):
            client(operation, EndpointName="ep")


class TestUpdate:
    """UpdateEndpoint and UpdateEndpointWeightsAndCapacities."""

    @pytest.fixture(autouse=True)
    def deployed(self, client: Any) -> None:
        client.train("job-1")
        client.serve_model("m", URL)
        client.serve_model("other", "s3://b/other.tar.gz")
        config(client, "old", variant("a"), variant("b"))
        config(client, "new", variant("a", model="other", InitialInstanceCount=4), variant("c", model="other"))
        client("CreateEndpoint", EndpointName="ep", EndpointConfigName="old")

    def counts(self, client: Any) -> dict[str, tuple[float, int]]:
        variants = endpoint(client)["ProductionVariants"]
        return {one["VariantName"]: (one["CurrentWeight"], one["CurrentInstanceCount"]) for one in variants}

    def test_a_new_configuration_replaces_the_variants(self, client: Any) -> None:
        client("UpdateEndpoint", EndpointName="ep", EndpointConfigName="new")
        assert endpoint(client)["EndpointConfigName"] == "new"
        assert self.counts(client) == {"a": (1.0, 4), "c": (1.0, 1)}

    def test_the_link_follows_the_new_models(self, client: Any) -> None:
        assert link_of(client, Kind.ENDPOINT, "ep") == job_id(client)
        client("UpdateEndpoint", EndpointName="ep", EndpointConfigName="new")
        assert link_of(client, Kind.ENDPOINT, "ep") is None

    def test_variants_of_the_same_name_keep_what_is_retained(self, client: Any) -> None:
        wanted = [{"VariantName": "a", "DesiredWeight": 0.5, "DesiredInstanceCount": 7}]
        client("UpdateEndpointWeightsAndCapacities", EndpointName="ep", DesiredWeightsAndCapacities=wanted)
        client(
            "UpdateEndpoint",
            EndpointName="ep",
            EndpointConfigName="new",
            RetainAllVariantProperties=True,
            ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredWeight"}],
        )
        assert self.counts(client) == {"a": (1.0, 7), "c": (1.0, 1)}

    def test_weights_and_counts_change_for_named_variants_only(self, client: Any) -> None:
        wanted = [{"VariantName": "b", "DesiredWeight": 0.25, "DesiredInstanceCount": 3}]
        client("UpdateEndpointWeightsAndCapacities", EndpointName="ep", DesiredWeightsAndCapacities=wanted)
        assert self.counts(client) == {"a": (1.0, 1), "b": (0.25, 3)}

    def test_an_unknown_variant_is_named_beside_those_there_are(self, client: Any) -> None:
        wanted = [{"VariantName": "z", "DesiredWeight": 1.0}]
        with pytest.raises(ValidationError, match='"z".*it has a, b'):
            client("UpdateEndpointWeightsAndCapacities", EndpointName="ep", DesiredWeightsAndCapacities=wanted)

    def test_a_missing_configuration_leaves_the_endpoint_as_it_was(self, client: Any) -> None:
        with pytest.raises(ValidationError, match="Could not find endpoint configuration"):
            client("UpdateEndpoint", EndpointName="ep", EndpointConfigName="none")
        assert endpoint(client)["EndpointConfigName"] == "old"

    def test_the_deployment_policy_is_kept_only_when_asked(self, client: Any) -> None:
        policy = {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "x"}]}}
        client("UpdateEndpoint", EndpointName="ep", EndpointConfigName="new", DeploymentConfig=policy)
        client("UpdateEndpoint", EndpointName="ep", EndpointConfigName="old", RetainDeploymentConfig=True)
        assert endpoint(client)["LastDeploymentConfig"] == policy
        client("UpdateEndpoint", EndpointName="ep", EndpointConfigName="new")
        assert "LastDeploymentConfig" not in endpoint(client)


def reached(client: Any, kind: Kind, name: str, direction: str) -> set[str]:
    """Give the types of all lineage entities that are reached from one."""
    start = records.require(client.call.store, client.call, kind, name)
    found = walk(client.call.store, [start], direction, 10).vertices
    return {one.type for one in found.values() if one.id != start.id}


def test_lineage_leads_from_the_endpoint_to_the_job_and_its_data_and_back(client: Any) -> None:
    client.train("job-1")
    client.serve_model("m", URL)
    client.deploy("ep", "m")
    ascendants = reached(client, Kind.CONTEXT, "ep-aws-endpoint", "Ascendants")
    assert ascendants == {"ModelDeployment", "Model", "Image", "SageMakerTrainingJob", "DataSet"}
    descendants = reached(client, Kind.TRIAL_COMPONENT, "job-1-aws-training-job", "Descendants")
    assert descendants == {"Model", "ModelDeployment", "Endpoint"}


def test_a_packages_approval_lies_between_its_data_and_the_endpoint(client: Any) -> None:
    client.train("job-1")
    client("CreateModelPackageGroup", ModelPackageGroupName="group")
    specification = {"Containers": [{"Image": "i", "ModelDataUrl": URL}]}
    client("CreateModelPackage", ModelPackageGroupName="group", InferenceSpecification=specification)
    client("CreateModel", ModelName="m", PrimaryContainer={"ModelPackageName": "group/1"})
    client.deploy("ep", "m")
    ascendants = reached(client, Kind.CONTEXT, "ep-aws-endpoint", "Ascendants")
    assert {"Approval", "ModelPackage", "Model", "SageMakerTrainingJob", "DataSet"} <= ascendants
    assert "ModelGroup" in reached(client, Kind.TRIAL_COMPONENT, "job-1-aws-training-job", "Descendants")
    assert "Endpoint" in reached(client, Kind.ACTION, "group-1-aws-model-approval", "Descendants")
