"""Whatever is sent, the answer is AWS's error or an answer: never a 5xx, never a traceback in the log."""

from __future__ import annotations

import http.client
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import LiveServer, serve
from tests.wire.conftest import botocore_request

from trialbook.settings import Settings
from trialbook.testing.shapes import params as params_of
from trialbook.wire import catalog
from trialbook.wire.operations import OPERATIONS

NAMES = [(one.service, one.operation) for one in OPERATIONS]


def relaxed(examples: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, suppress_health_check=checks)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    # A Content-Length beyond the body is among what is sent: the server must not wait for the rest for long.
    with serve(Settings(store=str(folder / "store"), body_timeout=0.3)) as running:
        yield running


def send(server: LiveServer, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
    try:
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def assert_sane(caplog: pytest.LogCaptureFixture, what: str, status: int, body: bytes) -> None:
    assert status < 500 or status in {501, 530}, f"{what}: {status} {body[:500]!r}"
    assert b"Traceback" not in body
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not errors, f"{what}: {errors[0].getMessage()} {errors[0].exc_text}"


def sent_by_botocore(service: str, operation: str, params: Any) -> tuple[str, str, dict[str, str], bytes]:
    request = botocore_request(service, operation, params)
    body = request.stream.read() if request.stream else request.body
    target = f"{request.path}?{request.query}" if request.query else request.path
    data = body if isinstance(body, bytes) else body.read() if hasattr(body, "read") else str(body).encode()
    return request.method, target, dict(request.headers), data


@pytest.mark.parametrize(("service", "operation"), NAMES, ids=[f"{service}.{name}" for service, name in NAMES])
def test_an_operation_answers_whatever_its_shape_allows(
    service: str, operation: str, server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    model = catalog.operation(service, operation)
    assert model is not None

    @relaxed(3)
    @given(params=params_of(model))
    def run(params: Any) -> None:
        try:
            method, target, headers, body = sent_by_botocore(service, operation, params)
            status, answer = send(server, method, target, headers, body)
        except (ValueError, http.client.InvalidURL):
            return  # http.client cannot send such a header or path
        assert_sane(caplog, f"{operation} {params}", status, answer)

    run()


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
JSON_OPERATIONS = [name for service, name in NAMES if service == "sagemaker"]


@relaxed(150)
@given(name=st.sampled_from(JSON_OPERATIONS), data=st.data())
def test_members_of_any_type_are_answered(
    name: str, data: st.DataObject, server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    model = catalog.operation("sagemaker", name)
    assert model is not None
    members = list(model.input_shape.members) or ["X"]
    document = data.draw(st.dictionaries(st.sampled_from(members), JSON_VALUES, max_size=6))
    headers = {"X-Amz-Target": f"SageMaker.{name}", "Content-Type": "application/x-amz-json-1.1"}
    status, answer = send(server, "POST", "/", headers, json.dumps(document).encode())
    assert_sane(caplog, f"{name} {document}", status, answer)


@relaxed(300)
@given(
    name=st.sampled_from([*JSON_OPERATIONS, "NoSuchOperation", "", "../x"]),
    body=st.binary(max_size=300)
    | st.text(max_size=100).map(str.encode)
    | st.sampled_from(
        [
            b"{",
            b"[]",
            b"null",
            b"1",
            b'"x"',
            b"[" * 5000,
            b'{"a":' * 3000,
            b"\xff\xfe",
            b'{"ExperimentName":1e999}',
            b"NaN",
        ]
    ),
)
def test_malformed_bytes_are_answered(
    name: str, body: bytes, server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    headers = {"X-Amz-Target": f"SageMaker.{name}", "Content-Type": "application/x-amz-json-1.1"}
    status, answer = send(server, "POST", "/", headers, body)
    assert_sane(caplog, f"{name} {body!r}", status, answer)


HEADER_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)


@relaxed(300)
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
    path=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "Authorization": HEADER_TEXT | HEADER_TEXT.map(lambda text: f"AWS4-HMAC-SHA256 Credential={text}"),
            "X-Amz-Target": HEADER_TEXT,
            "Content-Type": HEADER_TEXT | st.sampled_from(["application/x-www-form-urlencoded", "application/json"]),
            "X-Amz-Date": HEADER_TEXT,
            "Range": HEADER_TEXT | st.sampled_from(["bytes=0-", "bytes=9-1", "bytes=-0", "bytes=a-b"]),
            "x-amz-content-sha256": st.sampled_from(["STREAMING-UNSIGNED-PAYLOAD-TRAILER", "UNSIGNED-PAYLOAD", "x"]),
            "x-amz-decoded-content-length": HEADER_TEXT,
            "x-amz-copy-source": HEADER_TEXT,
            "Content-Encoding": st.sampled_from(["aws-chunked", "gzip"]),
        },
    ),
    body=st.binary(max_size=200),
)
def test_any_request_line_and_headers_are_answered(
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    server: LiveServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    status, answer = send(server, method, "/" + path, headers, body)
    assert_sane(caplog, f"{method} /{path} {headers} {body!r}", status, answer)


def test_a_huge_body_is_refused_and_not_read(server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    headers = {"X-Amz-Target": "SageMaker.CreateExperiment", "Content-Length": str(10**12)}
    status, answer = send(server, "POST", "/", headers, b"{}")
    assert status == 413
    assert b"over the limit" in answer
