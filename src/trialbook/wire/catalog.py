"""AWS's service models, as botocore ships them: the contract that requests and answers are read from.

A model is loaded when the first request asks for it (SageMaker's takes 0.14 s), and kept. botocore's classes carry
no types, so this module names the three that the rest of the layer works with.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

from botocore.loaders import Loader
from botocore.model import OperationNotFoundError, ServiceModel

Service: TypeAlias = ServiceModel
Operation: TypeAlias = Any
"""A `botocore.model.OperationModel`: name, http, input_shape, output_shape, error_shapes."""
Shape: TypeAlias = Any
"""A `botocore.model.Shape`: name, type_name, metadata, serialization and, by type, members, member, key, value."""

SERVICES = (
    "sagemaker",
    "sagemaker-metrics",
    "sagemaker-runtime",
    "s3",
    "sts",
    "iam",
    "logs",
    "cloudwatch",
    "resourcegroupstaggingapi",
)


@cache
def _loader() -> Loader:
    # Only botocore's own data: what a user keeps in ~/.aws/models must not change what the server understands.
    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


@cache
def service(name: str) -> Service:
    """Give the model of one of `SERVICES`."""
    if name not in SERVICES:
        raise KeyError(name)
    return ServiceModel(_loader().load_service_model(name, "service-2"), name)


@cache
def operation(service_name: str, name: str) -> Operation | None:
    """Give the model of an operation; None when this botocore's model has no such operation or service."""
    if service_name not in SERVICES:
        return None
    try:
        return service(service_name).operation_model(name)
    except OperationNotFoundError:
        return None
