"""The parts of Transformers' documented interface that a callback meets. The trainer is loaded when it is used."""

from __future__ import annotations

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    if name != "Trainer":
        raise AttributeError(name)
    return importlib.import_module("transformers.trainer").Trainer
