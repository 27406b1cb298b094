"""Warnings of the SDK: each is given once a process, and giving one never fails.

They go through logging and not through `warnings`, which a program may have turned into exceptions.
"""

from __future__ import annotations

import contextlib
import logging

_log = logging.getLogger("trialbook")
_given: set[str] = set()


def warn_once(key: str, message: str) -> None:
    """Warn unless a warning of this key was given before. `message` says what to do."""
    if key not in _given:
        _given.add(key)
        with contextlib.suppress(Exception):
            _log.warning(message)


def warn_finished() -> None:
    """Warn that a run has ended."""
    warn_once("finished", "Trialbook kept nothing that was logged after the end of a run: resume it first.")


def forget() -> None:
    """Let every warning be given again."""
    _given.clear()
