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
    from trialbook.clarify.analysis import run_analysis
    from trialbook.clarify.asymmetric import SeriesAttributions, SeriesBaseline, asymmetric_shapley
    from trialbook.clarify.attributions import Attributions, aggregate
    from trialbook.clarify.baselines import choose_baseline
    from trialbook.clarify.drift import AttributionDrift, BiasDrift, attribution_drift, bias_drift
    from trialbook.clarify.facets import Threshold, Values
    from trialbook.clarify.image import ImageAttributions, explain_image
    from trialbook.clarify.partial import PartialDependence, partial_dependence, top_features
    from trialbook.clarify.report import bias_report
    from trialbook.clarify.results import BiasReport
    from trialbook.clarify.shapley import kernel_shap
    from trialbook.clarify.text import TextAttributions, explain_text
    from trialbook.clarify.trees import tree_shap

_PLACES = {
    "AttributionDrift": "trialbook.clarify.drift",
    "Attributions": "trialbook.clarify.attributions",
    "BiasDrift": "trialbook.clarify.drift",
    "BiasReport": "trialbook.clarify.results",
    "ImageAttributions": "trialbook.clarify.image",
    "PartialDependence": "trialbook.clarify.partial",
    "SeriesAttributions": "trialbook.clarify.asymmetric",
    "SeriesBaseline": "trialbook.clarify.asymmetric",
    "TextAttributions": "trialbook.clarify.text",
    "Threshold": "trialbook.clarify.facets",
    "Values": "trialbook.clarify.facets",
    "aggregate": "trialbook.clarify.attributions",
    "asymmetric_shapley": "trialbook.clarify.asymmetric",
    "attribution_drift": "trialbook.clarify.drift",
    "bias_drift": "trialbook.clarify.drift",
    "bias_report": "trialbook.clarify.report",
    "choose_baseline": "trialbook.clarify.baselines",
    "explain_image": "trialbook.clarify.image",
    "explain_text": "trialbook.clarify.text",
    "kernel_shap": "trialbook.clarify.shapley",
    "partial_dependence": "trialbook.clarify.partial",
    "run_analysis": "trialbook.clarify.analysis",
    "top_features": "trialbook.clarify.partial",
    "tree_shap": "trialbook.clarify.trees",
}
__all__ = [
    "AttributionDrift",
    "Attributions",
    "BiasDrift",
    "BiasReport",
    "ImageAttributions",
    "PartialDependence",
    "SeriesAttributions",
    "SeriesBaseline",
    "TextAttributions",
    "Threshold",
    "Values",
    "aggregate",
    "asymmetric_shapley",
    "attribution_drift",
    "bias_drift",
    "bias_report",
    "choose_baseline",
    "explain_image",
    "explain_text",
    "kernel_shap",
    "partial_dependence",
    "run_analysis",
    "top_features",
    "tree_shap",
]


def __getattr__(name: str) -> object:
    """Import what is asked for."""
    if name not in _PLACES:
        message = f"module 'trialbook.clarify' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_PLACES[name]), name)
