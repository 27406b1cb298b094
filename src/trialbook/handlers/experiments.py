"""CreateExperiment, DescribeExperiment, UpdateExperiment, DeleteExperiment, ListExperiments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.services import experiments, records
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

EXPERIMENTS = Listing(
    Kind.EXPERIMENT, "ExperimentSummaries", summarise=lambda doc: {**doc, "ExperimentSource": doc.get("Source")}
)


def create_experiment(call: Call, request: Document) -> Document:
    """Add an experiment."""
    return pick(experiments.create_experiment(call, *rest(request, "ExperimentName")), "ExperimentArn")


def describe_experiment(call: Call, request: Document) -> Document:
    """Give an experiment."""
    return records.document(records.require(call.store, call, Kind.EXPERIMENT, request["ExperimentName"]))


def update_experiment(call: Call, request: Document) -> Document:
    """Change an experiment."""
    return pick(experiments.update_experiment(call, *rest(request, "ExperimentName")), "ExperimentArn")


def delete_experiment(call: Call, request: Document) -> Document:
    """Remove an empty experiment."""
    return pick(experiments.delete_experiment(call, request["ExperimentName"]), "ExperimentArn")


def list_experiments(call: Call, request: Document) -> Document:
    """List experiments."""
    return list_page(call, EXPERIMENTS, request)
