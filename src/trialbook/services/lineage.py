"""QueryLineage: a breadth-first walk over associations, one read of the store a level.

What is walked and what is answered are two things. The walk follows every association in the direction asked, up to
MaxDepth steps; filters choose among what it reached. Without edges the answer is the chosen entities alone (never the
start: it is what they are connected *to*). With edges it is AWS's "entities on the path" too: the start, and whatever
lies on a shortest path from it to a chosen entity, so that what the answer draws hangs together.

A page of vertices is cut by (depth, id), and an edge comes with the later of its two vertices.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import records
from trialbook.services.associations import ASSOCIATION_TYPES, EXPERIMENT_KINDS, LINEAGE_TYPES, type_of
from trialbook.services.lineage_starts import find_starts
from trialbook.store.interface import ROW_BITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import Edge, Entity, Reader

DEEPEST = 10
_LABELS = frozenset(ASSOCIATION_TYPES)
# By plain numbers: making a Kind of each took a third of the time of a large answer.
_LINEAGE_TYPES = {int(kind): word for kind, word in LINEAGE_TYPES.items()}
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Vertex:
    """One entity that was reached. `type` is as in associations: an artifact's type, `SageMakerTrainingJob` ..."""

    id: int
    arn: str
    type: str
    depth: int

    @property
    def place(self) -> Place:
        """Its place in the answer's order."""
        return self.depth, self.id

    @property
    def lineage_type(self) -> str:
        """`Artifact`, `Context`, `Action`, `TrialComponent` ...: its id holds its kind."""
        return _LINEAGE_TYPES[self.id >> ROW_BITS]

    @property
    def shown_type(self) -> str:
        """Its type as QueryLineage says it: `TrainingJob` where associations say `SageMakerTrainingJob`."""
        return self.type.removeprefix("SageMaker") if self.id >> ROW_BITS in EXPERIMENT_KINDS else self.type


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk found: vertices by id, in order of depth, and the edges it went along."""

    vertices: dict[int, Vertex]
    edges: list[Edge]


def query_lineage(call: Call, request: Document) -> Document:
    """Answer QueryLineage; `Vertices` and `Edges` are always there."""
    depth, limit = _between(request, "MaxDepth", DEEPEST), _between(request, "MaxResults", None)
    starts = _starts(call, request)
    direction = request.get("Direction", "Both")
    found = walk(call.store, starts, direction, depth or DEEPEST)
    start_ids = {entity.id for entity in starts}
    matching = _matching(call.store, found, start_ids, request.get("Filters", {}))
    with_edges = request.get("IncludeEdges", False)
    chosen = _on_paths(found, start_ids, matching, direction) if with_edges else matching
    return _page(found, chosen, limit, request.get("NextToken"), with_edges=with_edges)


def walk(reader: Reader, starts: Sequence[Entity], direction: str, max_depth: int) -> Walk:
    """Walk associations breadth first from `starts`: `Ascendants` against, `Descendants` along, `Both` either way.

    Cycles are safe: an entity has the depth at which it was reached first.
    """
    vertices = {one.id: Vertex(one.id, _arn(one), type_of(one), 0) for one in starts}
    edges: dict[tuple[int, str, int], Edge] = {}
    frontier = list(vertices)
    for depth in range(1, max_depth + 1):
        reached: list[Vertex] = []
        for edge, incoming in _step(reader, frontier, direction):
            edges.setdefault((edge.source, edge.label, edge.target), edge)
            end, side = (edge.source, "Source") if incoming else (edge.target, "Destination")
            if end not in vertices:
                vertices[end] = Vertex(end, edge.doc[f"{side}Arn"], edge.doc[f"{side}Type"], depth)
                reached.append(vertices[end])
        frontier = [one.id for one in reached]
        if not frontier:
            break
    return Walk(vertices, list(edges.values()))


def _step(reader: Reader, frontier: Sequence[int], direction: str) -> Iterable[tuple[Edge, bool]]:
    for incoming, skipped in ((True, "Descendants"), (False, "Ascendants")):
        if direction != skipped:
            yield from (
                (edge, incoming) for edge in reader.edges_of(frontier, incoming=incoming) if edge.label in _LABELS
            )


def _matching(reader: Reader, found: Walk, starts: set[int], filters: Document) -> set[int]:
    """Choose the vertices that the filters leave; documents are read only for filters that ask for more than types."""
    wanted, kinds = filters.get("Types"), filters.get("LineageTypes")
    left = [
        one.id
        for one in found.vertices.values()
        if one.id not in starts
        and (not wanted or one.shown_type in wanted or one.type in wanted)
        and (not kinds or one.lineage_type in kinds)
    ]
    if not {"CreatedBefore", "CreatedAfter", "ModifiedBefore", "ModifiedAfter", "Properties"} & set(filters):
        return set(left)
    return {entity.id for entity in reader.get_many(left) if _document_matches(records.document(entity), filters)}


def _document_matches(doc: Document, filters: Document) -> bool:
    for word, member in (("Created", "CreationTime"), ("Modified", "LastModifiedTime")):
        if doc[member] >= filters.get(f"{word}Before", float("inf")):
            return False
        if doc[member] <= filters.get(f"{word}After", float("-inf")):
            return False
    pairs, properties = filters.get("Properties"), doc.get("Properties", {})
    return not pairs or any(properties.get(key) == value for key, value in pairs.items())


def _on_paths(found: Walk, starts: set[int], matching: set[int], direction: str) -> set[int]:
    """Add to the chosen vertices all that lie on a shortest path from a start to one of them, and the starts."""
    nearer: dict[int, list[int]] = {}
    for edge in found.edges:
        source, target = found.vertices[edge.source], found.vertices[edge.target]
        for near, far, skipped in ((source, target, "Ascendants"), (target, source, "Descendants")):
            if direction != skipped and far.depth == near.depth + 1:
                nearer.setdefault(far.id, []).append(near.id)
    chosen, waiting = matching | starts, list(matching)
    while waiting:
        for before in nearer.get(waiting.pop(), ()):
            if before not in chosen:
                chosen.add(before)
                waiting.append(before)
    return chosen


def _page(found: Walk, chosen: set[int], limit: int | None, token: str | None, *, with_edges: bool) -> Document:
    ordered = sorted((found.vertices[one] for one in chosen), key=lambda one: one.place)
    start = _read_token(token)
    rest = [one for one in ordered if one.place > start]
    page = rest if limit is None else rest[:limit]
    answer: Document = {"Vertices": [_vertex(one) for one in page], "Edges": []}
    if with_edges and page:
        first, last = page[0].place, page[-1].place
        answer["Edges"] = [
            _edge(edge)
            for edge in found.edges
            if {edge.source, edge.target} <= chosen
            and first <= max(found.vertices[edge.source].place, found.vertices[edge.target].place) <= last
        ]
    if len(page) < len(rest):
        answer["NextToken"] = _token(page[-1].place)
    return answer


def _vertex(one: Vertex) -> Document:
    return {"Arn": one.arn, "Type": one.shown_type, "LineageType": one.lineage_type}


def _edge(edge: Edge) -> Document:
    ends = {member: edge.doc[member] for member in ("SourceArn", "DestinationArn")}
    return {**ends, "AssociationType": edge.label}


def _starts(call: Call, request: Document) -> list[Entity]:
    arns = request.get("StartArns")
    if not arns:
        raise ValidationError("StartArns is empty: name the ARN from which to walk.")
    found = {entity.id: entity for arn in arns for entity in find_starts(call, arn)}
    return list(found.values())


def _arn(entity: Entity) -> str:
    return str(records.document(entity)[NOUNS[Kind(entity.kind)].arn])


def _between(request: Document, member: str, highest: int | None) -> int | None:
    value: int | None = request.get(member)
    if value is not None and (value < 1 or (highest is not None and value > highest)):
        rule = f"1 to {highest}" if highest else "1 or more"
        raise ValidationError(f"{member} is {value}: it must be {rule}.")
    return value


def _token(place: Place) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _read_token(token: str | None) -> Place:
    if token is None:
        return (-1, -1)
    try:
        read = json.loads(base64.urlsafe_b64decode(token.encode()))
        if isinstance(read, list) and [type(one) for one in read] == [int, int]:
            return read[0], read[1]
    except (binascii.Error, ValueError, RecursionError):
        pass
    raise ValidationError(f'Invalid pagination token because "{token[:100]}" is not one that QueryLineage gave.')
