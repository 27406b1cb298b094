from __future__ import annotations

import pytest

from trialbook.wire import catalog, operations


@pytest.mark.parametrize("served", operations.OPERATIONS, ids=lambda served: f"{served.service}.{served.operation}")
def test_every_served_operation_is_in_aws_model(served: operations.Served) -> None:
    assert catalog.operation(served.service, served.operation) is not None


def test_no_operation_is_listed_twice() -> None:
    names = [(served.service, served.operation) for served in operations.OPERATIONS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("CreateHyperParameterTuningJob", "create_hyper_parameter_tuning_job"),
        ("ListObjectsV2", "list_objects_v2"),
        ("ListTrainingJobsForHyperParameterTuningJob", "list_training_jobs_for_hyper_parameter_tuning_job"),
    ],
)
def test_a_handler_has_the_operations_name_in_snake_case(operation: str, name: str) -> None:
    assert operations.function_name(operation) == name


def test_an_operation_that_aws_does_not_have_is_none() -> None:
    assert catalog.operation("sagemaker", "MakeCoffee") is None
    assert catalog.operation("ec2", "RunInstances") is None


def test_a_mistyped_operation_has_a_near_one() -> None:
    assert operations.nearest("sagemaker", "ListExperiment") == "ListExperiments"
    assert operations.nearest("sagemaker", "Zzz") is None
