"""Tables over the columns: pages, properties, values, groups and matrices, without a look at any document.

Every answer is columnar, so that only what was asked travels, and says the revision that it is of. Numbers that JSON
lacks are the texts "NaN", "Infinity" and "-Infinity" (the wire layer writes them).
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import orjson

from trialbook.errors import NotFoundError, ValidationError
from trialbook.model import NOUNS, Document, Kind
from trialbook.search import expression, text
from trialbook.search.tree import EVERYTHING, Node, Query, SortKey
from trialbook.services.forms import Bounds, Says
from trialbook.services.search import DEFAULT_SORT
from trialbook.services.text_search import kind_of
from trialbook.wire import catalog, json_body
from trialbook.wire.validate import validate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.search.reading import Cell
    from trialbook.services.context import Call

Resource = Annotated[str, Says("What to look at: run, experiment, training-job, model, artifact ...")]


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition as AWS's Search has it."""

    expression: Annotated[Document, Says("A SearchExpression.")]


Where = Annotated[
    str | Expression | None,
    Says("Which records: a text of the search grammar, or a SearchExpression of AWS's; null for all."),
]
Sort = Annotated[
    tuple[str, ...], Says("Properties to sort by, most important first; a leading minus sorts descending.")
]
Columns = Annotated[tuple[str, ...], Says("Properties whose values are given.")]


@dataclass(frozen=True, slots=True)
class TableForm:
    """One page of records, column by column."""

    resource: Resource = "run"
    where: Where = None
    sort: Sort = ()
    columns: Columns = ()
    limit: Annotated[int, Says("Records on the page."), Bounds(0, 1000)] = 100
    offset: Annotated[int, Says("Records to leave out first."), Bounds(0, 100_000_000)] = 0
    token: Annotated[str | None, Says("The token of the page before.")] = None


@dataclass(frozen=True, slots=True)
class PropertiesForm:
    """The properties that records have, with types and counts."""

    resource: Resource = "run"
    q: Annotated[str, Says("What the name contains, without case.")] = ""
    limit: Annotated[int, Says("The most properties given."), Bounds(1, 100_000)] = 1000
    where: Where = None


@dataclass(frozen=True, slots=True)
class ValuesForm:
    """The values of one property, the commonest first, with their range."""

    property: Annotated[str, Says("The property.")]
    resource: Resource = "run"
    q: Annotated[str, Says("What the value contains, without case.")] = ""
    limit: Annotated[int, Says("The most values given."), Bounds(0, 10_000)] = 20
    where: Where = None


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function over the numbers of one property in a group."""

    property: Annotated[str, Says("The property.")]
    function: Annotated[
        Literal["mean", "min", "max", "std", "count", "median"], Says("std is the sample's (n - 1).")
    ] = "mean"


@dataclass(frozen=True, slots=True)
class GroupsForm:
    """Groups of records that have the same values, with aggregates."""

    by: Annotated[tuple[str, ...], Says("Properties whose values make the groups; at least one.")]
    resource: Resource = "run"
    where: Where = None
    aggregates: Annotated[tuple[Aggregate, ...], Says("What is computed for each group.")] = ()
    sort: Annotated[
        tuple[str, ...],
        Says("`count`, a property of `by`, or `function(property)`; a leading minus sorts descending."),
    ] = ("-count",)
    limit: Annotated[int, Says("The most groups given."), Bounds(1, 10_000)] = 1000


@dataclass(frozen=True, slots=True)
class MatrixForm:
    """Values of many records at once, for plots: those found, or those named."""

    columns: Columns
    resource: Resource = "run"
    where: Where = None
    names: Annotated[tuple[str, ...] | None, Says("Names of records, instead of `where`.")] = None
    sort: Sort = ()
    limit: Annotated[int, Says("The most records given."), Bounds(1, 10_000)] = 10_000


def table(call: Call, form: TableForm) -> Document:
    """Give one page of records: `total`, `names`, `arns`, `columns`, `types`, the next `token`, `ms`, `rev`."""
    started = time.perf_counter()
    kind = kind_of(form.resource)
    query = dataclasses.replace(
        _query(call, kind, form.where, form.sort, form.limit), offset=form.offset, token=form.token
    )
    noun = NOUNS[kind]
    engine = call.workspace.engine
    engine.follow(call.store)
    page, values, types = engine.table(query, (*_identity(kind), *form.columns))
    columns = dict(zip(form.columns, values[len(_identity(kind)) :], strict=True))
    return {
        "resource": noun.path,
        "total": page.total,
        **_named(kind, values),
        "columns": columns,
        "types": dict(zip(form.columns, types[len(_identity(kind)) :], strict=True)),
        "token": page.token,
        "ms": _since(started),
        "rev": page.rev,
    }


def properties(call: Call, form: PropertiesForm) -> Document:
    """Give the properties that the records have: name, type, group, count."""
    query = _query(call, kind_of(form.resource), form.where, (), 1)
    call.workspace.engine.follow(call.store)
    found = call.workspace.engine.properties(query, form.q)
    return {"properties": [dataclasses.asdict(one) for one in found[: form.limit]], "total": len(found)}


def values(call: Call, form: ValuesForm) -> Document:
    """Give a property's values with counts, how many records lack it, and the range of its numbers."""
    query = _query(call, kind_of(form.resource), form.where, (), form.limit)
    call.workspace.engine.follow(call.store)
    found = call.workspace.engine.distribution(query, form.property, form.q)
    (kind,) = call.workspace.engine.types(query.kind, query.scope, [form.property])
    span = found.range
    return {
        "property": form.property,
        "type": kind,
        "values": [{"value": value, "count": count} for value, count in found.values],
        "distinct": found.distinct,
        "count": found.count,
        "missing": found.missing,
        "range": span and {"min": span.minimum, "max": span.maximum, "quantiles": span.quantiles},
    }


def groups(call: Call, form: GroupsForm) -> Document:
    """Give groups of records, column by column: the values that make them, counts, aggregates."""
    if not form.by:
        raise ValidationError("'by' must name at least one property, such as Parents.ExperimentName.")
    query = _query(call, kind_of(form.resource), form.where, (), form.limit)
    call.workspace.engine.follow(call.store)
    asked = [(one.property, one.function) for one in form.aggregates]
    found = call.workspace.engine.groups(query, form.by, asked, form.sort)
    return {
        "total": found.total,
        "by": dict(zip(form.by, found.by, strict=True)),
        "counts": found.counts,
        "aggregates": [
            {"property": name, "function": function, "values": told}
            for (name, function), told in zip(asked, found.aggregates, strict=True)
        ],
        "rev": call.workspace.engine.rev,
    }


def matrix(call: Call, form: MatrixForm) -> Document:
    """Give values of many records, column by column as `table` does."""
    if form.names is None:
        asked = TableForm(form.resource, form.where, form.sort, form.columns, form.limit)
        return table(call, asked)
    if form.where is not None:
        raise ValidationError("Give 'names' or 'where', not both.")
    started = time.perf_counter()
    kind = kind_of(form.resource)
    ids = [_find(call, kind, name) for name in form.names[: form.limit]]
    engine = call.workspace.engine
    engine.follow(call.store)
    values = engine.cells(kind, call.scope.text, ids, (*_identity(kind), *form.columns))
    types = engine.types(kind, call.scope.text, form.columns)
    return {
        "resource": NOUNS[kind].path,
        "total": len(form.names),
        **_named(kind, values),
        "columns": dict(zip(form.columns, values[len(_identity(kind)) :], strict=True)),
        "types": dict(zip(form.columns, types, strict=True)),
        "token": None,
        "ms": _since(started),
        "rev": engine.rev,
    }


def _find(call: Call, kind: Kind, name: str) -> int:
    found = call.store.find(kind, call.scope.key(name))
    if found is None:
        raise NotFoundError(f"There is no {NOUNS[kind].word} named '{name}'.")
    return found.id


def _query(call: Call, kind: Kind, where: str | Expression | None, sort: Sequence[str], limit: int) -> Query:
    keys = tuple(SortKey(one.removeprefix("-"), one.startswith("-")) for one in sort)
    return Query(
        kind=kind,
        scope=call.scope.text,
        where=read_where(where),
        sort=keys or (SortKey(DEFAULT_SORT, descending=True),),
        limit=limit,
        strict=call.strict,
    )


def read_where(where: str | Expression | None) -> Node:
    """Read a condition in either form."""
    if isinstance(where, str):
        return text.parse(where) if where.strip() else EVERYTHING
    if where is None:
        return EVERYTHING
    shape = catalog.service("sagemaker").shape_for("SearchExpression")
    members = json_body.read(shape, orjson.dumps(where.expression))
    validate(shape, members)
    return expression.from_wire(members)


def _identity(kind: Kind) -> tuple[str, ...]:
    """Name the properties that say which record a row is: artifacts may have no name but what they came from."""
    noun = NOUNS[kind]
    return (noun.arn, noun.name, "Source.SourceUri") if kind is Kind.ARTIFACT else (noun.arn, noun.name)


def _named(kind: Kind, values: list[list[Cell]]) -> Document:
    identity = len(_identity(kind))
    arns = [str(one) for one in values[0]]
    names = [
        str(next((one for one in some if one), arn.rpartition("/")[2]))
        for arn, some in zip(arns, zip(*values[1:identity], strict=True), strict=True)
    ]
    return {"names": names, "arns": arns}


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1e3, 3)
