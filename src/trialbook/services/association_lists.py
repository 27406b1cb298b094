"""ListAssociations: every filter, order and page option, over edges in order of age.

By time, the usual order, a page reads only as many edges as it needs. Any other order has to see all edges that the
ends leave. A token holds the sort value and the number of the last edge, and edges never change: no page repeats or
skips an association, whatever is written meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import KIND_OF_PATH, NOUNS, Document, Kind
from trialbook.names import parse_arn
from trialbook.services import records
from trialbook.services.associations import ASSOCIATION_TYPES, LINEAGE_TYPES, require_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trialbook.services.context import Call
    from trialbook.store.interface import Edge

DEFAULT_PAGE = 10
_BATCH = 1000
_BY_TIME = "CreationTime"
Numbered = tuple[int, "Edge"]
Place = tuple[str, int]


def list_associations(call: Call, request: Document) -> Document:
    """Give one page of the associations that the request's filters leave, newest first unless asked otherwise."""
    by, newest_first = request.get("SortBy", _BY_TIME), request.get("SortOrder", "Descending") == "Descending"
    place = _read_token(request.get("NextToken"), by)
    if by == _BY_TIME:
        edges = _by_age(call, request, newest_first, place[1] if place else None)
    else:
        edges = _by_value(call, request, newest_first, by, place)
    limit = request.get("MaxResults", DEFAULT_PAGE)
    page = list(itertools.islice(edges, limit + 1))
    answer: Document = {"AssociationSummaries": _summaries(call, [edge for _, edge in page[:limit]])}
    if len(page) > limit:
        answer["NextToken"] = _token(by, page[limit - 1])
    return answer


def matches_type(wanted: str, type_name: str, arn: str) -> bool:
    """Tell whether an end's type is the one wanted.

    `type_name` is an artifact's type and so on, which `wanted` must equal. The SDK also asks for "Context" or "Action"
    (any context, any action), and for components says both "TrainingJob" and "SageMakerTrainingJob".
    """
    if wanted == type_name:
        return True
    parsed = parse_arn(arn)
    kind = KIND_OF_PATH.get(parsed.path) if parsed else None
    if kind is None or kind not in LINEAGE_TYPES:
        return False
    bare = wanted.removeprefix("SageMaker") if kind is Kind.TRIAL_COMPONENT else wanted
    return bare == LINEAGE_TYPES[kind] or (kind is Kind.TRIAL_COMPONENT and type_name == f"SageMaker{bare}")


def _by_age(call: Call, request: Document, newest_first: bool, beyond: int | None) -> Iterator[Numbered]:
    ends = {
        parameter: require_end(call.store, call, request[member]).id
        for parameter, member in (("source", "SourceArn"), ("target", "DestinationArn"))
        if member in request
    }
    labels = [request["AssociationType"]] if "AssociationType" in request else ASSOCIATION_TYPES
    keep = _filter(call, request)
    while True:
        batch = call.store.edge_page(labels, **ends, beyond=beyond, newest_first=newest_first, limit=_BATCH)
        yield from (one for one in batch if keep(one[1].doc))
        if len(batch) < _BATCH:
            return
        beyond = batch[-1][0]


def _by_value(call: Call, request: Document, descending: bool, by: str, place: Place | None) -> Iterator[Numbered]:
    def position(one: Numbered) -> Place:
        return one[1].doc[by], one[0]

    for one in sorted(_by_age(call, request, newest_first=False, beyond=None), key=position, reverse=descending):
        if place is None or (position(one) < place if descending else position(one) > place):
            yield one


def _filter(call: Call, request: Document) -> Callable[[Document], bool]:
    # "On or after" and "on or before", as the model says of these two.
    after, before = request.get("CreatedAfter", float("-inf")), request.get("CreatedBefore", float("inf"))
    types = [(end, request[f"{end}Type"]) for end in ("Source", "Destination") if f"{end}Type" in request]
    anywhere = "SourceArn" not in request and "DestinationArn" not in request

    def keep(doc: Document) -> bool:
        if anywhere and doc["_scope"] != call.scope.text:
            return False
        if not after <= doc["CreationTime"] <= before:
            return False
        return all(matches_type(wanted, doc[f"{end}Type"], doc[f"{end}Arn"]) for end, wanted in types)

    return keep


def _summaries(call: Call, edges: list[Edge]) -> list[Document]:
    ids = sorted({end for edge in edges for end in (edge.source, edge.target)})
    names = {
        entity.id: records.document(entity).get(NOUNS[Kind(entity.kind)].name) for entity in call.store.get_many(ids)
    }
    found = []
    for edge in edges:
        named = {"SourceName": names.get(edge.source), "DestinationName": names.get(edge.target)}
        found.append({**edge.doc, **{member: name for member, name in named.items() if name}})
    return found


def _token(by: str, last: Numbered) -> str:
    number, edge = last
    value = "" if by == _BY_TIME else edge.doc[by]
    return base64.urlsafe_b64encode(json.dumps([by, value, number]).encode()).decode()


def _read_token(token: str | None, by: str) -> Place | None:
    if token is None:
        return None
    try:
        read = json.loads(base64.urlsafe_b64decode(token.encode()))
        if isinstance(read, list) and [type(one) for one in read] == [str, str, int] and read[0] == by:
            return read[1], read[2]
    except (binascii.Error, ValueError, RecursionError):
        pass
    raise ValidationError(
        f'Invalid pagination token because "{token[:100]}" is not one that ListAssociations gave for SortBy {by}.'
    )
