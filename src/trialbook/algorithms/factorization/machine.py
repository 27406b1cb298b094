"""The model and its steps.

The prediction of a row x is ``b + w.x + 1/2 sum_f((V_f.x)^2 - (V_f^2).(x^2))``, which is the sum over every two
features of ``<V_i, V_j> x_i x_j`` in time linear in the row's length (Rendle 2010, lemma 3.1).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.algorithms.hyperparameters import Hyperparameters

    Floats = NDArray[np.floating[Any]]

_BETA_1, _BETA_2 = 0.9, 0.999


@dataclass
class Term:
    """Parameters of one term with Adam's moments; rows that a mini-batch does not touch keep all three."""

    values: Floats
    rate: float
    decay: float
    epsilon: float
    first: Floats = field(init=False)
    second: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.first, self.second = np.zeros_like(self.values), np.zeros_like(self.values)

    def step(self, rows: Any, gradient: Floats, steps: int) -> None:
        """Move some rows against their gradient and decay."""
        gradient = gradient + self.decay * self.values[rows]
        first = self.first[rows] + (1 - _BETA_1) * (gradient - self.first[rows])
        second = self.second[rows] + (1 - _BETA_2) * (gradient * gradient - self.second[rows])
        self.first[rows], self.second[rows] = first, second
        first, second = first / (1 - _BETA_1**steps), second / (1 - _BETA_2**steps)
        self.values[rows] -= self.rate * first / (np.sqrt(second) + self.epsilon)


class Machine:
    """A factorization machine that is being trained."""

    def __init__(self, found: Hyperparameters, width: int, random: np.random.Generator) -> None:
        factors = found.integer("num_factors")
        shapes = {"bias": (1,), "linear": (width,), "factors": (width, factors)}
        self._terms = {name: _term(found, name, shape, random) for name, shape in shapes.items()}
        self._clip = found.values["clip_gradient"]
        self._scale = found.number_or("rescale_grad", 1 / found.integer("mini_batch_size"))
        self._steps = 0

    def arrays(self) -> dict[str, Floats]:
        """Give the parameters by term."""
        return {name: term.values for name, term in self._terms.items()}

    def step(self, x: Any, residual: Floats) -> None:
        """Move against the gradient, given each row's derivative of the loss by the prediction."""
        self._steps += 1
        for name, (touched, gradient) in self.gradients(x, residual).items():
            scaled = gradient * self._scale
            if self._clip is not None:
                scaled = np.clip(scaled, -self._clip, self._clip)
            self._terms[name].step(touched, scaled.astype(np.float32), self._steps)

    def gradients(self, x: Any, residual: Floats) -> dict[str, tuple[Any, Floats]]:
        """Give for each term the places that the rows touch, and the gradient there of the summed loss."""
        sparse = not isinstance(x, np.ndarray)
        rows = np.unique(x.indices) if sparse else np.arange(x.shape[1])
        part = x[:, rows] if sparse else x
        factors = self._terms["factors"].values[rows]
        projected = np.asarray(part @ factors)
        weighed = part.multiply(residual[:, None]).tocsr() if sparse else part * residual[:, None]
        squares = part.multiply(part).T @ residual if sparse else (part * part).T @ residual
        return {
            "bias": (np.arange(1), np.array([residual.sum()])),
            "linear": (rows, np.asarray(part.T @ residual).ravel()),
            "factors": (rows, np.asarray(weighed.T @ projected) - np.asarray(squares).ravel()[:, None] * factors),
        }


def predict(arrays: dict[str, Floats], x: Any) -> Floats:
    """Give the raw prediction of each row."""
    factors = arrays["factors"]
    sparse = not isinstance(x, np.ndarray)
    squared = x.multiply(x) if sparse else x * x
    pairs = np.asarray(x @ factors) ** 2 - np.asarray(squared @ (factors * factors))
    return np.asarray(arrays["bias"][0] + np.asarray(x @ arrays["linear"]).ravel() + 0.5 * pairs.sum(axis=1))


def _term(found: Hyperparameters, name: str, shape: tuple[int, ...], random: np.random.Generator) -> Term:
    method = found.text(f"{name}_init_method")
    if method == "constant":
        values = np.full(shape, found.number_or(f"{name}_init_value", 0.0))
    elif method == "uniform":
        scale = found.number_or(f"{name}_init_scale", 0.001)
        values = random.uniform(-scale, scale, shape)
    else:
        values = random.normal(0, found.number(f"{name}_init_sigma"), shape)
    rate, decay = found.number(f"{name}_lr"), found.number(f"{name}_wd")
    return Term(values.astype(np.float32), rate, decay, found.number_or("eps", 1e-8))
