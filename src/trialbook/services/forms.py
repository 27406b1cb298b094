"""Forms: what a request of Trialbook's own API may hold, said once as a frozen dataclass.

The same dataclass reads the request, names what is wrong with it, and describes itself as JSON Schema for the OpenAPI
document::

    limit: Annotated[int, Says("Records on a page."), Bounds(1, 1000)] = 20

A member's type is `str`, `int`, `float`, `bool`, `Document` (any object), `Literal[...]`, another form, a tuple of
any of these (a JSON list), or a union of them; `| None` lets null stand for the default.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union

from trialbook.errors import ValidationError

if typing.TYPE_CHECKING:
    from trialbook.model import Document

T = TypeVar("T")

_JSON = {str: "text", int: "a whole number", float: "a number", bool: "true or false", dict: "an object"}
_SCHEMA = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object"}


@dataclasses.dataclass(frozen=True, slots=True)
class Says:
    """What a member means, for readers of the API."""

    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the largest a number may be, both included; None is no bound."""

    least: float | None = None
    most: float | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    """One member of a form."""

    name: str
    type: Any
    says: str
    bounds: Bounds
    required: bool
    default: object


@cache
def members(form: type) -> dict[str, Member]:
    """Give the members of a form by name."""
    hints = typing.get_type_hints(form, include_extras=True)
    found = {}
    for field in dataclasses.fields(form):
        kind, *notes = typing.get_args(hints[field.name]) if _is_annotated(hints[field.name]) else (hints[field.name],)
        says = next((one.text for one in notes if isinstance(one, Says)), "")
        bounds = next((one for one in notes if isinstance(one, Bounds)), Bounds())
        required = field.default is dataclasses.MISSING
        found[field.name] = Member(field.name, kind, says, bounds, required, None if required else field.default)
    return found


def read(form: type[T], request: Document, where: str = "") -> T:
    """Read a request.

    Raises
    ------
    ValidationError
        Naming the member, the rule that it breaks, and the nearest right answer.
    """
    known = members(typing.cast("type", form))
    prefix = f"{where}." if where else ""
    values: dict[str, object] = {}
    for name, value in request.items():
        if name not in known:
            raise ValidationError(_unknown(f"{prefix}{name}", name, known))
        if value is not None:
            values[name] = _value(known[name].type, value, f"{prefix}{name}", known[name].bounds)
    for member in known.values():
        if member.required and member.name not in values:
            raise ValidationError(f"'{prefix}{member.name}' must be given: {_expected(member.type, member.bounds)}.")
    return form(**values)


def schema(form: type) -> Document:
    """Describe a form as JSON Schema."""
    known = members(form)
    described: Document = {
        "type": "object",
        "additionalProperties": False,
        "properties": {one.name: _member_schema(one) for one in known.values()},
    }
    if form.__doc__:
        described["description"] = form.__doc__.split("\n\n")[0].replace("\n    ", " ")
    required = [one.name for one in known.values() if one.required]
    if required:
        described["required"] = required
    return described


def words(member: Member) -> str:
    """Say in words what a member may be."""
    return _expected(member.type, member.bounds)


def _member_schema(member: Member) -> Document:
    described = _type_schema(member.type, member.bounds)
    if member.says:
        described["description"] = member.says
    if not member.required and member.default is not None:
        described["default"] = list(member.default) if isinstance(member.default, tuple) else member.default
    return described


def _type_schema(kind: Any, bounds: Bounds) -> Document:
    origin = typing.get_origin(kind)
    if origin is Literal:
        return {"type": "string", "enum": list(typing.get_args(kind))}
    if origin is tuple:
        return {"type": "array", "items": _type_schema(typing.get_args(kind)[0], bounds)}
    if origin in {Union, types.UnionType}:
        given = [one for one in typing.get_args(kind) if one is not types.NoneType]
        some = [_type_schema(one, bounds) for one in given]
        if types.NoneType in typing.get_args(kind):
            some.append({"type": "null"})
        return some[0] if len(some) == 1 else {"anyOf": some}
    if dataclasses.is_dataclass(kind):
        return schema(typing.cast("type", kind))
    described: Document = {"type": _SCHEMA[origin or kind]}
    for word, bound in (("minimum", bounds.least), ("maximum", bounds.most)):
        if bound is not None and kind in {int, float}:
            described[word] = bound
    return described


def _value(kind: Any, value: object, name: str, bounds: Bounds) -> object:
    origin = typing.get_origin(kind)
    if origin is Literal:
        return _choice(typing.get_args(kind), value, name)
    if origin is tuple:
        if not isinstance(value, list):
            raise ValidationError(f"'{name}' must be {_expected(kind, bounds)}, not {_told(value)}.")
        inner = typing.get_args(kind)[0]
        return tuple(_value(inner, one, f"{name}[{at}]", bounds) for at, one in enumerate(value))
    if origin in {Union, types.UnionType}:
        given = [one for one in typing.get_args(kind) if one is not types.NoneType]
        fitting = [one for one in given if _fits(one, value)]
        if not fitting:
            raise ValidationError(f"'{name}' must be {_expected(kind, bounds)}, not {_told(value)}.")
        return _value(fitting[0], value, name, bounds)
    if not _fits(kind, value):
        raise ValidationError(f"'{name}' must be {_expected(kind, bounds)}, not {_told(value)}.")
    if dataclasses.is_dataclass(kind):
        return read(typing.cast("type", kind), typing.cast("dict[str, Any]", value), name)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low = bounds.least is not None and value < bounds.least
        if low or (bounds.most is not None and not value <= bounds.most):
            raise ValidationError(f"'{name}' is {value}; it must be {_expected(kind, bounds)}.")
    return value


def _choice(choices: tuple[str, ...], value: object, name: str) -> object:
    if value in choices:
        return value
    near = get_close_matches(str(value).casefold(), choices, n=1, cutoff=0.5)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise ValidationError(f"'{name}' is {_told(value)}; it must be one of {', '.join(choices)}.{hint}")


def _fits(kind: Any, value: object) -> bool:
    origin = typing.get_origin(kind) or kind
    if dataclasses.is_dataclass(kind) or origin is dict:
        return isinstance(value, dict)
    if origin is tuple:
        return isinstance(value, list)
    if origin is Literal:
        return isinstance(value, str)
    if origin is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is origin


def _expected(kind: Any, bounds: Bounds) -> str:
    origin = typing.get_origin(kind)
    if origin is tuple:
        return f"a list, each of it {_expected(typing.get_args(kind)[0], bounds)}"
    if origin in {Union, types.UnionType}:
        return " or ".join(_expected(one, bounds) for one in typing.get_args(kind) if one is not types.NoneType)
    if origin is Literal:
        return f"one of {', '.join(typing.get_args(kind))}"
    if dataclasses.is_dataclass(kind):
        return f"an object with {', '.join(members(typing.cast('type', kind)))}"
    words = _JSON[origin or kind]
    if kind in {int, float} and bounds.most is not None:
        return f"{words} between {bounds.least} and {bounds.most}"
    return f"{words} of at least {bounds.least}" if kind in {int, float} and bounds.least is not None else words


def _told(value: object) -> str:
    """Say what was given: its value when that is short, else its kind."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _unknown(shown: str, name: str, known: dict[str, Member]) -> str:
    near = get_close_matches(name.casefold(), known, n=1, cutoff=0.6)
    if near:
        return f"There is no member '{shown}' here. Did you mean '{near[0]}'?"
    there = f"there are {', '.join(known)}" if known else "there are none"
    return f"There is no member '{shown}' here; {there}."


def _is_annotated(hint: Any) -> bool:
    return typing.get_origin(hint) is Annotated
