"""When a training job of a tuning job, or the tuning job itself, has done enough.

Early stopping is the rule that SageMaker documents ("How Early Stopping Works"): after an epoch, a job whose objective
is worse than the median of the running averages that the jobs before it had up to the same epoch is stopped.
"""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.model import Document

COMPLETED = 3
"""Jobs that must have ended before others are compared with them."""
EPOCHS = 2
"""Epochs that a job is left alone."""
CONVERGED = 12
"""Jobs without a better one after which a search has converged, or a quarter of its budget if that is more."""


def falls_behind(values: Sequence[float], ended: Sequence[Sequence[float]], *, maximize: bool) -> bool:
    """Tell whether a running job falls behind those that ended.

    Parameters
    ----------
    values
        Its objective, an epoch each.
    ended
        The objective of every job that ended.
    """
    epoch = len(values)
    if epoch < EPOCHS or not math.isfinite(values[-1]):
        return False
    averages = [statistics.fmean(one[:epoch]) for one in ended if len(one) >= epoch and all(map(math.isfinite, one))]
    if len(averages) < COMPLETED:
        return False
    median = statistics.median(averages)
    return values[-1] < median if maximize else values[-1] > median


def not_improving(values: Sequence[float], *, maximize: bool) -> int:
    """Count the jobs that ended after the best one, in order of their ends."""
    if not values:
        return 0
    best = max(values) if maximize else min(values)
    return len(values) - 1 - values.index(best)


def enough(config: Document, values: Sequence[float], limit: int, *, maximize: bool) -> bool:
    """Tell whether TuningJobCompletionCriteria are met by the objective's values, in order of the jobs' ends."""
    criteria = config.get("TuningJobCompletionCriteria", {})
    if not values:
        return False
    target = criteria.get("TargetObjectiveMetricValue")
    if target is not None and (max(values) >= target if maximize else min(values) <= target):
        return True
    since = not_improving(values, maximize=maximize)
    most = criteria.get("BestObjectiveNotImproving", {}).get("MaxNumberOfTrainingJobsNotImproving")
    if most is not None and since >= most:
        return True
    detect = criteria.get("ConvergenceDetected", {}).get("CompleteOnConvergence") == "Enabled"
    return detect and since >= max(CONVERGED, limit // 4)
