"""Asymmetric Shapley values of a forecast: what each step of the past contributes, when time has a direction.

Shapley values average over all orders in which players can join. Of a time series most of those orders make no sense;
asymmetric Shapley values (Frye, Rowat and Feige 2020) keep those that respect the direction of time.

- chronological: step t joins after all earlier ones, its value is v(1..t) - v(1..t-1);
- anti_chronological: step t joins after all later ones, v(t..T) - v(t+1..T);
- bidirectional: the mean of both.

Timewise, a step is one player: the target and all related series of that step together; static covariates stay and
are not explained. Fine-grained (chronological only), the static covariates join first and then, step by step, the
series of a step share its contribution by Shapley values within the step. Each way the values sum to the forecast minus
the forecast for the baseline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from trialbook.clarify.batching import Cost, Floats, Model
from trialbook.clarify.shapley import kernel_shap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

Forecast = Callable[[Floats, Floats, Floats], Any]
Direction = Literal["chronological", "anti_chronological", "bidirectional"]
Granularity = Literal["timewise", "fine_grained"]


@dataclass(frozen=True)
class SeriesBaseline:
    """What stands for "not there": "zero", "mean" (of the series itself), or given values.

    `target` and `related` are one of the two words or an array of the series' shape (a number or a row of numbers
    works too); `static` is a row of values, None meaning zeros.
    """

    target: str | ArrayLike = "zero"
    related: str | ArrayLike = "zero"
    static: ArrayLike | None = None


@dataclass(frozen=True)
class SeriesAttributions:
    """What steps, or series at steps, contribute to one item's forecast.

    Attributes
    ----------
    names
        "" for a step as a whole, else a series' or static covariate's name, one for each line of `scores`.
    timestamps
        The time of each line; None for a static covariate.
    scores
        (lines, horizon): the contribution to each forecast step, in units of the forecast.
    standard_error
        Of the same shape; 0 where exact.
    expected_value
        (horizon,): the forecast for the baseline; timewise, with the item's own static covariates.
    """

    names: tuple[str, ...]
    timestamps: tuple[Any, ...]
    scores: Floats
    standard_error: Floats
    expected_value: Floats
    direction: Direction
    granularity: Granularity
    cost: Cost = field(default_factory=Cost, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Give a line of Clarify's asymmetric_shapley_value/.../out.jsonl."""
        lines: list[dict[str, Any]] = []
        for name, time, scores in zip(self.names, self.timestamps, self.scores, strict=True):
            line: dict[str, Any] = {"feature_name": name} if name else {}
            if time is not None:
                line["timestamp"] = time if isinstance(time, int | float) else str(time)
            lines.append({**line, "scores": scores.tolist()})
        return {"explanations": lines}


def asymmetric_shapley(
    forecast: Forecast,
    target: ArrayLike,
    *,
    related: ArrayLike | None = None,
    static: ArrayLike | None = None,
    baseline: SeriesBaseline | None = None,
    direction: Direction = "chronological",
    granularity: Granularity = "timewise",
    num_samples: int | None = None,
    seed: int = 0,
    timestamps: Sequence[Any] | None = None,
    names: Sequence[str] | None = None,
    batch_rows: int | None = None,
) -> SeriesAttributions:
    """Explain the forecast of one item.

    Parameters
    ----------
    forecast
        Takes targets (n, T), related series (n, L, R) and static covariates (n, S); gives (n,) or (n, horizon).
    target
        (T,): the history.
    related
        (L, R), L >= T: related series, which may be known into the future; those later steps are steps too.
    static
        (S,): static covariates, as numbers.
    baseline
        None: zeros.
    direction, granularity
        See the module; fine_grained goes with chronological only.
    num_samples
        Coalitions of one step of fine_grained; more series than that can order exactly are sampled. None: exact up
        to 12 series.
    timestamps
        (L,): the times of the steps; None numbers them from 0.
    names
        Names of the target, the related series, then the static covariates.

    Raises
    ------
    ValueError
        An argument is wrong; nothing was predicted.
    PredictionError
        The forecast raised, or gave NaN or too few rows.
    """
    if direction not in {"chronological", "anti_chronological", "bidirectional"}:
        message = f"direction {direction!r} is not known: use chronological, anti_chronological or bidirectional"
        raise ValueError(message)
    if granularity not in {"timewise", "fine_grained"}:
        message = f"granularity {granularity!r} is not known: use timewise or fine_grained"
        raise ValueError(message)
    if granularity == "fine_grained" and direction != "chronological":
        message = f"granularity fine_grained goes with direction chronological only, not {direction}"
        raise ValueError(message)
    item = _Item.of(forecast, target, related, static, baseline or SeriesBaseline(), timestamps, names)
    model = Model(item.predict, batch_rows=batch_rows)
    if granularity == "timewise":
        return _timewise(item, model, direction)
    return _fine_grained(item, model, num_samples, seed)


@dataclass(frozen=True)
class _Item:
    """One item as a flat row: target (T), related (L x R), static (S); `step` is each cell's time, -1 for static."""

    forecast: Forecast
    row: Floats
    base: Floats
    step: NDArray[np.intp]
    shape: tuple[int, int, int, int]
    timestamps: tuple[Any, ...]
    names: tuple[str, ...]

    @classmethod
    def of(
        cls,
        forecast: Forecast,
        target: ArrayLike,
        related: ArrayLike | None,
        static: ArrayLike | None,
        baseline: SeriesBaseline,
        timestamps: Sequence[Any] | None,
        names: Sequence[str] | None,
    ) -> _Item:
        past = np.asarray(target, np.float64)
        if past.ndim != 1 or not len(past):
            message = f"the target has shape {past.shape}; (steps,) with at least one step is needed"
            raise ValueError(message)
        beside = np.zeros((len(past), 0)) if related is None else np.asarray(related, np.float64)
        if beside.ndim != 2 or len(beside) < len(past):
            message = f"related series have shape {beside.shape}; (at least {len(past)} steps, series) is needed"
            raise ValueError(message)
        fixed = np.zeros(0) if static is None else np.asarray(static, np.float64)
        times = tuple(timestamps) if timestamps is not None else tuple(range(len(beside)))
        if len(times) != len(beside):
            message = f"{len(times)} timestamps for {len(beside)} steps"
            raise ValueError(message)
        series, covariates = beside.shape[1], len(fixed)
        labels = tuple(names) if names is not None else _labels(series, covariates)
        if len(labels) != 1 + series + covariates:
            message = f"{len(labels)} names for 1 target, {series} related series and {covariates} static covariates"
            raise ValueError(message)
        empty = np.zeros(covariates) if baseline.static is None else np.asarray(baseline.static, np.float64)
        if empty.shape != fixed.shape:
            message = f"the baseline has {empty.size} static covariates, the item {covariates}"
            raise ValueError(message)
        step = np.concatenate(
            [np.arange(len(past)), np.repeat(np.arange(len(beside)), series), np.full(covariates, -1)]
        )
        base = [
            _base(past, baseline.target, "target"),
            _base(beside, baseline.related, "related series").ravel(),
            empty,
        ]
        row = np.concatenate([past, beside.ravel(), fixed])
        shape = (len(past), len(beside), series, covariates)
        return cls(forecast, row, np.concatenate(base), step, shape, times, labels)

    def predict(self, rows: Floats) -> object:
        past, steps, series, covariates = self.shape
        beside = rows[:, past : past + steps * series].reshape(-1, steps, series)
        return self.forecast(rows[:, :past], beside, rows[:, len(self.row) - covariates :])


def _labels(series: int, covariates: int) -> tuple[str, ...]:
    return (
        "target_time_series",
        *(f"related_time_series_{at}" for at in range(series)),
        *(f"static_covariate_{at}" for at in range(covariates)),
    )


def _base(series: Floats, kind: str | ArrayLike, what: str) -> Floats:
    if not isinstance(kind, str):
        try:
            return np.array(np.broadcast_to(np.asarray(kind, np.float64), series.shape))
        except ValueError as wrong:
            message = f"the baseline of the {what} has shape {np.shape(kind)}; {series.shape} is needed"
            raise ValueError(message) from wrong
    if kind == "zero":
        return np.zeros_like(series)
    if kind == "mean":
        return np.array(np.broadcast_to(series.mean(axis=0), series.shape))
    message = f"baseline {kind!r} of the {what} is not known: use 'zero', 'mean' or values"
    raise ValueError(message)


def _timewise(item: _Item, model: Model, direction: Direction) -> SeriesAttributions:
    steps = item.shape[1]
    cuts = np.arange(steps + 1)[:, None]
    static = item.step < 0
    forwards = np.where(static | (item.step < cuts), item.row, item.base)
    backwards = np.where(static | (item.step >= cuts), item.row, item.base)
    asked = {"chronological": [forwards], "anti_chronological": [backwards]}.get(direction, [forwards, backwards])
    answers = model(np.concatenate(asked), "explaining steps").reshape(len(asked), steps + 1, -1)
    # Along the cuts the forward coalitions grow and the backward ones shrink.
    signs = {"chronological": [1.0], "anti_chronological": [-1.0]}.get(direction, [1.0, -1.0])
    parts = [sign * np.diff(one, axis=0) for sign, one in zip(signs, answers, strict=True)]
    scores = np.mean(parts, axis=0)
    empty = answers[0][0] if signs[0] > 0 else answers[0][-1]
    return SeriesAttributions(
        ("",) * steps,
        item.timestamps,
        scores,
        np.zeros_like(scores),
        empty,
        direction,
        "timewise",
        model.cost,
    )


def _fine_grained(item: _Item, model: Model, num_samples: int | None, seed: int) -> SeriesAttributions:
    """Play one game a step: earlier steps are there, later ones are not, the series of the step are the players."""
    past, steps, series, covariates = item.shape
    names: list[str] = []
    times: list[Any] = []
    scores: list[Floats] = []
    errors: list[Floats] = []
    empty = model(item.base[None], "explaining the baseline")[0]
    for step in range(-1 if covariates else 0, steps):
        cells = np.flatnonzero(item.step == step)
        before = np.where(item.step < step, item.row, item.base)
        after = np.where(item.step <= step, item.row, item.base)
        found = kernel_shap(model, after[None], before[None], num_samples=num_samples, seed=seed)
        scores.extend(found.values[0, cells].reshape(len(cells), -1))
        errors.extend(found.standard_error[0, cells].reshape(len(cells), -1))
        times.extend([None if step < 0 else item.timestamps[step]] * len(cells))
        first = 1 + series if step < 0 else 0 if step < past else 1
        names.extend(item.names[first : first + len(cells)])
    return SeriesAttributions(
        tuple(names),
        tuple(times),
        np.array(scores),
        np.array(errors),
        empty,
        "chronological",
        "fine_grained",
        model.cost,
    )
