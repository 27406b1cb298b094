"""Real clients and jobs that really run: the examples, each as a program of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.clients.test_examples import CLIENTS, CLIENTS_V3, EXAMPLES, Shell, clients, shell
from tests.conftest import LiveServer, serve
from tests.jobs.conftest import Jobs, training
from tests.jobs.test_tracking import make_run

from trialbook.settings import Settings

__all__ = ["shell"]  # a fixture

pytestmark = [pytest.mark.clients, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def live_server(tmp_path: Path) -> Iterator[LiveServer]:
    """Serve a new store, with jobs that run; environments are those of the user, since XGBoost 1.7 takes minutes."""
    with serve(Settings(store=str(tmp_path / "store"))) as server:
        yield server


def test_version_2_of_the_sdk_runs_its_jobs(shell: Shell) -> None:
    output = shell.run([clients(CLIENTS, "clients") / "python", EXAMPLES / "sagemaker_fit.py"])
    assert "every step of the SDK's jobs ran" in output


def test_version_2_of_the_sdk_gets_every_published_figure_of_clarify(shell: Shell) -> None:
    python = clients(CLIENTS, "clients") / "python"
    output = shell.run([python, EXAMPLES / "sagemaker_clarify.py", "--every-method", "--rows", "2000"], seconds=580)
    assert "19 of 19 published figures are met" in output
    assert "the run has 35 metrics of bias and importance" in output
    assert output.count("Clarify-") == 5


def test_the_programs_of_the_guide_run_with_jobs_that_train(shell: Shell) -> None:
    output = shell.run([sys.executable, EXAMPLES / "sagemaker_guide.py"])
    assert "all five programs of the guide ran" in output


def test_the_main_job_ends_with_the_published_bias_report(shell: Shell) -> None:
    output = shell.run([sys.executable, EXAMPLES / "adult" / "report.py"])
    assert "19 of 19 published figures are met." in output


def test_the_notebook_about_search_trains_ranks_and_traces(shell: Shell) -> None:
    output = shell.run([clients(CLIENTS, "clients") / "python", EXAMPLES / "linear_learner.py"])
    assert "every step of the notebook ran" in output


def test_version_2_of_the_sdk_serves_transforms_and_tunes(shell: Shell) -> None:
    output = shell.run([clients(CLIENTS, "clients") / "python", EXAMPLES / "sagemaker_serve.py", "--jobs", 6])
    assert "every step of serving and tuning ran" in output


def test_version_3_of_the_sdk_trains_source_code_of_ones_own(shell: Shell) -> None:
    output = shell.run([clients(CLIENTS_V3, "clients-v3") / "python", EXAMPLES / "model_trainer.py"])
    assert "ModelTrainer's job ran" in output


def test_the_sdk_loads_its_jobs_run_inside_the_job(live_server: LiveServer) -> None:
    jobs = Jobs(live_server)
    python = clients(CLIENTS, "clients") / "python"
    images = Path(live_server.workspace.settings.store) / "images.toml"
    images.write_text(f'[[image]]\npattern = "sdk:2"\npython = "{os.path.abspath(python)}"\n')  # noqa: PTH100 (no links)
    config = make_run(jobs, "exp", "exp-run")
    code = """
from sagemaker.experiments import load_run
with load_run() as run:
    run.log_parameter("by", "the sdk")
    run.log_metric("inside", 0.5, step=0)
"""
    script = {"sagemaker_program": "train.py", "sagemaker_submit_directory": jobs.source({"train.py": code})}
    algorithm = {"TrainingImage": "sdk:2", "TrainingInputMode": "File"}
    jobs.api.create_training_job(
        **training("job", HyperParameters=script, AlgorithmSpecification=algorithm, ExperimentConfig=config)
    )
    job = jobs.ended("job", 120)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    run = jobs.api.describe_trial_component(TrialComponentName="exp-run")
    assert run["Parameters"]["by"] == {"StringValue": "the sdk"}
    assert [one["MetricName"] for one in run["Metrics"]] == ["inside"]


def test_the_images_tag_names_the_version_of_xgboost(live_server: LiveServer) -> None:
    jobs = Jobs(live_server)
    uri = jobs.put("d/train.csv", "\n".join(f"{row % 2},{row},{row * 7 % 5}" for row in range(200)))
    image = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
    jobs.api.create_training_job(
        **training(
            "job",
            AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": "File"},
            HyperParameters={"objective": "binary:logistic", "num_round": "5", "eval_metric": "auc"},
            InputDataConfig=[{"ChannelName": "train", "ContentType": "text/csv", "DataSource": source}],
        )
    )
    job = jobs.ended("job", 500)
    assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
    assert [one["MetricName"] for one in job["FinalMetricDataList"]] == ["train:auc"]
    said = next(line for line in jobs.lines("job", ours=True) if "of the table of images serves the job" in line)
    python = said.rpartition(" ")[2]
    ask = [python, "-c", "import xgboost; print(xgboost.__version__)"]
    version = subprocess.run(ask, capture_output=True, text=True, check=False)
    assert version.stdout.strip() == "1.7.6", version.stderr
