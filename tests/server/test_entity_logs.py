"""Logs of runs and jobs over `/api/v1`: streams, lines by number, finding."""

from __future__ import annotations

import pytest

from trialbook.errors import ApiError, NotFoundError, ValidationError
from trialbook.handlers import native
from trialbook.handlers.dispatch import dispatch
from trialbook.model import Document, Kind
from trialbook.sdk.transport import HttpTransport
from trialbook.services import records
from trialbook.services.context import Call
from trialbook.store.interface import LogLine


@pytest.fixture
def logged(call: Call) -> Call:
    dispatch(call, "sagemaker", "CreateTrialComponent", {"TrialComponentName": "run"})
    entity = records.require(call.store, call, Kind.TRIAL_COMPONENT, "run").id
    for stream in ("console", "console:1"):
        lines = [LogLine(float(number), f"{stream} line {number}") for number in range(30)]
        call.store.write(lambda tx, s=stream, a=lines: tx.append_log(entity, s, "w", 0, a))  # type: ignore[misc]
    return call


def ask(call: Call, operation: str, **request: object) -> Document:
    return native.OPERATIONS[operation](call, {"entity": "run", **request})


def test_streams_are_listed(logged: Call) -> None:
    streams = ask(logged, "log_streams")["streams"]
    assert streams[0] == {"name": "console", "created": 0.0, "last": 29.0, "count": 30}
    assert [one["name"] for one in streams] == ["console", "console:1"]


def test_lines_are_read_from_either_end(logged: Call) -> None:
    head = ask(logged, "logs", limit=2)
    assert head == {
        "time": [0.0, 1.0],
        "text": ["console line 0", "console line 1"],
        "start": 0,
        "next": 2,
        "count": 30,
    }
    assert ask(logged, "logs", start=head["next"], limit=1)["text"] == ["console line 2"]
    assert ask(logged, "logs", start=-2, stream="console:1")["text"] == ["console:1 line 28", "console:1 line 29"]
    past = ask(logged, "logs", start=99)
    assert (past["text"], past["next"]) == ([], 99)


def test_lines_are_found_in_all_streams_or_one(logged: Call) -> None:
    found = ask(logged, "log_find", text="line 7")
    assert (found["stream"], found["number"], found["time"]) == (["console", "console:1"], [7, 7], [7.0, 7.0])
    assert ask(logged, "log_find", text="line", stream="console", start=28)["number"] == [28, 29]
    assert ask(logged, "log_find", text="line", limit=3)["number"] == [0, 1, 2]


def test_an_arn_names_what_is_logged_too(logged: Call) -> None:
    arn = logged.arn("experiment-trial-component", "run")
    assert len(ask(logged, "logs", entity=arn)["text"]) == 30


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        ({"entity": "nothing"}, NotFoundError, "does not exist"),
        ({"entity": "arn:aws:sagemaker:us-east-1:000000000000:training-job/no"}, NotFoundError, "names nothing"),
        ({"stream": "stderr"}, NotFoundError, "has no log stream 'stderr'; it has: 'console', 'console:1'"),
        ({"start": 1.5}, ValidationError, "'start' must be a whole number between .* not 1.5"),
        ({"limit": 0}, ValidationError, "'limit'.* 1 .*10.?000"),
        ({"entity": 3}, ValidationError, "'entity' must be text, not 3"),
    ],
)
def test_what_cannot_be_read_is_told(logged: Call, request_: Document, error: type[ApiError], message: str) -> None:
    with pytest.raises(error, match=message):
        ask(logged, "logs", **request_)


def test_a_client_reads_logs_over_http(live_server: object) -> None:
    url, workspace = live_server.url, live_server.workspace  # type: ignore[attr-defined]
    transport = HttpTransport(url)
    transport.aws("CreateTrialComponent", {"TrialComponentName": "run"})
    (entity,) = workspace.store.changes(0, [Kind.TRIAL_COMPONENT])
    line = LogLine(1.5, "caf\u00e9 \x00 \ud83e")
    workspace.store.write(lambda tx: tx.append_log(entity.id, "console", "w", 0, [line]))
    assert transport.call("logs", {"entity": "run"})["text"] == ["caf\u00e9 \x00 ?"]
