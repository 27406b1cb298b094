"""Columns out of anything columnar, without copying more than the columns asked for.

A frame is taken through its Arrow stream (pandas, polars, pyarrow, DuckDB ...), else as a mapping of arrays or a
structured array. Numbers become NumPy arrays that share the frame's memory; text, categories and integers with
missing values become `Coded`: small integer codes beside the list of what they stand for, as Arrow's dictionaries are.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialbook.errors import ClarifyError

Array = NDArray[Any]
Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Coded:
    """A column as codes.

    Attributes
    ----------
    codes
        (n,) unsigned integers; `len(values)` stands for a missing value.
    values
        What each code stands for; distinct.
    categorical
        Whether the frame says so of the column: its numbers are names then, never a scale.
    """

    codes: Array
    values: tuple[Scalar, ...]
    categorical: bool = False

    def __len__(self) -> int:
        return len(self.codes)


Column = Array | Coded
Columns = Mapping[str, Column]


def names_of(data: object) -> list[str]:
    """Name the columns of a frame, a mapping or a structured array, in their order."""
    if isinstance(data, Mapping):
        return [str(name) for name in data]
    if isinstance(data, np.ndarray) and data.dtype.names:
        return list(data.dtype.names)
    if hasattr(data, "column_names"):
        return [str(name) for name in data.column_names]
    if hasattr(data, "columns"):
        return [str(name) for name in data.columns]
    message = (
        f"cannot read columns from {type(data).__name__}: give a pandas, polars or pyarrow frame, "
        "a dict of arrays, a structured NumPy array, or the path of a Parquet, CSV or JSON lines file"
    )
    raise ClarifyError(message)


def require(names: Sequence[str], name: str, role: str) -> None:
    """Raise a ClarifyError unless the column is there; the error names the one most like it."""
    if name in names:
        return
    close = difflib.get_close_matches(name, names, 1, cutoff=0.5)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    message = f"{role}: there is no column {name!r}{hint} The columns are {listed(names)}."
    raise ClarifyError(message)


def listed(values: Iterable[object], most: int = 10) -> str:
    """Write values one after the other, at most `most` of them."""
    shown = [repr(value) for value in values]
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return (", ".join(shown[:most]) or "nothing") + more


def take(data: object, names: Sequence[str]) -> dict[str, Column]:
    """Give the named columns, all of one length.

    Raises
    ------
    ClarifyError
        If a column is missing, has more than one dimension, or another length than the first.
    """
    known = names_of(data)
    for name in names:
        require(known, name, "data")
    if isinstance(data, Mapping):
        found = {name: column_of(_by_text(data, name)) for name in names}
    elif isinstance(data, np.ndarray):
        found = {name: column_of(data[name]) for name in names}
    elif hasattr(data, "__arrow_c_stream__"):
        found = _from_arrow(data, names)
    else:
        found = {name: column_of(data[name]) for name in names}  # type: ignore[index]
    lengths = {name: len(column) for name, column in found.items()}
    if len(set(lengths.values())) > 1:
        message = f"columns differ in length: {', '.join(f'{name!r} has {n}' for name, n in lengths.items())}"
        raise ClarifyError(message)
    return found


def column_of(values: object) -> Column:
    """Make a column of an array, a list, a Series or an Arrow array of one dimension."""
    if isinstance(values, Coded):
        return values
    if not isinstance(values, np.ndarray) and (
        hasattr(values, "__arrow_c_stream__") or hasattr(values, "__arrow_c_array__")
    ):
        import pyarrow as pa

        if hasattr(values, "__arrow_c_stream__"):
            return from_arrow(pa.chunked_array(values))
        return from_arrow(pa.chunked_array([pa.array(values)]))
    if isinstance(values, np.ndarray):
        array = values
    elif isinstance(values, list | tuple):
        array = _array_of_list(values)
    else:
        array = np.asarray(values)
    if array.ndim != 1:
        message = f"a column has one dimension, this one has the shape {array.shape}"
        raise ClarifyError(message)
    if array.dtype.kind in "biuf":
        return array
    return coded(array)


def _array_of_list(values: Sequence[object]) -> Array:
    if all(isinstance(value, bool | int | float) for value in values) and len({type(v) for v in values} - {float}) <= 1:
        return np.asarray(values)
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def coded(array: Array) -> Coded:
    """Number the values of a text or object array in the order they are first seen."""
    numbers: dict[object, int] = {}
    codes = np.empty(len(array), dtype=np.int64)
    for row, value in enumerate(array.tolist()):
        codes[row] = -1 if is_missing(value) else numbers.setdefault(plain(value), len(numbers))
    codes[codes < 0] = len(numbers)
    return Coded(codes.astype(smallest(len(numbers) + 1)), tuple(numbers))  # type: ignore[arg-type]


def is_missing(value: object) -> bool:
    """Say whether a cell is empty: None, NaN, NaT or pandas' NA."""
    return (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or type(value).__name__ in {"NAType", "NaTType"}
    )


def plain(value: object) -> Scalar:
    """Give a cell as a plain Python value; times and decimals as text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def smallest(size: int) -> type[np.unsignedinteger[Any]]:
    """Give the smallest unsigned type that holds codes below `size`."""
    return np.uint8 if size <= 1 << 8 else np.uint16 if size <= 1 << 16 else np.uint32


def _by_text(data: Mapping[Any, object], name: str) -> object:
    return data[name] if name in data else next(value for key, value in data.items() if str(key) == name)


def _from_arrow(data: Any, names: Sequence[str]) -> dict[str, Column]:
    import pyarrow as pa

    if hasattr(data, "select") and not hasattr(data, "iloc"):
        data = data.select(list(names))
    elif hasattr(data, "iloc"):
        wanted = set(names)
        data = data[[name for name in data.columns if str(name) in wanted]]
    table = pa.table(data)
    return {name: from_arrow(table[name]) for name in names}


def from_arrow(column: Any) -> Column:
    """Make a column of an Arrow chunked array: numbers without a copy where there is one chunk and no null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
        kind = column.type
    if pa.types.is_floating(kind):
        return np.asarray(column.to_numpy())
    if pa.types.is_boolean(kind) and not column.null_count:
        return np.asarray(pc.cast(column, pa.uint8()).to_numpy()).view(np.bool_)
    if pa.types.is_integer(kind) and not column.null_count:
        return np.asarray(column.to_numpy())
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    encoded = column if pa.types.is_dictionary(kind) else column.dictionary_encode()
    encoded = encoded.unify_dictionaries()
    if not encoded.num_chunks:
        return Coded(np.zeros(0, np.uint8), ())
    values = tuple(plain(value) for value in encoded.chunk(0).dictionary.to_pylist())
    parts = [_codes(chunk.indices, len(values)) for chunk in encoded.chunks]
    codes = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return _without_null_value(Coded(codes, values, pa.types.is_dictionary(kind)))


def _codes(indices: Any, missing: int) -> Array:
    import pyarrow.compute as pc

    if indices.null_count:
        indices = pc.fill_null(indices, missing) if missing < 127 else pc.fill_null(indices.cast("int64"), missing)
    return np.asarray(indices.to_numpy(zero_copy_only=False)).astype(smallest(missing + 1))


def _without_null_value(column: Coded) -> Coded:
    """Dictionaries may hold null (or NaN) as a value of its own, or a value twice: make the codes distinct."""
    if len(set(column.values)) == len(column.values) and not any(is_missing(value) for value in column.values):
        return column
    numbers: dict[Scalar, int] = {}
    for value in column.values:
        if not is_missing(value):
            numbers.setdefault(value, len(numbers))
    renumber = [len(numbers) if is_missing(value) else numbers[value] for value in column.values]
    lookup = np.array([*renumber, len(numbers)], dtype=smallest(len(numbers) + 1))
    return Coded(lookup[column.codes], tuple(numbers), column.categorical)


def as_numbers(column: Column, name: str = "") -> NDArray[np.float64]:
    """Give a column as floats, a missing value as NaN.

    Raises
    ------
    ClarifyError
        If the column holds text.
    """
    if isinstance(column, np.ndarray):
        return column.astype(np.float64)
    if any(isinstance(value, str) for value in column.values):
        message = f"column {name!r} holds text ({listed(column.values, 3)}), not numbers"
        raise ClarifyError(message)
    lookup = np.array([*(float(value) for value in column.values if value is not None), np.nan])
    return np.asarray(lookup[column.codes])
