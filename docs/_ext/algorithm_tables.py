"""Tables of the built-in algorithms, from the catalog and the rules that their programs check."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

from trialbook.algorithms.catalog import ALGORITHMS, Algorithm

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.algorithms.hyperparameters import Rule


def algorithms() -> str:
    """Every algorithm with its image and formats."""
    lines = ["| algorithm | image | channels | training data | requests | answers |", "|---|---|---|---|---|---|"]
    for one in ALGORITHMS:
        columns = (one.repositories, one.channels, one.content_types, one.accepts, one.answers)
        cells = [", ".join(f"`{value}`" for value in values) for values in columns]
        lines.append(f"| {one.title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def hyperparameters(algorithm: Algorithm) -> str:
    """Every hyperparameter of an algorithm with its rule, default and recommended range for tuning."""
    ranges = {one.name: _range(one) for one in algorithm.tunable}
    lines = ["| hyperparameter | value | default | tuning | meaning |", "|---|---|---|---|---|"]
    for rule in rules(algorithm):
        if not rule.name.startswith("_"):
            default = "required" if rule.required else "" if rule.default is None else f"`{_shown(rule.default)}`"
            lines.append(
                f"| `{rule.name}` | {rule.valid()} | {default} | {ranges.get(rule.name, '')} | {rule.meaning} |"
            )
    return "\n".join(lines)


def rules(algorithm: Algorithm) -> tuple[Rule, ...]:
    """Give the rules of an algorithm's hyperparameters."""
    found: tuple[Rule, ...] = importlib.import_module(algorithm.module).RULES
    return found


def metrics(algorithm: Algorithm) -> str:
    """Every metric of an algorithm, and whether a tuner makes it small or large."""
    lines = ["| metric | a tuning job can |", "|---|---|"]
    lines += [f"| `{metric.name}` | {(metric.direction or '').lower()} |" for metric in algorithm.metrics]
    return "\n".join(lines)


def _range(one: Any) -> str:
    return ", ".join(one.values) if one.values else f"{one.minimum:g} to {one.maximum:g}"


def _shown(default: object) -> str:
    return str(default).lower() if isinstance(default, bool) else str(default)


PARTS: dict[str, Callable[[], str]] = {
    "algorithms": algorithms,
    **{f"hyperparameters-{one.name}": partial(hyperparameters, one) for one in ALGORITHMS},
    **{f"metrics-{one.name}": partial(metrics, one) for one in ALGORITHMS},
}
