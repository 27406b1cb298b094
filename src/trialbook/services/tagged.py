"""GetResources of the resource groups tagging API: SageMaker's resources of all kinds by their tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import CodedError, ValidationError
from trialbook.model import KIND_OF_PATH, NOUNS, Document, Kind
from trialbook.names import parse_arn
from trialbook.search.tree import Condition, Group, Node, Operator, Query, SortKey
from trialbook.services import records, search

if TYPE_CHECKING:
    from trialbook.services.context import Call


PAGE = 100
"""Resources of a page, by default and at most."""
_SERVICE = "sagemaker"


def find_tagged(call: Call, request: Document) -> Document:
    """Give ARNs and tags of the tagged resources that have all the tags asked for, kind by kind, by creation.

    A tag filter without values asks for the key alone. The token names the kind that goes on, and its own token.
    """
    if "ResourceARNList" in request:
        return {"ResourceTagMappingList": _by_arn(call, request["ResourceARNList"])}
    kinds = _kinds(request.get("ResourceTypeFilters", []))
    start, token = _read_token(request.get("PaginationToken", ""))
    limit = request.get("ResourcesPerPage", PAGE)
    if not 1 <= limit <= PAGE:  # the model has no bounds; these are AWS's documented ones
        raise ValidationError(f"ResourcesPerPage is {limit}; it must be from 1 to {PAGE}.")
    where = Group(every=True, nodes=tuple(_condition(one) for one in request.get("TagFilters", [])))
    found: list[Document] = []
    for kind in kinds:
        if kind < start:
            continue
        query = Query(kind, call.scope.text, where, (SortKey("CreationTime"),), limit - len(found), token)
        token = None
        entities, page = search.find(call, query)
        found.extend(_mapping(records.document(one), kind) for one in entities)
        if page.token:
            return {"ResourceTagMappingList": _tagged(found), "PaginationToken": f"{int(kind)}:{page.token}"}
        if len(found) >= limit and kind != kinds[-1]:
            return {"ResourceTagMappingList": _tagged(found), "PaginationToken": f"{int(kind) + 1}:"}
    return {"ResourceTagMappingList": _tagged(found), "PaginationToken": ""}


def _by_arn(call: Call, arns: list[str]) -> list[Document]:
    found = []
    for text in arns:
        entity, arn = records.find_arn(call.store, text), parse_arn(text)
        if entity is not None and arn is not None:
            found.append(_mapping(records.document(entity), KIND_OF_PATH[arn.path]))
    return found


def _kinds(types: list[str]) -> list[Kind]:
    if not types:
        return list(NOUNS)
    wanted = set()
    for one in types:
        service, _, path = one.partition(":")
        if service == _SERVICE:
            wanted |= set(NOUNS) if not path else {KIND_OF_PATH[path]} if path in KIND_OF_PATH else set()
    return sorted(wanted)


def _condition(tag_filter: Document) -> Node:
    name = f"Tags.{tag_filter.get('Key', '')}"
    values = tag_filter.get("Values", [])
    if not values:
        return Condition(name, Operator.EXISTS)
    return Group(every=False, nodes=tuple(Condition(name, Operator.EQUALS, value) for value in values))


def _mapping(doc: Document, kind: Kind) -> Document:
    return {"ResourceARN": doc[NOUNS[kind].arn], "Tags": doc.get("Tags", [])}


def _tagged(found: list[Document]) -> list[Document]:
    """Leave out what has no tags, as AWS's operation does."""
    return [one for one in found if one["Tags"]]


def _read_token(text: str) -> tuple[int, str | None]:
    if not text:
        return 0, None
    kind, colon, token = text.partition(":")
    if not colon or not kind.isascii() or not kind.isdigit() or len(kind) > 4:
        raise CodedError("PaginationTokenExpiredException", f"'{text[:60]}' is not a token that GetResources gave.")
    return int(kind), token or None
