"""Searches of any length: page after page of one query, as the columns of one table.

Column names may hold `*` and `?`: they stand for every property that goes with them and that any record found has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from trialbook.sdk.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.model import Document
    from trialbook.sdk.transport import Transport

PAGE = 1000
MOST_PROPERTIES = 10_000
_NOT_IN_JSON = frozenset({"NaN", "Infinity", "-Infinity"})
_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Asked:
    """One search: see `trialbook.search` for the members. `limit` None asks for all records."""

    query: str = ""
    resource: str = "run"
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    limit: int | None = 100


def fetch(transport: Transport, asked: Asked) -> Table:
    """Read pages until the limit, or the end."""
    if asked.resource == "all":
        message = "A table holds records of one kind: name it, such as resource='run' (the command searches all kinds)."
        raise ValueError(message)
    columns = [one for one in expand(transport, asked, asked.columns or _told(asked)) if one != "name"]
    values: dict[str, list[Any]] = {name: [] for name in ("name", *columns)}
    token: str | None = None
    while True:
        have = len(values["name"])
        room = PAGE if asked.limit is None else min(PAGE, asked.limit - have)
        answer = _page(transport, asked, columns, room, token)
        values["name"] += answer["names"]
        for column in columns:
            values[column] += [_given(one) for one in answer["columns"][column]]
        token = answer.get("token")
        if not token or not answer["names"] or (asked.limit is not None and len(values["name"]) >= asked.limit):
            types = {"name": "text", **answer["types"]}
            return Table(values, answer["total"], types=types, resource=answer["resource"], transport=transport)


def _page(transport: Transport, asked: Asked, columns: Sequence[str], limit: int, token: str | None) -> Document:
    request: Document = {
        "resource": asked.resource,
        "where": asked.query,
        "sort": list(asked.sort),
        "columns": list(columns),
        "limit": limit,
    }
    return transport.call("table", {**request, "token": token} if token else request)


def _told(asked: Asked) -> tuple[str, ...]:
    """Give the properties that the query and the sort name, or else when each record last changed."""
    from trialbook.search import text
    from trialbook.services.text_search import properties

    named = properties(text.parse(asked.query)) if asked.query.strip() else ()
    sorts = (one.removeprefix("-") for one in asked.sort)
    return tuple(dict.fromkeys((*named, *sorts))) or ("LastModifiedTime",)


def expand(transport: Transport, asked: Asked, columns: Sequence[str]) -> list[str]:
    """Put the properties that the records have in the place of patterns; one that nothing goes with is no column."""
    names: dict[str, None] = {}
    for column in columns:
        wild = _WILD.search(column)
        if wild is None:
            names[column] = None
            continue
        request: Document = {"resource": asked.resource, "q": column[: wild.start()], "limit": MOST_PROPERTIES}
        if asked.query.strip():
            request["where"] = asked.query
        found = [one["name"] for one in transport.call("properties", request)["properties"]]
        names.update(dict.fromkeys(name for name in found if fnmatchcase(name.casefold(), column.casefold())))
    return list(names)


def _given(value: object) -> object:
    """Give the floats that JSON has no words for."""
    return float(value) if isinstance(value, str) and value in _NOT_IN_JSON else value
