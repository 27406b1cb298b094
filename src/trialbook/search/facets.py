"""What values a property has among some rows, and what groups of rows have in common: counts, ranges, aggregates.

Everything stands on `Facet`: the property's cells at some rows as small numbers, equal for equal values. A record with
several values (a run in two experiments) counts once under each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.search.blob import encode
from trialbook.search.columns import Column
from trialbook.search.flatten import Type
from trialbook.search.match import spread
from trialbook.search.reading import cells, entries_of
from trialbook.search.rowsets import count, distinct, listed
from trialbook.search.values import number_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from trialbook.search.entries import Entries
    from trialbook.search.match import Matcher
    from trialbook.search.rowsets import RowSet
    from trialbook.search.texts import Texts

MANY_NUMBERS = 20_000
COMMONEST = 10_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FUNCTIONS = ("mean", "min", "max", "std", "count", "median")
"""Over the cells that are numbers and not NaN; `count` counts those. `std` is the sample's (n - 1); None below two."""


@dataclass(frozen=True, slots=True)
class Facet:
    """Values of one property at some rows.

    Attributes
    ----------
    at
        (m,) places in the rows asked for, ascending; a row without a value is not there.
    value
        (m,) int64 numbers of values, equal for equal values.
    labels
        Gives the values of some numbers.
    """

    at: NDArray[np.int64]
    value: NDArray[np.int64]
    labels: Callable[[NDArray[np.int64]], list[float | str]]


@dataclass(frozen=True, slots=True)
class Range:
    """The spread of the numbers (or times) among the cells, NaN left out."""

    minimum: float
    maximum: float
    quantiles: dict[str, float]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each value of one property is there among some records.

    Attributes
    ----------
    texts, text_counts
        The column's texts, and how many records have each code (of equal texts all have that of the first).
    numbers, number_counts
        Distinct numbers, ascending, NaN last, and how many records have each.
    held, missing
        Records that have a value, and that have none.
    range
        The spread of the numbers; None when there is none.
    commonest
        Places of up to `COMMONEST` values in (codes that some record has, then numbers), by falling count.
    """

    texts: Texts
    text_counts: NDArray[np.int64]
    numbers: NDArray[np.float64]
    number_counts: NDArray[np.int64]
    held: int
    missing: int
    range: Range | None
    commonest: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Bytes held."""
        held = (self.text_counts, self.numbers, self.number_counts, self.commonest)
        return 1024 + sum(array.nbytes for array in held)


@dataclass(frozen=True, slots=True)
class Distribution:
    """Values of one property: the commonest that go with a hint, and what is known of all.

    `distinct` counts the different values, `count` the records that have one, `missing` those that have none.
    """

    values: list[tuple[float | str, int]]
    distinct: int
    count: int
    missing: int
    range: Range | None


def facet(matcher: Matcher, name: str, rows: NDArray[np.int64]) -> Facet:
    """Give the values of a property at `rows` (ascending). Raises ValidationError when it has no single values."""
    entries = entries_of(matcher, name)
    if entries is None:
        entries, rows = _column_of(cells(matcher, name, rows)), np.arange(len(rows))
    if entries.element is None:
        at, found = np.arange(len(rows)), spread(entries, rows)
    else:
        at, found = _expanded(entries, rows)
    held = np.flatnonzero(found.present())
    at, found = at[held], found.take(held)
    numbered = _numbered(at, found)
    once = _once(numbered)
    return numbered if once is None else Facet(at[once], numbered.value[once], numbered.labels)


def tally(matcher: Matcher, name: str, rows: RowSet) -> Tally:
    """Count the values of a property at `rows`. Raises ValidationError when it has no single values."""
    entries = entries_of(matcher, name)
    if entries is None:
        entries = _column_of(cells(matcher, name, listed(rows)))
        rows = np.arange(count(rows))
    if entries.element is None:
        found = entries.take(rows) if entries.owner is None else spread(entries, listed(rows))
        present = found.present()
        held = int(np.count_nonzero(present))
    else:
        at, found = _expanded(entries, listed(rows))
        present = found.present()
        places = np.flatnonzero(present)
        held = len(distinct(at[places]))
        # Only records with several values can have one twice
        once = _once(_numbered(at[places], found.take(places))) if held < len(places) else None
        if once is not None:
            found = found.take(places[once])
            present = found.present()
    is_number = np.zeros(len(found), np.bool_) if found.has is None else found.has
    text_counts, numbers, counts = np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64)
    if found.code is not None:
        text_counts = _text_counts(found.code[~is_number & present], found.texts)
    if found.number is not None:
        numbers, counts = np.unique(found.number[0][is_number] + 0.0, return_counts=True)
    commonest = _commonest(np.concatenate((text_counts[text_counts > 0], counts)), COMMONEST)
    span = _range(numbers, counts)
    return Tally(found.texts, text_counts, numbers, counts, held, count(rows) - held, span, commonest)


def _commonest(counts: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    return np.argsort(-counts, kind="stable")[:most].copy()


def _text_counts(code: NDArray[np.int32], texts: Texts) -> NDArray[np.int64]:
    if texts.distinct or not len(code):
        return np.bincount(code, minlength=len(texts))
    ranks = texts.ranks()
    first = np.zeros(2 * len(texts) + 1, np.int64)
    first[ranks[::-1]] = np.arange(len(texts) - 1, -1, -1)
    return np.bincount(first[ranks[code]], minlength=len(texts))


def distribution(known: Tally, hint: str, limit: int) -> Distribution:
    """Give the commonest values, of those whose text contains `hint` without case, and what is known of all.

    Of more than `MANY_NUMBERS` different numbers only the one that the hint is itself is found by a hint.
    """
    codes, places = np.flatnonzero(known.text_counts), None
    distinct_values = len(codes) + len(known.numbers)
    if not hint and limit <= COMMONEST:
        order = known.commonest[:limit]
    else:
        if hint:
            codes = codes[np.isin(codes, known.texts.containing_folded(hint))]
            places = np.flatnonzero(_like(known.numbers, hint))
        counts = known.number_counts if places is None else known.number_counts[places]
        order = _commonest(np.concatenate((known.text_counts[codes], counts)), limit)
    values: list[tuple[float | str, int]] = []
    for one in order.tolist():
        if one < len(codes):
            values.append((known.texts.get(int(codes[one])), int(known.text_counts[codes[one]])))
        else:
            at = one - len(codes) if places is None else places[one - len(codes)]
            values.append((float(known.numbers[at]), int(known.number_counts[at])))
    return Distribution(values, distinct_values, known.held, known.missing, known.range)


def _like(numbers: NDArray[np.float64], hint: str) -> NDArray[np.bool_]:
    if len(numbers) > MANY_NUMBERS:
        wanted = number_of(hint)
        return np.zeros(len(numbers), np.bool_) if wanted is None else numbers == wanted
    folded = hint.casefold()
    return np.array([folded in f"{one:g}" for one in numbers.tolist()], np.bool_)


def _range(numbers: NDArray[np.float64], counts: NDArray[np.int64]) -> Range | None:
    real = np.count_nonzero(~np.isnan(numbers))
    if not real:
        return None
    upto = np.cumsum(counts[:real])
    at = np.searchsorted(upto, np.array(QUANTILES) * upto[-1] * (1 - 1e-12))
    quantiles = {f"{one:g}": value for one, value in zip(QUANTILES, numbers[at].tolist(), strict=True)}
    return Range(float(numbers[0]), float(numbers[real - 1]), quantiles)


def _column_of(values: Sequence[object]) -> Entries:
    """Make a column of values that were read one by one."""
    column = Column(Type.MIXED, many=True)
    for row, value in enumerate(values):
        some = value if isinstance(value, list) else [value]
        column.put(row, [(0, one) for one in some if isinstance(one, (float, str))], len(values))
    return column.entries(len(values))


def numbers_of(matcher: Matcher, name: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give (places in `rows`, numbers) of the cells that are numbers."""
    entries = entries_of(matcher, name)
    if entries is None:
        entries, rows = _column_of(cells(matcher, name, rows)), np.arange(len(rows))
    if entries.number is None or entries.has is None:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    if entries.element is None:
        at, found = np.arange(len(rows)), spread(entries, rows)
    else:
        at, found = _expanded(entries, rows)
    assert found.number is not None
    assert found.has is not None
    return at[found.has], found.number[0][found.has]


def _expanded(entries: Entries, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Entries]:
    """Give every entry that belongs to one of `rows`, and the place of its row among them."""
    assert entries.owner is not None
    at = np.searchsorted(rows, entries.owner)
    inside = at < len(rows)
    inside[inside] = rows[at[inside]] == entries.owner[inside]
    return at[inside].astype(np.int64), entries.take(inside)


def _numbered(at: NDArray[np.int64], entries: Entries) -> Facet:
    """Number the cells' values: distinct texts first (in their order), then distinct numbers."""
    value = np.zeros(len(at), np.int64)
    texts: NDArray[np.int64] = np.empty(0, np.int64)
    numbers: NDArray[np.float64] = np.empty(0, np.float64)
    is_number = np.zeros(len(at), np.bool_) if entries.has is None else entries.has
    if entries.code is not None:
        coded = np.flatnonzero(~is_number)
        codes, inverse = np.unique(entries.code[coded], return_inverse=True)
        texts, again = _same_texts(entries, codes)
        value[coded] = again[inverse]
    if entries.number is not None:
        numbered = np.flatnonzero(is_number)
        numbers, inverse = np.unique(entries.number[0][numbered] + 0.0, return_inverse=True)
        value[numbered] = len(texts) + inverse

    def labels(chosen: NDArray[np.int64]) -> list[float | str]:
        return [
            entries.texts.get(int(texts[one])) if one < len(texts) else float(numbers[one - len(texts)])
            for one in chosen.tolist()
        ]

    return Facet(at, value, labels)


def _once(found: Facet) -> NDArray[np.int64] | None:
    """Give a place for each different value of each record: a run in two trials of one experiment is one run of it.

    None where no record has two values.
    """
    if not np.any(found.at[1:] == found.at[:-1]):
        return None
    order = np.lexsort((found.value, found.at))
    at, value = found.at[order], found.value[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (at[1:] != at[:-1]) | (value[1:] != value[:-1])
    return order[first]


def _same_texts(entries: Entries, codes: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give one code for each distinct text of `codes`, and for each of `codes` which of those it is."""
    if entries.texts.distinct or not len(codes):
        return codes.astype(np.int64), np.arange(len(codes))
    seen: dict[bytes, int] = {}
    again = [seen.setdefault(one, len(seen)) for one in map(encode, entries.texts.several(codes.tolist()))]
    kept = np.zeros(len(seen), np.int64)
    kept[again[::-1]] = codes[::-1]
    return kept, np.array(again, np.int64)
