"""AWS's SearchExpression to and from the tree, and its limits.

::

    {"Filters": [{Name, Operator = Equals, Value}], "NestedFilters": [{NestedPropertyName, Filters}],
     "SubExpressions": [...], "Operator": "And" | "Or"}

SageMaker's limits (20 a list, 50 in all, one Contains) hold only under `--aws-limits`: nothing here needs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.search.tree import Condition, Group, Nested, Node, Not, Operator, Words
from trialbook.search.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.model import Document

MAX_LIST = 20
MAX_TOTAL = 50
_VALUELESS = frozenset({Operator.EXISTS, Operator.NOT_EXISTS})
_WIRE = {operator.value: operator for operator in Operator if operator.value[0].isupper()}
# The model's own exceptions from the rule of one Contains an expression.
_MANY_CONTAINS = (
    "experimentname",
    "trialname",
    "trialcomponentname",
    "displayname",
    "tags",
    "inputartifacts",
    "outputartifacts",
)


def from_wire(expression: Document, *, strict: bool = False) -> Node:
    """Read a SearchExpression. Raises `ValidationError` where a filter lacks its value or a limit is broken."""
    if strict:
        _check_limits(expression)
    return _read(expression)


def _read(expression: Document) -> Group:
    nodes: list[Node] = [_condition(one) for one in expression.get("Filters", [])]
    nodes += [
        Nested(one["NestedPropertyName"], tuple(_condition(inner) for inner in one["Filters"]))
        for one in expression.get("NestedFilters", [])
    ]
    nodes += [_read(one) for one in expression.get("SubExpressions", [])]
    # An expression without filters finds everything, whatever its operator joins.
    every = expression.get("Operator", "And") == "And" or not nodes
    return Group(every, tuple(nodes))


def _condition(one: Document) -> Condition:
    operator = _WIRE[one.get("Operator", "Equals")]
    if operator in _VALUELESS:
        return Condition(one["Name"], operator)
    if "Value" not in one:
        raise ValidationError(
            f"The filter on '{one['Name']}' has no Value, which the operator {operator.value} needs; "
            "Exists and NotExists go without."
        )
    if operator is Operator.IN:
        return Condition(one["Name"], operator, tuple(part.strip() for part in one["Value"].split(",")))
    return Condition(one["Name"], operator, one["Value"])


def _check_limits(expression: Document) -> None:
    conditions, total = _count(expression)
    if total > MAX_TOTAL:
        raise ValidationError(
            f"A SearchExpression may have at most {MAX_TOTAL} filters, nested filters and sub-expressions in all; "
            f"this one has {total}."
        )
    contains = [
        one["Name"]
        for one in conditions
        if one.get("Operator") == "Contains" and not one["Name"].lower().startswith(_MANY_CONTAINS)
    ]
    if len(contains) > 1:
        raise ValidationError("'CONTAINS' operator usage limit of 1 exceeded.")


def _count(expression: Document) -> tuple[list[Document], int]:
    """Give all conditions, and how many filters, nested filters and sub-expressions there are; checks each list."""
    conditions = list(expression.get("Filters", []))
    total = 0
    for member in ("Filters", "NestedFilters", "SubExpressions"):
        count = len(expression.get(member, []))
        if count > MAX_LIST:
            raise ValidationError(f"{member} may hold at most {MAX_LIST} elements; this one holds {count}.")
        total += count
    for one in expression.get("NestedFilters", []):
        conditions += one["Filters"]
        total += len(one["Filters"])
    for one in expression.get("SubExpressions", []):
        inner, count = _count(one)
        conditions += inner
        total += count
    return conditions, total


def to_wire(node: Node, is_single: Callable[[str], bool] = lambda _: False) -> Document:
    """Write a tree as a SearchExpression.

    Parameters
    ----------
    is_single
        Whether a record has at most one value of a property. `between` and the inverse of a condition have no AWS
        form; for such properties they are rewritten with the same meaning.

    Raises
    ------
    ValidationError
        When some part has no AWS form; it names the part.
    """
    node = _positive(node, is_single)
    if not isinstance(node, Group):
        node = Group(every=True, nodes=(node,))
    return _write(node)


def _write(group: Group) -> Document:
    if not group.nodes:
        if group.every:
            return {}
        raise ValidationError("An 'or' of nothing finds nothing and has no form in AWS's SearchExpression.")
    expression: Document = {}
    for node in group.nodes:
        if isinstance(node, Condition):
            expression.setdefault("Filters", []).append(_filter(node))
        elif isinstance(node, Nested):
            filters = [_filter(one) for one in node.conditions]
            nested = {"NestedPropertyName": node.property, "Filters": filters}
            expression.setdefault("NestedFilters", []).append(nested)
        elif isinstance(node, Group):
            expression.setdefault("SubExpressions", []).append(_write(node))
    expression["Operator"] = "And" if group.every else "Or"
    return expression


def _filter(condition: Condition) -> Document:
    found: Document = {"Name": condition.name, "Operator": condition.operator.value}
    if condition.operator in _VALUELESS:
        return found
    if condition.operator.value not in _WIRE:
        raise _no_form(f"the operator '{condition.operator.value}'")
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    texts = [one if isinstance(one, str) else text_of(one) for one in values if one is not None]
    if condition.operator is Operator.IN and any("," in text or text != text.strip() for text in texts):
        raise _no_form("a list whose values hold commas")
    return {**found, "Value": ",".join(texts)}


def _positive(node: Node, is_single: Callable[[str], bool]) -> Node:
    """Give the node without Not and without `between`."""
    match node:
        case Not(inner):
            return _positive(_inverse(inner, is_single), is_single)
        case Group(every, nodes):
            return Group(every, tuple(_positive(one, is_single) for one in nodes))
        case Condition(name, Operator.BETWEEN, (low, high)) if is_single(name):
            ends = (
                Condition(name, Operator.GREATER_THAN_OR_EQUAL_TO, low),
                Condition(name, Operator.LESS_THAN_OR_EQUAL_TO, high),
            )
            return Group(every=True, nodes=ends)
        case Words():
            raise _no_form(f"the bare words '{node.text}'")
        case _:
            return node


def _inverse(node: Node, is_single: Callable[[str], bool]) -> Node:
    match node:
        case Not(inner):
            return inner
        case Group(every, nodes):
            return Group(not every, tuple(Not(one) for one in nodes))
        case Condition(name, Operator.EXISTS):
            return Condition(name, Operator.NOT_EXISTS)
        case Condition(name, Operator.NOT_EXISTS):
            return Condition(name, Operator.EXISTS)
        case Condition(name, Operator.EQUALS, value) if is_single(name):
            either = (Condition(name, Operator.NOT_EQUALS, value), Condition(name, Operator.NOT_EXISTS))
            return Group(every=False, nodes=either)
        case Condition(name, Operator.NOT_EQUALS, value) if is_single(name):
            either = (Condition(name, Operator.EQUALS, value), Condition(name, Operator.NOT_EXISTS))
            return Group(every=False, nodes=either)
        case _:
            # "not x > 3" also holds for NaN, texts and lists where "x <= 3" does not.
            raise _no_form("this 'not'")


def _no_form(what: str) -> ValidationError:
    shown = what[0].upper() + what[1:]
    return ValidationError(f"{shown} has no form in AWS's SearchExpression; Trialbook's own search takes it.")
