"""Axes of the contingency table: what each code of a column stands for.

A column of few values keeps them all, so that every facet value comes from the same pass and a threshold can still be
laid through whole numbers afterwards. A column of many numbers is only split in three: below, at and above a given
number; which of the three is wanted is decided when all rows are seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np

from trialbook.clarify.columns import Array, Coded, Column, Scalar, smallest
from trialbook.errors import ClarifyError

MOST_VALUES = 1 << 16
CONTINUOUS_SHARE = 0.05
BELOW, AT, ABOVE = "below", "at", "above"


@dataclass(frozen=True)
class Axis:
    """What the codes of one column stand for.

    Attributes
    ----------
    values
        One value a code; None stands for a missing value.
    split
        The number that `values` (below, at, above) are meant against; None when they are the column's own.
    low, high
        Least and greatest number of the column; None when it holds none.
    few
        The distinct numbers of a split column while they are at most two; None when there are more.
    whole
        Whether the column is of an integer type.
    categorical
        Whether the frame says that its numbers are names.
    """

    values: tuple[Scalar, ...]
    split: float | None = None
    low: float | None = None
    high: float | None = None
    few: frozenset[float] | None = None
    whole: bool = False
    categorical: bool = False


SINGLE = Axis(("",))


def encode(column: Column, split: float | None = None, *, ordered: bool = False) -> tuple[Array, Axis]:
    """Number the values of a column.

    Parameters
    ----------
    column
        n values.
    split
        The number to split at when there are too many values to keep them all.
    ordered
        Whether the values should stand in the order they are first seen.

    Returns
    -------
    codes, axis
        (n,) unsigned integers below `len(axis.values)`.

    Raises
    ------
    ClarifyError
        If there are more than 65,536 values and no number to split at.
    """
    if isinstance(column, Coded):
        codes, axis = (
            column.codes,
            Axis((*column.values, None), whole=_whole(column.values), categorical=column.categorical),
        )
    elif column.dtype.kind == "b":
        codes, axis = column.view(np.uint8), Axis((False, True), whole=True)
    elif column.dtype.kind == "f":
        return _encode_floats(column, split, ordered=ordered)
    else:
        return _encode_whole(column, split, ordered=ordered)
    return _in_order(codes, axis) if ordered else (codes, axis)


def _whole(values: tuple[Scalar, ...]) -> bool:
    return bool(values) and all(isinstance(value, int) for value in values)


def _encode_whole(column: Array, split: float | None, *, ordered: bool) -> tuple[Array, Axis]:
    if not len(column):
        return np.zeros(0, np.uint8), Axis((), whole=True)
    low, high = int(column.min()), int(column.max())
    if high - low < MOST_VALUES:
        kind = smallest(high - low + 1)
        codes = column.astype(kind, copy=False) if low == 0 else np.subtract(column, low, dtype=np.int64).astype(kind)
        axis = Axis(tuple(range(low, high + 1)), low=low, high=high, whole=True)
        return _in_order(codes, axis) if ordered else (codes, axis)
    if split is not None and _many(column):
        return _split(column, split, whole=True)
    values, codes = np.unique(column, return_inverse=True)
    if split is not None and len(values) > MOST_VALUES:
        return _split(column, split, whole=True)
    return _kept(codes, values, ordered=ordered, whole=True)


def _many(column: Array) -> bool:
    """Say whether a long column has so many values that sorting it all would be wasted; a sample settles it."""
    sample = column[: MOST_VALUES * 16 : 16]
    return len(column) > len(sample) and len(np.unique(sample)) > len(sample) * CONTINUOUS_SHARE


def _encode_floats(column: Array, split: float | None, *, ordered: bool) -> tuple[Array, Axis]:
    if split is not None:
        return _split(column, split, whole=False)
    missing = np.isnan(column)
    values, codes = np.unique(column[~missing] if missing.any() else column, return_inverse=True)
    if missing.any():
        filled = np.full(len(column), len(values), dtype=np.int64)
        filled[~missing] = codes
        codes = filled
    return _kept(codes, values, ordered=ordered, whole=False)


def _kept(codes: Array, values: Array, *, ordered: bool, whole: bool) -> tuple[Array, Axis]:
    if len(values) > MOST_VALUES:
        message = (
            f"a column of {len(values):,} different numbers needs a threshold: at most {MOST_VALUES:,} are counted"
        )
        raise ClarifyError(message)
    low, high = (float(values[0]), float(values[-1])) if len(values) else (None, None)
    axis = Axis((*values.tolist(), None), low=low, high=high, whole=whole)
    codes = codes.astype(smallest(len(axis.values)))
    return _in_order(codes, axis) if ordered else (codes, axis)


def _split(column: Array, split: float, *, whole: bool) -> tuple[Array, Axis]:
    """Code 0 is below, 1 at, 2 above the number, 3 missing."""
    codes = np.greater_equal(column, split).view(np.uint8) + np.greater(column, split).view(np.uint8)
    if column.dtype.kind == "f":
        total = float(column.sum()) if len(column) else 0.0
        missing = np.isnan(column) if np.isnan(total) else None
        if missing is not None and missing.any():
            codes[missing] = 3
            column = column[~missing]
    few = _few(column)
    low, high = (float(column.min()), float(column.max())) if len(column) else (None, None)
    return codes, Axis((BELOW, AT, ABOVE, None), split, low, high, few, whole)


def _few(column: Array) -> frozenset[float] | None:
    """Give the distinct values when there are at most two; a look at the first rows mostly settles it."""
    if len(np.unique(column[:1000])) > 2 or not len(column):
        return None if len(column) else frozenset()
    low, high = column.min(), column.max()
    if not bool(((column == low) | (column == high)).all()):
        return None
    return frozenset((float(low), float(high)))


def _in_order(codes: Array, axis: Axis) -> tuple[Array, Axis]:
    """Renumber so that values stand as first seen; a missing value stays last and absent values go."""
    size = len(axis.values)
    first = np.full(size, len(codes), dtype=np.int64)
    head = codes[:MOST_VALUES]
    seen, where = np.unique(head, return_index=True)
    first[seen] = where
    rest = codes[MOST_VALUES:]
    if len(rest) and len(seen) < size:
        present = np.bincount(rest, minlength=size) > 0
        late = present & (first == len(codes))
        if late.any():
            for code in np.flatnonzero(late):
                first[code] = MOST_VALUES + int(np.argmax(rest == code))
    order = [code for code in np.argsort(first, kind="stable") if first[code] < len(codes)]
    order.sort(key=lambda code: axis.values[code] is None)
    lookup = np.zeros(size, dtype=smallest(max(len(order), 1)))
    lookup[order] = np.arange(len(order))
    kept = tuple(axis.values[code] for code in order)
    return lookup[codes], Axis(kept, axis.split, axis.low, axis.high, axis.few, axis.whole, axis.categorical)


def coarsen(axis: Axis, split: float) -> tuple[Axis, list[int]]:
    """Split an axis of whole numbers at a number; gives the new axis and the new code of every old one."""
    numbers = [cast("float", value) for value in axis.values if value is not None]
    few = frozenset(map(float, numbers)) if len(numbers) <= 2 else None
    mapping = [3 if value is None else int(value >= split) + int(value > split) for value in axis.values]  # type: ignore[operator]
    low, high = (min(numbers), max(numbers)) if numbers else (None, None)
    return Axis((BELOW, AT, ABOVE, None), split, low, high, few, axis.whole), mapping


def merge(one: Axis, other: Axis) -> tuple[Axis, list[int], list[int]]:
    """Unite two axes of one column; gives the new axis and the new codes of both.

    Raises
    ------
    ClarifyError
        If one part of the column holds text and the other numbers split at a threshold.
    """
    split = one.split if one.split is not None else other.split
    if split is not None:
        if any(isinstance(value, str) for axis in (one, other) if axis.split is None for value in axis.values):
            message = "one part of the column holds text, another numbers"
            raise ClarifyError(message)
        left, left_codes = (one, [0, 1, 2, 3]) if one.split is not None else coarsen(one, split)
        right, right_codes = (other, [0, 1, 2, 3]) if other.split is not None else coarsen(other, split)
        few = left.few | right.few if left.few is not None and right.few is not None else None
        axis = Axis(
            left.values, split, *_bounds(left, right), few if few and len(few) <= 2 else None, one.whole and other.whole
        )
        return axis, left_codes, right_codes
    numbers: dict[Scalar, int] = {}
    for value in (*(v for v in one.values if v is not None), *(v for v in other.values if v is not None)):
        numbers.setdefault(value, len(numbers))
    numbers[None] = len(numbers)
    categorical = one.categorical or other.categorical
    axis = Axis(tuple(numbers), None, *_bounds(one, other), None, one.whole and other.whole, categorical)
    return axis, [numbers[value] for value in one.values], [numbers[value] for value in other.values]


def _bounds(one: Axis, other: Axis) -> tuple[float | None, float | None]:
    lows = [axis.low for axis in (one, other) if axis.low is not None]
    highs = [axis.high for axis in (one, other) if axis.high is not None]
    return (min(lows) if lows else None), (max(highs) if highs else None)
