"""Attributions: aggregates, the report's shape, frames and pages."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from trialbook.clarify.attributions import Attributions, aggregate
from trialbook.clarify.shapley import kernel_shap

VALUES = np.array([[1.0, -2.0], [3.0, 0.0], [-5.0, 1.0]])


def made(values: np.ndarray = VALUES, **more: object) -> Attributions:
    fields: dict[str, object] = {
        "values": values,
        "expected_value": 0.25 if values.ndim == 2 else np.array([0.25] * values.shape[2]),
        "standard_error": np.full(values.shape, 0.1),
        "exact": False,
        "features": ("a<b", "c"),
        "data": np.array([[1.5, 2.0], [3.0, 4.0], [5.0, 6.0]]),
    }
    return Attributions(**{**fields, **more})  # type: ignore[arg-type]


def test_rows_aggregate_in_clarifys_three_ways() -> None:
    assert aggregate(VALUES, "mean_abs").tolist() == [3.0, 1.0]
    assert aggregate(VALUES, "median").tolist() == [1.0, 0.0]
    assert aggregate(VALUES, "mean_sq").tolist() == pytest.approx([35 / 3, 5 / 3])


def test_unknown_ways_and_no_rows_are_errors() -> None:
    with pytest.raises(ValueError, match="agg_method 'max' is not known: use one of mean_abs, median, mean_sq"):
        aggregate(VALUES, "max")
    with pytest.raises(ValueError, match="no rows"):
        aggregate(VALUES[:0])


def test_the_report_holds_global_values_by_label() -> None:
    shared = {"global_shap_values": {"a<b": 3.0, "c": 1.0}, "expected_value": 0.25}
    assert made(exact=True).to_dict() == {"label0": shared}
    both = made(np.stack([VALUES, -VALUES], axis=2)).to_dict("median", ["no", "yes"])
    assert both["yes"] == {"global_shap_values": {"a<b": -1.0, "c": 0.0}, "expected_value": 0.25}
    with pytest.raises(ValueError, match="1 label headers for 2 outputs"):
        made(np.stack([VALUES, -VALUES], axis=2)).to_dict(labels=["no"])


def test_the_frame_has_clarifys_column_names() -> None:
    frame = made(np.stack([VALUES, -VALUES], axis=2)).to_pandas()
    assert list(frame.columns) == ["a<b_label0", "c_label0", "a<b_label1", "c_label1"]
    assert frame["a<b_label1"].tolist() == [-1.0, -3.0, 5.0]


def test_the_error_of_a_mean_counts_rows_of_one_set_as_one() -> None:
    apart = made(np.ones((4, 2)), standard_error=np.full((4, 2), 0.1))
    assert apart.aggregate_error().tolist() == pytest.approx([0.05, 0.05])
    together = made(np.ones((32, 2)), standard_error=np.full((32, 2), 0.1))
    assert together.aggregate_error().tolist() == pytest.approx([0.025, 0.025])


def test_the_page_draws_bars_with_errors_and_a_waterfall_a_row() -> None:
    page = made()._repr_html_()
    drawn = ET.fromstring(page)
    svgs = drawn.findall(".//{http://www.w3.org/2000/svg}svg")
    assert len(svgs) == 1 + 3
    assert "a<b = 1.5" in "".join(svgs[1].itertext())
    assert "0.25 expected, -0.75 predicted" in "".join(svgs[1].itertext())
    assert svgs[0].findall("{http://www.w3.org/2000/svg}path")


def test_the_page_of_unknown_errors_and_many_outputs_is_well_formed() -> None:
    values = np.stack([VALUES, -VALUES], axis=2)
    page = made(values, standard_error=np.full(values.shape, np.nan), data=None, warnings=("n < 2M",))._repr_html_()
    assert "n < 2M" not in page
    assert "n &lt; 2M" in page
    ET.fromstring(page)


def test_sampled_importances_are_told_with_the_errors_that_are_known() -> None:
    rows = np.random.default_rng(0).normal(size=(20, 14))
    sampled = kernel_shap(lambda data: np.tanh(data.sum(axis=1)), rows, np.zeros((1, 14)), num_samples=40)
    errors = sampled.to_dict()["label0"]["global_standard_error"]
    assert set(errors) == set(sampled.features)
    few = kernel_shap(lambda data: np.tanh(data.sum(axis=1)), rows, np.zeros((1, 14)), num_samples=15)
    assert json.dumps(few.to_dict(), allow_nan=False)
    exact = kernel_shap(lambda data: data[:, 0], rows[:, :3], np.zeros((1, 3)))
    assert "global_standard_error" not in exact.to_dict()["label0"]
