"""Calling a model on many rows: in batches, with what it answers checked, and faults told with their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import PredictionError

if TYPE_CHECKING:
    from trialbook.clarify.columns import Array

BATCH = 100_000
Predict = Callable[..., object]


def predict_checked(
    predict: Predict,
    rows: Array,
    *,
    first: int = 0,
    batch: int = BATCH,
    progress: Callable[[int], None] | None = None,
) -> Array:
    """Predict all rows.

    Parameters
    ----------
    predict
        Takes (n, features), gives (n,) or (n, outputs).
    rows
        (rows, features).
    first
        Number of the first row, for error messages.
    batch
        Most rows a call.
    progress
        Told the rows of each batch as it is done.

    Returns
    -------
    numpy.ndarray
        (rows,) or (rows, outputs).

    Raises
    ------
    PredictionError
        If the model raises, gives another number of answers than rows, or answers NaN; names the rows.
    """
    answers = []
    for start in range(0, len(rows), batch):
        part = rows[start : start + batch]
        span = (first + start, first + start + len(part))
        try:
            answer = np.asarray(predict(part))
        except PredictionError as error:
            inner = error.rows or (0, len(part))
            raise PredictionError(error.reason, (span[0] + inner[0], span[0] + inner[1])) from error
        except Exception as error:
            # The model is the user's: whatever it raises is told, with the rows it was given.
            message = f"the model failed: {type(error).__name__}: {error}"
            raise PredictionError(message, span) from error
        answers.append(_checked(answer, len(part), span))
        if progress is not None:
            progress(len(part))
    return np.concatenate(answers) if answers else np.empty(0)


def _checked(answer: Array, rows: int, span: tuple[int, int]) -> Array:
    if not answer.ndim or len(answer) != rows:
        message = f"the model gave {len(answer) if answer.ndim else 1:,} answers to {rows:,} rows"
        raise PredictionError(message, span)
    if answer.ndim == 2 and answer.shape[1] == 1:
        answer = answer[:, 0]
    if answer.dtype.kind == "f":
        bad = np.isnan(answer) if answer.ndim == 1 else np.isnan(answer).any(axis=1)
        if bad.any():
            where = np.flatnonzero(bad)
            message = f"the model answered NaN to {len(where):,} of {rows:,} rows"
            raise PredictionError(message, (span[0] + int(where[0]), span[0] + int(where[-1]) + 1))
    return answer
