"""Rules for hyperparameters, and the one place where texts become values.

A job's hyperparameters arrive as texts. Every algorithm has a list of rules, which are also what the reference
documentation is made of; an error names the parameter, the rule, the value, and for an unknown name the nearest known.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trialbook.algorithms.failures import ClientError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What SDKs add for script mode; a built-in algorithm has no use for it.
_FOREIGN = "sagemaker_"
AUTO = "auto"


@dataclass(frozen=True)
class Rule:
    """One hyperparameter.

    Attributes
    ----------
    meaning
        One sentence for the documentation.
    default
        The value when the job gives none; None leaves the parameter out.
    auto
        Whether `auto` may be given, and lets the algorithm choose.
    """

    name: str
    meaning: str
    default: Any = None
    required: bool = False
    auto: bool = False

    def valid(self) -> str:
        """Give the rule in words."""
        return "text"

    def parse(self, text: str) -> Any:
        """Turn a text into a value.

        Raises
        ------
        ValueError
            When the text breaks the rule.
        """
        return text


@dataclass(frozen=True)
class Number(Rule):
    """A number between bounds; a bound is outside when its `open_` flag is set."""

    minimum: float = -math.inf
    maximum: float = math.inf
    open_minimum: bool = False
    open_maximum: bool = False
    noun = "number"

    def valid(self) -> str:
        """Give the rule in words."""
        words = [f"a{'n' if self.noun[0] == 'i' else ''} {self.noun}"]
        if self.minimum > -math.inf:
            words.append(f"{'above' if self.open_minimum else 'of at least'} {self.minimum:g}")
        if self.maximum < math.inf:
            words.append(
                f"{'and ' if len(words) > 1 else ''}{'below' if self.open_maximum else 'at most'} {self.maximum:g}"
            )
        return " ".join(words) + (' or "auto"' if self.auto else "")

    def parse(self, text: str) -> Any:
        """Turn a text into a float within the bounds."""
        if self.auto and text == AUTO:
            return AUTO
        value = self._number(text)
        low = value > self.minimum if self.open_minimum else value >= self.minimum
        high = value < self.maximum if self.open_maximum else value <= self.maximum
        if not (low and high):
            raise ValueError(text)
        return value

    def _number(self, text: str) -> float:
        return float(text)


@dataclass(frozen=True)
class Integer(Number):
    """A whole number between bounds; tuners send `5.0` for 5."""

    noun = "integer"

    def _number(self, text: str) -> int:
        value = float(text)
        if not value.is_integer():
            raise ValueError(text)
        return int(text) if text.strip().lstrip("+-").isdigit() else int(value)


@dataclass(frozen=True)
class Choice(Rule):
    """One of a few words."""

    choices: tuple[str, ...] = ()

    def valid(self) -> str:
        """Give the rule in words."""
        return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)

    def parse(self, text: str) -> Any:
        """Turn a text into one of the words."""
        if text not in self.choices:
            raise ValueError(text)
        return text


@dataclass(frozen=True)
class Flag(Rule):
    """True or false; Python's spelling and 1/0 pass too."""

    def valid(self) -> str:
        """Give the rule in words."""
        return '"true" or "false"' + (' or "auto"' if self.auto else "")

    def parse(self, text: str) -> Any:
        """Turn a text into a bool."""
        if self.auto and text == AUTO:
            return AUTO
        return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]


@dataclass(frozen=True)
class Words(Rule):
    """Several words, as a comma-separated text or a JSON list; empty `choices` allow any."""

    choices: tuple[str, ...] = ()

    def valid(self) -> str:
        """Give the rule in words."""
        return "a comma-separated list" + (f" of {', '.join(self.choices)}" if self.choices else "")

    def parse(self, text: str) -> Any:
        """Turn a text into a tuple of words."""
        words = json.loads(text.replace("'", '"')) if text.strip().startswith("[") else text.split(",")
        found = tuple(str(word).strip() for word in words)
        if not all(found) or (self.choices and not set(found) <= set(self.choices)):
            raise ValueError(text)
        return found


class Hyperparameters:
    """Checked values by name; a getter for each type keeps callers typed."""

    def __init__(self, values: Mapping[str, Any], given: Iterable[str] = ()) -> None:
        self.values = dict(values)
        self.given = frozenset(given)

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def integer(self, name: str) -> int:
        """Give an integer that is there."""
        return int(self.values[name])

    def number(self, name: str) -> float:
        """Give a number that is there."""
        return float(self.values[name])

    def text(self, name: str) -> str:
        """Give a word that is there."""
        return str(self.values[name])

    def flag(self, name: str) -> bool:
        """Give a flag that is there."""
        return bool(self.values[name])

    def words(self, name: str) -> tuple[str, ...]:
        """Give a list of words, empty when there is none."""
        return tuple(self.values.get(name) or ())

    def number_or(self, name: str, automatic: float) -> float:
        """Give a number, or `automatic` when it is absent or "auto"."""
        value = self.values.get(name)
        return automatic if value is None or value == AUTO else float(value)

    def integer_or(self, name: str, automatic: int) -> int:
        """Give an integer, or `automatic` when it is absent or "auto"."""
        value = self.values.get(name)
        return automatic if value is None or value == AUTO else int(value)

    def flag_or(self, name: str, *, automatic: bool) -> bool:
        """Give a flag, or `automatic` when it is absent or "auto"."""
        value = self.values.get(name)
        return automatic if value is None or value == AUTO else bool(value)


def check(given: Mapping[str, str], rules: Iterable[Rule], algorithm: str) -> Hyperparameters:
    """Check a job's hyperparameters against an algorithm's rules.

    Raises
    ------
    ClientError
        For an unknown name, a value that breaks its rule, or a required parameter that is absent.
    """
    known = {rule.name: rule for rule in rules}
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name.startswith(_FOREIGN):
            continue
        rule = known.get(name)
        if rule is None:
            message = f'"{name}" is not a hyperparameter of {algorithm}.{nearest(name, known)}'
            raise ClientError(message)
        try:
            values[name] = rule.parse(text)
        except (KeyError, ValueError, OverflowError) as error:
            hint = nearest(text, getattr(rule, "choices", ()))
            message = f'Hyperparameter "{name}" must be {rule.valid()}; the job gives "{text}".{hint}'
            raise ClientError(message) from error
    for rule in known.values():
        if rule.required and rule.name not in values:
            message = f'{algorithm} needs the hyperparameter "{rule.name}" ({rule.valid()}): {rule.meaning}'
            raise ClientError(message)
        values.setdefault(rule.name, rule.default)
    return Hyperparameters(values, given)
