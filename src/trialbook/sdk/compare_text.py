"""How a comparison looks: a verdict in words, the groups, then the runs side by side.

Mixed into `Comparison`, whose attributes it shows.
"""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING

from trialbook.sdk.table_text import STYLE, shown
from trialbook.services.statistics import UNTESTED, Difference, expected_best

if TYPE_CHECKING:
    from trialbook.sdk.table import Table
    from trialbook.services.run_groups import RunGroup

SIDE_BY_SIDE = 12
"""As many runs stand beside each other; more are left to the table."""
GROUPS = 30


class ComparisonText:
    """The part of a comparison that shows it."""

    metric: str
    goal: str
    runs: Table
    groups: list[RunGroup]
    confidence: float

    @property
    def best(self) -> RunGroup:
        """The group with the best mean."""
        raise NotImplementedError

    def rivals(self) -> list[tuple[RunGroup, Difference]]:
        """Give every other group with a value, and its test against the best one."""
        raise NotImplementedError

    @property
    def verdict(self) -> list[str]:
        """What the comparison says, in sentences."""
        if not self.best.summary.n:
            return [f"No run has a finite value of {self.metric}."]
        higher = "higher" if self.goal == "max" else "lower"
        said = [f"Best by {self.metric} ({higher} is better): {self.best.label}, {self._mean(self.best)}."]
        rivals = self.rivals()
        return [*said, *(self._against(rivals) if rivals else self._alone())]

    def _against(self, rivals: list[tuple[RunGroup, Difference]]) -> list[str]:
        level = 1 - self.confidence
        untested = [group.label for group, test in rivals if test.method == UNTESTED]
        close = [f"{group.label} ({_p(test)})" for group, test in rivals if test.p_holm >= level]
        worse = [f"{group.label} ({_p(test)})" for group, test in rivals if test.p_holm < level]
        said = []
        if close:
            said.append(f"Within noise of it: {_few(close)}.")
        if worse:
            said.append(f"Worse than it: {_few(worse)}.")
        if untested:
            said.append(
                f"Not told apart for want of repeats: {_few(untested)}. Run each setting with at least two seeds."
            )
        runs = sum(group.summary.n for group in self.groups)
        name = self.runs["name"][0]
        sure = not close and not untested and name in self.best.runs
        fact = "its setting beats every other one" if sure else "that it won can be luck"
        said.append(f"The winner of {runs} runs is {name}: {fact}.")
        return said

    def _alone(self) -> list[str]:
        summary = self.best.summary
        if summary.n < 2:
            return ["There is nothing to compare it with."]
        best = max(self.best.values.values()) if self.goal == "max" else min(self.best.values.values())
        above = abs(best - summary.mean) / summary.std if summary.std > 0 else 0.0
        said = (
            f"All runs have the same parameters except the seed, so the winner of {summary.n} is luck: it stands "
            f"{above:.1f} standard deviations from the mean, and the best of {summary.n} draws stands "
            f"{expected_best(summary.n):.1f} from it on average."
        )
        return [said]

    def _mean(self, group: RunGroup) -> str:
        one = group.summary
        if one.n < 2:
            return f"{one.mean:.4g} (one run)"
        share = f"{self.confidence:.0%}"
        interval = f"{share} {one.low:.4g} to {one.high:.4g}"
        return f"mean {one.mean:.4g}, standard deviation {one.std:.2g}, {interval}, n = {one.n}"

    def __repr__(self) -> str:
        rows = [_HEADINGS, *self._group_rows()]
        widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADINGS))]
        lines = [
            "  ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(pairs))
            for pairs in (list(zip(row, widths, strict=True)) for row in rows)
        ]
        return "\n".join([*self.verdict, "", *lines, "", repr(self.runs)])

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{html.escape(one)}</li>" for one in self.verdict)
        head = "".join(f"<th{_right(at)}>{one}</th>" for at, one in enumerate(_HEADINGS))
        body = "".join(
            f"<tr{' class=best' if number == 0 else ''}>"
            + "".join(f"<td{_right(at)}>{html.escape(cell)}</td>" for at, cell in enumerate(row))
            + "</tr>"
            for number, row in enumerate(self._group_rows())
        )
        told = f"{self.metric} of {len(self.groups)} groups; p is two-sided, against the best, after Holm's correction"
        groups = (
            f"<table class='trialbook'><caption>{html.escape(told)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
        side = self._side_by_side() if len(self.runs) <= SIDE_BY_SIDE else self.runs._repr_html_()
        return f"<style>{STYLE}</style><ul>{said}</ul>{groups}{side}"

    def _group_rows(self) -> list[list[str]]:
        tests = {group.label: test for group, test in self.rivals()}
        rows = []
        for group in self.groups[:GROUPS]:
            one, test = group.summary, tests.get(group.label)
            tested = test is not None and test.method != UNTESTED
            rows.append(
                [
                    group.label,
                    str(one.n),
                    _number(one.mean),
                    _number(one.std, 2),
                    f"{_number(one.low)} to {_number(one.high)}" if one.n > 1 else "",
                    _number(test.difference, 3) if test is not None else "",
                    f"{test.p_holm:.3g}" if tested and test is not None else "",
                    test.method if tested and test is not None else "",
                ]
            )
        return rows

    def _side_by_side(self) -> str:
        table = self.runs
        names = table["name"]
        head = "".join(f"<th class='n'>{_linked(table, name)}</th>" for name in names)
        rows = []
        for column in table.columns[1:]:
            cells = "".join(
                f"<td class='n'>{html.escape(shown(one, table.types[column]))}</td>" for one in table[column]
            )
            rows.append(f"<tr><th>{html.escape(column)}</th>{cells}</tr>")
        text = f"{len(names)} runs, best first; only what differs"
        return (
            f"<table class='trialbook'><caption>{text}</caption><thead><tr><th></th>{head}</tr></thead>"
            f"<tbody>{''.join(rows)}</tbody></table>"
        )


_HEADINGS = ["group", "n", "mean", "std", "interval of the mean", "best - this", "p", "test"]


def _linked(table: Table, name: str) -> str:
    address, text = table.link(name), html.escape(name)
    return f"<a href='{html.escape(address)}'>{text}</a>" if address else text


def _right(at: int) -> str:
    return " class='n'" if at else ""


def _p(test: Difference) -> str:
    return f"difference {test.difference:.3g}, p = {test.p_holm:.2g}"


def _few(texts: list[str], most: int = 5) -> str:
    rest = len(texts) - most
    return "; ".join(texts[:most]) + (f"; and {rest} more" if rest > 0 else "")


def _number(value: float, digits: int = 4) -> str:
    return "" if math.isnan(value) else f"{value:.{digits}g}"
