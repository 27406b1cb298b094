"""Metrics over the wire: put, summaries, aggregated series, and Search on them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from botocore.exceptions import ClientError

NOW = 1_795_404_960


@pytest.fixture
def sagemaker(live_server: Any) -> Any:
    client = live_server.client("sagemaker")
    client.create_trial_component(TrialComponentName="tc")
    return client


@pytest.fixture
def metrics(live_server: Any) -> Any:
    return live_server.client("sagemaker-metrics")


def put(metrics: Any, name: str, values: list[float], *, steps: bool = True, spread: int = 10) -> None:
    for start in range(0, len(values), 10):
        data = []
        for index, value in enumerate(values[start : start + 10], start):
            datum: dict[str, Any] = {"MetricName": name, "Timestamp": NOW + index * spread, "Value": value}
            if steps:
                datum["Step"] = index
            data.append(datum)
        assert not metrics.batch_put_metrics(TrialComponentName="tc", MetricData=data).get("Errors")


def get(metrics: Any, name: str, stat: str, period: str, axis: str, **more: Any) -> dict[str, Any]:
    arn = "arn:aws:sagemaker:us-east-1:000000000000:experiment-trial-component/tc"
    query = {"MetricName": name, "ResourceArn": arn, "MetricStat": stat, "Period": period, "XAxisType": axis, **more}
    result: dict[str, Any] = metrics.batch_get_metrics(MetricQueries=[query])["MetricQueryResults"][0]
    return result


def test_a_summary_has_the_six_statistics_at_once(sagemaker: Any, metrics: Any) -> None:
    put(metrics, "loss", [4.0, 2.0, 3.0])
    (summary,) = sagemaker.describe_trial_component(TrialComponentName="tc")["Metrics"]
    assert summary["MetricName"] == "loss"
    assert (summary["Min"], summary["Max"], summary["Last"], summary["Count"]) == (2.0, 4.0, 3.0, 3)
    assert summary["Avg"] == pytest.approx(3.0)
    assert summary["StdDev"] == pytest.approx(math.sqrt(2 / 3))


def test_nan_and_infinity_are_kept_and_answered(sagemaker: Any, metrics: Any) -> None:
    put(metrics, "loss", [1.0, math.inf, math.nan])
    (summary,) = sagemaker.describe_trial_component(TrialComponentName="tc")["Metrics"]
    assert math.isnan(summary["Last"])
    assert (summary["Min"], summary["Max"], summary["Count"]) == (1.0, math.inf, 3)
    answer = get(metrics, "loss", "Last", "IterationNumber", "IterationNumber")
    assert answer["MetricValues"][:2] == [1.0, math.inf]
    assert math.isnan(answer["MetricValues"][2])


def test_series_come_back_by_step_and_by_period(sagemaker: Any, metrics: Any) -> None:
    put(metrics, "loss", [float(value) for value in range(12)])
    by_step = get(metrics, "loss", "Avg", "IterationNumber", "IterationNumber")
    assert by_step["XAxisValues"] == list(range(12))
    assert by_step["MetricValues"] == [float(value) for value in range(12)]
    by_minute = get(metrics, "loss", "Max", "OneMinute", "Timestamp")
    assert by_minute["XAxisValues"] == [NOW, NOW + 60]
    assert by_minute["MetricValues"] == [5.0, 11.0]
    some = get(metrics, "loss", "Count", "IterationNumber", "IterationNumber", Start=3, End=5)
    assert some["XAxisValues"] == [3, 4, 5]


def test_points_without_a_step_are_told_of_and_shown_by_time(sagemaker: Any, metrics: Any) -> None:
    put(metrics, "loss", [1.0, 2.0], steps=False)
    by_step = get(metrics, "loss", "Avg", "IterationNumber", "IterationNumber")
    assert by_step["XAxisValues"] == []
    assert "2 points have no step" in by_step["Message"]
    assert get(metrics, "loss", "Count", "OneHour", "Timestamp")["MetricValues"] == [2.0]


def test_an_unknown_series_is_empty_and_an_unknown_component_an_error(sagemaker: Any, metrics: Any) -> None:
    assert get(metrics, "nothing", "Avg", "OneHour", "Timestamp")["Status"] == "Complete"
    other = {
        "MetricName": "x",
        "ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:experiment-trial-component/no",
        "MetricStat": "Avg",
        "Period": "OneHour",
        "XAxisType": "Timestamp",
    }
    (result,) = metrics.batch_get_metrics(MetricQueries=[other])["MetricQueryResults"]
    assert result["Status"] == "ValidationError"
    with pytest.raises(ClientError, match="'.*no' does not exist"):
        metrics.batch_put_metrics(
            TrialComponentName="no", MetricData=[{"MetricName": "a", "Timestamp": NOW, "Value": 1.0}]
        )


def test_search_sees_a_metric_at_once(sagemaker: Any, metrics: Any) -> None:
    put(metrics, "val:auc", [0.5, 0.9, 0.8])
    found = sagemaker.search(
        Resource="ExperimentTrialComponent",
        SearchExpression={
            "Filters": [
                {"Name": "Metrics.val:auc.max", "Operator": "GreaterThanOrEqualTo", "Value": "0.9"},
                {"Name": "Metrics.val:auc", "Operator": "Equals", "Value": "0.8"},
            ]
        },
    )
    (result,) = found["Results"]
    assert result["TrialComponent"]["Metrics"][0]["Last"] == 0.8
    assert found["TotalHits"] == {"Value": 1, "Relation": "EqualTo"}
