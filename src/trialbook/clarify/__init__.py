"""Clarify: how a model and its data treat groups of people, and what its predictions rest on.

The package stands alone: NumPy in, plain dicts and HTML out. What needs more (SciPy for nearest neighbours, pyarrow
for files and frames, jinja2 for reports) is imported where it is used, so that `import trialbook.clarify` costs
little. Bias metrics all come from one table of counts (`table.py`), explanations from batched calls of a predict
function.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.clarify.attributions import Attributions, aggregate
    from trialbook.clarify.facets import Threshold, Values
    from trialbook.clarify.report import BiasReport, bias_report
    from trialbook.clarify.shapley import kernel_shap

_PLACES = {
    "Attributions": "trialbook.clarify.attributions",
    "BiasReport": "trialbook.clarify.report",
    "Threshold": "trialbook.clarify.facets",
    "Values": "trialbook.clarify.facets",
    "aggregate": "trialbook.clarify.attributions",
    "bias_report": "trialbook.clarify.report",
    "kernel_shap": "trialbook.clarify.shapley",
}
__all__ = [
    "Attributions",
    "BiasReport",
    "Threshold",
    "Values",
    "aggregate",
    "bias_report",
    "kernel_shap",
]


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name not in _PLACES:
        message = f"module 'trialbook.clarify' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_PLACES[name]), name)
