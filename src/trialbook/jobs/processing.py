"""Processing jobs: inputs into `/opt/ml/processing`, any command, outputs back to where they belong.

The command is the job's own (ContainerEntrypoint and ContainerArguments), or the image's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from trialbook.jobs import analysis, contract, places, program
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.job import Left
from trialbook.jobs.joblog import JobLog
from trialbook.jobs.training import served_by
from trialbook.services.job_states import Ending

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.jobs.images import Image
    from trialbook.jobs.job import Job
    from trialbook.jobs.process import Spec
    from trialbook.jobs.serving_recipe import Kitchen
    from trialbook.model import Document

CONTINUOUS = 10.0
"""Seconds between two uploads of an output in Continuous mode."""
EXIT_MESSAGE = 1024
ENTRY_POINT = "processing/input/entrypoint"
"""Where FrameworkProcessor puts the script that starts a program."""


@dataclass
class Processing:
    """The work of a processing job."""

    kitchen: Kitchen
    slots = 1

    def run(self, job: Job) -> Ending:
        """Run one processing job."""
        doc = job.document()
        if not analysis.is_analysis(doc, self.kitchen.images.resolve(doc["AppSpecification"]["ImageUri"])):
            return self._run(job, doc)
        try:
            ending = analysis.reworded(self._run(job, doc))
            analysis.keep(job, doc)
        except Left:
            raise
        except BaseException:
            analysis.close(job)
            raise
        analysis.close(job)
        return ending

    def _run(self, job: Job, doc: Document) -> Ending:
        log = JobLog(job)
        process = program.running(job, partial(self._prepare, job, doc, log), log)
        uploads = program.every(CONTINUOUS, partial(_store_outputs, job, doc, continuous=True))
        result = program.follow(job, process, log, uploads)
        ending = program.outcome(job, result, log, "processing job")
        _store_outputs(job, doc, continuous=False)
        message = job.tree.ml / "output" / "message"
        members: Document = {}
        if message.is_file():
            members["ExitMessage"] = message.read_text(errors="replace")[:EXIT_MESSAGE]
        return Ending(ending.status, ending.reason, members=members)

    def _prepare(self, job: Job, doc: Document, log: JobLog) -> Spec:
        job.tree.make()
        job.begin("Downloading", "Downloading the input data")
        image = self.kitchen.images.resolve(doc["AppSpecification"]["ImageUri"])
        argv = _argv(doc, image)
        for one in _outputs(doc):
            places.require_bucket(job.call, one["S3Output"]["S3Uri"], f"The output '{one['OutputName']}'")
            _local(job, one["S3Output"], f"The output '{one['OutputName']}'").mkdir(parents=True, exist_ok=True)
        python = self.kitchen.environments.python_for(image, log.say, job.check)
        log.say(served_by(image, python))
        for one in doc.get("ProcessingInputs", []):
            _bring(job, one, log)
        config = job.tree.ml / "config"
        contract.write_json(config / "processingjobconfig.json", _configuration(doc))
        contract.write_json(config / "resourceconfig.json", contract.resources(_cluster(doc)))
        (job.tree.ml / "output").mkdir(exist_ok=True)
        if analysis.is_analysis(doc, image):
            more, bins = analysis.prepare(job, doc, self.kitchen, python, log), [python.parent]
        else:
            more, bins = {}, [self.kitchen.environments.layer(python, job.tree.folder / "venv").parent, python.parent]
        own = {
            "PROCESSING_JOB_NAME": doc["ProcessingJobName"],
            "PROCESSING_JOB_ARN": doc["ProcessingJobArn"],
            **doc.get("Environment", {}),
            **more,
        }
        env = contract.environment(job, bins, own)
        seconds = doc.get("StoppingCondition", {}).get("MaxRuntimeInSeconds")
        return program.spec_of(job, argv, env, "/opt/ml", seconds, scripts=(ENTRY_POINT,))


def _argv(doc: Document, image: Image) -> list[str]:
    app = doc["AppSpecification"]
    given = list(app.get("ContainerArguments", []))
    if app.get("ContainerEntrypoint"):
        return [*app["ContainerEntrypoint"], *given]
    if image.command is not None:
        return [*image.command, *given]
    raise JobFailure(
        f"ClientError: the job has no ContainerEntrypoint, and the image '{app['ImageUri']}' has no command of its own "
        "here: give one, or add it to the table (trialbook images)."
    )


def _configuration(doc: Document) -> Document:
    """Give processingjobconfig.json: what Describe answers, without what is ours."""
    kept = ("ProcessingJobArn", "ProcessingJobName", "AppSpecification", "Environment", "ProcessingInputs")
    more = ("ProcessingOutputConfig", "ProcessingResources", "RoleArn", "StoppingCondition", "ExperimentConfig")
    return {member: doc[member] for member in (*kept, *more) if member in doc}


def _cluster(doc: Document) -> Document:
    cluster: Document = doc.get("ProcessingResources", {}).get("ClusterConfig", {})
    return cluster


def _bring(job: Job, one: Document, log: JobLog) -> None:
    what = f"The input '{one['InputName']}'"
    source = one.get("S3Input")
    if source is None:
        raise JobFailure(
            f"ClientError: {what} has no S3Input: dataset definitions of Athena and Redshift are not served."
        )
    job.check()
    items = places.listed(job.call, source.get("S3DataType", "S3Prefix"), source["S3Uri"], what)
    folder = _local(job, source, what)
    tally = job.ledger.reads(one["InputName"], source["S3Uri"])
    size = places.fetch(job.call, items, folder, job.check, tally)
    log.say(f"input '{one['InputName']}': {len(items)} files, {size:,} bytes from {source['S3Uri']}")


def _local(job: Job, end: Document, what: str) -> Path:
    if "LocalPath" not in end:
        raise JobFailure(f"ClientError: {what} has no LocalPath, such as /opt/ml/processing/data.")
    return job.tree.place(end["LocalPath"], what)


def _outputs(doc: Document) -> list[Document]:
    found = doc.get("ProcessingOutputConfig", {}).get("Outputs", [])
    for one in found:
        if "S3Output" not in one:
            raise JobFailure(
                f"ClientError: the output '{one['OutputName']}' has no S3Output: feature stores are not served."
            )
    return list(found)


def _store_outputs(job: Job, doc: Document, *, continuous: bool) -> None:
    """Upload every output, or (`continuous`) what changed in those that are uploaded while the job runs."""
    for one in _outputs(doc):
        end = one["S3Output"]
        if continuous and end.get("S3UploadMode") != "Continuous":
            continue
        what = f"The output '{one['OutputName']}'"
        folder = _local(job, end, what)
        if folder.is_dir():
            marks = job.tree.folder / "sent" / one["OutputName"]
            tally = job.ledger.writes(one["OutputName"], end["S3Uri"])
            places.store_changes(job.call, folder, end["S3Uri"], what, marks, tally)
