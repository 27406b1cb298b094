"""What values a property has among some rows, and what groups of rows have in common: counts, ranges, aggregates.

Everything stands on `Facet`: the property's cells at some rows as small numbers, equal for equal values. A record with
several values (a run in two experiments) counts once under each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.search.match import spread
from trialbook.search.reading import cells, entries_of
from trialbook.search.texts import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from trialbook.search.entries import Entries
    from trialbook.search.match import Matcher

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
        return _listed(cells(matcher, name, rows))
    if entries.element is None:
        at, found = np.arange(len(rows)), spread(entries, rows)
    else:
        at, found = _expanded(entries, rows)
    held = np.flatnonzero(found.present())
    return _numbered(at[held], found.take(held))


def distribution(matcher: Matcher, name: str, rows: NDArray[np.int64], hint: str, limit: int) -> Distribution:
    """Say which values a property has at `rows`. Suggested are those whose text contains `hint`, without case."""
    found = facet(matcher, name, rows)
    numbers, counts = np.unique(found.value, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    values: list[tuple[float | str, int]] = []
    if hint:
        order = order[_containing(found, numbers, hint)[order]]
    chosen = order[:limit]
    values = list(zip(found.labels(numbers[chosen]), counts[chosen].tolist(), strict=True))
    held = len(np.unique(found.at))
    return Distribution(values, len(numbers), held, len(rows) - held, _range(numbers_of(matcher, name, rows)[1]))


def _containing(found: Facet, numbers: NDArray[np.int64], hint: str) -> NDArray[np.bool_]:
    folded = hint.casefold()
    labels = found.labels(numbers)
    return np.array([folded in (one if isinstance(one, str) else f"{one:g}").casefold() for one in labels], np.bool_)


def _range(numbers: NDArray[np.float64]) -> Range | None:
    real = numbers[~np.isnan(numbers)]
    if not len(real):
        return None
    with np.errstate(invalid="ignore"):  # between infinities
        at = np.quantile(real, QUANTILES, method="inverted_cdf")
    quantiles = {f"{one:g}": value for one, value in zip(QUANTILES, at.tolist(), strict=True)}
    return Range(float(real.min()), float(real.max()), quantiles)


def numbers_of(matcher: Matcher, name: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give (places in `rows`, numbers) of the cells that are numbers."""
    entries = entries_of(matcher, name)
    if entries is None:
        values = [(at, one) for at, one in enumerate(cells(matcher, name, rows)) if isinstance(one, float)]
        return np.array([at for at, _ in values], np.int64), np.array([one for _, one in values], np.float64)
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


def _same_texts(entries: Entries, codes: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give one code for each distinct text of `codes`, and for each of `codes` which of those it is."""
    if entries.texts.distinct or not len(codes):
        return codes.astype(np.int64), np.arange(len(codes))
    seen: dict[bytes, int] = {}
    again = [seen.setdefault(one, len(seen)) for one in map(encode, entries.texts.several(codes.tolist()))]
    kept = np.zeros(len(seen), np.int64)
    kept[again[::-1]] = codes[::-1]
    return kept, np.array(again, np.int64)


def _listed(values: Sequence[object]) -> Facet:
    """Make a facet of values that were read one by one."""
    seen: dict[float | str, int] = {}
    pairs = [
        (at, seen.setdefault(one, len(seen)))
        for at, value in enumerate(values)
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, (float, str))
    ]
    known = list(seen)
    at, numbers = (np.array(one, np.int64) for one in (zip(*pairs, strict=True) if pairs else ((), ())))
    return Facet(at, numbers, lambda chosen: [known[one] for one in chosen.tolist()])
