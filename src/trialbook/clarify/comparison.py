"""One comparison, a facet value against the rest: its counts out of the table, and the metrics of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.clarify.counting import PROBABILITY, Question
from trialbook.clarify.counts import Counts, Side
from trialbook.clarify.facets import Selection, Threshold, Values, Wanted, is_continuous, select, simplify, text_of
from trialbook.clarify.fliptest import Rows, flip_test
from trialbook.clarify.metrics import Metric, Stage, metrics
from trialbook.clarify.performance import Performance, Statistics
from trialbook.clarify.table import FACET, GROUP, LABEL, PREDICTED, ContingencyTable
from trialbook.errors import ClarifyError, MetricError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from trialbook.clarify.axes import Axis
    from trialbook.clarify.columns import Array

MOST_CATEGORIES = 50
_WHOLE = np.ones(1, dtype=np.bool_)


@dataclass(frozen=True)
class Comparison:
    """A facet value against the rest.

    Attributes
    ----------
    facet, text
        The column, and what of it is sensitive.
    labels, predictions
        Counts for the metrics of the data, and for those of predictions (rows with a prediction only).
    label_text
        What counts as positive.
    facet_selection, predicted_selection
        Which codes are in the facet, and which predictions are positive.
    performance
        Of all rows; None without predictions.
    notes
        What a reader should know.
    """

    facet: str
    text: str
    labels: Counts
    predictions: Counts
    label_text: str
    facet_selection: Selection
    predicted_selection: Selection
    performance: Performance | None
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows in the figures: of the predictions where there are any."""
        return int(self.predictions.cells.sum())

    def metrics(self, stage: Stage, wanted: Sequence[str]) -> Iterator[Metric]:
        """Give the wanted metrics in a report's order."""
        return (one for one in metrics(stage) if one.key in wanted)

    def compute(self, one: Metric, rows: tuple[Rows, Array] | None) -> tuple[float | None, str | None]:
        """Give the value and no error, or no value and why."""
        try:
            if one.function is not None:
                return float(one.function(self.labels if one.stage == "pre" else self.predictions)), None
            if rows is None:
                message = "the flip test compares rows with each other; it is not computed over files read in pieces"
                raise MetricError(message)
            return flip_test(*rows), None
        except MetricError as error:
            return None, str(error)

    def statistics(self) -> tuple[Statistics, Statistics]:
        """Give the facet's shares, and the rest's."""
        rest, inside = self.predictions.sides
        total, predicted = rest.n + inside.n, self.performance is not None
        return (
            Statistics.of(inside, total, predicted=predicted),
            Statistics.of(rest, total, predicted=predicted),
        )


def compare(asked: Question, facet: str, table: ContingencyTable) -> list[Comparison]:
    """Give a comparison for each wanted value of a facet.

    Raises
    ------
    ClarifyError
        If a facet value never occurs, a threshold selects nobody, or a continuous column has no threshold.
    """
    label = select(table.axes[LABEL], _along(table, LABEL), asked.positive, f"label {asked.label!r}")[0]
    facets = select(table.axes[FACET], _along(table, FACET), asked.facets[facet], f"facet {facet!r}")
    notes: list[str] = []
    predicted = _predicted(asked, table, notes)
    cells = np.stack([table.counts[:, :, part].sum(axis=2) for part in (label.known & ~label.chosen, label.chosen)], 2)
    everything = cells.sum(axis=3, keepdims=True)
    labels = np.concatenate([everything, np.zeros_like(everything)], axis=3)
    parts = (predicted.known & ~predicted.chosen, predicted.chosen)
    predictions = np.stack([cells[..., part].sum(axis=3) for part in parts], 3)
    performance = None if asked.predicted is None else _performance(table, predictions, notes)
    return [
        Comparison(
            facet,
            one.text,
            _counts(labels, one, grouped=asked.group is not None),
            _counts(predictions, one, grouped=asked.group is not None),
            label.text,
            one,
            predicted,
            performance,
            tuple(notes),
        )
        for one in facets
    ]


def _along(table: ContingencyTable, axis: int) -> NDArray[np.int64]:
    others = tuple(other for other in (GROUP, FACET, LABEL, PREDICTED) if other != axis)
    return np.asarray(table.counts.sum(axis=others))


def _counts(cells: NDArray[np.int64], one: Selection, *, grouped: bool) -> Counts:
    sides = np.stack([cells[:, one.known & ~one.chosen].sum(axis=1), cells[:, one.chosen].sum(axis=1)], 1)
    return Counts(sides[sides.any(axis=(1, 2, 3))], grouped)


def _predicted(asked: Question, table: ContingencyTable, notes: list[str]) -> Selection:
    """Which predictions are positive: as asked, else as the label is, else more probable than not."""
    if asked.predicted is None:
        return Selection(~_WHOLE, _WHOLE, "")
    axis, counts = table.axes[PREDICTED], _along(table, PREDICTED)
    wanted: Wanted = asked.predicted_positive
    if wanted is None:
        wanted = _as_the_label(asked, table, axis, notes)
    return select(axis, counts, wanted, "predicted", may_be_empty=True)[0]


def _as_the_label(asked: Question, table: ContingencyTable, axis: Axis, notes: list[str]) -> Threshold | Values:
    positive = simplify(asked.positive)
    if isinstance(positive, Threshold | Values):
        wanted: Threshold | Values = positive
    elif is_continuous(table.axes[LABEL], _along(table, LABEL)):
        return Threshold(float(positive))  # type: ignore[arg-type]
    else:
        wanted = Values(positive)
    if isinstance(wanted, Values) and axis.split == PROBABILITY and not _few_whole(axis):
        if axis.low is not None and axis.high is not None and (axis.low < 0 or axis.high > 1):
            message = (
                f"predicted: numbers from {axis.low:g} to {axis.high:g} are neither labels nor probabilities; "
                "give predicted_positive, a value or a threshold"
            )
            raise ClarifyError(message)
        notes.append("Predictions are probabilities: those strictly above 0.5 count as positive.")
        return Threshold(PROBABILITY)
    return wanted


def _few_whole(axis: Axis) -> bool:
    return axis.few is not None and all(number.is_integer() for number in axis.few)


def _performance(table: ContingencyTable, predictions: NDArray[np.int64], notes: list[str]) -> Performance:
    side = Side(*predictions.sum(axis=(0, 1)).reshape(4).tolist())
    if not side.predicted_positive or not side.predicted_negative:
        outcome = "negative" if not side.predicted_positive else "positive"
        notes.append(f"Every prediction is {outcome}.")
    categories = _categories(table)
    if not categories:
        return Performance.of(side)
    by_label = table.counts.sum(axis=(0, 1))
    matrix = [[0] * len(categories) for _ in categories]
    for row, held in enumerate(table.axes[LABEL].values):
        for place, answer in enumerate(table.axes[PREDICTED].values):
            if by_label[row, place] and held is not None and answer is not None:
                matrix[categories.index(text_of(held))][categories.index(text_of(answer))] += int(by_label[row, place])
    return Performance.of(side, categories, matrix)


def _categories(table: ContingencyTable) -> list[str]:
    """Give the values of label and predictions when these are categories, and more than two."""
    found: dict[str, None] = {}
    for which in (LABEL, PREDICTED):
        axis, counts = table.axes[which], _along(table, which)
        if axis.split is not None or is_continuous(axis, counts):
            return []
        found.update({text_of(v): None for v, rows in zip(axis.values, counts, strict=True) if v is not None and rows})
    return sorted(found) if 2 < len(found) <= MOST_CATEGORIES else []
