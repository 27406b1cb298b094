"""Metrics out of log lines, by the regular expressions of a training job's MetricDefinitions.

A line is matched as CloudWatch shows it, where a TAB is `#011`. An algorithm can have a hundred definitions and a log a
hundred thousand lines, so that most pairs must cost next to nothing: a definition is tried only on lines that hold the
longest piece of plain text that its expression cannot match without.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from trialbook.services.logs import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trialbook.model import Document
    from trialbook.store.interface import LogLine

_SPECIAL = frozenset(".^$*+?{}[]\\|()")


class Found(NamedTuple):
    """One value of a metric; `time` is its line's, in epoch seconds."""

    name: str
    time: float
    value: float


class _Definition(NamedTuple):
    name: str
    needs: str
    pattern: re.Pattern[str]


class Scraper:
    """The definitions of one job. `problems` says which of them cannot be used, and why."""

    def __init__(self, definitions: Iterable[Document]) -> None:
        self.problems: list[str] = []
        self._definitions: list[_Definition] = []
        for one in definitions:
            try:
                pattern = re.compile(one["Regex"])
            except re.error as error:
                self.problems.append(f"the regex of metric '{one['Name']}' is not valid: {error}: {one['Regex']}")
                continue
            if pattern.groups < 1:
                self.problems.append(f"the regex of metric '{one['Name']}' has no group for the value: {one['Regex']}")
                continue
            self._definitions.append(_Definition(one["Name"], required_text(one["Regex"]), pattern))

    def scan(self, lines: Sequence[LogLine]) -> list[Found]:
        """Give the metrics in lines, in order of the lines; the first group of an expression is the value."""
        found = []
        for line in lines:
            text = shown(line.text)
            for name, needs, pattern in self._definitions:
                if needs in text and (match := pattern.search(text)) is not None:
                    value = _number(match[1])
                    if value is not None:
                        found.append(Found(name, line.time, value))
        return found


def required_text(regex: str) -> str:
    """Give the longest plain text that every match of an expression holds; "" when that is not plain to see.

    Only what stands outside of groups, classes and alternatives counts, and a character that a quantifier follows
    does not.
    """
    pieces, piece = [], ""
    depth = at = 0
    while at < len(regex):
        char = regex[at]
        if char == "|" and depth == 0:
            return ""
        plain = char not in _SPECIAL and depth == 0
        follows = regex[at + 1 : at + 2]
        if plain and follows not in {"*", "?", "{"} and follows != "+":
            piece += char
        else:
            pieces.append(piece)
            piece = ""
        if char == "\\":
            at += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "[":
            # A bracket that comes first in a class stands for itself.
            at = regex.find("]", at + (3 if regex[at + 1 : at + 2] == "^" else 2))
            if at < 0:
                return ""
        elif char == "{":
            at = max(at, regex.find("}", at))
        at += 1
    flags = regex.startswith("(?")
    return "" if flags else max([*pieces, piece], key=len)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if not math.isnan(value) or "nan" in (text or "").lower() else None
