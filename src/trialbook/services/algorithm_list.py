"""The built-in algorithms with their hyperparameters, as data for forms.

It comes from the catalog and from the rules that the programs themselves check, so that a form cannot know another
rule than the job.
"""

from __future__ import annotations

import importlib
import math
from functools import cache
from typing import TYPE_CHECKING

from trialbook.algorithms.catalog import ALGORITHMS, Algorithm
from trialbook.algorithms.hyperparameters import Choice, Flag, Integer, Number, Rule

if TYPE_CHECKING:
    from trialbook.model import Document

_REGISTRY = "683313688378.dkr.ecr.us-east-1.amazonaws.com"
_KINDS: tuple[tuple[type[Rule], str], ...] = (
    (Integer, "integer"),
    (Number, "number"),
    (Choice, "choice"),
    (Flag, "flag"),
)


@cache
def algorithms() -> list[Document]:
    """Give every algorithm: `name`, `title`, `image`, `channels`, `contentTypes`, `hyperparameters`."""
    return [_algorithm(one) for one in ALGORITHMS]


def _algorithm(one: Algorithm) -> Document:
    rules: tuple[Rule, ...] = importlib.import_module(one.module).RULES
    return {
        "name": one.name,
        "title": one.title,
        "image": f"{_REGISTRY}/{one.repositories[0]}:{'1.7-1' if 'xgboost' in one.repositories[0] else '1'}",
        "channels": list(one.channels),
        "contentTypes": list(one.content_types),
        "hyperparameters": [_rule(rule) for rule in rules if not rule.name.startswith("_")],
    }


def _rule(rule: Rule) -> Document:
    kind = next((word for of, word in _KINDS if isinstance(rule, of)), "text")
    default = None if rule.default is None else str(rule.default)
    return {
        "name": rule.name,
        "meaning": rule.meaning,
        "valid": rule.valid(),
        "kind": kind,
        "required": rule.required,
        "default": default.lower() if isinstance(rule.default, bool) and default else default,
        "choices": _choices(rule),
        "minimum": rule.minimum if isinstance(rule, Number) and math.isfinite(rule.minimum) else None,
        "maximum": rule.maximum if isinstance(rule, Number) and math.isfinite(rule.maximum) else None,
    }


def _choices(rule: Rule) -> list[str]:
    words = list(rule.choices) if isinstance(rule, Choice) else ["true", "false"] if isinstance(rule, Flag) else []
    return [*words, "auto"] if words and rule.auto else words
