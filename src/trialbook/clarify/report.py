"""`bias_report`: how data and predictions treat the people of a facet, in the published metrics.

All figures come from the tables of `counting.py`, one a facet; only the flip test looks at rows. A metric that cannot
be computed says why in its place and hides no other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from trialbook.clarify.columns import Array, Coded, Columns, as_numbers, names_of, require, take
from trialbook.clarify.comparison import Comparison, compare
from trialbook.clarify.counting import Counter, Question, holds_text
from trialbook.clarify.fliptest import Rows
from trialbook.clarify.metrics import Stage, keys
from trialbook.clarify.results import BiasReport, FacetResult, MetricResult
from trialbook.errors import ClarifyError, PredictionError

if TYPE_CHECKING:
    from trialbook.clarify.facets import Wanted

_STAGES: tuple[Stage, Stage] = ("pre", "post")


def bias_report(
    data: object,
    *,
    label: str,
    positive: Wanted,
    facet: str | Sequence[str] | Mapping[str, Wanted],
    facet_value: Wanted = None,
    group: str | None = None,
    predicted: str | Array | Callable[[Array], object] | object = None,
    predicted_positive: Wanted = None,
    metrics: str | Sequence[str] = "all",
    features: Sequence[str] | None = None,
) -> BiasReport:
    """Measure how data, and a model's predictions for it, treat a sensitive facet.

    Parameters
    ----------
    data
        Anything columnar: a pandas, polars or pyarrow frame, a dict of arrays, a structured array; or the path (or
        paths) of Parquet, CSV or JSON lines files, which are read piece by piece and may be larger than memory.
    label
        The column of observed outcomes.
    positive
        The positive outcome: a value, a list of values, or a threshold (exclusive) where the column is continuous.
        `Values(...)` and `Threshold(...)` say which is meant; a bare number on a column of whole numbers that repeat is
        a value.
    facet
        The sensitive column; several as a list, or as a dict of the sensitive values by column.
    facet_value
        The sensitive value, values or threshold, as `positive`. None looks at every value, each against the rest.
    group
        The column to compare within; CDDL and CDDPL need it.
    predicted
        Predicted labels or probabilities: a column of `data`, an array of one prediction a row, or a function that
        takes (n, features) and gives (n,). None computes only the metrics of the data.
    predicted_positive
        What counts as a positive prediction, as `positive`; a threshold is exclusive. None takes the label's, and 0.5
        for probabilities.
    metrics
        "all", or the keys of the metrics wanted.
    features
        The columns that the model and the flip test see. None takes all but label, predictions and, for the flip test,
        the facet.

    Returns
    -------
    BiasReport
        Metrics by stage, facet and facet value.

    Raises
    ------
    ClarifyError
        If a column is missing, a facet value never occurs, a threshold selects nobody, or a metric is unknown. Nothing
        is predicted before these are checked, except that a label is only read with its rows.
    PredictionError
        If the predict function fails or answers something else than one value a row.

    Examples
    --------
    >>> data = {"sex": ["f", "f", "m", "m"], "hired": [0, 1, 1, 1]}
    >>> bias_report(data, label="hired", positive=1, facet="sex", facet_value="f")["pre"]["sex"][0]["DPL"]
    0.5
    """
    wanted = _facets(facet, facet_value)
    chosen = _chosen(metrics, predicted is not None)
    if is_stored(data):
        from trialbook.clarify.streaming import open_pieces

        if not (predicted is None or isinstance(predicted, str) or callable(predicted)):
            message = "predicted: with a file, predictions are one of its columns or a function, not an array"
            raise ClarifyError(message)
        pieces = open_pieces(data)
        names = pieces.names
    else:
        pieces, names = None, names_of(data)
    column, extra = _predictions(predicted)
    asked = _question(names, label, positive, wanted, group, column, predicted_positive, features)
    flip = "FT" in chosen["post"] and pieces is None
    counter = Counter(asked)
    columns: Columns = {}
    if pieces is None:
        columns = _taken(data, asked.needed(rows=flip), extra)
        counter.add(columns)
    else:
        for piece in pieces.read(asked.needed(rows=False)):
            counter.add(piece)
    if not counter.rows:
        message = "the data has no rows"
        raise ClarifyError(message)
    return assemble(counter, chosen, columns if flip else None)


def is_stored(data: object) -> bool:
    """Say whether data is given as files rather than in memory."""
    return isinstance(data, str | Path) or (
        isinstance(data, list | tuple) and all(isinstance(p, str | Path) for p in data)
    )


def _facets(facet: str | Sequence[str] | Mapping[str, Wanted], value: Wanted) -> dict[str, Wanted]:
    if isinstance(facet, str):
        return {facet: value}
    if value is not None:
        message = "facet_value goes with one facet; for several give facet={column: value, ...}"
        raise ClarifyError(message)
    wanted = dict(facet) if isinstance(facet, Mapping) else dict.fromkeys(facet)
    if not wanted:
        message = "facet: name at least one sensitive column"
        raise ClarifyError(message)
    return wanted


def _chosen(metrics: str | Sequence[str], predicted: bool) -> dict[Stage, list[str]]:
    known: dict[Stage, list[str]] = {stage: keys(stage) for stage in _STAGES}
    if metrics == "all":
        return {"pre": known["pre"], "post": known["post"] if predicted else []}
    asked = [metrics] if isinstance(metrics, str) else list(metrics)
    everything = known["pre"] + known["post"]
    for key in asked:
        if key not in everything:
            message = f"metrics: there is no metric {key!r}; there are {', '.join(everything)}"
            raise ClarifyError(message)
        if key in known["post"] and not predicted:
            message = f"metrics: {key} is a metric of predictions; give predicted="
            raise ClarifyError(message)
    return {stage: [key for key in known[stage] if key in asked] for stage in _STAGES}


def _predictions(predicted: object) -> tuple[str | Callable[[Array], object] | None, object]:
    """Give the column or function, and the array that becomes the column."""
    if predicted is None or isinstance(predicted, str):
        return predicted, None
    if callable(predicted) and not hasattr(predicted, "__array__"):
        return cast("Callable[[Array], object]", predicted), None
    return "(predicted)", predicted


def _taken(data: object, names: Sequence[str], extra: object) -> Columns:
    if extra is None:
        return take(data, names)
    from trialbook.clarify.columns import column_of

    columns = take(data, [name for name in names if name != "(predicted)"])
    column = column_of(extra)
    rows = len(next(iter(columns.values())))
    if len(column) != rows:
        message = f"predicted: {len(column):,} predictions for {rows:,} rows"
        raise PredictionError(message)
    return {**columns, "(predicted)": column}


def _question(
    names: Sequence[str],
    label: str,
    positive: Wanted,
    facets: dict[str, Wanted],
    group: str | None,
    predicted: str | Callable[[Array], object] | None,
    predicted_positive: Wanted,
    features: Sequence[str] | None,
) -> Question:
    roles = {"label": label, **{f"facet {name!r}": name for name in facets}}
    roles.update({} if group is None else {"group": group})
    roles.update({"predicted": predicted} if isinstance(predicted, str) and predicted != "(predicted)" else {})
    for role, name in [*roles.items(), *(("features", name) for name in features or ())]:
        require(names, name, role)
    if positive is None:
        message = f"positive: say which value of {label!r} (or what threshold) is the positive outcome"
        raise ClarifyError(message)
    if label in facets:
        message = f"facet: {label!r} is the label; it cannot be its own facet"
        raise ClarifyError(message)
    seen = features if features is not None else [name for name in names if name not in {label, predicted}]
    return Question(label, positive, facets, group, predicted, predicted_positive, tuple(seen))


def assemble(counter: Counter, chosen: Mapping[Stage, Sequence[str]], columns: Columns | None) -> BiasReport:
    """Make the report of counted tables.

    Parameters
    ----------
    counter
        Holds a table for each facet.
    chosen
        The keys of the metrics wanted, by stage.
    columns
        All columns for the flip test; None when rows are not at hand.

    Raises
    ------
    ClarifyError
        If a facet value never occurs, or a threshold selects nobody.
    """
    asked = counter.question
    compared: dict[str, list[Comparison]] = {}
    notes: dict[str, None] = {}
    for name, table in counter.tables.items():
        compared[name] = compare(asked, name, table)
        notes.update(dict.fromkeys(compared[name][0].notes))
    stages: dict[str, dict[str, list[FacetResult]]] = {}
    for stage in _STAGES:
        if chosen[stage]:
            stages[stage] = {
                name: [_results(one, stage, chosen[stage], counter, columns) for one in ones]
                for name, ones in compared.items()
            }
    first = next(iter(compared.values()))[0]
    return BiasReport(
        label=asked.label,
        label_value_or_threshold=first.label_text,
        stages=stages,
        statistics={name: [one.statistics() for one in ones] for name, ones in compared.items()},
        performance=first.performance,
        rows=counter.rows,
        left_out={name: counter.rows - ones[0].rows for name, ones in compared.items() if ones[0].rows < counter.rows},
        notes=tuple(notes),
    )


def _results(
    one: Comparison, stage: Stage, wanted: Sequence[str], counter: Counter, columns: Columns | None
) -> FacetResult:
    rows = None
    if stage == "post" and "FT" in wanted:
        rows = _rows(one, counter, columns)
    results = [MetricResult(m.key, m.description, *one.compute(m, rows)) for m in one.metrics(stage, wanted)]
    return FacetResult(one.text, tuple(results))


def _rows(one: Comparison, counter: Counter, columns: Columns | None) -> tuple[Rows, Array] | None:
    """Give the rows of the flip test, and which of them are in the facet."""
    if columns is None:
        return None
    asked = counter.question
    facet, predicted = counter.codes[one.facet], counter.codes[""]
    features = [name for name in asked.features if name != one.facet]
    text = next((name for name in features if holds_text(columns[name])), None)
    kept = one.facet_selection.known[facet] & one.predicted_selection.known[predicted]
    inside = one.facet_selection.chosen[facet][kept]
    positive = one.predicted_selection.chosen[predicted][kept]
    if text is not None:
        return Rows(None, positive, f"the flip test needs numeric features; {text!r} holds text"), inside
    seen = [columns[name] for name in features]
    numbers = [as_numbers(column) if isinstance(column, Coded) else column for column in seen]
    return Rows(numbers if kept.all() else [column[kept] for column in numbers], positive), inside
