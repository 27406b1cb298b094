"""Bodies to arrays and back, by content type: JSON, CSV, NumPy's `.npy`, SciPy's sparse `.npz`."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np

from trialbook.algorithms.failures import RequestError

JSON, CSV, NPY, NPZ = "application/json", "text/csv", "application/x-npy", "application/x-npz"
JSONLINES = "application/jsonlines"
# The toolkits give a script text for these and bytes for all others.
TEXTS = (JSON, CSV, JSONLINES)
DECODED = (JSON, CSV, NPY, NPZ)
ENCODED = (JSON, CSV, NPY, JSONLINES)


def kind_of(content_type: str | None) -> str:
    """Give a content type without its parameters, in lower case."""
    return (content_type or "").partition(";")[0].strip().lower()


def decode(body: str | bytes, content_type: str | None) -> Any:
    """Make an array of a body; CSV always has two dimensions.

    Raises
    ------
    RequestError
        415 for a type that is not known, 400 for a body that is not of its type.
    """
    kind = kind_of(content_type)
    if kind not in DECODED:
        message = f"Content-type {content_type} not supported. Supported content-type is {', '.join(DECODED)}"
        raise RequestError(message, 415)
    data = body.encode() if isinstance(body, str) else body
    try:
        if kind == JSON:
            return np.array(json.loads(data))
        if kind == NPY:
            return np.load(io.BytesIO(data), allow_pickle=False)
        if kind == NPZ:
            from scipy.sparse import load_npz

            return load_npz(io.BytesIO(data))
        found = np.genfromtxt(io.BytesIO(data), delimiter=",", encoding="utf-8")
        return found.reshape(len([line for line in data.splitlines() if line.strip()]), -1)
    except (ValueError, OSError, EOFError) as error:
        message = f"The request's body is not {kind}: {error}"
        raise RequestError(message) from error


def encode(value: Any, accept: str) -> bytes:
    """Write a prediction (an array, a tensor, a sparse matrix, a list or anything JSON holds) as a content type.

    Raises
    ------
    RequestError
        406 for a type that is not known.
    """
    kind = kind_of(accept)
    if kind not in ENCODED:
        message = f'Accept "{accept}" is not served. Served are {", ".join(ENCODED)}.'
        raise RequestError(message, 406)
    plain = _plain(value)
    if kind == JSON:
        return json.dumps(plain.tolist() if isinstance(plain, np.ndarray) else plain, default=_jsonable).encode()
    if kind == JSONLINES:
        rows = plain.tolist() if isinstance(plain, np.ndarray) else plain
        rows = rows if isinstance(rows, list) else [rows]
        return "".join(json.dumps(row, default=_jsonable) + "\n" for row in rows).encode()
    array = np.asarray(plain)
    out = io.BytesIO()
    if kind == NPY:
        np.save(out, array, allow_pickle=False)
        return out.getvalue()
    rows = np.atleast_1d(array)
    np.savetxt(out, rows if rows.ndim < 3 else rows.reshape(len(rows), -1), delimiter=",", fmt="%s")
    return out.getvalue()


def _plain(value: Any) -> Any:
    """Give NumPy's form of what frameworks return."""
    for name in ("detach", "cpu", "toarray", "to_numpy"):  # torch tensors, sparse matrices, data frames
        if callable(getattr(value, name, None)):
            value = getattr(value, name)()
    if hasattr(value, "numpy") and callable(value.numpy):
        value = value.numpy()
    return value.item() if isinstance(value, np.generic) else value


def _jsonable(value: Any) -> Any:
    plain = _plain(value)
    if isinstance(plain, np.ndarray):
        return plain.tolist()
    if plain is value:
        message = f"{type(value).__name__} is nothing that JSON holds"
        raise TypeError(message)
    return plain
