"""The table of the peer benchmarks: ranks, what is said where another one is ahead, and the page it is put into."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "benchmarks" / "peers" / "page.py"
FOUND: dict[str, Any] = {
    "machine": "x86_64, 2 CPUs",
    "date": "2026-01-02 03:04 UTC",
    "load": [0.1, 0.4],
    "form": "full",
    "trackers": {
        "trialbook": {"version": "1", "p50_us": 0.5, "kill_lost": 0, "kill_logged": 1000, "start_finish_ms": 20.0},
        "other": {
            "p50_us": 7.0,
            "kill_lost": 9,
            "kill_logged": 1000,
            "start_finish_ms": 2.0,
            "failed": ["search: late"],
        },
        "third": {"unreadable": 3, "read": 1000, "read_s": 0.5},
    },
}


@pytest.fixture(scope="module")
def page() -> ModuleType:
    spec = importlib.util.spec_from_file_location("peers_page", PAGE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["peers_page"] = module
    spec.loader.exec_module(module)
    return module


def test_each_tracker_is_a_column_and_what_it_did_not_do_is_blank(page: ModuleType) -> None:
    head, *rows = page.cells(FOUND)
    assert head == ["", "trialbook", "other", "third"]
    shown = {row[0]: row[1:] for row in rows}
    assert shown["one call, p50 (us)"] == ["0.50", "7.00", ""]
    assert shown["points lost by kill -9, of calls that returned"] == ["0 of 1,000", "9 of 1,000", "unreadable"]
    assert shown["reading a million points (ms)"] == ["", "", "500,000 (1,000)"]


def test_it_is_said_where_another_one_is_ahead_and_only_there(page: ModuleType) -> None:
    assert page.behind(FOUND) == ["start, one point, finish, warm (ms): other (2.0) against 20.0"]
    assert "Where another one is ahead:" in page.text_table(FOUND)
    assert "failed: other, search: late" in page.text_table(FOUND)


def test_the_page_gets_the_figures_between_its_marks_again_and_again(page: ModuleType, tmp_path: Path) -> None:
    figures, target, output = tmp_path / "f.json", tmp_path / "p.md", tmp_path / "sdk.txt"
    figures.write_text(json.dumps(FOUND))
    output.write_text("log_metric 0.4 us\n")
    target.write_text(f"# Title\n\n{page.BEGIN}\nold\n{page.END}\n\nThe end.\n")
    for _ in range(2):
        subprocess.run([sys.executable, str(PAGE), str(figures), str(target), str(output)], check=True)
    text = target.read_text()
    assert text.startswith("# Title\n\n")
    assert text.endswith("\n\nThe end.\n")
    assert "old" not in text
    assert text.count("| one call, p50 (us) | 0.50 | 7.00 |  |") == 1
    assert "### benchmarks/sdk.py\n\n```text\nlog_metric 0.4 us\n```" in text
    assert "Measured on x86_64, 2 CPUs; 2026-01-02 03:04 UTC; load 0.1 to 0.4; full form." in text


def test_the_documentations_page_has_the_marks(page: ModuleType) -> None:
    text = (PAGE.parents[2] / "docs/reference/performance.md").read_text()
    assert text.count(page.BEGIN) == text.count(page.END) == 1


def test_the_lines_of_json_that_programs_read_are_not_on_the_page(page: ModuleType, tmp_path: Path) -> None:
    output = tmp_path / "sdk.txt"
    output.write_text('a figure 1.0 ms\n{"sdk": {"a figure": 1.0}}\n')
    made = page.markdown(FOUND, [output])
    assert "```text\na figure 1.0 ms\n```" in made
    assert '{"sdk"' not in made
