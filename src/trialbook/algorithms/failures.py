"""What can go wrong in a program, told as SageMaker's containers tell it.

::

    ProgramError
    ├── ClientError       the data, the hyperparameters or the request are wrong: the user can mend it
    │   └── RequestError  ... of one HTTP request, with its status
    └── AlgorithmError    the algorithm or its environment failed

A job's `output/failure` begins with the class's name, so its first line reads `ClientError: ...`; SageMaker shows the
first 1,024 characters of it as FailureReason.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = 1024


class ProgramError(Exception):
    """A failure with a message for the user."""


class ClientError(ProgramError):
    """The user's data or configuration breaks a rule."""


class RequestError(ClientError):
    """A request to a serving program breaks a rule.

    Parameters
    ----------
    status
        400 for a bad payload, 406 for an Accept and 415 for a Content-Type that is not served.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class AlgorithmError(ProgramError):
    """The algorithm or its environment failed."""


def reason(error: BaseException) -> str:
    """Give the text for `output/failure`: "ClientError: ..." or "AlgorithmError: ...", at most 1,024 characters."""
    if isinstance(error, ClientError):
        text = f"ClientError: {error}"
    elif isinstance(error, AlgorithmError):
        text = f"AlgorithmError: {error}"
    elif isinstance(error, MemoryError):
        text = "AlgorithmError: The job ran out of memory. Use fewer rows, fewer features or a larger memory limit."
    else:
        text = f"AlgorithmError: {type(error).__name__}: {error}"
    return text[:SHOWN]


def nearest(word: str, known: Iterable[str]) -> str:
    """Give ' Did you mean "..."?' for the likeliest misspelling, or nothing."""
    words = list(known)
    found = difflib.get_close_matches(word, words, n=1) or [one for one in words if word and one.startswith(word)]
    return f' Did you mean "{found[0]}"?' if found else ""
