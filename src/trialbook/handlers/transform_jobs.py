"""CreateTransformJob, DescribeTransformJob, StopTransformJob, ListTransformJobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import job_records, transform_jobs
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

TRANSFORM_JOBS = Listing(
    Kind.TRANSFORM_JOB,
    "TransformJobSummaries",
    equals={"StatusEquals": "TransformJobStatus"},
    sorts={"Status": "TransformJobStatus"},
)


def create_transform_job(call: Call, request: Document) -> Document:
    """Add a transform job."""
    return pick(transform_jobs.create_transform_job(call, *rest(request, "TransformJobName")), "TransformJobArn")


def describe_transform_job(call: Call, request: Document) -> Document:
    """Give a transform job."""
    return job_records.describe_job(call, Kind.TRANSFORM_JOB, request["TransformJobName"])


def stop_transform_job(call: Call, request: Document) -> Document:
    """Stop a transform job."""
    job_records.stop_job(call, Kind.TRANSFORM_JOB, request["TransformJobName"])
    return {}


def list_transform_jobs(call: Call, request: Document) -> Document:
    """List transform jobs."""
    return list_page(call, TRANSFORM_JOBS, request)
