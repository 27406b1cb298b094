"""Shapley values of a tree ensemble's margin, through the `shap` package (an extra).

For trees the Shapley values of the margin (the log-odds of a binary classifier, the sum of the leaves) against
background rows follow in polynomial time from the trees (Lundberg et al. 2020), however many features vary.
`shap.TreeExplainer` computes them, given the background with nothing left out: by itself it keeps 100 rows. Its
`model_output="probability"` is not offered: it scales the margin's values and is not the Shapley value of the
probability (wrong by up to 0.23 on Adult). For probabilities use `kernel_shap`.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.attributions import Attributions
from trialbook.clarify.explained import read_rows
from trialbook.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

TREE_MODULES = ("xgboost", "lightgbm", "catboost", "sklearn.ensemble", "sklearn.tree")


def is_tree_model(model: object) -> bool:
    """Whether `tree_shap` can be asked about it: a tree ensemble of XGBoost, LightGBM, CatBoost or scikit-learn."""
    kind = type(model)
    named = any(word in kind.__name__ for word in ("Booster", "XGB", "LGBM", "Forest", "Tree", "Boosting", "CatBoost"))
    return kind.__module__.startswith(TREE_MODULES) and named


def tree_shap(
    model: object, rows: ArrayLike, background: ArrayLike, *, names: Sequence[str] | None = None
) -> Attributions:
    """Explain a tree ensemble's margin.

    Parameters
    ----------
    model
        A fitted model of XGBoost, LightGBM, CatBoost or scikit-learn.
    rows
        (n, features), numbers.
    background
        (features,) or (b, features); all of it is used.
    names
        Names of the features; None takes a frame's columns, or feature0, feature1, ...

    Raises
    ------
    UsageError
        `shap` is not installed.
    ValueError
        The model is no tree ensemble, or shapes do not fit.
    """
    if not is_tree_model(model):
        message = (
            f"{type(model).__module__}.{type(model).__name__} is no tree ensemble that shap knows; use kernel_shap"
        )
        raise ValueError(message)
    shap = _shap()
    table, labels = read_rows(rows, names)
    table, base = table.astype(np.float64), np.atleast_2d(np.asarray(background, np.float64))
    if base.shape[1] != table.shape[1]:
        message = f"rows have shape {table.shape} and the background {base.shape}; their features must be the same"
        raise ValueError(message)
    explainer = shap.TreeExplainer(
        model,
        shap.maskers.Independent(base, max_samples=len(base)),
        feature_perturbation="interventional",
        model_output="raw",
    )
    values = np.asarray(explainer.shap_values(table), np.float64)
    expected = np.asarray(_expected(model, base, explainer.expected_value), np.float64)
    single = values.ndim == 2
    return Attributions(
        values,
        float(expected.reshape(-1)[-1]) if single else expected,
        np.zeros_like(values),
        exact=True,
        features=tuple(labels),
        data=table,
    )


def _expected(model: Any, base: NDArray[np.float64], found: object) -> object:
    """Give the mean margin of the background; shap 0.51 misreads the one base score a class of XGBoost 3."""
    if not type(model).__module__.startswith("xgboost"):
        return found
    booster = model.get_booster() if hasattr(model, "get_booster") else model
    # Feature names are not asked for: the arrays here have none.
    return booster.inplace_predict(base, predict_type="margin", validate_features=False).mean(axis=0)


def _shap() -> Any:
    try:
        with warnings.catch_warnings():
            # Importing shap sets up plots that we do not use, with what matplotlib is about to deprecate.
            warnings.simplefilter("ignore")
            import shap
    except ImportError as missing:
        message = "explaining trees by their margin needs the shap package: pip install 'trialbook[shap]'"
        raise UsageError(message) from missing
    return shap
