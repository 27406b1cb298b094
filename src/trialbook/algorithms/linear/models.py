"""The models that are trained at the same time, as columns of one weight array.

"One model is trained according to the given training parameters, and the rest by close parameters" (the SageMaker
Developer Guide on num_models): parameters at `auto` are varied over a few values, and when none is, the step size.
"""

from __future__ import annotations

import itertools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from trialbook.algorithms.hyperparameters import AUTO

if TYPE_CHECKING:
    from trialbook.algorithms.hyperparameters import Hyperparameters

MOST = 32
RATES = (0.005, 0.05, 0.1, 0.001)
WEIGHT_DECAYS = (0.0, 1e-4, 1e-2)
L1 = (0.0, 1e-4)


@dataclass(frozen=True)
class Candidate:
    """The parameters in which models differ."""

    learning_rate: float
    wd: float
    l1: float
    positive_weight: float = 1.0

    def shown(self) -> dict[str, float]:
        """Give them by name, for the log."""
        return asdict(self)


def candidates(found: Hyperparameters, balanced: float) -> list[Candidate]:
    """List the models to train, the one that the job asks for first.

    Parameters
    ----------
    balanced
        The weight of positive rows at which both classes count the same.
    """
    values = found.values
    weight = values["positive_example_weight_mult"]
    weights = (1.0, balanced) if weight == AUTO else (balanced if weight == "balanced" else float(weight),)
    grid = itertools.product(
        weights,
        RATES if values["learning_rate"] == AUTO else (found.number("learning_rate"),),
        WEIGHT_DECAYS if values["wd"] == AUTO else (found.number("wd"),),
        L1 if values["l1"] == AUTO else (found.number("l1"),),
    )
    listed = [Candidate(rate, wd, l1, positive) for positive, rate, wd, l1 in grid]
    if "_tuning_objective_metric" in found:
        return listed[:1]
    wanted = found.integer_or("num_models", min(MOST, len(listed)))
    for number in range(1, wanted - len(listed) + 1):
        # Twice, half, four times, a quarter ... of the step size that was asked for.
        factor = 2.0 ** ((number + 1) // 2 * (1 if number % 2 else -1))
        first = listed[0]
        listed.append(Candidate(first.learning_rate * factor, first.wd, first.l1, first.positive_weight))
    return listed[:wanted]
