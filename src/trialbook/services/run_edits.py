"""What people do to a run from outside it: note, move, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import experiments, records, trials
from trialbook.services.recycling import RETENTION
from trialbook.services.runs import CHILD_OF, DEFAULT_GROUP, PARENT_TAG
from trialbook.services.trials import MEMBER_OF

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Reader, Transaction


def note_run(call: Call, name: str, told: Document) -> Document:
    """Set `notes`, `hypothesis` or both of a run."""

    def write(tx: Transaction) -> None:
        entity = records.require(tx, call, Kind.TRIAL_COMPONENT, name)
        noted = {f"_{key}": value for key, value in told.items()}
        records.save(tx, call, entity, {**records.document(entity), **noted})

    call.store.write(write)
    return told


def family(reader: Reader, run: Entity) -> Document:
    """Give the names of a run's `parent` (None for none) and `children`, in the order in which they were made.

    A parent that came after its child is known by the child's tag alone.
    """
    below = [edge.source for edge in reader.edges(target=run.id, label=CHILD_OF)]
    tags = records.document(run).get("Tags", [])
    return {
        "parent": next((tag["Value"] for tag in tags if tag["Key"] == PARENT_TAG), None),
        "children": [records.document(one)["TrialComponentName"] for one in reader.get_many(below)],
    }


def weigh(call: Call, name: str) -> Document:
    """Say what deleting a run would take along, and what would stay.

    Returns
    -------
    Counts of `metrics`, `points`, `parameters`, `artifacts` (their objects stay), `lines` (of logs) and `associations`
    (of lineage); `children`, runs that stay without their parent; `experiments` it is taken out of; `retention`, the
    seconds in which it can be restored.
    """
    entity = records.require(call.store, call, Kind.TRIAL_COMPONENT, name)
    doc, summaries = records.document(entity), call.store.summary(entity.id)
    edges = [*call.store.edges(source=entity.id), *call.store.edges(target=entity.id)]
    return {
        "name": doc["TrialComponentName"],
        "arn": doc["TrialComponentArn"],
        "metrics": len(summaries),
        "points": sum(one.count for one in summaries.values()),
        "parameters": len(doc["Parameters"]),
        "artifacts": len(doc["InputArtifacts"]) + len(doc["OutputArtifacts"]),
        "lines": sum(stream.count for stream in call.store.log_streams(entity.id)),
        "associations": sum(edge.label not in {MEMBER_OF, CHILD_OF} for edge in edges),
        "children": family(call.store, entity)["children"],
        "experiments": sorted({parent["ExperimentName"] for parent in doc["Parents"]}),
        "retention": RETENTION,
    }


def delete_run(call: Call, name: str) -> Document:
    """Move a run to the bin with its points, logs and edges, wherever it belongs; `recycling.restore` undoes it.

    DeleteTrialComponent, as SageMaker's, takes only what belongs to no trial.
    """

    def remove(tx: Transaction) -> Document:
        entity = records.require(tx, call, Kind.TRIAL_COMPONENT, name)
        doc = records.document(entity)
        if doc.get("Status", {}).get("PrimaryStatus") == "InProgress":
            raise ValidationError(f"Run '{name}' is in progress: stop it first.")
        tx.delete(entity.id)
        return {"name": doc["TrialComponentName"], "arn": doc["TrialComponentArn"]}

    return call.store.write(remove)


def move_run(call: Call, name: str, experiment: str, trial: str | None = None) -> Document:
    """Take a run out of its experiments and put it into another, which must be there; its trial is made if need be.

    Returns
    -------
    `name`, `experiment`, `trial`.
    """

    def move(tx: Transaction) -> Document:
        entity = records.require(tx, call, Kind.TRIAL_COMPONENT, name)
        target = records.document(records.require(tx, call, Kind.EXPERIMENT, experiment))["ExperimentName"]
        group = _trial(tx, call, trial or DEFAULT_GROUP.format(target), target)
        for edge in tx.edges(source=entity.id, label=MEMBER_OF):
            tx.unlink(entity.id, edge.target, MEMBER_OF)
        entity = records.save(tx, call, entity, {**records.document(entity), "Parents": []})
        (found,) = tx.get_many([group])
        trials.add_member(tx, call, entity, found)
        told = records.document(found)
        return {
            "name": records.document(entity)["TrialComponentName"],
            "experiment": target,
            "trial": told["TrialName"],
        }

    return call.store.write(move)


def _trial(tx: Transaction, call: Call, name: str, experiment: str) -> int:
    found = records.lookup(tx, call, Kind.TRIAL, name)
    if found is None:
        return trials.add_trial(tx, call, name, {"DisplayName": name, "ExperimentName": experiment}).id
    owner = next((edge.target for edge in tx.edges(source=found.id, label=experiments.PART_OF)), None)
    wanted = records.require(tx, call, Kind.EXPERIMENT, experiment).id
    if owner != wanted:
        raise ValidationError(f"Trial '{name}' is not part of experiment '{experiment}': name another one.")
    return found.id
