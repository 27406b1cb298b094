"""Shipping to a server: killed, cut off or refusing, it neither loses a point nor holds the training up."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import trialbook
from trialbook import Run, list_runs
from trialbook.errors import ApiError, NotFoundError
from trialbook.model import Document
from trialbook.sdk import warning
from trialbook.sdk.drain import Batch, read_head
from trialbook.sdk.reading import read_metrics
from trialbook.sdk.recovery import REFUSED, recover_spools, sync
from trialbook.sdk.shipping import Shipment, Shipper
from trialbook.sdk.target import Target, forget_transports, user_spools
from trialbook.sdk.transport import HttpTransport, Transport
from trialbook.testing.processes import ServerProcess
from trialbook.wire import points

DEADLINE = 60
SCRIPT = """
import sys, time
from trialbook import Run
with Run("many", f"r{sys.argv[1]}") as run:
    for step in range(int(sys.argv[2])):
        run.log_metric("m", step, step=step)
        if step % 100 == 0:
            run.log_parameter("at", step)
            time.sleep(0.002)
"""


@pytest.fixture
def url(live_server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("TRIALBOOK_URL", live_server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("RANK", raising=False)
    warning.forget()
    yield live_server.url
    forget_transports()


@pytest.mark.usefixtures("url")
def test_a_run_over_http_is_as_in_a_folder(tmp_path: Path) -> None:
    note = tmp_path / "note with space.txt"
    note.write_text("hello")
    with Run("exp", "r", tags={"k": "v"}) as run:
        run.log_metrics({"a": 1.0, "b": float("nan")}, step=3)
        run.log_parameter("lr", 0.5)
        run.log_file(note)
        run.log_roc_curve([0, 1], [0.2, 0.8], title="roc")
    assert run.metric("a").step.tolist() == [3]
    assert np.isnan(run.metric("b").value).all()
    told = run.describe()
    assert told["Parameters"] == {"lr": {"NumberValue": 0.5}}
    assert told["OutputArtifacts"]["note with space.txt"]["MediaType"] == "text/plain"
    assert [run.run_name for run in list_runs("exp")] == ["r"]
    assert trialbook.search("Metrics.a = 1")["name"] == ["exp-r"]
    assert not list(user_spools().iterdir())


@pytest.mark.usefixtures("url")
def test_regions_are_name_spaces_of_their_own() -> None:
    with Run("exp", "r", region="eu-west-1") as run:
        run.log_metric("a", 1)
    assert ":eu-west-1:" in run.describe()["TrialComponentArn"]
    with pytest.raises(ApiError, match="does not exist"):
        Run("exp", "r", begin=False).describe()


def test_a_server_that_is_not_there_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server = ServerProcess(tmp_path / "store")
    with server:
        pass
    monkeypatch.setenv("TRIALBOOK_URL", server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    warning.forget()
    begun = time.monotonic()
    with caplog.at_level(logging.WARNING), Run("exp", "r") as run:
        for step in range(1000):
            run.log_metric("m", step, step=step)
        run.log_text("kept", "note.txt")
    assert time.monotonic() - begun < 5
    assert sum("trialbook sync" in record.message for record in caplog.records) == 1
    with server:
        assert run.flush()  # the thread goes on by itself
        assert run.metric("m").step.tolist() == list(range(1000))
        assert "note.txt" in run.describe()["OutputArtifacts"]


def test_sync_ships_what_a_process_left_for_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ServerProcess(tmp_path / "store")
    with server:
        pass
    monkeypatch.setenv("TRIALBOOK_URL", server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    subprocess.run([sys.executable, "-c", SCRIPT, "0", "500"], check=True, stderr=subprocess.DEVNULL)
    assert [one.failure is None for one in sync()] == [False]
    with server:
        assert [(one.run, one.failure) for one in sync()] == [("many-r0", None)]
        assert sync() == []
        run = Run("many", "r0", begin=False)
        assert run.metric("m").step.tolist() == list(range(500))
        assert run.describe()["Status"] == {"PrimaryStatus": "Completed"}


@pytest.mark.parametrize(
    "kills", [pytest.param(3), pytest.param(30, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_a_server_killed_while_four_processes_log_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int
) -> None:
    count = 8_000 * kills
    server = ServerProcess(tmp_path / "store")
    server.start()
    monkeypatch.setenv("TRIALBOOK_URL", server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    writers = [
        subprocess.Popen([sys.executable, "-c", SCRIPT, str(number), str(count)], stderr=subprocess.DEVNULL)
        for number in range(4)
    ]
    for _ in range(kills):
        time.sleep(0.7)  # the moment of death is what the test varies
        server.kill()
        server.start()
    with server_running(server):
        for writer in writers:
            assert writer.wait(DEADLINE + 10 * kills) == 0
        assert all(one.failure is None for one in sync())
        transport = HttpTransport(server.url)
        for number in range(4):
            series = read_metrics(transport, f"many-r{number}", ["m"])["m"]
            assert np.array_equal(series.step, np.arange(count))
            assert np.array_equal(series.value, np.arange(count))
            told = transport.call("run", {"name": f"many-r{number}"})
            assert told["Status"] == {"PrimaryStatus": "Completed"}
            assert told["Parameters"]["at"] == {"NumberValue": float(count - 100)}


def server_running(server: ServerProcess) -> ServerProcess:
    """Give the server for a `with` that ends it, without starting it again."""
    server.start = lambda: None  # type: ignore[method-assign]
    return server


def test_a_run_that_was_deleted_is_refused_once_and_kept(target: Target, caplog: pytest.LogCaptureFixture) -> None:
    run = Run("exp", "r")
    run.log_metric("m", 1)
    assert run.flush()
    transport = target.transport()
    transport.aws("DisassociateTrialComponent", {"TrialComponentName": "exp-r", "TrialName": "Default-Run-Group-exp"})
    transport.aws("DeleteTrialComponent", {"TrialComponentName": "exp-r"})
    with caplog.at_level(logging.WARNING):
        run.log_metric("m", 2)
        assert not run.flush()
        assert not run.finish()
    assert sum("takes nothing more for run 'exp-r'" in record.message for record in caplog.records) == 1
    assert run._spool is not None
    run._spool.let_go()
    folder = run._spool.folder
    assert folder is not None
    # A process that comes later starts the run anew, as its spool knows all that is needed.
    assert [one.failure for one in recover_spools(target.spools, lambda _: transport)] == [None]
    assert run.metric("m").value.tolist() == [2.0]


def test_what_the_store_refuses_is_left_alone_until_sync(target: Target, caplog: pytest.LogCaptureFixture) -> None:
    with Run("exp", "r") as run:
        run._change({"nonsense": {"a": 1}})
    assert run._spool is not None
    run._spool.let_go()
    transport = target.transport()
    first = recover_spools(target.spools, lambda _: transport)
    assert [one.failure is not None for one in first] == [True]
    assert "nonsense" in (first[0].folder / REFUSED).read_text()
    assert recover_spools(target.spools, lambda _: transport) == []
    assert len(recover_spools(target.spools, lambda _: transport, retry_refused=True)) == 1
    assert read_head(first[0].folder) is not None
    del caplog


def test_spools_for_other_places_are_left_alone(target: Target) -> None:
    script = "from trialbook import Run; import os\nrun = Run('exp', 'r'); run.log_metric('m', 1); os._exit(0)"
    subprocess.run([sys.executable, "-c", script], check=True, env=dict(os.environ))
    asked: list[Target] = []
    assert recover_spools(target.spools, asked.append) == []
    assert asked == [target]
    assert len(list(target.spools.glob("w-*"))) == 1


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({}, "'seq' is None"),
        ({"seq": -1}, "'seq' is -1"),
        ({"seq": 0}, "'run' must be given"),
        ({"seq": 0, "run": "r"}, "'writer' must be given"),
        ({"seq": 0, "run": "r", "writer": "w", "changes": 3}, "'changes' must be a list"),
        ({"seq": 0, "run": "r", "writer": "w", "start": {"trial": "t"}}, "experimentName"),
        ({"seq": 0, "run": "r", "writer": "w", "changes": [{"update": {"Parameters": 3}}]}, "parameters"),
        ({"seq": 0, "run": "r", "writer": "w", "changes": [{"end": {"status": "Done"}}]}, "end.time"),
        ({"seq": 0, "run": "r", "writer": "w", "changes": [{"begin": "now"}]}, "begin"),
        ({"seq": 0, "run": "none", "writer": "w"}, "does not exist"),
    ],
)
def test_a_wrong_message_is_told_what_is_wrong(url: str, head: dict[str, object], said: str) -> None:
    message = points.write({"names": [], **head}, (b"", b"", b"", b""))
    with pytest.raises(ApiError, match=said) as caught:
        HttpTransport(url).exchange("points", message)
    assert caught.value.status < 500


@pytest.mark.parametrize(
    "body", [b"", b"TBP1", b"TBP1\xff\xff\xff\xff", b"TBP1\x02\0\0\0{}", b"TBP1\x08\0\0\0[1]     ", b"{}"]
)
@pytest.mark.parametrize("operation", ["points", "series"])
def test_bytes_that_are_no_message_are_told_so(url: str, body: bytes, operation: str) -> None:
    with pytest.raises(ApiError) as caught:
        HttpTransport(url).exchange(operation, body)
    assert caught.value.code == "SerializationException"


def test_a_batch_that_comes_twice_is_kept_once(target: Target) -> None:
    transport = target.transport()
    start = {"experiment": "e", "trial": "t", "provenance": {"pid": 1}}
    metric = np.array([0, 2, 2], "<u4").tobytes()
    columns = np.arange(3, dtype="<i8").tobytes(), np.ones(3).tobytes(), np.arange(3.0).tobytes(), metric
    message = points.write(
        {
            "run": "r",
            "writer": "w",
            "seq": 0,
            "names": ["a", "unused", "b"],
            "start": start,
            "changes": [{"begin": 5.0}, {"update": {"Parameters": {"p": {"NumberValue": 1}}}}],
        },
        columns,
    )
    kept = [points.read(transport.exchange("points", message)).head["kept"] for _ in range(2)]
    assert kept == [True, False]
    assert {name: one.value.tolist() for name, one in read_metrics(transport, "r", ["a", "b", "unused"]).items()} == {
        "a": [0.0],
        "b": [1.0, 2.0],
        "unused": [],
    }


def test_times_that_are_no_numbers_are_refused(target: Target) -> None:
    head = {"run": "r", "writer": "w", "seq": 0, "names": ["a"]}
    message = points.write(head, (bytes(8), np.array([np.nan]).tobytes(), bytes(8), bytes(4)))
    with pytest.raises(ApiError, match="finite"):
        target.transport().exchange("points", message)
    with pytest.raises(NotFoundError):
        target.transport().call("run", {"name": "r"})


def test_a_target_that_does_not_answer_holds_no_other_up(
    store: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("TRIALBOOK_URL", "http://127.0.0.1:9")
    dead = Run("exp", "dead")
    assert not dead.finish()
    monkeypatch.delenv("TRIALBOOK_URL")
    monkeypatch.setenv("TRIALBOOK_STORE", str(store))
    for number in range(3):
        with Run("exp", f"r{number}") as run:
            run.log_metric("m", number)
        assert run.metric("m").value.tolist() == [number]
    assert not dead.flush()


def test_a_run_that_is_waited_for_does_not_wait_for_what_another_has_to_send(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    del target
    begun, gate = threading.Event(), threading.Event()
    really = Shipment.send

    def send(shipment: Shipment) -> bool:
        if shipment.source.head["run"]["component"] == "exp-long":
            begun.set()
            assert gate.wait(DEADLINE)
        return really(shipment)

    long, short = Run("exp", "long"), Run("exp", "short")
    assert long.flush()
    assert short.flush()
    monkeypatch.setattr(Shipment, "send", send)
    long.log_metric("m", 1)
    assert begun.wait(DEADLINE)
    try:
        short.log_metric("m", 1)
        assert short.finish(timeout=DEADLINE / 2)
    finally:
        gate.set()
    assert long.finish()


def test_runs_that_began_before_are_created_before_one_that_is_waited_for(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    del target
    arrived: list[str] = []
    gate = threading.Event()
    sending, delivering = Shipper._send, Shipment._deliver

    def send(one: Shipper, shipment: Shipment) -> bool:
        if threading.current_thread().name == "trialbook-shipper":
            assert gate.wait(DEADLINE)
        return sending(one, shipment)

    def deliver(shipment: Shipment, transport: Transport, batch: Batch) -> Document:
        arrived.append(shipment.source.head["run"]["component"])
        return delivering(shipment, transport, batch)

    monkeypatch.setattr(Shipper, "_send", send)
    monkeypatch.setattr(Shipment, "_deliver", deliver)
    silent = Run("exp", "silent")
    outer = Run("exp", "outer")
    inner = Run("exp", "inner")
    later = Run("exp", "later")
    try:
        assert inner.finish()
        assert arrived == ["exp-silent", "exp-outer", "exp-inner"]
    finally:
        gate.set()
    assert all(run.finish() for run in (silent, outer, later))
