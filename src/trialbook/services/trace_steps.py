"""One step of a trace, up from what came of something to what it came of, or down.

One step goes along what one thing says of the next, whoever says it (associations of lineage, models and what they
serve, endpoints and what they deploy)::

    endpoint --deploys--> model --servesModelData--> artifact <--Produced-- component (of a job)
                                                                 component <--ContributedTo-- artifact

An artifact is a place. When nothing produced a place, the step goes over its content: whoever wrote these bytes, or a
folder with these bytes in it, under another name. A walk visits each thing once, so cycles are safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trialbook.model import Kind
from trialbook.services import content_uses, contents, records
from trialbook.services.artifacts import source_hash
from trialbook.services.content_uses import IDENTITY_OF, READ, WROTE
from trialbook.services.job_components import COMPONENT
from trialbook.services.model_links import SERVES
from trialbook.services.objects import CONTENT
from trialbook.services.search_records import DEPLOYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity

UP, DOWN = "up", "down"
MOST = 2_000
"""Things that one trace visits."""


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
        if kind == Kind.TRIAL_COMPONENT:
            yield from (Step("read what was written by", user) for user in _across(call, one, READ, WROTE))


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
        if kind == Kind.TRIAL_COMPONENT:
            yield from (Step("made", artifact) for artifact in _logged(call, one))
            yield from (Step("wrote what was read by", user) for user in _across(call, one, WROTE, READ))


def _logged(call: Call, run: Entity) -> Iterator[Entity]:
    """Give the artifacts at the places of what a run wrote: others made them, a model of its data for one."""
    for edge in call.store.edges(target=run.id):
        if edge.label.startswith(f"{WROTE}:"):
            key = call.scope.key(source_hash({"SourceUri": edge.doc["uri"]}))
            found = call.store.find(Kind.ARTIFACT, key)
            if found is not None:
                yield found


def _across(call: Call, run: Entity, one: str, other: str) -> list[Entity]:
    """Give who wrote what a run read, or read what it wrote: runs log artifacts without associations."""
    had = [edge.source for edge in call.store.edges(target=run.id) if edge.label.startswith(f"{one}:")]
    edges = content_uses.uses_of(call.store, [*had, *content_uses.folders_of(call.store, had)])
    return call.store.get_many([edge.target for edge in edges if edge.label.startswith(f"{other}:")])


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
    had = [edge.source for edge in store.edges(target=artifact.id, label=IDENTITY_OF)] or _there(call, artifact)
    around = [*had, *content_uses.folders_of(store, had), *_inside(call, had)]
    edges = content_uses.uses_of(store, list(dict.fromkeys(around)))
    return store.get_many([edge.target for edge in edges if edge.label.startswith(f"{direction}:")])


def _there(call: Call, artifact: Entity) -> list[int]:
    """Give the content of the object that lies at an artifact's place now, if it was kept."""
    uri = str(records.document(artifact)["Source"]["SourceUri"])
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    row = call.store.object(bucket, key) if uri.startswith("s3://") else None
    if row is None or CONTENT not in row.meta:
        return []
    found = content_uses.find(call.store, call, contents.file_identity(row.meta[CONTENT]))
    return [] if found is None else [found.id]


def _inside(call: Call, folders: list[int]) -> list[int]:
    """Give the file contents of folder contents."""
    edges = call.store.edges_of(folders, incoming=True) if folders else []
    return [edge.source for edge in edges if edge.label == content_uses.IN_FOLDER]
