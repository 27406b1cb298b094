"""Clarify's processing jobs: what is done around the program, `analysis_program`, that runs the analysis.

::

    prepare   check analysis_config.json; bring the model beside the program, or find the endpoint that it asks;
              put the shadow endpoint on record
    (the program runs: it loads the model, or starts its server, only when the first prediction is asked for)
    keep      analysis.json becomes a report of the job's run, its figures metrics of it
    close     delete the shadow endpoint

SageMaker deploys the model to a shadow endpoint for the time of the job. Here the model is loaded or served inside the
job, which is faster (`analysis_loaded` says which); the endpoint is created and deleted on the record alone, so that
whoever looks for it finds it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from typing import TYPE_CHECKING

from trialbook.clarify.config import load_config
from trialbook.errors import ApiError, ConfigError
from trialbook.jobs.analysis_loaded import why_served
from trialbook.jobs.failure import JobFailure
from trialbook.jobs.images import ANALYSIS, Image
from trialbook.jobs.serving_recipe import library
from trialbook.model import Document, Kind
from trialbook.services import endpoint_configs, endpoint_states, endpoints, records, reports, serving_plan
from trialbook.services.job_components import COMPONENT, RUN
from trialbook.services.launcher import RecordLauncher

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.jobs.job import Job
    from trialbook.jobs.joblog import JobLog
    from trialbook.jobs.serving_recipe import Kitchen
    from trialbook.services.context import Call
    from trialbook.services.job_states import Ending
    from trialbook.store.interface import Entity, Transaction

VARIABLE = "TRIALBOOK_ANALYSIS"
"""Names the file that tells the program where everything is."""
CONFIG_INPUT, DATA_INPUT, OUTPUT = "analysis_config", "dataset", "analysis_result"
CONFIG_FILE, RESULT_FILE = "analysis_config.json", "analysis.json"
_PREFIX = "sm-clarify"
_KINDS = ("ClientError: ", "AlgorithmError: ", "InternalServerError: ")


def is_analysis(doc: Document, image: Image) -> bool:
    """Tell whether a job analyses: its image does, and the job brings no program of its own."""
    return image.command == ANALYSIS and not doc["AppSpecification"].get("ContainerEntrypoint")


def prepare(job: Job, doc: Document, kitchen: Kitchen, python: Path, log: JobLog) -> dict[str, str]:
    """Check the configuration, bring the model, and tell the program where all is; gives its variables.

    `python` is the interpreter that will run the program.

    Raises
    ------
    JobFailure
        The configuration breaks a rule, or the model or the endpoint that it names cannot answer.
    """
    folder = _local(job, doc, CONFIG_INPUT)
    if folder is None:
        raise JobFailure(
            f"ClientError: the job has no input named '{CONFIG_INPUT}': its folder must hold {CONFIG_FILE}."
        )
    try:
        config = load_config(folder / CONFIG_FILE)
    except ConfigError as error:
        raise JobFailure(f"ClientError: {CONFIG_FILE}: {error}") from None
    data = _local(job, doc, DATA_INPUT)
    if data is None and "dataset_uri" not in config:
        raise JobFailure(f"ClientError: the job has no input named '{DATA_INPUT}', and dataset_uri is not given.")
    told: Document = {
        "config": str(folder / CONFIG_FILE),
        "data": None if data is None else str(data),
        "ml": str(job.tree.ml),
        "output": str(_output(job, doc)),
        "failure": str(job.tree.ml / "output" / "failure"),
        "name": _name_of(doc),
    }
    predictor = config.get("predictor", {})
    if "endpoint_name" in predictor:
        _require_endpoint(job.call, predictor["endpoint_name"])
        told["endpoint"] = predictor["endpoint_name"]
    elif "model_name" in predictor:
        told["model"] = _bring_model(job, predictor["model_name"], kitchen, python, log)
        _open_shadow(job, predictor, log)
    file = job.tree.folder / "analysis.json"
    file.touch(mode=0o600)  # it holds the environment of the model's container
    file.write_text(json.dumps(told))
    return {VARIABLE: str(file), "PYTHONPATH": library(job.tree)}


def keep(job: Job, doc: Document) -> None:
    """Attach what the program found to the job's run, or else to the job's own component."""
    output = _named(doc.get("ProcessingOutputConfig", {}).get("Outputs", []), "OutputName", OUTPUT)
    file = _output(job, doc) / RESULT_FILE
    if output is None or not file.is_file():
        return
    analysis = json.loads(file.read_text(encoding="utf-8"))
    uri = f"{output['S3Output']['S3Uri'].rstrip('/')}/{RESULT_FILE}"
    now = job.call.now()

    def write(tx: Transaction, entity: Entity) -> None:
        held = records.document(entity)
        component = int(held.get(RUN) or held[COMPONENT])
        writer = f"job-{job.claim}-report"
        reports.attach(tx, job.call, component, doc["ProcessingJobName"], uri, analysis, writer, now)

    job.write(write)


def close(job: Job) -> None:
    """Delete the shadow endpoint, if there is one."""
    name = job.state.get("shadow")
    if name is not None:
        for delete in (endpoints.delete_endpoint, endpoint_configs.delete_endpoint_config):
            with contextlib.suppress(ApiError):
                delete(job.call, name)


def reworded(ending: Ending) -> Ending:
    """Let a reason begin with the kind that the program gave it."""
    if ending.reason is None:
        return ending
    inner = ending.reason.removeprefix("AlgorithmError: ")
    return dataclasses.replace(ending, reason=inner) if inner.startswith(_KINDS) else ending


def _bring_model(job: Job, name: str, kitchen: Kitchen, python: Path, log: JobLog) -> Document:
    """Fill /opt/ml/model and say how the model is loaded or served."""

    def plan(tx: Transaction) -> Document:
        return serving_plan.plan_of(tx, job.call, records.require(tx, job.call, Kind.MODEL, name))

    try:
        containers = job.call.store.write(plan)["containers"]
    except ApiError as error:
        raise JobFailure(f"ClientError: {CONFIG_FILE}: predictor.model_name: {error.message}") from None
    if len(containers) != 1:
        raise JobFailure(
            f"ClientError: {CONFIG_FILE}: predictor.model_name: model '{name}' has {len(containers)} containers: "
            "deploy it, and give predictor.endpoint_name."
        )
    recipe = kitchen.prepare(job, containers[0], log.say, job.check)
    why = why_served(recipe, python, kitchen.environments)
    log.say(f"the model is {'loaded within the analysis' if why is None else f'served by a process of its own: {why}'}")
    return {
        "argv": list(recipe.argv),
        # Without a private /opt/ml the server still finds its model.
        "env": {**recipe.env, "TRIALBOOK_ML_ROOT": str(job.tree.ml)},
        "algorithm": recipe.algorithm if why is None else None,
    }


def _require_endpoint(call: Call, name: str) -> None:
    found = records.lookup(call.store, call, Kind.ENDPOINT, name)
    if found is None:
        raise JobFailure(f"ClientError: {CONFIG_FILE}: predictor.endpoint_name: there is no endpoint '{name}'.")
    status = records.document(found)["EndpointStatus"]
    if status != endpoint_states.IN_SERVICE:
        raise JobFailure(
            f"ClientError: {CONFIG_FILE}: predictor.endpoint_name: endpoint '{name}' is {status}; it must be InService."
        )


def _open_shadow(job: Job, predictor: Document, log: JobLog) -> None:
    close(job)
    name = f"{predictor.get('endpoint_name_prefix', _PREFIX)}-{job.call.workspace.new_id()[:20]}"
    job.note(shadow=name)
    call = dataclasses.replace(job.call, workspace=dataclasses.replace(job.call.workspace, launcher=RecordLauncher()))
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": predictor["model_name"],
        "InstanceType": predictor.get("instance_type", "ml.m5.xlarge"),
        "InitialInstanceCount": predictor.get("initial_instance_count", 1),
    }
    endpoint_configs.create_endpoint_config(call, name, {"ProductionVariants": [variant]})
    endpoints.create_endpoint(call, name, {"EndpointConfigName": name})
    log.say(f"endpoint {name} is on record; the model itself is in the job")


def _named(entries: list[Document], member: str, name: str) -> Document | None:
    return next((one for one in entries if one[member] == name), None)


def _local(job: Job, doc: Document, name: str) -> Path | None:
    found = _named(doc.get("ProcessingInputs", []), "InputName", name)
    return None if found is None else job.tree.place(found["S3Input"]["LocalPath"], f"The input '{name}'")


def _output(job: Job, doc: Document) -> Path:
    found = _named(doc.get("ProcessingOutputConfig", {}).get("Outputs", []), "OutputName", OUTPUT)
    if found is None:
        raise JobFailure(f"ClientError: the job has no output named '{OUTPUT}', where the reports go.")
    return job.tree.place(found["S3Output"]["LocalPath"], f"The output '{OUTPUT}'")


def _name_of(doc: Document) -> str:
    """Give what the reports call the data set: the last part of its URI."""
    found = _named(doc.get("ProcessingInputs", []), "InputName", DATA_INPUT)
    return "" if found is None else str(found["S3Input"]["S3Uri"]).rstrip("/").rpartition("/")[2]
