from __future__ import annotations

import io
import json
import math
import xml.etree.ElementTree as ET

import pytest

from trialbook.model import Document
from trialbook.wire import catalog
from trialbook.wire.http import Response
from trialbook.wire.project import project
from trialbook.wire.route import Protocol, Routed
from trialbook.wire.serialise import serialise

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


def answered(service: str, operation: str, protocol: Protocol, result: Document) -> Response:
    model = catalog.operation(service, operation)
    assert model is not None
    return serialise(Routed(service, model, protocol), result, "request-1")


def body_of(response: Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b"".join(response.body)


def test_json_has_its_content_type_and_request_id() -> None:
    response = answered("sagemaker", "CreateExperiment", "json-1.1", {"ExperimentArn": "arn"})
    assert (response.status, response.body) == (200, b'{"ExperimentArn":"arn"}')
    assert response.headers == {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": "request-1"}


def test_an_operation_without_output_has_an_empty_body() -> None:
    assert answered("sagemaker", "DeleteModel", "json-1.1", {}).body == b""
    assert answered("sagemaker", "DeleteTags", "json-1.1", {}).body == b"{}"


def test_nan_and_infinities_are_bare_words() -> None:
    metrics = [{"MetricName": "null", "Max": math.nan, "Min": -math.inf, "Last": math.inf}]
    response = answered("sagemaker", "DescribeTrialComponent", "json-1.1", {"Metrics": metrics})
    assert response.body == b'{"Metrics":[{"MetricName":"null","Max":NaN,"Min":-Infinity,"Last":Infinity}]}'


def test_none_is_left_out_wherever_it_stands() -> None:
    result = {"DisplayName": None, "Parents": [None, {"TrialName": None}]}
    assert answered("sagemaker", "DescribeTrialComponent", "json-1.1", result).body == b'{"Parents":[{}]}'


@pytest.mark.parametrize("text", ["\ud800", "ü", "null", "\x00"])
def test_any_text_can_be_answered(text: str) -> None:
    response = answered("sagemaker", "CreateExperiment", "json-1.1", {"ExperimentArn": text})
    assert json.loads(body_of(response)) == {"ExperimentArn": text}


def test_times_are_numbers_with_their_fraction() -> None:
    response = answered("sagemaker", "DescribeExperiment", "json-1.1", {"CreationTime": 1795404960.901})
    assert response.body == b'{"CreationTime":1795404960.901}'


def test_an_object_is_streamed_with_its_headers() -> None:
    result = {
        "Body": io.BytesIO(b"x" * 3_000_000),
        "ContentLength": 3_000_000,
        "LastModified": 1795404889.7,
        "Metadata": {"Owner": "me"},
    }
    response = answered("s3", "GetObject", "rest-xml", result)
    assert not isinstance(response.body, bytes)
    assert [len(chunk) for chunk in response.body] == [1_048_576, 1_048_576, 902_848]
    assert response.headers["content-length"] == "3000000"
    assert response.headers["last-modified"] == "Mon, 23 Nov 2026 03:34:49 GMT"
    assert response.headers["x-amz-meta-owner"] == "me"
    assert response.headers["x-amz-request-id"] == "request-1"


def test_a_range_is_answered_with_206() -> None:
    result = {"Body": b"x", "ContentRange": "bytes 0-0/5"}
    assert answered("s3", "GetObject", "rest-xml", result).status == 206


def test_the_models_status_counts() -> None:
    assert answered("s3", "DeleteObject", "rest-xml", {}).status == 204


def test_a_header_cannot_be_broken_by_its_text() -> None:
    result = {"ContentDisposition": "a\r\nx-evil: 1", "ContentType": "text/ü", "ContentLanguage": "日"}
    headers = answered("s3", "HeadObject", "rest-xml", result).headers
    assert headers["content-disposition"] == "a x-evil: 1"
    assert headers["content-type"] == "text/ü"
    assert headers["content-language"].encode("latin-1").decode() == "日"


@pytest.mark.parametrize(
    ("operation", "result", "root"),
    [
        ("ListBuckets", {"Buckets": []}, "ListAllMyBucketsResult"),
        ("ListObjects", {}, "ListBucketResult"),
        ("ListObjectsV2", {}, "ListBucketResult"),
        ("CreateMultipartUpload", {}, "InitiateMultipartUploadResult"),
        ("CompleteMultipartUpload", {}, "CompleteMultipartUploadResult"),
        ("CopyObject", {"CopyObjectResult": {}}, "CopyObjectResult"),
        ("UploadPartCopy", {"CopyPartResult": {}}, "CopyPartResult"),
        ("DeleteObjects", {}, "DeleteResult"),
        ("ListParts", {}, "ListPartsResult"),
        ("ListMultipartUploads", {}, "ListMultipartUploadsResult"),
        ("GetBucketLocation", {}, "LocationConstraint"),
    ],
)
def test_s3_answers_have_the_root_that_aws_gives_them(operation: str, result: Document, root: str) -> None:
    response = answered("s3", operation, "rest-xml", result)
    assert ET.fromstring(body_of(response)).tag == f"{NAMESPACE}{root}"
    assert response.headers["content-type"] == "application/xml"


def test_a_buckets_location_is_the_text_of_the_root() -> None:
    response = answered("s3", "GetBucketLocation", "rest-xml", {"LocationConstraint": "eu-west-1"})
    assert ET.fromstring(body_of(response)).text == "eu-west-1"


def test_xml_survives_any_key() -> None:
    contents = [{"Key": "a<&>\x01\ud800\r.txt", "LastModified": 1795404889.5}]
    root = ET.fromstring(body_of(answered("s3", "ListObjectsV2", "rest-xml", {"Contents": contents})))
    assert root.findtext(f".//{NAMESPACE}Key") == "a<&>\ufffd\ufffd\r.txt"
    assert root.findtext(f".//{NAMESPACE}LastModified") == "2026-11-23T03:34:49.500Z"


def test_a_query_answer_is_wrapped_twice() -> None:
    root = ET.fromstring(body_of(answered("sts", "GetCallerIdentity", "query", {"Account": "0" * 12})))
    namespace = "{https://sts.amazonaws.com/doc/2011-06-15/}"
    assert root.tag == f"{namespace}GetCallerIdentityResponse"
    assert root.findtext(f"{namespace}GetCallerIdentityResult/{namespace}Account") == "0" * 12
    assert root.findtext(f"{namespace}ResponseMetadata/{namespace}RequestId") == "request-1"


def test_older_cloudwatch_clients_find_their_wrapper() -> None:
    body = body_of(answered("cloudwatch", "GetMetricStatistics", "query", {"Label": "auc"}))
    assert b"<GetMetricStatisticsResult><Label>auc</Label></GetMetricStatisticsResult>" in body


def test_projection_drops_private_members_and_none() -> None:
    model = catalog.operation("sagemaker", "DescribeTrial")
    assert model is not None
    document = {"TrialName": "t", "_scope": "a/b", "DisplayName": None, "Source": {"SourceArn": "s", "_x": 1}}
    assert project(model.output_shape, document) == {"TrialName": "t", "Source": {"SourceArn": "s"}}
