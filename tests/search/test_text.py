"""The text grammar: what is written is read back, and errors point at the column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.search.text import TextError, format_node, parse
from trialbook.search.tree import EVERYTHING, Condition, Group, Nested, Node, Not, Operator, Words

NAMES = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["Metrics.auc", "Metrics.train:loss", "Metrics.shap.Capital Gain", "and", "Tags.in", "not", 'q"uo\\te', "a(b)"]
)
NUMBERS = st.floats(allow_nan=False) | st.integers(-(2**53), 2**53).map(float)
VALUES = st.text(max_size=12) | NUMBERS | st.sampled_from(["0.1", "and", "nan", "", "'", '"', "\\", "a b"])
ONE = [operator for operator in Operator if operator not in {Operator.IN, Operator.BETWEEN}]
CONDITIONS = st.one_of(
    st.builds(
        lambda name, operator, value: Condition(
            name, operator, None if operator in {Operator.EXISTS, Operator.NOT_EXISTS} else value
        ),
        NAMES,
        st.sampled_from(ONE),
        VALUES,
    ),
    st.builds(
        lambda name, values: Condition(name, Operator.IN, tuple(values)),
        NAMES,
        st.lists(VALUES, min_size=1, max_size=3),
    ),
    st.builds(lambda name, low, high: Condition(name, Operator.BETWEEN, (low, high)), NAMES, VALUES, VALUES),
)
NODES: st.SearchStrategy[Node] = st.recursive(
    CONDITIONS
    | st.builds(Words, st.text(min_size=1, max_size=10))
    | st.builds(lambda name, inner: Nested(name, tuple(inner)), NAMES, st.lists(CONDITIONS, min_size=1, max_size=3)),
    lambda inner: (
        st.builds(Not, inner)
        | st.builds(
            lambda every, nodes: Group(every, tuple(nodes)), st.booleans(), st.lists(inner, min_size=2, max_size=4)
        )
    ),
    max_leaves=8,
)


@settings(max_examples=500, deadline=None)
@given(NODES)
def test_what_is_written_is_read_back(node: Node) -> None:
    assert parse(format_node(node)) == node


@settings(max_examples=500, deadline=None)
@given(st.text(st.sampled_from("ab.=<>!~()'\", \\0.5andortiexs\n"), max_size=40))
def test_any_text_is_a_tree_or_an_error_with_its_column(text: str) -> None:
    try:
        node = parse(text)
    except TextError as error:
        raised = error
    else:
        assert parse(format_node(node)) == node
        return
    assert 1 <= raised.column <= len(text) + 1
    assert f"Column {raised.column}: expected " in raised.message


def condition(name: str, operator: Operator, value: str | float | tuple[str | float, ...] | None = None) -> Condition:
    return Condition(name, operator, value)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", EVERYTHING),
        ("Metrics.auc > 0.9", condition("Metrics.auc", Operator.GREATER_THAN, 0.9)),
        ("Metrics.train:loss<=-1e-3", condition("Metrics.train:loss", Operator.LESS_THAN_OR_EQUAL_TO, -0.001)),
        ("Tags.Project = 'a b'", condition("Tags.Project", Operator.EQUALS, "a b")),
        ('Tags.Project != "0.1"', condition("Tags.Project", Operator.NOT_EQUALS, "0.1")),
        ('Metrics."shap.Capital Gain" > 1', condition("Metrics.shap.Capital Gain", Operator.GREATER_THAN, 1.0)),
        ("Parameters.lr IN (0.1, adam)", condition("Parameters.lr", Operator.IN, (0.1, "adam"))),
        ("lr between (0, 1)", condition("lr", Operator.BETWEEN, (0.0, 1.0))),
        ("not exists Tags.skip", condition("Tags.skip", Operator.NOT_EXISTS)),
        ("not (exists Tags.skip)", Not(condition("Tags.skip", Operator.EXISTS))),
        ("a not in (b)", Not(condition("a", Operator.IN, ("b",)))),
        ("resnet baseline", Group(every=True, nodes=(Words("resnet"), Words("baseline")))),
        ("'resnet baseline'", Words("resnet baseline")),
        (
            "a = 1 or b = 2 and c = 3",
            Group(
                every=False,
                nodes=(
                    condition("a", Operator.EQUALS, 1.0),
                    Group(
                        every=True,
                        nodes=(condition("b", Operator.EQUALS, 2.0), condition("c", Operator.EQUALS, 3.0)),
                    ),
                ),
            ),
        ),
        (
            "any InputDataConfig (InputDataConfig.ChannelName = train and InputDataConfig.ContentType contains csv)",
            Nested(
                "InputDataConfig",
                (
                    condition("InputDataConfig.ChannelName", Operator.EQUALS, "train"),
                    condition("InputDataConfig.ContentType", Operator.CONTAINS, "csv"),
                ),
            ),
        ),
    ],
)
def test_a_text_means_a_tree(text: str, node: Node) -> None:
    assert parse(text) == node


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("Metrics.auc >", 14, "a number, a word or a quoted text after '>'"),
        ("a = 1 and", 10, "a property name"),
        ("(a = 1", 7, "')' to close the parenthesis"),
        ("a = 1 b = 2", 7, "'and', 'or' or the end"),
        ("a in 1", 6, "'(' after 'in'"),
        ("a between (1)", 13, "two values, not 1"),
        ("a = 'open", 5, "a closing quote"),
        ("not", 4, "a property name"),
        ("any X (a = 1 or b = 2)", 14, "')' to close 'any'"),
    ],
)
def test_an_error_points_at_the_column_and_says_what_was_expected(text: str, column: int, expected: str) -> None:
    with pytest.raises(TextError) as raised:
        parse(text)
    assert raised.value.column == column
    assert expected in raised.value.message
    caret = raised.value.message.splitlines()[2]
    assert caret == " " * (2 + column - 1) + "^"


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    for text in ("(" * 5000 + "a = 1", "not " * 5000 + "a = 1"):
        with pytest.raises(TextError, match="at most 60 parentheses"):
            parse(text)
