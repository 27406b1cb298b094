"""Files larger than memory give what the same rows in memory give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trialbook.clarify import bias_report, streaming
from trialbook.clarify.metrics import keys
from trialbook.errors import ClarifyError

COUNTED = [key for stage in ("pre", "post") for key in keys(stage) if key != "FT"]
ASKED: dict[str, Any] = {
    "label": "y",
    "positive": 1,
    "facet": {"sex": "f", "age": None, "pay": 50.0, "id": 900},
    "group": "age",
    "predicted": "p",
    "predicted_positive": 0.8,
}
ROWS = 1000
Expected = dict[str, Any]


def data() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    return {
        "sex": np.where(rng.random(ROWS) < 0.4, "f", "m"),
        "age": rng.integers(20, 30, ROWS),
        "pay": rng.normal(45, 9, ROWS),
        "id": np.arange(ROWS),
        "y": rng.integers(0, 2, ROWS),
        "p": rng.random(ROWS),
    }


@pytest.fixture
def expected() -> dict[str, Any]:
    return bias_report(data(), metrics=COUNTED, **ASKED).to_dict()


def test_parquet_is_read_by_row_groups(
    tmp_path: Path, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PIECE_ROWS", 70)
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(data()), path, row_group_size=130)
    assert bias_report(path, metrics=COUNTED, **ASKED).to_dict() == expected


def test_csv_is_read_in_pieces(tmp_path: Path, expected: Expected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PIECE_BYTES", 5000)
    path = tmp_path / "rows.csv"
    pl.DataFrame(data()).write_csv(path)
    assert bias_report(str(path), metrics=COUNTED, **ASKED).to_dict() == expected


def test_json_lines_are_read_in_pieces(
    tmp_path: Path, expected: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "PIECE_BYTES", 5000)
    path = tmp_path / "rows.jsonl"
    pl.DataFrame(data()).write_ndjson(path)
    assert bias_report(path, metrics=COUNTED, **ASKED).to_dict() == expected


def test_several_files_are_one_data_set(tmp_path: Path, expected: dict[str, Any]) -> None:
    table = pa.table(data())
    paths = [tmp_path / f"{part}.parquet" for part in range(3)]
    for part, path in enumerate(paths):
        pq.write_table(table.slice(part * 400, 400), path)
    assert bias_report(paths, metrics=COUNTED, **ASKED).to_dict() == expected


def test_a_model_predicts_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "PIECE_ROWS", 300)
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(data()), path)
    sizes = []

    def model(rows: Any) -> Any:
        sizes.append(len(rows))
        return rows[:, 0]

    changed = {**ASKED, "predicted": model, "features": ["p"]}
    found = bias_report(path, metrics=COUNTED, **changed)
    assert sizes == [300, 300, 300, 100]
    assert found["post"]["sex"][0]["DI"] == bias_report(data(), metrics=["DI"], **ASKED)["post"]["sex"][0]["DI"]


def test_the_flip_test_says_that_it_needs_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(data()), path)
    flip = next(one for one in bias_report(path, **ASKED)["post"]["sex"][0].metrics if one.key == "FT")
    assert flip.error == "the flip test compares rows with each other; it is not computed over files read in pieces"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("rows.txt", "", r"cannot tell the format; a name ends with \.parquet"),
        ("nowhere.csv", None, "there is no such file"),
        ("rows.parquet", "PAR?", r"rows\.parquet: "),
        ("rows.jsonl", json.dumps([1, 2]), "a JSON object whose members are the columns, not list"),
        ("words.jsonl", "nope\n", r"words\.jsonl: Expecting value"),
        ("rows.csv", "sex,y\nf,1\n", "there is no column 'age'"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str, text: str | None, words: str) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    with pytest.raises(ClarifyError, match=words):
        bias_report(path, **ASKED)
