"""CloudWatch's view of training metrics: statistics over periods, from the series of a job's trial component.

A metric is named as CloudWatch names SageMaker's: namespace `/aws/sagemaker/TrainingJobs`, dimension
`TrainingJobName`. Any other namespace, dimension or job is a metric without data, as CloudWatch answers it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from trialbook.errors import CodedError
from trialbook.model import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity

NAMESPACE = "/aws/sagemaker/TrainingJobs"
DIMENSION = "TrainingJobName"
COMPONENT_SUFFIX = "-aws-training-job"
STATISTICS = {
    "SampleCount": lambda values: float(len(values)),
    "Average": lambda values: float(np.mean(values)),
    "Sum": lambda values: float(np.sum(values)),
    "Minimum": lambda values: float(np.min(values)),
    "Maximum": lambda values: float(np.max(values)),
}
_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


class Period(NamedTuple):
    """The points of one period: its start in epoch seconds, and their values (n,) float64, n > 0."""

    start: float
    values: NDArray[np.float64]


def job_components(call: Call, job: str) -> list[Entity]:
    """Give the components that may hold a job's metrics: its own, then the run that its ExperimentConfig names."""
    names = [f"{job}{COMPONENT_SUFFIX}"]
    found = call.store.find(Kind.TRAINING_JOB, call.scope.key(job))
    if found is not None and found.doc is not None:
        names.append(found.doc.get("ExperimentConfig", {}).get("RunName") or "")
    entities = (call.store.find(Kind.TRIAL_COMPONENT, call.scope.key(name)) for name in names if name)
    return [entity for entity in entities if entity is not None]


def job_of(dimensions: Sequence[Document]) -> str | None:
    """Give the training job that a metric's dimensions name; None when they name none, or more than a job."""
    if len(dimensions) == 1 and dimensions[0]["Name"] == DIMENSION:
        return str(dimensions[0].get("Value", ""))
    return None


def metric_periods(call: Call, metric: Document, start: float, end: float, seconds: int) -> list[Period]:
    """Give the periods with data of a metric (`Namespace`, `MetricName`, `Dimensions`), oldest first.

    A period begins at a multiple of its length; points at `end` and NaN are left out.
    """
    if seconds < 1:
        raise CodedError("InvalidParameterValue", f"The parameter Period must be at least 1 second, not {seconds}.")
    job = job_of(metric.get("Dimensions", []))
    if metric.get("Namespace") != NAMESPACE or job is None:
        return []
    for component in job_components(call, job):
        series = call.store.series(component.id, metric["MetricName"])
        keep = (series.time >= start) & (series.time < end) & ~np.isnan(series.value)
        if keep.any():
            return _grouped(series.time[keep], series.value[keep], seconds)
    return []


def statistic(values: NDArray[np.float64], name: str) -> float:
    """Give a statistic of values (n,), n > 0: one of CloudWatch's five, or a percentile such as p99.9.

    Raises
    ------
    CodedError
        InvalidParameterValue for any other name.
    """
    if name in STATISTICS:
        return STATISTICS[name](values)
    percentile = _PERCENTILE.fullmatch(name)
    if percentile is None:
        known = ", ".join(STATISTICS)
        raise CodedError("InvalidParameterValue", f"'{name[:40]}' is not a statistic: use {known}, or p0 to p100.")
    return float(np.percentile(values, float(percentile[1])))


def list_metrics(call: Call, metric: str | None, job: str) -> list[Document]:
    """Give the metrics that a job has, as CloudWatch names them."""
    names = {
        name
        for component in job_components(call, job)
        for name in call.store.summary(component.id)
        if metric is None or name == metric
    }
    return [name_metric(name, job) for name in sorted(names)]


def name_metric(name: str, job: str) -> Document:
    """Give a metric's name as CloudWatch has it."""
    return {"Namespace": NAMESPACE, "MetricName": name, "Dimensions": [{"Name": DIMENSION, "Value": job}]}


def training_jobs(call: Call, since: int, limit: int) -> tuple[list[str], int | None]:
    """Give names of this account and region's training jobs changed after a revision, and where to go on."""
    changes = call.store.changes(since, [Kind.TRAINING_JOB], limit)
    names = [
        str(entity.doc["TrainingJobName"])
        for entity in changes
        if entity.doc is not None and entity.doc.get("_scope") == call.scope.text
    ]
    return names, changes[-1].rev if len(changes) >= limit else None


def _grouped(times: NDArray[np.float64], values: NDArray[np.float64], seconds: int) -> list[Period]:
    order = np.argsort(times, kind="stable")
    starts = np.floor(times[order] / seconds) * seconds
    edges = np.flatnonzero(np.diff(starts)) + 1
    pieces = np.split(values[order], edges)
    firsts = starts[np.concatenate(([0], edges))]
    return [Period(float(first), piece) for first, piece in zip(firsts, pieces, strict=True)]
