"""The base install in an environment of its own: what it takes, and that the SDK does all there."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WALK = """
import sys
from trialbook import Run, list_runs, load_run, search
import trialbook
assert "site-packages" in trialbook.__file__, trialbook.__file__
with Run("walk", "one", capture=False) as run:
    run.log_parameter("lr", 0.1)
    for step in range(100):
        run.log_metric("loss", 1 / (step + 1), step=step)
    run.log_table("rows", {"a": [1, 2], "b": ["x", "y"]})
    run.log_text("hello", "note.txt")
assert list(search("Metrics.loss < 0.05 and Parameters.lr = 0.1")["name"]) == ["walk-one"]
assert len(load_run("one", "walk").metric("loss").value) == 100
assert [one.run_name for one in list_runs("walk")] == ["one"]
for name in ("obstore", "sqlalchemy", "alembic", "uvicorn", "rich"):
    try:
        __import__(name)
    except ImportError:
        continue
    sys.exit(f"{name} is installed")
print("walked")
"""


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install_size", ROOT / "benchmarks" / "install_size.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def environment(benchmark: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("install") / "venv"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALBOOK_CONSOLE", "skip")
        patch.delenv("PYTHONPATH", raising=False)
        benchmark.install(folder)
    return folder


def run(environment: Path, folder: Path, *words: str, **variables: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIALBOOK_", "PYTHON"))}
    done = subprocess.run(
        [environment / "bin/python", *words],
        cwd=folder,
        env={**kept, "HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_sdk_walks_in_a_store_folder(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "walk.py").write_text(WALK)
    assert "walked" in run(environment, tmp_path, "walk.py", TRIALBOOK_STORE=str(tmp_path / "store"))
    assert "Traceback" not in run(
        environment, tmp_path, "-m", "trialbook", "sync", TRIALBOOK_STORE=str(tmp_path / "store")
    )


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_sdk_walks_against_a_server_of_the_full_install(environment: Path, tmp_path: Path) -> None:
    (tmp_path / "walk.py").write_text(WALK)
    command = [sys.executable, "-m", "trialbook", "serve", "--port", "0", "--store", str(tmp_path / "served")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as served:
        try:
            assert served.stdout is not None
            url = next(found[0] for line in served.stdout if (found := re.search(r"http://[\d.:]+", line)))
            assert "walked" in run(environment, tmp_path, "walk.py", TRIALBOOK_URL=url)
        finally:
            served.terminate()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_byte_is_counted_once(benchmark: ModuleType, environment: Path) -> None:
    (site,) = environment.glob("lib/python3*/site-packages")
    found: dict[str, Any] = benchmark.sizes(environment)
    assert sum(found.values()) == sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    assert "obstore" not in found
    assert found["trialbook"] > 1e6
    assert benchmark.measured(environment)["beside_numpy_mb"] <= benchmark.TARGET_MB
