"""Runs, as the SDK speaks of them: an experiment, a trial ("run group") in it and a trial component, made together.

`start` loads what is there and makes what is not, in the caller's transaction, and may be repeated. `change` applies
what a run says of itself afterwards, one JSON object each:

==============  ======================================================================================================
``begin``       seconds: the run is in progress, and this writer is the one whose end is the run's end
``end``         ``status``, ``message``, ``time``; with ``interrupted`` it holds only if the writer's begin was the last
``update``      members of UpdateTrialComponent
``tags``        list of ``Key``, ``Value``
``note``        ``notes``, ``hypothesis`` (text), ``axes`` (which metric is the x axis of which)
``lineage``     a graph's artifact: ``name``, ``type``, ``uri``, ``etag``, ``output``
==============  ======================================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import associations, experiments, records, trial_components, trials
from trialbook.services.artifacts import new_artifact
from trialbook.services.trials import MEMBER_OF

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

CHILD_OF = "childOf"
"""The edge from a nested run to its parent."""
RUN_TAG: Document = {"Key": "sagemaker:trial-component-source", "Value": "run"}
"""What tells a run from other trial components, in SageMaker's SDK as in ours."""
PARENT_TAG = "trialbook:parent"
STATES = ("InProgress", "Completed", "Failed", "Stopping", "Stopped")
_NOTES = {"notes": str, "hypothesis": str, "axes": dict}


def start(tx: Transaction, call: Call, request: Document) -> Entity:
    """Load or make a run; gives its trial component.

    The request has `experiment`, `trial` and `component` (names), and may have `experiment_display`, `trial_display`,
    `component_display`, `tags` (for what is made), `parent` (a component's name), `writer` and `provenance` (which
    process writes).
    """
    experiment = _experiment(tx, call, request)
    trial = _trial(tx, call, request, records.document(experiment)["ExperimentName"])
    component = _component(tx, call, request)
    if not any(edge.target == trial.id for edge in tx.edges(source=component.id, label=MEMBER_OF)):
        trials.add_member(tx, call, component, trial)
        component = records.require(tx, call, Kind.TRIAL_COMPONENT, request["component"])
    return _note_writer(tx, call, component, request)


def _experiment(tx: Transaction, call: Call, request: Document) -> Entity:
    name = request["experiment"]
    found = records.lookup(tx, call, Kind.EXPERIMENT, name)
    if found is not None:
        return found
    members = {"DisplayName": request.get("experiment_display") or name, "Tags": request.get("tags", [])}
    return records.insert(tx, call, Kind.EXPERIMENT, records.new_document(call, Kind.EXPERIMENT, name, members))


def _trial(tx: Transaction, call: Call, request: Document, experiment: str) -> Entity:
    name = request["trial"]
    found = records.lookup(tx, call, Kind.TRIAL, name)
    if found is None:
        members = {
            "DisplayName": request.get("trial_display") or name,
            "Tags": request.get("tags", []),
            "ExperimentName": experiment,
        }
        return trials.add_trial(tx, call, name, members)
    if not any(edge.label == experiments.PART_OF for edge in tx.edges(source=found.id)):
        raise ValidationError(f"Trial '{name}' is part of no experiment.")
    return found


def _component(tx: Transaction, call: Call, request: Document) -> Entity:
    name = request["component"]
    found = records.lookup(tx, call, Kind.TRIAL_COMPONENT, name)
    if found is not None:
        return found
    parent = _parent(tx, call, request)
    tags = [*request.get("tags", []), RUN_TAG]
    if parent is not None:
        tags.append({"Key": PARENT_TAG, "Value": records.document(parent)["TrialComponentName"]})
    members = {"DisplayName": request.get("component_display") or name, "Tags": tags}
    doc = trial_components.new_component(call, name, members)
    component = records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)
    if parent is not None:
        tx.link(component.id, CHILD_OF, parent.id, {})
    return component


def _parent(tx: Transaction, call: Call, request: Document) -> Entity | None:
    name = request.get("parent")
    return None if name is None else records.require(tx, call, Kind.TRIAL_COMPONENT, name)


def _note_writer(tx: Transaction, call: Call, component: Entity, request: Document) -> Entity:
    """Keep which process wrote to the run: with several ranks, each one's host and number."""
    provenance, doc = request.get("provenance"), records.document(component)
    writers = doc.get("_writers", {})
    if provenance is None or request["writer"] in writers:
        return component
    return records.save(tx, call, component, {**doc, "_writers": {**writers, request["writer"]: provenance}})


def change(tx: Transaction, call: Call, component: Entity, writer: str, changes: list[Document]) -> None:
    """Apply changes in order, with one write to the component."""
    before = records.document(component)
    doc = before
    for one in changes:
        if len(one) != 1 or next(iter(one)) not in _CHANGES:
            raise ValidationError(f"A change has one of the members {', '.join(_CHANGES)}, not {', '.join(one)}.")
        ((kind, told),) = one.items()
        doc = _CHANGES[kind](tx, call, doc, writer, told)
    if doc is not before:
        records.save(tx, call, component, doc)


def _begin(_tx: Transaction, _call: Call, doc: Document, writer: str, told: float) -> Document:
    begun = {"StartTime": told, **doc, "_owner": writer, "Status": {"PrimaryStatus": "InProgress"}}
    begun.pop("EndTime", None)
    return begun


def _end(_tx: Transaction, _call: Call, doc: Document, writer: str, told: Document) -> Document:
    if told.get("interrupted") and (
        doc.get("_owner") != writer or doc.get("Status", {}).get("PrimaryStatus") != "InProgress"
    ):
        return doc
    if told["status"] not in STATES:
        raise ValidationError(f"A run's status is one of {', '.join(STATES)}, not '{told['status']}'.")
    status: Document = {"PrimaryStatus": told["status"]}
    if told.get("message"):
        status["Message"] = told["message"][: trial_components.STATUS_MESSAGE_LIMIT]
    return {**doc, "Status": status, "EndTime": told["time"]}


def _update(_tx: Transaction, call: Call, doc: Document, _writer: str, told: Document) -> Document:
    return trial_components.merged(call, doc, told)


def _tag(_tx: Transaction, _call: Call, doc: Document, _writer: str, told: list[Document]) -> Document:
    return {**doc, "Tags": records.merge_tags(doc.get("Tags", []), told)}


def _note(_tx: Transaction, _call: Call, doc: Document, _writer: str, told: Document) -> Document:
    for key, value in told.items():
        if key not in _NOTES or not isinstance(value, _NOTES[key]):
            raise ValidationError(f"A note has {', '.join(_NOTES)}; '{key}' is none of them or not of its type.")
    noted = {f"_{key}": value for key, value in told.items()}
    if "axes" in told:
        noted["_axes"] = {**doc.get("_axes", {}), **told["axes"]}
    return {**doc, **noted}


def _lineage(tx: Transaction, call: Call, doc: Document, _writer: str, told: Document) -> Document:
    source: Document = {"SourceUri": told["uri"]}
    if told.get("etag"):
        source["SourceTypes"] = [{"SourceIdType": "S3ETag", "Value": told["etag"]}]
    key, new = new_artifact(call, {"ArtifactName": told["name"], "ArtifactType": told["type"], "Source": source})
    artifact = tx.find(Kind.ARTIFACT, key) or tx.insert(Kind.ARTIFACT, key, new)
    component = records.require(tx, call, Kind.TRIAL_COMPONENT, doc["TrialComponentName"])
    if told.get("output", True):
        associations.link(tx, call, component, "Produced", artifact)
    else:
        associations.link(tx, call, artifact, "ContributedTo", component)
    return doc


_CHANGES: dict[str, Callable[..., Document]] = {
    "begin": _begin,
    "end": _end,
    "update": _update,
    "tags": _tag,
    "note": _note,
    "lineage": _lineage,
}
