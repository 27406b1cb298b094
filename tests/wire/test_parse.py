from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.wire.conftest import authorization

from trialbook.errors import ApiError
from trialbook.model import Document
from trialbook.wire import catalog, operations
from trialbook.wire.http import Request
from trialbook.wire.parse import parse
from trialbook.wire.route import route
from trialbook.wire.validate import validate

SENT = json.loads((Path(__file__).parent / "requests.json").read_text())
S3 = {"authorization": authorization("s3"), "host": "127.0.0.1:8817"}
FORM = {"content-type": "application/x-www-form-urlencoded"}


def parsed(request: Request) -> Document:
    return parse(route(request), request)


def json_call(operation: str, body: str | bytes) -> Document:
    raw = body if isinstance(body, bytes) else body.encode()
    return parsed(Request("POST", "/", "", {"x-amz-target": f"SageMaker.{operation}"}, raw))


def put_metrics(value: str, timestamp: str = "1795404889") -> Document:
    point = f'{{"MetricName":"loss","Timestamp":{timestamp},"Value":{value}}}'
    body = f'{{"TrialComponentName":"tc","MetricData":[{point}]}}'
    point_read: Document = parsed(Request("PUT", "/BatchPutMetrics", "", {}, body.encode()))["MetricData"][0]
    return point_read


def refused(request: Request) -> ApiError:
    with pytest.raises(ApiError) as caught:
        parsed(request)
    return caught.value


@pytest.mark.parametrize("sent", SENT, ids=lambda sent: sent["operation"])
def test_what_clients_were_seen_to_send_is_read_whole_and_valid(sent: dict[str, Any]) -> None:
    headers = {"content-type": sent["content_type"]} | ({"x-amz-target": sent["target"]} if "target" in sent else {})
    request = Request(sent["method"], sent["path"], "", headers, json.dumps(sent["body"]).encode())
    routed = route(request)
    params = parse(routed, request)
    assert routed.name == sent["operation"]
    assert params == sent["body"]
    validate(routed.operation.input_shape, params)


@pytest.mark.parametrize("text", ['"NaN"', "NaN"])
def test_nan_is_read_from_text_and_from_the_bare_word(text: str) -> None:
    assert math.isnan(put_metrics(text)["Value"])


@pytest.mark.parametrize(
    ("text", "value"),
    [('"Infinity"', math.inf), ("-Infinity", -math.inf), ("1", 1.0), ("1e999", math.inf), ("9" * 400, math.inf)],
)
def test_numbers_of_any_size_are_read(text: str, value: float) -> None:
    assert put_metrics(text)["Value"] == value


@pytest.mark.parametrize(
    "text", ["1795404889", "1795404889.0", '"1795404889"', '"2026-11-23T03:34:49Z"', '"2026-11-23T04:34:49+01:00"']
)
def test_a_timestamp_is_read_from_numbers_and_iso_8601(text: str) -> None:
    assert put_metrics("1", text)["Timestamp"] == 1795404889.0


def test_a_timestamp_in_a_header_is_rfc_822() -> None:
    headers = S3 | {"if-modified-since": "Mon, 23 Nov 2026 03:34:49 GMT"}
    assert parsed(Request("GET", "/b/k", "", headers))["IfModifiedSince"] == 1795404889.0


def test_null_is_absent_and_unknown_members_are_dropped() -> None:
    body = '{"ExperimentName":"e","DisplayName":null,"Later":{"a":1},"Tags":[null,{"Key":"k","Value":"v"}]}'
    assert json_call("CreateExperiment", body) == {"ExperimentName": "e", "Tags": [{"Key": "k", "Value": "v"}]}


def test_an_empty_body_has_no_members() -> None:
    assert json_call("ListExperiments", b"") == {}
    assert json_call("ListExperiments", b" \n") == {}


def test_an_upload_is_given_as_a_stream() -> None:
    stream = io.BytesIO(b"data")
    headers = S3 | {"x-amz-meta-Owner".lower(): "me", "content-type": "text/csv"}
    params = parsed(Request("PUT", "/b/k", "", headers, stream=stream))
    assert params.pop("Body") is stream
    assert params == {"Bucket": "b", "Key": "k", "Metadata": {"owner": "me"}, "ContentType": "text/csv"}


def test_an_invocation_has_its_body_as_bytes() -> None:
    request = Request("POST", "/endpoints/e/invocations", "", {"content-type": "text/csv"}, stream=io.BytesIO(b"1,2"))
    assert parsed(request) == {"EndpointName": "e", "ContentType": "text/csv", "Body": b"1,2"}


def test_an_xml_body_is_read_with_and_without_its_namespace() -> None:
    for attribute in ("", ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'):
        body = (
            f"<?xml version='1.0'?><Delete{attribute}><Object><Key>a&amp;b</Key></Object>\n<Quiet>true</Quiet></Delete>"
        )
        params = parsed(Request("POST", "/b", "delete", S3, body.encode()))
        assert params == {"Bucket": "b", "Delete": {"Objects": [{"Key": "a&b"}], "Quiet": True}}


def test_a_form_is_read_with_its_lists() -> None:
    fields = "PolicySourceArn=a&ActionNames.member.2=y&ActionNames.member.1=x"
    body = f"Action=SimulatePrincipalPolicy&Version=2010-05-08&{fields}".encode()
    assert parsed(Request("POST", "/", "", FORM, body)) == {"PolicySourceArn": "a", "ActionNames": ["x", "y"]}


@pytest.mark.parametrize(
    ("operation", "body", "said"),
    [
        (
            "Search",
            '{"SearchExpression":{"Filters":[{"Name":5}]}}',
            "SearchExpression.Filters[0].Name: expected text, got a number",
        ),
        ("Search", '{"MaxResults":"10"}', "MaxResults: expected an integer, got text"),
        ("Search", '{"MaxResults":1.5}', "MaxResults: expected an integer, got 1.5"),
        ("Search", '{"MaxResults":true}', "MaxResults: expected an integer, got a boolean"),
        ("Search", f'{{"MaxResults":{"9" * 30}}}', "MaxResults: expected an integer of at most 64 bits"),
        ("Search", '{"SearchExpression":[]}', "SearchExpression: expected an object, got a list"),
        ("AddTags", '{"Tags":{}}', "Tags: expected a list, got an object"),
        ("ListExperiments", '{"CreatedAfter":"soon"}', "CreatedAfter: expected a timestamp"),
        ("ListExperiments", '{"CreatedAfter":1e300}', "CreatedAfter: expected a timestamp in the years 1 to 9999"),
        ("ListExperiments", '{"CreatedAfter":NaN}', "CreatedAfter: expected a timestamp in the years 1 to 9999"),
        ("ListExperiments", '{"CreatedAfter":[]}', "CreatedAfter: expected a timestamp, got a list"),
        ("CreateTrainingJob", '{"HyperParameters":{"a":1}}', "HyperParameters.a: expected text, got a number"),
        (
            "UpdateTrialComponent",
            '{"Parameters":{"a":{"NumberValue":"0.1"}}}',
            "Parameters.a.NumberValue: expected a number, got text",
        ),
        ("Search", "[1]", "expected an object, got a list"),
        ("Search", "nul", "not JSON"),
        ("Search", '{"a":', "not JSON"),
        ("Search", b'{"a":"\xff"}', "not UTF-8: byte 6"),
        ("Search", '{"NextToken":"\\ud800"}', "surrogate"),
        ("Search", "[" * 100_000, "nests deeper than 64"),
        ("Search", '{"SearchExpression":' + '{"SubExpressions":[' * 40 + "]}" * 40 + "}", "at most 64 levels"),
    ],
)
def test_what_is_wrong_in_json_is_told_with_its_place(operation: str, body: str | bytes, said: str) -> None:
    with pytest.raises(ApiError) as caught:
        json_call(operation, body)
    assert (caught.value.code, caught.value.status) == ("SerializationException", 400)
    assert said in caught.value.message


BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Delete><Object><Key>&b;</Key></Object></Delete>"""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (BOMB, "document type declaration is not allowed"),
        (b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><Delete/>', "document type declaration is not allowed"),
        (b"<Delete>", "no element found"),
        (b"<Delete></Other>", "mismatched tag"),
        (b"not xml", "syntax error"),
        (b"<a>" * 100 + b"</a>" * 100, "more than 64 levels"),
        (b"<Delete>&nbsp;</Delete>", "undefined entity"),
        (b"<?xml version='1.0' encoding='nope'?><Delete/>", "unknown encoding"),
        (b"<Delete><Quiet>maybe</Quiet></Delete>", "Quiet: expected true or false, got 'maybe'"),
        (b"<Delete>\xff</Delete>", "not well-formed"),
        (b"<Delete><Object><Size>many</Size></Object></Delete>", "Objects[0].Size: expected an integer, got 'many'"),
    ],
)
def test_what_is_wrong_in_xml_is_told(body: bytes, said: str) -> None:
    error = refused(Request("POST", "/b", "delete", S3, body))
    assert (error.code, error.status) == ("MalformedXML", 400)
    assert said in error.message


@pytest.mark.parametrize(
    ("request_", "code", "said"),
    [
        (Request("GET", "/b", "max-keys=lots", S3), "InvalidArgument", "MaxKeys: expected an integer, got 'lots'"),
        (
            Request("GET", "/b/k", "", S3 | {"if-modified-since": "yesterday"}),
            "InvalidArgument",
            "IfModifiedSince: expected a timestamp",
        ),
        (
            Request("PUT", "/b/k", "", S3 | {"content-length": "-"}),
            "InvalidArgument",
            "ContentLength: expected an integer",
        ),
        (
            Request("POST", "/", "", FORM, b"Action=AssumeRole&Version=2011-06-15&DurationSeconds=x"),
            "MalformedInput",
            "DurationSeconds: expected an integer, got 'x'",
        ),
        (
            Request("POST", "/", "", FORM, b"Action=AssumeRole&Version=2011-06-15&Tags.member.x.Key=a"),
            "MalformedInput",
            "Tags: expected a number in the field's name, got 'x'",
        ),
        (
            Request("POST", "/", "", FORM, b"Action=AssumeRole&RoleArn.member.1=x"),
            "MalformedInput",
            "RoleArn: expected a string, got nested fields",
        ),
        (Request("POST", "/", "", FORM, b"Action=AssumeRole&" + b"a." * 200 + b"=1"), "MalformedInput", "64 levels"),
        (Request("POST", "/", "", FORM, b"Action=%ff"), "MalformedQueryString", "cannot be read"),
        (Request("POST", "/", "", FORM, b"\xff"), "MalformedInput", "not UTF-8"),
        (Request("PUT", "/BatchPutMetrics", "", {}, b"{"), "SerializationException", "not JSON"),
    ],
)
def test_what_is_wrong_elsewhere_is_told(request_: Request, code: str, said: str) -> None:
    error = refused(request_)
    assert (error.code, error.status) == (code, 400)
    assert said in error.message


ENTRANCES = st.sampled_from(
    [
        Request("POST", "/", "", {"x-amz-target": f"SageMaker.{served.operation}"})
        for served in operations.OPERATIONS
        if served.service == "sagemaker"
    ]
    + [Request("PUT", "/BatchPutMetrics", "", {}), Request("POST", "/b", "delete", S3), Request("POST", "/", "", FORM)]
)
LITERALS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Tags", "Name", "Filters", "Status"]), inner),
)
BODIES = st.binary() | LITERALS.map(lambda value: json.dumps(value).encode()) | st.text().map(lambda t: t.encode())


@given(entrance=ENTRANCES, body=BODIES)
@settings(deadline=None)
def test_no_body_makes_anything_but_an_api_error(entrance: Request, body: bytes) -> None:
    request = Request(entrance.method, entrance.path, entrance.query, entrance.headers, body)
    try:
        routed = route(request)
        validate(routed.operation.input_shape, parse(routed, request), strict=True)
    except ApiError as error:
        assert error.status < 500  # noqa: PT017 (no error is fine too)


@given(
    method=st.sampled_from(["GET", "PUT", "POST", "HEAD", "DELETE"]),
    path=st.text("/ab%c3?+.", min_size=0).map(lambda text: f"/{text}"),
    query=st.text("=&%ab4ui"),
    host=st.text("abc.s3localhost:", max_size=30),
    authorization_=st.text("AWS4-HMAC-SHA256 Credential=/,", max_size=60),
)
def test_no_request_line_makes_anything_but_an_api_error(
    method: str, path: str, query: str, host: str, authorization_: str
) -> None:
    request = Request(method, path, query, {"host": host, "authorization": authorization_})
    try:
        parse(route(request), request)
    except ApiError as error:
        assert error.status < 500  # noqa: PT017 (no error is fine too)


def test_each_service_is_loaded_once() -> None:
    assert catalog.service("sts") is catalog.service("sts")
