"""Sets of rows: a boolean mask over all rows, or an ascending array of row numbers when they are few.

Every function takes and gives either form; which one is told by the dtype.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    RowSet = NDArray[np.bool_] | NDArray[np.int64]

FEW = 32
"""A mask with fewer than 1/FEW of its rows becomes an array."""


def is_mask(rows: RowSet) -> bool:
    """Tell the form."""
    return rows.dtype == np.bool_


def distinct(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each number of an ascending array once."""
    if len(rows) < 2:
        return rows
    return rows[np.concatenate(([True], rows[1:] != rows[:-1]))]


def count(rows: RowSet) -> int:
    """Say how many rows there are."""
    return int(np.count_nonzero(rows)) if is_mask(rows) else len(rows)


def listed(rows: RowSet) -> NDArray[np.int64]:
    """Give the row numbers in ascending order."""
    return np.flatnonzero(rows) if is_mask(rows) else rows.astype(np.int64, copy=False)


def mask_of(rows: RowSet, size: int) -> NDArray[np.bool_]:
    """Give the mask over `size` rows; it may be the argument itself."""
    if is_mask(rows):
        return rows.astype(np.bool_, copy=False)
    mask = np.zeros(size, np.bool_)
    mask[rows] = True
    return mask


def slim(rows: RowSet) -> RowSet:
    """Turn a mask of few rows into an array."""
    return np.flatnonzero(rows) if is_mask(rows) and np.count_nonzero(rows) * FEW < len(rows) else rows


def among(some: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(m,) whether each of `some` is one of `others`, both ascending."""
    if not len(others):
        return np.zeros(len(some), np.bool_)
    at = np.searchsorted(others, some)
    at[at == len(others)] = 0
    found: NDArray[np.bool_] = others[at] == some
    return found


def both(one: RowSet, other: RowSet) -> RowSet:
    """Rows that are in both."""
    if is_mask(one) and is_mask(other):
        return one & other
    if is_mask(one):
        return other[one[other]]
    if is_mask(other):
        return one[other[one]]
    some, others = (one, other) if len(one) < len(other) else (other, one)
    return some[among(listed(some), listed(others))]


def either(one: RowSet, other: RowSet, size: int) -> RowSet:
    """Rows that are in one of them or both."""
    if not is_mask(one) and not is_mask(other) and (len(one) + len(other)) * FEW < size:
        return np.union1d(one, other)
    mask: NDArray[Any] = mask_of(one, size).copy()
    if is_mask(other):
        mask |= other.astype(np.bool_, copy=False)
    else:
        mask[other] = True
    return mask


def without(one: RowSet, other: RowSet, size: int) -> RowSet:
    """Rows of the one that are not in the other."""
    if is_mask(one):
        mask = one.astype(np.bool_)
        mask &= ~mask_of(other, size)
        return mask
    return one[~mask_of(other, size)[one]]
