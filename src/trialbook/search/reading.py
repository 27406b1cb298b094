"""Values of asked properties for some records, read from the columns: what a table of results shows.

Only what is asked is read, so a page of many records costs its cells, not its documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ValidationError
from trialbook.search.match import spread
from trialbook.search.properties import type_word
from trialbook.search.schema import Linked, Whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.search.entries import Entries
    from trialbook.search.match import Matcher

    Cell = float | str | list[float | str] | None


def cells(matcher: Matcher, name: str, rows: NDArray[np.int64]) -> list[Cell]:
    """Give one property of each row: a number, a text, a list where a record can have many, None where it has none.

    Raises
    ------
    ValidationError
        When there is no such property, or it is a structure and not a value.
    """
    found = matcher.table.schema.resolve(name)
    if isinstance(found, Linked):
        there, targets = matcher.pointers(found, rows)
        linked = iter(cells(matcher.linked(found), found.name, targets))
        return [next(linked) if one else None for one in there.tolist()]
    entries = entries_of(matcher, name)
    assert entries is not None
    if entries.element is None:
        return list(_values(spread(entries, rows)))
    return _lists(entries, rows)


def entries_of(matcher: Matcher, name: str) -> Entries | None:
    """Give a property's cells; None for a property of another entity, whose rows are others.

    Raises
    ------
    ValidationError
        When there is no such property, or it is a structure and not a value.
    """
    found = matcher.table.schema.resolve(name)
    if isinstance(found, Linked):
        return None
    if isinstance(found, Whole):
        raise ValidationError(f"{name} is not a single value: ask for one of its members.")
    return matcher.target(found).entries(matcher.table)


def type_of(matcher: Matcher, name: str) -> str:
    """Give the word for what a property's values are."""
    found = matcher.table.schema.resolve(name)
    if isinstance(found, Linked):
        return type_of(matcher.linked(found), found.name)
    if isinstance(found, Whole):
        raise ValidationError(f"{name} is not a single value: ask for one of its members.")
    target = matcher.target(found)
    return type_word(target.type, target.column)


def version_of(matcher: Matcher, name: str) -> int:
    """Give a number that grows whenever a property of some record may have changed."""
    found = matcher.table.schema.resolve(name)
    if isinstance(found, (Linked, Whole)):
        return sum(table.version for table in matcher.tables.values())
    target = matcher.target(found)
    return target.column.version + (target.otherwise.column.version if target.otherwise else 0)


def _values(entries: Entries) -> list[float | str | None]:
    values: list[float | str | None] = [None] * len(entries)
    if entries.code is not None:
        for at in np.flatnonzero(entries.code >= 0).tolist():
            values[at] = entries.texts.get(int(entries.code[at]))
    if entries.number is not None and entries.has is not None:
        for at in np.flatnonzero(entries.has).tolist():
            values[at] = float(entries.number[0, at])
    return values


def _lists(entries: Entries, rows: NDArray[np.int64]) -> list[Cell]:
    assert entries.owner is not None
    starts = np.searchsorted(entries.owner, rows, "left").tolist()
    ends = np.searchsorted(entries.owner, rows, "right").tolist()
    found: list[Cell] = []
    for start, end in zip(starts, ends, strict=True):
        values = [one for one in _values(entries.take(slice(start, end))) if one is not None]
        found.append(values or None)
    return found
