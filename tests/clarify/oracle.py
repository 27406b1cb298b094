"""Bias metrics row by row, as their definitions are written: slow, and sharing no code with the product."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    group: int
    sensitive: bool
    label: int
    predicted: int


def over(numerator: float, denominator: float) -> float:
    if denominator == 0:
        return 0.0 if numerator == 0 else math.inf
    return numerator / denominator


def minus(one: float, other: float) -> float:
    return 0.0 if math.isinf(one) and math.isinf(other) else one - other


def share(rows: Sequence[Row], wanted: Callable[[Row], bool], among: Callable[[Row], bool] = lambda _: True) -> float:
    return over(sum(1 for row in rows if among(row) and wanted(row)), sum(1 for row in rows if among(row)))


def kl(p: Sequence[float], q: Sequence[float]) -> float:
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if a > 0:
            total += math.inf if b == 0 else a * math.log(a / b)
    return total


def disparity(rows: Sequence[Row], outcome: Callable[[Row], int]) -> float:
    total = 0.0
    for group in {row.group for row in rows}:
        members = [row for row in rows if row.group == group]
        rejected = share(members, lambda row: row.sensitive, lambda row: outcome(row) == 0)
        accepted = share(members, lambda row: row.sensitive, lambda row: outcome(row) == 1)
        total += len(members) * (rejected - accepted)
    return total / len(rows)


def metrics(rows: Sequence[Row]) -> dict[str, float]:
    a = [row for row in rows if not row.sensitive]
    d = [row for row in rows if row.sensitive]
    pa = [share(a, lambda row, y=y: row.label == y) for y in (0, 1)]  # type: ignore[misc]
    pd = [share(d, lambda row, y=y: row.label == y) for y in (0, 1)]  # type: ignore[misc]
    mean = [(x + y) / 2 for x, y in zip(pa, pd, strict=True)]
    gaps = [abs(x - y) for x, y in zip(pa, pd, strict=True)]

    def number(side: Sequence[Row], label: int | None = None, predicted: int | None = None) -> int:
        return sum(1 for row in side if label in {None, row.label} and predicted in {None, row.predicted})

    benefits = [row.predicted - row.label + 1 for row in rows]
    average = sum(benefits) / len(benefits)
    found = {
        "CI": (len(a) - len(d)) / (len(a) + len(d)),
        "DPL": pa[1] - pd[1],
        "KL": kl(pa, pd),
        "JS": (kl(pa, mean) + kl(pd, mean)) / 2,
        "LP": math.sqrt(sum(gap**2 for gap in gaps)),
        "TVD": sum(gaps) / 2,
        "KS": max(gaps),
        "DPPL": number(a, predicted=1) / len(a) - number(d, predicted=1) / len(d),
        "DI": over(number(d, predicted=1) / len(d), number(a, predicted=1) / len(a)),
        "DCA": minus(
            over(number(a, label=1), number(a, predicted=1)), over(number(d, label=1), number(d, predicted=1))
        ),
        "DCR": minus(
            over(number(d, label=0), number(d, predicted=0)), over(number(a, label=0), number(a, predicted=0))
        ),
        "RD": over(number(a, 1, 1), number(a, 1)) - over(number(d, 1, 1), number(d, 1)),
        "SD": over(number(d, 0, 0), number(d, 0)) - over(number(a, 0, 0), number(a, 0)),
        "DAR": over(number(a, 1, 1), number(a, None, 1)) - over(number(d, 1, 1), number(d, None, 1)),
        "DRR": over(number(d, 0, 0), number(d, None, 0)) - over(number(a, 0, 0), number(a, None, 0)),
        "AD": sum(row.label == row.predicted for row in a) / len(a)
        - sum(row.label == row.predicted for row in d) / len(d),
        "TE": minus(over(number(d, 1, 0), number(d, 0, 1)), over(number(a, 1, 0), number(a, 0, 1))),
    }
    if len({row.label for row in rows}) == 2:
        found["CDDL"] = disparity(rows, lambda row: row.label)
    if len({row.predicted for row in rows}) == 2:
        found["CDDPL"] = disparity(rows, lambda row: row.predicted)
    if average:
        found["GE"] = sum((benefit / average) ** 2 - 1 for benefit in benefits) / (2 * len(benefits))
    return found
