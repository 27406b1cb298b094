"""What the README and the tutorial tell readers to type, typed from top to bottom into one shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SET_UP = re.compile(r"^(git clone|cd|make)\b.*\n", re.MULTILINE)
"""What has happened before a test: the environment is there, and this is a checkout."""
MAIN_JOB = 'python examples/adult/train.py --url "$(trialbook up)"\n'

pytestmark = [pytest.mark.clients, pytest.mark.timeout(400)]


def typed(page: str) -> str:
    """Give what a page tells readers to type, after what `make` does once the environment is there."""
    blocks = [SET_UP.sub("", block) for block in BLOCK.findall((ROOT / page).read_text())]
    return "\n".join(["set -e", MAIN_JOB, *blocks])


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (
            "README.md",
            ["first-warm-up", "/?token=", "/output/model.tar.gz", "DPPL", "rows.csv was used", "exit code 1"],
        ),
        pytest.param(
            "docs/tutorial.md",
            ["my-first-run", "/?token=", "line-3/output/model.tar.gz", "Within noise", "DPPL", "rows.csv was used"],
            marks=pytest.mark.slow,
        ),
    ],
)
def test_what_readers_are_told_to_type_works(page: str, told: list[str], tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "bin").mkdir()
    for name, module in (("python", ""), ("trialbook", " -m trialbook")):
        program = tmp_path / "bin" / name
        program.write_text(f'#!/bin/sh\nexec {sys.executable}{module} "$@"\n')
        program.chmod(0o755)
    variables = {
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "TRIALBOOK_STORE": str(tmp_path / ".trialbook"),
    }
    try:
        done = subprocess.run(
            ["sh", "-c", typed(page)],
            env=variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=380,
            check=False,
        )
    finally:
        stop = [sys.executable, "-m", "trialbook", "stop"]
        subprocess.run(stop, env=variables, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    for text in told:
        assert text in done.stdout
