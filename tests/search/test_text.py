"""The text grammar: what is written is read back, and errors point at the column."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.search.text import DEEPEST, TextError, format_node, parse
from trialbook.search.tree import EVERYTHING, Condition, Group, Nested, Node, Not, Operator, Words

NAMES = st.text(min_size=1, max_size=12) | st.sampled_from(
    [
        "Metrics.auc",
        "Metrics.train:loss",
        "Metrics.shap.Capital Gain",
        "and",
        "Tags.in",
        "not",
        'q"uo\\te',
        "a(b)",
        "a.",
    ]
)
VALUES = st.text(max_size=12) | st.sampled_from(["0.1", "and", "nan", "", "'", '"', "\\", "a b", "s3://b/k", "it's"])
ONE = [
    operator
    for operator in Operator
    if operator not in {Operator.IN, Operator.BETWEEN, Operator.CONTAINS_FOLDED, Operator.EQUALS_FOLDED}
]
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
@given(
    st.text(st.sampled_from("ab.=<>!~()'\", \\0.5\n"), max_size=40)
    | st.lists(
        st.sampled_from(
            ["a", "and", "or", "not", "exists", "in", "between", "has", "contains", "(", ")", ",", "=", "'b'"]
        )
    ).map(" ".join)
)
def test_any_text_is_a_tree_or_an_error_with_its_column(text: str) -> None:
    try:
        node = parse(text)
    except TextError as error:
        raised = error
    else:
        assert parse(format_node(node)) == node
        return
    assert 1 <= raised.column <= len(text) + 1
    assert raised.message.startswith(f"Column {raised.column}: ")


def condition(name: str, operator: Operator, value: str | tuple[str, ...] | None = None) -> Condition:
    return Condition(name, operator, value)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("", EVERYTHING),
        ("  ", EVERYTHING),
        ("Metrics.auc > 0.9", condition("Metrics.auc", Operator.GREATER_THAN, "0.9")),
        ("Metrics.train:loss<=-1e-3", condition("Metrics.train:loss", Operator.LESS_THAN_OR_EQUAL_TO, "-1e-3")),
        ("Tags.Project = 'a b'", condition("Tags.Project", Operator.EQUALS, "a b")),
        ('Tags.Project != "0.1"', condition("Tags.Project", Operator.NOT_EQUALS, "0.1")),
        ('Metrics."shap.Capital Gain" > 1', condition("Metrics.shap.Capital Gain", Operator.GREATER_THAN, "1")),
        ('"Capital Gain" CONTAINS x', condition("Capital Gain", Operator.CONTAINS, "x")),
        ("Parameters.lr IN (0.1, adam)", condition("Parameters.lr", Operator.IN, ("0.1", "adam"))),
        ("lr between (0, 1)", condition("lr", Operator.BETWEEN, ("0", "1"))),
        ("uri = s3://bucket/a?b", condition("uri", Operator.EQUALS, "s3://bucket/a?b")),
        ("exists Tags.skip", condition("Tags.skip", Operator.EXISTS)),
        ("not exists Tags.skip", condition("Tags.skip", Operator.NOT_EXISTS)),
        ("not (exists Tags.skip)", Not(condition("Tags.skip", Operator.EXISTS))),
        ("resnet baseline", Group(every=True, nodes=(Words("resnet"), Words("baseline")))),
        ("'resnet baseline'", Words("resnet baseline")),
        (
            "a = 1 or b = 2 and c = 3",
            Group(
                every=False,
                nodes=(
                    condition("a", Operator.EQUALS, "1"),
                    Group(
                        every=True,
                        nodes=(condition("b", Operator.EQUALS, "2"), condition("c", Operator.EQUALS, "3")),
                    ),
                ),
            ),
        ),
        (
            "InputDataConfig has (InputDataConfig.ChannelName = train and not exists InputDataConfig.ContentType)",
            Nested(
                "InputDataConfig",
                (
                    condition("InputDataConfig.ChannelName", Operator.EQUALS, "train"),
                    condition("InputDataConfig.ContentType", Operator.NOT_EXISTS),
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
        ("Metrics.auc >", 14, "expected a value; the text ends here"),
        ("a = 1 and", 10, "expected a property, a word"),
        ("(a = 1", 7, "expected and, or, or )"),
        ("a = 1 b = 2", 7, "expected and, or, or the end; found 'b'"),
        ("a in 1", 6, "expected ( and the values"),
        ("a between (1)", 13, "expected exactly two values"),
        ("a = 'open", 5, "never closed"),
        ("a = and", 5, 'write "and" to mean the word'),
        ("not", 4, "expected a property"),
        ("b = ", 4, "expected a value"),
        ('Metrics."a b" and', 15, "expected an operator after the property"),
        ("word b = 1", 6, "expected and or or before the next property"),
        ("X has (a = 1 or b = 2)", 14, "expected and or )"),
    ],
)
def test_an_error_points_at_the_column_and_says_what_was_expected(text: str, column: int, expected: str) -> None:
    with pytest.raises(TextError) as raised:
        parse(text)
    assert expected in raised.value.message
    assert raised.value.column == column
    caret = raised.value.message.splitlines()[2]
    assert caret == " " * (2 + column - 1) + "^"


def test_an_error_in_a_later_line_shows_that_line() -> None:
    with pytest.raises(TextError) as raised:
        parse("a = 1 and\nb ==")
    assert raised.value.message.splitlines()[1:] == ["  b ==", "     ^"]


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    for text in ("(" * 5000 + "a = 1", "not " * 5000 + "a = 1"):
        with pytest.raises(TextError, match=f"deeper than {DEEPEST}"):
            parse(text)
