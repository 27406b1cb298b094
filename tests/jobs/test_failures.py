"""Jobs that go wrong: each ends, with a reason that its user can act on."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import psutil
from tests.conftest import serve
from tests.jobs.conftest import BUCKET, Jobs, channel, job_settings, training, wait_for


def failed(jobs: Jobs, name: str) -> str:
    job = jobs.ended(name)
    assert job["TrainingJobStatus"] == "Failed"
    assert job["SecondaryStatus"] == "Failed"
    assert job["SecondaryStatusTransitions"][-1]["StatusMessage"] == job["FailureReason"]
    return str(job["FailureReason"])


def test_missing_data_is_named_with_what_lies_near_it(jobs: Jobs) -> None:
    jobs.put("data/train.csv", "1")
    jobs.train("job", "", InputDataConfig=[channel("train", f"s3://{BUCKET}/data/tarin/")])
    reason = failed(jobs, "job")
    assert f"The channel 'train': no objects were found at s3://{BUCKET}/data/tarin/" in reason
    assert f"s3://{BUCKET}/data/train.csv" in reason


def test_a_missing_bucket_of_data_is_named(jobs: Jobs) -> None:
    jobs.train("job", "", InputDataConfig=[channel("train", "s3://sagemaker-us-east-1-00000000000/x")])
    assert "NoSuchBucket" not in failed(jobs, "job")
    assert f"Did you mean '{BUCKET}'?" in failed(jobs, "job")


def test_a_missing_output_bucket_fails_the_job_before_it_runs(jobs: Jobs) -> None:
    jobs.train("job", "print('ran')", OutputDataConfig={"S3OutputPath": "s3://not-there/out"})
    assert "The output path (s3://not-there/out): The specified bucket does not exist" in failed(jobs, "job")


def test_a_channel_that_is_no_s3_source_is_refused(jobs: Jobs) -> None:
    source = {
        "FileSystemDataSource": {
            "FileSystemId": "fs-12345678901",
            "FileSystemType": "EFS",
            "DirectoryPath": "/d",
            "FileSystemAccessMode": "ro",
        }
    }
    jobs.train("job", "", InputDataConfig=[{"ChannelName": "train", "DataSource": source}])
    assert "The channel 'train' has no S3DataSource" in failed(jobs, "job")


def test_an_unknown_image_lists_what_is_served_and_how_to_add_one(jobs: Jobs) -> None:
    image = {"TrainingImage": "123.example.com/team/mine:7", "TrainingInputMode": "File"}
    jobs.api.create_training_job(**training("job", AlgorithmSpecification=image))
    reason = failed(jobs, "job")
    assert "nothing here serves the image '123.example.com/team/mine:7'" in reason
    assert "sagemaker-scikit-learn" in reason
    assert "trialbook images --add 'mine:*'" in reason


def test_a_script_that_raises_gives_its_last_lines(jobs: Jobs) -> None:
    jobs.train("job", "print('before')\nraise ValueError('learning rate must be positive')\n")
    reason = failed(jobs, "job")
    assert reason.startswith("AlgorithmError: the program ended with exit code 1.")
    assert reason.endswith("ValueError: learning rate must be positive")


def test_what_a_program_writes_of_its_failure_is_the_reason(jobs: Jobs) -> None:
    jobs.train("job", "open('/opt/ml/output/failure', 'w').write('label column missing')\nraise SystemExit(4)")
    assert failed(jobs, "job") == "AlgorithmError: label column missing, exit code: 4"


def test_a_program_that_is_killed_is_told_from_one_that_ends(jobs: Jobs) -> None:
    jobs.train("job", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    assert "killed (SIGKILL), which is what the kernel does when memory runs out" in failed(jobs, "job")


def test_a_source_without_the_program_lists_what_is_there(jobs: Jobs) -> None:
    jobs.train("job", "", hyperparameters={"sagemaker_program": '"main.py"'})
    assert "the source folder has no 'main.py' (sagemaker_program); it holds: train.py." in failed(jobs, "job")


def test_a_regex_that_is_not_valid_is_said_in_the_log(jobs: Jobs) -> None:
    algorithm = {
        "TrainingImage": "python:3",
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(["}],
    }
    jobs.train("job", "print('loss=1')", AlgorithmSpecification=algorithm)
    assert jobs.ended("job")["TrainingJobStatus"] == "Completed"
    stream = jobs.logs.describe_log_streams(logGroupName="/aws/sagemaker/TrainingJobs")["logStreams"][0]
    events = jobs.logs.get_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=stream["logStreamName"], startFromHead=True
    )["events"]
    assert any("the regex of metric 'loss' is not valid" in event["message"] for event in events)


def test_a_job_cannot_write_outside_its_folder_and_is_told_where_it_can(jobs: Jobs, tmp_path: Path) -> None:
    outside = Path.home() / f"outside-{os.getpid()}"
    jobs.train("job", f"open({str(outside)!r}, 'w').write('x')")
    reason = failed(jobs, "job")
    assert not outside.exists()
    assert "A job may write below /opt/ml and /tmp alone" in reason
    assert "Read-only file system" in reason


def test_a_job_over_its_memory_is_ended(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_memory=200)) as server:
        jobs = Jobs(server)
        jobs.train("job", "import time\nheld = bytearray(600 << 20)\nprint('held')\ntime.sleep(60)")
        reason = failed(jobs, "job")
    assert "was ended: 200 MiB is what a job may use here" in reason


def test_a_job_that_never_ends_is_stopped_at_its_maximum_runtime_and_keeps_its_model(jobs: Jobs) -> None:
    jobs.train(
        "job",
        "import time\nopen('/opt/ml/model/m', 'w').write('half')\nprint('on')\ntime.sleep(600)",
        StoppingCondition={"MaxRuntimeInSeconds": 1},
    )
    job = jobs.ended("job")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "MaxRuntimeExceeded")
    assert jobs.files(job["ModelArtifacts"]["S3ModelArtifacts"]) == {"m": b"half"}


def test_the_server_can_allow_less_time_than_the_request(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_seconds=1.0)) as server:
        jobs = Jobs(server)
        jobs.train("job", "import time\ntime.sleep(600)")
        assert jobs.ended("job")["SecondaryStatus"] == "MaxRuntimeExceeded"


def test_a_job_is_stopped_with_all_its_processes(jobs: Jobs) -> None:
    mark = f"trialbook-sleep-{os.getpid()}"
    code = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", {mark!r}])
time.sleep(600)
"""
    jobs.train("job", code)
    wait_for(lambda: _having(mark), bool)
    jobs.api.stop_training_job(TrainingJobName="job")
    job = jobs.ended("job")
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Stopped", "Stopped")
    assert [one["Status"] for one in job["SecondaryStatusTransitions"]][-3:] == ["Training", "Stopping", "Stopped"]
    assert not _having(mark)


def test_a_program_has_time_to_save_when_it_is_stopped(jobs: Jobs) -> None:
    code = """
import signal, sys, time
def save(*_):
    open('/opt/ml/model/saved', 'w').write('in time')
    sys.exit(0)
signal.signal(signal.SIGTERM, save)
print('ready')
time.sleep(600)
"""
    jobs.train("job", code)
    wait_for(lambda: "ready" in _lines(jobs, "job"), bool)
    jobs.api.stop_training_job(TrainingJobName="job")
    job = jobs.ended("job")
    assert job["TrainingJobStatus"] == "Stopped"
    assert jobs.files(job["ModelArtifacts"]["S3ModelArtifacts"]) == {"saved": b"in time"}


def test_a_waiting_job_is_stopped_at_once(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_slots=1)) as server:
        jobs = Jobs(server)
        jobs.train("first", "import time\ntime.sleep(600)")
        jobs.train("second", "print('never')")
        jobs.api.stop_training_job(TrainingJobName="second")
        assert jobs.api.describe_training_job(TrainingJobName="second")["TrainingJobStatus"] == "Stopped"
        jobs.api.stop_training_job(TrainingJobName="first")
        jobs.ended("first")


def test_processes_that_a_program_leaves_behind_are_ended(jobs: Jobs) -> None:
    mark = f"trialbook-left-{os.getpid()}"
    code = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", {mark!r}], start_new_session=True)
"""
    jobs.train("job", code)
    assert jobs.ended("job")["TrainingJobStatus"] == "Completed"
    assert not _having(mark)


def test_the_keepers_death_ends_the_program_and_fails_the_job(jobs: Jobs) -> None:
    mark = f"trialbook-orphan-{os.getpid()}"
    jobs.train("job", "import time\ntime.sleep(600)", hyperparameters={"mark": f'"{mark}"'})
    program = wait_for(lambda: _having(mark), bool)[0]
    os.kill(program.ppid(), signal.SIGKILL)
    assert "are gone and left no result" in failed(jobs, "job")
    wait_for(lambda: _having(mark), lambda found: not found)


def test_a_failed_jobs_folder_is_kept_for_a_while_and_a_completed_ones_is_not(jobs: Jobs) -> None:
    jobs.train("good", "print(1)")
    jobs.train("bad", "raise SystemExit(1)")
    jobs.ended("good")
    jobs.ended("bad")
    folder = Path(jobs.server.workspace.settings.store) / "jobs"
    wait_for(lambda: [path.name for path in folder.iterdir()], lambda names: len(names) == 1)


def test_an_archive_that_leads_out_of_its_folder_is_refused(jobs: Jobs) -> None:
    uri = jobs.source({"../escape": "x", "train.py": ""})
    jobs.api.create_training_job(
        **training("job", HyperParameters={"sagemaker_program": "train.py", "sagemaker_submit_directory": uri})
    )
    assert "is not a tar.gz of a source folder" in failed(jobs, "job")


def _having(mark: str) -> list[Any]:
    return [one for one in psutil.process_iter(["cmdline"]) if mark in (one.info["cmdline"] or [])]


def _lines(jobs: Jobs, name: str) -> list[str]:
    try:
        return jobs.lines(name)
    except jobs.logs.exceptions.ResourceNotFoundException:
        return []


def test_a_program_that_names_opt_ml_where_there_is_none_is_told_what_to_read(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_private=False)) as server:
        jobs = Jobs(server)
        jobs.train("job", "open('/opt/ml/no-such-file')")
        assert "This system gives a job no /opt/ml of its own: its program must read SM_*" in failed(jobs, "job")


def test_a_script_that_reads_its_variables_runs_where_there_is_no_namespace(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_private=False)) as server:
        jobs = Jobs(server)
        jobs.train("job", "import os\nopen(os.environ['SM_MODEL_DIR'] + '/m', 'w').write('x')")
        job = jobs.ended("job")
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        assert jobs.files(job["ModelArtifacts"]["S3ModelArtifacts"]) == {"m": b"x"}


def test_start_up_scripts_of_the_sdk_are_rewritten_where_there_is_no_namespace(tmp_path: Path) -> None:
    with serve(job_settings(tmp_path, job_private=False)) as server:
        jobs = Jobs(server)
        jobs.put("drivers/start.sh", "#!/bin/bash\ncat /opt/ml/input/config/resourceconfig.json\n")
        algorithm = {
            "TrainingImage": "python:3",
            "TrainingInputMode": "File",
            "ContainerEntrypoint": ["/bin/bash", "/opt/ml/input/data/sm_drivers/start.sh"],
        }
        drivers = channel("sm_drivers", f"s3://{BUCKET}/drivers/")
        jobs.api.create_training_job(**training("job", AlgorithmSpecification=algorithm, InputDataConfig=[drivers]))
        job = jobs.ended("job")
        assert job["TrainingJobStatus"] == "Completed", job.get("FailureReason")
        assert '"current_host": "algo-1"' in jobs.lines("job")[0]
