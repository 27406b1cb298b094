"""Training jobs as records: the defaults that AWS answers with, updates, and what Describe adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import job_records, records
from trialbook.services.built_in_metrics import definitions_for

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

_DAY = 86400
_DEFAULTS: Document = {
    "EnableNetworkIsolation": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "StoppingCondition": {"MaxRuntimeInSeconds": _DAY},
    "FinalMetricDataList": [],
}


def create_training_job(call: Call, name: str, members: Document) -> Document:
    """Add a training job and hand it to the launcher."""
    return records.document(call.store.write(lambda tx: add_training_job(tx, call, name, members)))


def add_training_job(tx: Transaction, call: Call, name: str, members: Document) -> Entity:
    """Add a training job within a transaction; a tuning job's has `TuningJobArn` and `TunedHyperParameters` too."""
    # The SDK's Estimator.attach reads KmsKeyId without asking whether it is there.
    output = {"KmsKeyId": "", **members["OutputDataConfig"]}
    doc = {**_DEFAULTS, **members, "OutputDataConfig": output, "SecondaryStatus": "Starting"}
    return job_records.add_job(tx, call, Kind.TRAINING_JOB, name, doc)


def describe_training_job(call: Call, name: str) -> Document:
    """Give a training job, with the metric definitions of its built-in algorithm."""
    return described(job_records.describe_job(call, Kind.TRAINING_JOB, name))


def described(doc: Document) -> Document:
    """Give the document as Describe and Search answer it.

    A built-in algorithm's definitions are the same for every job (58 for xgboost): they are added here, not stored.
    """
    if "AlgorithmSpecification" not in doc:  # a serverless job names a base model instead
        return doc
    algorithm = doc["AlgorithmSpecification"]
    given = algorithm.get("MetricDefinitions", [])
    names = {one["Name"] for one in given}
    added = [one for one in definitions_for(algorithm.get("TrainingImage", "")) if one["Name"] not in names]
    return {**doc, "AlgorithmSpecification": {**algorithm, "MetricDefinitions": [*given, *added]}}


def update_training_job(call: Call, name: str, members: Document) -> Document:
    """Change the profiler's, the remote debugger's and the warm pool's settings; members not given stay."""

    def change(tx: Transaction) -> Entity:
        job = records.require(tx, call, Kind.TRAINING_JOB, name)
        doc = records.document(job)
        for member, value in members.items():
            doc[member] = {**doc.get(member, {}), **value} if isinstance(value, dict) else value
        return records.save(tx, call, job, doc)

    return records.document(call.store.write(change))
