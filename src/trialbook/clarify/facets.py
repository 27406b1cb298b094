"""Which rows are meant: a value, a list of values or a threshold, laid on an axis of the table.

A bare value can mean "equal to" or "above". The rule is Clarify's: text, booleans and whole numbers that repeat are
categories; other numbers are continuous and a value is a threshold, exclusive. Two things are decided otherwise, so
that a short column of zeros and ones is never turned around: a column of at most two distinct whole numbers is
categorical however few its rows are, and `Threshold` and `Values` say outright what is meant.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from trialbook.clarify.axes import CONTINUOUS_SHARE, Axis
from trialbook.clarify.columns import Scalar, listed
from trialbook.errors import ClarifyError

_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Threshold:
    """Everything strictly above a number."""

    at: float


@dataclass(frozen=True)
class Values:
    """Exactly these values."""

    values: tuple[Scalar, ...]

    def __init__(self, *values: Scalar) -> None:
        object.__setattr__(self, "values", values)


@dataclass(frozen=True)
class Selection:
    """Rows picked by the codes of one axis.

    Attributes
    ----------
    chosen
        (codes,) True where the code is meant.
    known
        (codes,) False where the code stands for a missing value.
    text
        How the report names it: `0`, `a,b`, `(40, 90]`.
    """

    chosen: NDArray[np.bool_]
    known: NDArray[np.bool_]
    text: str


Wanted = Threshold | Values | Scalar | list[Any] | tuple[Any, ...] | NDArray[Any]


def simplify(wanted: Wanted) -> Threshold | Values | Scalar:
    """Turn a list into `Values`, a list of one into its value; an empty list into None."""
    plain: Any = wanted.tolist() if isinstance(wanted, np.ndarray | np.generic) else wanted
    if isinstance(plain, list | tuple):
        return None if not plain else plain[0] if len(plain) == 1 else Values(*plain)
    return cast("Threshold | Values | Scalar", plain)


def split_of(wanted: Wanted) -> float | None:
    """Give the number that a column of many numbers can be split at; None when there is none."""
    wanted = simplify(wanted)
    value = wanted.at if isinstance(wanted, Threshold) else wanted
    if isinstance(value, Values) or value is None:
        return None
    try:
        return float(value)
    except ValueError:
        return None


def select(
    axis: Axis, counts: NDArray[np.int64], wanted: Wanted, role: str, *, may_be_empty: bool = False
) -> list[Selection]:
    """Lay what is wanted on an axis.

    Parameters
    ----------
    axis
        What the codes stand for.
    counts
        (codes,) rows of each code.
    wanted
        None takes every value, each by itself, in the order of the axis.
    role
        Names the column in errors, such as `facet 'Sex'`.
    may_be_empty
        Whether a selection of nobody is an answer (predictions) rather than an error (labels, facets).

    Raises
    ------
    ClarifyError
        If nobody is selected, or a continuous column is given no threshold.
    """
    axis = _numbers(axis)
    known = np.array([value is not None for value in axis.values])
    present = [code for code, value in enumerate(axis.values) if value is not None and counts[code]]
    if not present and not may_be_empty:
        message = f"{role}: the column holds no value"
        raise ClarifyError(message)
    wanted = simplify(wanted)
    continuous = is_continuous(axis, counts)
    if isinstance(wanted, Threshold) or (continuous and not isinstance(wanted, Values) and wanted is not None):
        at = wanted.at if isinstance(wanted, Threshold) else _number(wanted, role)
        return [_above(axis, present, known, at, role, may_be_empty=may_be_empty)]
    if wanted is None:
        if continuous:
            message = f"{role}: a continuous column needs a threshold; it goes from {axis.low:g} to {axis.high:g}"
            raise ClarifyError(message)
        return [Selection(_only(axis, [code]), known, text_of(axis.values[code])) for code in present]
    asked = wanted.values if isinstance(wanted, Values) else (wanted,)
    codes = [_find(axis, counts, present, value, role, may_be_empty=may_be_empty) for value in asked]
    text = ",".join(text_of(value) for value in asked)
    return [Selection(_only(axis, [code for code in codes if code is not None]), known, text)]


def is_continuous(axis: Axis, counts: NDArray[np.int64]) -> bool:
    """Say whether a bare value is a threshold on this axis: see the module's docstring for the rule."""
    axis = _numbers(axis)
    if axis.categorical:
        return False
    if axis.split is not None:
        return axis.few is None or not all(number.is_integer() for number in axis.few) or axis.split not in axis.few
    present = [value for code, value in enumerate(axis.values) if value is not None and counts[code]]
    if any(isinstance(value, str | bool) for value in present) or len(present) <= 2:
        return False
    if not axis.whole:
        return True
    rows = sum(int(counts[code]) for code, value in enumerate(axis.values) if value is not None)
    return len(present) >= CONTINUOUS_SHARE * rows


def _numbers(axis: Axis) -> Axis:
    """Read text that is all whole numbers as numbers, unless two texts are one number."""
    texts = [value for value in axis.values if value is not None]
    if axis.split is not None or not texts or not all(isinstance(value, str) for value in texts):
        return axis
    try:
        numbers = [None if value is None else int(value) for value in axis.values]
    except ValueError:
        return axis
    found = [number for number in numbers if number is not None]
    if len(set(found)) < len(found):
        return axis
    return Axis(tuple(numbers), None, min(found), max(found), None, whole=True)


def _number(value: Scalar, role: str) -> float:
    try:
        return float(cast("float", value))
    except ValueError:
        message = f"{role}: the column is continuous, so {value!r} must be a number, its threshold"
        raise ClarifyError(message) from None


def _above(
    axis: Axis, present: list[int], known: NDArray[np.bool_], at: float, role: str, *, may_be_empty: bool
) -> Selection:
    values = [axis.values[code] for code in present]
    if axis.split is None and any(isinstance(value, str) for value in values):
        message = f"{role}: a threshold needs numbers, the column holds {listed(values, 5)}"
        raise ClarifyError(message)
    if axis.split is not None:
        if axis.split != at:
            message = f"{role}: the rows were split at {axis.split:g}, not at {at:g}"
            raise ClarifyError(message)
        chosen, low, high = _only(axis, [2]), axis.low, axis.high
    else:
        numbers = [float(cast("float", value)) for value in values]
        low, high = (min(numbers), max(numbers)) if numbers else (None, None)
        chosen = _only(axis, [code for code in present if float(cast("float", axis.values[code])) > at])
    if not may_be_empty and (high is None or at >= high):
        message = (
            f"{role}: the threshold {at:g} selects nobody (it is exclusive); the column goes from {low:g} to {high:g}"
        )
        raise ClarifyError(message)
    return Selection(chosen, known, interval(at, high, whole=axis.whole))


def interval(at: float, high: float | None, *, whole: bool) -> str:
    """Write what lies above a threshold, up to the greatest value there is."""

    def written(number: float) -> str:
        return str(int(number)) if whole and float(number).is_integer() else str(float(number))

    return f"({written(at)}, {'' if high is None else written(high)}]"


def _find(
    axis: Axis, counts: NDArray[np.int64], present: list[int], value: Scalar, role: str, *, may_be_empty: bool
) -> int | None:
    """Give the code of a value; `1`, `'1'`, `1.0` and True are taken for each other where the column calls for it."""
    if axis.split is not None:
        return _side(axis, value, role)
    for code in present:
        if same(axis.values[code], value):
            return code
    if may_be_empty:
        return None
    held = [axis.values[code] for code in sorted(present, key=lambda code: -int(counts[code]))]
    close = difflib.get_close_matches(str(value), [str(one) for one in held], 1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    message = f"{role}: the value {value!r} never occurs; the column holds {listed(held)}.{hint}"
    raise ClarifyError(message)


def _side(axis: Axis, value: Scalar, role: str) -> int | None:
    """Give the part of a split axis (below, at, above) that holds this one of its few values and no other."""
    at = cast("float", axis.split)
    number = _number(value, role)
    part = int(number >= at) + int(number > at)
    others = [few for few in axis.few or () if few != number]
    if axis.few is None or any(int(few >= at) + int(few > at) == part for few in others):
        message = f"{role}: the column holds more numbers than were kept apart; give a threshold instead of {value!r}"
        raise ClarifyError(message)
    return part if number in axis.few else None


def same(held: Scalar, asked: Scalar) -> bool:
    """Say whether a value of the column is the one asked for, after coercion to the column's type."""
    if held == asked and isinstance(held, str) == isinstance(asked, str):
        return True
    if isinstance(held, bool):
        return _TRUTH.get(str(asked).lower()) is held
    if isinstance(held, str):
        return held == text_of(asked)
    try:
        return held is not None and float(held) == float(cast("float", asked))
    except (TypeError, ValueError):
        return False


def text_of(value: Scalar) -> str:
    """Write a value as the report does."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _only(axis: Axis, codes: list[int]) -> NDArray[np.bool_]:
    chosen = np.zeros(len(axis.values), dtype=np.bool_)
    chosen[codes] = True
    return chosen
