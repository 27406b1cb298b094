"""Searches of any length: page after page of one query, as the columns of one table.

Column names may hold `*` and `?`: they stand for every property of the kind that goes with them.
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
    columns = [one for one in expand(transport, asked.resource, asked.columns) if one != "name"]
    values: dict[str, list[Any]] = {}
    token: str | None = None
    while True:
        have = len(values.get("name", ()))
        room = PAGE if asked.limit is None else min(PAGE, asked.limit - have)
        answer = _page(transport, asked, columns, room, token)
        names = [one["name"] for one in answer["records"]]
        values.setdefault("name", []).extend(names)
        for at, column in enumerate(answer["columns"]):
            if column in columns or not asked.columns:
                values.setdefault(column, []).extend(_given(one["values"][at]) for one in answer["records"])
        token = answer.get("token")
        if not token or not names or (asked.limit is not None and have + len(names) >= asked.limit):
            return Table(values, answer["total"], resource=answer["resource"], transport=transport)


def _page(transport: Transport, asked: Asked, columns: Sequence[str], limit: int, token: str | None) -> Document:
    request: Document = {
        "query": asked.query,
        "resource": asked.resource,
        "sort": list(asked.sort),
        "columns": list(columns),
        "limit": limit,
    }
    return transport.call("search", {**request, "token": token} if token else request)


def expand(transport: Transport, resource: str, columns: Sequence[str]) -> list[str]:
    """Put the names of properties in the place of patterns. A pattern that nothing goes with stands for no column."""
    names: dict[str, None] = {}
    for column in columns:
        wild = _WILD.search(column)
        if wild is None:
            names[column] = None
            continue
        hint = column[: wild.start()]
        found = transport.call("suggest", {"resource": resource, "hint": hint})["names"]
        wanted = [name for name in found if fnmatchcase(name.casefold(), column.casefold())]
        names.update(dict.fromkeys(hint + name[len(hint) :] for name in wanted))
    return list(names)


def _given(value: object) -> object:
    """Give the floats that JSON has no words for."""
    return float(value) if isinstance(value, str) and value in _NOT_IN_JSON else value
