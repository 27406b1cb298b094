"""CreateProcessingJob, DescribeProcessingJob, StopProcessingJob, DeleteProcessingJob, ListProcessingJobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import job_records, processing_jobs
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

PROCESSING_JOBS = Listing(
    Kind.PROCESSING_JOB,
    "ProcessingJobSummaries",
    equals={"StatusEquals": "ProcessingJobStatus"},
    sorts={"Status": "ProcessingJobStatus"},
    descending=False,
)


def create_processing_job(call: Call, request: Document) -> Document:
    """Add a processing job."""
    return pick(processing_jobs.create_processing_job(call, *rest(request, "ProcessingJobName")), "ProcessingJobArn")


def describe_processing_job(call: Call, request: Document) -> Document:
    """Give a processing job."""
    return job_records.describe_job(call, Kind.PROCESSING_JOB, request["ProcessingJobName"])


def stop_processing_job(call: Call, request: Document) -> Document:
    """Stop a processing job."""
    job_records.stop_job(call, Kind.PROCESSING_JOB, request["ProcessingJobName"])
    return {}


def delete_processing_job(call: Call, request: Document) -> Document:
    """Remove a processing job that has ended."""
    job_records.delete_job(call, Kind.PROCESSING_JOB, request["ProcessingJobName"])
    return {}


def list_processing_jobs(call: Call, request: Document) -> Document:
    """List processing jobs."""
    return list_page(call, PROCESSING_JOBS, request)
