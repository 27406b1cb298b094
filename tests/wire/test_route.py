from __future__ import annotations

import pytest
from tests.wire.conftest import authorization

from trialbook.errors import ApiError
from trialbook.wire.http import Request
from trialbook.wire.route import Protocol, Routed, guess_protocol, needs_body, route

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
S3 = {"authorization": authorization("s3"), "host": "127.0.0.1:8817"}


def routed(method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Routed:
    path, _, query = url.partition("?")
    return route(Request(method, path, query, headers or {}, body))


def refused(method: str, url: str, headers: dict[str, str] | None = None, body: bytes = b"") -> ApiError:
    with pytest.raises(ApiError) as caught:
        routed(method, url, headers, body)
    return caught.value


@pytest.mark.parametrize(
    ("target", "content_type", "service", "protocol"),
    [
        ("SageMaker.Search", "application/x-amz-json-1.1", "sagemaker", "json-1.1"),
        ("Logs_20140328.GetLogEvents", "application/x-amz-json-1.1", "logs", "json-1.1"),
        ("GraniteServiceVersion20100801.ListMetrics", "application/x-amz-json-1.0", "cloudwatch", "json-1.0"),
        ("GraniteServiceVersion20100801.ListMetrics", "", "cloudwatch", "json-1.0"),
        ("ResourceGroupsTaggingAPI_20170126.GetResources", "", "resourcegroupstaggingapi", "json-1.1"),
    ],
)
def test_a_target_names_service_and_operation(target: str, content_type: str, service: str, protocol: str) -> None:
    found = routed("POST", "/", {"x-amz-target": target, "content-type": content_type})
    assert (found.service, found.name, found.protocol) == (service, target.partition(".")[2], protocol)


def test_metrics_and_invocations_go_by_their_paths_because_they_sign_as_sagemaker() -> None:
    signed = {"authorization": authorization("sagemaker")}
    assert routed("PUT", "/BatchPutMetrics", signed).service == "sagemaker-metrics"
    assert routed("POST", "/BatchGetMetrics", signed).name == "BatchGetMetrics"
    found = routed("POST", "/endpoints/my%20ep/invocations", signed)
    assert (found.name, dict(found.uri), found.streams) == ("InvokeEndpoint", {"EndpointName": "my ep"}, True)


def test_a_bucket_may_be_called_endpoints() -> None:
    assert routed("POST", "/endpoints/a/invocations?uploads", S3).name == "CreateMultipartUpload"


@pytest.mark.parametrize(
    ("method", "url", "headers", "name"),
    [
        ("GET", "/", {}, "ListBuckets"),
        ("GET", "/?x-id=ListBuckets", {}, "ListBuckets"),
        ("PUT", "/b", {}, "CreateBucket"),
        ("PUT", "/b/", {}, "CreateBucket"),
        ("HEAD", "/b", {}, "HeadBucket"),
        ("DELETE", "/b", {}, "DeleteBucket"),
        ("GET", "/b?location", {}, "GetBucketLocation"),
        ("GET", "/b?prefix=a&encoding-type=url", {}, "ListObjects"),
        ("GET", "/b?list-type=2&prefix=", {}, "ListObjectsV2"),
        ("GET", "/b?list-type=1", {}, "ListObjects"),
        ("GET", "/b?uploads", {}, "ListMultipartUploads"),
        ("POST", "/b?delete", {}, "DeleteObjects"),
        ("PUT", "/b/k", {}, "PutObject"),
        ("PUT", "/b/k?x-id=PutObject", {}, "PutObject"),
        ("PUT", "/b/k", {"x-amz-copy-source": "/c/d"}, "CopyObject"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", {}, "UploadPart"),
        ("PUT", "/b/k?partNumber=1&uploadId=u", {"x-amz-copy-source": "/c/d"}, "UploadPartCopy"),
        ("GET", "/b/k", {}, "GetObject"),
        ("GET", "/b/k?partNumber=1", {}, "GetObject"),
        ("GET", "/b/k?uploadId=u", {}, "ListParts"),
        ("HEAD", "/b/k", {}, "HeadObject"),
        ("DELETE", "/b/k", {}, "DeleteObject"),
        ("DELETE", "/b/k?uploadId=u", {}, "AbortMultipartUpload"),
        ("POST", "/b/k?uploads", {}, "CreateMultipartUpload"),
        ("POST", "/b/k?uploadId=u", {}, "CompleteMultipartUpload"),
    ],
)
def test_an_s3_operation_shows_in_method_path_flags_and_headers(
    method: str, url: str, headers: dict[str, str], name: str
) -> None:
    found = routed(method, url, S3 | headers)
    assert (found.service, found.name, found.protocol) == ("s3", name, "rest-xml")


@pytest.mark.parametrize(
    ("host", "path", "bucket", "key"),
    [
        ("127.0.0.1:8817", "/b/a%20b/%C3%BC%2B.txt", "b", "a b/ü+.txt"),
        ("127.0.0.1:8817", "/b//k", "b", "/k"),
        ("my.bucket.s3.amazonaws.com", "/k", "my.bucket", "k"),
        ("b.s3.eu-west-1.amazonaws.com:443", "/k/", "b", "k/"),
        ("b.localhost:8817", "/k", "b", "k"),
        ("s3.amazonaws.com", "/b/k", "b", "k"),
        ("s3.us-east-2.amazonaws.com", "/b/k", "b", "k"),
        ("localhost:8817", "/b/k", "b", "k"),
    ],
)
def test_bucket_and_key_are_read_from_path_or_host(host: str, path: str, bucket: str, key: str) -> None:
    found = routed("GET", path, S3 | {"host": host})
    assert dict(found.uri) == {"Bucket": bucket, "Key": key}


def test_only_uploads_and_invocations_want_their_body_as_a_stream() -> None:
    assert routed("PUT", "/b/k", S3).streams
    assert not routed("POST", "/b?delete", S3).streams
    assert not routed("POST", "/", {"x-amz-target": "SageMaker.Search"}).streams


def test_a_form_names_its_operation_in_the_body() -> None:
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    request = Request("POST", "/", "", FORM | {"authorization": authorization("sts", "us-west-2")}, body)
    found = route(request)
    assert needs_body(request)
    assert (found.service, found.name, found.protocol, found.region) == (
        "sts",
        "GetCallerIdentity",
        "query",
        "us-west-2",
    )


def test_an_unsigned_form_goes_by_its_version() -> None:
    assert routed("POST", "/", FORM, b"Action=GetRole&Version=2010-05-08&RoleName=r").service == "iam"
    assert routed("GET", "/?Action=GetCallerIdentity&Version=2011-06-15").service == "sts"


def test_a_signature_gives_region_and_access_key() -> None:
    found = routed("POST", "/", {"x-amz-target": "SageMaker.Search", "authorization": authorization("sagemaker")})
    assert (found.region, found.access_key) == ("eu-west-1", "AKIDEXAMPLE")


def test_an_unsigned_request_is_in_us_east_1() -> None:
    found = routed("POST", "/", {"x-amz-target": "SageMaker.Search"})
    assert (found.region, found.access_key) == ("us-east-1", None)


def test_presigned_urls_are_s3() -> None:
    scope = "AK%2F20261124%2Fap-southeast-1%2Fs3%2Faws4_request"
    found = routed("GET", f"/b/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={scope}&X-Amz-Signature=s")
    assert (found.name, found.region, found.access_key) == ("GetObject", "ap-southeast-1", "AK")
    found = routed("PUT", "/b/k?AWSAccessKeyId=AK&Signature=s&Expires=1795404886")
    assert (found.name, found.region, found.access_key) == ("PutObject", "us-east-1", "AK")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("AWS4-HMAC-SHA256", "IncompleteSignatureException", "requires 'Credential' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request", "IncompleteSignatureException", "'Signature'"),
        (
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=h, Signature=s",
            "IncompleteSignatureException",
            "exactly 5 slash-delimited elements",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/d/r/s/aws3_request, SignedHeaders=h, Signature=s",
            "IncompleteSignatureException",
            "aws4_request",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=a/d/../s/aws4_request, SignedHeaders=h, Signature=s",
            "IncompleteSignatureException",
            "valid region",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=/d/eu-west-1/s3/aws4_request, SignedHeaders=h, Signature=s",
            "IncompleteSignatureException",
            "access key",
        ),
        ("Basic dXNlcjpwYXNz", "MissingAuthenticationTokenException", "'Basic'"),
    ],
)
def test_a_broken_authorization_header_is_told(text: str, code: str, said: str) -> None:
    error = refused("POST", "/", {"x-amz-target": "SageMaker.Search", "authorization": text})
    assert (error.code, error.status) == (code, 403)
    assert said in error.message


@pytest.mark.parametrize(
    ("method", "url", "headers", "code", "said"),
    [
        (
            "POST",
            "/",
            {"x-amz-target": "SageMaker.CreatePipeline"},
            "UnknownOperationException",
            "sagemaker.CreatePipeline is an AWS operation that Trialbook does not serve.",
        ),
        (
            "POST",
            "/",
            {"x-amz-target": "SageMaker.ListExperiment"},
            "UnknownOperationException",
            "Trialbook serves ListExperiments.",
        ),
        ("POST", "/", {"x-amz-target": "DynamoDB_20120810.GetItem"}, "UnknownOperationException", "DynamoDB"),
        ("POST", "/", {"x-amz-target": ""}, "UnknownOperationException", "names no service"),
        (
            "POST",
            "/endpoints/e/async-invocations",
            {},
            "UnknownOperationException",
            "InvokeEndpointAsync is an AWS operation",
        ),
        (
            "POST",
            "/service/GraniteServiceVersion20100801/operation/ListMetrics",
            {"smithy-protocol": "rpc-v2-cbor"},
            "UnknownOperationException",
            "smithy-rpc-v2-cbor",
        ),
        ("POST", "/x", {"authorization": authorization("dynamodb")}, "UnknownOperationException", "'dynamodb'"),
        ("GET", "/b?versioning", S3, "UnknownOperationException", "GetBucketVersioning is an AWS operation"),
        ("PATCH", "/b/k", S3, "MethodNotAllowed", "PATCH on a key"),
        ("GET", "/b/%ff", S3, "InvalidURI", "not UTF-8"),
        ("GET", "//k", S3, "InvalidBucketName", "two slashes"),
        ("GET", "/b?prefix=%ff", S3, "MalformedQueryString", "cannot be read"),
        ("POST", "/", FORM, "MissingAction", "no Action"),
    ],
)
def test_what_is_not_served_is_told_by_name(
    method: str, url: str, headers: dict[str, str], code: str, said: str
) -> None:
    error = refused(method, url, headers)
    assert error.code == code
    assert error.status < 500
    assert said in error.message


@pytest.mark.parametrize(
    ("method", "path", "headers", "protocol"),
    [
        ("POST", "/", {"x-amz-target": "Nope.Nope", "content-type": "application/x-amz-json-1.0"}, "json-1.0"),
        ("POST", "/", {"x-amz-target": "Nope.Nope"}, "json-1.1"),
        ("POST", "/", FORM, "query"),
        ("PUT", "/BatchPutMetrics", {}, "rest-json"),
        ("GET", "/b/k", {}, "rest-xml"),
        ("POST", "/", {"authorization": authorization("sts")}, "query"),
    ],
)
def test_the_error_form_of_an_unroutable_request_is_guessed(
    method: str, path: str, headers: dict[str, str], protocol: Protocol
) -> None:
    assert guess_protocol(Request(method, path, "", headers)) == protocol
