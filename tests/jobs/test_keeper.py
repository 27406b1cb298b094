"""The keeper by itself: without a namespace, a late start, and one that was given up."""

from __future__ import annotations

import time
from pathlib import Path

from tests.jobs.conftest import wait_for

from trialbook.jobs import namespace
from trialbook.jobs.process import Process, Spec

SHELL = {"PATH": "/usr/bin:/bin"}


def start(folder: Path, command: str, **members: object) -> Process:
    (folder / "ml").mkdir(parents=True)
    spec = Spec(str(folder), ["/bin/sh", "-c", command], SHELL, "/opt/ml", 60.0, **members)  # type: ignore[arg-type]
    return Process.start(spec)


def texts(folder: Path) -> list[str]:
    return [line.partition("\t")[2] for line in (folder / "log").read_text().splitlines()]


def test_where_no_namespace_can_be_had_paths_are_rewritten_and_the_log_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    process = start(folder, "pwd; echo x > /opt/ml/made; echo $PLACE", private=False)
    assert process.wait(20)
    assert process.result().code == 0
    said, where, *_ = texts(folder)
    assert "no private /opt/ml here (it is switched off)" in said
    assert where == str(folder / "ml")
    assert (folder / "ml" / "made").read_text() == "x\n"


def test_variables_are_rewritten_too(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    (folder / "ml").mkdir(parents=True)
    env = {**SHELL, "SM_MODEL_DIR": "/opt/ml/model"}
    process = Process.start(
        Spec(str(folder), ["/bin/sh", "-c", "echo $SM_MODEL_DIR"], env, "/opt/ml", 60, private=False)
    )
    assert process.wait(20)
    assert texts(folder)[1] == str(folder / "ml" / "model")


def test_two_jobs_see_each_its_own_folder_at_the_same_time(tmp_path: Path) -> None:
    if namespace.probe(str(_made(tmp_path / "probe")), confine=True) is not None:
        return  # this system has no namespaces; the fallback's tests hold
    command = "echo $0 > /opt/ml/name; sleep 0.3; cat /opt/ml/name"
    running = []
    for name in ("one", "two"):
        (tmp_path / name / "ml").mkdir(parents=True)
        argv = ["/bin/sh", "-c", command, name]
        running.append(Process.start(Spec(str(tmp_path / name), argv, SHELL, "/opt/ml", 60)))
    assert all(process.wait(20) for process in running)
    assert [texts(tmp_path / name)[-1] for name in ("one", "two")] == ["one", "two"]


def test_lines_have_the_times_at_which_they_came_and_long_ones_are_cut(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    command = "echo one; sleep 0.4; printf 'two\\rthree\\n\\nfour'; head -c 40000 /dev/zero | tr '\\0' x"
    assert start(folder, command).wait(20)
    lines = [line.split("\t", 1) for line in (folder / "log").read_text().splitlines()][1:]
    assert [text[:5] for _, text in lines[:3]] == ["one", "two", "three"]
    assert float(lines[1][0]) - float(lines[0][0]) > 0.3
    rest = [text for _, text in lines[3:]]
    assert "".join(rest) == "four" + "x" * 40000
    assert max(map(len, rest)) <= 16 * 1024


def test_a_keeper_that_was_given_up_before_it_began_never_begins(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    (folder / "ml").mkdir(parents=True)
    assert Process.give_up(folder)
    process = Process.start(Spec(str(folder), ["/bin/sh", "-c", "echo ran > /opt/ml/x"], SHELL, "/opt/ml", 60))
    assert process.wait(20)
    assert not (folder / "ml" / "x").exists()
    assert process.result().code is None


def test_a_keeper_that_began_cannot_be_given_up(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    process = start(folder, "sleep 60")
    wait_for(lambda: Process.find(folder), bool)
    assert not Process.give_up(folder)
    found = Process.find(folder)
    assert found is not None
    assert not found.wait(0.05)
    found.stop()
    assert process.wait(20)
    assert process.result().why == "stopped"


def test_a_program_that_ignores_the_request_to_end_is_killed_after_its_grace(tmp_path: Path) -> None:
    folder = tmp_path / "job"
    process = start(folder, "trap '' TERM; echo on; while true; do sleep 0.1; done", grace=0.5)
    wait_for(lambda: (folder / "log").exists() and texts(folder)[-1:], lambda last: last == ["on"])
    begun = time.monotonic()
    process.stop()
    assert process.wait(20)
    assert time.monotonic() - begun < 5
    assert (process.result().signal, process.result().why) == (9, "stopped")


def _made(folder: Path) -> Path:
    (folder / "ml").mkdir(parents=True)
    return folder


def test_a_stop_that_comes_before_the_keeper_has_begun_is_heard(tmp_path: Path) -> None:
    for number in range(5):
        process = start(tmp_path / str(number), "sleep 60")
        process.stop()
        assert process.wait(30)
        assert process.result().why == "stopped"
