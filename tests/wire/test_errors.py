from __future__ import annotations

from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser

from trialbook.errors import ApiError, CodedError, ForbiddenError, NotFoundError, ValidationError
from trialbook.wire import catalog
from trialbook.wire.errors import serialise_error
from trialbook.wire.http import Response
from trialbook.wire.route import Protocol, Routed

PARSERS = {"json-1.0": "json", "json-1.1": "json", "rest-json": "rest-json", "rest-xml": "rest-xml", "query": "query"}


def routed(service: str, operation: str, protocol: Protocol) -> Routed:
    model = catalog.operation(service, operation)
    assert model is not None
    return Routed(service, model, protocol)


def seen_by_botocore(how: Routed | Protocol, error: ApiError, method: str = "POST") -> dict[str, Any]:
    protocol = how if isinstance(how, str) else how.protocol
    response = serialise_error(how, error, "request-1", method=method)
    return _parse(protocol, response)


def _parse(protocol: Protocol, response: Response) -> dict[str, Any]:
    seen = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    parsed: dict[str, Any] = create_parser(PARSERS[protocol]).parse(seen, None)
    return parsed


@pytest.mark.parametrize("protocol", ["json-1.0", "json-1.1", "rest-json", "rest-xml", "query"])
def test_code_message_status_and_request_id_come_through_in_every_protocol(protocol: Protocol) -> None:
    parsed = seen_by_botocore(protocol, CodedError("TeapotShort", "It is < & stout.", status=418))
    assert (parsed["Error"]["Code"], parsed["Error"]["Message"]) == ("TeapotShort", "It is < & stout.")
    assert parsed["ResponseMetadata"]["HTTPStatusCode"] == 418
    assert parsed["ResponseMetadata"]["RequestId"] == "request-1"


def test_json_errors_have_type_and_message() -> None:
    response = serialise_error("json-1.1", NotFoundError("No."), "request-1")
    assert (response.status, response.body) == (400, b'{"message":"No.","__type":"ResourceNotFound"}')
    assert response.headers["content-type"] == "application/x-amz-json-1.1"


@pytest.mark.parametrize(
    ("service", "operation", "protocol", "error", "code"),
    [
        ("sagemaker", "Search", "json-1.1", ValidationError("v"), "ValidationException"),
        ("sagemaker-runtime", "InvokeEndpoint", "rest-json", ValidationError("v"), "ValidationError"),
        ("sagemaker-metrics", "BatchPutMetrics", "rest-json", ValidationError("v"), "ValidationException"),
        ("logs", "GetLogEvents", "json-1.1", NotFoundError("n"), "ResourceNotFoundException"),
        ("logs", "GetLogEvents", "json-1.1", ValidationError("v"), "InvalidParameterException"),
        ("iam", "GetRole", "query", NotFoundError("n"), "NoSuchEntity"),
        ("s3", "GetObject", "rest-xml", ForbiddenError("f"), "AccessDenied"),
        ("s3", "GetObject", "rest-xml", ValidationError("v"), "InvalidArgument"),
        (
            "s3",
            "GetObject",
            "rest-xml",
            CodedError("IncompleteSignatureException", "i", status=403),
            "AuthorizationHeaderMalformed",
        ),
        (
            "sts",
            "GetCallerIdentity",
            "query",
            CodedError("IncompleteSignatureException", "i", status=403),
            "IncompleteSignature",
        ),
    ],
)
def test_a_service_has_its_own_word_for_a_failure(
    service: str, operation: str, protocol: Protocol, error: ApiError, code: str
) -> None:
    assert seen_by_botocore(routed(service, operation, protocol), error)["Error"]["Code"] == code


def test_a_model_error_tells_what_the_model_said() -> None:
    members = {"OriginalStatusCode": 500, "OriginalMessage": "boom", "LogStreamArn": "arn"}
    how = routed("sagemaker-runtime", "InvokeEndpoint", "rest-json")
    response = serialise_error(how, CodedError("ModelError", "Received 500.", 424, members), "request-1")
    shape = next(shape for shape in how.operation.error_shapes if shape.name == "ModelError")
    seen = {"status_code": response.status, "headers": HeadersDict(response.headers), "body": response.body}
    assert create_parser("rest-json").parse(seen, shape) == {"Message": "Received 500.", **members}


def test_s3_errors_carry_resource_and_members() -> None:
    error = CodedError("NoSuchKey", "The specified key does not exist.", 404, {"Key": "a&b"})
    response = serialise_error("rest-xml", error, "request-1", resource="/b/a")
    parsed = _parse("rest-xml", response)["Error"]
    assert (parsed["Key"], parsed["Resource"]) == ("a&b", "/b/a")


def test_the_answer_to_head_has_no_body_and_botocore_reads_the_status() -> None:
    how = routed("s3", "HeadBucket", "rest-xml")
    error = CodedError("NoSuchBucket", "The specified bucket does not exist.", 404)
    assert serialise_error(how, error, "request-1", method="HEAD").body == b""
    assert seen_by_botocore(how, error, "HEAD")["Error"] == {"Code": "404", "Message": "Not Found"}


def test_not_modified_has_no_body() -> None:
    assert serialise_error("rest-xml", CodedError("NotModified", "", 304), "request-1").body == b""
