"""What is explained: rows as an array, and the names of their features.

A data frame whose columns are numbers of several types becomes an array of objects by itself, which no model takes;
it is read as float64 here. Missing values in it are NaN.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def read_rows(rows: object, names: Sequence[str] | None = None) -> tuple[NDArray[Any], list[str]]:
    """Give rows (n, features) with n > 0, of numbers or of objects, and a name for each feature.

    Names are those given, else a frame's columns, else feature0, feature1, ... Raises ValueError on another shape.
    """
    columns = getattr(rows, "columns", None)
    table = np.asarray(rows)
    if table.ndim != 2 or not len(table):
        message = f"rows have shape {table.shape}; (rows, features) with at least one row is needed"
        raise ValueError(message)
    if columns is not None and table.dtype == object:
        table = _numbers(table)
    labels = [str(one) for one in (names if names is not None else columns if columns is not None else ())]
    labels = labels or [f"feature{at}" for at in range(table.shape[1])]
    if len(labels) != table.shape[1]:
        message = f"{len(labels)} names for {table.shape[1]} features"
        raise ValueError(message)
    return table, labels


def position(feature: int | str, names: Sequence[str]) -> int:
    """Give the place of a feature that is given by position or name. Raises ValueError, naming those there are."""
    if isinstance(feature, str):
        if feature in names:
            return names.index(feature)
    elif 0 <= feature < len(names):
        return int(feature)
    message = f"there is no feature {feature!r}; the features are {', '.join(names)}"
    raise ValueError(message)


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: None or NaN."""
    return value is None or (isinstance(value, float | np.floating) and bool(np.isnan(value)))


def _numbers(table: NDArray[Any]) -> NDArray[Any]:
    """Give a table of objects as float64 when all of them are numbers, truth values or missing."""
    if not all(is_missing(value) or isinstance(value, int | float | np.number | np.bool_) for value in table.flat):
        return table
    flat = [np.nan if is_missing(value) else float(value) for value in table.flat]
    return np.array(flat, np.float64).reshape(table.shape)
