"""Model calls: the only part of an explanation that costs anything.

Rows go to the model in as few calls as memory allows, every call is counted and timed, and what comes back is checked
at once: a model that raises, answers too few rows, or gives NaN is reported with the rows it was asked about, and with
the row that it failed on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialbook.errors import PredictionError

Predict = Callable[[Any], Any]
Progress = Callable[[int, int], None]
Floats = NDArray[np.float64]

BATCH_BYTES = 64 << 20
PROBABILITY_FLOOR = 1e-15


@dataclass
class Cost:
    """What a model was asked: calls, rows, and the seconds of wall time spent inside it."""

    calls: int = 0
    rows: int = 0
    seconds: float = 0.0

    @property
    def rows_per_second(self) -> float:
        """Rows a second of model time; 0 before the first call."""
        return self.rows / self.seconds if self.seconds else 0.0

    def __str__(self) -> str:
        return f"{self.calls} model calls, {self.rows} rows in {self.seconds:.2f} s ({self.rows_per_second:.0f} rows/s)"


class Model:
    """A predict function behind checks, counters and batches.

    Parameters
    ----------
    predict
        Takes rows (n, features) and gives (n,) or (n, outputs).
    link
        "identity", or "logit": predictions become log-odds, probabilities of 0 and 1 being moved in by 1e-15.
    batch_rows
        Rows of one call; None derives it from `BATCH_BYTES` and the width of a row.
    clock
        Seconds, for the cost.

    Attributes
    ----------
    watch
        Called after each model call with the rows done and all rows that this ask needs.
    """

    def __init__(
        self,
        predict: Predict,
        *,
        link: str = "identity",
        batch_rows: int | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if link not in {"identity", "logit"}:
            message = f"link {link!r} is not known: use 'identity' or 'logit'"
            raise ValueError(message)
        if batch_rows is not None and batch_rows < 1:
            message = f"batch_rows is {batch_rows}; a call needs at least one row"
            raise ValueError(message)
        self.cost = Cost()
        self.single = False
        self.watch: Progress | None = None
        self._outputs: int | None = None
        self._predict = predict
        self._link = link
        self._batch_rows = batch_rows
        self._clock = clock

    def __call__(self, rows: NDArray[Any], purpose: str = "") -> Floats:
        """Predict rows (n, ...), in batches; gives (n, outputs). Raises PredictionError, `purpose` in its message."""
        size = self._batch_rows or max(1, BATCH_BYTES // max(1, rows[:1].nbytes))
        parts = []
        for start in range(0, len(rows), size):
            stop = min(len(rows), start + size)
            parts.append(self._batch(rows, start, stop, purpose))
            if self.watch is not None:
                self.watch(stop, len(rows))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _batch(self, rows: NDArray[Any], start: int, stop: int, purpose: str) -> Floats:
        where = f"on rows {start}-{stop - 1} of {len(rows)}{' while ' + purpose if purpose else ''}"
        began = self._clock()
        try:
            answer = self._predict(rows[start:stop])
        except PredictionError:
            raise
        except Exception as failure:
            message = f"the model failed {where}: {type(failure).__name__}: {failure}"
            raise PredictionError(message) from failure
        self.cost.seconds += self._clock() - began
        self.cost.calls += 1
        self.cost.rows += stop - start
        return self._checked(answer, rows[start:stop], start, where)

    def _checked(self, answer: object, asked: NDArray[Any], start: int, where: str) -> Floats:
        try:
            values = np.asarray(answer, np.float64)
        except (TypeError, ValueError) as broken:
            message = f"the model's answer {where} is not numbers: {broken}"
            raise PredictionError(message) from broken
        if values.ndim not in {1, 2} or len(values) != len(asked):
            needed = f"({len(asked)},) or ({len(asked)}, outputs) is needed"
            message = f"the model answered with shape {values.shape} {where}; {needed}"
            raise PredictionError(message)
        self.single = values.ndim == 1
        values = values.reshape(len(asked), -1)
        if self._outputs not in {None, values.shape[1]}:
            message = f"the model answered {values.shape[1]} outputs {where}, and {self._outputs} before"
            raise PredictionError(message)
        self._outputs = values.shape[1]
        bad = ~np.isfinite(values).all(axis=1)
        if bad.any():
            first = int(np.argmax(bad))
            message = (
                f"the model gave {values[first][~np.isfinite(values[first])][0]} for {bad.sum()} rows {where}; "
                f"the first is row {start + first}: {asked[first]!r}"
            )
            raise PredictionError(message)
        return self._linked(values, where)

    def _linked(self, values: Floats, where: str) -> Floats:
        if self._link == "identity":
            return values
        if values.min(initial=0) < 0 or values.max(initial=0) > 1:
            message = (
                f"the model gave {values.min():.6g} to {values.max():.6g} {where}; link 'logit' needs probabilities"
            )
            raise PredictionError(message)
        inside = np.clip(values, PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)
        return np.log(inside) - np.log1p(-inside)
