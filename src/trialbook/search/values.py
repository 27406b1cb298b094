"""Text as numbers and times: everything on Search's wire is text, and properties have types.

NaN and infinities are numbers here as everywhere in Trialbook. Times without an offset are UTC.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

_NUMBER = re.compile(
    r"\s*[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)\s*", re.IGNORECASE | re.ASCII
)
_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)


def number_of(text: str) -> float | None:
    """Read a decimal number, NaN or an infinity; None when `text` is none of them."""
    return float(text) if _NUMBER.fullmatch(text) else None


def is_integer(text: str) -> bool:
    """Say whether `text` is written as an integer (no point, no exponent)."""
    return _INTEGER.fullmatch(text) is not None


def time_of(text: str) -> float | None:
    """Read `YYYY-mm-dd`, `YYYY-mm-ddTHH:MM:SS` with a fraction and an offset if any, or epoch seconds."""
    number = number_of(text)
    if number is not None:
        return number
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def float_of(number: float) -> float:
    """Give an int of any size as a float; one that is too large becomes an infinity, as in IEEE arithmetic."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def text_of(number: float) -> str:
    """Write a number the shortest way that reads back the same; integers without a point."""
    return str(int(number)) if float_of(number).is_integer() else repr(float(number))
