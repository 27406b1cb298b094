"""Stand-ins for the toolkits' modules that inference scripts import, where the toolkits are not installed.

Scripts written for SageMaker's images import their encoders and content types::

    from sagemaker_containers.beta.framework import content_types, encoders, worker
    from sagemaker_inference import content_types, decoder, encoder
    import sagemaker_xgboost_container.encoder as xgb_encoders

The packages themselves bring a web server and old pins. What scripts use of them is a few functions over the payloads
that are here already, under the names that the packages give them; a package that is installed goes first.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from trialbook.algorithms.scripts.payloads import CSV, JSON, NPY, NPZ, TEXTS, decode, encode

_CONTENT_TYPES: dict[str, object] = {
    "JSON": JSON,
    "CSV": CSV,
    "NPY": NPY,
    "NPZ": NPZ,
    "OCTET_STREAM": "application/octet-stream",
    "ANY": "*/*",
    "UTF8_TYPES": list(TEXTS),
}


@dataclass
class Response:
    """What output_fn may return: a body with its type."""

    response: Any = None
    mimetype: str = JSON
    status: int = 200


def _dmatrix(body: str | bytes, content_type: str) -> Any:
    from trialbook.algorithms.boosting.matrices import matrix
    from trialbook.algorithms.boosting.prediction import table_of

    return matrix(table_of(body.encode() if isinstance(body, str) else body, content_type))


def _xgboost_encoder() -> dict[str, object]:
    def converter(content_type: str) -> object:
        def convert(body: str | bytes, dtype: object = None) -> Any:  # noqa: ARG001 (a DMatrix is float32)
            return _dmatrix(body, content_type)

        return convert

    return {
        "csv_to_dmatrix": converter("text/csv"),
        "libsvm_to_dmatrix": converter("text/libsvm"),
        "recordio_protobuf_to_dmatrix": converter("application/x-recordio-protobuf"),
        "decode": _dmatrix,
    }


def _modules() -> dict[str, dict[str, object]]:
    return {
        "sagemaker_containers.beta.framework.content_types": _CONTENT_TYPES,
        "sagemaker_containers.beta.framework.encoders": {"decode": decode, "encode": encode},
        "sagemaker_containers.beta.framework.worker": {"Response": Response},
        "sagemaker_inference.content_types": _CONTENT_TYPES,
        "sagemaker_inference.decoder": {"decode": decode},
        "sagemaker_inference.encoder": {"encode": encode},
        "sagemaker_xgboost_container.encoder": _xgboost_encoder(),
    }


def install() -> None:
    """Put the stand-ins where imports find them, but for packages that are installed."""
    for name, members in _modules().items():
        root = name.partition(".")[0]
        standing = isinstance(sys.modules.get(root), _StandIn)
        if standing or (root not in sys.modules and importlib.util.find_spec(root) is None):
            _place(name).__dict__.update(members)


class _StandIn(ModuleType):
    """A module that stands in for a toolkit's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []


def _place(name: str) -> ModuleType:
    """Give the module of a dotted name, making it and those above it."""
    found = sys.modules.get(name)
    if found is None:
        found = sys.modules[name] = _StandIn(name)
        above, _, last = name.rpartition(".")
        if above:
            setattr(_place(above), last, found)
    return found
