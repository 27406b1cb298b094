"""BatchPutMetrics and BatchGetMetrics of the `sagemaker-metrics` service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.services import series

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


def batch_put_metrics(call: Call, request: Document) -> Document:
    """Add points to a trial component's series; errors of single points are listed, the others are kept."""
    errors = series.put_metrics(call, request["TrialComponentName"], request["MetricData"])
    return {"Errors": errors} if errors else {}


def batch_get_metrics(call: Call, request: Document) -> Document:
    """Give aggregated series, one answer a query."""
    return {"MetricQueryResults": [series.get_metrics(call, query) for query in request["MetricQueries"]]}
