"""AWS's SearchExpression: read, written, and SageMaker's limits."""

from __future__ import annotations

from typing import Any

import pytest

from trialbook.errors import ValidationError
from trialbook.search.expression import from_wire, to_wire
from trialbook.search.text import parse
from trialbook.search.tree import EVERYTHING, Condition, Group, Nested, Operator


def item(name: str = "Tags.a", operator: str | None = None, value: str | None = "1") -> dict[str, Any]:
    given = {"Name": name, "Operator": operator, "Value": value}
    return {key: one for key, one in given.items() if one is not None}


@pytest.mark.parametrize(
    ("expression", "node"),
    [
        ({}, EVERYTHING),
        ({"Operator": "Or"}, EVERYTHING),
        ({"Filters": [item()]}, Condition("Tags.a", Operator.EQUALS, "1")),
        ({"Filters": [item(operator="In", value="a, b,c")]}, Condition("Tags.a", Operator.IN, ("a", "b", "c"))),
        # Exists and NotExists ignore their Value.
        ({"Filters": [item(operator="NotExists")]}, Condition("Tags.a", Operator.NOT_EXISTS)),
        (
            {"Filters": [item(), item("b")], "SubExpressions": [{"Filters": [item("c")]}], "Operator": "Or"},
            Group(
                every=False,
                nodes=tuple(Condition(name, Operator.EQUALS, "1") for name in ("Tags.a", "b", "c")),
            ),
        ),
        (
            {"NestedFilters": [{"NestedPropertyName": "L", "Filters": [item("L.a")]}]},
            Nested("L", (Condition("L.a", Operator.EQUALS, "1"),)),
        ),
    ],
)
def test_an_expression_means_a_tree(expression: dict[str, Any], node: object) -> None:
    assert from_wire(expression) == node


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ({"Filters": [item(value=None)]}, "The filter of Tags.a with the operator Equals needs a Value"),
        ({"Filters": [item(value="")]}, "needs a Value of at least 1 character"),
        ({"Filters": [item(operator="Like")]}, "Unknown operator 'Like' for Tags.a. Use one of Equals, NotEquals"),
        ({"Filters": [item(operator="between")]}, "Unknown operator 'between'"),
        ({"Filters": [{"Value": "1"}]}, "A filter needs a Name"),
        ({"Filters": [item()], "Operator": "Xor"}, "Unknown boolean operator 'Xor'. Use And or Or."),
        ({"NestedFilters": [{"Filters": [item()]}]}, "needs a NestedPropertyName"),
        ({"NestedFilters": [{"NestedPropertyName": "L", "Filters": []}]}, "needs at least one filter"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_it(expression: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        from_wire(expression)
    assert message in raised.value.message


def deep(levels: int) -> dict[str, Any]:
    expression: dict[str, Any] = {"Filters": [item()]}
    for _ in range(levels):
        expression = {"SubExpressions": [expression]}
    return expression


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ({"Filters": [item()] * 21}, "Filters holds 21 items; at most 20"),
        ({"SubExpressions": [{"Filters": [item()] * 17}] * 3}, "holds 54 filters, nested filters and sub-expressions"),
        ({"Filters": [item("X", "Contains"), item("Y", "Contains")]}, "'CONTAINS' operator usage limit of 1 exceeded."),
        ({"Filters": [item(value="v" * 1025)]}, "a Value at most 1024"),
        ({"Filters": [item("n" * 256)]}, "a Name has at most 255"),
    ],
)
def test_the_limits_hold_when_they_are_asked_for(expression: dict[str, Any], message: str) -> None:
    from_wire(expression)
    with pytest.raises(ValidationError) as raised:
        from_wire(expression, strict=True)
    assert message in raised.value.message


def test_contains_may_repeat_on_the_properties_that_the_model_excepts() -> None:
    names = ("DisplayName", "TrialComponentName", "Tags.a", "InputArtifacts.x", "OutputArtifacts.y", "One.Other")
    from_wire({"Filters": [item(name, "Contains") for name in names]}, strict=True)


def test_endless_nesting_is_an_error_and_no_crash() -> None:
    with pytest.raises(ValidationError, match="deeper than 100 levels"):
        from_wire(deep(5000))


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("", {}),
        ("a = 1", {"Filters": [item("a", "Equals")]}),
        ("exists a", {"Filters": [item("a", "Exists", None)]}),
        ("a in (x, y)", {"Filters": [item("a", "In", "x,y")]}),
        ("a = 1 or b > 1", {"Filters": [item("a", "Equals"), item("b", "GreaterThan")], "Operator": "Or"}),
        ("not exists a", {"Filters": [item("a", "NotExists", None)]}),
        ("not (exists a)", {"Filters": [item("a", "NotExists", None)]}),
        ("not not a = 1", {"Filters": [item("a", "Equals")]}),
        (
            "a between (1, 2)",
            {
                "SubExpressions": [
                    {
                        "Filters": [
                            item("a", "GreaterThanOrEqualTo", "1"),
                            item("a", "LessThanOrEqualTo", "2"),
                        ]
                    }
                ]
            },
        ),
        # A record without the property satisfies the negation, too.
        (
            "b = 1 and not a = 1",
            {
                "Filters": [item("b", "Equals")],
                "SubExpressions": [
                    {"Filters": [item("a", "NotEquals"), item("a", "NotExists", None)], "Operator": "Or"}
                ],
            },
        ),
        # A value with a comma cannot stand in AWS's In.
        (
            "b = 1 and a in ('x,y', z)",
            {
                "Filters": [item("b", "Equals")],
                "SubExpressions": [
                    {"Filters": [item("a", "Equals", "x,y"), item("a", "Equals", "z")], "Operator": "Or"}
                ],
            },
        ),
        (
            "L has (L.a = 1)",
            {"NestedFilters": [{"NestedPropertyName": "L", "Filters": [item("L.a", "Equals")]}]},
        ),
    ],
)
def test_a_tree_is_written_as_an_expression(text: str, expression: dict[str, Any]) -> None:
    written = to_wire(parse(text))
    assert from_wire(written) == from_wire(expression)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not a > 1", "'not a > 1' has no exact form in AWS's Search. Write the opposite comparison"),
        ("not a contains x", "has no exact form"),
        ("word", "The bare words word have no form in AWS's Search"),
        ("not ()", "finds nothing cannot be written"),
    ],
)
def test_what_aws_cannot_say_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ValidationError) as raised:
        to_wire(parse(text))
    assert message in raised.value.message


@pytest.mark.parametrize("text", ["not a = 1", "a between (1, 2)"])
def test_of_many_values_neither_a_negation_nor_a_range_has_a_form(text: str) -> None:
    with pytest.raises(ValidationError, match="form in AWS's Search"):
        to_wire(parse(text), single=lambda _: False)
