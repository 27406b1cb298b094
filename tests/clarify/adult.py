"""The Adult data as the published figures were computed on it, with the kept predictions of the published model."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult"
sys.path.insert(0, str(EXAMPLE))

bias: Any = importlib.import_module("bias")
published: Any = importlib.import_module("published")
encoded: Any = importlib.import_module("encoded")


@cache
def training() -> dict[str, NDArray[Any]]:
    """30,162 complete rows, every column whole numbers."""
    return dict(encoded.columns())


@cache
def probabilities() -> NDArray[np.float32]:
    """The published model's probability of a high income for each row of `training()`."""
    return np.asarray(pq.read_table(EXAMPLE / "adult_predictions.parquet")["probability"].to_numpy(), np.float32)
