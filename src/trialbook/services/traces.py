"""Traces: from an endpoint to its model, the job that made it and the data that read, and from data down to endpoints.

One step goes along what one thing says of the next, whoever says it (associations of lineage, models and what they
serve, endpoints and what they deploy)::

    endpoint --deploys--> model --servesModelData--> artifact <--Produced-- component (of a job)
                                                                 component <--ContributedTo-- artifact

An artifact is a place. When nothing produced a place, the step goes over its content: whoever wrote these bytes, or a
folder with these bytes in it, under another name. A walk visits each thing once, so cycles are safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import content_uses, records
from trialbook.services.artifacts import source_hash
from trialbook.services.content_uses import IDENTITY_OF, PROPERTY, READ, WROTE
from trialbook.services.job_components import COMPONENT, RUN
from trialbook.services.model_links import SERVES
from trialbook.services.search_records import DEPLOYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity

UP, DOWN = "up", "down"
MOST = 2_000
"""Things that one trace visits."""
DEEPEST = 100
"""Steps from the start of a trace to its end, at most."""
_JOBS = (Kind.TRAINING_JOB, Kind.PROCESSING_JOB, Kind.TRANSFORM_JOB)
_NAMED = (Kind.ENDPOINT, Kind.MODEL, *_JOBS, Kind.TRIAL_COMPONENT, Kind.MODEL_PACKAGE)
_DATA = frozenset({"DataSet", "Model", "ModelData", "Checkpoint", "TensorBoard", "ModelPackage"})


class Step(NamedTuple):
    """One step of a trace: how it leads on, and to what."""

    how: str
    entity: Entity


def reached(call: Call, start: Entity, direction: str = DOWN) -> list[Entity]:
    """Give all that a walk reaches, nearest first, without the start."""
    found, waiting = {start.id: start}, [start]
    while waiting and len(found) < MOST:
        for step in steps(call, waiting.pop(0), direction):
            if step.entity.id not in found:
                found[step.entity.id] = step.entity
                waiting.append(step.entity)
    del found[start.id]
    return list(found.values())


def steps(call: Call, entity: Entity, direction: str) -> list[Step]:
    """Give what one thing came from (`UP`) or what came of it (`DOWN`), one step away."""
    walk = _up if direction == UP else _down
    found: dict[int, Step] = {}
    for step in walk(call, entity):
        if step.entity.id != entity.id:
            found.setdefault(step.entity.id, step)
    return list(found.values())


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

    What was reached before on another branch is there again with `again` and without children.
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


def _up(call: Call, one: Entity) -> Iterator[Step]:
    store, kind = call.store, one.kind
    if kind == Kind.ENDPOINT:
        yield from _along(call, one, DEPLOYS, "deploys")
    elif kind == Kind.MODEL:
        yield from _along(call, one, SERVES, "serves")
    elif kind == Kind.ARTIFACT:
        makers = [edge.source for edge in store.edges(target=one.id, label="Produced")]
        made = [job_or_run(call, maker) for maker in store.get_many(makers)]
        yield from (Step("made by", maker) for maker in made)
        if not made:
            yield from (Step("same content, written by", user) for user in _by_content(call, one, WROTE))
    else:
        for component in _components(call, one):
            sources = [edge.source for edge in store.edges(target=component.id, label="ContributedTo")]
            yield from (Step("read", artifact) for artifact in store.get_many(sources) if _is_data(artifact))


def _down(call: Call, one: Entity) -> Iterator[Step]:
    store, kind = call.store, one.kind
    if kind == Kind.MODEL:
        yield from _against(call, one, DEPLOYS, "deployed as")
    elif kind == Kind.ARTIFACT:
        yield from _against(call, one, SERVES, "served by")
        targets = [edge.target for edge in store.edges(source=one.id, label="ContributedTo")]
        read = [job_or_run(call, user) for user in store.get_many(targets) if user.kind == Kind.TRIAL_COMPONENT]
        yield from (Step("read by", user) for user in read)
        yield from (Step("same content, read by", user) for user in _by_content(call, one, READ))
    elif kind != Kind.ENDPOINT:
        for component in _components(call, one):
            targets = [edge.target for edge in store.edges(source=component.id, label="Produced")]
            yield from (Step("made", artifact) for artifact in store.get_many(targets) if _is_data(artifact))


def _along(call: Call, one: Entity, label: str, how: str) -> Iterator[Step]:
    targets = [edge.target for edge in call.store.edges(source=one.id, label=label)]
    yield from (Step(how, other) for other in call.store.get_many(targets))


def _against(call: Call, one: Entity, label: str, how: str) -> Iterator[Step]:
    sources = [edge.source for edge in call.store.edges(target=one.id, label=label)]
    yield from (Step(how, other) for other in call.store.get_many(sources))


def _is_data(artifact: Entity) -> bool:
    kind = records.document(artifact).get("ArtifactType")
    return artifact.kind == Kind.ARTIFACT and kind != "Image"


def _components(call: Call, one: Entity) -> list[Entity]:
    """Give the component of a job, or the run itself."""
    if one.kind == Kind.TRIAL_COMPONENT:
        return [one]
    doc = records.document(one)
    return call.store.get_many([doc[COMPONENT]]) if COMPONENT in doc else []


def job_or_run(call: Call, component: Entity) -> Entity:
    """Give the job whose component this is, else the run."""
    source = records.document(component).get("Source", {}).get("SourceArn")
    return (records.find_arn(call.store, source) if source else None) or component


def _by_content(call: Call, artifact: Entity, direction: str) -> list[Entity]:
    """Give who read or wrote the bytes that lie, or lay, at an artifact's place, alone or in a folder."""
    store = call.store
    had = [edge.source for edge in store.edges(target=artifact.id, label=IDENTITY_OF)]
    around = [*had, *content_uses.folders_of(store, had), *_inside(call, had)]
    edges = content_uses.uses_of(store, list(dict.fromkeys(around)))
    return store.get_many([edge.target for edge in edges if edge.label.startswith(f"{direction}:")])


def _inside(call: Call, folders: list[int]) -> list[int]:
    """Give the file contents of folder contents."""
    edges = call.store.edges_of(folders, incoming=True) if folders else []
    return [edge.source for edge in edges if edge.label == content_uses.IN_FOLDER]
