"""Hyperparameter tuning jobs as records, each with an experiment of its own, as SageMaker makes one for it.

The record launcher makes no training jobs up: a tuning job ends with none, and so without a best one. A launcher that
runs trials gives each training job `TuningJobArn` and `TunedHyperParameters`, by which they are found here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import job_records, records

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

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
        job = job_records.add_job(tx, call, Kind.TUNING_JOB, name, {**_COUNTERS, **members})
        _ensure_experiment(tx, call, name, job)
        return records.document(job)

    return call.store.write(add)


def _warm(members: Document) -> bool:
    """Say whether the definition may come from a parent job."""
    return "WarmStartConfig" in members and "TrainingJobDefinitions" not in members


def _ensure_experiment(tx: Transaction, call: Call, name: str, job: Entity) -> None:
    if records.lookup(tx, call, Kind.EXPERIMENT, name) is not None:
        return
    arn = records.document(job)[NOUNS[Kind.TUNING_JOB].arn]
    source = {"SourceArn": arn, "SourceType": "SageMakerHyperParameterTuningJob"}
    doc = records.new_document(call, Kind.EXPERIMENT, name, {"DisplayName": name, "Source": source})
    records.insert(tx, call, Kind.EXPERIMENT, doc)


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
