"""Margin values of tree ensembles, against Kernel SHAP of the same margin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from trialbook.clarify.shapley import kernel_shap
from trialbook.clarify.trees import is_tree_model, tree_shap

pytest.importorskip("shap")
xgboost = pytest.importorskip("xgboost")

RNG = np.random.default_rng(0)
X: NDArray[np.float64] = RNG.normal(size=(400, 5))
Y = (X[:, 0] * X[:, 1] > 0).astype(np.int64) + (X[:, 2] > 1)


def booster(objective: str, **more: object) -> Any:
    labels = Y if "num_class" in more else Y > 0
    return xgboost.train({"objective": objective, **more, "nthread": 1}, xgboost.DMatrix(X, labels), 15)


def test_the_margin_of_a_binary_model_is_explained_against_all_background_rows() -> None:
    model, base = booster("binary:logistic"), X[100:250]
    found = tree_shap(model, X[:8], base, names=list("abcde"))
    wanted = kernel_shap(lambda rows: model.inplace_predict(rows, predict_type="margin"), X[:8], base)
    assert found.values == pytest.approx(wanted.values, abs=1e-5)  # both add float32 leaves
    assert found.expected_value == pytest.approx(wanted.expected_value, abs=1e-5)
    assert found.features == tuple("abcde")
    assert found.exact


def test_every_class_has_its_margin() -> None:
    model, base = booster("multi:softprob", num_class=3), X[100:120]
    found = tree_shap(model, X[:8], base)
    wanted = kernel_shap(lambda rows: model.inplace_predict(rows, predict_type="margin"), X[:8], base)
    assert found.values == pytest.approx(wanted.values, abs=1e-5)
    assert found.expected_value == pytest.approx(np.asarray(wanted.expected_value), abs=1e-5)


def test_only_tree_ensembles_are_taken() -> None:
    assert is_tree_model(booster("binary:logistic"))
    assert not is_tree_model(len)
    with pytest.raises(ValueError, match="no tree ensemble that shap knows; use kernel_shap"):
        tree_shap(len, X[:1], X[:1])
