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
    ids = np.union1d(records["metric"], fresh["metric"])
    merged = np.zeros(len(ids), SUMMARY)
    merged["metric"], merged["minimum"], merged["maximum"] = ids, np.nan, np.nan
    merged["last_time"], merged["last_step"] = -np.inf, NO_STEP
    merged[np.searchsorted(ids, records["metric"])] = records
    places = np.searchsorted(ids, fresh["metric"])
    old = merged[places]
    later = (fresh["last_time"] > old["last_time"]) | (
        (fresh["last_time"] == old["last_time"]) & (fresh["last_step"] >= old["last_step"])
    )
    both = np.where(later, fresh, old)
    with np.errstate(all="ignore"):
        for name in ("count", "numbers", "total", "squares"):
            both[name] = old[name] + fresh[name]
        both["minimum"] = np.fmin(old["minimum"], fresh["minimum"])
        both["maximum"] = np.fmax(old["maximum"], fresh["maximum"])
    merged[places] = both
    return merged


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
