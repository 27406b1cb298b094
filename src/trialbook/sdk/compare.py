"""Runs side by side: what differs, and whether the best is better or luckier.

Runs with the same parameters except the seed are one group (`services.run_groups`), a sample of what that setting
gives. `services.statistics` tests every two groups, by seed where they share their seeds, and corrects for how many
tests that is; what is not told apart from the best group after that is within noise.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from trialbook.sdk.compare_text import ComparisonText
from trialbook.services.extras import need
from trialbook.services.run_groups import SEEDS, RunGroup, goal_of, group_rows, in_order
from trialbook.services.statistics import Difference, all_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from trialbook.sdk.table import Table

COLUMNS = ("Parameters.*", "Tags.*", "Metrics.*", "Status.PrimaryStatus")
_NOT_ASKED = ("tags.sagemaker:", "tags.trialbook:", "metrics.system.")


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
        pandas = need("pandas", "plot")

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
        return cast("pd.DataFrame", pandas.DataFrame(rows))


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
    groups = in_order(group_rows(list(ordered), column, seeds, confidence), goal)
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
    metrics = [name for name in table.columns if name.casefold().startswith("metrics.")]
    # A column that was asked for is there even when no run has the metric.
    there = [name for name in metrics if table.types[name] == "number" and any(one is not None for one in table[name])]
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


def only_what_differs(table: Table, metric: str) -> Table:
    """Leave out the columns that are the same for all runs, but for the name and the metric."""
    kept = [
        name
        for name in table.columns
        if name in {"name", metric}
        or (not name.casefold().startswith(_NOT_ASKED) and len({repr(one) for one in table[name]}) > 1)
    ]
    return table[kept]
