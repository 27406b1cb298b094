"""Tables on a terminal, with and without the library that draws them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trialbook.cli.tables import plain_lines, print_table


def test_plain_columns_are_as_wide_as_their_widest_cell() -> None:
    assert plain_lines(["name", "x"], [["a-long-name", "1"], ["b", ""]]) == [
        "name         x",
        "-----------  -",
        "a-long-name  1",
        "b",
    ]


def test_what_looks_like_markup_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["Tags.\n[x]"], [["[bold]a[/bold]"]])
    printed = capsys.readouterr().out
    assert "[x]" in printed
    assert "[bold]a[/bold]" in printed


def test_the_base_install_searches_without_rich(tmp_path: Path) -> None:
    program = """
import sys
sys.modules["rich"] = None
from trialbook import Run
with Run("plain", "one", store="store", capture=False) as run:
    run.log_parameter("lr", 0.1)
from trialbook.cli import group
group(["search", "Parameters.lr = 0.1", "--store", "store"])
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "plain-one  0.1" in done.stdout
