"""Mini-batch optimizers over a NumPy array of parameters: SGD with momentum, Adam, AdaGrad, RMSProp.

Each is one update rule with its own running moments; rates may be arrays, so that many models, or terms with rates of
their own, move in one call. Sources: Kingma and Ba 2015 (Adam), Duchi et al. 2011 (AdaGrad), Tieleman and Hinton 2012
(RMSProp).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

EPSILON = 1e-8


class Optimizer(Protocol):
    """An update rule."""

    def step(self, parameters: Floats, gradient: Floats, rate: Floats | float) -> None:
        """Move `parameters` in place."""
        ...


class Sgd:
    """Gradient descent with momentum."""

    def __init__(self, momentum: float = 0.0) -> None:
        self._momentum = momentum
        self._velocity: Floats | None = None

    def step(self, parameters: Floats, gradient: Floats, rate: Floats | float) -> None:
        """Move against the gradient and the velocity so far."""
        if self._velocity is None:
            self._velocity = np.zeros_like(parameters)
        self._velocity *= self._momentum
        self._velocity -= rate * gradient
        parameters += self._velocity


class Adam:
    """Steps by the ratio of the first to the root of the second moment of the gradient."""

    def __init__(self, beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = EPSILON) -> None:
        self._beta_1, self._beta_2, self._epsilon = beta_1, beta_2, epsilon
        self._first: Floats | None = None
        self._second: Floats | None = None
        self._steps = 0

    def step(self, parameters: Floats, gradient: Floats, rate: Floats | float) -> None:
        """Move by the bias-corrected moments."""
        if self._first is None or self._second is None:
            self._first, self._second = np.zeros_like(parameters), np.zeros_like(parameters)
        self._steps += 1
        self._first += (1 - self._beta_1) * (gradient - self._first)
        self._second += (1 - self._beta_2) * (gradient * gradient - self._second)
        first = self._first / (1 - self._beta_1**self._steps)
        second = self._second / (1 - self._beta_2**self._steps)
        parameters -= rate * first / (np.sqrt(second) + self._epsilon)


class AdaGrad:
    """Steps shrink with the sum of squared gradients."""

    def __init__(self, epsilon: float = EPSILON) -> None:
        self._epsilon = epsilon
        self._sum: Floats | None = None

    def step(self, parameters: Floats, gradient: Floats, rate: Floats | float) -> None:
        """Move by the gradient over the root of its history."""
        if self._sum is None:
            self._sum = np.zeros_like(parameters)
        self._sum += gradient * gradient
        parameters -= rate * gradient / (np.sqrt(self._sum) + self._epsilon)


class RmsProp:
    """Steps shrink with a running mean of squared gradients."""

    def __init__(self, decay: float = 0.9, epsilon: float = EPSILON) -> None:
        self._decay, self._epsilon = decay, epsilon
        self._mean: Floats | None = None

    def step(self, parameters: Floats, gradient: Floats, rate: Floats | float) -> None:
        """Move by the gradient over the root of its recent size."""
        if self._mean is None:
            self._mean = np.zeros_like(parameters)
        self._mean += (1 - self._decay) * (gradient * gradient - self._mean)
        parameters -= rate * gradient / (np.sqrt(self._mean) + self._epsilon)
