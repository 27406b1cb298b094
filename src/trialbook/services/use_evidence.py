"""The evidence of a use: which job or run, as which input or output, when, and what was made of it downstream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import NOUNS, Document, Kind
from trialbook.services import records
from trialbook.services.job_components import COMPONENT, RUN
from trialbook.services.job_records import STATUS
from trialbook.services.trace_steps import reached

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Edge, Entity


def use_document(call: Call, edge: Edge, user: Entity, after: list[Document]) -> Document:
    """Describe one use.

    Returns
    -------
    `direction` (read or wrote), `name` (the channel, input, output or artifact), `uri`, `time` (epoch seconds), `by`
    (`type`, `name`, `arn`, `status`, and the `run` it is tracked in), and `downstream`: what came `after` it.
    """
    direction, _, name = edge.label.partition(":")
    return {
        "direction": direction,
        "name": name,
        "uri": edge.doc.get("uri", ""),
        "time": edge.doc.get("time"),
        "by": _by(call, user),
        "downstream": after,
    }


def named(entity: Entity) -> Document:
    """Give an entity's `type`, `name` and `arn`."""
    noun, doc = NOUNS[Kind(entity.kind)], records.document(entity)
    word = "run" if entity.kind == Kind.TRIAL_COMPONENT else noun.word
    return {"type": word, "name": doc.get(noun.name, ""), "arn": doc[noun.arn]}


def downstream(call: Call, user: Entity) -> list[Document]:
    """Give the models and endpoints that stand on what a job or a run made."""
    return [named(one) for one in reached(call, user) if one.kind in {Kind.MODEL, Kind.ENDPOINT}]


def _by(call: Call, user: Entity) -> Document:
    doc = records.document(user)
    told = named(user)
    kind = Kind(user.kind)
    if kind in STATUS:
        told["status"] = doc.get(STATUS[kind])
        for run in call.store.get_many([doc[member] for member in (RUN,) if member in doc]):
            told["run"] = records.document(run)["TrialComponentName"]
        if COMPONENT in doc:
            told["component"] = next(
                (records.document(one)["TrialComponentName"] for one in call.store.get_many([doc[COMPONENT]])), None
            )
    elif "Status" in doc:
        told["status"] = doc["Status"].get("PrimaryStatus")
    return told
