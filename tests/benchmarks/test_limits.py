"""The limits of the peer benchmarks: a late case ends with its processes, and what is measured is kept."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import psutil
import pytest

PEERS = Path(__file__).parents[2] / "benchmarks" / "peers"
LATE = """
import json, os, subprocess, sys, time
from pathlib import Path
helper = subprocess.Popen(["sleep", "60"], start_new_session=True)
print(json.dumps({"pid": os.getpid(), "helper": helper.pid}), flush=True)
time.sleep(60)
"""


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("page", "trackers"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    spec = importlib.util.spec_from_file_location("peers_main", PEERS / "__main__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "PYTHONS", {"trialbook": Path(sys.executable)})
    return module


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_a_case_over_its_limit_is_recorded_and_all_its_processes_end(
    peers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "child.py").write_text(LATE)
    monkeypatch.setitem(peers.LIMITS, "size", 1)
    found = peers.measure(["trialbook"], ["size"], peers.SHORT, tmp_path / "out", again=False)
    figures = found["trackers"]["trialbook"]
    assert figures["failed"] == ["size: over the limit of 1 s"]
    until = time.monotonic() + 10
    while any(alive(figures[one]) for one in ("pid", "helper")) and time.monotonic() < until:
        time.sleep(0.02)
    assert not [one for one in ("pid", "helper") if alive(figures[one])]


def test_a_case_that_was_measured_is_not_measured_again_unless_asked(peers: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text("import os; print('{\"pid\": %d}' % os.getpid())")

    def pid(again: bool, plan: dict[str, object]) -> int:
        found = peers.measure(["trialbook"], ["size"], plan, tmp_path / "out", again=again)
        return int(found["trackers"]["trialbook"]["pid"])

    first = pid(again=False, plan=peers.SHORT)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["size-trialbook.json"]
    assert pid(again=False, plan=peers.SHORT) == first
    second = pid(again=True, plan=peers.SHORT)
    assert second not in {first, os.getpid()}
    assert pid(again=False, plan={**peers.SHORT, "kills": 2}) != second, "another plan is another measurement"


def test_a_child_that_fails_says_why_and_the_other_cases_go_on(peers: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "child.py").write_text("raise SystemExit('no such tracker')")
    found = peers.measure(["trialbook"], ["size", "long"], peers.SHORT, tmp_path / "out", again=False)
    assert found["trackers"]["trialbook"]["failed"] == ["size: no such tracker", "write: no such tracker"]


def test_all_limits_together_are_at_most_25_minutes(peers: ModuleType) -> None:
    searching = sum(one.searches for one in peers.TRACKERS.values())
    each = [limit * (searching if case == "search" else len(peers.TRACKERS)) for case, limit in peers.LIMITS.items()]
    assert sum(each) < 25 * 60
