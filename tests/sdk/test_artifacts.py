"""What a run keeps as objects: every form that users have them in, each with a true media type, and its history."""

from __future__ import annotations

import contextlib
import io
import json
import math
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from matplotlib.figure import Figure
from PIL import Image
from sklearn.linear_model import LogisticRegression

from trialbook import Run
from trialbook.handlers.dispatch import dispatch
from trialbook.sdk import models, pictures, tables
from trialbook.sdk.target import Target
from trialbook.sdk.transport import LocalTransport

ROWS = [{"a": 1, "b": "x"}, {"a": 2.5, "b": "y"}]
FRAME = pd.DataFrame(ROWS)
FORMS: dict[str, object] = {
    "columns": {"a": [1, 2.5], "b": ["x", "y"]},
    "arrays": {"a": np.array([1, 2.5]), "b": np.array(["x", "y"])},
    "rows": ROWS,
    "pandas": FRAME,
    "polars": pl.DataFrame(FRAME.to_dict("list")),
    "lazy": pl.DataFrame(FRAME.to_dict("list")).lazy(),
    "arrow": pa.Table.from_pydict(FRAME.to_dict("list")),
    "fields": np.array([(1, "x"), (2.5, "y")], dtype=[("a", "f8"), ("b", "U1")]),
}


def content(target: Target, artifact: dict[str, str]) -> bytes:
    """Read an artifact's bytes."""
    transport = target.transport()
    assert isinstance(transport, LocalTransport)
    bucket, _, key = artifact["Value"].removeprefix("s3://").partition("/")
    return b"".join(dispatch(transport._call(), "s3", "GetObject", {"Bucket": bucket, "Key": key})["Body"])


@pytest.mark.parametrize("form", FORMS)
def test_a_table_is_the_same_in_every_form(form: str) -> None:
    document = tables.table("t", FORMS[form])
    assert document["data"] == {"a": [1.0, 2.5], "b": ["x", "y"]}
    assert document["fields"] == [{"name": "a", "type": "number"}, {"name": "b", "type": "string"}]


def test_a_table_holds_what_json_has_no_form_for() -> None:
    moment = pd.Timestamp("2026-01-02T03:04:05")
    odd = {"n": [math.nan, math.inf, -math.inf], "t": [moment, None, object], "f": [True, False, None]}
    document = tables.table(None, odd)
    assert document["data"]["n"] == ["NaN", "Infinity", "-Infinity"]
    assert document["data"]["t"][:2] == ["2026-01-02T03:04:05", None]
    assert [field["type"] for field in document["fields"]] == ["string", "string", "boolean"]
    json.loads(json.dumps(document), parse_constant=pytest.fail)


@pytest.mark.parametrize(
    ("values", "data"),
    [
        ({"a": 1, "b": "x"}, {"a": [1], "b": ["x"]}),
        ([[1, 2], [3, 4]], {"0": [1, 3], "1": [2, 4]}),
        (np.array([[1, 2], [3, 4]]), {"0": [1, 3], "1": [2, 4]}),
        ([1, 2], {"0": [1, 2]}),
        (pd.Series([1, 2], name="s"), {"s": [1, 2]}),
        (pd.DataFrame({"a": [1]}, index=pd.Index(["k"], name="key")), {"key": ["k"], "a": [1]}),
        ([{"a": 1}, {"b": 2}], {"a": [1, None], "b": [None, 2]}),
        ([], {}),
    ],
)
def test_other_tables_become_columns(values: object, data: dict[str, list[object]]) -> None:
    assert tables.table(None, values)["data"] == data


@pytest.mark.parametrize("values", [{"a": [1], "b": [1, 2]}, [[1], [1, 2]], "text", 3, np.zeros((2, 2, 2))])
def test_what_is_no_table_is_refused(values: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        tables.table(None, values)


def test_rich_things_are_artifacts_with_their_media_type(target: Target, tmp_path: Path) -> None:
    (tmp_path / "picture.jpg").write_bytes(b"jpeg")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "one.txt").write_text("1")
    figure = Figure()
    figure.subplots().plot([1, 2])

    class Html:
        def to_html(self) -> str:
            return "<p>hello</p>"

    with Run("exp", "r") as run:
        run.log_table(FRAME, "swapped")
        run.log_table("named", FRAME)
        run.log_table("old", data_frame=FRAME)
        run.log_text("# hi", "readme.md")
        run.log_text(3, "plain")
        run.log_figure(figure, "plot")
        run.log_figure(figure.axes[0], "plot.svg")
        run.log_figure(Html(), "page")
        run.log_image(Image.new("RGB", (2, 2)), "pil")
        run.log_image(np.zeros((3, 4, 5)), "channels first")
        run.log_image(tmp_path / "picture.jpg", "photo")
        run.log_file(tmp_path / "folder")
    artifacts = run.describe()["OutputArtifacts"]
    assert {name: one["MediaType"] for name, one in artifacts.items()} == {
        "swapped": "application/json",
        "named": "application/json",
        "old": "application/json",
        "readme.md": "text/markdown",
        "plain": "text/plain",
        "plot": "image/png",
        "plot.svg": "image/svg+xml",
        "page": "text/html",
        "pil": "image/png",
        "channels first": "image/png",
        "photo": "image/jpeg",
        "folder.tar.gz": "application/gzip",
    }
    assert json.loads(content(target, artifacts["named"]))["title"] == "named"
    assert content(target, artifacts["page"]) == b"<p>hello</p>"
    assert content(target, artifacts["photo"]) == b"jpeg"
    assert Image.open(io.BytesIO(content(target, artifacts["channels first"]))).size == (5, 4)


def test_each_step_is_kept_beside_the_latest(target: Target) -> None:
    with Run("exp", "r") as run:
        for step in (1, 2):
            run.log_text(f"at {step}", "sample.txt", step=step)
            run.log_table("table", {"step": [step]}, step=step)
    artifacts = run.describe()["OutputArtifacts"]
    assert sorted(artifacts) == ["sample.txt", "sample.txt@1", "sample.txt@2", "table", "table@1", "table@2"]
    assert content(target, artifacts["sample.txt"]) == b"at 2"
    assert content(target, artifacts["sample.txt@1"]) == b"at 1"
    assert artifacts["table@1"]["MediaType"] == "application/json"


def test_names_in_folders_do_not_meet(target: Target) -> None:
    with Run("exp", "r") as run:
        run.log_text("a", "train/note.txt")
        run.log_text("b", "valid/note.txt")
        run.log_text("c", "../../up.txt")
        run.log_text("d", "")
        run.log_text("e", "\0\ud800/x")
    artifacts = run.describe()["OutputArtifacts"]
    assert content(target, artifacts["train/note.txt"]) == b"a"
    assert content(target, artifacts["valid/note.txt"]) == b"b"
    assert content(target, artifacts["../../up.txt"]) == b"c"
    assert ".." not in artifacts["../../up.txt"]["Value"]
    assert len(artifacts) == 5


def test_an_image_is_a_png_that_others_read(tmp_path: Path) -> None:
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    read = Image.open(pictures.write_image(tmp_path, "i", pixels))
    assert np.array_equal(np.asarray(read), pixels)
    assert np.asarray(Image.open(pictures.write_image(tmp_path, "b", np.eye(3, dtype=bool)))).max() == 255


def fitted() -> dict[str, Any]:
    """Give a small model of each library that is here."""
    import lightgbm
    import xgboost

    x, y = np.arange(40.0).reshape(20, 2), np.arange(20) % 2
    return {
        "sklearn": LogisticRegression().fit(x, y),
        "xgboost": xgboost.XGBClassifier(n_estimators=2, n_jobs=1).fit(x, y),
        "lightgbm": lightgbm.LGBMClassifier(n_estimators=2, n_jobs=1, min_child_samples=1, verbose=-1).fit(x, y),
        "pickle": {"weights": [1, 2]},
    }


def test_a_model_is_written_by_its_own_saver_and_says_how_to_load_it(tmp_path: Path, target: Target) -> None:
    x = np.arange(40.0).reshape(20, 2)
    given = fitted()
    with Run("exp", "r") as run:
        for name, model in given.items():
            run.log_model(model, name)
    told = run.describe()
    assert {name: card["flavour"] for name, card in told["models"].items()} == {name: name for name in given}
    for name, card in told["models"].items():
        assert told["OutputArtifacts"][name]["Value"].endswith(f"/{name}.tar.gz")
        folder = tmp_path / name
        with tarfile.open(fileobj=io.BytesIO(content(target, told["OutputArtifacts"][name]))) as archive:
            archive.extractall(folder, filter="data")
        assert json.loads((folder / models.CARD).read_text()) == card
        assert (folder / card["file"]).exists()
        space: dict[str, Any] = {}
        package = "joblib" if name == "sklearn" else name
        code = f"import pathlib, {package}\n{card['load']}"
        with contextlib.chdir(folder):
            exec(code, space)
        loaded = space["model"]
        if name == "sklearn":
            assert np.array_equal(loaded.predict(x), given[name].predict(x))
        elif name == "lightgbm":
            assert np.allclose(loaded.predict(x), given[name].predict_proba(x)[:, 1])
        elif name == "pickle":
            assert loaded == given[name]


def test_models_of_libraries_that_are_not_here_are_known_by_their_classes() -> None:
    def of(module: str, name: str = "Model") -> object:
        return type(name, (), {"__module__": module})()

    assert models.flavour_of(of("torch.nn.modules.module")) is models.TORCH
    assert models.flavour_of(of("torch.jit._script", "RecursiveScriptModule")) is models.TORCHSCRIPT
    assert models.flavour_of(of("keras.src.models.model")) is models.KERAS
    assert models.flavour_of(of("catboost.core")) is models.CATBOOST
    assert models.flavour_of(of("transformers.models.bert")) is models.TRANSFORMERS
