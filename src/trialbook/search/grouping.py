"""Groups of records: those that have the same values of some properties, with aggregates of others.

Each property of the key becomes a facet; a record without one of them is in no group. The group's number is built facet
by facet, so no step is larger than the records themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ValidationError
from trialbook.search.facets import facet, numbers_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.search.match import Matcher

Value = float | str | None


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups in their order, column by column.

    Attributes
    ----------
    by
        One list of values for each property of the key.
    counts
        Records in each group.
    aggregates
        One list for each aggregate; None where the group has no number to aggregate.
    total
        How many groups there are, those past the limit included.
    """

    by: list[list[float | str]]
    counts: list[int]
    aggregates: list[list[float | None]]
    total: int


def group(
    matcher: Matcher,
    rows: NDArray[np.int64],
    by: Sequence[str],
    aggregates: Sequence[tuple[str, str]],
    sort: Sequence[str],
    limit: int,
) -> Groups:
    """Group `rows` (ascending).

    Parameters
    ----------
    aggregates
        Pairs (property, function of `facets.FUNCTIONS`).
    sort
        `count`, a property of `by`, or `function(property)`, a leading minus for descending. Groups without the value
        come last.
    """
    at, number = np.arange(len(rows)), np.zeros(len(rows), np.int64)
    keys: list[NDArray[np.int64]] = []
    facets = [facet(matcher, name, rows) for name in by]
    for one in facets:
        at, number, chosen, value = _joined(at, number, one.at, one.value)
        keys = [key[chosen] for key in keys] + [value]
        _, number = np.unique(number * (value.max(initial=0) + 1) + value, return_inverse=True)
    _, first, counts = np.unique(number, return_index=True, return_counts=True)
    told = [
        _aggregate(*numbers_of(matcher, name, rows), at, number, len(counts), function) for name, function in aggregates
    ]
    labels = [one.labels(key[first]) for one, key in zip(facets, keys, strict=True)]
    order = _order(by, labels, counts, aggregates, told, sort)[:limit]
    return Groups(
        [[label[at] for at in order] for label in labels],
        [int(counts[at]) for at in order],
        [[None if np.isnan(one[at]) else float(one[at]) for at in order] for one in told],
        len(counts),
    )


def _joined(
    at: NDArray[np.int64], number: NDArray[np.int64], other: NDArray[np.int64], value: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Pair every entry of `at` with every one of `other` at the same place (both ascending)."""
    begin, end = np.searchsorted(other, at, "left"), np.searchsorted(other, at, "right")
    times = end - begin
    chosen = np.repeat(np.arange(len(at)), times)
    shift = np.arange(len(chosen)) - np.repeat(np.cumsum(times) - times, times)
    return at[chosen], number[chosen], chosen, value[begin[chosen] + shift]


def _aggregate(
    places: NDArray[np.int64],
    numbers: NDArray[np.float64],
    at: NDArray[np.int64],
    number: NDArray[np.int64],
    groups: int,
    function: str,
) -> NDArray[np.float64]:
    """(groups,) one aggregate of each group; NaN where it has no number."""
    real = ~np.isnan(numbers)
    order = np.argsort(at, kind="stable")
    _, of, _, index = _joined(at[order], number[order], places[real], np.flatnonzero(real))
    values = numbers[index]
    sort = np.lexsort((values, of))
    of, values = of[sort], values[sort]
    held, start, count = np.unique(of, return_index=True, return_counts=True)
    answer = np.full(groups, np.nan)
    if function == "count":
        answer[:] = 0.0
        answer[held] = count
    elif len(held):
        with np.errstate(all="ignore"):  # infinities among the values
            answer[held] = _reduced(values, start, count, function)
    return answer


def _reduced(
    values: NDArray[np.float64], start: NDArray[np.int64], count: NDArray[np.int64], function: str
) -> NDArray[np.float64]:
    """Reduce runs of sorted values."""
    end: NDArray[np.int64] = start + count
    mean: NDArray[np.float64] = _sums(values, start) / count
    match function:
        case "min":
            return values[start]
        case "max":
            return values[end - 1]
        case "median":
            return _halfway(values[start + (count - 1) // 2], values[start + count // 2])
        case "mean":
            return mean
        case _:
            off = values - np.repeat(mean, count)
            deviation: NDArray[np.float64] = np.sqrt(_sums(off * off, start) / np.maximum(count - 1, 1))
            deviation[count < 2] = np.nan
            return deviation


def _halfway(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    between: NDArray[np.float64] = (one + other) / 2
    return between


def _sums(values: NDArray[np.float64], start: NDArray[np.int64]) -> NDArray[np.float64]:
    sums: NDArray[np.float64] = np.add.reduceat(values, start)
    return sums


def _order(
    by: Sequence[str],
    labels: list[list[float | str]],
    counts: NDArray[np.int64],
    aggregates: Sequence[tuple[str, str]],
    told: list[NDArray[np.float64]],
    sort: Sequence[str],
) -> list[int]:
    known: dict[str, list[Value]] = {"count": [int(one) for one in counts]}
    known |= {name: list(label) for name, label in zip(by, labels, strict=True)}
    for (name, function), values in zip(aggregates, told, strict=True):
        known[f"{function}({name})"] = [None if np.isnan(one) else float(one) for one in values]
    order = list(range(len(counts)))
    for one in reversed(sort or ("-count",)):
        name = one.removeprefix("-")
        if name not in known:
            raise ValidationError(f"Groups cannot be sorted by {name}: there are {', '.join(known)}.")
        order = _sorted(order, known[name], descending=one.startswith("-"))
    return order


def _sorted(order: list[int], values: list[Value], *, descending: bool) -> list[int]:
    """Sort stably: numbers, then texts, then what is missing."""
    numbers: list[tuple[float, int]] = []
    texts: list[tuple[str, int]] = []
    missing: list[int] = []
    for at in order:
        value = values[at]
        if value is None or value != value:  # noqa: PLR0124 (NaN)
            missing.append(at)
        elif isinstance(value, str):
            texts.append((value, at))
        else:
            numbers.append((value, at))
    numbers.sort(key=lambda one: one[0], reverse=descending)
    texts.sort(key=lambda one: one[0], reverse=descending)
    return [at for _, at in numbers] + [at for _, at in texts] + missing
