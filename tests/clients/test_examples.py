"""The examples, each as a program of its own with nothing but environment variables between it and the server."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import LiveServer

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CLIENTS = ROOT / ".venv-clients" / "bin"
CLIENTS_V3 = ROOT / ".venv-clients-v3" / "bin"

pytestmark = [pytest.mark.clients, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Shell:
    """A shell that did `eval "$(trialbook env)"` and knows nothing else of this machine's settings."""

    variables: dict[str, str]
    folder: Path

    def run(self, command: Sequence[object], path: Path | None = None, seconds: float = 280) -> str:
        variables = dict(self.variables)
        if path is not None:
            variables["PATH"] = f"{path}:{variables['PATH']}"
        done = subprocess.run(
            [str(word) for word in command],
            env=variables,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done.stdout


@pytest.fixture
def shell(live_server: LiveServer, tmp_path: Path) -> Shell:
    home = tmp_path / "home"
    home.mkdir()
    bare = {"PATH": os.environ["PATH"], "HOME": str(home), "TRIALBOOK_STORE": str(tmp_path / "store")}
    printed = subprocess.run(
        [sys.executable, "-m", "trialbook", "env", "--url", live_server.url],
        env=bare,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    exports = (shlex.split(line)[1] for line in printed.splitlines() if line.startswith("export "))
    return Shell(bare | dict(export.split("=", 1) for export in exports), home)


def clients(folder: Path, target: str) -> Path:
    """Give an environment's folder of programs; `make test` and `make test-all` make the environments."""
    if not (folder / "python").exists():
        pytest.fail(f"{folder} is not there: run `make {target}`")
    return folder


def test_the_programs_of_the_guide_run_on_boto3_alone(shell: Shell) -> None:
    output = shell.run([sys.executable, EXAMPLES / "sagemaker_guide.py"])
    assert "all five programs of the guide ran" in output


def test_the_programs_of_the_guide_run_again_on_the_same_record(shell: Shell) -> None:
    for _ in range(2):
        shell.run([sys.executable, EXAMPLES / "sagemaker_guide.py"])


def test_version_2_of_the_sdk_records_loads_lists_and_deletes(shell: Shell) -> None:
    python = clients(CLIENTS, "clients") / "python"
    output = shell.run([python, EXAMPLES / "sagemaker_run.py"])
    assert "\nsagemaker 2." in output
    assert "every step of the SDK's experiments ran" in output


@pytest.mark.slow
def test_version_3_of_the_sdk_records_loads_lists_and_deletes(shell: Shell) -> None:
    python = clients(CLIENTS_V3, "clients-v3") / "python"
    output = shell.run([python, EXAMPLES / "sagemaker_run.py"])
    assert "sagemaker 3." in output
    assert "every step of the SDK's experiments ran" in output


def test_the_aws_command_line_searches_and_copies(shell: Shell) -> None:
    output = shell.run(["sh", EXAMPLES / "aws_cli.sh"], path=clients(CLIENTS, "clients"))
    assert "every step of the AWS CLI ran" in output


def test_the_main_job_records_ranks_and_plots(shell: Shell) -> None:
    command = [sys.executable, EXAMPLES / "adult" / "train.py", "--rounds", "5", "--runs", "2"]
    first = shell.run(command)
    assert "[2/2]" in first
    assert "The best 2 of 2 models" in first
    assert "trialbook search" in first
    second = shell.run(command)
    assert "The best 4 of 4 models" in second


def test_the_best_model_of_the_main_job_gets_its_reports(shell: Shell, live_server: LiveServer) -> None:
    adult = EXAMPLES / "adult"
    shell.run([sys.executable, adult / "train.py", "--rounds", "5", "--runs", "3"])
    client = live_server.client("sagemaker")
    found = client.search(Resource="ExperimentTrialComponent")["Results"]
    trained = {one["TrialComponent"]["TrialComponentName"]: one["TrialComponent"] for one in found}
    output = shell.run([sys.executable, adult / "best.py"])
    ranked = client.search(Resource="ExperimentTrialComponent", SortBy="Metrics.validation:auc", SortOrder="Descending")
    best, *others = [one["TrialComponent"] for one in ranked["Results"]]
    before = trained[best["TrialComponentName"]]
    told = ("StartTime", "EndTime", "Status")
    assert [best[one] for one in told] == [before[one] for one in told]
    figures = {one["MetricName"]: one["Last"] for one in best["Metrics"]}
    assert f"with the run {best['TrialComponentName']}" in output
    assert f"{figures['bias.post.DI.Sex']:.3f}" in output
    assert {"bias.pre.CI.Sex", "bias.post.FT.Sex", "shap.Age", "shap.Hours per week"} <= figures.keys()
    assert [one["TrialName"] for one in best["Parents"]] == [best["TrialComponentName"].rpartition("-")[0]]
    assert not any("bias" in metric["MetricName"] for one in others for metric in one["Metrics"])
    assert best["InputArtifacts"].keys() == {"adult.parquet", "adult_test.parquet"}
    variables = {**shell.variables, "TRIALBOOK_URL": live_server.url}
    asked = [sys.executable, "-m", "trialbook", "verify", str(adult / "adult.parquet")]
    answer = subprocess.run(asked, env=variables, cwd=shell.folder, capture_output=True, text=True, check=False)
    assert (answer.returncode, "adult.parquet was used: the very same bytes" in answer.stdout) == (1, True)
    again = shell.run([sys.executable, adult / "best.py"])
    assert f"{figures['bias.post.DI.Sex']:.3f}" in again
    assert client.describe_trial_component(TrialComponentName=best["TrialComponentName"])["EndTime"] == best["EndTime"]


def test_the_best_model_is_not_looked_for_where_none_is(shell: Shell) -> None:
    with pytest.raises(AssertionError, match=r"No model is recorded: run examples/adult/train\.py first"):
        shell.run([sys.executable, EXAMPLES / "adult" / "best.py"])


def test_the_program_in_the_tutorial_runs(shell: Shell) -> None:
    tutorial = (ROOT / "docs" / "tutorial.md").read_text()
    program = re.search(r"<<'EOF'\n(.*?)\nEOF\n", tutorial, re.DOTALL)
    assert program is not None
    shell.run([sys.executable, "-c", program[1]])
    found = shell.run([sys.executable, "-m", "trialbook", "search", 'Parents.ExperimentName = "my-first"'])
    assert "my-first-run" in found


def test_the_program_that_shows_logging_runs_without_a_server(shell: Shell) -> None:
    page = (ROOT / "docs" / "howto" / "log.md").read_text()
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert program is not None
    assert "mnist-first" in shell.run([sys.executable, "-c", program[1]])
