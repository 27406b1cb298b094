"""Parameters as the store keeps them: numbers stay numbers, anything else becomes text, and nothing is refused.

Whatever a script hands over is read here: nested mappings, `argparse` namespaces, dataclasses, configuration objects,
values whose text cannot be had. One bad value never takes the others along.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from numbers import Number
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.model import Document

DEEPEST = 20
"""Levels of nesting that become names with slashes; what is below is text."""
LONGEST = 65_536
"""Characters of a text value that are kept."""


def parameters_of(given: object) -> dict[str, Document]:
    """Give AWS's `TrialComponentParameterValue` of each parameter, by name.

    Raises
    ------
    TypeError
        When it is no mapping and has no fields.
    """
    return dict(_each(_mapping(given), "", 0))


def clean(text: object) -> str:
    """Give text that any store can keep: without NUL and lone surrogates. Text that cannot be had says so."""
    try:
        plain = text if type(text) is str else str(text)
    except Exception as error:  # noqa: BLE001 - a value's own __str__ may do anything
        plain = f"<{type(text).__name__} without text: {type(error).__name__}>"
    if "\0" in plain:
        plain = plain.replace("\0", "\ufffd")
    return plain if plain.isascii() else plain.encode("utf-8", "replace").decode("utf-8")


def _each(mapping: Mapping[Any, Any], prefix: str, depth: int) -> Iterator[tuple[str, Document]]:
    for key, value in mapping.items():
        name = f"{prefix}{clean(key)}" or '""'
        inner = _inner(value) if depth < DEEPEST else None
        if inner:
            yield from _each(inner, f"{name}/", depth + 1)
        else:
            yield name, _value(value)


def _inner(value: object) -> Mapping[Any, Any] | None:
    if isinstance(value, Mapping):
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _mapping(value)
    return None


def _mapping(given: Any) -> Mapping[Any, Any]:
    if isinstance(given, Mapping):
        return given
    if dataclasses.is_dataclass(given) and not isinstance(given, type):
        return {field.name: getattr(given, field.name) for field in dataclasses.fields(given)}
    if hasattr(given, "items"):
        return dict(given.items())
    if hasattr(given, "__dict__") and not isinstance(given, type):
        return {key: value for key, value in vars(given).items() if not key.startswith("_")}
    message = f"parameters are a mapping, a namespace or a dataclass, not a {type(given).__name__}"
    raise TypeError(message)


def _value(value: Any) -> Document:
    try:
        plain = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
        if isinstance(plain, Number) and not isinstance(plain, bool | complex):
            return {"NumberValue": float(plain)}  # type: ignore[arg-type]
    except Exception:  # noqa: BLE001 - a number past a float, or an object that only looks like one
        plain = value
    return {"StringValue": clean(plain)[:LONGEST]}
