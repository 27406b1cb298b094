from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.serialize import create_serializer

from trialbook.wire import catalog
from trialbook.wire.http import Request

SCOPES = {"cloudwatch": "monitoring", "resourcegroupstaggingapi": "tagging"}


def authorization(scope: str, region: str = "eu-west-1") -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/{region}/{scope}/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=abc"
    )


def botocore_request(service: str, operation: str, params: dict[str, Any], protocol: str | None = None) -> Request:
    """What botocore puts on the wire for a call."""
    model = catalog.operation(service, operation)
    assert model is not None
    protocol = protocol or model.service_model.resolved_protocol
    wire = create_serializer(protocol).serialize_to_request(params, model)
    path, _, flags = wire["url_path"].partition("?")
    query = "&".join(filter(None, [flags, urlencode(wire["query_string"] or {}, doseq=True)]))
    body = wire["body"]
    headers = {name.lower(): str(value) for name, value in wire["headers"].items()}
    scope = SCOPES.get(service, "sagemaker" if service.startswith("sagemaker") else service)
    headers |= {"host": "127.0.0.1:8817", "authorization": authorization(scope)}
    raw = urlencode(body).encode() if isinstance(body, dict) else body
    stream = io.BytesIO(raw) if service == "s3" and operation in {"PutObject", "UploadPart"} else None
    return Request(wire["method"], path, query, headers, b"" if stream else raw, stream)


def same(left: Any, right: Any) -> bool:
    """Equal, where NaN equals NaN and what a protocol cannot tell from absent (empty containers) is absent."""
    left, right = plain(left), plain(right)
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(same(*pair) for pair in zip(left, right, strict=True))
    if isinstance(left, float) and isinstance(right, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    return type(left) is type(right) and bool(left == right)


def plain(value: Any) -> Any:
    if hasattr(value, "read"):
        value.seek(0)
        return value.read()
    if isinstance(value, dict):
        return {name: kept for name, item in value.items() if (kept := plain(item)) not in ({}, [])}
    if isinstance(value, list):
        return [kept for item in value if (kept := plain(item)) not in ({}, [])]
    return value


@pytest.fixture
def call() -> Callable[..., Request]:
    return botocore_request
