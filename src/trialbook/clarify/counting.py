"""From columns to tables: one pass over the rows for any number of facets, whole or piece by piece."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from trialbook.clarify.axes import SINGLE, Axis, encode
from trialbook.clarify.columns import Array, Column, Columns, as_numbers, column_of
from trialbook.clarify.facets import Threshold, Wanted, is_continuous, simplify, split_of
from trialbook.clarify.predicting import predict_checked
from trialbook.clarify.table import ContingencyTable, count

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PROBABILITY = 0.5


@dataclass(frozen=True)
class Question:
    """What a bias report is asked.

    Attributes
    ----------
    label, positive
        The label column and its positive value, values or threshold.
    facets
        Sensitive value, values or threshold by facet column; None for each value in turn.
    group
        Column to compare within, for CDDL and CDDPL.
    predicted
        Column of predictions, or a predict function over the features; None without predictions.
    predicted_positive
        The positive value or the (probability) threshold of predictions; None takes that of the label, and 0.5 for
        probabilities.
    features
        Columns that the model and the flip test see.
    """

    label: str
    positive: Wanted
    facets: Mapping[str, Wanted]
    group: str | None = None
    predicted: str | Callable[[Array], object] | None = None
    predicted_positive: Wanted = None
    features: tuple[str, ...] = ()

    def needed(self, *, rows: bool) -> list[str]:
        """Name the columns to read; the features only where rows are looked at."""
        wanted = [self.label, *self.facets]
        wanted += [self.group] if self.group is not None else []
        wanted += [self.predicted] if isinstance(self.predicted, str) else []
        wanted += self.features if rows or callable(self.predicted) else ()
        return list(dict.fromkeys(wanted))


@dataclass
class Counter:
    """Counts pieces of a data set into one table a facet.

    Attributes
    ----------
    tables
        The table of each facet, of all pieces added so far.
    codes
        Codes of the facets and of the predictions in the last piece, for those who need rows.
    rows
        Rows seen.
    """

    question: Question
    tables: dict[str, ContingencyTable] = field(default_factory=dict)
    codes: dict[str, Array] = field(default_factory=dict)
    rows: int = 0
    _predicted_split: float | None = None

    def add(self, columns: Columns) -> None:
        """Count a piece. An empty piece changes nothing.

        Raises
        ------
        ClarifyError
            If there are more values than can be counted together.
        PredictionError
            If the model fails or answers something else than one finite value a row.
        """
        asked = self.question
        if not len(columns[asked.label]):
            return
        label, label_axis = encode(columns[asked.label], split_of(asked.positive))
        group, group_axis = (None, SINGLE) if asked.group is None else encode(columns[asked.group])
        predicted, predicted_axis = self._predictions(columns, label, label_axis)
        self.codes = {} if predicted is None else {"": predicted}
        for name, wanted in asked.facets.items():
            facet, axis = encode(columns[name], split_of(wanted), ordered=simplify(wanted) is None)
            self.codes[name] = facet
            table = count((group, facet, label, predicted), (group_axis, axis, label_axis, predicted_axis))
            self.tables[name] = self.tables[name] + table if name in self.tables else table
        self.rows += len(label)

    def _predictions(self, columns: Columns, label: Array, axis: Axis) -> tuple[Array | None, Axis]:
        asked = self.question
        if asked.predicted is None:
            return None, SINGLE
        if isinstance(asked.predicted, str):
            column = columns[asked.predicted]
        else:
            answer = predict_checked(asked.predicted, matrix(columns, asked.features), first=self.rows)
            column = column_of(answer)
        if self._predicted_split is None:
            self._predicted_split = self._split(column, label, axis)
        return encode(column, self._predicted_split)

    def _split(self, column: Column, label: Array, axis: Axis) -> float | None:
        asked = self.question
        if asked.predicted_positive is not None:
            return split_of(asked.predicted_positive)
        continuous = isinstance(simplify(asked.positive), Threshold)
        if continuous or is_continuous(axis, np.bincount(label, minlength=len(axis.values))):
            return split_of(asked.positive)
        return PROBABILITY if isinstance(column, np.ndarray) and column.dtype.kind == "f" else None


def matrix(columns: Columns, features: Sequence[str]) -> Array:
    """Put columns side by side as a model takes them.

    Returns
    -------
    numpy.ndarray
        (rows, features) float64 with NaN for missing; of objects, with None, when a column holds text.
    """
    taken = [columns[name] for name in features]
    if not taken:
        return np.empty((0, 0))
    if not any(holds_text(column) for column in taken):
        return np.column_stack([as_numbers(column) for column in taken])
    rows = np.empty((len(taken[0]), len(taken)), dtype=object)
    for place, column in enumerate(taken):
        rows[:, place] = cells(column)
    return rows


def holds_text(column: Column) -> bool:
    """Say whether a column has a cell that is not a number."""
    return not isinstance(column, np.ndarray) and any(isinstance(value, str) for value in column.values)


def cells(column: Column) -> Array:
    """Give the cells of a column as plain Python values, None for missing."""
    if isinstance(column, np.ndarray):
        plain = np.empty(len(column), dtype=object)
        plain[:] = column.tolist()
        return plain
    values = np.empty(len(column.values) + 1, dtype=object)
    values[:] = [*column.values, None]
    return np.asarray(values[column.codes])
