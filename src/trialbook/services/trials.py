"""Trials: a group of trial components in an experiment ("run group" in the SDK's words)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import records
from trialbook.services.experiments import PART_OF
from trialbook.services.quotas import check_quota

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

MEMBER_OF = "memberOf"
"""The edge from a trial component to a trial it belongs to."""


def create_trial(call: Call, name: str, members: Document) -> Document:
    """Add a trial to the experiment that `ExperimentName` names."""

    def add(tx: Transaction) -> Document:
        return records.document(add_trial(tx, call, name, members))

    return call.store.write(add)


def add_trial(tx: Transaction, call: Call, name: str, members: Document) -> Entity:
    """Add a trial within a transaction."""
    experiment = records.require(tx, call, Kind.EXPERIMENT, members["ExperimentName"])
    parent = records.document(experiment)["ExperimentName"]
    doc = records.new_document(call, Kind.TRIAL, name, {"DisplayName": name, **members, "ExperimentName": parent})
    entity = records.insert(tx, call, Kind.TRIAL, doc)
    tx.link(entity.id, PART_OF, experiment.id, {})
    return entity


def update_trial(call: Call, name: str, members: Document) -> Document:
    """Change the display name."""

    def change(tx: Transaction) -> Entity:
        entity = records.require(tx, call, Kind.TRIAL, name)
        return records.save(tx, call, entity, {**records.document(entity), **members})

    return records.document(call.store.write(change))


def delete_trial(call: Call, name: str) -> Document:
    """Remove a trial that no trial component belongs to."""

    def remove(tx: Transaction) -> Document:
        entity = records.require(tx, call, Kind.TRIAL, name)
        members = len(tx.edges(target=entity.id, label=MEMBER_OF))
        if members:
            raise ValidationError(
                f"Trial '{name}' holds {members} trial component{'s' if members > 1 else ''} and cannot be deleted: "
                "disassociate them first (DisassociateTrialComponent)."
            )
        tx.delete(entity.id)
        return records.document(entity)

    return call.store.write(remove)


def associate_trial_component(call: Call, component: str, trial: str) -> Document:
    """Put a trial component into a trial. Doing it again changes nothing."""

    def join(tx: Transaction) -> Document:
        member = records.require(tx, call, Kind.TRIAL_COMPONENT, component)
        group = records.require(tx, call, Kind.TRIAL, trial)
        return add_member(tx, call, member, group)

    return call.store.write(join)


def add_member(tx: Transaction, call: Call, member: Entity, group: Entity) -> Document:
    """Put a trial component into a trial within a transaction: the edge, and the Parents of its document."""
    doc, parent = records.document(member), records.document(group)
    if tx.link(member.id, MEMBER_OF, group.id, {}):
        check_quota(call, "trial components of a trial", len(tx.edges(target=group.id, label=MEMBER_OF)))
        parents = [*doc["Parents"], {"TrialName": parent["TrialName"], "ExperimentName": parent["ExperimentName"]}]
        records.save(tx, call, member, {**doc, "Parents": parents})
    return {"TrialComponentArn": doc["TrialComponentArn"], "TrialArn": parent["TrialArn"]}


def disassociate_trial_component(call: Call, component: str, trial: str) -> Document:
    """Take a trial component out of a trial."""

    def leave(tx: Transaction) -> Document:
        member = records.require(tx, call, Kind.TRIAL_COMPONENT, component)
        group = records.require(tx, call, Kind.TRIAL, trial)
        doc, parent = records.document(member), records.document(group)
        if tx.unlink(member.id, group.id, MEMBER_OF):
            parents = [one for one in doc["Parents"] if one["TrialName"] != parent["TrialName"]]
            records.save(tx, call, member, {**doc, "Parents": parents})
        return {"TrialComponentArn": doc["TrialComponentArn"], "TrialArn": parent["TrialArn"]}

    return call.store.write(leave)
