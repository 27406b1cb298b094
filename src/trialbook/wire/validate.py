"""Validation of parameters against a shape: what AWS checks before an operation sees its request.

Required members, types, minima, maxima and enums always hold, patterns and quotas (`limits.RELAXED_MAXIMA`) only in
strict mode. All faults of a request are told at once, in AWS's words and with AWS's paths
(`searchExpression.filters.1.member.name`).
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from trialbook.errors import ValidationError
from trialbook.wire.limits import RELAXED_MAXIMA
from trialbook.wire.scalars import MAX_DEPTH

if TYPE_CHECKING:
    from trialbook.wire.catalog import Shape

MAX_FAULTS = 10
_SHOWN = 100
_SHOWN_ENUM = 30

# The model of today does not mark this shape as a union, but clients die of a parameter that is neither or both.
_UNIONS = frozenset({"TrialComponentParameterValue"})

_JAVA_CLASSES = {
    r"\p{ASCII}": r"[\x00-\x7f]",
    r"\p{Print}": r"\x20-\x7e",
    r"\p{L}": r"a-zA-Z\u00aa-\uffdc",
    r"\p{Z}": r"\s",
    r"\p{N}": r"0-9",
    r"\z": r"\Z",
}


def validate(shape: Shape, params: Mapping[str, Any], strict: bool = False) -> None:
    """Check parameters, in the conventions of `parse`, against a structure.

    Parameters
    ----------
    strict
        Whether quotas and patterns hold too (`--aws-limits`).

    Raises
    ------
    ValidationError
        Naming each fault, up to `MAX_FAULTS`.
    """
    faults = _Faults(strict)
    faults.structure(shape, params, "")
    if faults.found:
        count = len(faults.found)
        noun = "error" if count == 1 else "errors"
        raise ValidationError(f"{count} validation {noun} detected: {'; '.join(faults.found[:MAX_FAULTS])}")


class _Faults:
    """The walk over shape and value, and the faults found on it."""

    def __init__(self, strict: bool) -> None:
        self.found: list[str] = []
        self._strict = strict

    def add(self, value: object, path: str, rule: str) -> None:
        shown = "null" if value is None else f"'{_cut(value)}'"
        self.found.append(f"Value {shown} at '{path}' failed to satisfy constraint: {rule}")

    def structure(self, shape: Shape, value: Any, path: str, depth: int = 0) -> None:
        if not isinstance(value, Mapping):
            self.add(value, path, "Member must be an object")
            return
        if depth > MAX_DEPTH:
            self.add("...", path, f"Member must nest at most {MAX_DEPTH} levels")
            return
        if shape.is_document_type:
            return
        for name in shape.required_members:
            if value.get(name) is None:
                self.add(None, _under(path, name), "Member must not be null")
        members = shape.members
        for name, item in value.items():
            member = members.get(name)
            if item is not None and member is not None:
                self.any(member, item, path, name, depth + 1)
        if (shape.is_tagged_union or shape.name in _UNIONS) and _set_members(value) != 1:
            rule = f"Member must have exactly one of [{', '.join(members)}] set"
            self.add("{" + ", ".join(value) + "}", path, rule)

    def any(self, shape: Shape, value: Any, path: str, name: str, depth: int) -> None:
        """Check one member. The path is built only when something is wrong or nested."""
        kind = shape.type_name
        if kind in _NESTED:
            _NESTED[kind](self, shape, value, _under(path, name), depth)
            return
        wanted, fits = _TYPES[kind]
        if not fits(value):
            self.add(value, _under(path, name), f"Member must be {wanted}")
            return
        if shape.metadata:
            for rule in _broken(shape, value, self._strict):
                self.add(value, _under(path, name), rule)

    def list(self, shape: Shape, value: Any, path: str, depth: int) -> None:
        if not isinstance(value, list | tuple):
            self.add(value, path, "Member must be a list")
            return
        self._length(shape, value, path)
        member = shape.member
        for number, item in enumerate(value, 1):
            self.any(member, item, path, f"{number}.member", depth + 1)
            if len(self.found) > MAX_FAULTS:
                return

    def map(self, shape: Shape, value: Any, path: str, depth: int) -> None:
        if not isinstance(value, Mapping):
            self.add(value, path, "Member must be a map")
            return
        self._length(shape, value, path)
        for key, item in value.items():
            self.any(shape.key, key, path, f"{_cut(key)}.key", depth + 1)
            self.any(shape.value, item, path, f"{_cut(key)}.value", depth + 1)
            if len(self.found) > MAX_FAULTS:
                return

    def _length(self, shape: Shape, value: Any, path: str) -> None:
        for rule in _sizes(shape, len(value), self._strict):
            self.add(f"{len(value)} elements", path, rule)


_NESTED: dict[str, Callable[[_Faults, Shape, Any, str, int], None]] = {
    "structure": _Faults.structure,
    "list": _Faults.list,
    "map": _Faults.map,
}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_moment(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_bytes(value: object) -> bool:
    return isinstance(value, bytes | bytearray | memoryview) or hasattr(value, "read")


_TYPES: dict[str, tuple[str, Callable[[object], bool]]] = {
    "string": ("text", _is_text),
    "character": ("text", _is_text),
    "integer": ("an integer", _is_integer),
    "long": ("an integer", _is_integer),
    "float": ("a number", _is_number),
    "double": ("a number", _is_number),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
    "timestamp": ("a timestamp in epoch seconds", _is_moment),
    "blob": ("bytes", _is_bytes),
}


def _broken(shape: Shape, value: Any, strict: bool) -> Iterator[str]:
    """Give the rules of a scalar's shape that a value of the right type breaks."""
    kind = shape.type_name
    if kind == "string":
        if shape.enum and value not in shape.enum:
            yield f"Member must satisfy enum value set: [{_enum_text(value, shape.enum)}]"
        yield from _sizes(shape, len(value), strict)
        pattern = shape.metadata.get("pattern") if strict else None
        if pattern is not None and not _matches(pattern, value):
            yield f"Member must satisfy regular expression pattern: {pattern}"
    elif kind == "blob":
        if not hasattr(value, "read"):
            yield from _sizes(shape, len(value), strict)
    elif kind != "boolean":
        # Written so that NaN, which compares with nothing, breaks a bound.
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        if least is not None and not value >= least:
            yield f"Member must have value greater than or equal to {least}"
        if most is not None and not value <= most:
            yield f"Member must have value less than or equal to {most}"


def _sizes(shape: Shape, size: int, strict: bool) -> Iterator[str]:
    """Give the rules for the length of a text, list, map or blob that a size breaks."""
    metadata = shape.metadata
    least, most = metadata.get("min"), metadata.get("max")
    if least is not None and size < least:
        yield f"Member must have length greater than or equal to {least}"
    if most is not None and size > most and (strict or shape.name not in RELAXED_MAXIMA):
        yield f"Member must have length less than or equal to {most}"


def _matches(pattern: str, value: str) -> bool:
    compiled = _compiled(pattern)
    return compiled is None or compiled.fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """Compile one of the model's patterns, which are Java's; None when Python has no such pattern."""
    for java, python in _JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    try:
        return re.compile(pattern)
    except re.error:
        return None


def _enum_text(value: str, words: list[str]) -> str:
    if len(words) <= _SHOWN_ENUM:
        return ", ".join(words)
    near = difflib.get_close_matches(value[:_SHOWN], words, n=5, cutoff=0.3) or words[:5]
    return f"{', '.join(near)}, ... ({len(words)} values)"


def _set_members(value: Mapping[str, Any]) -> int:
    return sum(item is not None for item in value.values())


def _under(path: str, name: str) -> str:
    """Join a member to a path as AWS does: the first letter of a member is small."""
    step = name[:1].lower() + name[1:]
    return f"{path}.{step}" if path else step


def _cut(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return f"{text[:_SHOWN]}..." if len(text) > _SHOWN else text
