"""Traces: from an endpoint to its model, the job that made it and the data that read, and from data down to endpoints.

A walk goes step by step (`trace_steps`) and shows each thing with its children once, so cycles are safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import content_uses, records
from trialbook.services.artifacts import source_hash
from trialbook.services.content_uses import PROPERTY, READ
from trialbook.services.job_components import RUN
from trialbook.services.trace_steps import DOWN, MOST, UP, Step, steps

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity

DEEPEST = 100
"""Steps from the start of a trace to its end, at most."""
_JOBS = (Kind.TRAINING_JOB, Kind.PROCESSING_JOB, Kind.TRANSFORM_JOB)
_NAMED = (Kind.ENDPOINT, Kind.MODEL, *_JOBS, Kind.TRIAL_COMPONENT, Kind.MODEL_PACKAGE)


def find_start(call: Call, name: str) -> Entity:
    """Find what a name, an ARN or a URI means: an endpoint, a model, a job, a run, a package, or an artifact's place.

    Raises
    ------
    NotFoundError
        There is none.
    """
    store = call.store
    if name.startswith("arn:"):
        found = records.find_arn(store, name)
        if found is not None and (found.kind in _NAMED or found.kind == Kind.ARTIFACT):
            return found
    elif "://" in name:
        for uri in (name, name.rstrip("/"), f"{name.rstrip('/')}/"):
            found = store.find(Kind.ARTIFACT, call.scope.key(source_hash({"SourceUri": uri})))
            if found is not None:
                return found
    else:
        for kind in _NAMED:
            found = store.find(kind, call.scope.key(name))
            if found is not None:
                return found
    words = ", ".join(NOUNS[kind].word for kind in _NAMED)
    raise NotFoundError(
        f"There is no {words} named '{name[:200]}', and no artifact at such a URI, in account {call.scope.account}, "
        f"region {call.scope.region}."
    )


def trace(call: Call, name: str, direction: str = UP) -> Document:
    """Give a trace as a tree of `type`, `name`, `arn`, `how`, `time`, `content`, `status`, `children`.

    A run's `data` is what it read, by content. What was reached before on another branch is there again with `again`
    and without children.
    """
    if direction not in {UP, DOWN}:
        raise ValidationError(f"'direction' is '{direction}'; it must be '{UP}' or '{DOWN}'.")
    start = find_start(call, name)
    walk = _Walk(call, direction)
    tree = walk.tree(Step("", start), 0)
    return {"direction": direction, "tree": tree, "count": len(walk.seen), "complete": walk.complete}


class _Walk:
    """One trace in the making."""

    def __init__(self, call: Call, direction: str) -> None:
        self.call = call
        self.direction = direction
        self.seen: set[int] = set()
        self.complete = True

    def tree(self, step: Step, depth: int) -> Document:
        node = describe(self.call, step)
        if step.entity.id in self.seen:
            return {**node, "again": True, "children": []}
        self.seen.add(step.entity.id)
        beyond = steps(self.call, step.entity, self.direction)
        if beyond and (depth >= DEEPEST or len(self.seen) >= MOST):
            self.complete = False
            beyond = []
        return {**node, "children": [self.tree(one, depth + 1) for one in beyond]}


def describe(call: Call, step: Step) -> Document:
    """Describe one thing of a trace; `time` is epoch seconds."""
    doc, kind = records.document(step.entity), Kind(step.entity.kind)
    noun = NOUNS[kind]
    node: Document = {"type": noun.word, "name": doc.get(noun.name, ""), "arn": doc[noun.arn], "how": step.how}
    node["time"] = doc["CreationTime"]
    if kind is Kind.TRIAL_COMPONENT:
        node["type"] = "run"
        node["data"] = [
            one for one in content_uses.listed(call, step.entity, 0)["contents"] if one["direction"] == READ
        ]
        node["status"] = doc.get("Status", {}).get("PrimaryStatus")
    elif kind is Kind.ARTIFACT:
        node["type"] = str(doc.get("ArtifactType") or "Artifact")
        node["name"] = doc["Source"]["SourceUri"]
        node["content"] = doc.get("Properties", {}).get(PROPERTY)
    elif kind in _JOBS:
        node["status"] = next((doc[key] for key in doc if key.endswith("JobStatus")), None)
        run = next(iter(call.store.get_many([doc[RUN]])), None) if RUN in doc else None
        if run is not None:
            node["run"] = records.document(run)["TrialComponentName"]
    elif kind is Kind.ENDPOINT:
        node["status"] = doc.get("EndpointStatus")
    return node
