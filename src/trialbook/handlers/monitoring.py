"""CloudWatch: statistics of training metrics, and which metrics there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.services import monitoring

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call

JOBS_A_PAGE = 500


def get_metric_statistics(call: Call, request: Document) -> Document:
    """Give one metric's statistics for each period that has data."""
    names, extended = request.get("Statistics", []), request.get("ExtendedStatistics", [])
    if not names and not extended:
        raise CodedError("InvalidParameterCombination", "At least one of Statistics and ExtendedStatistics is needed.")
    _check_times(request)
    points = []
    for period in monitoring.metric_periods(call, request, request["StartTime"], request["EndTime"], request["Period"]):
        point: Document = {"Timestamp": period.start, "Unit": "None"}
        point.update({name: monitoring.statistic(period.values, name) for name in names})
        if extended:
            point["ExtendedStatistics"] = {name: monitoring.statistic(period.values, name) for name in extended}
        points.append(point)
    return {"Label": request["MetricName"], "Datapoints": points}


def get_metric_data(call: Call, request: Document) -> Document:
    """Give the series of several metrics at once; metric math is refused by name."""
    _check_times(request)
    newest_first = request.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = [
        _series(call, query, request, newest_first)
        for query in request["MetricDataQueries"]
        if query.get("ReturnData", True)
    ]
    return {"MetricDataResults": results, "Messages": []}


def list_metrics(call: Call, request: Document) -> Document:
    """Give the metrics of a job, or of all jobs page by page."""
    namespace, metric = request.get("Namespace", monitoring.NAMESPACE), request.get("MetricName")
    dimensions = request.get("Dimensions", [])
    if namespace != monitoring.NAMESPACE or any(item["Name"] != monitoring.DIMENSION for item in dimensions):
        return {"Metrics": []}
    job = monitoring.job_of(dimensions)
    if job:
        return {"Metrics": monitoring.list_metrics(call, metric, job)}
    jobs, after = monitoring.training_jobs(call, _revision(request), JOBS_A_PAGE)
    answer: Document = {"Metrics": [found for job in jobs for found in monitoring.list_metrics(call, metric, job)]}
    if after is not None:
        answer["NextToken"] = str(after)
    return answer


def _series(call: Call, query: Document, request: Document, newest_first: bool) -> Document:
    wanted = query.get("MetricStat")
    if wanted is None:
        raise CodedError(
            "ValidationError", f"Query '{query['Id']}' has an Expression; only MetricStat queries are answered here."
        )
    periods = monitoring.metric_periods(
        call, wanted["Metric"], request["StartTime"], request["EndTime"], wanted["Period"]
    )
    if newest_first:
        periods.reverse()
    return {
        "Id": query["Id"],
        "Label": query.get("Label", wanted["Metric"].get("MetricName", "")),
        "Timestamps": [period.start for period in periods],
        "Values": [monitoring.statistic(period.values, wanted["Stat"]) for period in periods],
        "StatusCode": "Complete",
    }


def _check_times(request: Document) -> None:
    if request["StartTime"] >= request["EndTime"]:
        raise CodedError("InvalidParameterValue", "The parameter StartTime must be less than the parameter EndTime.")


def _revision(request: Document) -> int:
    token = request.get("NextToken", "0")
    if not (token.isascii() and token.isdigit() and len(token) < 18):
        raise CodedError("InvalidParameterValue", f"The specified NextToken is invalid: '{token[:100]}'.")
    return int(token)
