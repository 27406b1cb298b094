"""The published Shapley example: SageMaker's Adult model and baseline, exact values.

`adult_model.ubj.xz` is the model that `examples/adult/published_model.py` trains under xgboost 1.7.6, without the
statistics of its nodes. Newer versions read it and predict the same to the last bit.
"""

from __future__ import annotations

import lzma
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.clarify.adult import encoded, probabilities, training
from tests.clarify.games import by_coalitions

from trialbook.clarify import kernel_shap

xgboost = pytest.importorskip("xgboost")

# The expected value of the published analysis.json: the model's prediction for the first row of the test data.
EXPECTED_VALUE = 0.0006380207487381995
# Exact mean absolute values over all 30,162 rows. The published ones, from 15 coalitions a row, put Country first.
EXACT = {
    "Age": 0.0464,
    "Relationship": 0.0461,
    "Education-Num": 0.0451,
    "Capital Gain": 0.0361,
    "Marital Status": 0.0324,
    "Occupation": 0.0253,
    "Hours per week": 0.0146,
    "Country": 0.0145,
    "fnlwgt": 0.0137,
    "Ethnic group": 0.0094,
}


@pytest.fixture(scope="module")
def model() -> Any:
    packed = (Path(__file__).parent / "adult_model.ubj.xz").read_bytes()
    # One thread: on a busy machine several wait for each other.
    return xgboost.Booster({"nthread": 1}, model_file=bytearray(lzma.decompress(packed)))


@pytest.fixture(scope="module")
def rows() -> NDArray[np.float64]:
    return np.asarray(encoded.features(training()), np.float64)


@pytest.fixture(scope="module")
def baseline() -> NDArray[np.float64]:
    return np.asarray(encoded.features(encoded.columns(encoded.TEST))[0], np.float64)


NAMES = [name for name in training() if name != "Target"]


def test_the_model_predicts_what_was_kept(model: Any, rows: NDArray[np.float64]) -> None:
    assert (model.inplace_predict(rows) == probabilities()).all()


def test_the_expected_value_is_the_published_one(
    model: Any, rows: NDArray[np.float64], baseline: NDArray[np.float64]
) -> None:
    found = kernel_shap(model.inplace_predict, rows[:5], baseline, num_samples=15)
    assert found.expected_value == EXPECTED_VALUE
    assert found.warnings


@pytest.mark.slow
def test_exact_values_agree_with_full_enumeration(
    model: Any, rows: NDArray[np.float64], baseline: NDArray[np.float64]
) -> None:
    found = kernel_shap(model.inplace_predict, rows[:20], baseline, num_samples=1 << 14)
    assert found.exact
    assert found.values == pytest.approx(by_coalitions(model.inplace_predict, rows[:20], baseline), abs=1e-9)


@pytest.mark.slow
def test_sampled_values_are_as_near_to_the_exact_ones_as_their_errors_say(
    model: Any, rows: NDArray[np.float64], baseline: NDArray[np.float64]
) -> None:
    some = rows[:300]
    exact = kernel_shap(model.inplace_predict, some, baseline, num_samples=1 << 14).values
    found = kernel_shap(model.inplace_predict, some, baseline, num_samples=512)
    drawn = found.standard_error > 0
    inside = np.abs(found.values - exact)[drawn] <= 1.96 * found.standard_error[drawn]
    assert 0.90 <= inside.mean() <= 0.98


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_exact_global_values_of_all_rows(
    model: Any, rows: NDArray[np.float64], baseline: NDArray[np.float64]
) -> None:
    found = kernel_shap(model.inplace_predict, rows, baseline, num_samples=1 << 14, names=NAMES)
    shared = dict(zip(NAMES, found.aggregate(), strict=True))
    assert {name: shared[name] for name in EXACT} == pytest.approx(EXACT, abs=5.001e-5)
    assert [NAMES[at] for at in found.order()][: len(EXACT)] == list(EXACT)
    assert found.values.sum(axis=1) == pytest.approx(probabilities().astype(np.float64) - EXPECTED_VALUE, abs=1e-9)
