"""Clarify's processing jobs that really run: bias and explanations of a model, attached to the run of the job."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import serve
from tests.jobs.conftest import BUCKET, ROLE, Jobs, job_settings, wait_for
from tests.jobs.test_processing import GROUP, given, process, taken

from trialbook.sdk.transport import HttpTransport

IMAGE = "306415355426.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0"
XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
HEADERS = ["y", "Sex", "Age", "Hours"]
CONFIG: dict[str, Any] = {
    "dataset_type": "text/csv",
    "headers": HEADERS,
    "label": "y",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
    "group_variable": "Age",
    "methods": {"report": {"name": "report", "title": "Analysis Report"}, "pre_training_bias": {"methods": "all"}},
}
PREDICTOR = {
    "model_name": "tree",
    "instance_type": "ml.m5.xlarge",
    "initial_instance_count": 1,
    "accept_type": "text/csv",
    "content_type": "text/csv",
}
BOTH = {**CONFIG["methods"], "post_training_bias": {"methods": "all"}}
SHAP = {"num_samples": 8, "save_local_shap_values": True, "agg_method": "mean_abs", "baseline": [[0, 40, 40]]}


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Serve one store for all jobs of this file."""
    with serve(job_settings(tmp_path_factory.mktemp("analysis"))) as server:
        made = Jobs(server)
        made.put("people/people.csv", "\n".join(",".join(map(str, row)) for row in people()))
        yield made


def people(rows: int = 300) -> list[list[int]]:
    random = np.random.default_rng(2)
    sex, age, hours = random.integers(0, 2, rows), random.integers(18, 80, rows), random.integers(10, 60, rows)
    label = (age + hours + 12 * sex + random.normal(0, 9, rows) > 90).astype(int)
    made: list[list[int]] = np.column_stack([label, sex, age, hours]).tolist()
    return made


@pytest.fixture(scope="module")
def model(jobs: Jobs, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Register a model of the built-in XGBoost."""
    import xgboost

    table = np.array(people(), float)
    booster = xgboost.train(
        {"objective": "binary:logistic", "max_depth": 3, "nthread": 1}, xgboost.DMatrix(table[:, 1:], table[:, 0]), 5
    )
    path = tmp_path_factory.mktemp("model") / "xgboost-model"
    booster.save_model(str(path.with_suffix(".ubj")))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(path.with_suffix(".ubj"), "xgboost-model")
    uri = jobs.put("models/model.tar.gz", packed.getvalue())
    container = {"Image": XGBOOST, "ModelDataUrl": uri}
    jobs.api.create_model(ModelName="tree", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    return "tree"


def begin(jobs: Jobs, name: str, config: dict[str, Any], **members: Any) -> None:
    place = jobs.put(f"{name}/analysis_config.json", json.dumps(config))
    jobs.api.create_processing_job(
        ProcessingJobName=name,
        AppSpecification={"ImageUri": IMAGE},
        ProcessingInputs=[
            given("dataset", f"s3://{BUCKET}/people/people.csv", "/opt/ml/processing/input/data"),
            given("analysis_config", place, "/opt/ml/processing/input/config"),
        ],
        ProcessingOutputConfig={
            "Outputs": [taken("analysis_result", f"s3://{BUCKET}/{name}/out", "/opt/ml/processing/output")]
        },
        ProcessingResources={
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 1}
        },
        RoleArn=ROLE,
        **members,
    )


def analyse(jobs: Jobs, name: str, config: dict[str, Any], **members: Any) -> Any:
    begin(jobs, name, config, **members)
    return ended(jobs, name)


def ended(jobs: Jobs, name: str) -> Any:
    return wait_for(
        lambda: jobs.api.describe_processing_job(ProcessingJobName=name),
        lambda doc: doc["ProcessingJobStatus"] in {"Completed", "Failed", "Stopped"},
        120,
    )


def native(jobs: Jobs, operation: str, **members: Any) -> Any:
    return HttpTransport(jobs.server.url).call(operation, members)


def result(jobs: Jobs, name: str) -> Any:
    return json.loads(jobs.get(f"s3://{BUCKET}/{name}/out/analysis.json"))


def metrics_of(jobs: Jobs, component: str) -> dict[str, float]:
    found = jobs.api.describe_trial_component(TrialComponentName=component)["Metrics"]
    return {one["MetricName"]: one["Last"] for one in found}


def test_bias_of_the_data_alone_needs_no_model(jobs: Jobs) -> None:
    job = analyse(jobs, "pre", CONFIG)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    held = result(jobs, "pre")["pre_training_bias_metrics"]["facets"]["Sex"][0]["metrics"]
    found = metrics_of(jobs, "pre-aws-processing-job")
    assert found["bias.pre.CI.Sex"] == next(one["value"] for one in held if one["name"] == "CI")
    keys = {one["Key"] for one in jobs.s3.list_objects_v2(Bucket=BUCKET, Prefix="pre/out/")["Contents"]}
    assert keys == {f"pre/out/{one}" for one in ("analysis.json", "analysis_config.json", "report.html", "report.ipynb",
                                                  "report.pdf")}  # fmt: skip


def test_bias_and_explanations_of_a_model_attach_to_the_run(jobs: Jobs, model: str) -> None:
    jobs.api.create_experiment(ExperimentName="people")
    jobs.api.create_trial(TrialName="group", ExperimentName="people")
    jobs.api.create_trial_component(TrialComponentName="people-run")
    jobs.api.associate_trial_component(TrialComponentName="people-run", TrialName="group")
    run = {"ExperimentName": "people", "TrialName": "group", "RunName": "people-run"}
    pdp = {"grid_resolution": 5, "top_k_features": 2}
    predictor = {**PREDICTOR, "endpoint_name_prefix": "look"}
    config = {**CONFIG, "predictor": predictor, "methods": {**BOTH, "shap": SHAP, "pdp": pdp}}
    job = analyse(jobs, "both", config, ExperimentConfig=run)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    analyse(jobs, "again", CONFIG, ExperimentConfig=run)
    found = metrics_of(jobs, "people-run")
    told = result(jobs, "both")
    assert found["bias.post.DI.Sex"] == next(
        one["value"] for one in told["post_training_bias_metrics"]["facets"]["Sex"][0]["metrics"] if one["name"] == "DI"
    )
    assert found["shap.Age"] == told["explanations"]["kernel_shap"]["label0"]["global_shap_values"]["Age"]
    listed = native(jobs, "reports", run="people-run")["reports"]
    assert [one["name"] for one in listed] == ["again", "both"]
    assert {"html", "pdf", "ipynb", "rows", "baseline"} == set(listed[1]["files"])
    lines = "\n".join(jobs.lines("both", GROUP))
    assert "explaining: 300 of 300 (100%)" in lines
    assert "the model is loaded" in lines
    shadow_is_gone(jobs, "both")


def shadow_is_gone(jobs: Jobs, name: str) -> None:
    """The endpoint of a job was on record, and is in the bin when the job has ended."""
    assert "endpoint look-" in "\n".join(jobs.lines(name, GROUP, ours=True))
    assert jobs.api.list_endpoints(NameContains="look-")["Endpoints"] == []
    assert any(one["name"].startswith("look-") for one in native(jobs, "bin")["items"])


def test_a_program_of_ones_own_on_the_image_is_run_as_it_is(jobs: Jobs) -> None:
    app = {"ImageUri": IMAGE, "ContainerEntrypoint": ["echo", "mine"]}
    job = process(jobs, "mine", [], AppSpecification=app)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert jobs.lines("mine", GROUP) == ["mine"]


def script_model(jobs: Jobs, name: str, code: str) -> dict[str, Any]:
    """Register a model that a script serves; gives the predictor of a configuration."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        member = tarfile.TarInfo("code/inference.py")
        member.size = len(code.encode())
        tar.addfile(member, io.BytesIO(code.encode()))
    uri = jobs.put(f"models/{name}.tar.gz", packed.getvalue())
    jobs.api.create_model(
        ModelName=name, PrimaryContainer={"Image": "python:3", "ModelDataUrl": uri}, ExecutionRoleArn=ROLE
    )
    return {**PREDICTOR, "model_name": name, "endpoint_name_prefix": "look"}


def test_a_job_that_is_stopped_while_its_model_loads_leaves_no_endpoint(jobs: Jobs) -> None:
    code = "import time\n\ndef model_fn(folder):\n    print('loading', flush=True)\n    time.sleep(600)\n"
    begin(jobs, "stopped", {**CONFIG, "predictor": script_model(jobs, "slow", code), "methods": BOTH})
    wait_for(lambda: jobs.lines("stopped", GROUP), lambda lines: "model: loading" in lines, 60)
    assert len(jobs.api.list_endpoints(NameContains="look-")["Endpoints"]) == 1
    jobs.api.stop_processing_job(ProcessingJobName="stopped")
    assert ended(jobs, "stopped")["ProcessingJobStatus"] == "Stopped"
    shadow_is_gone(jobs, "stopped")


@pytest.mark.slow
def test_a_model_that_a_script_serves_is_asked_within_the_job(jobs: Jobs) -> None:
    code = (
        "import io\nimport numpy as np\n\ndef model_fn(folder):\n    return 60\n\n"
        "def input_fn(body, kind):\n    return np.loadtxt(io.StringIO(body), delimiter=',', ndmin=2)\n\n"
        "def predict_fn(rows, limit):\n    return (rows[:, 1] > limit).astype(int)\n\n"
        "def output_fn(found, kind):\n    return '\\n'.join(map(str, found))\n"
    )
    job = analyse(jobs, "scripted", {**CONFIG, "predictor": script_model(jobs, "script", code), "methods": BOTH})
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert "bias.post.DI.Sex" in metrics_of(jobs, "scripted-aws-processing-job")


def test_a_model_with_variables_of_its_own_is_served_apart_and_gets_the_same_report(jobs: Jobs, model: str) -> None:
    """The rule of `analysis_loaded`, and that both ways write the same files."""
    container = jobs.api.describe_model(ModelName=model)["PrimaryContainer"]
    jobs.api.create_model(
        ModelName="apart", PrimaryContainer={**container, "Environment": {"MINE": "1"}}, ExecutionRoleArn=ROLE
    )
    methods = {**BOTH, "shap": SHAP, "pdp": {"grid_resolution": 3, "features": ["Age"]}}
    said = {}
    for name in (model, "apart"):
        predictor = {**PREDICTOR, "model_name": name}
        job = analyse(jobs, f"way-{name}", {**CONFIG, "predictor": predictor, "methods": methods})
        assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
        said[name] = "\n".join(jobs.lines(f"way-{name}", GROUP, ours=True))
    assert "the model is loaded within the analysis" in said[model]
    assert "served by a process of its own: its container brings a script, a command, packages or" in said["apart"]
    for file in ("analysis.json", "explanations_shap/out.csv"):
        ours, its = (jobs.get(f"s3://{BUCKET}/way-{name}/out/{file}") for name in (model, "apart"))
        assert ours == its
    assert "model: " in "\n".join(jobs.lines("way-apart", GROUP))
    assert "model: " not in "\n".join(jobs.lines(f"way-{model}", GROUP))


@pytest.mark.slow
def test_an_endpoint_that_is_in_service_is_asked(jobs: Jobs, model: str) -> None:
    variant = {"VariantName": "A", "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    jobs.api.create_endpoint_config(EndpointConfigName="live", ProductionVariants=[variant])
    jobs.api.create_endpoint(EndpointName="live", EndpointConfigName="live")
    wait_for(
        lambda: jobs.api.describe_endpoint(EndpointName="live"), lambda doc: doc["EndpointStatus"] != "Creating", 120
    )
    predictor = {"endpoint_name": "live", "content_type": "text/csv", "accept_type": "text/csv"}
    job = analyse(jobs, "asked", {**CONFIG, "predictor": predictor, "methods": BOTH})
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    own = analyse(jobs, "own", {**CONFIG, "predictor": PREDICTOR, "methods": BOTH})
    assert own["ProcessingJobStatus"] == "Completed", own.get("FailureReason")
    assert result(jobs, "asked") == result(jobs, "own")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"label_values_or_threshold": "yes"}, "ClientError: analysis_config.json: label_values_or_threshold"),
        ({"label": "z"}, "ClientError: analysis_config.json: label: there is no column 'z'"),
        ({"predictor": {**PREDICTOR, "model_name": "none"}, "methods": BOTH}, "predictor.model_name: Could not find"),
        ({"predictor": {"endpoint_name": "none"}, "methods": BOTH}, "there is no endpoint 'none'"),
    ],
)
def test_a_wrong_configuration_is_named_before_the_model_is_asked(
    jobs: Jobs, model: str, change: dict[str, Any], reason: str, request: pytest.FixtureRequest
) -> None:
    name = f"wrong-{request.node.callspec.indices['change']}"
    job = analyse(jobs, name, {**CONFIG, **change})
    assert job["ProcessingJobStatus"] == "Failed"
    assert reason in job["FailureReason"]
    assert job["FailureReason"].startswith("ClientError: ")


def test_a_model_that_fails_is_told_with_its_rows_and_the_data_are_reported_all_the_same(
    jobs: Jobs, model: str
) -> None:
    config = {**CONFIG, "predictor": PREDICTOR, "methods": BOTH, "excluded_columns": ["Hours"]}
    job = analyse(jobs, "narrow", config)
    assert job["FailureReason"].startswith("AlgorithmError: "), job["FailureReason"]
    assert "have 2 features; the model was trained on 3" in job["FailureReason"]
    assert "bias.pre.CI.Sex" in metrics_of(jobs, "narrow-aws-processing-job")


@pytest.mark.slow
def test_a_baseline_is_brought_from_the_object_store(jobs: Jobs, model: str, tmp_path: Path) -> None:
    uri = jobs.put("baseline/baseline.csv", "0,40,40\n1,30,20\n")
    config = {**CONFIG, "predictor": PREDICTOR, "methods": {"shap": {**SHAP, "baseline": uri}}}
    job = analyse(jobs, "baseline", config)
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert len(jobs.get(f"s3://{BUCKET}/baseline/out/explanations_shap/baseline.csv").splitlines()) == 3
