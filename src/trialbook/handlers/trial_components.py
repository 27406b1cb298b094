"""Trial components: create, describe, update (merge), delete, list, and in and out of trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.handlers.members import pick, rest
from trialbook.model import Document, Kind
from trialbook.search.tree import Condition, Node, Operator
from trialbook.services import records, trial_components, trials
from trialbook.services.listing import Listing, list_page

if TYPE_CHECKING:
    from trialbook.services.context import Call

TRIAL_COMPONENTS = Listing(
    Kind.TRIAL_COMPONENT,
    "TrialComponentSummaries",
    summarise=lambda doc: {**doc, "TrialComponentSource": doc.get("Source")},
)


def create_trial_component(call: Call, request: Document) -> Document:
    """Add a trial component."""
    return pick(
        trial_components.create_trial_component(call, *rest(request, "TrialComponentName")), "TrialComponentArn"
    )


def describe_trial_component(call: Call, request: Document) -> Document:
    """Give a trial component with its metrics' summaries."""
    return trial_components.describe_trial_component(call, request["TrialComponentName"])


def update_trial_component(call: Call, request: Document) -> Document:
    """Merge an update into a trial component."""
    return pick(
        trial_components.update_trial_component(call, *rest(request, "TrialComponentName")), "TrialComponentArn"
    )


def delete_trial_component(call: Call, request: Document) -> Document:
    """Remove a trial component that belongs to no trial."""
    return pick(trial_components.delete_trial_component(call, request["TrialComponentName"]), "TrialComponentArn")


def associate_trial_component(call: Call, request: Document) -> Document:
    """Put a trial component into a trial."""
    return trials.associate_trial_component(call, request["TrialComponentName"], request["TrialName"])


def disassociate_trial_component(call: Call, request: Document) -> Document:
    """Take a trial component out of a trial."""
    return trials.disassociate_trial_component(call, request["TrialComponentName"], request["TrialName"])


def list_trial_components(call: Call, request: Document) -> Document:
    """List trial components, of an experiment, of a trial, or made by a source."""
    where: list[Node] = []
    for member, kind in (("ExperimentName", Kind.EXPERIMENT), ("TrialName", Kind.TRIAL)):
        if member in request:
            name = records.document(records.require(call.store, call, kind, request[member]))[member]
            where.append(Condition(f"Parents.{member}", Operator.EQUALS_FOLDED, name))
    if "SourceArn" in request:
        where.append(Condition("Source.SourceArn", Operator.EQUALS_FOLDED, request["SourceArn"]))
    return list_page(call, TRIAL_COMPONENTS, request, where)
