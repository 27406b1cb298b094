"""The numbers of one comparison: a sensitive facet against everybody else, with the label turned into yes or no.

Every metric is written over the two `Side`s; what AWS writes n_a^(1) is `counts.advantaged.positive` here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from trialbook.errors import MetricError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Side:
    """Counts of one side of a comparison.

    Attributes
    ----------
    tn, fp, fn, tp
        Rows by label and predicted label: true negatives, false positives, false negatives, true positives.
    """

    tn: int
    fp: int
    fn: int
    tp: int

    @property
    def n(self) -> int:
        """All rows of the side."""
        return self.tn + self.fp + self.fn + self.tp

    @property
    def positive(self) -> int:
        """Rows whose label is positive."""
        return self.fn + self.tp

    @property
    def negative(self) -> int:
        """Rows whose label is negative."""
        return self.tn + self.fp

    @property
    def predicted_positive(self) -> int:
        """Rows predicted positive."""
        return self.fp + self.tp

    @property
    def predicted_negative(self) -> int:
        """Rows predicted negative."""
        return self.tn + self.fn

    @property
    def proportions(self) -> tuple[float, float]:
        """Share of negative and of positive labels."""
        return self.negative / self.n, self.positive / self.n


@dataclass(frozen=True)
class Counts:
    """What the metrics are functions of.

    Attributes
    ----------
    cells
        (groups, 2 sides, 2 labels, 2 predicted labels) int64; side 1 is the sensitive facet, label 1 the positive one.
    grouped
        Whether there is a group variable.
    """

    cells: NDArray[np.int64]
    grouped: bool

    @cached_property
    def sides(self) -> tuple[Side, Side]:
        """The advantaged side and the sensitive (disadvantaged) one, which may be empty."""
        total = self.cells.sum(axis=0).reshape(2, 4).tolist()
        return Side(*total[0]), Side(*total[1])

    @property
    def advantaged(self) -> Side:
        """Everybody outside the sensitive facet.

        Raises
        ------
        MetricError
            If either side is empty: there is nothing to compare then.
        """
        self._check()
        return self.sides[0]

    @property
    def disadvantaged(self) -> Side:
        """The sensitive facet; raises as `advantaged` does."""
        self._check()
        return self.sides[1]

    def _check(self) -> None:
        for name, side in zip(("outside the facet", "in the facet"), self.sides, strict=True):
            if not side.n:
                message = f"nobody is {name}, so there is nothing to compare"
                raise MetricError(message)


def ratio(numerator: float, denominator: float) -> float:
    """Divide; 0/0 is 0 and x/0 is infinite, as in the published reports."""
    if denominator:
        return numerator / denominator
    return 0.0 if not numerator else math.copysign(math.inf, numerator)


def difference(one: float, other: float) -> float:
    """Subtract; two infinities of one sign differ by 0."""
    return 0.0 if one == other else one - other
