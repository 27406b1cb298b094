"""Metrics of trial components: points in, summaries and aggregated series out.

Points go through the store's batches: `(run, writer, seq)` names one, so every process has a writer id of its own and
counts up. A NaN is a value: it is counted and can be the last value, and stays out of minimum, maximum and mean.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np

from trialbook.model import Document, Kind
from trialbook.services import records
from trialbook.store.interface import NO_STEP, Points

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Series, Transaction

# SageMaker's window for a point's time, in seconds before and after now; holds under --aws-limits.
_OLDEST, _NEWEST = 14 * 86400, 2 * 3600
_PERIODS = {"OneMinute": 60, "FiveMinute": 300, "OneHour": 3600}
_SEQUENCE = itertools.count(1)


def put_metrics(call: Call, component: str, data: Sequence[Document]) -> list[Document]:
    """Add points to a trial component's series; gives the errors of single points (`Code`, `MetricIndex`)."""
    errors = _late(call, data) if call.strict else []
    refused = {error["MetricIndex"] for error in errors}
    good = [datum for index, datum in enumerate(data) if index not in refused]
    if good:
        points, writer = _points(good), call.workspace.writer

        def append(tx: Transaction) -> None:
            entity = records.require(tx, call, Kind.TRIAL_COMPONENT, component)
            # Numbered on the store's writer, so that batches are numbered in the order in which they are committed.
            tx.append(entity.id, writer, next(_SEQUENCE), points)
            _note_final_metrics(tx, entity, good)

        call.store.write(append)
    else:
        records.require(call.store, call, Kind.TRIAL_COMPONENT, component)
    return errors


def _late(call: Call, data: Sequence[Document]) -> list[Document]:
    now = call.now()
    return [
        {"Code": "VALIDATION_ERROR", "MetricIndex": index}
        for index, datum in enumerate(data)
        if not now - _OLDEST <= datum["Timestamp"] <= now + _NEWEST
    ]


def _points(data: Sequence[Document]) -> Points:
    names = list(dict.fromkeys(datum["MetricName"] for datum in data))
    index = {name: position for position, name in enumerate(names)}
    return Points(
        names=names,
        metric=np.array([index[datum["MetricName"]] for datum in data], dtype=np.uint32),
        step=np.array([datum.get("Step", NO_STEP) for datum in data], dtype=np.int64),
        time=np.array([datum["Timestamp"] for datum in data], dtype=np.float64),
        value=np.array([datum["Value"] for datum in data], dtype=np.float64),
    )


def _note_final_metrics(tx: Transaction, component: Entity, data: Sequence[Document]) -> None:
    """Bring FinalMetricDataList of the training job behind the component up to date: the latest value of each name."""
    source = records.document(component).get("Source", {})
    if source.get("SourceType") != "SageMakerTrainingJob":
        return
    job = records.find_arn(tx, source["SourceArn"])
    if job is None:
        return
    doc = records.document(job)
    final = {one["MetricName"]: one for one in doc.get("FinalMetricDataList", [])}
    for datum in data:
        name = datum["MetricName"]
        if name not in final or datum["Timestamp"] >= final[name]["Timestamp"]:
            final[name] = {"MetricName": name, "Value": datum["Value"], "Timestamp": datum["Timestamp"]}
    tx.update(job.id, {**doc, "FinalMetricDataList": list(final.values())})


def get_metrics(call: Call, query: Document) -> Document:
    """Answer one query of BatchGetMetrics: a statistic per step or per period.

    Axis and period go together in four ways: per step or per minutes, told by step or by epoch seconds. Points
    without a step are left out of the per-step answers, and the answer's Message says how many were.
    """
    entity = records.find_arn(call.store, query["ResourceArn"])
    if entity is None or entity.kind != Kind.TRIAL_COMPONENT:
        return {
            "Status": "ValidationError",
            "Message": f"'{query['ResourceArn']}' is not the ARN of a trial component.",
            "XAxisValues": [],
            "MetricValues": [],
        }
    series = call.store.series(entity.id, query["MetricName"])
    by_step = "IterationNumber" in {query["Period"], query["XAxisType"]}
    stepless = int(np.count_nonzero(series.step == NO_STEP)) if by_step else 0
    axis, values = _aggregate(series, query)
    answer: Document = {"Status": "Complete", "XAxisValues": axis, "MetricValues": values}
    if stepless:
        answer["Message"] = f"{stepless} points have no step and are left out: ask with XAxisType Timestamp for them."
    return answer


def _aggregate(series: Series, query: Document) -> tuple[list[int], list[float]]:
    step, time, value = series.step, series.time, series.value
    on_steps = query["XAxisType"] == "IterationNumber"
    if "IterationNumber" in {query["Period"], query["XAxisType"]}:
        keep = step != NO_STEP
        step, time, value = step[keep], time[keep], value[keep]
    shown = step.astype(np.float64) if on_steps else time
    keep = (shown >= query.get("Start", -math.inf)) & (shown <= query.get("End", math.inf))
    step, time, value = step[keep], time[keep], value[keep]
    if not len(value):
        return [], []
    period = _PERIODS.get(query["Period"])
    bucket = step if period is None else np.floor(time / period).astype(np.int64) * period
    order = np.lexsort((step, time, bucket))
    bucket, step, time, value = bucket[order], step[order], time[order], value[order]
    starts = np.flatnonzero(np.r_[True, bucket[1:] != bucket[:-1]]).tolist()
    ends = [*starts[1:], len(bucket)]
    statistic = STATISTICS[query["MetricStat"]]
    values = [statistic(value[start:end]) for start, end in zip(starts, ends, strict=True)]
    return [
        _position(on_steps, period, bucket, step, time, start, end) for start, end in zip(starts, ends, strict=True)
    ], values


def _position(
    on_steps: bool,
    period: int | None,
    bucket: NDArray[np.int64],
    step: NDArray[np.int64],
    time: NDArray[np.float64],
    start: int,
    end: int,
) -> int:
    """Place one bucket on the axis: its own number where it has one, else that of its last point."""
    if on_steps:
        return int(bucket[start]) if period is None else int(step[end - 1])
    return int(bucket[start]) if period is not None else int(time[end - 1])


def _over_numbers(reduce: Callable[[NDArray[np.float64]], float]) -> Callable[[NDArray[np.float64]], float]:
    def statistic(values: NDArray[np.float64]) -> float:
        numbers = values[~np.isnan(values)]
        if not len(numbers):
            return math.nan
        with np.errstate(invalid="ignore", over="ignore"):
            return float(reduce(numbers))

    return statistic


STATISTICS: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "Min": _over_numbers(np.min),
    "Max": _over_numbers(np.max),
    "Avg": _over_numbers(np.mean),
    "StdDev": _over_numbers(np.std),
    "Count": lambda values: float(len(values)),
    "Last": lambda values: float(values[-1]),
}
"""BatchGetMetrics' statistics over one bucket's values in order of time; population standard deviation."""
