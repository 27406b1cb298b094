from __future__ import annotations

import io
import math
from typing import Any

import pytest

from trialbook.errors import ValidationError
from trialbook.wire import catalog, operations
from trialbook.wire.limits import RELAXED_MAXIMA
from trialbook.wire.validate import validate

POINT = {"MetricName": "loss", "Timestamp": 1795404889.0, "Value": 0.5}


def check(operation: str, params: Any, strict: bool = False, service: str = "sagemaker") -> None:
    model = catalog.operation(service, operation)
    assert model is not None
    validate(model.input_shape, params, strict)


def told(operation: str, params: Any, strict: bool = False, service: str = "sagemaker") -> str:
    with pytest.raises(ValidationError) as caught:
        check(operation, params, strict, service)
    return caught.value.message


ONE = "1 validation error detected: "


@pytest.mark.parametrize(
    ("operation", "params", "message"),
    [
        (
            "ListExperiments",
            {"MaxResults": 101},
            (
                "Value '101' at 'maxResults' failed to satisfy constraint: "
                "Member must have value less than or equal to 100"
            ),
        ),
        (
            "ListExperiments",
            {"MaxResults": 0},
            "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
        ),
        (
            "CreateExperiment",
            {},
            "Value null at 'experimentName' failed to satisfy constraint: Member must not be null",
        ),
        (
            "CreateExperiment",
            {"ExperimentName": None},
            "Value null at 'experimentName' failed to satisfy constraint: Member must not be null",
        ),
        (
            "CreateExperiment",
            {"ExperimentName": ""},
            (
                "Value '' at 'experimentName' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ),
        ),
        (
            "CreateExperiment",
            {"ExperimentName": "e" * 121},
            (
                f"Value '{'e' * 100}...' at 'experimentName' failed to satisfy constraint: "
                "Member must have length less than or equal to 120"
            ),
        ),
        (
            "ListExperiments",
            {"SortOrder": "Up"},
            (
                "Value 'Up' at 'sortOrder' failed to satisfy constraint: "
                "Member must satisfy enum value set: [Ascending, Descending]"
            ),
        ),
        (
            "AddTags",
            {"ResourceArn": "arn", "Tags": [{"Key": "a", "Value": "b"}, {"Key": "a"}]},
            "Value null at 'tags.2.member.value' failed to satisfy constraint: Member must not be null",
        ),
        (
            "Search",
            {"Resource": "TrainingJob", "SearchExpression": {"Filters": [{"Name": "a", "Operator": "Is"}]}},
            (
                "Value 'Is' at 'searchExpression.filters.1.member.operator' failed to satisfy constraint: "
                "Member must satisfy enum value set: [Equals, NotEquals, GreaterThan, GreaterThanOrEqualTo, LessThan, "
                "LessThanOrEqualTo, Contains, Exists, NotExists, In]"
            ),
        ),
        (
            "CreateTrialComponent",
            {"TrialComponentName": "c", "Parameters": {"a": {"NumberValue": 1.0, "StringValue": "1"}}},
            (
                "Value '{NumberValue, StringValue}' at 'parameters.a.value' failed to satisfy constraint: "
                "Member must have exactly one of [StringValue, NumberValue] set"
            ),
        ),
        (
            "CreateTrialComponent",
            {"TrialComponentName": "c", "Parameters": {"a": {}}},
            (
                "Value '{}' at 'parameters.a.value' failed to satisfy constraint: "
                "Member must have exactly one of [StringValue, NumberValue] set"
            ),
        ),
        (
            "CreateExperiment",
            {"ExperimentName": 5},
            "Value '5' at 'experimentName' failed to satisfy constraint: Member must be text",
        ),
        (
            "CreateExperiment",
            {"ExperimentName": "e", "Tags": {}},
            "Value '{}' at 'tags' failed to satisfy constraint: Member must be a list",
        ),
        (
            "ListExperiments",
            {"CreatedAfter": math.nan},
            "Value 'nan' at 'createdAfter' failed to satisfy constraint: Member must be a timestamp in epoch seconds",
        ),
        (
            "ListExperiments",
            {"MaxResults": True},
            "Value 'True' at 'maxResults' failed to satisfy constraint: Member must be an integer",
        ),
    ],
)
def test_a_broken_rule_is_told_in_aws_words(operation: str, params: Any, message: str) -> None:
    assert told(operation, params) == ONE + message


def test_all_faults_are_told_at_once() -> None:
    message = told("ListExperiments", {"MaxResults": 0, "SortOrder": "Up"})
    assert message.startswith("2 validation errors detected: Value '0' at 'maxResults'")
    assert "; Value 'Up' at 'sortOrder'" in message


def test_a_list_of_faults_is_cut() -> None:
    message = told("AddTags", {"ResourceArn": "a", "Tags": [{}] * 1000})
    assert message.count("Value null") == 10


def test_a_large_enum_is_told_by_its_nearest_words() -> None:
    job = {"ResourceConfig": {"InstanceType": "ml.m5.larg", "VolumeSizeInGB": 1}}
    message = told("CreateTrainingJob", job)
    rule = message.partition("at 'resourceConfig.instanceType' failed to satisfy constraint: ")[2]
    assert rule.startswith("Member must satisfy enum value set: [ml.m5.large, ")
    assert len(rule) < 200


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("sagemaker-metrics", "BatchPutMetrics", {"TrialComponentName": "c", "MetricData": [POINT] * 11}),
        (
            "sagemaker",
            "UpdateTrialComponent",
            {"TrialComponentName": "c", "Parameters": {str(n): {"NumberValue": 1.0} for n in range(301)}},
        ),
        (
            "sagemaker",
            "UpdateTrialComponent",
            {"TrialComponentName": "c", "Parameters": {"a": {"StringValue": "s" * 2501}}},
        ),
        (
            "sagemaker",
            "UpdateTrialComponent",
            {"TrialComponentName": "c", "Status": {"PrimaryStatus": "Failed", "Message": "m" * 1025}},
        ),
        (
            "sagemaker",
            "AddTags",
            {
                "ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m",
                "Tags": [{"Key": str(n), "Value": ""} for n in range(51)],
            },
        ),
        ("sagemaker", "CreateExperiment", {"ExperimentName": "my_experiment"}),
        ("sagemaker", "CreateExperiment", {"ExperimentName": "e", "DisplayName": "With spaces"}),
    ],
)
def test_quotas_and_patterns_hold_only_under_aws_limits(service: str, operation: str, params: Any) -> None:
    check(operation, params, service=service)
    assert told(operation, params, strict=True, service=service).startswith(ONE)


def test_a_name_that_aws_takes_passes_strictly() -> None:
    check("CreateExperiment", {"ExperimentName": "a-b-1", "DisplayName": "A"}, strict=True)


def test_nan_is_a_metric_value_but_no_weight() -> None:
    nan = {**POINT, "Value": math.nan}
    check("BatchPutMetrics", {"TrialComponentName": "c", "MetricData": [nan]}, service="sagemaker-metrics")
    variant = {"VariantName": "v", "ModelName": "m", "InitialVariantWeight": math.nan}
    params = {"EndpointConfigName": "e", "ProductionVariants": [variant]}
    assert "initialVariantWeight" in told("CreateEndpointConfig", params)


def test_a_deep_expression_is_refused_before_the_stack_ends() -> None:
    expression: dict[str, Any] = {}
    for _ in range(5000):
        expression = {"SubExpressions": [expression]}
    assert "nest at most 64" in told("Search", {"Resource": "Model", "SearchExpression": expression})


def test_a_blob_is_bytes_or_a_file() -> None:
    for body in (b"1", io.BytesIO(b"1")):
        check("InvokeEndpoint", {"EndpointName": "e", "Body": body}, service="sagemaker-runtime")
    message = told("InvokeEndpoint", {"EndpointName": "e", "Body": "1"}, service="sagemaker-runtime")
    assert "Member must be bytes" in message


def test_every_relaxed_shape_is_one_that_a_served_operation_takes_and_has_a_maximum() -> None:
    seen: dict[str, Any] = {}
    for served in operations.OPERATIONS:
        model = catalog.operation(served.service, served.operation)
        if model is not None and model.input_shape is not None:
            _collect(model.input_shape, seen)
    assert {name for name in RELAXED_MAXIMA if name not in seen or "max" not in seen[name].metadata} == set()


def _collect(shape: Any, seen: dict[str, Any]) -> None:
    if shape.name in seen:
        return
    seen[shape.name] = shape
    if shape.type_name == "structure":
        for member in shape.members.values():
            _collect(member, seen)
    elif shape.type_name == "list":
        _collect(shape.member, seen)
    elif shape.type_name == "map":
        _collect(shape.key, seen)
        _collect(shape.value, seen)
