"""The background server, driven as a user drives it: through the command."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from typing import TYPE_CHECKING

import pytest

from trialbook.cli import background

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def trialbook(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "trialbook", *arguments], capture_output=True, text=True, timeout=90, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    store = tmp_path / "store"
    yield store
    trialbook("stop", "--store", str(store))


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def is_healthy(url: str) -> bool:
    with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
        return bool(answer.status == 200)


def test_up_starts_one_server_a_store_and_stop_ends_it(folder: Path, taken_port: int) -> None:
    first = trialbook("up", "--store", str(folder), "--port", str(taken_port))
    assert first.returncode == 0, first.stderr
    url = first.stdout.strip()
    assert is_healthy(url)
    assert f"Port {taken_port} is taken" in first.stderr
    assert str(folder) in first.stderr

    second = trialbook("up", "--store", str(folder), "--port", str(taken_port))
    assert second.stdout == first.stdout
    assert "already serves" in second.stderr

    pid = json.loads((folder / "server.json").read_text())["pid"]
    stopped = trialbook("stop", "--store", str(folder))
    assert url in stopped.stderr
    assert background.started_at(pid) is None
    assert not (folder / "server.json").exists()
    assert "No server" in trialbook("stop", "--store", str(folder)).stderr


def test_a_server_that_cannot_start_is_reported_with_its_last_words(tmp_path: Path) -> None:
    blocked = tmp_path / "store"
    blocked.mkdir()
    (blocked / "trialbook.db").write_text("this is no database" * 100)
    answer = trialbook("up", "--store", str(blocked))
    assert answer.returncode == 1
    assert "did not start" in answer.stderr
    assert "server.log" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (blocked / "server.json").exists()


def test_a_record_of_a_process_that_is_another_by_now_is_ignored(tmp_path: Path) -> None:
    started = background.started_at(os.getpid())
    assert started is not None
    mine = background.Served(os.getpid(), started, "http://127.0.0.1:1")
    background.record_server(tmp_path, mine)
    assert background.find_server(tmp_path) == mine
    background.record_server(tmp_path, background.Served(os.getpid(), started - 3600, "http://127.0.0.1:1"))
    assert background.find_server(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"pid": 1', '{"pid": 1, "started": 0, "url": ""}'])
def test_a_broken_record_counts_as_no_server(tmp_path: Path, content: str) -> None:
    (tmp_path / background.RECORD).write_text(content)
    assert background.find_server(tmp_path) is None


def test_a_record_leaves_no_draft_behind(tmp_path: Path) -> None:
    background.record_server(tmp_path, background.Served(1, 2.0, "http://127.0.0.1:3"))
    assert [path.name for path in tmp_path.iterdir()] == [background.RECORD]
