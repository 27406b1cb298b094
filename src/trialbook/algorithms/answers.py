"""Predictions as the bytes of a response, in the shapes that SageMaker documents.

::

    application/json                  {"predictions": [{"score": 0.4, "predicted_label": 0}, ...]}
    application/jsonlines             {"score": 0.4, "predicted_label": 0}   one a line
    application/x-recordio-protobuf   one Record each, the fields as float32 tensors of its label
    text/csv                          the fields in order, one row a line
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.algorithms import recordio
from trialbook.algorithms.failures import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JSON, JSONLINES, RECORDIO, CSV = (
    "application/json",
    "application/jsonlines",
    "application/x-recordio-protobuf",
    "text/csv",
)
_SHORT = {"csv": CSV, "json": JSON, "jsonlines": JSONLINES, "recordio-protobuf": RECORDIO}


@dataclass(frozen=True)
class Answer:
    """A response: body, Content-Type, HTTP status."""

    body: bytes
    content_type: str
    status: int = 200


def accepted(accept: str | None, served: Sequence[str], default: str) -> tuple[str, str]:
    """Choose the response's type by the Accept header, and give its parameters beside it.

    Raises
    ------
    RequestError
        406 when none of the types is served.
    """
    for choice in (accept or "*/*").split(","):
        kind, _, parameters = choice.partition(";")
        kind = kind.strip().lower()
        if kind in {"", "*/*"}:
            return default, parameters
        kind = _SHORT.get(kind, kind)
        if kind in served:
            return kind, parameters
    message = f'Accept "{accept}" is not served. Served are {", ".join(served)}.'
    raise RequestError(message, 406)


def encode_json(predictions: Sequence[Mapping[str, Any]], kind: str, name: str = "predictions") -> Answer:
    """Write predictions as JSON under `name`, or as JSON lines."""
    if kind == JSONLINES:
        text = "".join(json.dumps(prediction) + "\n" for prediction in predictions)
    else:
        text = json.dumps({name: list(predictions)})
    return Answer(text.encode(), kind)


def encode_fields(
    predictions: Sequence[Mapping[str, Any]],
    kind: str,
    order: Sequence[str],
    *,
    name: str = "predictions",
    trailing: bool = True,
) -> Answer:
    """Write predictions in any of the four types; `trailing` ends CSV with a line end."""
    if kind in {JSON, JSONLINES}:
        return encode_json(predictions, kind, name)
    if kind == RECORDIO:
        records = (
            recordio.Record({}, {key: recordio.Tensor(_float32(value)) for key, value in prediction.items()})
            for prediction in predictions
        )
        return Answer(recordio.write(records), kind)
    lines = "\n".join(
        ",".join(_csv(prediction[key]) for key in order if key in prediction) for prediction in predictions
    )
    return Answer((lines + "\n" * trailing).encode(), kind)


def _float32(value: Any) -> Any:
    return np.atleast_1d(np.asarray(value, np.float32))


def _csv(value: Any) -> str:
    if isinstance(value, list):
        return f'"{value}"'
    return "nan" if isinstance(value, float) and math.isnan(value) else str(value)
