"""The names that the figures of an analysis have as metrics of a run.

::

    bias.pre.CI.Sex            a bias metric of the data, bias.post.DI.Sex one of predictions
    bias.post.DI.Sex=0         where a facet has several values
    shap.Age                   the importance of a feature
    shap.yes.Age               where the model has several outputs
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trialbook.clarify.drift import bias_values

if TYPE_CHECKING:
    from collections.abc import Mapping


def metric_values(document: Mapping[str, Any]) -> dict[str, float]:
    """Give every figure of analysis.json by its name on a run.

    What could not be computed is left out; infinite values are floats here.
    """
    found = {name: value for name, value in bias_values(document).items() if value is not None}
    outputs = {
        label: one["global_shap_values"]
        for label, one in document.get("explanations", {}).get("kernel_shap", {}).items()
        if isinstance(one, dict) and "global_shap_values" in one
    }
    for label, shared in outputs.items():
        prefix = "shap" if len(outputs) == 1 else f"shap.{label}"
        found.update({f"{prefix}.{feature}": float(value) for feature, value in shared.items()})
    return found
