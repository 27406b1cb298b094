"""Trialbook: experiments, search, lineage and bias reports that SageMaker programs can use unchanged."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.sdk.autolog import autolog
    from trialbook.sdk.reading import Experiment, list_runs, search
    from trialbook.sdk.run import Run, load_run

__version__ = "0.1.0"
__all__ = ["Experiment", "Run", "__version__", "autolog", "list_runs", "load_run", "search"]

_PLACES = {
    "Experiment": "trialbook.sdk.reading",
    "Run": "trialbook.sdk.run",
    "autolog": "trialbook.sdk.autolog",
    "list_runs": "trialbook.sdk.reading",
    "load_run": "trialbook.sdk.run",
    "search": "trialbook.sdk.reading",
}


class _Package(ModuleType):
    """The package itself: its subpackage `search` is imported by its full name, `trialbook.search` is the function."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "search" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> object:
    """Import what is asked for: `import trialbook` itself stays cheap."""
    if name not in _PLACES:
        message = f"module 'trialbook' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_PLACES[name]), name)
