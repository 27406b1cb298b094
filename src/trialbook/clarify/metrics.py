"""The registry of bias metrics: 8 of the data, 13 of the predictions, each one function over `Counts`.

A metric's docstring is its explanation, and reports and documentation print it from here: a sentence, paragraphs, then
lines of the form `Formula: ...`, `Range: ...`, `Zero: ...` (or `One: ...`, the ideal value), `Above: ...`,
`Below: ...`, `Ours: ...` (where we decide otherwise than the published implementation) and `Source: ...`.
"""

from __future__ import annotations

import importlib
import inspect
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.clarify.counts import Counts

Stage = Literal["pre", "post"]
_LINE = re.compile(r"^(Formula|Range|Zero|One|Above|Below|Ours|Source): ", re.MULTILINE)
_ENDS = {"-inf": -math.inf, "inf": math.inf, "ln 2": math.log(2), "sqrt 2": math.sqrt(2)}


@dataclass(frozen=True)
class Metric:
    """One bias metric.

    Attributes
    ----------
    key
        The short name in `analysis.json`.
    description
        The long name there.
    stage
        "pre": of the data alone; "post": of the predictions.
    function
        Computes it; None for the flip test, which needs rows.
    documentation
        The docstring that explains it.
    """

    key: str
    description: str
    stage: Stage
    function: Callable[[Counts], float] | None
    documentation: str

    @property
    def title(self) -> str:
        """The long name without the key."""
        return self.description.removesuffix(f" ({self.key})")

    @property
    def text(self) -> str:
        """The explanation above the lines."""
        return _LINE.split(self.documentation)[0].strip()

    @property
    def lines(self) -> dict[str, str]:
        """The lines below the explanation, by their name."""
        parts = _LINE.split(self.documentation)[1:]
        return {name: " ".join(value.split()) for name, value in zip(parts[::2], parts[1::2], strict=True)}

    @property
    def low(self) -> float:
        """The least value there can be."""
        return self._end(0)

    @property
    def high(self) -> float:
        """The greatest value there can be."""
        return self._end(1)

    @property
    def ideal(self) -> float:
        """The value of a fair outcome: 1 for a ratio, else 0."""
        return 1.0 if "One" in self.lines else 0.0

    def _end(self, which: int) -> float:
        text = self.lines["Range"].partition("]")[0].partition(")")[0].strip("[(").split(", ")[which]
        return _ENDS[text] if text in _ENDS else float(text)


_METRICS: dict[tuple[Stage, str], Metric] = {}


def metric(
    key: str, description: str, stage: Stage
) -> Callable[[Callable[[Counts], float]], Callable[[Counts], float]]:
    """Register a function as a bias metric."""

    def register(function: Callable[[Counts], float]) -> Callable[[Counts], float]:
        enter(Metric(key, description, stage, function, inspect.getdoc(function) or ""))
        return function

    return register


def enter(one: Metric) -> None:
    """Put a metric into the registry."""
    _METRICS[one.stage, one.key] = one


def metrics(stage: Stage) -> list[Metric]:
    """Give the metrics of a stage in a report's order, which is that of their keys."""
    for module in ("pretraining", "posttraining", "fliptest"):
        importlib.import_module(f"trialbook.clarify.{module}")
    return sorted((one for one in _METRICS.values() if one.stage == stage), key=lambda one: one.key)


def keys(stage: Stage) -> list[str]:
    """Give the keys of a stage's metrics in a report's order."""
    return [one.key for one in metrics(stage)]


def find(key: str) -> Metric:
    """Give a metric by its key; KeyError when there is none."""
    return (
        next((one for stage in ("pre", "post") for one in metrics(stage) if one.key == key), None)
        or _METRICS["pre", key]
    )
