"""The contingency table T[group, facet, label, predicted]: every bias metric but one is a function of it.

Tables of the parts of a data set add up to the table of the whole, so a file of any length is read once, in pieces,
by any number of workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.clarify.axes import Axis, merge
from trialbook.errors import ClarifyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.clarify.columns import Array

# A piece of this many rows stays in the processor's cache from the codes to the counts.
PIECE = 1 << 16
MOST_CELLS = 1 << 24
GROUP, FACET, LABEL, PREDICTED = range(4)


@dataclass(frozen=True)
class ContingencyTable:
    """Counts of rows.

    Attributes
    ----------
    axes
        What the codes of group, facet, label and predicted label stand for.
    counts
        (groups, facet values, labels, predicted labels) int64.
    """

    axes: tuple[Axis, ...]
    counts: NDArray[np.int64]

    @property
    def rows(self) -> int:
        """Number of rows counted."""
        return int(self.counts.sum())

    def __add__(self, other: ContingencyTable) -> ContingencyTable:
        """Give the table of both parts: the axes unite, the counts add."""
        merged = [merge(one, two) for one, two in zip(self.axes, other.axes, strict=True)]
        axes = tuple(axis for axis, _, _ in merged)
        counts = np.zeros(_shape(axes), dtype=np.int64)
        np.add.at(counts, np.ix_(*(left for _, left, _ in merged)), self.counts)
        np.add.at(counts, np.ix_(*(right for _, _, right in merged)), other.counts)
        return ContingencyTable(axes, counts)


def count(codes: Sequence[Array | None], axes: Sequence[Axis]) -> ContingencyTable:
    """Count rows by their codes.

    Parameters
    ----------
    codes
        For each axis (rows,) unsigned integers, or None where all rows have code 0.
    axes
        What the codes stand for.

    Raises
    ------
    ClarifyError
        If the table would have more than 16 million cells.
    """
    shape = _shape(axes)
    cells = int(np.prod(shape))
    used = [(code, size) for code, size in zip(codes, shape, strict=True) if code is not None]
    rows = len(used[0][0])
    total = np.zeros(cells, dtype=np.int64)
    piece = max(PIECE, 4 * cells)
    keys = np.empty(min(piece, rows), dtype=np.intp)
    for start in range(0, rows, piece):
        stop = min(start + piece, rows)
        key = keys[: stop - start]
        key[:] = used[0][0][start:stop]
        for code, size in used[1:]:
            key *= size
            key += code[start:stop]
        total += np.bincount(key, minlength=cells)
    return ContingencyTable(tuple(axes), total.reshape(shape))


def _shape(axes: Sequence[Axis]) -> tuple[int, ...]:
    shape = tuple(max(len(axis.values), 1) for axis in axes)
    if np.prod(shape, dtype=float) > MOST_CELLS:
        sizes = ", ".join(
            f"{name} {size:,}" for name, size in zip(("group", "facet", "label", "predicted"), shape, strict=True)
        )
        message = (
            f"too many different values to count together ({sizes}): give a threshold, facet values, or a coarser group"
        )
        raise ClarifyError(message)
    return shape
