"""What a request to a serving program holds: its Content-Type, and the rows of its body.

Beside the files' formats, SageMaker's algorithms take JSON: `{"instances": [...]}` or one instance a line, where an
instance is `{"features": [...]}` or `{"data": {"features": {"values": [...], "keys": [...], "shape": [...]}}}`.
Source: the SageMaker Developer Guide's "Common data formats for inference".
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import recordio
from trialbook.algorithms.failures import RequestError
from trialbook.algorithms.formats import CSV, RECORDIO, read
from trialbook.algorithms.table import Table, features_of

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON, JSONLINES = "json", "jsonlines"
SERVED = {
    "text/csv": CSV,
    "application/json": JSON,
    "application/jsonlines": JSONLINES,
    "application/x-recordio-protobuf": RECORDIO,
}


def format_of(content_type: str | None, served: Mapping[str, str], default: str) -> str:
    """Give the format that a request's Content-Type names.

    Raises
    ------
    RequestError
        415 when it is not served.
    """
    kind = (content_type or default).partition(";")[0].strip().lower()
    if kind not in served:
        message = f"Content-type {kind} not supported. Supported content-type is {', '.join(served)}"
        raise RequestError(message, 415)
    return served[kind]


def rows(body: bytes, content_type: str | None, *, csv: bool = True) -> Table:
    """Read the rows of a request to one of the algorithms that take JSON.

    Parameters
    ----------
    csv
        Whether the algorithm takes CSV.

    Raises
    ------
    RequestError
        When the body is not what its Content-Type says.
    """
    served = SERVED if csv else {kind: form for kind, form in SERVED.items() if form != CSV}
    form = format_of(content_type, served, "text/csv" if csv else "application/json")
    if not body.strip():
        message = "The request's body is empty."
        raise RequestError(message)
    if form in {JSON, JSONLINES}:
        return Table(
            features_of([_instance(one, number) for number, one in enumerate(_instances(body, form))], "the request")
        )
    return read(body, form, "the request", labels=False)


def _instances(body: bytes, form: str) -> list[Any]:
    try:
        if form == JSONLINES:
            return [json.loads(line) for line in body.splitlines() if line.strip()]
        document = json.loads(body)
    except ValueError as error:
        message = f"The request's body is not JSON: {error}"
        raise RequestError(message) from error
    found = document.get("instances") if isinstance(document, dict) else document
    if not isinstance(found, list) or not found:
        message = 'The request\'s JSON must be {"instances": [{"features": [numbers]}, ...]}.'
        raise RequestError(message)
    return found


def _instance(one: Any, number: int) -> recordio.Tensor:
    """Read one instance: a list of numbers, dense features, or a tensor with keys and a shape."""
    inner = one.get("data", one) if isinstance(one, dict) else one
    features = inner.get("features", inner) if isinstance(inner, dict) else inner
    try:
        if isinstance(features, dict):
            values = np.asarray(features["values"], np.float32)
            keys, shape = features.get("keys"), features.get("shape")
            size = int(shape[-1] if isinstance(shape, list) else shape) if shape else None
            return recordio.Tensor(values, np.asarray(keys, np.uint64) if keys else None, size)
        values = np.asarray(features, np.float32)
        if values.ndim != 1:
            raise ValueError(features)
    except (KeyError, TypeError, ValueError) as error:
        message = f'Instance {number} of the request must be {{"features": [numbers]}}.'
        raise RequestError(message) from error
    return recordio.Tensor(values)
