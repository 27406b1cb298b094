"""botocore's serializer feeds our parser, and our serialiser feeds botocore's parser, for every served operation."""

from __future__ import annotations

import io
from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.wire.conftest import botocore_request, plain, same

from trialbook.testing import shapes
from trialbook.wire import catalog, operations
from trialbook.wire.parse import parse
from trialbook.wire.project import project
from trialbook.wire.route import Protocol, Routed, route
from trialbook.wire.serialise import serialise
from trialbook.wire.validate import validate

SERVED = [(served.service, served.operation) for served in operations.OPERATIONS]
QUERY_TOO = [served for served in SERVED if served[0] == "cloudwatch"]
FORMS: dict[str, Protocol] = {"rest-json": "rest-json", "rest-xml": "rest-xml", "query": "query", "json": "json-1.1"}

quick = settings(
    max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)
thorough = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def request_comes_through(service: str, name: str, data: st.DataObject, protocol: str | None = None) -> None:
    operation = catalog.operation(service, name)
    assert operation is not None
    params = data.draw(shapes.params(operation))
    request = botocore_request(service, name, params, protocol)
    routed = route(request)
    assert (routed.service, routed.name, routed.region) == (service, name, "eu-west-1")
    parsed = parse(routed, request)
    assert same(parsed, {"Body": b"", **params} if "Body" in parsed else params)
    if operation.input_shape is not None and plain(params) == params:  # XML and forms lose empty required lists
        validate(operation.input_shape, parsed)


def answer_comes_through(service: str, name: str, data: st.DataObject) -> None:
    operation = catalog.operation(service, name)
    assert operation is not None
    result = data.draw(shapes.results(operation))
    protocol = operation.service_model.resolved_protocol
    response = serialise(Routed(service, operation, FORMS[protocol]), result, "request-1")
    assert isinstance(response.body, bytes)
    seen = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    shape = operation.output_shape
    payload = shape.serialization.get("payload") if shape is not None else None
    if payload and shape.members[payload].type_name == "blob":
        seen["body"] = io.BytesIO(response.body)
        result = {payload: b"", **result}
    parsed = create_parser(protocol).parse(seen, shape)
    metadata = parsed.pop("ResponseMetadata")
    assert metadata["RequestId"] == "request-1"
    assert same(as_ours(parsed), result)


def as_ours(value: Any) -> Any:
    """botocore gives timestamps as datetimes; ours are epoch seconds."""
    if isinstance(value, dict):
        return {name: as_ours(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_ours(item) for item in value]
    return round(value.timestamp(), 3) if hasattr(value, "timestamp") else value


@pytest.mark.parametrize(("service", "name"), SERVED)
@given(data=st.data())
@quick
def test_what_botocore_sends_is_what_we_parse(service: str, name: str, data: st.DataObject) -> None:
    request_comes_through(service, name, data)


@pytest.mark.parametrize(("service", "name"), QUERY_TOO)
@given(data=st.data())
@quick
def test_cloudwatch_is_understood_in_the_query_protocol_of_older_clients(
    service: str, name: str, data: st.DataObject
) -> None:
    request_comes_through(service, name, data, protocol="query")


ANSWERED = [served for served in SERVED if served != ("s3", "GetBucketLocation")]  # see test_serialise


@pytest.mark.parametrize(("service", "name"), ANSWERED)
@given(data=st.data())
@quick
def test_what_we_answer_is_what_botocore_parses(service: str, name: str, data: st.DataObject) -> None:
    answer_comes_through(service, name, data)


@pytest.mark.slow
@pytest.mark.parametrize(("service", "name"), SERVED)
@given(data=st.data())
@thorough
def test_many_requests_come_through(service: str, name: str, data: st.DataObject) -> None:
    request_comes_through(service, name, data)


@pytest.mark.slow
@pytest.mark.parametrize(("service", "name"), ANSWERED)
@given(data=st.data())
@thorough
def test_many_answers_come_through(service: str, name: str, data: st.DataObject) -> None:
    answer_comes_through(service, name, data)


@pytest.mark.parametrize(("service", "name"), SERVED)
@given(data=st.data())
@settings(quick, max_examples=2)
def test_projection_keeps_exactly_what_the_shape_has(service: str, name: str, data: st.DataObject) -> None:
    operation = catalog.operation(service, name)
    assert operation is not None
    result = data.draw(shapes.results(operation))
    if operation.output_shape is not None:
        assert same(project(operation.output_shape, {**result, "_scope": "a/b", "NoSuchMember": 1}), result)
