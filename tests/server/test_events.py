"""Live events over HTTP: what is new comes once, who comes back misses nothing, streams end with the server."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from trialbook.errors import ApiError, ThrottlingError, ValidationError
from trialbook.model import Document, Kind
from trialbook.sdk.transport import HttpTransport
from trialbook.server import events
from trialbook.services import records
from trialbook.services.context import Call, Workspace
from trialbook.services.events import Cursor, Follower, read_topic
from trialbook.store import open_store
from trialbook.store.interface import LogLine
from trialbook.testing.processes import ServerProcess
from trialbook.testing.store_contract.series import as_points
from trialbook.wire.http import Request

SECONDS = 10
CALM = {"kind": "trial component", "new": 0, "changed": 0, "deleted": 0, "points": False}
"""What a search's event says when nothing happened."""


@dataclass
class Got:
    """One event as a client reads it."""

    name: str
    data: Document
    id: str | None = None


@dataclass
class Stream:
    """A client's stream, which remembers the last id as a browser does."""

    answer: http.client.HTTPResponse
    last_id: str = ""
    comments: list[str] = field(default_factory=list)

    def next(self) -> Got:
        """Read one event; a comment on the way is kept."""
        name, data, got_id = "message", "", None
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            assert self.answer.fp is not None
            if line.startswith(":"):
                self.comments.append(line)
            elif line.startswith("id: "):
                got_id = self.last_id = line[4:]
            elif line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data = line[6:]
            elif not line and data:
                return Got(name, json.loads(data), got_id)

    def until(self, name: str) -> Got:
        """Read on to the next event of that name."""
        while True:
            got = self.next()
            if got.name == name:
                return got


@contextmanager
def listen(url: str, *topics: str, last_id: str = "", **headers: str) -> Iterator[Stream]:
    """Open a stream; its first event is read."""
    host = url.removeprefix("http://")
    with closing(http.client.HTTPConnection(host, timeout=SECONDS)) as connection:
        if last_id:
            headers["Last-Event-ID"] = last_id
        connection.request("GET", f"/api/v1/events?topics={','.join(topics)}", headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        stream = Stream(answer)
        assert stream.next().name == "hello"
        yield stream


@pytest.fixture
def url(live_server: Any) -> str:
    HttpTransport(live_server.url).aws("CreateTrialComponent", {"TrialComponentName": "a"})
    return str(live_server.url)


def run_id(workspace: Workspace, name: str = "a") -> int:
    entity = workspace.store.find(Kind.TRIAL_COMPONENT, f"000000000000/us-east-1/{name}")
    assert entity is not None
    return entity.id


def log(workspace: Workspace, seq: int, *values: float, name: str = "a") -> None:
    rows = [("loss", seq * 100 + place, float(seq), value) for place, value in enumerate(values)]
    run = run_id(workspace, name)
    workspace.store.write(lambda tx: tx.append(run, "w", seq, as_points(rows)))


def test_points_come_as_they_are_logged(url: str, live_server: Any) -> None:
    log(live_server.workspace, 0, 9.0)
    with listen(url, "run:a") as stream:
        log(live_server.workspace, 1, 0.5, float("nan"), float("-inf"))
        got = stream.next()
    assert (got.name, got.data["run"], got.data["metric"]) == ("points", "a", "loss")
    assert (got.data["x"], got.data["y"], got.data["t"]) == ([100, 101, 102], [0.5, "NaN", "-Infinity"], [1.0] * 3)
    assert got.id


@pytest.mark.parametrize("merged", [False, True])
def test_a_client_that_comes_back_gets_what_it_missed_and_nothing_else(
    url: str, live_server: Any, merged: bool
) -> None:
    workspace = live_server.workspace
    log(workspace, 0, 1.0, 2.0)
    with listen(url, "run:a") as stream:
        log(workspace, 1, 3.0)
        assert stream.until("points").data["y"] == [3.0]
        last = stream.last_id
    log(workspace, 2, 4.0, 5.0)
    log(workspace, 3, 6.0)
    if merged:
        workspace.store.merge(run_id(workspace))
    with listen(url, "run:a", last_id=last) as stream:
        got = stream.until("points")
        assert (got.data["x"], got.data["y"]) == ([200, 201, 300], [4.0, 5.0, 6.0])
        log(workspace, 4, 7.0)
        assert stream.until("points").data["y"] == [7.0]


def test_a_view_and_its_cursor_leave_no_gap(url: str, live_server: Any) -> None:
    from trialbook.handlers import native
    from trialbook.names import Scope
    from trialbook.wire import view

    workspace = live_server.workspace
    log(workspace, 0, 1.0)
    call = Call(workspace, Scope("000000000000", "us-east-1"), "tester", "request")
    drawn = view.read(native.VIEWS["view"](call, {"queries": [{"run": "a", "metric": "loss"}]}))
    log(workspace, 1, 2.0)
    with listen(url, "run:a", last_id=drawn.head["cursor"]) as stream:
        assert stream.until("points").data["y"] == [2.0]


def test_states_lines_and_new_records_come_too(url: str, live_server: Any) -> None:
    workspace, transport = live_server.workspace, HttpTransport(url)
    with listen(url, "run:a", "search:run", "run:later") as stream:
        transport.aws("UpdateTrialComponent", {"TrialComponentName": "a", "Status": {"PrimaryStatus": "Failed"}})
        got = stream.until("run")
        assert (got.data["run"], got.data["status"]) == ("a", "Failed")
        assert stream.until("search").data == {**CALM, "changed": 1}
        lines = [LogLine(1.0, "one"), LogLine(2.0, "two")]
        run = run_id(workspace)
        workspace.store.write(lambda tx: tx.append_log(run, "console", "w", 0, lines))
        assert stream.until("log").data == {
            "run": "a",
            "stream": "console",
            "start": 0,
            "time": [1.0, 2.0],
            "text": ["one", "two"],
        }
        transport.aws("CreateTrialComponent", {"TrialComponentName": "later"})
        assert stream.until("search").data["new"] == 1
        log(workspace, 0, 1.5, name="later")
        assert stream.until("search").data == {**CALM, "points": True}
        assert stream.until("points").data["run"] == "later"
        transport.aws("DeleteTrialComponent", {"TrialComponentName": "a"})
        assert stream.until("run").data["status"] == "Deleted"


def test_a_job_tells_its_state_and_its_lines(call: Call) -> None:
    follower = Follower(call, [read_topic("job:training-job/j")])
    doc = records.new_document(call, Kind.TRAINING_JOB, "j", {"TrainingJobStatus": "InProgress"})
    job = call.store.write(lambda tx: records.insert(tx, call, Kind.TRAINING_JOB, doc))
    call.store.write(lambda tx: tx.append_log(job.id, "algo-1", "w", 0, [LogLine(1.0, "epoch 1")]))
    state, line = follower.poll()
    assert (state.name, state.data["job"], state.data["kind"], state.data["status"]) == (
        "job",
        "j",
        "training-job",
        "InProgress",
    )
    assert (line.data["job"], line.data["stream"], line.data["text"]) == ("j", "algo-1", ["epoch 1"])
    assert follower.poll() == []


def test_lines_missed_come_in_parts_and_once(call: Call) -> None:
    doc = records.new_document(call, Kind.TRIAL_COMPONENT, "a", {})
    run = call.store.write(lambda tx: records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)).id
    topics = [read_topic("run:a")]
    cursor = Follower(call, topics).cursor
    lines = [LogLine(float(number), str(number)) for number in range(2500)]
    call.store.write(lambda tx: tx.append_log(run, "console", "w", 0, lines))
    back, texts = Follower(call, topics, Cursor.read(cursor)), []
    while back.more:
        for event in back.poll():
            texts += event.data["text"]
    assert texts == [line.text for line in lines]
    assert back.poll() == []


def test_more_changes_than_one_poll_takes_are_all_counted(call: Call) -> None:
    follower = Follower(call, [read_topic("search:run")])
    for first, last in ((0, 1200), (1200, 1205), (1205, 1206)):
        call.store.write(lambda tx, a=first, b=last: [tx.insert(Kind.TRIAL_COMPONENT, f"{n}", {}) for n in range(a, b)])  # type: ignore[misc]
    counts = [event.data["new"] for _ in range(3) for event in follower.poll()]
    assert counts == [1200, 6]


def test_a_run_that_was_made_meanwhile_is_told_from_its_first_line(call: Call) -> None:
    topics = [read_topic("run:a")]
    cursor = Follower(call, topics).cursor
    doc = records.new_document(call, Kind.TRIAL_COMPONENT, "a", {})
    run = call.store.write(lambda tx: records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)).id
    call.store.write(lambda tx: tx.append_log(run, "console", "w", 0, [LogLine(1.0, "first")]))
    events_ = Follower(call, topics, Cursor.read(cursor)).poll()
    assert [event.name for event in events_] == ["run", "log"]


def test_late_points_that_were_merged_are_told_to_be_read_anew(call: Call) -> None:
    doc = records.new_document(call, Kind.TRIAL_COMPONENT, "a", {})
    run = call.store.write(lambda tx: records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)).id
    call.store.write(lambda tx: tx.append(run, "w", 0, as_points([("loss", 9, 0.0, 1.0)])))
    call.store.merge(run)
    follower = Follower(call, [read_topic("run:a")])
    call.store.write(lambda tx: tx.append(run, "w", 1, as_points([("loss", 1, 0.0, 1.0)])))
    call.store.merge(run)
    (event,) = follower.poll()
    assert event == ("changed", {"run": "a", "metric": "loss"})


def test_a_cursor_of_another_database_says_so_first(call: Call) -> None:
    other = Cursor("another database", 3, 4)
    follower = Follower(call, [read_topic("search:run")], other)
    assert [event.name for event in follower.poll()] == ["reset"]
    assert follower.poll() == []


def test_what_another_process_writes_is_seen(url: str, live_server: Any) -> None:
    run = run_id(live_server.workspace)
    with listen(url, "run:a") as stream, closing(open_store(live_server.workspace.settings.store)) as other:
        other.write(lambda tx: tx.append(run, "w", 0, as_points([("loss", 0, 0.0, 1.0)])))
        assert stream.next().data["y"] == [1.0]


def test_points_come_at_most_four_times_a_second(url: str, live_server: Any) -> None:
    with listen(url, "run:a") as stream:
        ended = threading.Event()

        def write() -> None:
            for seq in range(60):
                log(live_server.workspace, seq, float(seq))
                ended.wait(0.02)

        thread = threading.Thread(target=write)
        begun, rounds, values = time.monotonic(), 0, list[float]()
        thread.start()
        while len(values) < 60:
            values += stream.until("points").data["y"]
            rounds += 1
        took = time.monotonic() - begun
        thread.join()
    assert values == [float(seq) for seq in range(60)]
    assert rounds <= took * 4 + 2


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Give from 1 to 100 topics, not 0"),
        ("topics=", "Give from 1 to 100 topics"),
        ("topics=runs:a", "There is no topic 'runs:a'"),
        ("topics=job:trainingjob/a", "There is no topic"),
        ("topics=search:rnu", "Did you mean 'run'"),
        ("topics=run:a&cursor=x", "'x' is not a cursor"),
        ("topics=run:a&cursor=W10", "is not a cursor"),
    ],
)
def test_what_cannot_be_followed_is_told(workspace: Workspace, query: str, message: str) -> None:
    head = Request("GET", events.PATH, query, {})
    with pytest.raises(ValidationError, match=message):
        events.Events(workspace).follower(head, "request")


def test_names_in_topics_are_percent_encoded(workspace: Workspace) -> None:
    follower = events.Events(workspace).follower(Request("GET", events.PATH, "topics=run:a%2Cb,run:c", {}), "request")
    assert follower.cursor


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_other_hosts_and_pages_are_refused(url: str, headers: dict[str, str]) -> None:
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)) as connection:
        connection.request("GET", "/api/v1/events?topics=run:a", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (403, "AccessDeniedException")


def test_a_post_and_a_bad_cursor_are_answered_before_the_stream(url: str) -> None:
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)) as connection:
        for method, query, message in (("POST", "?topics=run:a", "takes GET"), ("GET", "?topics=x", "no topic")):
            connection.request(method, f"/api/v1/events{query}")
            answer = connection.getresponse()
            assert answer.status == 400
            assert message in json.loads(answer.read())["message"]


def ask(workspace: Workspace, heartbeat: float, wanted: int) -> list[bytes]:
    """Serve one stream in this process, and let the client go once it has so many pieces."""
    pieces: list[bytes] = []

    async def serve() -> None:
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            pieces.append(message.get("body", b""))
            if len(pieces) > wanted:
                gone.set()

        head = Request("GET", events.PATH, "topics=search:run", {})
        await events.Events(workspace, 0.01, heartbeat).serve(head, "request", receive, send)

    asyncio.run(asyncio.wait_for(serve(), SECONDS))
    return pieces[1:]


def test_a_quiet_stream_beats(workspace: Workspace) -> None:
    pieces = ask(workspace, 0.02, 4)
    assert pieces[0].startswith(b"retry: 1000\n\nid: ")
    assert set(pieces[1:]) == {b": heartbeat\n\n"}


def test_no_more_streams_than_the_server_can_serve(workspace: Workspace) -> None:
    server = events.Events(workspace)
    server.close()

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nothing is read or sent")

    with pytest.raises(ThrottlingError):
        asyncio.run(server.serve(Request("GET", events.PATH, "topics=search:run", {}), "request", nothing, nothing))
    assert issubclass(ThrottlingError, ApiError)


def test_a_server_ends_within_five_seconds_with_streams_open(tmp_path: Any) -> None:
    with ServerProcess(tmp_path / "store") as server, listen(server.url, "search:run"), listen(server.url, "run:a"):
        code, seconds, errors = server.terminate()
    assert (code, errors) == (0, "")
    assert seconds < 5


def test_a_client_that_does_not_read_costs_one_round_delays_nobody_and_can_come_back(
    url: str, live_server: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(events, "PATIENCE", 2.0)
    rounds: list[int] = []
    real = events.encode

    def counted(found: list[Any], cursor: str) -> bytes:
        data = real(found, cursor)
        rounds.append(len(data))
        return data

    monkeypatch.setattr(events, "encode", counted)
    workspace, total = live_server.workspace, 14_000
    run = run_id(workspace)
    with closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=SECONDS)) as connection:
        connection.request("GET", "/api/v1/events?topics=run:a")
        idle = connection.getresponse()
        with listen(url, "run:a") as stream:
            for seq in range(14):
                lines = [LogLine(1.0, f"{seq * 1000 + place}".ljust(3000, "x")) for place in range(1000)]
                workspace.store.write(lambda tx, seq=seq, lines=lines: tx.append_log(run, "console", "w", seq, lines))
            got = 0
            while got < total:
                got += len(stream.until("log").data["text"])
        deadline = time.monotonic() + 30
        while not any("a stream of events ended" in one for one in caplog.messages):
            assert time.monotonic() < deadline, "the client that does not read is still served"
            time.sleep(0.05)
        with pytest.raises(http.client.IncompleteRead) as cut:
            idle.read()
    assert max(rounds) < 1.2 * 2**20
    seen, last = [], ""
    for block in cut.value.partial.decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        last = fields.get("id", last)
        if fields.get("event") == "log":
            seen += json.loads(fields["data"])["text"]
    assert 0 < len(seen) < total
    with listen(url, "run:a", last_id=last) as stream:
        while len(seen) < total:
            seen += stream.until("log").data["text"]
    assert [int(text.rstrip("x")) for text in seen] == list(range(total))
