"""Kernel SHAP: Shapley values of any predict function, exact wherever that is affordable.

An explained row and a background row make one game. Its players are the features in which the two differ: the others
are dummies, whose value is 0. Few players: every coalition is evaluated and the values are exact. Many: coalitions are
sampled (`coalitions.py`), in several sets so that the errors of different rows average out. Over several background
rows the games' values are averaged, since Shapley values are linear. All games of a block of rows go to the model
together, equal synthetic rows once (`synthetic.py`).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.clarify.attributions import COALITION_SETS, Attributions
from trialbook.clarify.batching import Floats, Model
from trialbook.clarify.coalitions import Fit, draw, every, exact_weights
from trialbook.clarify.explained import position, read_rows
from trialbook.clarify.synthetic import Coded, Games, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    from trialbook.clarify.batching import Predict, Progress

log = logging.getLogger(__name__)

EXACT_PLAYERS = 12
MOST_EXACT_PLAYERS = 20
FIRST_COALITIONS = 512
MOST_COALITIONS = 1 << 14
TOP_FEATURES = 3
BLOCK_CELLS = 1 << 24


@dataclass
class _Plan:
    """How much may be spent: `given` coalitions a game, or, when None, until `tolerance` is met."""

    given: int | None
    tolerance: float
    seed: int
    sets: int
    warnings: list[str] = field(default_factory=list)
    sampled: bool = False

    def exact(self, players: int) -> bool:
        if self.given is None:
            return players <= EXACT_PLAYERS
        return players <= MOST_EXACT_PLAYERS and (1 << players) - 2 <= self.given

    def first(self, players: int) -> int:
        """Coalitions of the first round."""
        return self.given if self.given is not None else max(FIRST_COALITIONS, 4 * players)

    def warn(self, players: int) -> None:
        if self.given is not None and self.given < 2 * players and not self.warnings:
            text = (
                f"num_samples={self.given} is fewer than twice the {players} features that vary: the values of such "
                f"rows are rough, and their order may be an artefact of sampling; use at least {2 * players}"
            )
            log.warning(text)
            self.warnings.append(text)

    def fit(self, players: int, which: int, coalitions: int) -> Fit:
        """Draw coalition set `which`; a larger one is drawn afresh."""
        rng = np.random.default_rng([self.seed, players, which, coalitions])
        return Fit.of(draw(players, max(1, (coalitions + 1) // 2), rng))


def default_samples(players: int) -> int:
    """Clarify's documented default for a record: min(2M + 2048, 2^M - 2) coalitions of M players."""
    return max(1, min(2 * players + 2048, (1 << players) - 2))


def kernel_shap(
    predict: Predict,
    rows: ArrayLike,
    background: ArrayLike,
    *,
    num_samples: int | None = None,
    link: str = "identity",
    seed: int = 0,
    features: Sequence[int | str] | None = None,
    names: Sequence[str] | None = None,
    tolerance: float = 0.02,
    batch_rows: int | None = None,
    progress: Progress | None = None,
) -> Attributions:
    """Explain predictions by Shapley values.

    Parameters
    ----------
    predict
        Takes rows (n, features) and gives (n,) or (n, outputs).
    rows
        What to explain: (n, features), numbers or objects, or a data frame.
    background
        What a feature that is not there is replaced by: (features,) or (b, features). The values of several rows
        are averaged; see `baselines.py` for ways to choose them.
    num_samples
        Coalitions that a row may cost (for each background row). A row that needs no more than that is exact. None:
        a row with at most 12 features that differ from the background is exact, for others coalitions are doubled
        from 512 to at most 16,384 until `tolerance` is met.
    link
        "identity", or "logit": values in log-odds of each prediction.
    seed
        Chooses the coalitions.
    features
        Features to give values of, by position or name; the others still take part in the game. None: all.
    names
        Names of the features; None takes a frame's columns, or feature0, feature1, ...
    tolerance
        With `num_samples` None: the largest standard error of a row's three largest values, as a share of the largest.
    batch_rows
        Rows of one model call; None takes as many as fit 64 MiB.
    progress
        Called with (rows explained, rows), rows explained only growing, after model calls.

    Returns
    -------
    Attributions
        Values sum to prediction minus `expected_value` exactly, sampled or not.

    Raises
    ------
    ValueError
        An argument is wrong; nothing was predicted.
    PredictionError
        The model raised, or gave NaN or too few rows.
    """
    table, base, labels = _arrays(rows, background, names)
    chosen = list(range(len(labels))) if features is None else [position(one, labels) for one in features]
    if num_samples is not None and num_samples < 1:
        message = f"num_samples is {num_samples}; at least 1 coalition is needed"
        raise ValueError(message)
    model = Model(predict, link=link, batch_rows=batch_rows)
    coded = Coded.of(table, base)
    plan = _Plan(num_samples, tolerance, seed, max(COALITION_SETS, len(base)))
    at_base = model(base, "predicting the background")
    values, errors = _explained(model, coded, plan, at_base, progress)
    log.info("explained %d rows, %d features: %s", len(table), len(chosen), model.cost)
    values, errors = values[:, chosen], errors[:, chosen]
    expected: Floats | float = at_base.mean(axis=0)
    if model.single:
        values, errors, expected = values[:, :, 0], errors[:, :, 0], float(at_base.mean())
    return Attributions(
        values,
        expected,
        errors,
        not plan.sampled,
        tuple(labels[at] for at in chosen),
        table[:, chosen],
        model.cost,
        tuple(plan.warnings),
    )


def _explained(
    model: Model, coded: Coded, plan: _Plan, at_base: Floats, progress: Progress | None
) -> tuple[Floats, Floats]:
    """Give values and standard errors (rows, features, outputs), block by block."""
    count, width = coded.rows.shape
    depth = len(coded.background)
    values = np.zeros((count, width, at_base.shape[1]))
    variances = np.zeros_like(values)
    report = _Reporter(progress, count)
    for block in _blocks(coded, plan):
        row, base = np.divmod(np.arange(len(block) * depth), depth)
        games = _Block(model, coded, plan, block[row], base, at_base)
        model.watch = report.within(len(block))
        found, error = games.play()
        shape = (len(block), depth, width, -1)
        values[block] = found.reshape(shape).mean(axis=1)
        variances[block] = np.square(error.reshape(shape)).sum(axis=1) / depth**2
        report.finished(len(block))
    return values, np.sqrt(variances)


class _Reporter:
    """Progress in rows: after each model call by the share of the block's rows it stands for, and after each block."""

    def __init__(self, progress: Progress | None, count: int) -> None:
        self._progress, self._count = progress, count
        self._done = self._shown = 0

    def within(self, rows: int) -> Progress | None:
        """Give what a model calls after each of its batches while a block of so many rows is explained."""
        return None if self._progress is None else lambda part, of: self._show(self._done + (rows - 1) * part // of)

    def finished(self, rows: int) -> None:
        """Count a block."""
        self._done += rows
        self._show(self._done)

    def _show(self, rows: int) -> None:
        if self._progress is not None and rows > self._shown:
            self._shown = rows
            self._progress(rows, self._count)


def _blocks(coded: Coded, plan: _Plan) -> Iterator[NDArray[np.intp]]:
    """Give row numbers in blocks whose synthetic rows fit in memory."""
    width = coded.rows.shape[1]
    start, cells = 0, 0
    for row in range(len(coded.rows)):
        players = (coded.rows[row] != coded.background).sum(axis=1)
        need = sum(1 << int(m) if plan.exact(int(m)) else plan.first(int(m)) for m in players) * width
        if row > start and cells + need > BLOCK_CELLS:
            yield np.arange(start, row)
            start, cells = row, 0
        cells += need
    if start < len(coded.rows):
        yield np.arange(start, len(coded.rows))


@dataclass
class _Block:
    """Games played together: game g explains `row[g]` against background row `base[g]`."""

    model: Model
    coded: Coded
    plan: _Plan
    row: NDArray[np.intp]
    base: NDArray[np.intp]
    at_base: Floats

    def __post_init__(self) -> None:
        self.present = self.coded.rows[self.row]
        self.absent = self.coded.background[self.base]
        self.differs = self.present != self.absent
        self.players = self.differs.sum(axis=1)
        self.values = np.zeros((*self.present.shape, self.at_base.shape[1]))
        self.errors = np.zeros_like(self.values)
        self.purpose = f"explaining rows {self.row[0]}-{self.row[-1]}"

    def play(self) -> tuple[Floats, Floats]:
        """Give values and standard errors (games, features, outputs)."""
        wanted = {int(m): np.flatnonzero(self.players == m) for m in np.unique(self.players) if m}
        self._exact({m: which for m, which in wanted.items() if self.plan.exact(m)})
        sampled = {m: which for m, which in wanted.items() if not self.plan.exact(m)}
        if sampled:
            self._sampled(sampled)
        return self.values, self.errors

    def _games(self, which: NDArray[np.intp], masks: NDArray[np.bool_]) -> Games:
        columns = np.nonzero(self.differs[which])[1].reshape(len(which), -1)
        return Games(self.present[which], self.absent[which], columns, masks)

    def _exact(self, wanted: dict[int, NDArray[np.intp]]) -> None:
        games = [self._games(which, every(m)) for m, which in wanted.items()]
        for which, game, found in zip(wanted.values(), games, self._evaluated(games), strict=True):
            shapley = np.einsum("pc,gco->gpo", exact_weights(game.masks.shape[1]), found, optimize=True)
            self._put(which, game.players, shapley, np.zeros_like(shapley))

    def _sampled(self, waiting: dict[int, NDArray[np.intp]]) -> None:
        whole = {m: self._games(which, np.ones((1, m), np.bool_)) for m, which in waiting.items()}
        full = np.zeros((len(self.row), self.at_base.shape[1]))
        answers = evaluate(self.model, self.coded, list(whole.values()), self.purpose)
        for which, found in zip(waiting.values(), answers, strict=True):
            full[which] = found[:, 0]
        self.plan.warn(max(waiting))
        factor = 1
        while waiting:
            all_there = {m: one for m, one in waiting.items() if (1 << m) - 2 <= self.plan.first(m) * factor}
            self._exact(all_there)
            rest = {m: one for m, one in waiting.items() if m not in all_there}
            waiting = self._round(rest, full, factor)
            factor *= 2

    def _round(self, waiting: dict[int, NDArray[np.intp]], full: Floats, factor: int) -> dict[int, NDArray[np.intp]]:
        """Sample once more, `factor` times the first round's coalitions; give the games that are not sure enough."""
        fits: list[Fit] = []
        games: list[Games] = []
        members: list[NDArray[np.intp]] = []
        limits: list[int] = []
        for m, which in waiting.items():
            sets = (self.row[which] + self.base[which]) % self.plan.sets
            coalitions = self.plan.first(m) * factor
            for chosen in np.unique(sets):
                fit = self.plan.fit(m, int(chosen), coalitions)
                members.append(which[sets == chosen])
                fits.append(fit)
                games.append(self._games(members[-1], fit.sample.both))
                limits.append(coalitions)
        self.plan.sampled = self.plan.sampled or bool(games)
        unsure: dict[int, NDArray[np.intp]] = {}
        for fit, game, mine, spent, found in zip(fits, games, members, limits, self._evaluated(games), strict=True):
            values, errors = fit.solve(found, self.at_base[self.base[mine]], full[mine])
            self._put(mine, game.players, values, errors)
            if self.plan.given is None and 2 * spent <= MOST_COALITIONS:
                again = mine[~_sure(values, errors, self.plan.tolerance)]
                if len(again):
                    m = fit.sample.players
                    unsure[m] = np.concatenate([unsure.get(m, again[:0]), again])
        return unsure

    def _evaluated(self, games: list[Games]) -> Iterator[Floats]:
        """Evaluate games in the fewest model calls whose synthetic rows fit in memory."""
        width = self.present.shape[1]
        waiting: list[Games] = []
        for game in games:
            if waiting and sum(one.size for one in (*waiting, game)) * width > BLOCK_CELLS:
                yield from evaluate(self.model, self.coded, waiting, self.purpose)
                waiting = []
            if game.size * width <= BLOCK_CELLS:
                waiting.append(game)
                continue
            step = max(1, BLOCK_CELLS // (len(game.masks) * width))
            pieces = [game.part(start, start + step) for start in range(0, len(game.players), step)]
            yield np.concatenate([evaluate(self.model, self.coded, [one], self.purpose)[0] for one in pieces])
        if waiting:
            yield from evaluate(self.model, self.coded, waiting, self.purpose)

    def _put(self, which: NDArray[np.intp], players: NDArray[np.intp], values: Floats, errors: Floats) -> None:
        self.values[which[:, None], players] = values
        self.errors[which[:, None], players] = errors


def _sure(values: Floats, errors: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Tell which games' top features have small enough errors, on every output."""
    order = np.argsort(-np.abs(values), axis=1)[:, :TOP_FEATURES]
    top = np.take_along_axis(np.abs(values), order, axis=1)
    error = np.take_along_axis(errors, order, axis=1)
    return np.asarray((error <= tolerance * top[:, :1]).all(axis=(1, 2)), np.bool_)


def _arrays(
    rows: ArrayLike, background: ArrayLike, names: Sequence[str] | None
) -> tuple[NDArray[Any], NDArray[Any], list[str]]:
    """Check the shapes; give both arrays in one dtype, and the features' names."""
    table, labels = read_rows(rows, names)
    base = np.asarray(background)
    base = base[None] if base.ndim == 1 else base
    if base.ndim != 2 or not len(base) or base.shape[1] != table.shape[1]:
        message = f"the background has shape {base.shape}; (rows, {table.shape[1]}) is needed to match the rows"
        raise ValueError(message)
    if table.dtype.kind in "biuf" and base.dtype.kind == "O":
        base = base.astype(np.float64)
    if table.dtype.kind in "OUS" or base.dtype.kind in "OUS":
        return table.astype(object), base.astype(object), labels
    shared = np.result_type(table, base)
    return table.astype(shared, copy=False), base.astype(shared, copy=False), labels
