"""`trialbook clarify` and `trialbook drift` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from trialbook.cli.clarify import clarify, drift
from trialbook.errors import ConfigError, UsageError

CONFIG: dict[str, Any] = {
    "dataset_type": "text/csv",
    "label": "y",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "sex", "value_or_threshold": [0]}],
    "methods": {"pre_training_bias": {"methods": ["CI", "DPL"]}, "post_training_bias": {"methods": ["DI", "DPPL"]}},
    "predictor": {"endpoint_name": "e"},
}
ROWS = "y,sex,pay\n1,0,0.9\n0,0,0.2\n1,1,0.7\n1,1,0.8\n"
LATER = "y,sex,pay\n0,0,0.1\n0,0,0.2\n1,1,0.7\n1,1,0.8\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "later.csv").write_text(LATER)
    (tmp_path / "pay_model.py").write_text("def predict(rows):\n    return rows[:, 1]\n")
    return tmp_path


def run(command: Any, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, catch_exceptions=False, standalone_mode=True)


def analysed(data: str, out: str) -> Result:
    return run(clarify, "config.json", "--data", data, "--out", out, "--predictor", "pay_model:predict")


def test_the_figures_are_printed_and_the_reports_written(folder: Path) -> None:
    result = analysed("rows.csv", "out")
    assert result.exit_code == 0
    assert "post.DI.sex" in result.output
    assert "Reports are in out" in result.output
    assert {path.name for path in (folder / "out").iterdir()} == {
        "analysis.json",
        "analysis_config.json",
        "report.html",
        "report.ipynb",
        "report.pdf",
    }


def test_what_is_wrong_is_one_line_that_names_it(folder: Path) -> None:
    with pytest.raises(UsageError, match="say where it answers with --model-url or --predictor"):
        run(clarify, "config.json", "--data", "rows.csv")
    with pytest.raises(UsageError, match="must be MODULE:FUNCTION"):
        run(clarify, "config.json", "--data", "rows.csv", "--predictor", "pay_model")
    with pytest.raises(UsageError, match="No module named 'no_such_model'"):
        run(clarify, "config.json", "--data", "rows.csv", "--predictor", "no_such_model:predict")
    (folder / "config.json").write_text(json.dumps({**CONFIG, "facet": [{"name_or_index": "Sex"}]}))
    with pytest.raises(ConfigError, match=r"facet\[0\].name_or_index: there is no column 'Sex'; did you mean 'sex'"):
        analysed("rows.csv", "out")


def test_drift_exits_with_1_when_a_metric_moved_and_with_0_when_none_did(folder: Path) -> None:
    assert folder
    analysed("rows.csv", "before")
    analysed("later.csv", "after")
    same = run(drift, "before", "before")
    assert (same.exit_code, "drifted" in same.output) == (0, False)
    moved = run(drift, "before", "after")
    assert (moved.exit_code, "drifted" in moved.output) == (1, True)
    assert run(drift, "before", "after", "--limit", "1.5").exit_code == 0
    assert run(drift, "before", "after", "--limit", "1.5", "--limit", "DPL=0.1").exit_code == 1


def test_drift_analyses_later_data_as_the_baseline_was(folder: Path) -> None:
    assert folder
    analysed("rows.csv", "before")
    result = run(drift, "before", "--data", "later.csv", "--predictor", "pay_model:predict", "--json")
    found = json.loads(result.output)["bias"]
    assert result.exit_code == 1
    assert [one["name"] for one in found["metrics"]] == [
        "bias.pre.CI.sex",
        "bias.pre.DPL.sex",
        "bias.post.DI.sex",
        "bias.post.DPPL.sex",
    ]
    assert found["metrics"][1]["change"] == pytest.approx(0.5)


def test_drift_needs_one_later_analysis_or_data(folder: Path) -> None:
    assert folder
    analysed("rows.csv", "before")
    with pytest.raises(UsageError, match="give CURRENT"):
        run(drift, "before")
    with pytest.raises(UsageError, match="must be a number"):
        run(drift, "before", "before", "--limit", "DI=much")
