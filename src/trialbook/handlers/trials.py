"""CreateTrial, DescribeTrial, UpdateTrial, DeleteTrial, ListTrials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.search.tree import Condition, Group, Node, Operator
from trialbook.services import records, trials
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

TRIALS = Listing(Kind.TRIAL, "TrialSummaries", summarise=lambda doc: {**doc, "TrialSource": doc.get("Source")})


def create_trial(call: Call, request: Document) -> Document:
    """Add a trial."""
    return pick(trials.create_trial(call, *rest(request, "TrialName")), "TrialArn")


def describe_trial(call: Call, request: Document) -> Document:
    """Give a trial."""
    return records.document(records.require(call.store, call, Kind.TRIAL, request["TrialName"]))


def update_trial(call: Call, request: Document) -> Document:
    """Change a trial."""
    return pick(trials.update_trial(call, *rest(request, "TrialName")), "TrialArn")


def delete_trial(call: Call, request: Document) -> Document:
    """Remove an empty trial."""
    return pick(trials.delete_trial(call, request["TrialName"]), "TrialArn")


def list_trials(call: Call, request: Document) -> Document:
    """List trials, of one experiment, or those a trial component belongs to."""
    where: list[Node] = []
    if "ExperimentName" in request:
        experiment = records.require(call.store, call, Kind.EXPERIMENT, request["ExperimentName"])
        name = records.document(experiment)["ExperimentName"]
        where.append(Condition("ExperimentName", Operator.EQUALS_FOLDED, name))
    if "TrialComponentName" in request:
        component = records.require(call.store, call, Kind.TRIAL_COMPONENT, request["TrialComponentName"])
        names = [parent["TrialName"] for parent in records.document(component)["Parents"]]
        of_component = tuple(Condition("TrialName", Operator.EQUALS_FOLDED, name) for name in names)
        where.append(Group(every=False, nodes=of_component))
    return list_page(call, TRIALS, request, where)
