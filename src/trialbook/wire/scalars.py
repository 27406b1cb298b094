"""Text to values and back, for what stands in headers, paths, forms and XML.

Our values: a timestamp is float epoch seconds, a blob is bytes, numbers are Python's. Whatever cannot be read raises
`WrongValueError`, which collects the path to the place on its way out of nested shapes.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.wire.catalog import Shape

MAX_DEPTH = 64
"""How deep a request may nest: far beyond any real one, and safe for every walk of ours."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800.0, 253_402_300_799.999
_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

Scalar = str | int | float | bool | bytes


class WrongValueError(Exception):
    """A value is not of its shape's type; `path` grows outwards as the error passes the shapes around it."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got
        self.path = ""

    def under(self, name: str | int) -> WrongValueError:
        """Put the member or index that the value stands in before the path."""
        step = f"[{name}]" if isinstance(name, int) else name
        joint = "." if self.path and not self.path.startswith("[") else ""
        self.path = f"{step}{joint}{self.path}"
        return self

    @property
    def message(self) -> str:
        """What a client is told."""
        where = f"{self.path}: " if self.path else ""
        return f"{where}expected {self.expected}, got {self.got}"


def named(value: object) -> str:
    """Say what a parsed JSON value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, bytes | bytearray | memoryview):
        return "bytes"
    return "a list" if isinstance(value, list | tuple) else "an object" if isinstance(value, dict) else "something else"


def quoted(text: str) -> str:
    """Quote a client's text for a message, cut to a length that can be read."""
    return f"'{text[:60]}...'" if len(text) > 60 else f"'{text}'"


def decode(shape: Shape, text: str) -> Scalar:
    """Read a scalar of the shape's type from text."""
    return _DECODERS.get(shape.type_name, _text)(text)


def encode(shape: Shape, value: Scalar, timestamp_format: str) -> str:
    """Write a scalar as text. A shape's own timestamp format comes before the place's."""
    kind = shape.type_name
    if kind == "timestamp":
        chosen = shape.serialization.get("timestampFormat", timestamp_format)
        return format_timestamp(float(value), chosen)
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "blob":
        return base64.b64encode(value if isinstance(value, bytes) else str(value).encode()).decode("ascii")
    if kind in {"float", "double"}:
        return format_number(float(value))
    return str(value)


def parse_timestamp(text: str) -> float:
    """Read epoch seconds, ISO 8601 or RFC 822; a time without a zone is UTC."""
    text = text.strip()
    try:
        if _NUMBER.fullmatch(text):
            seconds = float(text)
        elif text[:1].isdigit():
            seconds = _epoch(datetime.fromisoformat(text))
        else:
            seconds = _epoch(parsedate_to_datetime(text))
    except (ValueError, OverflowError, TypeError, IndexError):
        raise WrongValueError("a timestamp (epoch seconds, ISO 8601 or RFC 822)", quoted(text)) from None
    return checked_timestamp(seconds)


def checked_timestamp(seconds: float) -> float:
    """Give the epoch seconds back when they lie in the years 1 to 9999."""
    if not _FIRST_SECOND <= seconds <= _LAST_SECOND:
        raise WrongValueError("a timestamp in the years 1 to 9999", str(seconds))
    return seconds


def format_timestamp(seconds: float, form: str) -> str:
    """Write epoch seconds as "iso8601" (milliseconds, as S3 and STS do), "rfc822" or "unixtimestamp"."""
    if form == "unixtimestamp":
        return format_number(seconds)
    if form == "rfc822":
        return format_datetime(datetime.fromtimestamp(math.floor(seconds), UTC), usegmt=True)
    milliseconds = round(seconds * 1000)
    moment = datetime.fromtimestamp(milliseconds // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def parse_number(text: str) -> float:
    """Read a floating-point number, NaN and infinities by AWS's words for them."""
    text = text.strip()
    if text in _NON_FINITE:
        return _NON_FINITE[text]
    if not _NUMBER.fullmatch(text):
        raise WrongValueError("a number", quoted(text))
    return float(text)


def format_number(value: float) -> str:
    """Write a floating-point number as `parse_number` reads it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)


def parse_blob(text: str) -> bytes:
    """Read base64."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise WrongValueError("base64", quoted(text)) from None


def checked_integer(value: int) -> int:
    """Give the integer back when it has at most 64 bits."""
    if not -(2**63) <= value < 2**63:
        raise WrongValueError("an integer of at most 64 bits", quoted(str(value)[:80]))
    return value


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()):
        raise WrongValueError("an integer", quoted(text))
    return checked_integer(int(text))


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in {"true", "false"}:
        raise WrongValueError("true or false", quoted(text))
    return word == "true"


def _text(text: str) -> str:
    return text


def _epoch(moment: datetime) -> float:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


_DECODERS: dict[str, Callable[[str], Scalar]] = {
    "timestamp": parse_timestamp,
    "float": parse_number,
    "double": parse_number,
    "integer": _integer,
    "long": _integer,
    "boolean": _boolean,
    "blob": parse_blob,
}
