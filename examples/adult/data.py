"""The Adult data as arrays for XGBoost."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

HERE = Path(__file__).parent
LABEL = "Target"
POSITIVE = ">50K"
VALIDATION_SHARE = 0.2


@dataclass(frozen=True)
class Part:
    """Rows for one purpose: `x` (n, 14) float64 with NaN for missing, `y` (n,) 0 or 1 (1: over 50,000 dollars)."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def load(seed: int = 0) -> tuple[Part, Part, Part]:
    """Give the train, validation and test parts; text columns are numbered by their values in the training file."""
    train_table = pq.read_table(HERE / "adult.parquet")
    test_table = pq.read_table(HERE / "adult_test.parquet")
    features = [name for name in train_table.column_names if name != LABEL]
    columns, test_columns = [], []
    for name in features:
        values, test_values = train_table[name].to_numpy(), test_table[name].to_numpy()
        if values.dtype == object:
            codes = {value: code for code, value in enumerate(sorted({v for v in values if v is not None}))}
            values = [codes.get(value, np.nan) for value in values]
            test_values = [codes.get(value, np.nan) for value in test_values]
        columns.append(np.asarray(values, np.float64))
        test_columns.append(np.asarray(test_values, np.float64))
    everyone = Part(np.column_stack(columns), (train_table[LABEL].to_numpy() == POSITIVE).astype(np.float64))
    test = Part(np.column_stack(test_columns), (test_table[LABEL].to_numpy() == POSITIVE).astype(np.float64))
    order = np.random.default_rng(seed).permutation(len(everyone.y))
    cut = int(len(order) * VALIDATION_SHARE)
    return _take(everyone, order[cut:]), _take(everyone, order[:cut]), test


def _take(part: Part, rows: NDArray[np.int64]) -> Part:
    return Part(part.x[rows], part.y[rows])
