"""Runs, as the SDK speaks of them: an experiment, a trial ("run group") in it and a trial component, made together.

`start` loads what is there and makes what is not, in the caller's transaction, and may be repeated. `change` applies
what a run says of itself afterwards, one JSON object each:

===============  =====================================================================================================
``begin``        seconds: the run is in progress, and this writer is the one whose end is the run's end
``end``          ``status``, ``message``, ``time``; with ``interrupted`` holds only if the writer's begin was the last
``update``       members of UpdateTrialComponent
``tags``         list of ``Key``, ``Value``
``note``         ``notes``, ``hypothesis`` (text), ``axes`` (whose x axis is which metric), ``models`` (cards by name)
``environment``  what the writer captured of its process: git, command, packages, host ... (`sdk.capture`)
``log``          ``stream``, ``lines``: pairs of epoch seconds and text
``lineage``      a graph's artifact: ``name``, ``type``, ``uri``, ``etag``, ``output``
===============  =====================================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import associations, content_uses, experiments, forks, records, trial_components, trials
from trialbook.services.artifacts import new_artifact
from trialbook.services.trials import MEMBER_OF
from trialbook.store.interface import LogLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Transaction

CHILD_OF = "childOf"
"""The edge from a nested run to its parent."""
RUN_TAG: Document = {"Key": "sagemaker:trial-component-source", "Value": "run"}
"""What tells a run from other trial components, in SageMaker's SDK as in ours."""
PARENT_TAG = "trialbook:parent"
DEFAULT_GROUP = "Default-Run-Group-{}"
"""The trial that SageMaker's SDK puts a run of an experiment into."""
LONGEST_NAME = 120
STATES = ("InProgress", "Completed", "Failed", "Stopping", "Stopped")
_NOTES = {"notes": str, "hypothesis": str, "axes": dict, "models": dict}
_MERGED = ("axes", "models")


def start(tx: Transaction, call: Call, request: Document) -> Entity:
    """Load or make a run; gives its trial component.

    The request has `experiment`, `trial` and `component` (names), and may have `experiment_display`, `trial_display`,
    `component_display`, `tags` (for what is made), `parent` (a component's name), `fork` (`forks.copy_history`),
    `writer` and `provenance` (which process writes). A component that has a trial of the experiment already is not put
    into the experiment's default one as well: whoever named no group did not ask for another.
    """
    experiment = _experiment(tx, call, request)
    component = _component(tx, call, request)
    if _is_default_trial(request) and _has_a_trial(tx, component, experiment):
        return _note_writer(tx, call, component, request)
    trial = _trial(tx, call, request, records.document(experiment)["ExperimentName"])
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


def _is_default_trial(request: Document) -> bool:
    return bool(request["trial"] == DEFAULT_GROUP.format(request["experiment"])[:LONGEST_NAME])


def _has_a_trial(tx: Transaction, component: Entity, experiment: Entity) -> bool:
    return any(
        edge.target == experiment.id
        for member in tx.edges(source=component.id, label=MEMBER_OF)
        for edge in tx.edges(source=member.target, label=experiments.PART_OF)
    )


def _component(tx: Transaction, call: Call, request: Document) -> Entity:
    name = request["component"]
    found = records.lookup(tx, call, Kind.TRIAL_COMPONENT, name)
    if found is not None:
        return found
    parent, fork = request.get("parent"), request.get("fork")
    tags = [*request.get("tags", []), RUN_TAG]
    if parent is not None:
        tags.append({"Key": PARENT_TAG, "Value": parent})
    if fork is not None:
        tags.append({"Key": forks.FORK_TAG, "Value": fork["run"]})
    members = {"DisplayName": request.get("component_display") or name, "Tags": tags}
    doc = trial_components.new_component(call, name, members)
    component = records.insert(tx, call, Kind.TRIAL_COMPONENT, doc)
    # A parent that is not there (yet) is named by the tag alone: a child's points are worth more than its edge.
    above = None if parent is None else records.lookup(tx, call, Kind.TRIAL_COMPONENT, parent)
    if above is not None:
        tx.link(component.id, CHILD_OF, above.id, {})
    return component if fork is None else forks.copy_history(tx, call, component, fork)


def _note_writer(tx: Transaction, call: Call, component: Entity, request: Document) -> Entity:
    """Keep which process wrote to the run: with several ranks, each one's host and number."""
    provenance, doc = request.get("provenance"), records.document(component)
    writers = doc.get("_writers", {})
    if provenance is None or request["writer"] in writers:
        return component
    return records.save(tx, call, component, {**doc, "_writers": {**writers, request["writer"]: provenance}})


def change(tx: Transaction, call: Call, component: Entity, writer: str, seq: int, changes: list[Document]) -> None:
    """Apply the changes of batch `seq` in order, with one write to the component and one to each log."""
    before = records.document(component)
    doc = before
    logs: dict[str, list[LogLine]] = {}
    for one in changes:
        if len(one) != 1 or next(iter(one)) not in {*_CHANGES, _LOG}:
            raise ValidationError(
                f"A change has one of the members {', '.join([*_CHANGES, _LOG])}, not {', '.join(one)}."
            )
        ((kind, told),) = one.items()
        if kind == _LOG:
            logs.setdefault(told["stream"], []).extend(LogLine(float(time), text) for time, text in told["lines"])
        else:
            doc = _CHANGES[kind](tx, call, doc, writer, told)
    if doc is not before:
        saved = records.save(tx, call, component, doc)
        content_uses.note_artifacts(tx, call, saved, before)
    for stream, lines in logs.items():
        tx.append_log(component.id, stream, writer, seq, lines)


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
    for key in _MERGED:
        if key in told:
            noted[f"_{key}"] = {**doc.get(f"_{key}", {}), **told[key]}
    return {**doc, **noted}


def _environment(_tx: Transaction, _call: Call, doc: Document, writer: str, told: Document) -> Document:
    """Keep it with the writer: of several ranks, each has its own."""
    writers = doc.get("_writers", {})
    before = writers.get(writer, {})
    merged = {**before.get("environment", {}), **told}
    return {**doc, "_writers": {**writers, writer: {**before, "environment": merged}}}


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


_LOG = "log"
_CHANGES: dict[str, Callable[..., Document]] = {
    "begin": _begin,
    "end": _end,
    "update": _update,
    "tags": _tag,
    "note": _note,
    "environment": _environment,
    "lineage": _lineage,
}
