"""Which operation a request is for.

One port serves nine services; they are told apart in this order:

1. `X-Amz-Target` (JSON protocols), which names service and operation;
2. method and path of the REST operations of sagemaker-metrics and sagemaker-runtime;
3. the paths of smithy's RPC v2;
4. the service in the SigV4 scope, for S3 and for forms with `Action=` (STS, IAM, CloudWatch);
5. an unsigned form with `Action=`;
6. S3, path-style or virtual-host, for all the rest.

sagemaker, sagemaker-metrics and sagemaker-runtime sign as one service, so the scope cannot come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qsl, unquote

from trialbook.errors import ApiError, CodedError, UnknownOperationError
from trialbook.settings import DEFAULT_REGION
from trialbook.wire import catalog, credentials, operations, s3_paths

if TYPE_CHECKING:
    from trialbook.wire.http import Request

Protocol = Literal["json-1.0", "json-1.1", "rest-json", "rest-xml", "query"]

_TARGETS: dict[str, tuple[str, Protocol]] = {
    "SageMaker": ("sagemaker", "json-1.1"),
    "Logs_20140328": ("logs", "json-1.1"),
    "GraniteServiceVersion20100801": ("cloudwatch", "json-1.0"),
    "ResourceGroupsTaggingAPI_20170126": ("resourcegroupstaggingapi", "json-1.1"),
}
_METRICS_PATHS = {("PUT", "/BatchPutMetrics"): "BatchPutMetrics", ("POST", "/BatchGetMetrics"): "BatchGetMetrics"}
_INVOCATIONS = {
    "invocations": "InvokeEndpoint",
    "async-invocations": "InvokeEndpointAsync",
    "invocations-response-stream": "InvokeEndpointWithResponseStream",
}
_QUERY_SERVICES = {"sts": "sts", "iam": "iam", "monitoring": "cloudwatch"}
_QUERY_VERSIONS = {"2011-06-15": "sts", "2010-05-08": "iam", "2010-08-01": "cloudwatch"}
_FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 10_000


@dataclass(frozen=True, slots=True)
class Routed:
    """A request's operation, and what the signature and the path say.

    Attributes
    ----------
    operation
        botocore's model of the operation.
    region
        Of the signature's scope; us-east-1 when there is none.
    access_key
        None when the request is not signed.
    uri
        The operation's members that stand in the path, decoded.
    """

    service: str
    operation: catalog.Operation
    protocol: Protocol
    region: str = DEFAULT_REGION
    access_key: str | None = None
    uri: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The operation's name."""
        return str(self.operation.name)

    @property
    def streams(self) -> bool:
        """Whether the request's body is wanted as a stream."""
        shape = self.operation.input_shape
        payload = shape.serialization.get("payload") if shape is not None else None
        return payload is not None and shape.members[payload].type_name == "blob"


def needs_body(request: Request) -> bool:
    """Whether routing looks at the body: only a form names its operation there."""
    return request.headers.get("content-type", "").lower().startswith(_FORM)


def route(request: Request) -> Routed:
    """Find the operation. Raises an `ApiError` when there is none, or the signature's form is broken."""
    query = query_of(request)
    signed = credentials.read(request.headers, query)
    service, name, protocol, uri = _find(request, query, signed.service if signed else None)
    region = signed.region if signed else None
    if region is None and protocol == "rest-xml":
        region = s3_paths.place(request.path, request.headers.get("host", "")).region
    return Routed(
        service,
        _served(service, name),
        protocol,
        region or DEFAULT_REGION,
        signed.access_key if signed else None,
        uri,
    )


def guess_protocol(request: Request) -> Protocol:
    """Tell which protocol's error form a request that could not be routed understands."""
    content_type = request.headers.get("content-type", "").lower()
    if "x-amz-target" in request.headers:
        return "json-1.0" if "json-1.0" in content_type else "json-1.1"
    if content_type.startswith(_FORM):
        return "query"
    if "json" in content_type or request.path.startswith(("/Batch", "/endpoints/", "/service/")):
        return "rest-json"
    authorization = request.headers.get("authorization", "")
    return "query" if any(f"/{scope}/" in authorization for scope in _QUERY_SERVICES) else "rest-xml"


def query_of(request: Request) -> dict[str, str]:
    """Decode the query string; of a repeated name the first value counts."""
    decoded: dict[str, str] = {}
    for name, value in _pairs(request.query):
        decoded.setdefault(name, value)
    return decoded


def form_of(request: Request) -> dict[str, str]:
    """Decode a form: the body's fields, or the query string's when the body has none."""
    try:
        text = request.body.decode("utf-8")
    except UnicodeDecodeError:
        raise CodedError("MalformedInput", "The form is not UTF-8.") from None
    return dict(_pairs(text.strip() or request.query))


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except ValueError as error:  # UnicodeDecodeError is one
        raise CodedError("MalformedQueryString", f"The query string cannot be read: {error}.") from None


_Found = tuple[str, str, Protocol, Mapping[str, str]]


def _find(request: Request, query: Mapping[str, str], scope: str | None) -> _Found:
    target = request.headers.get("x-amz-target")
    if target is not None:
        return _by_target(target, request.headers.get("content-type", ""))
    if scope != "s3":
        found = _by_path(request)
        if found is not None:
            return found
    if scope in _QUERY_SERVICES or (scope is None and (needs_body(request) or "Action" in query)):
        return _by_action(request, scope)
    if scope not in {None, "s3"}:
        raise UnknownOperationError(
            f"No operation of the service '{scope}' is at {request.method} {request.path[:200]}; "
            f"Trialbook serves {', '.join(catalog.SERVICES)}."
        )
    return _by_s3(request, query)


def _by_target(target: str, content_type: str) -> _Found:
    prefix, _, name = target.rpartition(".")
    if prefix not in _TARGETS:
        raise UnknownOperationError(
            f"X-Amz-Target '{target[:200]}' names no service that Trialbook serves; it serves {', '.join(_TARGETS)}."
        )
    service, protocol = _TARGETS[prefix]
    if "json-1.0" in content_type:
        protocol = "json-1.0"
    elif "json-1.1" in content_type:
        protocol = "json-1.1"
    return service, name, protocol, {}


def _by_path(request: Request) -> _Found | None:
    name = _METRICS_PATHS.get((request.method, request.path))
    if name is not None:
        return "sagemaker-metrics", name, "rest-json", {}
    parts = request.path.split("/")
    if len(parts) == 4 and parts[1] == "endpoints" and parts[3] in _INVOCATIONS and request.method == "POST":
        return "sagemaker-runtime", _INVOCATIONS[parts[3]], "rest-json", {"EndpointName": _path_text(parts[2])}
    if len(parts) == 5 and parts[1] == "service" and parts[3] == "operation":
        raise UnknownOperationError(
            f"{parts[2][:100]}.{parts[4][:100]} came as smithy-rpc-v2-cbor; Trialbook serves it as AWS JSON with "
            "the X-Amz-Target header."
        )
    return None


def _by_action(request: Request, scope: str | None) -> _Found:
    form = form_of(request)
    action = form.get("Action")
    if not action:
        raise CodedError("MissingAction", "The request has no Action parameter, which names the operation.")
    service = _QUERY_SERVICES.get(scope or "") or _QUERY_VERSIONS.get(form.get("Version", ""), "sts")
    return service, action, "query", {}


def _by_s3(request: Request, query: Mapping[str, str]) -> _Found:
    at = s3_paths.place(request.path, request.headers.get("host", ""))
    name = s3_paths.operation_name(request.method, at, query, request.headers)
    if name is None:
        raise CodedError("MethodNotAllowed", f"S3 has no operation for {request.method} on a {at.level}.", status=405)
    uri = {"Bucket": at.bucket, "Key": at.key}
    return "s3", name, "rest-xml", {name: text for name, text in uri.items() if text is not None}


def _served(service: str, name: str) -> catalog.Operation:
    model = catalog.operation(service, name)
    if model is not None and operations.find(service, name) is not None:
        return model
    raise _unknown(service, name, known=model is not None)


def _unknown(service: str, name: str, *, known: bool) -> ApiError:
    shown = f"{service}.{name[:100]}"
    near = operations.nearest(service, name)
    hint = f" Near it, Trialbook serves {near}." if near and near != name else ""
    if known:
        return UnknownOperationError(f"{shown} is an AWS operation that Trialbook does not serve.{hint}")
    return UnknownOperationError(f"{shown} is no operation of AWS's {service} that Trialbook knows.{hint}")


def _path_text(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise CodedError("SerializationException", "The path is not UTF-8.") from None
