"""Which parts are captured: `Run(capture=...)`, else TRIALBOOK_CAPTURE, else all but environment variables.

As text: `git,system` (only these), `-console` (all but), `all`, `off`; `system=5` samples every 5 seconds and
`console=fd` also takes what other programs and libraries write to the process's file descriptors.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from trialbook.sdk.warning import warn_once

VARIABLE = "TRIALBOOK_CAPTURE"
FACTS = ("command", "seeds", "env", "host", "git", "packages")
"""Quick ones first."""
PARTS = (*FACTS, "system", "console")
DEFAULT = frozenset(PARTS) - {"env"}
SECONDS = 15.0
"""Seconds between two samples of the system."""
SHORTEST = 0.5
_OFF = frozenset({"off", "none", "no", "false", "0", ""})
_ALL = frozenset({"all", "on", "yes", "true", "1", "default"})

Given = str | bool | Iterable[str] | Mapping[str, object] | None


class Choice(NamedTuple):
    """What to capture: `parts`, seconds between samples, and whether descriptors are taken too."""

    parts: frozenset[str]
    seconds: float = SECONDS
    descriptors: bool = False

    def takes(self, part: str) -> bool:
        """Whether a part is captured."""
        return part in self.parts

    @property
    def facts(self) -> list[str]:
        """The parts that are read once."""
        return [part for part in FACTS if part in self.parts]


OFF = Choice(frozenset())


def choose(given: object = None) -> Choice:
    """Read a choice; what it does not know is left out, with a warning."""
    if given is None:
        given = os.environ.get(VARIABLE, "all")
    if isinstance(given, bool):
        return Choice(DEFAULT) if given else OFF
    if isinstance(given, str):
        text = given.strip().lower()
        if text in _OFF:
            return OFF
        words = [word.strip() for word in text.split(",") if word.strip()]
    elif isinstance(given, Mapping):
        words = [_word(str(name), value) for name, value in given.items()]
    elif isinstance(given, Iterable):
        words = [str(word) for word in given]
    else:
        warn_once("capture", f"Trialbook cannot read capture={given!r}: give text, names or a mapping. It takes all.")
        return Choice(DEFAULT)
    return _of_words(words)


def _word(name: str, value: object) -> str:
    if value is False or value is None:
        return f"-{name}"
    return name if value is True else f"{name}={value}"


def _of_words(words: list[str]) -> Choice:
    positive = [word for word in words if not word.startswith("-")]
    parts = set() if any(word.partition("=")[0] in PARTS and "=" not in word for word in positive) else set(DEFAULT)
    seconds, descriptors = SECONDS, False
    for word in words:
        name, _, value = word.lower().lstrip("-").partition("=")
        if name in _ALL:
            parts |= DEFAULT
        elif name not in PARTS:
            warn_once(f"capture {name}", f"Trialbook captures no part {name!r}; there are {', '.join(PARTS)}.")
        elif word.startswith("-"):
            parts.discard(name)
        else:
            parts.add(name)
            descriptors = descriptors or (name == "console" and value == "fd")
            seconds = _seconds(value) if name == "system" and value else seconds
    return Choice(frozenset(parts), seconds, descriptors)


def _seconds(text: str) -> float:
    try:
        return max(float(text), SHORTEST)
    except ValueError:
        warn_once("capture seconds", f"Trialbook samples every {SECONDS:.0f} s: {text!r} is no number of seconds.")
        return SECONDS
