"""Summaries of series: what is known without reading them, brought up to date with every batch.

One packed row a run holds the records of all its series (`codec.SUMMARY`), so that 200 running runs cost 200 small
rows a tick, whatever the number of their metrics.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialbook.store.codec import SUMMARY
from trialbook.store.interface import NO_STEP, Summary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

EMPTY = np.zeros(0, SUMMARY)


def fold(
    records: NDArray[np.void],
    metric: NDArray[np.uint32],
    step: NDArray[np.int64],
    time: NDArray[np.float64],
    value: NDArray[np.float64],
) -> NDArray[np.void]:
    """Bring records (by metric id) up to date with a batch of n > 0 points in order of arrival; gives new records."""
    fresh = _summarise(metric, step, time, value)
    if not len(records):
        return fresh
    if len(records) != len(fresh) or (records["metric"] != fresh["metric"]).any():
        merged = _widen(records, fresh["metric"])
        places = np.searchsorted(merged["metric"], fresh["metric"])
        merged[places] = _add(merged[places], fresh)
        return merged
    return _add(records, fresh)


def _widen(records: NDArray[np.void], metrics: NDArray[np.uint32]) -> NDArray[np.void]:
    """Copy records, with empty ones for the metrics that have none."""
    ids = np.union1d(records["metric"], metrics)
    wide = np.zeros(len(ids), SUMMARY)
    wide["metric"], wide["minimum"], wide["maximum"] = ids, np.nan, np.nan
    wide["last_time"], wide["last_step"] = -np.inf, NO_STEP
    wide[np.searchsorted(ids, records["metric"])] = records
    return wide


def _add(old: NDArray[np.void], fresh: NDArray[np.void]) -> NDArray[np.void]:
    """Add records of the same metrics; of two that are last at the same time and step, the fresh one came later."""
    time, step = fresh["last_time"], fresh["last_step"]
    later = (time > old["last_time"]) | ((time == old["last_time"]) & (step >= old["last_step"]))
    both = old.copy()
    both[later] = fresh[later]
    with np.errstate(all="ignore"):
        for name in ("count", "numbers", "total", "squares"):
            both[name] = old[name] + fresh[name]
        both["minimum"] = np.fmin(old["minimum"], fresh["minimum"])
        both["maximum"] = np.fmax(old["maximum"], fresh["maximum"])
    return both


def _summarise(
    metric: NDArray[np.uint32], step: NDArray[np.int64], time: NDArray[np.float64], value: NDArray[np.float64]
) -> NDArray[np.void]:
    # Stable, so points of one time and step stay in order of arrival.
    order = np.lexsort((step, time, metric))
    metric, step, time, value = metric[order], step[order], time[order], value[order]
    starts = np.flatnonzero(np.append(True, metric[1:] != metric[:-1]))
    ends = np.append(starts[1:], len(metric)) - 1
    number = ~np.isnan(value)
    known = np.where(number, value, 0.0)
    records = np.zeros(len(starts), SUMMARY)
    records["metric"] = metric[starts]
    records["count"] = ends - starts + 1
    records["last"], records["last_step"], records["last_time"] = value[ends], step[ends], time[ends]
    with np.errstate(all="ignore"):
        records["numbers"] = np.add.reduceat(number.astype(np.uint64), starts)
        records["minimum"] = np.fmin.reduceat(value, starts)
        records["maximum"] = np.fmax.reduceat(value, starts)
        records["total"] = np.add.reduceat(known, starts)
        records["squares"] = np.add.reduceat(known * known, starts)
    return records


def as_mapping(records: NDArray[np.void], names: Mapping[int, str]) -> dict[str, Summary]:
    """Give the records by metric name."""
    nothing = float("nan")
    return {
        names[metric]: Summary(
            count,
            numbers,
            last,
            minimum,
            maximum,
            total if numbers else nothing,
            squares if numbers else nothing,
            last_step,
            last_time,
        )
        for metric, _, count, numbers, last, minimum, maximum, total, squares, last_step, last_time in records.tolist()
    }
