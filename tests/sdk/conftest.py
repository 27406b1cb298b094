"""Fixtures of the SDK's tests: a store of their own, named by the environment as users name theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trialbook.sdk import warning
from trialbook.sdk.capture import reading
from trialbook.sdk.target import Target, forget_transports


@pytest.fixture(autouse=True)
def capture_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Capture nothing where the test does not ask for it: facts come after a run's end, and keep its spool."""
    monkeypatch.setenv("TRIALBOOK_CAPTURE", "off")
    reading.forget()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Name a new store folder; runs of the test go there."""
    folder = tmp_path / "store"
    monkeypatch.setenv("TRIALBOOK_STORE", str(folder))
    monkeypatch.delenv("TRIALBOOK_URL", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for rank in ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"):
        monkeypatch.delenv(rank, raising=False)
    warning.forget()
    yield folder
    forget_transports()


@pytest.fixture(params=["folder", "server"])
def either(store: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Have runs of the test go to a new store folder, and once more to a server."""
    if request.param == "server":
        monkeypatch.setenv("TRIALBOOK_URL", request.getfixturevalue("live_server").url)


@pytest.fixture
def target(store: Path) -> Target:
    """Give the target that runs of the test go to."""
    return Target.of_environment()
