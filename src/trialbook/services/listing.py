"""The List operations: every filter, order and page option of theirs is a query on the search columns.

AWS names the options in three ways (`CreatedAfter`, `CreationTimeAfter`, `CreatedBefore` ...); one table here reads all
of them, so that a family's List is a `Listing` of a few words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.model import NOUNS, Document, Kind
from trialbook.search.tree import Condition, Group, Node, Operator, Query, SortKey
from trialbook.services import search

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trialbook.services.context import Call

# "After" is strictly after and "Before" strictly before, but for the kinds below, as the model's documentation says.
_TIMES = {
    "CreatedAfter": ("CreationTime", Operator.GREATER_THAN),
    "CreatedBefore": ("CreationTime", Operator.LESS_THAN),
    "CreationTimeAfter": ("CreationTime", Operator.GREATER_THAN),
    "CreationTimeBefore": ("CreationTime", Operator.LESS_THAN),
    "LastModifiedTimeAfter": ("LastModifiedTime", Operator.GREATER_THAN),
    "LastModifiedTimeBefore": ("LastModifiedTime", Operator.LESS_THAN),
}
_LINEAGE = frozenset({Kind.ARTIFACT, Kind.CONTEXT, Kind.ACTION})
_INCLUSIVE = {
    ("CreationTime", Operator.GREATER_THAN): (
        Operator.GREATER_THAN_OR_EQUAL_TO,
        _LINEAGE | {Kind.MODEL, Kind.ENDPOINT_CONFIG, Kind.ENDPOINT},
    ),
    ("CreationTime", Operator.LESS_THAN): (Operator.LESS_THAN_OR_EQUAL_TO, _LINEAGE),
}
DEFAULT_PAGE = 10


def whole(doc: Document) -> Document:
    """Summarise a document by itself: the wire keeps the members that the summary's shape has."""
    return doc


@dataclass(frozen=True, slots=True)
class Listing:
    """What one List operation offers.

    Attributes
    ----------
    member
        The answer's member that holds the summaries.
    equals
        Request members that must equal a property: {"StatusEquals": "TrainingJobStatus"}.
    sorts
        Words of SortBy beside Name and CreationTime: {"Status": "TrainingJobStatus"}.
    by, descending
        The documented default order.
    summarise
        Makes a summary of a document.
    """

    kind: Kind
    member: str
    equals: dict[str, str] = field(default_factory=dict)
    sorts: dict[str, str] = field(default_factory=dict)
    by: str = "CreationTime"
    descending: bool = True
    summarise: Callable[[Document], Document] = whole


def list_page(call: Call, listing: Listing, request: Document, where: Sequence[Node] = ()) -> Document:
    """Give one page of a List operation; `where` are conditions beyond the request's common ones."""
    query = Query(
        kind=listing.kind,
        scope=call.scope.text,
        where=Group(every=True, nodes=(*_conditions(listing, request), *where)),
        sort=(_sort(listing, request),),
        limit=request.get("MaxResults", DEFAULT_PAGE),
        token=request.get("NextToken"),
        strict=call.strict,
    )
    entities, page = search.find(call, query)
    answer: Document = {listing.member: [listing.summarise(dict(one.doc or {})) for one in entities]}
    if page.token:
        answer["NextToken"] = page.token
    return answer


def _conditions(listing: Listing, request: Document) -> list[Node]:
    found: list[Node] = [
        Condition(property_name, _limit(listing.kind, property_name, operator), float(request[member]))
        for member, (property_name, operator) in _TIMES.items()
        if member in request
    ]
    if "NameContains" in request:
        found.append(Condition(NOUNS[listing.kind].name, Operator.CONTAINS_FOLDED, request["NameContains"]))
    found.extend(
        Condition(property_name, Operator.EQUALS, request[member])
        for member, property_name in listing.equals.items()
        if member in request
    )
    return found


def _limit(kind: Kind, property_name: str, operator: Operator) -> Operator:
    inclusive, kinds = _INCLUSIVE.get((property_name, operator), (operator, frozenset()))
    return inclusive if kind in kinds else operator


def _sort(listing: Listing, request: Document) -> SortKey:
    words = {"Name": NOUNS[listing.kind].name, "CreationTime": "CreationTime", **listing.sorts}
    order = request.get("SortOrder")
    # Sorting by name is A to Z unless asked otherwise only where that is the documented default.
    descending = listing.descending if order is None else order == "Descending"
    return SortKey(words[request.get("SortBy", listing.by)], descending)
