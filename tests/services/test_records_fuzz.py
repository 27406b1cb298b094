"""Whatever the shapes allow: an answer or AWS's error, and Describe answers every member that Create was given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trialbook.errors import ApiError
from trialbook.handlers.dispatch import dispatch
from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.workspace import open_workspace
from trialbook.settings import Settings
from trialbook.testing.shapes import params
from trialbook.wire import catalog
from trialbook.wire.operations import OPERATIONS
from trialbook.wire.project import project

GROUPS = {
    "training_jobs",
    "processing_jobs",
    "transform_jobs",
    "tuning_jobs",
    "models",
    "endpoint_configs",
    "endpoints",
    "model_packages",
    "model_cards",
}
NAMES = [one.operation for one in OPERATIONS if one.service == "sagemaker" and one.group in GROUPS]
NAME = st.sampled_from(["a", "A", "b", "a/1", "arn:aws:sagemaker:us-east-1:000000000000:model-package/a/1"])


def aimed(value: Any, name: str) -> Any:
    """Put `name` wherever a name is asked for, so that requests meet each other."""
    if isinstance(value, dict):
        return {
            key: name if isinstance(one, str) and key.endswith(("Name", "PackageArn")) else aimed(one, name)
            for key, one in value.items()
        }
    return [aimed(one, name) for one in value] if isinstance(value, list) else value


def request_of(operation: str) -> st.SearchStrategy[tuple[str, Any]]:
    model = catalog.operation("sagemaker", operation)
    assert model is not None
    return st.tuples(st.just(operation), st.builds(aimed, params(model), NAME))


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    folder: Path = tmp_path_factory.mktemp("records")
    workspace = open_workspace(Settings(store=str(folder / "store")))
    for name in ("a", "b"):
        seed = Call(workspace, Scope("000000000000", "us-east-1"), "u", "r")
        dispatch(seed, "sagemaker", "CreateModel", {"ModelName": name, "PrimaryContainer": {"Image": "i"}})
        dispatch(seed, "sagemaker", "CreateModelPackageGroup", {"ModelPackageGroupName": name})
    yield Call(workspace, Scope("000000000000", "us-east-1"), "u", "r")
    workspace.close()


RELAXED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]


@settings(max_examples=150, deadline=None, suppress_health_check=RELAXED)
@given(requests=st.lists(st.sampled_from(NAMES).flatmap(request_of), min_size=1, max_size=6))
def test_any_requests_in_any_order_end_in_an_answer_or_an_error_of_the_api(call: Call, requests: list[Any]) -> None:
    for operation, request in requests:
        with suppress(ApiError):
            dispatch(call, "sagemaker", operation, request)


CREATES = {
    "CreateTrainingJob": "TrainingJobName",
    "CreateProcessingJob": "ProcessingJobName",
    "CreateTransformJob": "TransformJobName",
    "CreateHyperParameterTuningJob": "HyperParameterTuningJobName",
    "CreateModel": "ModelName",
    "CreateEndpointConfig": "EndpointConfigName",
    "CreateModelPackage": "ModelPackageName",
    "CreateModelPackageGroup": "ModelPackageGroupName",
}


def lacking(given: Any, answered: Any, path: str = "") -> str | None:
    """Say where `answered` lacks something of `given`; members beside those given are no matter."""
    if isinstance(given, dict):
        found = (lacking(one, answered.get(key), f"{path}.{key}") for key, one in given.items())
        return next((one for one in found if one), None)
    if isinstance(given, list) and isinstance(answered, list) and len(given) == len(answered):
        found = (lacking(one, other, f"{path}[]") for one, other in zip(given, answered, strict=True))
        return next((one for one in found if one), None)
    return None if repr(given) == repr(answered) else f"{path}: {given!r} became {answered!r}"


@pytest.mark.parametrize("operation", CREATES)
@settings(max_examples=25, deadline=None, suppress_health_check=RELAXED)
@given(data=st.data())
def test_describe_answers_every_member_that_create_was_given(call: Call, operation: str, data: st.DataObject) -> None:
    name = f"n{call.workspace.new_id()}"
    _, request = data.draw(request_of(operation))
    request = {member: one for member, one in request.items() if member not in {"ExperimentConfig", "ClientToken"}}
    request |= {CREATES[operation]: name} | ({"ModelName": "a"} if operation == "CreateTransformJob" else {})
    if operation == "CreateModelPackage":
        request.pop("ModelPackageGroupName", None)
    try:
        dispatch(call, "sagemaker", operation, request)
    except ApiError:
        return
    describe = operation.replace("Create", "Describe")
    answered = dispatch(call, "sagemaker", describe, {CREATES[operation]: name})
    model = catalog.operation("sagemaker", describe)
    assert model is not None
    assert lacking(project(model.output_shape, request), answered) is None
