"""Capture: a run knows the process around it, which pays nothing for it and tells no secrets."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trialbook import Run
from trialbook.sdk.capture import choice, facts, git, reading, watch
from trialbook.sdk.capture.choice import DEFAULT, OFF, Choice, choose
from trialbook.sdk.capture.console import Descriptors, Streams
from trialbook.sdk.capture.lines import LONGEST, Lines
from trialbook.sdk.capture.shared import Shared
from trialbook.sdk.capture.system import Gpus, Sampler
from trialbook.sdk.reading import open_reading
from trialbook.sdk.target import Target, forget_transports
from trialbook.sdk.transport import HttpTransport, LocalTransport

DEADLINE = 30


def wait_until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)


def console_of(run: Run, stream: str = "console") -> list[str]:
    return [text for _, text in run.console(stream)]


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        (None, DEFAULT),
        (True, DEFAULT),
        ("all", DEFAULT),
        (False, set()),
        ("off", set()),
        ("", set()),
        ("git, console", {"git", "console"}),
        (["git"], {"git"}),
        ("-console", DEFAULT - {"console"}),
        ("all,env", DEFAULT | {"env"}),
        ({"console": False}, DEFAULT - {"console"}),
        ({"git": True}, {"git"}),
        ("system=3", DEFAULT),
    ],
)
def test_a_choice_is_read(given: Any, parts: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(choice.VARIABLE, raising=False)
    assert choose(given).parts == parts


def test_a_choice_has_values_and_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert choose("system=3,console=fd") == Choice(DEFAULT, 3.0, descriptors=True)
    assert choose({"system": 0}).seconds == choice.SHORTEST
    monkeypatch.setenv(choice.VARIABLE, "off")
    assert choose() == OFF
    with caplog.at_level(logging.WARNING):
        assert choose("gti").parts == DEFAULT
    assert "no part 'gti'" in caplog.text


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()

    def run(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)

    run("init", "-q", "-b", "trunk")
    run("config", "user.email", "a@example.com")
    run("config", "user.name", "A")
    (folder / "train.py").write_text("lr = 1\n")
    (folder / "prod.env").write_text("TOKEN=old\n")
    run("add", "-A")
    run("commit", "-q", "-m", "first")
    run("remote", "add", "origin", "https://me:hunter2@example.com/code.git")
    return folder


def test_git_tells_commit_branch_and_the_difference_without_secrets(repository: Path) -> None:
    clean = git.read(repository)
    assert clean is not None
    assert (clean.facts["dirty"], clean.facts["branch"], clean.diff) == (False, "trunk", b"")
    assert len(clean.facts["commit"]) == 40
    assert clean.facts["remote"] == "https://example.com/code.git"
    (repository / "train.py").write_text("lr = 2\n")
    (repository / "prod.env").write_text("TOKEN=abc\n")
    (repository / "new.py").write_text("x\n")
    dirty = git.read(repository)
    assert dirty is not None
    assert dirty.facts["dirty"]
    assert dirty.facts["untracked"] == ["new.py"]
    assert b"+lr = 2" in dirty.diff
    assert b"TOKEN" not in dirty.diff


def test_git_of_no_repository_or_an_empty_one_is_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git.read(tmp_path) is None
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    assert git.read(tmp_path) is None
    monkeypatch.setenv("PATH", "")
    assert git.read(tmp_path) is None


def test_a_large_difference_is_cut(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "LARGEST", 100)
    (repository / "train.py").write_text("x\n" * 1000)
    code = git.read(repository)
    assert code is not None
    assert len(code.diff) == 100
    assert code.facts["diff_cut"] > 2000


def test_secrets_on_a_command_line_are_masked() -> None:
    given = ["python", "t.py", "--api-key", "abc", "--token=def", "--lr", "0.1", "postgresql://u:pw@h/d", "--password"]
    shown = facts.masked(given)
    assert shown == [
        "python",
        "t.py",
        "--api-key",
        "***",
        "--token=***",
        "--lr",
        "0.1",
        "postgresql://h/d",
        "--password",
    ]


def test_the_environment_is_kept_only_on_request_and_masked(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    del target
    monkeypatch.setenv("MY_TOKEN", "abc")
    monkeypatch.setenv("PLAIN", "x")
    with Run("exp", "default", capture=True) as run:
        pass
    watch.finish_reading()
    wait_until(lambda: "packages" in (run.describe().get("environment") or {}))
    assert "env" not in run.describe()["environment"]
    with Run("exp", "asked", capture="env") as run:
        pass
    wait_until(lambda: run.describe().get("environment"))
    told = run.describe()["environment"]["env"]
    assert (told["MY_TOKEN"], told["PLAIN"]) == ("***", "x")


def test_the_facts_of_a_run_are_read_beside_it(
    target: Target, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    (repository / "train.py").write_text("lr = 2\n")
    monkeypatch.setattr(sys, "orig_argv", ["python", "train.py", "--seed", "7"])
    with Run("exp", "r", capture=True) as run:
        run.log_metric("m", 1)
    watch.finish_reading()
    wait_until(lambda: "packages.txt" in run.describe()["InputArtifacts"])
    told = run.describe()
    known = told["environment"]
    assert known["git"]["branch"] == "trunk"
    assert known["command"]["line"] == ["python", "train.py", "--seed", "7"]
    assert known["seeds"]["seed"] == "7"
    assert known["host"]["cpus"] == os.cpu_count()
    assert known["packages"]["count"] > 50
    assert told["InputArtifacts"]["git.diff"]["MediaType"] == "text/x-diff"
    tags = {tag["Key"]: tag["Value"] for tag in told["Tags"]}
    assert tags["trialbook:git.commit"] == known["git"]["commit"]
    assert tags["trialbook:git.dirty"] == "true"
    wait_until(lambda: not list(target.spools.glob("w-*")))


@pytest.mark.usefixtures("either")
def test_runs_with_the_same_packages_share_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    uploaded: list[str] = []
    for kind in (HttpTransport, LocalTransport):
        real = kind.upload

        def counted(self: Any, path: Path, bucket: str, key: str, media: str | None, real: Any = real) -> str:
            uploaded.append(key)
            return str(real(self, path, bucket, key, media))

        monkeypatch.setattr(kind, "upload", counted)

    def place_of(name: str) -> str:
        with Run("exp", name, capture="packages") as run:
            pass
        watch.finish_reading()
        wait_until(lambda: "packages.txt" in run.describe()["InputArtifacts"])
        return str(run.describe()["InputArtifacts"]["packages.txt"]["Value"])

    first, transport = place_of("first"), open_reading()
    assert place_of("second") == first
    bucket, _, key = first.removeprefix("s3://").partition("/")
    assert uploaded == [key]
    monkeypatch.setattr(facts, "packages", lambda: ["other==1"])
    reading.forget()
    assert place_of("third") != first
    assert len(uploaded) == 2
    transport.call("run_delete", {"name": "exp-first"})
    assert transport.find(bucket, key) is not None, "what another run refers to stays"
    assert transport.find(bucket, f"{key}.not") is None
    forget_transports()


def test_slow_facts_hold_no_run_up_and_arrive_after_its_end(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def slow(_folder: Path) -> git.Code:
        gate.wait(DEADLINE)
        return git.Code({"commit": "abc"}, b"")

    monkeypatch.setattr(git, "read", slow)
    begun = time.monotonic()
    with Run("exp", "r", capture="git") as run:
        run.log_metric("m", 1)
    assert time.monotonic() - begun < DEADLINE / 3
    assert run.describe()["Status"]["PrimaryStatus"] == "Completed"
    assert "environment" not in run.describe()
    assert list(target.spools.glob("w-*"))
    gate.set()
    wait_until(lambda: run.describe().get("environment") == {"git": {"commit": "abc"}})
    wait_until(lambda: not list(target.spools.glob("w-*")))


def test_runs_of_a_process_share_what_git_said_until_a_commit(
    target: Target, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    (repository / "train.py").write_text("lr = 2\n")
    asked: list[Path] = []
    really = git.read

    def counted(folder: Path) -> git.Code | None:
        asked.append(folder)
        return really(folder)

    monkeypatch.setattr(git, "read", counted)
    with Run("exp", "first", capture="git,packages,host"):
        pass
    watch.finish_reading()
    with Run("exp", "second", capture="git,packages,host") as second:
        pass
    told = second.describe()
    assert told["environment"]["git"]["dirty"] is True, "what is known comes with the run itself"
    assert {"git", "host", "packages"} == set(told["environment"])
    assert len(asked) == 1
    watch.finish_reading()
    wait_until(lambda: set(second.describe()["InputArtifacts"]) == {"git.diff", "packages.txt"})
    subprocess.run(["git", "commit", "-qam", "two"], check=True, cwd=repository)
    with Run("exp", "third", capture="git") as third:
        pass
    watch.finish_reading()
    wait_until(lambda: (third.describe().get("environment") or {}).get("git", {}).get("dirty") is False)
    assert third.describe()["environment"]["git"]["commit"] != told["environment"]["git"]["commit"]
    assert len(asked) == 2
    wait_until(lambda: not list(target.spools.glob("w-*")))


def test_a_run_whose_folder_was_removed_captures_the_rest(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    with Run("exp", "first", capture="git,host"):
        pass
    watch.finish_reading()
    gone.rmdir()
    with Run("exp", "second", capture="git,host,console") as second:
        print("still heard")
    watch.finish_reading()
    assert "still heard" in [text for _, text in second.console()]
    wait_until(lambda: "host" in (second.describe().get("environment") or {}))
    assert not [one for one in caplog.messages if "call of capture" in one]
    wait_until(lambda: not list(target.spools.glob("w-*")))


def test_a_shared_fact_is_read_once_and_again_when_it_is_old_or_its_state_changes() -> None:
    now, state, read = 0.0, "a", 0

    def count() -> int:
        nonlocal read
        read += 1
        return read

    fact = Shared(count, lambda: state, 10.0, lambda: now)
    assert not fact.known
    assert (fact.get(), fact.get(), fact.known) == (1, 1, True)
    now = 10.0
    assert not fact.known
    assert fact.get() == 2
    state = "b"
    assert not fact.known
    assert fact.get() == 3
    fact.forget()
    assert fact.get() == 4


def test_a_shared_fact_that_fails_is_asked_again_and_who_comes_meanwhile_waits() -> None:
    entered, gate = threading.Event(), threading.Event()
    told = [ValueError("not now"), "x", "y"]

    def read() -> str:
        entered.set()
        gate.wait(DEADLINE)
        one = told.pop(0)
        if isinstance(one, Exception):
            raise one
        return str(one)

    fact = Shared(read, lambda: None)
    gate.set()
    with pytest.raises(ValueError, match="not now"):
        fact.get()
    gate.clear()
    entered.clear()
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(fact.get())) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert entered.wait(DEADLINE)
    gate.set()
    for thread in threads:
        thread.join()
    assert found == ["x", "x", "x"]


def test_the_state_of_a_repository_changes_with_a_commit_also_from_a_worktree(repository: Path) -> None:
    inner = repository / "a" / "b"
    inner.mkdir(parents=True)
    tree = repository.parent / "tree"
    subprocess.run(["git", "worktree", "add", "-q", str(tree)], check=True, cwd=repository, capture_output=True)
    before = git.state(inner), git.state(tree)
    assert all(one[0] for one in before)
    for folder in (repository, tree):
        (folder / "more").write_text("x")
        subprocess.run(["git", "add", "."], check=True, cwd=folder)
        subprocess.run(["git", "commit", "-qm", "more"], check=True, cwd=folder)
    assert git.state(inner) != before[0]
    assert git.state(tree) != before[1]


def test_facts_of_a_run_whose_folders_were_removed_meanwhile_are_no_warning(
    target: Target, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gate = threading.Event()

    def slow(_folder: Path) -> git.Code:
        gate.wait(DEADLINE)
        return git.Code({"commit": "abc"}, b"a difference")

    monkeypatch.setattr(git, "read", slow)
    with Run("exp", "r", capture="git") as run:
        run.log_metric("m", 1)
    shutil.rmtree(target.spools)
    gate.set()
    watch.finish_reading()
    assert "could not read git" not in caplog.text


def test_each_rank_has_its_own_facts_and_console(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    del target
    with Run("exp", "r", capture="command,console") as first:
        monkeypatch.setenv("RANK", "1")
        with Run("exp", "r", capture="command,console"):
            print("both hear this")
    watch.finish_reading()
    wait_until(lambda: sum("environment" in one for one in first.describe()["writers"].values()) == 2)
    assert console_of(first) == ["both hear this"]
    assert console_of(first, "console:1") == ["both hear this"]


def test_figures_of_the_machine_are_plausible() -> None:
    sampler = Sampler()
    figures = sampler.sample()
    assert 0 <= figures["system.memory.percent"] <= 100
    assert figures["system.process.memory_bytes"] > 1e6
    assert all(isinstance(value, int | float) for value in figures.values())
    assert {name.split(".")[1] for name in figures} >= {"cpu", "memory", "process", "disk"}


class Nvml:
    """NVML's functions as its Python package has them, over one card that knows no power."""

    NVML_TEMPERATURE_GPU = 0

    def nvmlInit(self) -> None: ...

    def nvmlDeviceGetCount(self) -> int:
        return 1

    def nvmlDeviceGetHandleByIndex(self, number: int) -> int:
        return number

    def nvmlDeviceGetName(self, handle: int) -> bytes:
        return b"Card"

    def nvmlDeviceGetUtilizationRates(self, handle: int) -> Any:
        return type("Rates", (), {"gpu": 50})

    def nvmlDeviceGetMemoryInfo(self, handle: int) -> Any:
        return type("Memory", (), {"used": 1, "total": 4})

    def nvmlDeviceGetTemperature(self, handle: int, kind: int) -> int:
        return 40

    def nvmlDeviceGetPowerUsage(self, handle: int) -> int:
        raise RuntimeError("not supported")


def test_a_gpu_tells_what_it_can() -> None:
    gpus = Gpus(Nvml())
    assert gpus.names() == ["Card"]
    assert gpus.sample() == {
        "system.gpu.0.percent": 50.0,
        "system.gpu.0.memory_bytes": 1.0,
        "system.gpu.0.memory_percent": 25.0,
        "system.gpu.0.celsius": 40.0,
    }


def test_samples_become_series_while_a_run_goes_on(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    del target
    monkeypatch.setattr(watch, "FIRST_SAMPLE", 0.3)
    monkeypatch.setattr(choice, "SHORTEST", 0.1)
    with Run("exp", "r", capture={"system": 0.3, "git": False, "packages": False}) as run:
        wait_until(lambda: len(run.metric("system.cpu.percent").value) > 1)
    assert run.metric("system.process.memory_bytes").value.min() > 1e6


PIECES = [
    (["a\nb", "c\n"], ["a", "bc"], []),
    (["10%\r", "20%\r", "30%\n"], ["30%"], []),
    (["10%\r20%\r\n", "next"], ["20%"], ["next"]),
    (["\r 1/2", "\r 2/2"], [], [" 2/2"]),
    (["\x1b[31mred\x1b[0m\n\x1b]0;title\x07x\n"], ["red", "x"], []),
    (["\n\n"], ["", ""], []),
    (["x" * (LONGEST + 5) + "\n"], ["x" * LONGEST, "x" * 5], []),
    (["abc\r", "\n"], ["abc"], []),
]


@pytest.mark.parametrize(("pieces", "lines", "rest"), PIECES)
def test_pieces_become_the_lines_that_a_terminal_shows(pieces: list[str], lines: list[str], rest: list[str]) -> None:
    assembled = Lines()
    taken = [text for number, piece in enumerate(pieces) for _, text in assembled.take(float(number), piece)]
    assert taken == lines
    assert [text for _, text in assembled.rest()] == rest


def test_a_line_has_the_time_of_its_first_piece() -> None:
    assembled = Lines()
    assert assembled.take(1.0, "a") == []
    assert assembled.take(2.0, "b\nc") == [(1.0, "ab")]
    assert assembled.take(3.0, "\n") == [(2.0, "c")]


def own_streams(monkeypatch: pytest.MonkeyPatch) -> tuple[io.StringIO, io.StringIO]:
    """Put streams of the test's own in place; called in the test, for pytest sets its own before each phase."""

    class Out(io.StringIO):
        pass

    out, err = Out(), Out()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    return out, err


def test_what_is_printed_still_appears_and_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = own_streams(monkeypatch)
    held = logging.StreamHandler(sys.stderr)
    source = Streams()
    print("one", 2)
    held.emit(logging.LogRecord("n", logging.WARNING, "", 0, "logged", None, None))
    sys.stdout.writelines(["x", "\n"])
    print("no end", end="")
    assert [text for _, text in source.take()] == ["one 2", "logged", "x"]
    assert [text for _, text in source.close()] == ["no end"]
    print("after")
    assert streams[0].getvalue() == "one 2\nx\nno endafter\n"
    assert streams[1].getvalue() == "logged\n"
    assert "write" not in vars(streams[0])


def test_a_wrapper_over_ours_keeps_working_when_we_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    streams = own_streams(monkeypatch)
    source = Streams()
    ours = sys.stdout.write
    heard: list[str] = []

    def theirs(text: str) -> int:
        heard.append(text)
        return ours(text)

    sys.stdout.write = theirs  # type: ignore[method-assign]
    source.close()
    print("still")
    assert streams[0].getvalue() == "still\n"
    assert heard == ["still", "\n"]


def test_a_flood_is_cut_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    own_streams(monkeypatch)
    monkeypatch.setattr("trialbook.sdk.capture.console.MOST", 100)
    source = Streams()
    for _ in range(100):
        print("0123456789")
    lines = [text for _, text in source.take()]
    assert lines[:2] == ["0123456789"] * 2
    assert "left out" in lines[-1]
    assert len(lines) < 20
    print("again")
    assert [text for _, text in source.close()] == ["0123456789again"]


def test_descriptors_carry_what_other_programs_print(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = Descriptors(tmp_path)
    subprocess.run(["sh", "-c", "echo from a program; echo error >&2; printf '1\\r2\\n'"], check=True)
    os.write(1, b"from a descriptor\n")
    lines: list[str] = []

    def arrived() -> bool:
        lines.extend(text for _, text in source.take())
        return len(lines) == 4

    wait_until(arrived)
    source.close()
    os.write(1, b"after\n")
    assert sorted(lines) == ["2", "error", "from a descriptor", "from a program"]
    shown = capfd.readouterr()
    assert shown.out == "from a program\n1\r2\nfrom a descriptor\nafter\n"
    assert shown.err == "error\n"
    assert not list(tmp_path.iterdir())


def test_the_console_of_a_run_is_a_searchable_log(target: Target) -> None:
    del target
    with Run("exp", "r", capture="console") as run:
        for number in range(3000):
            print("line", number)
        logging.getLogger("somewhere").warning("a warning")
        with contextlib.redirect_stdout(io.StringIO()):
            print("elsewhere")
    print("after the run")
    lines = console_of(run)
    assert [line for line in lines if line.startswith("line ")] == [f"line {number}" for number in range(3000)]
    assert not [line for line in lines if "after" in line or "elsewhere" in line]
    found = run._target.transport().call("log_find", {"entity": "exp-r", "text": "line 2999"})
    assert found["text"] == ["line 2999"]


def test_a_nested_run_hears_the_console_while_it_lasts(target: Target) -> None:
    del target
    with Run("exp", "outer", capture="console") as outer:
        print("before")
        with Run("exp", "inner", capture="console") as inner:
            print("within")
        print("later")
    assert console_of(outer) == ["before", "within", "later"]
    assert console_of(inner) == ["within"]


@pytest.mark.usefixtures("store")
def test_a_script_s_last_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    script = "from trialbook import Run\nrun = Run('exp', 'r', capture='console')\nprint('working', end='')\n1 / 0\n"
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stderr
    run = Run("exp", "r", begin=False)
    lines = console_of(run)
    assert "working" in lines
    assert "ZeroDivisionError: division by zero" in lines
    assert run.describe()["Status"]["PrimaryStatus"] == "Failed"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_prints_as_before(target: Target) -> None:
    with Run("exp", "r", capture="console,system") as run:
        print("parent")
        child = os.fork()
        if child == 0:
            print("child")
            os._exit(0 if not watch._reading and watch._one is None else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        print("parent again")
    assert console_of(run) == ["parent", "parent again"]
    assert not list(target.spools.glob("w-*"))
