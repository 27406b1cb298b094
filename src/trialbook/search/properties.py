"""The properties that some records have: their names, types and counts, told from the layouts without any column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialbook.search.flatten import ELEMENT, Type
from trialbook.search.schema import LINKS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trialbook.search.columns import Column
    from trialbook.search.flatten import Key
    from trialbook.search.table import Table

_TYPES = {Type.NUMBER: "number", Type.TIME: "time", Type.FLAG: "flag"}


@dataclass(frozen=True, slots=True)
class PropertyCount:
    """One property.

    `type` is number, text, time, flag, or mixed (numbers in some records, texts in others); `group` is its map
    (`Parameters`, `Metrics`, `Tags`), the structure it is in, or "" for a member of the record itself; `count` is how
    many records have it.
    """

    name: str
    type: str
    group: str
    count: int


def list_properties(table: Table, scope: str | None, rows: NDArray[np.int64] | None, hint: str) -> list[PropertyCount]:
    """List the properties of the scope's records, or of `rows`, whose name contains `hint` without case."""
    folded = hint.casefold()
    found = [
        PropertyCount(name, type_word(column.type, column), key[0] if key[1] else key[0].rpartition(".")[0], count)
        for key, column, count in table.counted(scope, rows)
        if (name := name_of(table, key)) is not None and folded in name.casefold()
    ]
    return sorted(found, key=lambda one: (_rank(one.group), one.group, one.name.casefold(), one.name))


def name_of(table: Table, key: Key) -> str | None:
    """Give the name that a query uses for a key; None for what no query can name."""
    path, name, member = key
    if member == ELEMENT or path.startswith(LINKS):
        return None
    if not name:
        return path
    root = table.schema.roots[path.casefold()]
    return f"{path}.{name}" if member in {"", root.main} else f"{path}.{name}.{member}"


def type_word(kind: Type, column: Column | None) -> str:
    """Give a type's word in the API; a property that may be either is what its cells are."""
    if kind in _TYPES:
        return _TYPES[kind]
    if kind not in {Type.MIXED, Type.LOOSE}:
        return "text"
    numbers, texts = (False, False) if column is None else column.held()
    if kind is Type.LOOSE:
        return "mixed" if numbers else "text"
    return "mixed" if numbers and texts else "number" if numbers else "text"


def _rank(group: str) -> int:
    """Put what users name before what is built in."""
    order = ("Parameters", "HyperParameters", "Metrics", "Tags")
    return order.index(group) if group in order else len(order)
