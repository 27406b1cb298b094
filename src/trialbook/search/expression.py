"""AWS's SearchExpression, read into a tree and written from one.

::

    {Filters: [{Name, Operator, Value}], NestedFilters: [{NestedPropertyName, Filters}],
     SubExpressions: [...], Operator: And | Or}

The lists of one expression are joined by its Operator. AWS has no Not, Between or bare words: the first two are written
as what says exactly the same where there is such a thing, the rest is an error that says what to write instead.
SageMaker's limits (20 a list, 50 in all, one Contains) hold when `strict`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.search.text import format_node
from trialbook.search.tree import Condition, Group, Nested, Node, Not, Operator
from trialbook.search.values import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trialbook.model import Document

_WIRE_OPERATORS = {
    operator.value: operator
    for operator in Operator
    if operator not in {Operator.BETWEEN, Operator.CONTAINS_FOLDED, Operator.EQUALS_FOLDED}
}
_PRESENCE = {Operator.EXISTS, Operator.NOT_EXISTS}
_LISTS = ("Filters", "NestedFilters", "SubExpressions")
LONGEST_LIST = 20
MOST_IN_ALL = 50
LONGEST_NAME = 255
LONGEST_VALUE = 1024
DEEPEST = 100
# The properties that the model's documentation of Contains excepts from "only one Contains operator".
_MANY_CONTAINS = ("experimentname", "trialname", "trialcomponentname", "displayname")
_MANY_CONTAINS_UNDER = ("tags.", "inputartifacts.", "outputartifacts.")


def from_wire(expression: Document, strict: bool = False) -> Node:
    """Read a SearchExpression.

    Parameters
    ----------
    expression
        As the wire has it; an empty one finds everything.
    strict
        Whether SageMaker's limits hold.

    Raises
    ------
    ValidationError
        A filter lacks its value, an operator is unknown, a limit is broken.
    """
    reader = _Reader(strict)
    node = reader.read(expression, 0)
    reader.check_limits()
    return node


def to_wire(node: Node, single: Callable[[str], bool] = lambda _: True) -> Document:
    """Write a tree as a SearchExpression.

    Parameters
    ----------
    node
        Any tree.
    single
        Whether a record has at most one value of a property (`Schema.is_single`): only then has a negated comparison an
        opposite in AWS's form.

    Raises
    ------
    ValidationError
        AWS's form cannot say it; the message names the part.
    """
    return _Writer(single).expression(node)


@dataclass(slots=True)
class _Reader:
    strict: bool
    total: int = 0
    contains: list[str] = field(default_factory=list)

    def read(self, expression: Document, depth: int) -> Node:
        if depth > DEEPEST:
            raise ValidationError(f"The search expression has sub-expressions deeper than {DEEPEST} levels.")
        nodes: list[Node] = []
        for member in _LISTS:
            items = self._items(expression, member)
            for item in items:
                if member == "Filters":
                    nodes.append(self._filter(item))
                elif member == "NestedFilters":
                    nodes.append(self._nested(item))
                else:
                    nodes.append(self.read(item, depth + 1))
        operator = expression.get("Operator") or "And"
        if operator not in {"And", "Or"}:
            raise ValidationError(f"Unknown boolean operator '{operator}'. Use And or Or.")
        if len(nodes) == 1:
            return nodes[0]
        return Group(every=operator == "And" or not nodes, nodes=tuple(nodes))

    def check_limits(self) -> None:
        if not self.strict:
            return
        if self.total > MOST_IN_ALL:
            raise ValidationError(
                f"The search expression holds {self.total} filters, nested filters and sub-expressions; "
                f"at most {MOST_IN_ALL} are allowed."
            )
        if len(self.contains) > 1:
            raise ValidationError("'CONTAINS' operator usage limit of 1 exceeded.")

    def _items(self, holder: Document, member: str) -> Sequence[Document]:
        items: Sequence[Document] = holder.get(member) or ()
        self.total += len(items)
        if self.strict and len(items) > LONGEST_LIST:
            raise ValidationError(f"{member} holds {len(items)} items; at most {LONGEST_LIST} are allowed.")
        return items

    def _nested(self, item: Document) -> Node:
        name = item.get("NestedPropertyName")
        if not name:
            raise ValidationError("A nested filter needs a NestedPropertyName.")
        conditions = tuple(self._filter(one) for one in self._items(item, "Filters"))
        if not conditions:
            raise ValidationError(f"The nested filter of {name} needs at least one filter.")
        return Nested(name, conditions)

    def _filter(self, item: Document) -> Condition:
        name, word = item.get("Name"), item.get("Operator") or "Equals"
        if not name:
            raise ValidationError("A filter needs a Name.")
        operator = _WIRE_OPERATORS.get(word)
        if operator is None:
            raise ValidationError(f"Unknown operator '{word}' for {name}. Use one of {', '.join(_WIRE_OPERATORS)}.")
        if operator in _PRESENCE:
            return Condition(name, operator)
        value = item.get("Value")
        if value is None or value == "":
            raise ValidationError(
                f"The filter of {name} with the operator {word} needs a Value of at least 1 character."
            )
        if self.strict and (len(name) > LONGEST_NAME or len(value) > LONGEST_VALUE):
            raise ValidationError(
                f"The filter of {name} is too long: a Name has at most {LONGEST_NAME} characters, "
                f"a Value at most {LONGEST_VALUE}."
            )
        if operator is Operator.CONTAINS and not _may_repeat(name):
            self.contains.append(name)
        if operator is Operator.IN:
            return Condition(name, operator, tuple(one.strip() for one in value.split(",")))
        return Condition(name, operator, value)


def _may_repeat(name: str) -> bool:
    folded = name.casefold()
    return folded in _MANY_CONTAINS or folded.startswith(_MANY_CONTAINS_UNDER)


@dataclass(frozen=True, slots=True)
class _Writer:
    single: Callable[[str], bool]

    def expression(self, node: Node) -> Document:
        if isinstance(node, Group):
            return self._group(node)
        member, item = self._item(node)
        return item if member == "SubExpressions" else {member: [item]}

    def _group(self, group: Group) -> Document:
        if not group.nodes:
            if group.every:
                return {}
            raise ValidationError("A search that finds nothing cannot be written as a SearchExpression.")
        found: Document = {}
        for node in group.nodes:
            if node == Group(every=True, nodes=()):
                if group.every:
                    continue
                return {}
            member, item = self._item(node)
            found.setdefault(member, []).append(item)
        if found and not group.every:
            found["Operator"] = "Or"
        return found

    def _item(self, node: Node) -> tuple[str, Document]:
        match node:
            case Condition(operator=Operator.BETWEEN, value=(low, high)):
                ends = (Operator.GREATER_THAN_OR_EQUAL_TO, low), (Operator.LESS_THAN_OR_EQUAL_TO, high)
                if not self.single(node.name):
                    raise ValidationError(
                        f"between on {node.name}, which has many values, has no form in AWS's Search."
                    )
                return self._item(Group(True, tuple(Condition(node.name, operator, end) for operator, end in ends)))
            case Condition(operator=Operator.IN, value=tuple(values)) if any(_splits(value) for value in values):
                return self._item(Group(False, tuple(Condition(node.name, Operator.EQUALS, value) for value in values)))
            case Condition():
                return "Filters", _write_filter(node)
            case Nested():
                filters = [_write_filter(one) for one in node.conditions]
                return "NestedFilters", {"NestedPropertyName": node.property, "Filters": filters}
            case Group():
                return "SubExpressions", self._group(node)
            case Not():
                return self._item(self._negate(node.node))
            case _:
                raise ValidationError(
                    f"The bare words {format_node(node)} have no form in AWS's Search: name the property, for example "
                    f"DisplayName contains {format_node(node)}."
                )

    def _negate(self, node: Node) -> Node:
        """Give the node that holds exactly where `node` does not."""
        match node:
            case Not():
                return node.node
            case Group():
                return Group(not node.every, tuple(Not(one) for one in node.nodes))
            case Condition(operator=Operator.EXISTS):
                return replace(node, operator=Operator.NOT_EXISTS)
            case Condition(operator=Operator.NOT_EXISTS):
                return replace(node, operator=Operator.EXISTS)
            case Condition() if self.single(node.name):
                return self._opposite(node)
            case _:
                raise _no_opposite(node)

    @staticmethod
    def _opposite(node: Condition) -> Node:
        """Give the opposite of a comparison with a single value: a record without one is in it, too."""
        missing = Condition(node.name, Operator.NOT_EXISTS)
        match node:
            case Condition(operator=Operator.EQUALS):
                other: Node = replace(node, operator=Operator.NOT_EQUALS)
            case Condition(operator=Operator.NOT_EQUALS):
                other = replace(node, operator=Operator.EQUALS)
            case Condition(operator=Operator.IN, value=tuple(values)):
                other = Group(True, tuple(Condition(node.name, Operator.NOT_EQUALS, value) for value in values))
            case _:
                # NaN and texts are neither above nor below a number, so the other half is not the opposite.
                raise _no_opposite(node)
        return Group(every=False, nodes=(other, missing))


def _no_opposite(node: Node) -> ValidationError:
    return ValidationError(
        f"'not {format_node(node)}' has no exact form in AWS's Search. Write the opposite comparison yourself, and "
        "'not exists' where a missing value should count."
    )


def _splits(value: str | float) -> bool:
    return isinstance(value, str) and ("," in value or value != value.strip())


def _write_filter(condition: Condition) -> Document:
    operator, value = condition.operator, condition.value
    if operator.value not in _WIRE_OPERATORS:
        raise ValidationError(f"'{format_node(condition)}' has no form in AWS's Search.")
    written: Document = {"Name": condition.name, "Operator": operator.value}
    if operator not in _PRESENCE:
        values = value if isinstance(value, tuple) else (value,)
        written["Value"] = ",".join(one if isinstance(one, str) else text_of(one) for one in values if one is not None)
    return written
