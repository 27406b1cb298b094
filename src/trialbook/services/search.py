"""Search: the columns follow the store, find the ids, and the documents become records.

`find` is what every query goes through, List operations too. `search_records` is AWS's Search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import KIND_OF_RESOURCE, NOUNS, Document, Kind
from trialbook.search import expression
from trialbook.search.tree import EVERYTHING, Query, SortKey
from trialbook.services.search_records import record

if TYPE_CHECKING:
    from trialbook.search.tree import Node, Page
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity

DEFAULT_PAGE = 10
DEFAULT_SORT = "LastModifiedTime"


def find(call: Call, query: Query, *, explain: bool = False) -> tuple[list[Entity], Page]:
    """Answer a query over what the store holds now: the entities of one page in order, and the page."""
    engine = call.workspace.engine
    engine.follow(call.store)
    page = engine.explain(query) if explain else engine.search(query)
    return call.store.get_many(page.ids), page


def search_records(call: Call, request: Document) -> Document:
    """Answer AWS's Search: records of one resource type, the next token, and the exact number of hits."""
    query = read_request(call, request)
    entities, page = find(call, query)
    key = NOUNS[Kind(query.kind)].record
    answer: Document = {
        "Results": [{key: record(call, entity)} for entity in entities],
        "TotalHits": {"Value": page.total, "Relation": "EqualTo"},
    }
    if page.token:
        answer["NextToken"] = page.token
    return answer


def read_request(call: Call, request: Document) -> Query:
    """Make the query that a SearchRequest asks."""
    where: Node = EVERYTHING
    if request.get("SearchExpression"):
        where = expression.from_wire(request["SearchExpression"], strict=call.strict)
    descending = request.get("SortOrder", "Descending") == "Descending"
    return Query(
        kind=kind_of(request["Resource"]),
        scope=call.scope.text,
        where=where,
        sort=(SortKey(request.get("SortBy", DEFAULT_SORT), descending),),
        limit=request.get("MaxResults", DEFAULT_PAGE),
        token=request.get("NextToken"),
        visibility=tuple(_visibility(one) for one in request.get("VisibilityConditions", [])),
        strict=call.strict,
    )


def _visibility(one: Document) -> tuple[str, str]:
    """Read one VisibilityConditions item; the model requires neither member, and a half makes no sense."""
    if "Key" not in one or "Value" not in one:
        raise ValidationError("Each of VisibilityConditions needs a Key, such as 'Tags.team', and a Value.")
    return one["Key"], one["Value"]


def kind_of(resource: str) -> Kind:
    """Give the kind behind a ResourceType; those of AWS's that Trialbook holds none of are an error that says so."""
    kind = KIND_OF_RESOURCE.get(resource)
    if kind is None:
        raise ValidationError(
            f"Trialbook holds no resources of type '{resource}'; it searches {', '.join(sorted(KIND_OF_RESOURCE))}."
        )
    return kind


def suggest_names(call: Call, resource: str, hint: str) -> list[str]:
    """Give the property names of a ResourceType that go with a hint."""
    return suggest_for(call, kind_of(resource), hint)


def suggest_for(call: Call, kind: Kind, hint: str) -> list[str]:
    """Give the property names of a kind that go with a hint."""
    call.workspace.engine.follow(call.store)
    return call.workspace.engine.suggest(kind, call.scope.text, hint)
