"""Search by text: the grammar of `search.text`, several sort keys, chosen columns, one kind or all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

from trialbook.errors import ValidationError
from trialbook.model import NOUNS, Document, Kind, Noun
from trialbook.search import text
from trialbook.search.tree import EVERYTHING, Condition, Group, Nested, Node, Not, Query, SortKey
from trialbook.services import records, search
from trialbook.services.forms import Bounds, Says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.search.tree import Page
    from trialbook.services.context import Call

MAX_LIMIT = 10_000
ALL_KINDS = "all"
RESOURCES: dict[str, Kind] = {
    "run": Kind.TRIAL_COMPONENT,
    "experiment": Kind.EXPERIMENT,
    "trial": Kind.TRIAL,
    **{noun.path: kind for kind, noun in NOUNS.items()},
    **{noun.resource: kind for kind, noun in NOUNS.items() if noun.resource},
}
"""The words for a kind: `run`, an ARN's word such as `training-job`, or Search's ResourceType."""


@dataclass(frozen=True, slots=True)
class TextQuery:
    """One search by the text grammar; the records come with the values of the asked properties."""

    query: Annotated[str, Says("A text of the search grammar; empty finds everything.")] = ""
    resource: Annotated[
        str,
        Says("run, experiment, training-job ..., or all: then bare words are looked for in every kind, on one page."),
    ] = "run"
    sort: Annotated[
        tuple[str, ...],
        Says("Properties, most important first; a leading minus sorts descending. Default: last changed first."),
    ] = ()
    columns: Annotated[
        tuple[str, ...], Says("Properties whose values are given; by default those of the query and of the sort.")
    ] = ()
    limit: Annotated[int, Says("Records on the page."), Bounds(1, MAX_LIMIT)] = 20
    token: Annotated[str | None, Says("The token of the page before.")] = None
    explain: Annotated[bool, Says("Whether to say how each condition was decided.")] = False


@dataclass(frozen=True, slots=True)
class SuggestForm:
    """Names of properties that go with a hint."""

    resource: Annotated[str, Says("A kind of record, as in `search`.")] = "run"
    hint: Annotated[str, Says("What the name, or its last segment, begins with; empty for all.")] = ""


def kind_of(word: str) -> Kind:
    """Give the kind a word names."""
    known = {name.casefold(): kind for name, kind in RESOURCES.items()}
    found = known.get(word.casefold().removesuffix("s"))
    if found is None:
        near = get_close_matches(word.casefold(), known, n=1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise ValidationError(
            f"There is no kind of resource '{word}'; there are {', '.join(sorted(RESOURCES))}, {ALL_KINDS}.{hint}"
        )
    return found


def run(call: Call, asked: TextQuery) -> Document:
    """Answer a search by text."""
    where = text.parse(asked.query) if asked.query.strip() else EVERYTHING
    if asked.resource == ALL_KINDS:
        return _over_all_kinds(call, asked, where)
    kind = kind_of(asked.resource)
    query = _query(call, kind, asked, where)
    return _answer(call, asked, query, where)


def _answer(call: Call, asked: TextQuery, query: Query, where: Node) -> Document:
    entities, page = search.find(call, query, explain=asked.explain)
    kind = Kind(query.kind)
    columns = asked.columns or tuple(dict.fromkeys((*properties(where), *(key.name for key in query.sort))))
    ids = [one.id for one in entities]
    values = call.workspace.engine.values(kind, call.scope.text, ids, columns)
    noun = NOUNS[kind]
    answer: Document = {
        "resource": noun.path,
        "columns": list(columns),
        "records": [
            {
                "name": _name(doc := records.document(one), noun),
                "arn": doc[noun.arn],
                "values": row,
            }
            for one, row in zip(entities, values, strict=True)
        ],
        "total": page.total,
        "seconds": page.seconds,
    }
    if page.token:
        answer["token"] = page.token
    if asked.explain:
        answer["explained"] = _explained(page)
    return answer


def _name(doc: Document, noun: Noun) -> str:
    """Give the name to show: artifacts often have none, and are known by what they came from."""
    return str(doc.get(noun.name) or doc.get("Source", {}).get("SourceUri") or doc[noun.arn].rpartition("/")[2])


def _explained(page: Page) -> list[Document]:
    return [
        {
            "condition": one.condition,
            "compared_as": one.compared_as,
            "matched": one.matched,
            "lacking": one.lacking,
        }
        for one in page.explained
    ]


def _over_all_kinds(call: Call, asked: TextQuery, where: Node) -> Document:
    """Look in every kind; a kind that lacks a property of the query has no matches."""
    found: list[Document] = []
    for kind in NOUNS:
        try:
            answer = _answer(call, asked, _query(call, kind, replace(asked, token=None), where), where)
        except ValidationError:
            if not any(properties(where)) and not asked.sort:
                raise
            continue
        if answer["total"]:
            found.append(answer)
    return {"resource": ALL_KINDS, "kinds": found, "total": sum(one["total"] for one in found)}


def _query(call: Call, kind: Kind, asked: TextQuery, where: Node) -> Query:
    sort = tuple(SortKey(one.removeprefix("-"), one.startswith("-")) for one in asked.sort)
    return Query(
        kind=kind,
        scope=call.scope.text,
        where=where,
        sort=sort or (SortKey(search.DEFAULT_SORT, descending=True),),
        limit=asked.limit,
        token=asked.token,
        strict=call.strict,
    )


def properties(node: Node) -> Iterator[str]:
    """Name the properties that a tree looks at, in its order."""
    if isinstance(node, Condition):
        yield node.name
    elif isinstance(node, Group):
        for one in node.nodes:
            yield from properties(one)
    elif isinstance(node, Not):
        yield from properties(node.node)
    elif isinstance(node, Nested):
        for condition in node.conditions:
            yield condition.name
