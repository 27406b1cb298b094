"""Forks: a run that continues another's series from a step on.

The points up to that step are copied when the run is made, in the same commit, so a fork reads and searches as any
run does and outlives the one it came from. `_forked` says from which run and up to which step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trialbook.model import Document, Kind
from trialbook.services import records
from trialbook.store.interface import NO_STEP, Points

if TYPE_CHECKING:
    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Series, Transaction

FORK_TAG = "trialbook:forked-from"
FORK_OF = "forkOf"
"""The edge from a fork to the run it continues."""
SYSTEM = "system."
"""Series of the machine are of the process that wrote them, and are not continued."""
_WRITER = "fork"


def copy_history(tx: Transaction, call: Call, component: Entity, told: Document) -> Entity:
    """Give a new component the points, parameters and axes of the run `told["run"]` up to `told["step"]` (None: all).

    A run that is not there leaves the fork without history, and says so.
    """
    source = records.lookup(tx, call, Kind.TRIAL_COMPONENT, told["run"])
    forked: Document = {"run": told["run"], "step": told.get("step")}
    doc = records.document(component)
    if source is None:
        return records.save(tx, call, component, {**doc, "_forked": {**forked, "points": 0}})
    forked["points"] = _copy_points(tx, call, source, component, told.get("step"))
    tx.link(component.id, FORK_OF, source.id, {})
    before = records.document(source)
    copied: Document = {key: before[key] for key in ("Parameters", "_axes") if key in before}
    return records.save(tx, call, component, {**doc, **copied, "_forked": forked})


def _copy_points(tx: Transaction, call: Call, source: Entity, component: Entity, step: int | None) -> int:
    names = [name for name in sorted(tx.summary(source.id)) if not name.startswith(SYSTEM)]
    count = 0
    for seq, name in enumerate(names):
        points = _until(name, call.store.series(source.id, name), step)
        tx.append(component.id, _WRITER, seq, points)
        count += len(points.value)
    return count


def _until(name: str, series: Series, step: int | None) -> Points:
    """Take the points up to a step; those without one have no place before or after it, and only come with all."""
    kept = np.ones(len(series.step), bool) if step is None else (series.step <= step) & (series.step != NO_STEP)
    value = series.value[kept]
    return Points([name], np.zeros(len(value), np.uint32), series.step[kept], series.time[kept], value)
