"""Hyperparameter tuning jobs: create, describe, stop, delete, list, and the training jobs of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.search.tree import Condition, Node, Operator
from trialbook.services import job_records, tuning_jobs
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

_NAME = "HyperParameterTuningJobName"
_BY_OBJECTIVE = "FinalObjectiveMetricValue"


def _summarise(doc: Document) -> Document:
    config = doc["HyperParameterTuningJobConfig"]
    return {**doc, "Strategy": config["Strategy"], "ResourceLimits": config["ResourceLimits"]}


TUNING_JOBS = Listing(
    Kind.TUNING_JOB,
    "HyperParameterTuningJobSummaries",
    equals={"StatusEquals": "HyperParameterTuningJobStatus"},
    sorts={"Status": "HyperParameterTuningJobStatus"},
    by="Name",
    descending=False,
    summarise=_summarise,
)


def create_hyper_parameter_tuning_job(call: Call, request: Document) -> Document:
    """Add a tuning job."""
    return pick(tuning_jobs.create_tuning_job(call, *rest(request, _NAME)), "HyperParameterTuningJobArn")


def describe_hyper_parameter_tuning_job(call: Call, request: Document) -> Document:
    """Give a tuning job."""
    return job_records.describe_job(call, Kind.TUNING_JOB, request[_NAME])


def stop_hyper_parameter_tuning_job(call: Call, request: Document) -> Document:
    """Stop a tuning job."""
    job_records.stop_job(call, Kind.TUNING_JOB, request[_NAME])
    return {}


def delete_hyper_parameter_tuning_job(call: Call, request: Document) -> Document:
    """Remove a tuning job that has ended; its training jobs stay."""
    job_records.delete_job(call, Kind.TUNING_JOB, request[_NAME])
    return {}


def list_hyper_parameter_tuning_jobs(call: Call, request: Document) -> Document:
    """List tuning jobs."""
    return list_page(call, TUNING_JOBS, request)


def list_training_jobs_for_hyper_parameter_tuning_job(call: Call, request: Document) -> Document:
    """List the training jobs that a tuning job made; by the objective's value, only those that have one."""
    tuning = job_records.describe_job(call, Kind.TUNING_JOB, request[_NAME])
    objective = tuning_jobs.objective_of(tuning)
    value = f"Metrics.{objective['MetricName']}" if objective else "TrainingJobName"
    where: list[Node] = [Condition("TuningJobArn", Operator.EQUALS_FOLDED, tuning["HyperParameterTuningJobArn"])]
    if request.get("SortBy") == _BY_OBJECTIVE and objective:
        where.append(Condition(value, Operator.EXISTS))
    listing = Listing(
        Kind.TRAINING_JOB,
        "TrainingJobSummaries",
        equals={"StatusEquals": "TrainingJobStatus"},
        sorts={"Status": "TrainingJobStatus", _BY_OBJECTIVE: value},
        by="Name",
        descending=False,
        summarise=lambda doc: tuning_jobs.trial_summary(tuning, doc),
    )
    return list_page(call, listing, request, where)
