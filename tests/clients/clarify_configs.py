"""Prints, as JSON, the analysis configurations that version 2 of the sagemaker SDK makes. Runs in its environment."""

from __future__ import annotations

import json
from typing import Any

from sagemaker import clarify


def united(*parts: dict[str, Any]) -> dict[str, Any]:
    """Put configurations together as the SDK's processor does: methods unite, other members replace each other."""
    whole: dict[str, Any] = {"methods": {"report": {"name": "report", "title": "Analysis Report"}}}
    for part in parts:
        whole["methods"].update(part.get("methods", {}))
        whole.update({name: value for name, value in part.items() if name != "methods"})
    return whole


def data(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = clarify.DataConfig("s3://bucket/in", "s3://bucket/out", **more).get_config()
    return found


def predictor(**more: Any) -> dict[str, Any]:
    named = {"model_name": "model", "instance_type": "ml.m5.xlarge", "instance_count": 1, **more}
    return {"predictor": clarify.ModelConfig(**named).get_predictor_config()}


TABLE = {"label": "Target", "headers": ["Target", "Age", "Sex", "Hours"], "dataset_type": "text/csv"}
THRESHOLD, _ = clarify.ModelPredictedLabelConfig(probability_threshold=0.8).get_predictor_config()
BOTH = {"methods": {"pre_training_bias": {"methods": "all"}, "post_training_bias": {"methods": "all"}}}
SERIES = clarify.TimeSeriesDataConfig(
    target_time_series="[].x",
    item_id="[].id",
    timestamp="[].t",
    dataset_format=clarify.TimeSeriesJSONDatasetFormat.ITEM_RECORDS,
    related_time_series=["[].r"],
    static_covariates=["[].u"],
)
CONFIGS = {
    "bias": united(
        data(**TABLE),
        clarify.BiasConfig([1], "Sex", [0], group_name="Age").get_config(),
        {
            "probability_threshold": clarify.ModelPredictedLabelConfig(
                probability_threshold=0.8
            ).get_predictor_config()[0]
        },
        BOTH,
        predictor(accept_type="text/csv", content_type="text/csv"),
    ),
    "explanations": united(
        data(**TABLE),
        {"methods": clarify.SHAPConfig(baseline=[[37, 1, 40]], num_samples=15).get_explainability_config()},
        {"methods": clarify.PDPConfig(features=["Age"], grid_resolution=10).get_explainability_config()},
        predictor(),
    ),
    "explanations by default": united(
        data(**TABLE), {"methods": clarify.SHAPConfig().get_explainability_config()}, predictor()
    ),
    "two facets of JSON lines": united(
        data(label="y", features="x", headers=["a", "b", "y"], dataset_type="application/jsonlines"),
        clarify.BiasConfig([1], ["a", "b"], [[1], [2]]).get_config(),
        {"methods": {"pre_training_bias": {"methods": "all"}}},
    ),
    "texts": united(
        data(label="Target", headers=["Target", "Review"], dataset_type="text/csv"),
        {
            "methods": clarify.SHAPConfig(
                baseline=[["-"]], num_samples=10, text_config=clarify.TextConfig("token", "english")
            ).get_explainability_config()
        },
        predictor(),
    ),
    "pictures": united(
        data(dataset_type="application/x-image"),
        {
            "methods": clarify.SHAPConfig(
                num_samples=10, image_config=clarify.ImageConfig("IMAGE_CLASSIFICATION")
            ).get_explainability_config()
        },
        predictor(content_type="image/jpeg"),
    ),
    "forecasts": united(
        data(dataset_type="application/json", headers=["id", "t", "x", "r", "u"], time_series_data_config=SERIES),
        {
            "methods": clarify.AsymmetricShapleyValueConfig(
                direction="chronological", granularity="timewise", baseline={"target_time_series": "zero"}
            ).get_explainability_config()
        },
        predictor(
            content_type="application/json",
            accept_type="application/json",
            content_template='{"instances": $records}',
            record_template='{"start": $start_time, "target": $target_time_series}',
            time_series_model_config=clarify.TimeSeriesModelConfig("predictions[*].mean"),
        ),
    ),
}

if __name__ == "__main__":
    print(json.dumps(CONFIGS))
