"""Every job's trial component, the run it is tracked in, and the lineage it leaves.

A job has a component of its own, `<job>-aws-training-job`, whose `Source` is the job. Where it goes follows from the
job's ExperimentConfig:

========================  =====================================================================================
RunName                   parameters and artifacts go to that run's component, whose `Sources` lists the job; the
                          job's own component stays unassigned, so that the user sees one run
TrialName                 the job's component joins the trial
ExperimentName alone      a trial is made in the experiment, and the job's component joins it
nothing                   the job's component stays unassigned
========================  =====================================================================================

`attach` is called once, when the job is made; `follow` whenever its document changes. Both read the job's `Facts` and
nothing else, and both happen within the transaction that writes the job.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import auto_lineage, records, trial_components, trials
from trialbook.services.job_facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trialbook.services.context import Call
    from trialbook.services.job_facts import Asset, Facts
    from trialbook.store.interface import Entity, Transaction

COMPONENT = "_component"
"""The member of a job's document that holds the id of its component."""
RUN = "_run"
"""The member of a job's document that holds the id of the run's component it is tracked in, when there is one."""
_OWN_STATUS = "_job_status"


def attach(tx: Transaction, call: Call, kind: Kind, doc: Document) -> Document:
    """Make the component of a new job and put it where the job's ExperimentConfig says.

    Returns
    -------
    The job's document with the ids of its component and of its run.
    """
    config, facts = doc.get("ExperimentConfig", {}), facts_of(kind, doc)
    run = _find_run(tx, call, config)
    component = _insert_component(tx, call, kind, doc, facts)
    linked = {**doc, COMPONENT: component.id}
    if run is not None:
        _join_run(tx, call, run, config)
        _merge_into_run(tx, call, run.id, doc[NOUNS[kind].arn], facts)
        linked[RUN] = run.id
    else:
        trial = _trial_for(tx, call, doc[NOUNS[kind].name], config)
        if trial is not None:
            trials.add_member(tx, call, component, trial)
    _trace(tx, call, component, facts)
    return linked


def follow(tx: Transaction, call: Call, kind: Kind, doc: Document) -> None:
    """Bring a changed job's component, its run and its lineage up to date. A component that was deleted stays so."""
    facts = facts_of(kind, doc)
    for component in tx.get_many([doc[COMPONENT]]):
        shown = trial_components.merged(call, records.document(component), _members(facts))
        saved = records.save(tx, call, component, shown)
        _trace(tx, call, saved, facts)
    if RUN in doc:
        _merge_into_run(tx, call, doc[RUN], doc[NOUNS[kind].arn], facts)


def _insert_component(tx: Transaction, call: Call, kind: Kind, doc: Document, facts: Facts) -> Entity:
    """Add the job's component; its name is numbered when the plain one is that of an earlier job's that outlived it."""
    noun = NOUNS[kind]
    plain = name = f"{doc[noun.name]}-aws-{noun.path}"
    number = 1
    while records.lookup(tx, call, Kind.TRIAL_COMPONENT, name) is not None:
        number += 1
        name = f"{plain}-{number}"
    shown = doc.get("ExperimentConfig", {}).get("TrialComponentDisplayName")
    members = {
        **_members(facts),
        **({"DisplayName": shown} if shown else {}),
        "Source": {"SourceArn": doc[noun.arn], "SourceType": facts.source_type},
    }
    component = trial_components.new_component(call, name, members)
    return records.insert(tx, call, Kind.TRIAL_COMPONENT, component)


def _members(facts: Facts) -> Document:
    members: Document = {
        "Status": {"PrimaryStatus": facts.status, "Message": facts.message},
        "Parameters": dict(facts.parameters),
        "InputArtifacts": _artifacts(facts.inputs),
        "OutputArtifacts": _artifacts(facts.outputs),
    }
    if facts.started is not None:
        members["StartTime"] = facts.started
    if facts.ended is not None:
        members["EndTime"] = facts.ended
    return members


def _artifacts(assets: Iterable[Asset]) -> Document:
    return {one.name: {"Value": one.uri, **({"MediaType": one.media_type} if one.media_type else {})} for one in assets}


def _find_run(tx: Transaction, call: Call, config: Document) -> Entity | None:
    name = config.get("RunName")
    if not name:
        return None
    found = records.lookup(tx, call, Kind.TRIAL_COMPONENT, name)
    if found is not None:
        return found
    # RunName is the component's name, which the SDK builds of the experiment's and the run's.
    meant = f"{config.get('ExperimentName', '')}-{name}"
    near = records.lookup(tx, call, Kind.TRIAL_COMPONENT, meant)
    hint = f" Did you mean '{records.document(near)['TrialComponentName']}'?" if near is not None else ""
    raise NotFoundError(
        f"ExperimentConfig.RunName '{name}' names no trial component: it must be a run's TrialComponentName.{hint}"
    )


def _join_run(tx: Transaction, call: Call, run: Entity, config: Document) -> None:
    """Put the run into the trial that is named, or into one of the experiment when it is in none of them yet."""
    experiment = config.get("ExperimentName", "").casefold()
    parents = records.document(run)["Parents"]
    if "TrialName" not in config and any(one["ExperimentName"].casefold() == experiment for one in parents):
        return
    trial = _trial_for(tx, call, records.document(run)["TrialComponentName"], config)
    if trial is not None:
        trials.add_member(tx, call, run, trial)


def _trial_for(tx: Transaction, call: Call, name: str, config: Document) -> Entity | None:
    """Find the trial that the config names, or make one for `name`; None when it names no trial and no experiment."""
    experiment = None
    if config.get("ExperimentName"):
        experiment = records.require(tx, call, Kind.EXPERIMENT, config["ExperimentName"])
    if config.get("TrialName"):
        trial = records.require(tx, call, Kind.TRIAL, config["TrialName"])
        _check_within(trial, experiment)
        return trial
    if experiment is None:
        return None
    parent = records.document(experiment)["ExperimentName"]
    fresh = f"Trial-{name[:100]}-{call.workspace.new_id()[:8]}"
    return trials.add_trial(tx, call, fresh, {"ExperimentName": parent})


def _check_within(trial: Entity, experiment: Entity | None) -> None:
    if experiment is None:
        return
    held, asked = records.document(trial)["ExperimentName"], records.document(experiment)["ExperimentName"]
    if held != asked:
        raise ValidationError(
            f"Trial '{records.document(trial)['TrialName']}' belongs to experiment '{held}', not to '{asked}': "
            "ExperimentConfig must name a trial of its experiment."
        )


def _merge_into_run(tx: Transaction, call: Call, run_id: int, arn: str, facts: Facts) -> None:
    """Put what the job shows into the run. Times and status are the run's own: those a client set are kept."""
    for run in tx.get_many([run_id]):
        doc, shown = records.document(run), _members(facts)
        kept = {member: shown[member] for member in trial_components.MAPS}
        merged = trial_components.merged(call, doc, kept)
        if "Status" not in doc or doc["Status"] == doc.get(_OWN_STATUS):
            timed: Document = {
                member: shown[member] for member in ("Status", "StartTime", "EndTime") if member in shown
            }
            merged = {**merged, **timed, _OWN_STATUS: shown["Status"]}
        source = {"SourceArn": arn, "SourceType": facts.source_type}
        sources = doc.get("Sources", [])
        if source not in sources:
            sources = [*sources, source]
        records.save(tx, call, run, {**merged, "Sources": sources})


def _trace(tx: Transaction, call: Call, component: Entity, facts: Facts) -> None:
    """Leave the job's lineage: what it read contributed to its component, which produced what it wrote."""
    for asset in facts.inputs:
        if asset.lineage:
            artifact = auto_lineage.ensure_artifact(tx, call, asset.uri, asset.lineage)
            auto_lineage.associate(tx, call, artifact, "ContributedTo", component)
    for asset in facts.outputs:
        if asset.lineage:
            artifact = auto_lineage.ensure_artifact(tx, call, asset.uri, asset.lineage)
            auto_lineage.associate(tx, call, component, "Produced", artifact)
