"""Bias reports and explanations that a run logs: kept as reports, searchable as metrics, gated and compared."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeRegressor

from trialbook import Run, search
from trialbook.cli.gate import gate
from trialbook.cli.reports import reports
from trialbook.sdk.predict import predict_of
from trialbook.sdk.target import Target

FEATURES = ["Sex", "Age"]
NAMED = "shop-first"


def people(rows: int = 400) -> pd.DataFrame:
    random = np.random.default_rng(5)
    sex, age = random.integers(0, 2, rows), random.integers(18, 80, rows)
    return pd.DataFrame({"y": (age + 12 * sex + random.normal(0, 9, rows) > 50).astype(int), "Sex": sex, "Age": age})


@pytest.fixture
def logged(target: Target) -> Target:
    """Log one run with both reports."""
    data = people()
    model = LogisticRegression(max_iter=500).fit(data[FEATURES], data["y"])
    scores = model.predict_proba(data[FEATURES])[:, 1]
    with Run("shop", "first") as run:
        run.log_metric("validation:auc", 0.95)
        bias = run.log_bias_report(data, label="y", facets={"Sex": 0}, predictions=scores, group="Age")
        shap = run.log_explanations(model, data, features=FEATURES, dependence=["Age"], labels=["yes"])
    assert bias is not None
    assert shap is not None
    assert "<svg" in bias._repr_html_()
    assert shap.exact
    return target


def call(target: Target, operation: str, **members: Any) -> Any:
    return target.transport().call(operation, members)


def invoke(target: Target, command: Any, *arguments: str) -> Result:
    store = ["--store", str(target.url or target.store)]
    return CliRunner().invoke(command, [*arguments, *store])


def test_every_figure_of_a_report_is_a_metric_of_the_run(logged: Target) -> None:
    found = {one["MetricName"]: one["Last"] for one in call(logged, "run", name=NAMED)["Metrics"]}
    told = call(logged, "reports", run=NAMED)["reports"]
    bias = next(one for one in told if one["name"] == "bias")["analysis"]
    for stage, section in (("pre", "pre_training_bias_metrics"), ("post", "post_training_bias_metrics")):
        for metric in bias[section]["facets"]["Sex"][0]["metrics"]:
            if metric["value"] is not None:
                assert found[f"bias.{stage}.{metric['name']}.Sex"] == float(metric["value"])
    assert {"shap.Sex", "shap.Age", "bias.post.CDDPL.Sex"} <= set(found)


def test_bias_and_performance_are_searched_together_and_sorted(logged: Target) -> None:
    with Run("shop", "unfair") as run:
        run.log_metric("validation:auc", 0.97)
        run.log_bias_report(people(), label="y", facets={"Sex": 0}, predictions=people()["Sex"].to_numpy())
    both = search("Metrics.validation:auc > 0.9", sort="-Metrics.bias.post.DI.Sex")
    assert list(both["name"]) == [NAMED, "shop-unfair"]
    fair = search("Metrics.validation:auc > 0.9 and Metrics.bias.post.DI.Sex between (0.2, 1.25)")
    assert list(fair["name"]) == [NAMED]


def test_a_report_keeps_its_pages_beside_it(logged: Target) -> None:
    shap, bias = call(logged, "reports", run=NAMED)["reports"]
    assert (shap["name"], bias["name"]) == ("explanations", "bias")
    assert {"html", "rows", "baseline"} == set(shap["files"])
    assert shap["analysis"]["explanations"]["pdp"][0]["feature_name"] == "Age"
    assert "yes" in shap["analysis"]["explanations"]["kernel_shap"]


def test_local_values_are_read_page_by_page(logged: Target) -> None:
    page = call(logged, "report_rows", run=NAMED, report="explanations", start=398, limit=10)
    assert (page["columns"], page["start"], page["count"]) == (["Sex_yes", "Age_yes"], 398, 400)
    assert len(page["rows"]) == 2


def test_a_report_without_local_values_says_so(logged: Target) -> None:
    with pytest.raises(Exception, match=r"has no local values"):
        call(logged, "report_rows", run=NAMED, report="bias")
    with pytest.raises(Exception, match=r"has no report 'none': it has 'bias', 'explanations'"):
        call(logged, "report_rows", run=NAMED, report="none")


def test_a_figure_that_is_infinite_is_a_metric_and_one_that_is_missing_is_none(target: Target) -> None:
    with Run("shop", "edge") as run:
        run.log_bias_report({"y": [0, 0, 1, 1], "Sex": [0, 0, 1, 1]}, label="y", facets={"Sex": 0})
    found = {one["MetricName"]: one["Last"] for one in call(target, "run", name="shop-edge")["Metrics"]}
    assert math.isinf(found["bias.pre.KL.Sex"])
    assert "bias.pre.CDDL.Sex" not in found  # there is no group


def test_the_values_of_a_facet_have_names_of_their_own(target: Target) -> None:
    with Run("shop", "several") as run:
        run.log_bias_report(people(), label="y", facets="Sex")
    names = {one["MetricName"] for one in call(target, "run", name="shop-several")["Metrics"]}
    assert {"bias.pre.CI.Sex=0", "bias.pre.CI.Sex=1"} <= names


def test_reports_of_several_steps_are_all_kept(target: Target) -> None:
    with Run("shop", "steps") as run:
        for step in (1, 2):
            run.log_bias_report(people(100 * step), label="y", facets={"Sex": 0}, step=step)
        assert {one["name"] for one in run.reports()} == {"bias@1", "bias@2"}
        assert run.metric("bias.pre.CI.Sex").step.tolist() == [1, 2]


def test_what_cannot_be_measured_is_one_warning_and_the_run_goes_on(
    target: Target, caplog: pytest.LogCaptureFixture
) -> None:
    with Run("shop", "wrong") as run:
        assert run.log_bias_report(people(), label="y", facets="Sx") is None
        run.log_metric("after", 1.0)
    assert "there is no column 'Sx'; did you mean 'Sex'?" in caplog.text
    assert call(target, "run", name="shop-wrong")["Metrics"][0]["MetricName"] == "after"


def test_runs_are_set_side_by_side(logged: Target) -> None:
    with Run("shop", "second") as run:
        run.log_bias_report(people(200), label="y", facets={"Sex": 0})
    told = call(logged, "reports_compare", runs=[NAMED, "shop-second"])
    figures = {one["name"]: one["values"] for one in told["metrics"]}
    assert None not in figures["bias.pre.CI.Sex"]
    assert figures["shap.Age"][1] is None
    printed = invoke(logged, reports, NAMED, "shop-second", "--changed")
    assert "bias.pre.CI.Sex" in printed.output
    assert json.loads(invoke(logged, reports, NAMED, "--json").output)["reports"]


def test_a_gate_that_holds_exits_with_0(logged: Target) -> None:
    done = invoke(logged, gate, NAMED, "Metrics.bias.pre.CI.Sex between (-1, 1) and Metrics.validation:auc > 0.9")
    assert done.exit_code == 0
    assert "2 of 2 conditions hold" in done.output


@pytest.mark.parametrize(
    ("condition", "outcome"),
    [
        ("Metrics.validation:auc > 0.99", "fails"),
        ("Metrics.bias.post.DI.Race > 0.8", "missing"),
        ("not Metrics.bias.post.DI.Race > 0.8", "missing"),
        ("not exists Metrics.bias.post.DI.Race", "holds"),
        ("Metrics.nothing > 1 or Metrics.validation:auc > 0.9", "holds"),
    ],
)
def test_a_gate_says_which_condition_failed_and_why(logged: Target, condition: str, outcome: str) -> None:
    done = invoke(logged, gate, NAMED, condition, "--json")
    assert [one["outcome"] for one in json.loads(done.output)] == [outcome]
    assert done.exit_code == (outcome != "holds")


def test_a_gate_prints_the_missing_metric(logged: Target) -> None:
    done = invoke(logged, gate, NAMED, "Metrics.a > 1", "Metrics.validation:auc > 0.99")
    assert "MISSING" in done.output
    assert "the run has no a" in done.output
    assert "validation:auc = 0.95" in done.output
    assert "0 of 2 conditions hold" in done.output


def test_models_of_any_library_become_functions_of_rows() -> None:
    data = people(50)
    classes = LogisticRegression(max_iter=500).fit(data[FEATURES], data["y"])
    numbers = DecisionTreeRegressor(max_depth=2).fit(data[FEATURES].to_numpy(), data["y"])
    rows = data[FEATURES].to_numpy()
    assert np.array_equal(predict_of(classes, FEATURES)(rows), classes.predict_proba(data[FEATURES])[:, 1])
    assert np.array_equal(predict_of(numbers)(rows), numbers.predict(rows))
    assert predict_of(len) is len
    with pytest.raises(TypeError, match="cannot predict with int"):
        predict_of(3)
