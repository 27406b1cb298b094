"""CreateTrainingJob, DescribeTrainingJob, UpdateTrainingJob, StopTrainingJob, DeleteTrainingJob, ListTrainingJobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import job_records, training_jobs
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

TRAINING_JOBS = Listing(
    Kind.TRAINING_JOB,
    "TrainingJobSummaries",
    equals={
        "StatusEquals": "TrainingJobStatus",
        "WarmPoolStatusEquals": "WarmPoolStatus.Status",
        "TrainingPlanArnEquals": "ResourceConfig.TrainingPlanArn",
    },
    sorts={"Status": "TrainingJobStatus"},
    descending=False,
    summarise=lambda doc: {**doc, "TrainingPlanArn": doc.get("ResourceConfig", {}).get("TrainingPlanArn")},
)


def create_training_job(call: Call, request: Document) -> Document:
    """Add a training job."""
    return pick(training_jobs.create_training_job(call, *rest(request, "TrainingJobName")), "TrainingJobArn")


def describe_training_job(call: Call, request: Document) -> Document:
    """Give a training job."""
    return training_jobs.describe_training_job(call, request["TrainingJobName"])


def update_training_job(call: Call, request: Document) -> Document:
    """Change the settings that a training job may change."""
    return pick(training_jobs.update_training_job(call, *rest(request, "TrainingJobName")), "TrainingJobArn")


def stop_training_job(call: Call, request: Document) -> Document:
    """Stop a training job."""
    job_records.stop_job(call, Kind.TRAINING_JOB, request["TrainingJobName"])
    return {}


def delete_training_job(call: Call, request: Document) -> Document:
    """Remove a training job that has ended."""
    job_records.delete_job(call, Kind.TRAINING_JOB, request["TrainingJobName"])
    return {}


def list_training_jobs(call: Call, request: Document) -> Document:
    """List training jobs."""
    return list_page(call, TRAINING_JOBS, request)
