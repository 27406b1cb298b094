"""Training jobs: prepare `/opt/ml`, run the program, take its model and its output back.

::

    Starting -> Downloading -> Training -> Uploading -> Completed | Failed | Stopped | MaxRuntimeExceeded
"""

from __future__ import annotations

import os
import tarfile
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from trialbook.jobs import channels, contract, places, program, script
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.joblog import JobLog
from trialbook.jobs.scraper import Scraper
from trialbook.services.job_states import Ending
from trialbook.services.launcher import model_artifacts_uri
from trialbook.services.training_jobs import described

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.jobs.environments import Environments
    from trialbook.jobs.images import Image, Images
    from trialbook.jobs.job import Job
    from trialbook.jobs.process import Spec
    from trialbook.model import Document

COMPRESSION = 3
"""gzip's level for archives: weights hardly shrink, and 6 takes twice the time."""
CHECKPOINT_PERIOD = 20.0
"""Seconds between two uploads of checkpoints."""
SM_DRIVERS = "input/data/sm_drivers"
"""Where ModelTrainer puts the scripts that start a program."""
ALGORITHMS = "trialbook.algorithms"


@dataclass
class Training:
    """The work of a training job."""

    images: Images
    environments: Environments
    slots = 1

    def run(self, job: Job) -> Ending:
        """Run one training job."""
        doc = job.document()
        algorithm = described(doc).get("AlgorithmSpecification", {})
        log = JobLog(job, Scraper(algorithm.get("MetricDefinitions", [])))
        process = program.running(job, partial(self._prepare, job, doc, log), log)
        checkpoints = program.every(CHECKPOINT_PERIOD, partial(_store_checkpoints, job, doc))
        result = program.follow(job, process, log, checkpoints)
        ending = program.outcome(job, result, log, "training job")
        return _upload(job, doc, ending, log)

    def _prepare(self, job: Job, doc: Document, log: JobLog) -> Spec:
        job.tree.make()
        job.begin("Downloading", "Downloading the training image and the input data")
        for problem in log.scraper.problems:
            log.say(problem)
        places.require_bucket(job.call, doc["OutputDataConfig"]["S3OutputPath"], "The output path")
        image = self._image(doc)
        count = doc.get("ResourceConfig", {}).get("InstanceCount", 1)
        if count > 1:
            log.say(f"{count} instances were asked for: the program runs once, as the only host, on this machine")
        user = script.script_of(doc.get("HyperParameters", {}))
        code = script.unpack(job, user) if user is not None else None
        python = self._python(job, image, code, log)
        pipes = channels.bring(job, doc, log)
        _write_configuration(job, doc)
        _fetch_checkpoints(job, doc)
        for folder in ("model", "output/data", "output/intermediate", "code", "input/data"):
            (job.tree.ml / folder).mkdir(parents=True, exist_ok=True)
        layer = self.environments.layer(python, job.tree.folder / "venv")
        argv = _argv(doc, image, user, code)
        env = contract.environment(job, [layer.parent, python.parent], _variables(doc, user))
        seconds = doc.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
        return program.spec_of(
            job, argv, env, "/opt/ml/code" if user is not None else "/opt/ml", seconds, pipes, (SM_DRIVERS,)
        )

    def _image(self, doc: Document) -> Image:
        uri = doc.get("AlgorithmSpecification", {}).get("TrainingImage")
        if not uri:
            raise JobFailure(
                "ClientError: the job names no TrainingImage: algorithms by AlgorithmName and serverless jobs are not "
                "served here. `trialbook images` lists what is."
            )
        return self.images.resolve(uri)

    def _python(self, job: Job, image: Image, code: Path | None, log: JobLog) -> Path:
        python = self.environments.python_for(image, log.say, job.check)
        log.say(served_by(image, python))
        requirements = code / "requirements.txt" if code is not None else None
        if requirements is not None and requirements.is_file() and requirements.read_text().strip():
            return self.environments.with_packages(python, [], log.say, job.check, requirements)
        return python


def _upload(job: Job, doc: Document, ending: Ending, log: JobLog) -> Ending:
    members: Document = {"FinalMetricDataList": log.final_metrics()} if log.final else {}
    job.move("Uploading", "Uploading generated training model")
    _store_output(job, doc)
    _store_checkpoints(job, doc)
    if ending.status != "Failed":
        members["ModelArtifacts"] = {"S3ModelArtifacts": _store_model(job, doc)}
    return Ending(ending.status, ending.reason, ending.secondary, ending.message, members)


def served_by(image: Image, python: Path) -> str:
    """Say what stands in for an image."""
    return f"the line '{image.pattern}' of the table of images serves the job, with {python}"


def _argv(doc: Document, image: Image, user: script.Script | None, code: Path | None) -> list[str]:
    """Give the command: the job's own, the script's, the image's, the built-in algorithm's."""
    algorithm = doc.get("AlgorithmSpecification", {})
    given = [*algorithm.get("ContainerEntrypoint", []), *algorithm.get("ContainerArguments", [])]
    if algorithm.get("ContainerEntrypoint"):
        return given
    if user is not None and code is not None:
        return user.argv(code)
    if image.command is not None:
        return [*image.command, *given]
    if image.algorithm is not None:
        return ["python", "-m", ALGORITHMS, image.algorithm, "train"]
    raise JobFailure(
        f"ClientError: the image '{algorithm.get('TrainingImage')}' runs scripts here, and the job gives none: give an "
        "entry point (the hyperparameters sagemaker_program and sagemaker_submit_directory) or a ContainerEntrypoint."
    )


def _variables(doc: Document, user: script.Script | None) -> dict[str, str]:
    return {
        **script.toolkit_variables(doc, user),
        "TRAINING_JOB_NAME": doc["TrainingJobName"],
        "TRAINING_JOB_ARN": doc["TrainingJobArn"],
        **doc.get("Environment", {}),
    }


def _write_configuration(job: Job, doc: Document) -> None:
    folder = job.tree.ml / "input" / "config"
    entries = {one["ChannelName"]: script.channel_entry(one, doc) for one in doc.get("InputDataConfig", [])}
    contract.write_json(folder / "hyperparameters.json", doc.get("HyperParameters", {}))
    contract.write_json(folder / "inputdataconfig.json", entries)
    contract.write_json(folder / "resourceconfig.json", contract.resources(doc.get("ResourceConfig", {})))
    contract.write_json(folder / "upstreamoutputdataconfig.json", [])


def _checkpoint_folder(job: Job, doc: Document) -> Path | None:
    config = doc.get("CheckpointConfig")
    if not config:
        return None
    return job.tree.place(config.get("LocalPath", "/opt/ml/checkpoints"), "CheckpointConfig")


def _fetch_checkpoints(job: Job, doc: Document) -> None:
    """Bring the checkpoints of an earlier job of the same place; none is no failure."""
    folder = _checkpoint_folder(job, doc)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    uri = doc["CheckpointConfig"]["S3Uri"]
    place = places.require_bucket(job.call, uri, "CheckpointConfig")
    if any(True for _ in job.call.store.objects(place.bucket, place.key, "", 1)):
        tally = job.ledger.reads("SageMaker.Checkpoint", uri)
        places.fetch(job.call, places.listed(job.call, "S3Prefix", uri, "CheckpointConfig"), folder, job.check, tally)


def _store_checkpoints(job: Job, doc: Document) -> None:
    folder = _checkpoint_folder(job, doc)
    if folder is None or not folder.is_dir():
        return
    uri = doc["CheckpointConfig"]["S3Uri"]
    marks, tally = job.tree.folder / "sent" / "checkpoints", job.ledger.writes("SageMaker.Checkpoint", uri)
    places.store_changes(job.call, folder, uri, "CheckpointConfig", marks, tally)


def _store_model(job: Job, doc: Document) -> str:
    uri, folder = model_artifacts_uri(doc), job.tree.ml / "model"
    if doc["OutputDataConfig"].get("CompressionType") == "NONE":
        tally = job.ledger.writes("SageMaker.ModelArtifact", uri)
        places.store_tree(job.call, folder, uri, "The model", lambda: None, tally)
    else:
        store_archive(job, folder, uri, "The model", "SageMaker.ModelArtifact")
    return uri


def _store_output(job: Job, doc: Document) -> None:
    folder = job.tree.ml / "output" / "data"
    if folder.is_dir() and any(places.files_of(folder)):
        uri = model_artifacts_uri(doc).rstrip("/").rpartition("/")[0]
        if doc["OutputDataConfig"].get("CompressionType") == "NONE":
            tally = job.ledger.writes("SageMaker.Output", f"{uri}/output")
            places.store_tree(job.call, folder, f"{uri}/output", "The output", lambda: None, tally)
        else:
            store_archive(job, folder, f"{uri}/output.tar.gz", "The output", "SageMaker.Output")
    board = doc.get("TensorBoardOutputConfig", {})
    if "S3OutputPath" in board:
        local = job.tree.place(board.get("LocalPath", "/opt/ml/output/tensorboard"), "TensorBoardOutputConfig")
        if local.is_dir():
            places.store_tree(job.call, local, board["S3OutputPath"], "TensorBoardOutputConfig", lambda: None)


def store_archive(job: Job, folder: Path, uri: str, what: str, name: str) -> None:
    """Pack the files of a folder and put the archive at an S3 URI, as the job's output `name`."""
    archive = job.tree.folder / os.path.basename(uri)  # noqa: PTH119 (of a URI)
    with tarfile.open(archive, "w:gz", compresslevel=COMPRESSION) as tar:
        for path in places.files_of(folder):
            tar.add(path, path.relative_to(folder).as_posix(), recursive=False)
    places.store_file(job.call, archive, uri, what, job.ledger.writes(name, uri))
    archive.unlink()
