"""What a bias report is given and what it says: frames, facets, thresholds, labels, predictions, errors."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from trialbook.clarify import BiasReport, Threshold, Values, bias_report
from trialbook.clarify.metrics import metrics
from trialbook.errors import ClarifyError, PredictionError

SEX = ["f", "f", "m", "m", "m", "f", "m", "m"]
HIRED = ["no", "yes", "yes", "no", "yes", "no", "yes", "yes"]
SAID = ["no", "no", "yes", "yes", "yes", "no", "no", "yes"]
DATA = {"sex": SEX, "hired": HIRED, "said": SAID}
FRAMES: dict[str, Any] = {
    "dict of lists": DATA,
    "dict of arrays": {name: np.array(values) for name, values in DATA.items()},
    "pandas": pd.DataFrame(DATA),
    "pandas objects": pd.DataFrame(DATA).astype(object),
    "pandas categories": pd.DataFrame(DATA).astype("category"),
    "polars": pl.DataFrame(DATA),
    "pyarrow": pa.table(DATA),
    "pyarrow dictionaries": pa.table({name: pa.array(values).dictionary_encode() for name, values in DATA.items()}),
    "record batch": pa.record_batch(DATA),
    "structured array": np.array(list(zip(SEX, HIRED, SAID, strict=True)), dtype=[(n, "U3") for n in DATA]),
    "dict of Series": {name: pd.Series(values) for name, values in DATA.items()},
    "dict of Arrow arrays": {name: pa.array(values) for name, values in DATA.items()},
}


def report(data: Any = None, **changes: Any) -> BiasReport:
    asked: dict[str, Any] = {
        "label": "hired",
        "positive": "yes",
        "facet": "sex",
        "facet_value": "f",
        "predicted": "said",
    }
    return bias_report(DATA if data is None else data, **{**asked, **changes})


@pytest.mark.parametrize("kind", FRAMES)
def test_any_frame_gives_the_same_figures(kind: str) -> None:
    found = report(FRAMES[kind])
    assert found["pre"]["sex"][0]["DPL"] == pytest.approx(4 / 5 - 1 / 3)
    assert found["post"]["sex"][0]["DPPL"] == pytest.approx(4 / 5)
    assert found.to_dict() == report().to_dict()


def test_importing_the_package_imports_nothing_heavier_than_numpy() -> None:
    code = "import sys, trialbook.clarify; from trialbook.clarify import bias_report; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    heavy = {
        "scipy",
        "pyarrow",
        "pandas",
        "sklearn",
        "jinja2",
        "fpdf",
        "matplotlib",
        "nbformat",
        "jmespath",
        "botocore",
    }
    assert not heavy & set(modules)
    assert "numpy" in modules


def test_a_report_of_arrays_needs_nothing_but_numpy_and_scipy() -> None:
    code = (
        "import sys; from trialbook.clarify import bias_report; "
        "r = bias_report({'s': [0, 1, 0, 1], 'y': [1, 0, 1, 1], 'p': [1, 0, 0, 1], 'x': [1.5, 2, 3, 4]}, "
        "label='y', positive=1, facet='s', facet_value=0, predicted='p'); "
        "assert r['post']['s'][0]['FT'] is not None; print(*{m.partition('.')[0] for m in sys.modules})"
    )
    modules = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert not {"pyarrow", "pandas", "sklearn", "jinja2", "matplotlib"} & set(modules)


def test_without_a_value_every_value_is_a_facet_in_the_order_first_seen() -> None:
    data = {"city": ["b", "a", "c", "a", "b", "c"], "y": [1, 0, 1, 1, 0, 0]}
    found = bias_report(data, label="y", positive=1, facet="city")
    assert [one.value_or_threshold for one in found["pre"]["city"]] == ["b", "a", "c"]
    assert "bias.pre.CI.city=a" in found.values()


def test_a_list_of_values_is_one_facet() -> None:
    data = {"city": ["b", "a", "c", "a", "b", "c"], "y": [1, 0, 1, 1, 0, 0]}
    found = bias_report(data, label="y", positive=1, facet="city", facet_value=["a", "c"])["pre"]["city"]
    assert [(one.value_or_threshold, one["CI"]) for one in found] == [("a,c", (2 - 4) / 6)]


def test_a_threshold_on_a_continuous_facet_is_exclusive_and_named_up_to_the_greatest_value() -> None:
    data = {"pay": [10.0, 40.0, 40.5, 77.4], "y": [0, 1, 1, 0]}
    found = bias_report(data, label="y", positive=1, facet="pay", facet_value=40)["pre"]["pay"][0]
    assert (found.value_or_threshold, found["CI"]) == ("(40.0, 77.4]", 0.0)


def test_whole_numbers_that_repeat_are_values_and_others_a_threshold() -> None:
    ages = np.repeat(np.arange(20, 30), 30)
    y = np.tile([0, 1], 150)
    repeated = bias_report({"age": ages, "y": y}, label="y", positive=1, facet="age", facet_value=25)["pre"]["age"][0]
    assert (repeated.value_or_threshold, repeated["CI"]) == ("25", (270 - 30) / 300)
    short = bias_report({"age": ages[::30], "y": y[:10]}, label="y", positive=1, facet="age", facet_value=25)
    assert short["pre"]["age"][0].value_or_threshold == "(25, 29]"
    told = bias_report({"age": ages, "y": y}, label="y", positive=1, facet="age", facet_value=Threshold(25))
    assert told["pre"]["age"][0].value_or_threshold == "(25, 29]"
    exact = bias_report({"age": ages[::30], "y": y[:10]}, label="y", positive=1, facet="age", facet_value=Values(25))
    assert exact["pre"]["age"][0].value_or_threshold == "25"


@pytest.mark.parametrize("kind", [np.int64, np.uint8, np.float64, np.bool_, str])
def test_a_short_column_of_zeros_and_ones_is_never_turned_around(kind: Any) -> None:
    sex = np.array([0, 1, 1, 1]).astype(kind)
    found = bias_report({"sex": sex, "y": [1, 1, 0, 1]}, label="y", positive=[1], facet="sex", facet_value=[0])
    assert found["pre"]["sex"][0]["CI"] == 0.5


def test_numbers_that_the_frame_calls_categories_are_names() -> None:
    data = pd.DataFrame({"zip": pd.Categorical([10115, 10117, 10119, 10178]), "y": [0, 1, 1, 0]})
    found = bias_report(data, label="y", positive=1, facet="zip", facet_value=10117)["pre"]["zip"][0]
    assert (found.value_or_threshold, found["CI"]) == ("10117", 0.5)


def test_an_array_of_values_is_a_list_of_values() -> None:
    data = {"city": ["b", "a", "c", "a"], "y": [1, 0, 1, 1]}
    found = bias_report(data, label="y", positive=1, facet="city", facet_value=np.array(["a", "c"]))["pre"]["city"]
    assert [(one.value_or_threshold, one["CI"]) for one in found] == [("a,c", -0.5)]


def test_values_are_coerced_to_the_type_of_the_column() -> None:
    for sex, value in (
        ([0, 1, 1], "0"),
        (["0", "1", "1"], 0),
        ([False, True, True], "false"),
        ([False, True, True], 0),
    ):
        found = bias_report({"sex": sex, "y": [1, 0, 1]}, label="y", positive="1", facet="sex", facet_value=value)
        assert found["pre"]["sex"][0]["CI"] == pytest.approx(1 / 3)


def test_a_label_of_several_categories_is_positive_or_the_rest() -> None:
    data = {"s": ["f", "f", "m", "m"], "grade": ["a", "c", "b", "c"], "said": ["a", "b", "b", "c"]}
    found = bias_report(data, label="grade", positive=["a", "b"], facet="s", facet_value="f", predicted="said")
    assert found.label_value_or_threshold == "a,b"
    assert found["pre"]["s"][0]["DPL"] == 0.0
    performance = found.performance
    assert performance is not None
    assert performance.categories == ["a", "b", "c"]
    assert performance.by_category == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    assert performance.confusion == ((1, 1), (0, 2))


def test_a_regression_label_and_its_predictions_share_a_threshold() -> None:
    pay = [10.0, 50.0, 30.0, 80.0, 20.0]
    data = {"s": ["f", "f", "m", "m", "m"], "pay": pay, "said": [5.0, 60.0, 70.0, 90.0, 1.0]}
    found = bias_report(data, label="pay", positive=40, facet="s", facet_value="f", predicted="said")
    assert found.label_value_or_threshold == "(40.0, 80.0]"
    assert found["post"]["s"][0]["DPPL"] == pytest.approx(2 / 3 - 1 / 2)


def test_probabilities_are_compared_with_a_half_unless_told_otherwise() -> None:
    said = np.array([0.1, 0.6, 0.7, 0.9, 0.85, 0.2, 0.5, 0.95])
    found = report(predicted=said)
    assert found.notes == ("Predictions are probabilities: those strictly above 0.5 count as positive.",)
    assert found["post"]["sex"][0]["DPPL"] == pytest.approx(4 / 5 - 1 / 3)
    stricter = report(predicted=said, predicted_positive=0.8)
    assert stricter["post"]["sex"][0]["DPPL"] == pytest.approx(3 / 5)


@pytest.mark.parametrize("said", [[0.0] * 8, [1.0] * 8, np.zeros(8, int), np.ones(8, int)])
def test_predictions_all_on_one_side_are_figures_and_a_note(said: Any) -> None:
    data = {**DATA, "hired": [int(one == "yes") for one in HIRED], "said": said}
    found = report(data, positive=1)
    assert found["post"]["sex"][0]["DPPL"] == 0.0
    assert any(note.startswith("Every prediction is") for note in found.notes)
    assert found["post"]["sex"][0]["DI"] == (0.0 if not np.any(said) else 1.0)


def test_float_predictions_of_the_negative_label_are_not_turned_around() -> None:
    data = {"s": ["f", "m", "m"], "y": [0, 1, 0], "said": [1.0, 1.0, 1.0]}
    found = bias_report(data, label="y", positive=0, facet="s", facet_value="f", predicted="said")
    assert found.performance is not None
    assert found.performance.confusion == ((1, 0), (2, 0))


def test_a_model_predicts_from_the_features() -> None:
    data = {"s": [0, 0, 1, 1], "y": [0, 1, 1, 0], "x": [0.1, 0.9, 0.8, 0.7]}
    seen = []

    def model(rows: Any) -> Any:
        seen.append(rows.shape)
        return rows[:, 1]

    found = bias_report(data, label="y", positive=1, facet="s", facet_value=0, predicted=model)
    assert seen == [(4, 2)]
    assert found["post"]["s"][0]["DPPL"] == 0.5


def test_what_the_model_does_wrong_is_told_with_its_rows() -> None:
    data = {"s": [0, 0, 1, 1], "y": [0, 1, 1, 0], "x": [0.1, 0.9, 0.8, 0.7]}
    asked: dict[str, Any] = {"label": "y", "positive": 1, "facet": "s", "facet_value": 0}
    with pytest.raises(PredictionError, match="rows 1 to 2: the model answered NaN to 2 of 4 rows"):
        bias_report(data, predicted=lambda _: np.array([0.5, np.nan, np.nan, 0.1]), **asked)
    with pytest.raises(PredictionError, match="rows 0 to 3: the model gave 3 answers to 4 rows"):
        bias_report(data, predicted=lambda _: np.zeros(3), **asked)
    with pytest.raises(PredictionError, match="3 predictions for 4 rows"):
        bias_report(data, predicted=np.zeros(3), **asked)


def test_several_facets_are_measured_at_once() -> None:
    data = {**DATA, "old": [True, False, True, False, True, False, True, False]}
    found = report(data, facet={"sex": "f", "old": None}, facet_value=None)
    assert [one.value_or_threshold for one in found["pre"]["old"]] == ["True", "False"]
    assert found["pre"]["sex"][0]["DPL"] == report()["pre"]["sex"][0]["DPL"]


def test_rows_without_facet_or_label_are_left_out_and_counted() -> None:
    data = {"s": ["f", None, "m", "m", "f"], "y": [1.0, 1.0, np.nan, 0.0, 0.0]}
    found = bias_report(data, label="y", positive=1, facet="s", facet_value="f")
    assert found.left_out == {"s": 2}
    assert found["pre"]["s"][0]["CI"] == pytest.approx((1 - 2) / 3)


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_missing_values_of_frames_are_missing(kind: str) -> None:
    values: dict[str, list[Any]] = {"s": ["f", None, "m", "m"], "y": [1, 0, None, 0]}
    frames = {"pandas": pd.DataFrame(values), "polars": pl.DataFrame(values), "arrow": pa.table(values)}
    found = bias_report(frames[kind], label="y", positive=1, facet="s", facet_value="f")
    assert found.left_out == {"s": 2}


def test_infinite_values_are_texts_in_json() -> None:
    data = {"s": ["f", "f", "m"], "y": [1, 0, 1], "said": [1, 1, 0]}
    found = bias_report(data, label="y", positive=1, facet="s", facet_value="f", predicted="said")
    assert found["post"]["s"][0]["DI"] == math.inf
    document = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    values = {one["name"]: one["value"] for one in document["post_training_bias_metrics"]["facets"]["s"][0]["metrics"]}
    assert values["DI"] == "Infinity"
    assert values["DCA"] == "Infinity"


def test_a_metric_that_cannot_be_computed_says_why_and_hides_no_other() -> None:
    found = report()
    entry = next(one for one in found.to_dict()["pre_training_bias_metrics"]["facets"]["sex"][0]["metrics"])
    assert entry == {
        "name": "CDDL",
        "description": "Conditional Demographic Disparity in Labels (CDDL)",
        "value": None,
        "error": "Group variable is empty or not provided",
    }
    flip = next(one for one in found["post"]["sex"][0].metrics if one.key == "FT")
    assert (flip.value, flip.error) == (None, "there are no feature columns to find similar people by")
    assert found["pre"]["sex"][0]["CI"] is not None


def test_a_facet_of_everybody_fails_its_comparisons_only() -> None:
    data = {"s": ["f", "f"], "y": [1, 0], "g": [1, 1], "said": [1, 1]}
    found = bias_report(data, label="y", positive=1, facet="s", facet_value="f", group="g", predicted="said")
    errors = {one.key: one.error for stage in ("pre", "post") for one in found[stage]["s"][0].metrics if one.error}
    assert set(errors) == {one.key for stage in ("pre", "post") for one in metrics(stage)} - {"CDDL", "GE"}
    assert errors["CI"] == "nobody is outside the facet, so there is nothing to compare"
    assert found["pre"]["s"][0]["CDDL"] == 0.0


def test_the_flip_test_takes_one_neighbour_from_few_and_refuses_text() -> None:
    data = {"s": [0, 1, 1, 1], "y": [1, 0, 1, 1], "said": [0, 1, 0, 0], "x": [5.0, 5.1, 9.0, 9.5]}
    asked: dict[str, Any] = {"label": "y", "positive": 1, "facet": "s", "facet_value": 0, "predicted": "said"}
    assert bias_report(data, **asked)["post"]["s"][0]["FT"] == -1.0
    texts = bias_report({**data, "town": ["a", "b", "a", "b"]}, **asked)["post"]["s"][0]
    flip = next(one for one in texts.metrics if one.key == "FT")
    assert flip.error == "the flip test needs numeric features; 'town' holds text"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label": "hire"}, r"label: there is no column 'hire'; did you mean 'hired'\?"),
        ({"facet": "Sex"}, r"facet 'Sex': there is no column 'Sex'; did you mean 'sex'\?"),
        ({"facet_value": "female"}, r"facet 'sex': the value 'female' never occurs; the column holds 'm', 'f'"),
        ({"positive": "Yes"}, r"label 'hired': the value 'Yes' never occurs; .* Did you mean 'yes'\?"),
        ({"positive": None}, "positive: say which value of 'hired'"),
        ({"facet": "hired"}, "is the label; it cannot be its own facet"),
        ({"facet": [], "facet_value": None}, "name at least one sensitive column"),
        ({"facet": ["sex"], "facet_value": "f"}, "facet_value goes with one facet"),
        ({"group": "age"}, "group: there is no column 'age'"),
        ({"metrics": ["CI", "XX"]}, "there is no metric 'XX'"),
        ({"metrics": ["DI"], "predicted": None}, "DI is a metric of predictions"),
        ({"facet_value": Threshold(3)}, "a threshold needs numbers, the column holds 'f', 'm'"),
        ({"data": {name: [] for name in DATA}}, "the data has no rows"),
        ({"data": {**DATA, "sex": ["f"]}}, "columns differ in length: .*'sex' has 1"),
        ({"data": 7}, "cannot read columns from int"),
    ],
)
def test_a_wrong_question_is_told_by_name_and_nearest_right_answer(changes: dict[str, Any], words: str) -> None:
    changes = dict(changes)
    with pytest.raises(ClarifyError, match=words):
        report(changes.pop("data", None), **changes)


def test_a_continuous_facet_without_threshold_or_with_one_above_everybody_is_an_error() -> None:
    data = {"pay": [1.5, 2.5, 3.5], "y": [0, 1, 1]}
    with pytest.raises(ClarifyError, match=r"needs a threshold; it goes from 1\.5 to 3\.5"):
        bias_report(data, label="y", positive=1, facet="pay")
    with pytest.raises(ClarifyError, match=r"the threshold 3\.5 selects nobody"):
        bias_report(data, label="y", positive=1, facet="pay", facet_value=3.5)


def test_a_printed_report_has_a_line_for_each_metric_of_each_facet_value() -> None:
    lines = str(report()).splitlines()
    stages = [line for line in lines if line.endswith(":")]
    assert [line.split(",")[0] for line in stages] == ["Before training", "After training"]
    figures = {words[0]: words[1] for line in lines if line.startswith("  ") and (words := line.split())}
    assert len(figures) == 21
    found = {one.key: one.value for stage in report().stages.values() for one in stage["sex"][0].metrics}
    assert figures["DI"] == f"{found['DI']:.4g}"
    assert figures["CDDL"] == "-"
    assert "Group variable is empty or not provided" in str(report())


def test_a_notebook_sees_a_gauge_a_metric_with_its_ideal_and_who_is_favoured() -> None:
    page = report()._repr_html_()
    assert page.count('<svg class="gauge"') == 21
    assert "ideal 1, from 0 to" in page
    assert "The rest has the greater share of positive predictions; the sensitive facet is disfavoured." in page
    assert "Group variable is empty or not provided" in page


@pytest.mark.parametrize("stage", ["pre", "post"])
def test_every_metric_explains_itself(stage: Any) -> None:
    for one in metrics(stage):
        lines = one.lines
        assert one.text.split("\n")[0].endswith("?"), one.key
        assert {"Formula", "Range", "Above", "Source"} <= set(lines), one.key
        assert "Zero" in lines or "One" in lines, one.key
        assert lines["Source"].startswith("https://docs.aws.amazon.com/"), one.key
        assert one.low < one.high, one.key
        assert "Below" in lines or one.low == one.ideal, f"{one.key} can be below its ideal and does not say what then"
