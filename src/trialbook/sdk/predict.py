"""A model as a function from rows to predictions, whatever library made it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Predict = Callable[[Any], Any]


def predict_of(model: object, features: Sequence[str] = ()) -> Predict:
    """Give a function of rows (n, features) that gives (n,) or (n, outputs).

    Parameters
    ----------
    model
        A function; a Booster of XGBoost; or anything with `predict_proba` (of two classes the second is what counts,
        else all) or `predict`.
    features
        Names of the features, for a model that was fitted on a frame and asks for its columns.

    Raises
    ------
    TypeError
        If it can be called in none of these ways.
    """
    kind = type(model)
    if kind.__name__ == "Booster" and kind.__module__.partition(".")[0] == "xgboost":
        return _booster(model)
    frame = _frame(features) if getattr(model, "feature_names_in_", None) is not None else _same
    if hasattr(model, "predict_proba"):
        return _probability(model.predict_proba, frame)
    if hasattr(model, "predict"):
        predict = model.predict
        return lambda rows: np.asarray(predict(frame(rows)))
    if callable(model):
        return model
    message = f"cannot predict with {kind.__name__}: give a function of rows, or a model with predict or predict_proba"
    raise TypeError(message)


def _probability(predict: Predict, frame: Predict) -> Predict:
    def second_of_two(rows: Any) -> Any:
        found = np.asarray(predict(frame(rows)))
        return found[:, 1] if found.ndim == 2 and found.shape[1] == 2 else found

    return second_of_two


def _booster(model: Any) -> Predict:
    import xgboost

    names = model.feature_names

    def predict(rows: Any) -> Any:
        return model.predict(xgboost.DMatrix(np.asarray(rows, np.float32), feature_names=names))

    return predict


def _frame(features: Sequence[str]) -> Predict:
    import pandas as pd

    return lambda rows: pd.DataFrame(rows, columns=list(features)).infer_objects()


def _same(rows: Any) -> Any:
    return rows
