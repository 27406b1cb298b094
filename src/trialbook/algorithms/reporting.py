"""The lines that SageMaker's algorithms print while they train; the catalog's expressions read them.

::

    #quality_metric: host=algo-1, epoch=3, train mse_objective <loss>=0.31
    #progress_metric: host=algo-1, completed 40.0 % of epochs
    #throughput_metric: host=algo-1, train throughput=51234.1 records/second
    #test_score (algo-1) : ('mse', 0.0133)
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trialbook.algorithms.log import Log

# Scores rise, losses fall.
_LOSSES = ("_objective", "absolute_loss", "cross_entropy", "mse", "msd", "rmse", "ssd")


class Report:
    """Prints for one host.

    Parameters
    ----------
    clock
        Seconds, of a clock that never goes back.
    """

    def __init__(self, log: Log, host: str, epochs: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._log = log
        self._host = host
        self._epochs = epochs
        self._clock = clock
        self._began = clock()

    def quality(self, data: str, values: Mapping[str, float], when: str = "") -> None:
        """Print metrics of one channel; `when` is such as "epoch=3, "."""
        for name, value in values.items():
            kind = "loss" if name.endswith(_LOSSES) else "score"
            self._log.say(f"#quality_metric: host={self._host}, {when}{data} {name} <{kind}>={float(value)!r}")

    def scores(self, data: str, values: Mapping[str, float]) -> None:
        """Print a channel's final metrics, in both forms."""
        for name, value in values.items():
            self._log.say(f"#{data}_score ({self._host}) : ('{name}', {float(value)!r})")
        self.quality(data, values)

    def epoch(self, number: int, rows: int) -> None:
        """Print how far the training is after epoch `number` (from 0) over `rows` rows, and how fast."""
        now = self._clock()
        seconds, self._began = max(now - self._began, 1e-9), now
        done = 100 * (number + 1) / self._epochs
        self._log.say(f"#progress_metric: host={self._host}, completed {done:g} % of epochs")
        self._log.say(f"#throughput_metric: host={self._host}, train throughput={rows / seconds!r} records/second")
