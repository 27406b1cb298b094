"""Which hyperparameters to try next, by Optuna: a study for one training job definition.

==========  ==============================================================================
Random      independent draws
Grid        every combination of the values, in order
Bayesian    the tree-structured Parzen estimator, after a few random draws
Hyperband   the same, and jobs that fall behind at one of its rungs are stopped
==========  ==============================================================================

A study lives in memory. What it was told lies in the tuning job's trials, and a study made of them goes on as the one
before would have, up to its random draws.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trialbook.services.tuning_ranges import Definition, Range

optuna.logging.set_verbosity(optuna.logging.WARNING)
_RANDOM_FIRST = 8
"""Random draws of Bayesian at the most; a quarter of a small budget."""
_FEWEST_FIRST = 3


class Search:
    """What is tried for one definition.

    Parameters
    ----------
    budget
        Training jobs that this definition will get about.
    resource
        Hyperband's least and most epochs.
    """

    def __init__(
        self, definition: Definition, strategy: str, seed: int, budget: int, resource: tuple[int, int] | None = None
    ) -> None:
        self.definition = definition
        self._grid = _grid(definition.ranges) if strategy == "Grid" else None
        self._distributions = {one.name: _distribution(one) for one in definition.ranges}
        self._study = optuna.create_study(
            direction="maximize" if definition.maximize else "minimize",
            sampler=_sampler(strategy, seed, budget),
            pruner=_pruner(strategy, resource),
        )
        self._trials: dict[int, optuna.Trial] = {}

    @property
    def size(self) -> int | None:
        """How many combinations there are; None: as many as one likes."""
        return None if self._grid is None else len(self._grid)

    def ask(self, number: int) -> dict[str, str]:
        """Give the hyperparameters of the trial of a number, as texts."""
        if self._grid is not None:
            return self._grid[number % len(self._grid)]
        trial = self._study.ask(self._distributions)
        self._trials[number] = trial
        return {one.name: _text(one, trial.params[one.name]) for one in self.definition.ranges}

    def again(self, number: int, tuned: Mapping[str, str]) -> None:
        """Say that a trial runs whose hyperparameters were given before a restart."""
        params = self._params(tuned)
        if self._grid is None and params is not None:
            self._study.enqueue_trial(params)
            self._trials[number] = self._study.ask(self._distributions)

    def report(self, number: int, values: Sequence[float]) -> bool:
        """Tell the objective's values so far; tell whether the trial should be stopped (Hyperband)."""
        trial = self._trials.get(number)
        if trial is None or not values:
            return False
        known = self._study.trials[trial.number].intermediate_values
        for step, value in enumerate(values, 1):
            if step not in known and math.isfinite(value):
                trial.report(value, step)
                if trial.should_prune():
                    return True
        return False

    def tell(self, number: int, value: float | None) -> None:
        """Say how a trial ended: its objective's final value, None when it has none."""
        trial = self._trials.pop(number, None)
        if trial is None:
            return
        if value is None or not math.isfinite(value):
            self._study.tell(trial, state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(trial, value)

    def learn(self, tuned: Mapping[str, str], value: float) -> bool:
        """Learn from a trial that ended before; tell whether its hyperparameters fit the ranges."""
        params = self._params(tuned)
        if params is None or not math.isfinite(value):
            return False
        self._study.add_trial(optuna.trial.create_trial(params=params, distributions=self._distributions, value=value))
        return True

    def _params(self, tuned: Mapping[str, str]) -> dict[str, Any] | None:
        found: dict[str, Any] = {}
        for one in self.definition.ranges:
            if one.name not in tuned:
                return None
            try:
                value = _value(one, tuned[one.name])
                if not self._distributions[one.name]._contains(  # noqa: SLF001 (there is no public way)
                    self._distributions[one.name].to_internal_repr(value)
                ):
                    return None
            except ValueError:
                return None
            found[one.name] = value
        return found


def _sampler(strategy: str, seed: int, budget: int) -> optuna.samplers.BaseSampler:
    if strategy in {"Bayesian", "Hyperband"}:
        first = max(_FEWEST_FIRST, min(_RANDOM_FIRST, budget // 4))
        return optuna.samplers.TPESampler(seed=seed, n_startup_trials=first, multivariate=True, constant_liar=True)
    return optuna.samplers.RandomSampler(seed=seed)


def _pruner(strategy: str, resource: tuple[int, int] | None) -> optuna.pruners.BasePruner:
    if strategy != "Hyperband":
        return optuna.pruners.NopPruner()
    least, most = resource or (1, 27)
    return optuna.pruners.HyperbandPruner(min_resource=least, max_resource=most, reduction_factor=3)


def _grid(ranges: Sequence[Range]) -> list[dict[str, str]]:
    names = [one.name for one in ranges]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*(one.values for one in ranges))]


def _distribution(one: Range) -> BaseDistribution:
    if one.values:
        return CategoricalDistribution(one.values)
    if one.integer:
        return IntDistribution(int(one.low), int(one.high), log=one.scale == "Logarithmic")
    if one.scale == "ReverseLogarithmic":
        return FloatDistribution(1 - one.high, 1 - one.low, log=True)
    return FloatDistribution(one.low, one.high, log=one.scale == "Logarithmic")


def _text(one: Range, value: Any) -> str:
    if one.values or one.integer:
        return str(value)
    value = 1 - value if one.scale == "ReverseLogarithmic" else value
    return repr(float(min(max(value, one.low), one.high)))


def _value(one: Range, text: str) -> Any:
    if one.values:
        return text
    if one.integer:
        return int(text)
    return 1 - float(text) if one.scale == "ReverseLogarithmic" else float(text)
