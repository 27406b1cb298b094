"""Partial dependence against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from trialbook.clarify.partial import partial_dependence, top_features
from trialbook.clarify.shapley import kernel_shap


def product(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(rows[:, 0] ** 2 * (1 + rows[:, 1]) + rows[:, 2], np.float64)


@given(st.integers(0, 100), st.integers(1, 20), st.sampled_from(["buckets", "quantiles"]))
def test_a_point_is_the_mean_prediction_with_the_feature_set_in_every_row(
    seed: int, resolution: int, grid: str
) -> None:
    rows = np.random.default_rng(seed).integers(-3, 3, size=(30, 3)).astype(np.float64)
    rows[:, 0] += np.random.default_rng(seed).random(30).round(1)
    found = partial_dependence(product, rows, 0, grid_resolution=resolution, grid=grid)  # type: ignore[arg-type]
    for value, mean in zip(found.feature_values, found.model_predictions[0], strict=True):
        moved = rows.copy()
        moved[:, 0] = value
        assert mean == pytest.approx(product(moved).mean(), abs=1e-9)
    assert found.data_distribution.sum() == pytest.approx(1)
    assert len(found.feature_values) <= resolution


def test_many_values_fall_into_equally_wide_buckets_shown_at_their_centres() -> None:
    rows = np.linspace(0, 10, 101)[:, None]
    found = partial_dependence(lambda x: x[:, 0], rows, 0, grid_resolution=5)
    assert found.feature_values.tolist() == pytest.approx([1, 3, 5, 7, 9])
    assert found.model_predictions.tolist() == [pytest.approx([1, 3, 5, 7, 9])]


def test_integer_columns_are_set_to_bucket_centres_between_integers() -> None:
    rows = np.arange(100)[:, None]
    found = partial_dependence(lambda x: x[:, 0] * 1.0, rows, 0, grid_resolution=8)
    assert found.model_predictions[0].tolist() == pytest.approx(found.feature_values.tolist())


def test_few_values_are_shown_themselves() -> None:
    found = partial_dependence(product, np.array([[0, 1, 2], [1, 1, 2], [1, 1, 2.0]]), 0)
    assert found.feature_values.tolist() == [0, 1]
    assert found.data_distribution.tolist() == pytest.approx([1 / 3, 2 / 3])


def test_text_is_categorical_and_missing_values_are_left_out() -> None:
    rows = np.array([["b", 1.0], ["a", 2.0], ["b", 3.0], [None, 4.0]], object)
    found = partial_dependence(lambda x: (x[:, 0] == "b") * x[:, 1].astype(float), rows, 0)
    assert found.data_type == "categorical"
    assert found.feature_values.tolist() == ["a", "b"]
    assert found.model_predictions.tolist() == [[0.0, 2.5]]
    assert found.data_distribution.tolist() == pytest.approx([1 / 3, 2 / 3])


def test_numpy_numbers_among_objects_are_numbers() -> None:
    rows = np.array([[np.int64(1), "x"], [np.int64(2), "y"]], object)
    found = partial_dependence(lambda x: x[:, 0].astype(float), rows, 0)
    assert found.data_type == "numerical"
    assert found.model_predictions.tolist() == [[1.0, 2.0]]


def test_rows_that_differ_in_nothing_else_are_predicted_once() -> None:
    rows = np.column_stack([np.arange(1000.0), np.arange(1000.0) % 4, np.zeros(1000)])
    found = partial_dependence(product, rows, 0, grid_resolution=10)
    assert (found.cost.rows, found.cost.calls) == (40, 1)


def test_every_output_has_a_curve_and_the_report_its_shape() -> None:
    rows = np.array([[0.0], [1.0]])
    found = partial_dependence(
        lambda x: np.column_stack([x, 1 - x]), rows, "age", names=["age"], label_headers=["no", "yes"]
    )
    assert found.to_dict() == {
        "feature_name": "age",
        "data_type": "numerical",
        "feature_values": [0.0, 1.0],
        "model_predictions": [[0.0, 1.0], [1.0, 0.0]],
        "data_distribution": [0.5, 0.5],
        "label_headers": ["no", "yes"],
    }
    assert found._repr_html_().count("<polyline") == 2


def test_label_headers_are_as_many_as_outputs() -> None:
    with pytest.raises(ValueError, match="2 label headers for 1 outputs"):
        partial_dependence(product, np.ones((2, 3)), 0, label_headers=["no", "yes"])


def test_the_top_features_are_those_with_the_largest_shapley_values() -> None:
    rows = np.ones((3, 3))
    found = kernel_shap(lambda x: x @ np.array([1.0, -5.0, 2.0]), rows, np.zeros(3), names=["a", "b", "c"])
    assert top_features(found, 2) == ["b", "c"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"feature": "x"}, "there is no feature 'x'; the features are feature0"),
        ({"feature": 3}, "there is no feature 3"),
        ({"grid_resolution": 0}, "grid_resolution is 0"),
        ({"grid": "log", "rows": np.arange(30.0)[:, None], "feature": 0}, "grid 'log' is not known"),
        ({"rows": np.array([[np.nan]]), "feature": 0}, "'feature0' has no value"),
        ({"rows": np.array([["x"]], object), "feature": 0, "categorical": False}, "holds 'x', which is no number"),
    ],
)
def test_wrong_arguments_are_errors_before_any_model_call(change: dict[str, object], words: str) -> None:
    calls = []
    arguments: dict[str, object] = {"rows": np.ones((2, 3)), "feature": 0, **change}
    with pytest.raises(ValueError, match=words):
        partial_dependence(lambda x: calls.append(len(x)), **arguments)  # type: ignore[arg-type]
    assert not calls
