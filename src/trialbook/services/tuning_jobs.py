"""Hyperparameter tuning jobs as records, each with an experiment of its own, as SageMaker makes one for it.

The record launcher makes no training jobs up: a tuning job ends with none, and so without a best one. A launcher that
runs trials gives each training job `TuningJobArn` and `TunedHyperParameters`, by which they are found here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import job_records, records, training_jobs, trials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.services.context import Call
    from trialbook.services.tuning_ranges import Definition
    from trialbook.store.interface import Entity, Reader, Transaction

_DEFINITIONS = ("TrainingJobDefinition", "TrainingJobDefinitions")
_PARENTS = "ParentHyperParameterTuningJobs"
_TEMPLATE = (
    "AlgorithmSpecification",
    "RoleArn",
    "InputDataConfig",
    "VpcConfig",
    "OutputDataConfig",
    "StoppingCondition",
    "EnableNetworkIsolation",
    "EnableInterContainerTrafficEncryption",
    "EnableManagedSpotTraining",
    "RetryStrategy",
    "Environment",
)
_COUNTERS: Document = {
    "TrainingJobStatusCounters": {
        "Completed": 0,
        "InProgress": 0,
        "RetryableError": 0,
        "NonRetryableError": 0,
        "Stopped": 0,
    },
    "ObjectiveStatusCounters": {"Succeeded": 0, "Pending": 0, "Failed": 0},
}


def create_tuning_job(call: Call, name: str, members: Document) -> Document:
    """Add a tuning job and its experiment, and hand it to the launcher."""
    if ("TrainingJobDefinition" in members) == ("TrainingJobDefinitions" in members) and not _warm(members):
        raise ValidationError(
            "A hyperparameter tuning job takes either TrainingJobDefinition or TrainingJobDefinitions: "
            "give one of the two."
        )

    def add(tx: Transaction) -> Document:
        whole = _with_parents(tx, call, members)
        job = job_records.add_job(tx, call, Kind.TUNING_JOB, name, {**_COUNTERS, **whole})
        _ensure_experiment(tx, call, name, job)
        return records.document(job)

    return call.store.write(add)


def _warm(members: Document) -> bool:
    """Say whether the definition may come from a parent job."""
    return "WarmStartConfig" in members and "TrainingJobDefinitions" not in members


def _with_parents(tx: Transaction, call: Call, members: Document) -> Document:
    """Check the parents of a warm start; take the definition of the first where none is given."""
    found = [parent_of(tx, call, one) for one in members.get("WarmStartConfig", {}).get(_PARENTS, [])]
    for parent in found:
        if parent[job_records.STATUS[Kind.TUNING_JOB]] not in job_records.FINAL:
            raise ValidationError(
                f"The parent tuning job '{parent['HyperParameterTuningJobName']}' still runs: a warm start learns from "
                "jobs that have ended."
            )
    if not found or any(member in members for member in _DEFINITIONS):
        return members
    return {**members, **{member: found[0][member] for member in _DEFINITIONS if member in found[0]}}


def parent_of(reader: Reader, call: Call, told: Document) -> Document:
    """Find a parent of a warm start. The model lets its name be left out; nothing says what that would mean."""
    name = told.get("HyperParameterTuningJobName")
    if not name:
        raise ValidationError(f"Each of WarmStartConfig.{_PARENTS} must have its HyperParameterTuningJobName.")
    return records.document(records.require(reader, call, Kind.TUNING_JOB, name))


def _ensure_experiment(tx: Transaction, call: Call, name: str, job: Entity) -> None:
    """Make the tuning job's experiment with one trial for its training jobs; those that are there stay."""
    if records.lookup(tx, call, Kind.EXPERIMENT, name) is None:
        arn = records.document(job)[NOUNS[Kind.TUNING_JOB].arn]
        source = {"SourceArn": arn, "SourceType": "SageMakerHyperParameterTuningJob"}
        doc = records.new_document(call, Kind.EXPERIMENT, name, {"DisplayName": name, "Source": source})
        records.insert(tx, call, Kind.EXPERIMENT, doc)
    if records.lookup(tx, call, Kind.TRIAL, name) is None:
        trials.add_trial(tx, call, name, {"ExperimentName": name})


def add_training_job(
    tx: Transaction, call: Call, tuning: Document, definition: Definition, name: str, tuned: Mapping[str, str]
) -> None:
    """Add one of a tuning job's training jobs: its definition with these hyperparameters."""
    template, experiment = definition.template, tuning["HyperParameterTuningJobName"]
    members: Document = {member: template[member] for member in _TEMPLATE if member in template}
    members["ResourceConfig"] = template.get("ResourceConfig") or _resources(template)
    members["HyperParameters"] = {
        **template.get("StaticHyperParameters", {}),
        **tuned,
        "_tuning_objective_metric": definition.metric,
    }
    if "CheckpointConfig" in template:  # jobs that share a place would go on from each other's checkpoints
        place = f"{template['CheckpointConfig']['S3Uri'].rstrip('/')}/{name}"
        members["CheckpointConfig"] = {**template["CheckpointConfig"], "S3Uri": place}
    trial = records.lookup(tx, call, Kind.TRIAL, experiment)
    if trial is not None and records.document(trial)["ExperimentName"] == experiment:
        members["ExperimentConfig"] = {"ExperimentName": experiment, "TrialName": experiment}
    of_tuning = {"TuningJobArn": tuning["HyperParameterTuningJobArn"], "TunedHyperParameters": dict(tuned)}
    training_jobs.add_training_job(tx, call, name, {**members, "Tags": tuning.get("Tags", []), **of_tuning})


def _resources(template: Document) -> Document:
    """Give a ResourceConfig of what a definition asks for in the tuning job's own words."""
    asked = template.get("HyperParameterTuningResourceConfig", {})
    first: Document = next(iter(asked.get("InstanceConfigs", [])), {})
    found = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30} | {**asked, **first}
    return {member: found[member] for member in ("InstanceType", "InstanceCount", "VolumeSizeInGB")}


def objective_of(doc: Document) -> Document | None:
    """Give a tuning job's objective (`Type`, `MetricName`), or that of its first definition that has one."""
    objective: Document | None = doc["HyperParameterTuningJobConfig"].get("HyperParameterTuningJobObjective")
    if objective:
        return objective
    definitions = [doc.get("TrainingJobDefinition", {}), *doc.get("TrainingJobDefinitions", [])]
    return next((one["TuningObjective"] for one in definitions if "TuningObjective" in one), None)


def trial_summary(tuning: Document, job: Document) -> Document:
    """Give the summary of one of a tuning job's training jobs, with its objective's final value."""
    summary: Document = {
        **job,
        "TuningJobName": tuning["HyperParameterTuningJobName"],
        "TunedHyperParameters": job.get("TunedHyperParameters", {}),
    }
    objective = objective_of(tuning)
    final = {one["MetricName"]: one["Value"] for one in job.get("FinalMetricDataList", [])}
    if objective and objective["MetricName"] in final:
        value = {**objective, "Value": final[objective["MetricName"]]}
        summary["FinalHyperParameterTuningJobObjectiveMetric"] = value
        summary["ObjectiveStatus"] = "Succeeded"
    else:
        summary["ObjectiveStatus"] = "Failed" if job["TrainingJobStatus"] in job_records.FINAL else "Pending"
    return summary
