"""A whole analysis: files, shapes, order of checks and calls, and what is told when the model fails."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trialbook.clarify import run_analysis
from trialbook.clarify.gauges import number
from trialbook.errors import ClarifyError, ConfigError, PredictionError, TrialbookError

HEADERS = ["Target", "Age", "Sex", "Hours"]
CONFIG: dict[str, Any] = {
    "dataset_type": "text/csv",
    "headers": HEADERS,
    "label": "Target",
    "label_values_or_threshold": [1],
    "facet": [{"name_or_index": "Sex", "value_or_threshold": [0]}],
    "group_variable": "Age",
    "probability_threshold": 0.5,
    "methods": {
        "report": {"name": "report", "title": "Wages <of> 1994"},
        "pre_training_bias": {"methods": "all"},
        "post_training_bias": {"methods": "all"},
    },
    "predictor": {"endpoint_name": "wages", "content_type": "text/csv"},
}
SHAP = {"shap": {"baseline": [[40, 1, 40]], "agg_method": "mean_abs", "save_local_shap_values": True}}

EXPLAIN_TARGET = {"shap": {"features_to_explain": ["Target"]}}


def rows(number: int = 200) -> list[list[int]]:
    rng = np.random.default_rng(5)
    ranges = [(0, 2), (20, 24), (0, 2), (1, 60)]
    columns = [rng.integers(low, high, number).tolist() for low, high in ranges]
    return [list(row) for row in zip(*columns, strict=True)]


def model(features: Any) -> Any:
    """More likely with longer hours and for men."""
    return np.clip(np.asarray(features, float)[:, 2] / 80 + 0.3 * np.asarray(features, float)[:, 1], 0, 1)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows())
    return path


def analysed(config: dict[str, Any], data: object, out: Path, predict: Any = model) -> dict[str, Any]:
    run_analysis(config, data, predict, out, clock=lambda: 1_800_000_000.0)
    found: dict[str, Any] = json.loads((out / "analysis.json").read_text())
    return found


def metric(document: dict[str, Any], stage: str, key: str, facet: str = "Sex", place: int = 0) -> Any:
    metrics = document[f"{stage}_training_bias_metrics"]["facets"][facet][place]["metrics"]
    return next(one["value"] for one in metrics if one["name"] == key)


def with_methods(**methods: Any) -> dict[str, Any]:
    return {**CONFIG, "methods": {**CONFIG["methods"], **methods}}


def test_analysis_json_has_the_published_shape(table: Path, tmp_path: Path) -> None:
    found = analysed(with_methods(**SHAP, pdp={"grid_resolution": 4, "features": ["Hours"]}), table, tmp_path / "out")
    assert list(found) == ["version", "pre_training_bias_metrics", "post_training_bias_metrics", "explanations"]
    pre = found["pre_training_bias_metrics"]
    assert (pre["label"], pre["label_value_or_threshold"]) == ("Target", "1")
    assert pre["facets"]["Sex"][0]["value_or_threshold"] == "0"
    assert pre["facets"]["Sex"][0]["metrics"][1]["name"] == "CI"
    assert pre["facets"]["Sex"][0]["metrics"][1]["description"] == "Class Imbalance (CI)"
    shap = found["explanations"]["kernel_shap"]["label0"]
    assert list(shap["global_shap_values"]) == ["Age", "Sex", "Hours"]
    assert shap["expected_value"] == pytest.approx(0.8)
    curve = found["explanations"]["pdp"][0]
    assert (curve["feature_name"], curve["data_type"], len(curve["feature_values"])) == ("Hours", "numerical", 4)


def test_every_file_of_the_processing_job_is_written(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    analysed(with_methods(**SHAP), table, out)
    names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    reports = {"report.html", "report.pdf", "report.ipynb"}
    assert names == {
        "analysis.json",
        "analysis_config.json",
        "explanations_shap/out.csv",
        "explanations_shap/baseline.csv",
        *reports,
    }
    with (out / "explanations_shap" / "out.csv").open() as file:
        local = list(csv.reader(file))
    assert local[0] == ["Age_label0", "Sex_label0", "Hours_label0"]
    assert len(local) == 201
    first = np.array(local[1], float)
    assert first.sum() == pytest.approx(float(model([rows()[0][1:]])[0]) - 0.8)


def test_the_html_report_stands_alone_and_escapes_what_it_is_given(table: Path, tmp_path: Path) -> None:
    analysed(with_methods(**SHAP), table, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<title>Wages &lt;of&gt; 1994</title>" in page
    assert "<script" not in page
    assert "src=" not in page
    assert '<link rel="' not in page
    assert page.count('class="gauge"') == 21
    assert "Confusion matrix" in page
    assert "2027-01-15 08:00 UTC" in page


def test_the_pdf_report_embeds_its_fonts_and_repeats_byte_for_byte(table: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        analysed(CONFIG, table, tmp_path / name)
    one, two = ((tmp_path / name / "report.pdf").read_bytes() for name in ("one", "two"))
    assert one.startswith(b"%PDF-")
    assert b"FontFile2" in one
    assert one == two


def test_the_notebook_is_valid_and_holds_the_figures_before_it_is_run(table: Path, tmp_path: Path) -> None:
    import nbformat

    analysed(with_methods(**SHAP), table, tmp_path / "out")
    text = (tmp_path / "out" / "report.ipynb").read_text()
    notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert text.count('class=\\"gauge\\"') == 21


def test_the_three_tabular_formats_give_the_same_figures(table: Path, tmp_path: Path) -> None:
    expected = analysed(CONFIG, table, tmp_path / "csv")
    data = rows()
    parquet = tmp_path / "rows.parquet"
    pq.write_table(pa.table({name: [row[at] for row in data] for at, name in enumerate(HEADERS)}), parquet)
    assert analysed({**CONFIG, "dataset_type": "application/x-parquet"}, parquet, tmp_path / "p") == expected
    lines = tmp_path / "rows.jsonl"
    lines.write_text("".join(json.dumps({"x": {"values": row[1:]}, "y": row[0]}) + "\n" for row in data))
    shape = {"features": "x.values", "label": "y", "headers": [*HEADERS[1:], "Target"]}
    assert analysed({**CONFIG, **shape, "dataset_type": "application/jsonlines"}, lines, tmp_path / "l") == expected
    document = tmp_path / "rows.json"
    document.write_text(json.dumps({"people": [{"values": row[1:], "y": row[0]} for row in data]}))
    shape = {"features": "people[].values", "label": "people[].y", "headers": HEADERS}
    assert analysed({**CONFIG, **shape, "dataset_type": "application/json"}, document, tmp_path / "j") == expected


def test_a_folder_is_one_data_set_and_a_first_line_of_headers_is_not_a_row(table: Path, tmp_path: Path) -> None:
    expected = analysed(CONFIG, table, tmp_path / "one")
    folder = tmp_path / "parts"
    folder.mkdir()
    for part, (start, stop) in enumerate(((0, 90), (90, 200))):
        with (folder / f"part-{part}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([HEADERS, *rows()[start:stop]])
    assert analysed(CONFIG, folder, tmp_path / "two") == expected


def test_a_frame_is_analysed_as_a_file_is(table: Path, tmp_path: Path) -> None:
    frame = {name: np.array([row[at] for row in rows()]) for at, name in enumerate(HEADERS)}
    assert analysed(CONFIG, frame, tmp_path / "f") == analysed(CONFIG, table, tmp_path / "c")


class Untouched:
    """A model that must not be called."""

    def __call__(self, _: object) -> object:
        pytest.fail("the model was called")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"facet": [{"name_or_index": "Sex", "value_or_threshold": [7]}]}, "the value 7 never occurs; .* 1, 0|0, 1"),
        ({"facet": [{"name_or_index": "Hours", "value_or_threshold": [99]}]}, "the threshold 99 selects nobody"),
        ({"facet": [{"name_or_index": "Hours"}]}, "needs a threshold; it goes from 1 to 59"),
        ({"label_values_or_threshold": [3]}, "label 'Target': the value 3 never occurs"),
        (
            {"methods": {**CONFIG["methods"], "shap": {"baseline": [[1, 2]]}}},
            r"methods.shap.baseline\[0\]: has 2 values",
        ),
        ({"methods": {**CONFIG["methods"], **EXPLAIN_TARGET}}, "'Target' is not a feature; the features are Age"),
        ({"headers": ["Target", "Age", "Sex"]}, "headers: has 3 names"),
    ],
)
def test_what_does_not_fit_the_data_is_told_before_the_model_is_called(
    table: Path, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(ClarifyError, match=words):
        run_analysis({**CONFIG, **change}, table, Untouched(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def broken_at(row: int, kind: str) -> Any:
    seen = 0

    def predict(features: Any) -> Any:
        nonlocal seen
        start, seen = seen, seen + len(features)
        answer = model(features)
        if start <= row < seen:
            if kind == "error":
                message = "out of memory"
                raise RuntimeError(message)
            if kind == "few":
                return answer[:-1]
            answer[row - start] = np.nan
        return answer

    return predict


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("nan", "rows 57 to 57: the model answered NaN to 1 of"),
        ("few", "rows 55 to 65: the model gave 10 answers to 11 rows"),
        ("error", "rows 55 to 65: the model failed: RuntimeError: out of memory"),
    ],
)
def test_a_model_that_fails_is_told_with_its_rows_and_hides_nothing_else(
    table: Path, tmp_path: Path, kind: str, words: str
) -> None:
    with pytest.raises(PredictionError, match=words):
        run_analysis(CONFIG, table, broken_at(57, kind), tmp_path / "out")
    found = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert metric(found, "pre", "CI") is not None
    assert words in found["post_training_bias_metrics"]["error"]
    assert words.replace("'", "&#39;") in (tmp_path / "out" / "report.html").read_text()


def test_a_model_that_fails_in_the_explanations_leaves_the_bias_report(table: Path, tmp_path: Path) -> None:
    with pytest.raises(PredictionError):
        run_analysis(with_methods(**SHAP), table, broken_at(300, "nan"), tmp_path / "out")
    found = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert metric(found, "post", "DI") is not None
    assert "nan" in found["explanations"]["kernel_shap"]["error"].lower()


def test_predictions_in_the_data_need_no_model(table: Path, tmp_path: Path) -> None:
    config = {name: value for name, value in CONFIG.items() if name != "predictor"}
    path = tmp_path / "predicted.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([*row, int(model([row[1:]])[0] > 0.5)] for row in rows())
    headers = {"headers": [*HEADERS, "said"], "predicted_label": "said"}
    without = analysed({**config, **headers}, path, tmp_path / "a", None)
    assert without == analysed(CONFIG, table, tmp_path / "b")


def test_probabilities_of_several_labels_become_the_likeliest_one(table: Path, tmp_path: Path) -> None:
    def two(features: Any) -> Any:
        likely = model(features)
        return np.column_stack([1 - likely, likely])

    predictor = {**CONFIG["predictor"], "probability": 0, "label_headers": [0, 1]}
    found = analysed({**CONFIG, "predictor": predictor}, table, tmp_path / "a", two)
    assert found == analysed(CONFIG, table, tmp_path / "b")


def test_segments_have_figures_of_their_own(table: Path, tmp_path: Path) -> None:
    segments = [
        {"name_or_index": "Hours", "segments": [["(0, 20]"], ["(20, 40]"]], "display_aliases": ["short", "half"]}
    ]
    found = analysed({**with_methods(**SHAP), "segment_config": segments}, table, tmp_path / "out")["segments"]
    assert [one["segment"] for one in found] == ["short", "half", "the rest"]
    assert sum(one["rows"] for one in found) == 200
    assert metric(found[0], "post", "DI") is not None
    assert list(found[1]["global_shap_values"]["label0"]) == ["Age", "Sex", "Hours"]


def paper(path: Path) -> str:
    """Give the words of a PDF in one line."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not there")
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return " ".join(done.stdout.split())


SAID: dict[str, Callable[[Path], str]] = {
    "html": lambda out: (out / "report.html").read_text(),
    "pdf": lambda out: paper(out / "report.pdf"),
    "ipynb": lambda out: (out / "report.ipynb").read_text(),
}


@pytest.mark.parametrize("kind", SAID)
def test_the_reports_say_what_an_auditor_has_to_know(table: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    methods = {**with_methods(**SHAP)["methods"], "pdp": {"grid_resolution": 3, "features": ["Age"]}}
    found = analysed({**CONFIG, "methods": methods, "probability_threshold": 0.45}, table, out)
    expected = number(found["explanations"]["kernel_shap"]["label0"]["expected_value"])
    words = SAID[kind](out)
    assert "positive: above 0.45" in words
    assert f"the expected prediction for the baseline, which is {expected}." in words
    assert "Partial dependence" in words
    if kind != "ipynb":
        assert all(heading in words for heading in ("Who is in the data", "Four-fifths", "the rest", "Baseline"))


@pytest.mark.parametrize("kind", SAID)
def test_infinite_metrics_and_few_rows_are_explained(tmp_path: Path, kind: str) -> None:
    people = {"paid": [1, 0] * 30 + [0, 0], "sex": ["m"] * 60 + ["f"] * 2, "hours": list(range(62))}
    config = {
        "label": "paid",
        "dataset_type": "text/csv",
        "label_values_or_threshold": [1],
        "facet": [{"name_or_index": "sex", "value_or_threshold": ["f"]}],
        "methods": {"pre_training_bias": {"methods": "all"}},
    }
    run_analysis(config, people, None, tmp_path / "out")
    words = SAID[kind](tmp_path / "out")
    assert "Infinite: the facet lacks an outcome" in words
    assert "Fewer than 30 rows, so that figures move by chance: sex f (2 rows)." in words


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_a_segment_without_rows_says_so(table: Path, tmp_path: Path, kind: str) -> None:
    segments = [{"name_or_index": "Hours", "segments": [["(900, 901]"]], "display_aliases": ["never"]}]
    found = analysed({**CONFIG, "segment_config": segments}, table, tmp_path / "out")["segments"][0]
    assert (found["rows"], found["error"]) == (0, "no row lies in it")
    assert "no row lies in it" in SAID[kind](tmp_path / "out")


def test_members_that_change_nothing_are_named_in_the_log(
    table: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    predictor = {"model_name": "m", "instance_type": "ml.m5.large", "initial_instance_count": 1}
    with caplog.at_level("INFO", "trialbook.clarify"):
        analysed({**CONFIG, "predictor": predictor}, table, tmp_path / "a")
        assert "no effect" not in caplog.text
        analysed({**CONFIG, "predictor": {**predictor, "accelerator_type": "ml.eia1.medium"}}, table, tmp_path / "b")
    assert "predictor.accelerator_type has no effect: models run on this machine" in caplog.text


def test_facets_and_predictions_can_lie_in_files_of_their_own(table: Path, tmp_path: Path) -> None:
    expected = analysed(CONFIG, table, tmp_path / "a")
    data = rows()
    main, facets = tmp_path / "main.csv", tmp_path / "facets.csv"
    with main.open("w", newline="") as file:
        csv.writer(file).writerows([at, *row] for at, row in enumerate(data))
    with facets.open("w", newline="") as file:
        csv.writer(file).writerows([at, row[2]] for at, row in reversed(list(enumerate(data))))
    config = {
        **CONFIG,
        "headers": ["id", "Target", "Age", "sex again", "Hours"],
        "joinsource_name_or_index": "id",
        "facet_dataset_uri": str(facets),
        "facet_headers": ["id", "Sex"],
    }
    found = analysed(config, main, tmp_path / "b")
    for stage, key in (("pre", "CI"), ("pre", "DPL"), ("post", "DI"), ("post", "TE")):
        assert metric(found, stage, key) == metric(expected, stage, key)


def test_progress_is_told_part_by_part(table: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    run_analysis(with_methods(**SHAP), table, model, tmp_path / "out", progress=lambda *step: told.append(step))
    assert ("predicting", 200, 200) in told
    assert ("explaining", 200, 200) in told
    assert told[-1] == ("writing reports", 1, 1)


def test_texts_are_explained_piece_by_piece(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("label,review\n1,good food\n0,bad food\n1,good\n")
    config = {
        "dataset_type": "text/csv",
        "label": "label",
        "methods": {"shap": {"text_config": {"granularity": "token", "language": "english"}}},
        "predictor": {"endpoint_name": "reviews"},
    }

    def predict(features: Any) -> Any:
        return [0.5 + 0.4 * ("good" in row[0]) - 0.4 * ("bad" in row[0]) for row in features]

    found = analysed(config, path, tmp_path / "out", predict)
    top = found["explanations"]["kernel_shap"]["label0"]["global_top_shap_text"]
    assert top["good"] == pytest.approx(0.4)
    assert top["food"] == pytest.approx(0.0)
    lines = (tmp_path / "out" / "explanations_shap" / "out.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["explanations"][0]["feature_name"] == "review"


def test_a_joining_value_that_is_missing_is_named(tmp_path: Path) -> None:
    main, facets = tmp_path / "main.csv", tmp_path / "facets.csv"
    main.write_text("id,Target,Age,Hours\n1,0,20,3\n2,1,21,4\n")
    facets.write_text("id,Sex\n1,0\n")
    config = {**CONFIG, "joinsource_name_or_index": "id", "facet_dataset_uri": str(facets)}
    del config["headers"]
    with pytest.raises(ConfigError, match="facet_dataset_uri: has no row for 2"):
        run_analysis(config, main, model, tmp_path / "out")


ODD = {
    "empty.csv": (b"", "has no rows"),
    "ragged.csv": (b"1,20,0,3\n1,2\n", "Expected 4 columns, got 2"),
    "binary.csv": (bytes(range(256)), "can't decode byte"),
    "words.csv": (b"1,20,0,many\n0,21,1,few\n", "rows 0 to 0: the model failed"),
    "wide.jsonl": (b'{"x":[1,0,2],"y":1}\n{"x":[1,0],"y":1}\n', "features: finds rows of 2 and 3 values"),
    "unlabelled.jsonl": (b'{"x":[1,0,2]}\n', "label: 'y' finds nothing in unlabelled.jsonl, line 1"),
    "prose.jsonl": (b"nope\n", "not JSON"),
    "number.json": (b'{"x":5,"y":[1]}', "features: must find a list, one entry a row, not int"),
    "label.json": (b'{"x":[[1,0,2]],"y":1}', "label: must find a list, one entry a row, not int"),
    "broken.parquet": (b"PAR1xxxx", "Could not open Parquet"),
}
TYPES: dict[str, dict[str, Any]] = {
    ".csv": {},
    ".jsonl": {"dataset_type": "application/jsonlines", "features": "x", "label": "y", "headers": None},
    ".json": {"dataset_type": "application/json", "features": "x", "label": "y", "headers": None},
    ".parquet": {"dataset_type": "application/x-parquet", "headers": None},
}


@pytest.mark.parametrize("name", ODD)
def test_data_that_cannot_be_read_is_told_by_its_name_and_place(name: str, tmp_path: Path) -> None:
    body, words = ODD[name]
    path = tmp_path / name
    path.write_bytes(body)
    with pytest.raises(TrialbookError, match=words):
        run_analysis({**CONFIG, **TYPES[path.suffix]}, path, model, tmp_path / "out")
