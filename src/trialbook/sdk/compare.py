"""Runs side by side: what differs, and whether the best is better or luckier.

Runs with the same parameters except the seed are one group, a sample of what that setting gives. `sdk.statistics` tests
every two groups, by seed where they share their seeds, and corrects for how many tests that is; what is not told apart
from the best group after that is within noise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialbook.sdk.compare_text import ComparisonText
from trialbook.sdk.statistics import Difference, Summary, all_pairs, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from trialbook.sdk.table import Table

SEEDS = ("seed", "random_seed", "random_state", "rng_seed", "seed_value", "np_seed", "torch_seed")
"""Names of parameters that hold a seed, in the last part of a nested name and without case."""
LOWER_IS_BETTER = ("loss", "error", "err", "mse", "mae", "rmse", "mape", "perplexity", "nll", "brier", "wer", "cer")
COLUMNS = ("Parameters.*", "Tags.*", "Metrics.*", "Status.PrimaryStatus")
_NOT_ASKED = ("tags.sagemaker:", "tags.trialbook:", "metrics.system.")


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


class Comparison(ComparisonText):
    """What came out of a comparison. Shows itself as text, and as HTML in a notebook.

    Attributes
    ----------
    metric, goal
        What the runs are compared by; "max" or "min".
    runs
        Table of the runs with only what differs, best first.
    groups
        Best mean first; groups without a value of the metric come last.
    differences
        A test for every two groups (`first` and `second` are places in `groups`).
    confidence
        Of the intervals; 1 - confidence is the level of the tests after Holm's correction.
    """

    def __init__(
        self,
        metric: str,
        goal: str,
        runs: Table,
        groups: list[RunGroup],
        differences: list[Difference],
        confidence: float,
    ) -> None:
        self.metric = metric
        self.goal = goal
        self.runs = runs
        self.groups = groups
        self.differences = differences
        self.confidence = confidence

    @property
    def best(self) -> RunGroup:
        """The group with the best mean."""
        return self.groups[0]

    @property
    def within_noise(self) -> list[RunGroup]:
        """The groups that are not told apart from the best one, and those that could not be tested against it."""
        return [group for group, test in self.rivals() if not test.p_holm < 1 - self.confidence]

    def rivals(self) -> list[tuple[RunGroup, Difference]]:
        """Give every other group with a value, and its test against the best one."""
        return [(self.groups[test.second], test) for test in self.differences if test.first == 0]

    def to_pandas(self) -> pd.DataFrame:
        """Give the groups: parameters, n, mean, std, low, high, and p against the best after Holm's correction."""
        import pandas as pd

        p_values = {group.label: test.p_holm for group, test in self.rivals()}
        rows = [
            {
                **group.parameters,
                "n": group.summary.n,
                "mean": group.summary.mean,
                "std": group.summary.std,
                "low": group.summary.low,
                "high": group.summary.high,
                "p_holm": p_values.get(group.label, math.nan),
            }
            for group in self.groups
        ]
        return pd.DataFrame(rows)


def compare(
    table: Table,
    metric: str | None = None,
    *,
    goal: str | None = None,
    seeds: Sequence[str] = SEEDS,
    confidence: float = 0.95,
) -> Comparison:
    """Compare the runs of a table that has their `Parameters.*` and `Metrics.*`: see `Experiment.compare`."""
    if not len(table):
        message = "There are no runs to compare: the search found none."
        raise ValueError(message)
    column = metric_column(table, metric)
    goal = goal or goal_of(column)
    if goal not in {"max", "min"}:
        message = f"The goal is {goal!r}; it must be 'max' or 'min'."
        raise ValueError(message)
    ordered = table.sorted(f"-{column}" if goal == "max" else column)
    groups = group_runs(ordered, column, seeds, confidence)
    sign = -1 if goal == "max" else 1
    groups.sort(key=lambda group: (math.isnan(group.summary.mean), sign * group.summary.mean))
    measured = [group.values for group in groups if group.summary.n]
    return Comparison(
        column.removeprefix("Metrics."),
        goal,
        only_what_differs(ordered, column),
        groups,
        all_pairs(measured, confidence),
        confidence,
    )


def metric_column(table: Table, metric: str | None) -> str:
    """Find the column of a metric, which may be left out where there is only one. Raises ValueError."""
    there = [name for name in table.columns if name.casefold().startswith("metrics.") and table.types[name] == "number"]
    if metric is None:
        if len(there) == 1:
            return there[0]
        names = ", ".join(name.partition(".")[2] for name in there) or "none"
        message = f"Say which metric to compare by; the runs have {names}."
        raise ValueError(message)
    wanted = metric if metric.casefold().startswith("metrics.") else f"Metrics.{metric}"
    found = next((name for name in table.columns if name.casefold() == wanted.casefold()), None)
    if found is None or found not in there:
        from difflib import get_close_matches

        near = get_close_matches(wanted, there, 1, 0.4)
        hint = f" Did you mean '{near[0].partition('.')[2]}'?" if near else ""
        message = f"The runs have no metric '{metric}'.{hint}"
        raise ValueError(message)
    return found


def goal_of(metric: str) -> str:
    """Guess whether less is better from the words in a metric's name."""
    words = "".join(letter if letter.isalnum() else " " for letter in metric.casefold()).split()
    low = any(word in LOWER_IS_BETTER or word.endswith(("loss", "error")) for word in words)
    return "min" if low else "max"


def group_runs(table: Table, metric: str, seeds: Sequence[str], confidence: float) -> list[RunGroup]:
    """Put runs with the same parameters except the seed together."""
    parameters = [name for name in table.columns if name.casefold().startswith("parameters.")]
    seed_columns = [name for name in parameters if _is_seed(name, seeds)]
    settings = [name for name in parameters if name not in seed_columns]
    by_setting: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in table:
        by_setting.setdefault(tuple(repr(row[name]) for name in settings), []).append(row)
    differing = [name for at, name in enumerate(settings) if len({key[at] for key in by_setting}) > 1]
    return [_group(rows, settings, differing, seed_columns, metric, confidence) for rows in by_setting.values()]


def _group(
    rows: list[dict[str, Any]],
    settings: list[str],
    differing: list[str],
    seeds: list[str],
    metric: str,
    confidence: float,
) -> RunGroup:
    from trialbook.sdk.table_text import shown

    told = [tuple(row[name] for name in seeds) for row in rows]
    known = bool(seeds) and len(set(told)) == len(rows) and all(any(one is not None for one in seed) for seed in told)
    keys: list[Any] = told if known else [row["name"] for row in rows]
    values = {
        key: float(row[metric])
        for key, row in zip(keys, rows, strict=True)
        if row[metric] is not None and math.isfinite(row[metric])
    }
    first = rows[0]
    label = ", ".join(f"{_short(name)}={shown(first[name]) or 'none'}" for name in differing)
    return RunGroup(
        label or ("all runs" if len(rows) > 1 else first["name"]),
        {_short(name): first[name] for name in settings if first[name] is not None},
        [row["name"] for row in rows],
        values,
        summarise(list(values.values()), confidence),
    )


def only_what_differs(table: Table, metric: str) -> Table:
    """Leave out the columns that are the same for all runs, but for the name and the metric."""
    kept = [
        name
        for name in table.columns
        if name in {"name", metric}
        or (not name.casefold().startswith(_NOT_ASKED) and len({repr(one) for one in table[name]}) > 1)
    ]
    return table[kept]


def _is_seed(name: str, seeds: Sequence[str]) -> bool:
    last = _short(name).casefold().replace(".", "/").rpartition("/")[2]
    return last in {seed.casefold() for seed in seeds}


def _short(name: str) -> str:
    return name.partition(".")[2]
