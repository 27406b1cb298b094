"""The console's session, its API's guards, and which requests are the console's at all."""

from __future__ import annotations

import http.client
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.conftest import LiveServer, serve

from trialbook.server.console.session import TOKEN_VARIABLE, read_token, token_path
from trialbook.settings import Settings

OURS = {"X-Console-Request": "1", "Content-Type": "application/json"}
Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with serve(Settings(store=str(tmp_path / "store"))) as running:
        yield running


def ask(server: LiveServer, method: str, path: str, body: object = None, **headers: str) -> Answer:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, path, data, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def signed_in(server: LiveServer) -> str:
    token = read_token(server.workspace.settings)
    _, headers, _ = ask(server, "GET", f"/?token={token}", Accept="text/html")
    return headers["set-cookie"].partition(";")[0]


def test_a_link_with_the_token_opens_a_session_and_loses_the_token(server: LiveServer) -> None:
    token = read_token(server.workspace.settings)
    status, headers, _ = ask(server, "GET", f"/?token={token}", Accept="text/html")
    assert (status, headers["location"]) == (303, "./")
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=Strict" in headers["set-cookie"]
    assert token not in headers["set-cookie"]
    assert session_of(server, signed_in(server))["signedIn"] is True


def test_a_link_with_another_token_opens_none(server: LiveServer) -> None:
    status, headers, _ = ask(server, "GET", "/?token=guess", Accept="text/html")
    assert status == 303
    assert "sign-in" in headers["location"]
    assert "set-cookie" not in headers


def session_of(server: LiveServer, cookie: str) -> Any:
    return json.loads(ask(server, "GET", "/console/api/session", Cookie=cookie)[2])


@pytest.mark.parametrize("cookie", ["", "trialbook_x=1", "nonsense;;=", "a=b"])
def test_without_the_cookie_the_api_answers_401_and_says_what_to_do(server: LiveServer, cookie: str) -> None:
    assert session_of(server, cookie) == {"signedIn": False}
    status, _, body = ask(server, "POST", "/console/api/op/Search", {"Resource": "Experiment"}, Cookie=cookie, **OURS)
    assert status == 401
    assert "trialbook console" in json.loads(body)["message"]


def test_the_token_can_be_pasted_instead(server: LiveServer) -> None:
    told = {"token": read_token(server.workspace.settings)}
    status, headers, _ = ask(server, "POST", "/console/api/session", told, **OURS)
    assert status == 204
    cookie = headers["set-cookie"].partition(";")[0]
    assert session_of(server, cookie)["signedIn"] is True
    assert ask(server, "POST", "/console/api/session", {"token": "other"}, **OURS)[0] == 401


def test_the_token_is_the_owners_alone_and_stays(server: LiveServer) -> None:
    path = token_path(server.workspace.settings.store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_token(server.workspace.settings) == path.read_text().strip()


def test_servers_of_one_database_share_a_token_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_VARIABLE, "0123456789abcdef")
    assert read_token(Settings(store="postgresql://u:p@h/d")) == "0123456789abcdef"


def test_an_operation_runs_for_a_session(server: LiveServer) -> None:
    cookie = signed_in(server)
    made = ask(server, "POST", "/console/api/op/CreateExperiment", {"ExperimentName": "one"}, Cookie=cookie, **OURS)
    assert made[0] == 200
    assert json.loads(made[2])["ExperimentArn"].endswith("experiment/one")
    named = {"ExperimentName": "one"}
    _, _, found = ask(server, "POST", "/console/api/op/DescribeExperiment", named, Cookie=cookie, **OURS)
    assert json.loads(found)["ExperimentName"] == "one"
    _, _, listed = ask(server, "POST", "/console/api/v1/search", {"resource": "experiment"}, Cookie=cookie, **OURS)
    assert json.loads(listed)["total"] == 1


def test_an_operations_failure_is_awss(server: LiveServer) -> None:
    status, _, body = ask(
        server, "POST", "/console/api/op/DescribeExperiment", {"ExperimentName": "x"}, Cookie=signed_in(server), **OURS
    )
    assert status == 400
    assert json.loads(body)["__type"] == "ResourceNotFound"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {**OURS, "Origin": "http://evil.example"},
        {**OURS, "Origin": "http://127.0.0.1:1"},
        {**OURS, "Host": "rebound.example"},
    ],
)
def test_a_page_of_another_origin_changes_nothing(server: LiveServer, headers: dict[str, str]) -> None:
    status, _, _ = ask(
        server, "POST", "/console/api/op/CreateExperiment", {"ExperimentName": "x"}, Cookie=signed_in(server), **headers
    )
    assert status == 403
    assert server.client("sagemaker").list_experiments()["ExperimentSummaries"] == []


def test_an_object_is_served_but_never_as_a_page_of_this_site(server: LiveServer) -> None:
    s3 = server.client("s3")
    s3.create_bucket(Bucket="files")
    s3.put_object(Bucket="files", Key="a b/page.html", Body=b"<script>1</script>", ContentType="text/html")
    s3.put_object(Bucket="files", Key="plot.png", Body=b"0123456789", ContentType="image/png")
    cookie = signed_in(server)
    status, headers, body = ask(server, "GET", "/console/api/object?uri=s3://files/a%20b/page.html", Cookie=cookie)
    assert (status, body) == (200, b"<script>1</script>")
    assert headers["content-disposition"].startswith("attachment")
    assert "sandbox" in headers["content-security-policy"]
    status, headers, body = ask(
        server, "GET", "/console/api/object?uri=s3://files/plot.png", Cookie=cookie, Range="bytes=2-4"
    )
    assert (status, body, headers["content-range"]) == (206, b"234", "bytes 2-4/10")
    assert headers["content-disposition"].startswith("inline")
    assert ask(server, "GET", "/console/api/object?uri=s3://files/none", Cookie=cookie)[0] == 404
    assert ask(server, "GET", "/console/api/object?uri=file:///etc/passwd", Cookie=cookie)[0] == 400


def test_signed_requests_are_s3s_even_where_the_console_lives(server: LiveServer) -> None:
    s3 = server.client("s3")
    s3.create_bucket(Bucket="console")
    s3.put_object(Bucket="console", Key="api/session", Body=b"mine")
    assert s3.get_object(Bucket="console", Key="api/session")["Body"].read() == b"mine"
    assert "console" in [one["Name"] for one in s3.list_buckets()["Buckets"]]


def test_the_page_is_strict_about_what_it_loads(server: LiveServer) -> None:
    status, headers, _ = ask(server, "GET", "/", Accept="text/html,*/*")
    assert status == 200
    assert "script-src 'self'" in headers["content-security-policy"]
    assert ask(server, "GET", "/console/../../etc/passwd", Accept="text/html")[0] == 404
    assert ask(server, "GET", "/console/%2e%2e/%2e%2e/session.py")[0] == 404


def test_events_stream_to_a_session_only(server: LiveServer) -> None:
    status, _, body = ask(server, "GET", "/console/api/events?topics=search:run")
    assert status == 401
    assert json.loads(body)["code"] == "NoSessionException"
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    connection.request("GET", "/console/api/events?topics=search:run", headers={"Cookie": signed_in(server)})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.readline() == b"retry: 1000\n"
    connection.close()


def test_the_session_names_the_regions_that_hold_records(server: LiveServer) -> None:
    server.client("sagemaker", region="eu-west-1").create_experiment(ExperimentName="far")
    _, _, told = ask(server, "GET", "/console/api/session", Cookie=signed_in(server))
    assert json.loads(told)["regions"] == ["eu-west-1", "us-east-1"]


def test_a_request_to_an_endpoint_fails_as_awss_does(server: LiveServer) -> None:
    status, _, body = ask(server, "POST", "/console/api/invoke/none", {"rows": []}, Cookie=signed_in(server), **OURS)
    assert status == 400
    assert json.loads(body)["__type"] == "ValidationError"


def test_the_built_in_algorithms_come_with_the_rules_that_they_check(server: LiveServer) -> None:
    _, _, body = ask(server, "POST", "/console/api/v1/algorithms", {}, Cookie=signed_in(server), **OURS)
    xgboost = next(one for one in json.loads(body)["algorithms"] if one["name"] == "xgboost")
    rules = {one["name"]: one for one in xgboost["hyperparameters"]}
    assert rules["num_round"]["required"]
    assert (rules["eta"]["kind"], rules["eta"]["minimum"], rules["eta"]["maximum"]) == ("number", 0, 1)
