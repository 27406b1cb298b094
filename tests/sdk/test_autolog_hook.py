"""Waiting for imports, switching on and off, and the guard."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import trialbook
from trialbook.sdk.autolog import hook
from trialbook.sdk.autolog.session import experiment_name, plain, shapes


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "awaited_library.py").write_text("VALUE = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "awaited_library", raising=False)
    return "awaited_library"


def test_a_module_is_followed_when_it_is_imported_and_once_only(package: str) -> None:
    calls: list[tuple[str, int]] = []
    for _ in range(2):
        hook.when_imported(package, lambda name: calls.append((name, sys.modules[name].VALUE)))
    assert calls == []
    module = __import__(package)
    assert calls == [(package, 1)]
    assert module.__spec__ is not None
    assert type(module.__spec__.loader).__name__ == "SourceFileLoader"
    hook.when_imported(package, lambda name: calls.append((name, 0)))
    assert len(calls) == 1


def test_a_module_that_is_there_is_followed_at_once(package: str) -> None:
    __import__(package)
    calls: list[str] = []
    hook.when_imported(package, calls.append)
    assert calls == [package]


def test_what_follows_cannot_stop_an_import(package: str, caplog: pytest.LogCaptureFixture) -> None:
    def fail(name: str) -> None:
        raise RuntimeError("changed")

    hook.when_imported(package, fail)
    assert __import__(package).VALUE == 1
    assert f"cannot autolog {package}: RuntimeError: changed" in caplog.text


def test_a_module_that_is_not_there_is_still_not_there() -> None:
    hook.when_imported("no_such_library_at_all", print)
    with pytest.raises(ModuleNotFoundError):
        __import__("no_such_library_at_all")


def test_autolog_imports_no_library() -> None:
    script = """
import sys, trialbook
trialbook.autolog()
trialbook.autolog()
libraries = {"numpy", "sklearn", "xgboost", "lightgbm", "lightning", "keras", "transformers"}
assert not libraries & set(sys.modules), libraries & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_an_unknown_library_is_named() -> None:
    with pytest.raises(ValueError, match="autolog knows no 'sklaern'"):
        trialbook.autolog(libraries="sklaern")
    with pytest.raises(ValueError, match="at least 1"):
        trialbook.autolog(every=0)


def test_parameters_are_numbers_and_short_texts() -> None:
    given = {"a": 1, "b": None, "c": [1, 2], "d": "x" * 600, "f": len, "g": True}
    kept = plain(given)
    assert kept == {"a": 1, "c": "[1, 2]", "d": "x" * 500, "f": "len", "g": True}


def test_shapes_are_told_of_what_has_them() -> None:
    import numpy as np

    assert shapes(X=np.zeros((3, 2)), y=[1, 2, 3], z=None) == {
        "data/X/rows": 3,
        "data/X/columns": 2,
        "data/y/rows": 3,
    }


def test_runs_go_to_the_experiment_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALBOOK_EXPERIMENT", "mine")
    assert experiment_name() == "mine"
