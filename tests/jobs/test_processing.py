"""Processing jobs that run."""

from __future__ import annotations

from typing import Any

from tests.jobs.conftest import BUCKET, ROLE, Jobs, wait_for

GROUP = "/aws/sagemaker/ProcessingJobs"


def process(jobs: Jobs, name: str, command: list[str], **members: Any) -> Any:
    jobs.api.create_processing_job(
        **{
            "ProcessingJobName": name,
            "AppSpecification": {"ImageUri": "python:3", "ContainerEntrypoint": command},
            "ProcessingResources": {
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
            },
            "RoleArn": ROLE,
            **members,
        }
    )
    return wait_for(
        lambda: jobs.api.describe_processing_job(ProcessingJobName=name),
        lambda doc: doc["ProcessingJobStatus"] in {"Completed", "Failed", "Stopped"},
    )


def given(name: str, uri: str, path: str, **members: Any) -> dict[str, Any]:
    source = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File", **members}
    return {"InputName": name, "S3Input": source}


def taken(name: str, uri: str, path: str, mode: str = "EndOfJob") -> dict[str, Any]:
    return {"OutputName": name, "S3Output": {"S3Uri": uri, "LocalPath": path, "S3UploadMode": mode}}


def test_a_command_turns_inputs_into_outputs(jobs: Jobs) -> None:
    jobs.put("in/a.txt", "hello")
    jobs.put(
        "code/run.py",
        "import pathlib, sys\n"
        "base = pathlib.Path('/opt/ml/processing')\n"
        "(base / 'out' / 'deep').mkdir()\n"
        "(base / 'out' / 'deep' / 'b.txt').write_text((base / 'data' / 'a.txt').read_text() + sys.argv[1])\n"
        "print('ran')\n",
    )
    job = process(
        jobs, "job", ["python3", "/opt/ml/processing/code/run.py"],
        AppSpecification={
            "ImageUri": "python:3",
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/code/run.py"],
            "ContainerArguments": ["!"],
        },
        ProcessingInputs=[
            given("data", f"s3://{BUCKET}/in", "/opt/ml/processing/data"),
            given("code", f"s3://{BUCKET}/code/run.py", "/opt/ml/processing/code"),
        ],
        ProcessingOutputConfig={"Outputs": [taken("out", f"s3://{BUCKET}/res", "/opt/ml/processing/out")]},
    )  # fmt: skip
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert job["ProcessingStartTime"] <= job["ProcessingEndTime"]
    assert jobs.get(f"s3://{BUCKET}/res/deep/b.txt") == b"hello!"
    assert jobs.lines("job", GROUP) == ["ran"]
    component = jobs.api.describe_trial_component(TrialComponentName="job-aws-processing-job")
    assert component["OutputArtifacts"]["out"]["Value"] == f"s3://{BUCKET}/res"


def test_the_program_finds_its_jobs_arn_and_environment(jobs: Jobs) -> None:
    code = (
        "import json, os; config = json.load(open('/opt/ml/config/processingjobconfig.json')); "
        "print(config['ProcessingJobArn'], os.environ['COLOUR']); "
        "print(json.load(open('/opt/ml/config/resourceconfig.json'))['hosts'])"
    )
    job = process(jobs, "job", ["python", "-c", code], Environment={"COLOUR": "red"})
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    assert jobs.lines("job", GROUP) == [f"{job['ProcessingJobArn']} red", "['algo-1']"]


def test_a_message_of_the_program_is_the_exit_message(jobs: Jobs) -> None:
    job = process(jobs, "job", ["sh", "-c", "echo fine > /opt/ml/output/message"])
    assert (job["ProcessingJobStatus"], job["ExitMessage"].strip()) == ("Completed", "fine")


def test_a_failing_command_gives_a_reason_and_still_its_outputs(jobs: Jobs) -> None:
    job = process(
        jobs,
        "job",
        ["sh", "-c", "echo half > /opt/ml/processing/out/half; echo no such column >&2; exit 7"],
        ProcessingOutputConfig={"Outputs": [taken("out", f"s3://{BUCKET}/res", "/opt/ml/processing/out")]},
    )
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("AlgorithmError: the program ended with exit code 7.")
    assert job["FailureReason"].endswith("no such column")
    assert jobs.get(f"s3://{BUCKET}/res/half") == b"half\n"


def test_a_local_path_outside_the_contract_is_refused(jobs: Jobs) -> None:
    jobs.put("in/a.txt", "x")
    job = process(jobs, "job", ["true"], ProcessingInputs=[given("data", f"s3://{BUCKET}/in", "/opt/ml/../../etc")])
    assert (
        "The input 'data' has the local path '/opt/ml/../../etc': local paths lie below /opt/ml" in job["FailureReason"]
    )


def test_a_program_that_is_not_there_is_named(jobs: Jobs) -> None:
    job = process(jobs, "job", ["no-such-program"])
    assert job["ProcessingJobStatus"] == "Failed"
    assert "cannot start 'no-such-program': No such file or directory" in job["FailureReason"]


def test_an_image_without_a_command_asks_for_one(jobs: Jobs) -> None:
    job = process(jobs, "job", [], AppSpecification={"ImageUri": "python:3"})
    assert "the job has no ContainerEntrypoint" in job["FailureReason"]


def test_a_processing_job_is_stopped(jobs: Jobs) -> None:
    jobs.api.create_processing_job(
        ProcessingJobName="job",
        AppSpecification={"ImageUri": "python:3", "ContainerEntrypoint": ["sleep", "600"]},
        ProcessingResources={"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
        RoleArn=ROLE,
    )
    look = lambda: jobs.api.describe_processing_job(ProcessingJobName="job")  # noqa: E731
    wait_for(look, lambda doc: "ProcessingStartTime" in doc)
    jobs.api.stop_processing_job(ProcessingJobName="job")
    found = wait_for(look, lambda doc: doc["ProcessingJobStatus"] != "Stopping")
    assert found["ProcessingJobStatus"] == "Stopped", found.get("FailureReason")


def test_pip_install_within_a_job_leaves_nothing_behind(jobs: Jobs) -> None:
    code = "import sys, sysconfig; print(sys.prefix.endswith('/venv'), 'jobs' in sysconfig.get_path('purelib'))"
    process(
        jobs, "job", ["sh", "-c", f'python -m pip --version >/dev/null && pip list >/dev/null && python -c "{code}"']
    )
    assert jobs.lines("job", GROUP) == ["True True"]
