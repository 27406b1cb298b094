"""Oracles: Shapley values by their definition, over all orders of the features, one prediction at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def by_orders(predict: Callable[[Any], Any], row: NDArray[Any], base: NDArray[Any]) -> Floats:
    """Average, over all orders of the features, what each adds when it joins those before it."""
    width = len(row)
    total = np.zeros(width)
    for order in itertools.permutations(range(width)):
        now = base.copy()
        before = float(np.asarray(predict(now[None]))[0])
        for feature in order:
            now[feature] = row[feature]
            after = float(np.asarray(predict(now[None]))[0])
            total[feature] += after - before
            before = after
    return total / math.factorial(width)


def by_coalitions(predict: Callable[[Any], Any], rows: Floats, base: Floats) -> Floats:
    """Full enumeration: every row against every coalition of all features."""
    width = rows.shape[1]
    inside = (np.arange(1 << width)[:, None] >> np.arange(width) & 1).astype(np.bool_)
    synthetic = np.where(inside[:, None], rows, base).reshape(-1, width)
    values = np.asarray(predict(synthetic), np.float64).reshape(1 << width, len(rows))
    result = np.zeros(rows.shape)
    for feature in range(width):
        for number in range(1 << width):
            if number >> feature & 1:
                size = number.bit_count()
                weight = math.factorial(size - 1) * math.factorial(width - size) / math.factorial(width)
                result[:, feature] += weight * (values[number] - values[number ^ (1 << feature)])
    return result
