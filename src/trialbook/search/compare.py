"""One condition against the cells of one column: what the operators mean for each type of property.

The rules (AWS's documentation where it speaks, ours where it is silent):

- every operator but NotExists needs the property to be there; NotEquals too;
- on a property that is text by definition, only Equals, NotEquals, Contains, In, Exists and NotExists exist, and text
  compares exactly; names compare without case;
- numbers and times compare as such; NaN satisfies only Exists and NotEquals;
- where a property holds numbers or texts (parameters), each cell compares as what it is: a numeric operator never holds
  for a text. A hyperparameter that looks like a number is both;
- under SageMaker's limits an integer Value makes a hyperparameter's decimals integers (the model's words: "if Value is
  an integer the decimal values are treated as integers").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ValidationError
from trialbook.search.flatten import Type
from trialbook.search.tree import Condition, Operator
from trialbook.search.values import is_integer, number_of, text_of, time_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from trialbook.search.entries import Entries
    from trialbook.search.texts import Texts

    Numbers = NDArray[np.float64]
    Mask = NDArray[np.bool_]

_ORDERS: dict[Operator, Callable[[Numbers, float], Mask]] = {
    Operator.GREATER_THAN: np.greater,
    Operator.GREATER_THAN_OR_EQUAL_TO: np.greater_equal,
    Operator.LESS_THAN: np.less,
    Operator.LESS_THAN_OR_EQUAL_TO: np.less_equal,
}
_NUMERIC_ONLY = {*_ORDERS, Operator.BETWEEN}
_TEXT_ONLY = {Operator.CONTAINS, Operator.CONTAINS_FOLDED, Operator.EQUALS_FOLDED}
_PRESENCE = {Operator.EXISTS, Operator.NOT_EXISTS}
_COMPARED_AS = {
    Type.TEXT: "text",
    Type.NAME: "text without case",
    Type.FLAG: "true or false",
    Type.NUMBER: "number",
    Type.TIME: "time",
    Type.MIXED: "number where the record holds a number, else text",
    Type.LOOSE: "number where the text looks like one, else text",
}
_TIME_FORM = "a time as YYYY-mm-ddTHH:MM:SS (Z or an offset may follow), a date, or epoch seconds"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition made ready for one type of property.

    Attributes
    ----------
    numbers
        The values as numbers; None for one that is not a number.
    texts
        The values as texts.
    truncate
        Whether cells are cut to integers before each of `numbers` is compared.
    folded
        Whether texts are compared without case.
    """

    operator: Operator
    compared_as: str
    numbers: tuple[float | None, ...] = ()
    texts: tuple[str, ...] = ()
    truncate: tuple[bool, ...] = ()
    folded: bool = False


def prepare(condition: Condition, kind: Type, *, strict: bool = False) -> Comparison:
    """Read a condition's values as the property's type asks. Raises ValidationError when they, or it, do not fit."""
    operator = condition.operator
    if operator in _PRESENCE:
        return Comparison(operator, "presence")
    _check_operator(condition, kind)
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if None in values:
        raise ValidationError(f"The operator {operator.value} needs a value for {condition.name}.")
    given = [value for value in values if value is not None]
    if operator is Operator.BETWEEN and len(given) != 2:
        raise ValidationError(f"between needs two values for {condition.name}, not {len(given)}.")
    compared_as = "text without case" if operator.value.endswith("without case") else _COMPARED_AS[kind]
    texts = _texts(given, operator, kind)
    if kind is Type.FLAG:
        texts = tuple(text.casefold() for text in texts)
    numbers = tuple(_number(value, condition, kind) for value in given) if kind.has_numbers else ()
    if kind in {Type.MIXED, Type.LOOSE} and not any(number is not None for number in numbers):
        compared_as = "text" if operator not in _NUMERIC_ONLY else "nothing: the value is not a number"
    cut = tuple(strict and kind is Type.LOOSE and isinstance(one, str) and is_integer(one) for one in given)
    return Comparison(operator, compared_as, numbers, texts, cut, folded=kind is Type.NAME)


def test(entries: Entries, comparison: Comparison) -> NDArray[np.bool_]:
    """(m,) whether each entry satisfies the comparison (for NOT_EXISTS: whether it is empty)."""
    operator = comparison.operator
    if operator in _PRESENCE:
        present = entries.present()
        return present if operator is Operator.EXISTS else ~present
    if operator in {Operator.EQUALS, Operator.IN}:
        return _equal(entries, comparison)
    if operator is Operator.NOT_EQUALS:
        return entries.present() & ~_equal(entries, comparison)
    if operator in _NUMERIC_ONLY:
        return _ordered(entries, comparison)
    return _matching(entries, comparison)


def _texts(given: list[str | float], operator: Operator, kind: Type) -> tuple[str, ...]:
    """Give the values as texts; a number given as such is none where the property can hold numbers."""
    if not kind.has_texts:
        return ()
    also_numbers = not kind.has_numbers or operator in _TEXT_ONLY
    return tuple(
        value if isinstance(value, str) else text_of(value) for value in given if isinstance(value, str) or also_numbers
    )


def _check_operator(condition: Condition, kind: Type) -> None:
    name, operator = condition.name, condition.operator
    if not kind.has_numbers and operator in _NUMERIC_ONLY:
        raise ValidationError(
            f"The operator {operator.value} is not supported for text, and {name} is text. "
            "Use Equals, NotEquals, Contains, In, Exists or NotExists."
        )
    if not kind.has_texts and operator in _TEXT_ONLY:
        what = "time" if kind is Type.TIME else "number"
        raise ValidationError(
            f"The operator {operator.value} is supported for text only, and {name} is a {what}. "
            "Use Equals, NotEquals, GreaterThan(OrEqualTo), LessThan(OrEqualTo), Exists or NotExists."
        )


def _number(value: str | float, condition: Condition, kind: Type) -> float | None:
    if not isinstance(value, str):
        return float(value)
    number = time_of(value) if kind is Type.TIME else number_of(value)
    if number is None and kind is Type.TIME:
        raise ValidationError(f"{condition.name} is a time, and '{value}' is not {_TIME_FORM}.")
    if number is None and kind is Type.NUMBER:
        raise ValidationError(f"{condition.name} is a number, and '{value}' is not one.")
    return number


def _equal(entries: Entries, comparison: Comparison) -> Mask:
    mask = np.zeros(len(entries), np.bool_)
    if entries.number is not None and entries.has is not None:
        for number, cut in zip(comparison.numbers, comparison.truncate, strict=True):
            if number is not None:
                mask |= entries.has & (_cells(entries.number[0], cut=cut) == number)
    if entries.code is not None:
        find = entries.texts.equal_folded if comparison.folded else entries.texts.equal
        for text in comparison.texts:
            mask |= _coded(entries.code, entries.texts, find(text))
    return mask


def _ordered(entries: Entries, comparison: Comparison) -> Mask:
    if entries.number is None or entries.has is None or None in comparison.numbers:
        return np.zeros(len(entries), np.bool_)
    numbers = [number for number in comparison.numbers if number is not None]
    cells = [_cells(entries.number[0], cut=cut) for cut in comparison.truncate]
    if comparison.operator is Operator.BETWEEN:
        return entries.has & (cells[0] >= numbers[0]) & (cells[1] <= numbers[1])
    return entries.has & _ORDERS[comparison.operator](cells[0], numbers[0])


def _matching(entries: Entries, comparison: Comparison) -> Mask:
    if entries.code is None:
        return np.zeros(len(entries), np.bool_)
    texts = entries.texts
    find = {
        Operator.CONTAINS: texts.containing_folded if comparison.folded else texts.containing,
        Operator.CONTAINS_FOLDED: texts.containing_folded,
        Operator.EQUALS_FOLDED: texts.equal_folded,
    }[comparison.operator]
    return _coded(entries.code, texts, find(comparison.texts[0]))


def _cells(numbers: Numbers, *, cut: bool) -> Numbers:
    return np.trunc(numbers) if cut else numbers


def _coded(code: NDArray[np.int32], texts: Texts, hits: NDArray[np.int64]) -> Mask:
    """(m,) whether the entry's code is one of the hits."""
    if len(hits) == 0:
        return np.zeros(len(code), np.bool_)
    if len(hits) == 1:
        one: Mask = code == hits[0]
        return one
    # One place more, so that the code -1 of the missing finds a False.
    table = np.zeros(len(texts) + 1, np.bool_)
    table[hits] = True
    mask: Mask = table[code]
    return mask
