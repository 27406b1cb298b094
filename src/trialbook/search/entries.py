"""Entries: cells of one column as arrays of equal length, and what can be done with them.

They belong to rows in one of three ways::

    dense    owner is None: entry i is row i                      at least 1/8 of the rows have a cell
    sparse   owner is sorted, each row once                       fewer
    many     owner is sorted, rows repeat; element says which     a list of structures is on the way
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.search.texts import Texts

SPARSE = 8


@dataclass(slots=True)
class Entries:
    """The cells of a column, or some of them; all arrays have the same length m.

    Attributes
    ----------
    owner
        (m,) rows in ascending order; None when entry i is row i.
    element
        (m,) elements of lists; None outside of lists.
    number, has
        (lanes, m) float64 and (m,) bool; None in columns of texts. A lane is a statistic.
    code
        (m,) int32 into `texts`, -1 for none; None in columns of numbers.
    """

    texts: Texts
    owner: NDArray[np.int64] | None
    element: NDArray[np.int64] | None
    number: NDArray[np.float64] | None
    has: NDArray[np.bool_] | None
    code: NDArray[np.int32] | None

    def __len__(self) -> int:
        for array in (self.has, self.code):
            if array is not None:
                return len(array)
        return 0

    @property
    def size(self) -> int:
        """Bytes held, near enough."""
        arrays = (self.owner, self.element, self.number, self.has, self.code)
        return sum(one.nbytes for one in arrays if one is not None) + (0 if self.code is None else self.texts.size)

    def present(self) -> NDArray[np.bool_]:
        """(m,) whether the entry holds a value."""
        if self.has is None:
            return np.zeros(0, np.bool_) if self.code is None else self.code >= 0
        return self.has if self.code is None else self.has | (self.code >= 0)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Entries:
        """Give some of the entries. Those of a dense column lose their rows."""
        return Entries(
            self.texts,
            None if self.owner is None else self.owner[index],
            None if self.element is None else self.element[index],
            None if self.number is None else self.number[:, index],
            None if self.has is None else self.has[index],
            None if self.code is None else self.code[index],
        )

    def lane(self, lane: int) -> Entries:
        """Give the entries with one statistic only."""
        number = None if self.number is None else self.number[lane : lane + 1]
        return Entries(self.texts, self.owner, self.element, number, self.has, self.code)

    def put(self, at: NDArray[np.int64] | slice, other: Entries) -> None:
        """Put other entries at these places."""
        if self.has is not None and other.has is not None:
            self.has[at] = other.has
        if self.number is not None and other.number is not None:
            self.number[:, at] = other.number
        if self.code is not None and other.code is not None:
            self.code[at] = other.code

    def clear(self, at: NDArray[np.int64]) -> None:
        """Take the values at these places away."""
        if self.has is not None:
            self.has[at] = False
        if self.code is not None:
            self.code[at] = -1


def blank(like: Entries, length: int) -> Entries:
    """Dense entries without a value."""
    return Entries(
        like.texts,
        None,
        None,
        None if like.number is None else np.zeros((len(like.number), length)),
        None if like.has is None else np.zeros(length, np.bool_),
        None if like.code is None else np.full(length, -1, np.int32),
    )


def join(one: Entries, other: Entries) -> Entries:
    """Give the entries of both, one after the other."""
    return Entries(
        one.texts,
        _concatenate(one.owner, other.owner),
        _concatenate(one.element, other.element),
        None
        if one.number is None or other.number is None
        else np.ascontiguousarray(np.concatenate((one.number, other.number), axis=1)),
        _concatenate(one.has, other.has),
        _concatenate(one.code, other.code),
    )


def replaced(old: Entries, fresh: Entries, touched: NDArray[np.int64], first: int, rows: int) -> Entries:
    """Give sparse entries of rows from `first` on in which the `touched` rows have what `fresh` holds for them."""
    assert old.owner is not None
    gone = np.zeros(rows, np.bool_)
    gone[touched - first] = True
    joined = join(old.take(~gone[old.owner - first]), fresh)
    assert joined.owner is not None
    return joined.take(np.argsort(joined.owner, kind="stable"))


def _concatenate(one: NDArray[Any] | None, other: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if one is None or other is None else np.concatenate((one, other))
