"""A whole flow, run for real: raw data, processing, training, model, endpoint; traced, queried and asked about."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.conftest import serve
from tests.handlers.test_lineage_clients import PYTHON, ROOT, client_environment
from tests.jobs.conftest import BUCKET, ROLE, Jobs, channel, job_settings
from tests.jobs.conftest import PYTHON as IMAGE
from tests.jobs.test_processing import given, process, taken

from trialbook.cli import group
from trialbook.handlers.native import OPERATIONS
from trialbook.model import Document
from trialbook.names import Scope
from trialbook.services.context import Call

PROGRAM = ROOT / "tests" / "clients" / "sagemaker_flow.py"
RAW = "age,job,pay\n" + "".join(f"{age},job {age % 7},{age * 3.5}\n" for age in range(20, 60))
SPLIT = """
import pathlib
base = pathlib.Path("/opt/ml/processing")
lines = (base / "raw" / "raw.csv").read_text().splitlines()
(base / "out" / "train.csv").write_text("\\n".join(lines[1:31]) + "\\n")
(base / "out" / "holdout.csv").write_text("\\n".join(lines[31:]) + "\\n")
"""
FIT = """
import os, pathlib
text = (pathlib.Path(os.environ["SM_CHANNEL_TRAIN"]) / "train.csv").read_text()
(pathlib.Path(os.environ["SM_MODEL_DIR"]) / "model.txt").write_text(str(len(text)))
"""


class Flow:
    """What the flow left."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        scope = Scope("000000000000", "us-east-1")
        self.call = Call(jobs.server.workspace, scope, "auditor", "request")

    def own(self, operation: str, **request: Any) -> Document:
        return OPERATIONS[operation](self.call, request)

    def cli(self, *words: str) -> Result:
        return CliRunner(env={"TRIALBOOK_URL": self.jobs.server.url}).invoke(group, words)


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flow]:
    """Run the flow once for all tests; the training is tracked in a run."""
    with serve(job_settings(tmp_path_factory.mktemp("flow"))) as server:
        jobs = Jobs(server)
        jobs.put("raw/raw.csv", RAW)
        jobs.put("code/split.py", SPLIT)
        command = ["python3", "/opt/ml/processing/code/split.py"]
        done = process(
            jobs,
            "split",
            command,
            ProcessingInputs=[
                given("raw", f"s3://{BUCKET}/raw", "/opt/ml/processing/raw"),
                given("code", f"s3://{BUCKET}/code/split.py", "/opt/ml/processing/code"),
            ],
            ProcessingOutputConfig={"Outputs": [taken("sets", f"s3://{BUCKET}/sets", "/opt/ml/processing/out")]},
        )
        assert done["ProcessingJobStatus"] == "Completed", done
        jobs.api.create_experiment(ExperimentName="income")
        jobs.api.create_trial(TrialName="group", ExperimentName="income")
        jobs.api.create_trial_component(TrialComponentName="income-first")
        tracked = {"ExperimentName": "income", "TrialName": "group", "RunName": "income-first"}
        inputs = [channel("train", f"s3://{BUCKET}/sets/train.csv")]
        jobs.train("fit", FIT, InputDataConfig=inputs, ExperimentConfig=tracked)
        fitted = jobs.ended("fit")
        assert fitted["TrainingJobStatus"] == "Completed", fitted.get("FailureReason")
        url = fitted["ModelArtifacts"]["S3ModelArtifacts"]
        container = {"Image": IMAGE, "ModelDataUrl": url}
        jobs.api.create_model(ModelName="income", PrimaryContainer=container, ExecutionRoleArn=ROLE)
        variant = {
            "VariantName": "all",
            "ModelName": "income",
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        jobs.api.create_endpoint_config(EndpointConfigName="income", ProductionVariants=[variant])
        jobs.api.create_endpoint(EndpointName="income-live", EndpointConfigName="income")
        yield Flow(jobs)


def branches(node: Document) -> set[tuple[str, ...]]:
    """Give the ways from the root of a trace to its leaves, as `type name`."""
    here = f"{node['type']} {node['name'].rpartition('/')[2]}"
    if not node["children"]:
        return {(here,)}
    return {(here, *way) for child in node["children"] for way in branches(child)}


def test_an_endpoint_is_traced_to_the_raw_data_across_two_jobs(flow: Flow) -> None:
    found = flow.own("trace", name="income-live")
    way = (
        "endpoint income-live",
        "model income",
        "Model model.tar.gz",
        "training job fit",
        "DataSet train.csv",
        "processing job split",
        "DataSet raw",
    )
    assert way in branches(found["tree"])
    assert found["complete"]
    raw = flow.own("trace", name=f"s3://{BUCKET}/raw")["tree"]
    assert raw["content"].startswith("sha256-tree:")


def test_data_is_traced_down_to_the_endpoint(flow: Flow) -> None:
    found = flow.own("trace", name=f"s3://{BUCKET}/raw", direction="down")
    ends = {way[-1] for way in branches(found["tree"])}
    assert "endpoint income-live" in ends


def test_query_lineage_answers_over_the_same_flow(flow: Flow) -> None:
    api = flow.jobs.api
    arn = api.describe_endpoint(EndpointName="income-live")["EndpointArn"]
    query = {"StartArns": [arn], "Direction": "Ascendants", "IncludeEdges": True, "MaxDepth": 10}
    types = {one["Type"] for one in api.query_lineage(**query)["Vertices"]}
    assert {"ModelDeployment", "Model", "TrainingJob", "DataSet", "Image"} <= types


def test_raw_data_was_used_and_the_answer_names_the_endpoint(flow: Flow) -> None:
    answer = flow.own("verify", uri=f"s3://{BUCKET}/raw/")
    assert answer["decision"] == "used"
    assert answer["findings"][0]["relation"] == "exact"
    assert answer["findings"][0]["uses"][0]["by"]["name"] == "split"
    assert {one["name"] for one in answer["findings"][0]["uses"][0]["downstream"]} == {"income", "income-live"}


def test_verify_at_the_terminal_tells_copies_subsets_leaks_and_misses_apart(flow: Flow, tmp_path: Path) -> None:
    copy = tmp_path / "renamed.csv"
    copy.write_text("\n".join(RAW.splitlines()[1:31]) + "\n")
    renamed = flow.cli("verify", str(copy), "--json")
    told = json.loads(renamed.output)
    assert (renamed.exit_code, told["findings"][0]["relation"]) == (1, "renamed")
    assert told["findings"][0]["uses"][0]["by"]["run"] == "income-first"
    holdout = tmp_path / "holdout.csv"
    holdout.write_text("pay,age,job\n70.0,20,job 6\n1,2,3\n")
    leaked = flow.cli("verify", str(holdout))
    assert leaked.exit_code == 1
    assert "50.0% of the distinct rows of holdout.csv (1 of 2) are rows of" in leaked.output
    assert (
        "training job fit, run income-first (Completed); then model income; then endpoint income-live" in leaked.output
    )
    clean = tmp_path / "clean.csv"
    clean.write_text("1,2,3\n4,5,6\n")
    missed = flow.cli("verify", str(clean))
    assert (missed.exit_code, "was not used by any job or run here" in missed.output) == (0, True), missed.output
    folder = tmp_path / "sets"
    folder.mkdir()
    (folder / "part.csv").write_text(copy.read_text())
    (folder / "more.bin").write_bytes(b"more")
    superset = json.loads(flow.cli("verify", str(folder), "--json").output)
    assert "superset" in {one["relation"] for one in superset["findings"]}
    wrong = flow.cli("verify", str(tmp_path / "none"))
    assert (wrong.exit_code, "no file or folder here" in wrong.output) == (2, True)


@pytest.mark.clients
@pytest.mark.timeout(180)
def test_the_lineage_classes_of_the_sdk_see_the_flow(flow: Flow, tmp_path: Path) -> None:
    environment = client_environment(flow.jobs.server.url, tmp_path)
    done = subprocess.run([PYTHON, PROGRAM], env=environment, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    assert "the flow is seen whole" in done.stdout


def test_trace_at_the_terminal_is_a_tree(flow: Flow) -> None:
    told = flow.cli("trace", "income-live")
    assert told.exit_code == 0
    lines = told.output.splitlines()
    assert lines[0].startswith("endpoint income-live  [")
    assert any("made by: training job fit  [Completed, income-first, " in line for line in lines)
    assert flow.cli("trace", f"s3://{BUCKET}/raw", "--down").output.count("endpoint income-live") == 1


def test_what_a_run_read_and_wrote_is_listed_by_content(flow: Flow) -> None:
    listed = flow.own("contents", name="fit")["contents"]
    assert [(one["direction"], one["name"]) for one in listed] == [
        ("read", "train"),
        ("wrote", "SageMaker.ModelArtifact"),
    ]
    described = flow.jobs.api.describe_trial_component(TrialComponentName="income-first")
    assert set(described["InputArtifacts"]) >= {"train"}
    assert "_contents" not in described
