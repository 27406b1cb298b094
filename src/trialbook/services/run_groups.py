"""Groups of runs that differ only by their seed: each is a sample of what one setting gives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialbook.services.statistics import Summary, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

SEEDS = ("seed", "random_seed", "random_state", "rng_seed", "seed_value", "np_seed", "torch_seed")
"""Names of parameters that hold a seed, in the last part of a nested name and without case."""
LOWER_IS_BETTER = ("loss", "error", "err", "mse", "mae", "rmse", "mape", "perplexity", "nll", "brier", "wer", "cer")


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Runs with the same parameters except the seed.

    Attributes
    ----------
    label
        The parameters in which it differs from other groups.
    parameters
        All of them but the seeds, without `Parameters.`.
    runs
        Names of its runs.
    values
        The metric by seed, or by run's name where seeds are not known or not distinct. Runs without the metric are
        left out.
    summary
        Of the values: n, mean, standard deviation, interval of confidence of the mean.
    """

    label: str
    parameters: dict[str, Any]
    runs: list[str]
    values: dict[Any, float]
    summary: Summary


def goal_of(metric: str) -> str:
    """Guess whether less is better from the words in a metric's name."""
    words = "".join(letter if letter.isalnum() else " " for letter in metric.casefold()).split()
    low = any(word in LOWER_IS_BETTER or word.endswith(("loss", "error")) for word in words)
    return "min" if low else "max"


def group_rows(
    rows: Sequence[dict[str, Any]], metric: str, seeds: Sequence[str] = SEEDS, confidence: float = 0.95
) -> list[RunGroup]:
    """Put runs with the same parameters except the seed together.

    Parameters
    ----------
    rows
        One a run: `name`, every parameter as `Parameters.<name>` (None where it has none), and `metric`.
    metric
        The member of the rows that the groups hold values of.
    """
    columns = dict.fromkeys(name for row in rows for name in row)
    parameters = [name for name in columns if name.casefold().startswith("parameters.")]
    seed_columns = [name for name in parameters if _is_seed(name, seeds)]
    settings = [name for name in parameters if name not in seed_columns]
    by_setting: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        by_setting.setdefault(tuple(repr(row.get(name)) for name in settings), []).append(row)
    differing = [name for at, name in enumerate(settings) if len({key[at] for key in by_setting}) > 1]
    return [_group(some, settings, differing, seed_columns, metric, confidence) for some in by_setting.values()]


def in_order(groups: list[RunGroup], goal: str) -> list[RunGroup]:
    """Give the best mean first, and groups without a value last."""
    sign = -1 if goal == "max" else 1
    return sorted(groups, key=lambda group: (math.isnan(group.summary.mean), sign * group.summary.mean))


def _group(
    rows: list[dict[str, Any]],
    settings: list[str],
    differing: list[str],
    seeds: list[str],
    metric: str,
    confidence: float,
) -> RunGroup:
    told = [tuple(row.get(name) for name in seeds) for row in rows]
    known = bool(seeds) and len(set(told)) == len(rows) and all(any(one is not None for one in seed) for seed in told)
    keys: list[Any] = told if known else [row["name"] for row in rows]
    values = {
        key: float(row[metric])
        for key, row in zip(keys, rows, strict=True)
        if row.get(metric) is not None and math.isfinite(row[metric])
    }
    first = rows[0]
    label = ", ".join(f"{_short(name)}={_shown(first.get(name))}" for name in differing)
    return RunGroup(
        label or ("all runs" if len(rows) > 1 else first["name"]),
        {_short(name): first[name] for name in settings if first.get(name) is not None},
        [row["name"] for row in rows],
        values,
        summarise(list(values.values()), confidence),
    )


def _shown(value: object) -> str:
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6g}" if isinstance(value, int | float) else str(value)


def _is_seed(name: str, seeds: Sequence[str]) -> bool:
    last = _short(name).casefold().replace(".", "/").rpartition("/")[2]
    return last in {seed.casefold() for seed in seeds}


def _short(name: str) -> str:
    return name.partition(".")[2]
