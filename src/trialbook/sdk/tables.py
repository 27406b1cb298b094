"""Tables that a run logs: whatever holds columns or rows becomes one JSON document of columns.

Objects are recognised by what they can do (`to_pydict`, `get_column`, `to_dict`), so that no library is imported for
it. The document is the one that SageMaker's tracker logs (`type` Table, `fields`, `data`); numbers that JSON has no
form for are the texts NaN, Infinity and -Infinity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trialbook.model import Document

_NUMBERS = (int, float)


def table(title: str | None, values: object) -> Document:
    """Make a table's document.

    Parameters
    ----------
    values
        A mapping of columns (or of single values: one row), a data frame of pandas or Polars, an Arrow table, an
        array of one or two dimensions or with fields, or rows: mappings, or sequences of one length.

    Raises
    ------
    ValueError
        When the columns differ in length.
    TypeError
        When it is none of these.
    """
    data = {str(name): [plain(one) for one in column] for name, column in columns(values).items()}
    lengths = {len(column) for column in data.values()}
    if len(lengths) > 1:
        message = f"the columns of a table must be of one length, not {sorted(lengths)}"
        raise ValueError(message)
    fields = [{"name": name, "type": _type(column)} for name, column in data.items()]
    return {"type": "Table", "version": 0, "title": title, "fields": fields, "data": data}


def columns(values: Any) -> Mapping[object, Iterable[object]]:
    """Give columns by name, of anything that holds some."""
    if isinstance(values, Mapping):
        return values if all(map(_is_column, values.values())) else {key: [one] for key, one in values.items()}
    if hasattr(values, "collect") and hasattr(values, "lazy"):  # Polars, lazy
        values = values.collect()
    if hasattr(values, "to_pydict"):  # Arrow
        return dict(zip(values.column_names, (one.to_pylist() for one in values.columns), strict=True))
    if hasattr(values, "get_column"):  # Polars
        return {name: values.get_column(name).to_list() for name in values.columns}
    if hasattr(values, "to_frame") and hasattr(values, "index"):  # a series of pandas
        values = values.to_frame()
    if hasattr(values, "to_dict") and hasattr(values, "index"):
        return _pandas(values)
    if hasattr(values, "dtype") and hasattr(values, "ndim"):
        return _array(values)
    if isinstance(values, Iterable) and not isinstance(values, str | bytes):
        return _rows(list(values))
    message = f"a {type(values).__name__} is no table: expected columns, rows, a data frame or an array"
    raise TypeError(message)


def plain(value: Any) -> object:
    """Give a value as JSON can hold it."""
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "isoformat"):
        return "NaN" if str(value) == "NaT" else value.isoformat()
    return str(value)


def _type(column: Sequence[object]) -> str:
    held = [one for one in column if one is not None]
    if held and all(isinstance(one, bool) for one in held):
        return "boolean"
    numbers = all(isinstance(one, _NUMBERS) or one in {"NaN", "Infinity", "-Infinity"} for one in held)
    return "number" if numbers and any(isinstance(one, _NUMBERS) for one in held) else "string"


def _is_column(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)


def _pandas(frame: Any) -> Mapping[object, Iterable[object]]:
    if type(frame.index).__name__ != "RangeIndex":
        frame = frame.reset_index()
    return {
        "/".join(map(str, name)) if isinstance(name, tuple) else str(name): frame.iloc[:, at].tolist()
        for at, name in enumerate(frame.columns)
    }


def _array(values: Any) -> Mapping[object, Iterable[object]]:
    if values.dtype.names:
        return {name: values[name].tolist() for name in values.dtype.names}
    if values.ndim == 1:
        return {"0": values.tolist()}
    if values.ndim == 2:
        return {str(at): values[:, at].tolist() for at in range(values.shape[1])}
    message = f"an array of {values.ndim} dimensions is no table"
    raise TypeError(message)


def _rows(rows: Sequence[Any]) -> Mapping[object, Iterable[object]]:
    if all(isinstance(row, Mapping) for row in rows):
        names = dict.fromkeys(name for row in rows for name in row)
        return {name: [row.get(name) for row in rows] for name in names}
    if all(isinstance(row, Sequence) and not isinstance(row, str) for row in rows):
        if len({len(row) for row in rows}) > 1:
            message = "the rows of a table must be of one length"
            raise ValueError(message)
        return {str(at): list(column) for at, column in enumerate(zip(*rows, strict=True))}
    return {"0": rows}
