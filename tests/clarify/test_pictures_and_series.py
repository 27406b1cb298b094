"""Data sets that are no tables: folders of pictures, and time series in three JSON formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trialbook.clarify import run_analysis
from trialbook.clarify.endpoint import EndpointModel
from trialbook.clarify.pictures import read_picture
from trialbook.clarify.series import EndpointForecaster, read_items
from trialbook.errors import ClarifyError, ConfigError, PredictionError

Image = pytest.importorskip("PIL.Image")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, side in (("left", slice(0, 16)), ("right", slice(16, 32))):
        pixels = np.zeros((32, 32, 3), np.uint8)
        pixels[:, side] = 255
        Image.fromarray(pixels).save(folder / f"{name}.png")
    return folder


def sides(batch: Any) -> Any:
    """How bright each half is."""
    light = np.asarray(batch, float)[..., 0] / 255
    return np.column_stack([light[:, :, :16].mean(axis=(1, 2)), light[:, :, 16:].mean(axis=(1, 2))])


PICTURES: dict[str, Any] = {
    "dataset_type": "application/x-image",
    "methods": {"shap": {"num_samples": 20, "image_config": {"model_type": "IMAGE_CLASSIFICATION", "num_segments": 4}}},
    "predictor": {"endpoint_name": "e", "content_type": "image/png", "label": 0, "label_headers": ["left", "right"]},
}


def test_pictures_are_explained_by_their_segments_and_written_as_heat_maps(pictures: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_analysis(PICTURES, pictures, sides, out)
    found = json.loads((out / "analysis.json").read_text())["explanations"]["kernel_shap"]["images"]
    assert [(one["image"], one["label"], one["prediction"]) for one in found] == [
        ("left.png", "left", 1.0),
        ("right.png", "right", 1.0),
    ]
    assert read_picture(out / found[0]["heat_map"]).shape == (32, 32, 3)
    assert "data:image/png;base64," in (out / "report.html").read_text()


def test_objects_in_pictures_are_refused_by_name(pictures: Path, tmp_path: Path) -> None:
    shap = {"image_config": {"model_type": "OBJECT_DETECTION"}}
    with pytest.raises(ConfigError, match="only IMAGE_CLASSIFICATION is explained"):
        run_analysis({**PICTURES, "methods": {"shap": shap}}, pictures, sides, tmp_path / "out")


def test_bias_needs_a_table(pictures: Path, tmp_path: Path) -> None:
    methods = {**PICTURES["methods"], "pre_training_bias": {"methods": "all"}}
    with pytest.raises(ConfigError, match="needs a table of features; the data set holds pictures"):
        run_analysis({**PICTURES, "methods": methods}, pictures, sides, tmp_path / "out")


def test_what_is_not_a_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    with pytest.raises(ClarifyError, match=r"broken\.png: not a picture"):
        read_picture(tmp_path / "broken.png")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ClarifyError, match="holds no picture"):
        run_analysis(PICTURES, empty, sides, tmp_path / "out")


def test_a_picture_goes_to_an_endpoint_as_a_file_of_its_own(pictures: Path) -> None:
    sent: list[tuple[bytes, str]] = []

    def send(body: bytes, content: str, accept: str) -> bytes:
        sent.append((body, content))
        assert accept == "text/csv"
        return b"0.25,0.75"

    picture = read_picture(pictures / "left.png")
    answer = EndpointModel(send, {"content_type": "image/png"}, [])(np.stack([picture, picture]))
    assert answer.tolist() == [0.25, 0.75, 0.25, 0.75]
    assert [(body[1:4], content) for body, content in sent] == [(b"PNG", "image/png")] * 2


ITEMS = [
    {"id": "a", "t": [0, 1, 2], "x": [5, 6, 4], "r": [0, 1, 0], "u": -1},
    {"id": "b", "t": [2, 3], "x": [0, 4], "r": [1, 1], "u": 0},
]
FORMATS: dict[str, tuple[Any, dict[str, Any]]] = {
    "item_records": (
        ITEMS,
        {"item_id": "[*].id", "timestamp": "[*].t", "target_time_series": "[*].x", "related_time_series": ["[*].r"]},
    ),
    "timestamp_records": (
        [
            {"id": one["id"], "t": t, "x": x, "r": r, "u": one["u"]}
            for one in ITEMS
            for t, x, r in zip(one["t"], one["x"], one["r"], strict=True)  # type: ignore[call-overload]
        ],
        {"item_id": "[*].id", "timestamp": "[*].t", "target_time_series": "[*].x", "related_time_series": ["[*].r"]},
    ),
    "columns": (
        {
            "id": ["a", "a", "a", "b", "b"],
            "t": [0, 1, 2, 2, 3],
            "x": [5, 6, 4, 0, 4],
            "r": [0, 1, 0, 1, 1],
            "u": [-1] * 3 + [0] * 2,
        },
        {"item_id": "id", "timestamp": "t", "target_time_series": "x", "related_time_series": ["r"]},
    ),
}


def described(kind: str) -> dict[str, Any]:
    static = "u" if kind == "columns" else "[*].u"
    return {**FORMATS[kind][1], "static_covariates": [static], "dataset_format": kind}


@pytest.mark.parametrize("kind", FORMATS)
def test_the_three_formats_hold_the_same_items(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "series.json"
    path.write_text(json.dumps(FORMATS[kind][0]))
    items = read_items(described(kind), path)
    assert [(one.name, one.timestamps, one.target, one.related, one.static) for one in items] == [
        ("a", [0, 1, 2], [5.0, 6.0, 4.0], [[0.0, 1.0, 0.0]], [-1.0]),
        ("b", [2, 3], [0.0, 4.0], [[1.0, 1.0]], [0.0]),
    ]


def test_forecasts_are_explained_step_by_step(tmp_path: Path) -> None:
    path = tmp_path / "series.json"
    path.write_text(json.dumps(ITEMS))
    config = {
        "dataset_type": "application/json",
        "time_series_data_config": described("item_records"),
        "methods": {"asymmetric_shapley_value": {"direction": "chronological", "granularity": "timewise"}},
        "predictor": {"endpoint_name": "e", "time_series_predictor_config": {"forecast": "mean"}},
    }

    def forecast(target: Any, related: Any, static: Any, start: Any) -> Any:
        assert related.shape[0] == static.shape[0] == len(target)
        assert start in {0, 2}
        return target.sum(axis=1, keepdims=True) * [1.0, 2.0]

    run_analysis(config, path, forecast, tmp_path / "out")
    found = json.loads((tmp_path / "out" / "analysis.json").read_text())["explanations"]["asymmetric_shapley_value"]
    lines = (tmp_path / "out" / found["explanation_results_path"] / "out.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    assert first["item_id"] == "a"
    assert [(one["timestamp"], one["scores"]) for one in first["explanations"]] == [
        (0, [5.0, 10.0]),
        (1, [6.0, 12.0]),
        (2, [4.0, 8.0]),
    ]
    assert "Contribution to the forecast" in (tmp_path / "out" / "report.html").read_text()


def test_expressions_that_find_nothing_or_words_are_named(tmp_path: Path) -> None:
    path = tmp_path / "series.json"
    path.write_text(json.dumps(ITEMS))
    with pytest.raises(ConfigError, match=r"target_time_series: '\[\*\].y' finds nothing"):
        read_items({**described("item_records"), "target_time_series": "[*].y"}, path)
    with pytest.raises(ConfigError, match="finds other than numbers"):
        read_items({**described("item_records"), "target_time_series": "[*].id"}, path)


def test_a_forecasting_endpoint_is_asked_in_the_words_of_its_template() -> None:
    asked = []

    def send(body: bytes, content: str, accept: str) -> bytes:
        assert content == accept == "application/json"
        asked.append(json.loads(body))
        return json.dumps({"predictions": [{"mean": [1, 2]}, {"mean": [3, 4]}]}).encode()

    predictor = {
        "content_template": '{"instances": $records}',
        "record_template": '{"start": $start_time, "target": $target_time_series, "feat": $related_time_series}',
        "time_series_predictor_config": {"forecast": "predictions[*].mean"},
    }
    target, related, static = np.ones((2, 3)), np.zeros((2, 3, 1)), np.zeros((2, 0))
    model = EndpointForecaster(send, predictor)
    assert model(target, related, static, "2024").tolist() == [[1, 2], [3, 4]]
    record = {"start": "2024", "target": [1.0, 1.0, 1.0], "feat": [[0.0, 0.0, 0.0]]}
    assert asked == [{"instances": [record, record]}]
    with pytest.raises(PredictionError, match="finds no forecast for 3 records"):
        model(np.ones((3, 3)), np.zeros((3, 3, 1)), np.zeros((3, 0)), "2024")
