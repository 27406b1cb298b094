"""Search said again in a few lines of plain Python over documents, to hold the columns against.

`Record` is one trial component: its document, and the six statistics of its metrics. `holds` and `order` are the whole
meaning of a query; nothing here is fast. The strategies draw records and trees that collide often: few names, few
values, numbers that look like texts and the other way round, NaN, several elements in lists.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import strategies as st

from trialbook.search.tree import Condition, Group, Nested, Node, Not, Operator, SortKey

if TYPE_CHECKING:
    from trialbook.model import Document

Value = float | str
NAMES = ("alpha", "Beta", "p", "p.max")
TEXTS = ("a", "B", "ab", "b a", "1", "1.0", "0.5", "ü", "NAN")
NUMBERS = (0.0, -0.0, 1.0, 0.5, -2.0, 1e300, math.inf, -math.inf, math.nan)
TIMES = (1_700_000_000.0, 1_700_000_000.5, 1_800_000_000.0)
TRIALS = ("T-one", "T-two", "other")


class Record(NamedTuple):
    """One record: `metrics` maps a name to (last, min, max, avg, stddev, count)."""

    row: int
    doc: Document
    metrics: dict[str, tuple[float, ...]]


def values(record: Record, name: str) -> tuple[str, list[Value]]:
    """Give (type, values) of a property: type is text, name, number or mixed."""
    doc, (root, _, rest) = record.doc, name.partition(".")
    if root == "Tags":
        return "text", [tag["Value"] for tag in doc["Tags"] if tag["Key"] == rest]
    if root == "Parameters":
        return "mixed", [next(iter(one.values())) for key, one in doc["Parameters"].items() if key == rest]
    if root == "Metrics":
        whole, _, statistic = rest.rpartition(".")
        if rest not in record.metrics and statistic in _STATISTICS:
            return "number", [record.metrics[whole][_STATISTICS.index(statistic)]] if whole in record.metrics else []
        return "number", [record.metrics[rest][0]] if rest in record.metrics else []
    if root == "Parents":
        return "name", [parent[rest].casefold() for parent in doc["Parents"] if rest in parent]
    kind = {"CreationTime": "number", "TrialComponentName": "name"}.get(name, "text")
    value = doc.get(name)
    return kind, [] if value is None else [value.casefold() if kind == "name" else value]


_STATISTICS = ("last", "min", "max", "avg", "stddev", "count")


def holds(record: Record, node: Node) -> bool:
    """Say whether a record satisfies a tree."""
    match node:
        case Group(every, nodes):
            return (all if every else any)(holds(record, one) for one in nodes)
        case Not(inner):
            return not holds(record, inner)
        case Nested(name, conditions):
            elements = [record._replace(doc={**record.doc, name: [one]}) for one in record.doc[name]]
            return any(all(holds(element, one) for one in conditions) for element in elements)
        case Condition(name, operator, value):
            kind, found = values(record, name)
            if operator is Operator.NOT_EXISTS:
                return not found
            return any(satisfies(kind, one, operator, value) for one in found)
    raise AssertionError(node)


def satisfies(kind: str, cell: Value, operator: Operator, value: object) -> bool:
    """Say whether one value satisfies an operator."""
    wanted = value if isinstance(value, tuple) else (value,)
    if operator is Operator.EXISTS:
        return True
    if operator in {Operator.EQUALS, Operator.IN}:
        return any(equal(kind, cell, one) for one in wanted)
    if operator is Operator.NOT_EQUALS:
        return not equal(kind, cell, wanted[0])
    if operator is Operator.CONTAINS:
        return isinstance(cell, str) and _text(kind, wanted[0]) in cell
    numbers = [number(one) for one in wanted]
    if isinstance(cell, str) or any(one is None for one in numbers):
        return False
    low, high = numbers[0], numbers[-1]
    assert low is not None
    assert high is not None
    return {
        Operator.GREATER_THAN: cell > low,
        Operator.GREATER_THAN_OR_EQUAL_TO: cell >= low,
        Operator.LESS_THAN: cell < low,
        Operator.LESS_THAN_OR_EQUAL_TO: cell <= low,
        Operator.BETWEEN: low <= cell <= high,
    }[operator]


def equal(kind: str, cell: Value, value: object) -> bool:
    """Say whether a value is the one asked for: numbers as numbers, texts as texts."""
    return cell == _text(kind, value) if isinstance(cell, str) else cell == number(value)


def number(value: object) -> float | None:
    """Read a number."""
    try:
        return float(value)  # type: ignore[arg-type]
    except ValueError:
        return None


def _text(kind: str, value: object) -> str:
    text = str(value)
    return text.casefold() if kind == "name" else text


def order(records: list[Record], sort: tuple[SortKey, ...]) -> list[Record]:
    """Sort as Search does: numbers, NaN, texts, missing; ties by row, in the first key's direction."""

    def compare(one: Record, other: Record) -> int:
        for key in sort:
            by = _compare(values(one, key.name)[1], values(other, key.name)[1], descending=key.descending)
            if by:
                return by
        return (other.row - one.row) if sort[0].descending else (one.row - other.row)

    return sorted(records, key=functools.cmp_to_key(compare))


def _compare(one: list[Value], other: list[Value], *, descending: bool) -> int:
    left, right = _rank(one), _rank(other)
    if left[0] != right[0] or left[0] in {1, 3}:
        return left[0] - right[0]
    by = (left[1] > right[1]) - (left[1] < right[1])  # type: ignore[operator]
    return -by if descending else by


def _rank(cell: list[Value]) -> tuple[int, Value]:
    if not cell:
        return 3, 0.0
    if isinstance(cell[0], str):
        return 2, cell[0]
    return (1, 0.0) if math.isnan(cell[0]) else (0, cell[0])


_PARAMETERS = st.one_of(
    st.sampled_from(NUMBERS).map(lambda one: {"NumberValue": one}),
    st.sampled_from(TEXTS).map(lambda one: {"StringValue": one}),
)
_TAGS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TEXTS), max_size=3).map(
    lambda tags: [{"Key": key, "Value": value} for key, value in tags.items()]
)
_PARENTS = st.lists(
    st.fixed_dictionaries({"TrialName": st.sampled_from(TRIALS), "ExperimentName": st.sampled_from(TRIALS)}), max_size=3
)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Draw what a trial component's document holds beside its name."""
    doc: Document = {
        "Tags": draw(_TAGS),
        "Parameters": draw(st.dictionaries(st.sampled_from(NAMES), _PARAMETERS, max_size=3)),
        "Parents": draw(_PARENTS),
        "CreationTime": draw(st.sampled_from(TIMES)),
    }
    if draw(st.booleans()):
        doc["DisplayName"] = draw(st.sampled_from(TEXTS))
    return doc


points = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from([*NUMBERS[:5], math.nan]), min_size=1, max_size=3), max_size=2
)
"""Draws points by metric name; finite or NaN, so that plain arithmetic says what the statistics are."""


def statistics(series: list[float]) -> tuple[float, ...]:
    """Give (last, min, max, avg, stddev, count) of a series, NaN being left out of all but the first and the last."""
    numbers = [one for one in series if not math.isnan(one)]
    if not numbers:
        return (series[-1], math.nan, math.nan, math.nan, math.nan, float(len(series)))
    mean = math.fsum(numbers) / len(numbers)
    deviation = math.sqrt(max(math.fsum(one * one for one in numbers) / len(numbers) - mean * mean, 0.0))
    return (series[-1], min(numbers), max(numbers), mean, deviation, float(len(series)))


_TEXT_OPERATORS = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.CONTAINS, Operator.EXISTS, Operator.NOT_EXISTS)
_NUMBER_OPERATORS = (
    Operator.EQUALS,
    Operator.NOT_EQUALS,
    Operator.GREATER_THAN,
    Operator.GREATER_THAN_OR_EQUAL_TO,
    Operator.LESS_THAN,
    Operator.LESS_THAN_OR_EQUAL_TO,
    Operator.EXISTS,
    Operator.NOT_EXISTS,
)
_NUMBER_TEXTS = ("0", "1", "0.5", "-2", "1e300", "inf", "nan", "1.0")


def _conditions(name: str, operators: tuple[Operator, ...], texts: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    lists = st.lists(st.sampled_from(texts), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(
            lambda operator, text: Condition(
                name, operator, None if operator in {Operator.EXISTS, Operator.NOT_EXISTS} else text
            ),
            st.sampled_from(operators),
            st.sampled_from(texts),
        ),
        st.builds(lambda many: Condition(name, Operator.IN, many), lists),
    )


_TEXT_NAMES = st.sampled_from([*(f"Tags.{name}" for name in NAMES), "DisplayName"])
_METRIC_NAMES = st.sampled_from(
    [f"Metrics.{name}{suffix}" for name in NAMES[:3] for suffix in ("", ".min", ".max", ".avg", ".count", ".last")]
)
_PARENT_CONDITIONS = st.sampled_from(["Parents.TrialName", "Parents.ExperimentName"]).flatmap(
    lambda name: _conditions(name, _TEXT_OPERATORS[:3], (*TRIALS, "t-ONE", "t-"))
)
conditions = st.one_of(
    _TEXT_NAMES.flatmap(lambda name: _conditions(name, _TEXT_OPERATORS, TEXTS)),
    _METRIC_NAMES.flatmap(lambda name: _conditions(name, _NUMBER_OPERATORS, _NUMBER_TEXTS)),
    st.sampled_from([f"Parameters.{name}" for name in NAMES]).flatmap(
        lambda name: _conditions(name, (*_NUMBER_OPERATORS, Operator.CONTAINS), (*_NUMBER_TEXTS, *TEXTS))
    ),
    _conditions("CreationTime", _NUMBER_OPERATORS, ("1700000000", "1700000000.5", "1800000000", "1")),
    _PARENT_CONDITIONS,
)
"""Draws conditions that have an AWS form."""

nested = st.builds(lambda inner: Nested("Parents", tuple(inner)), st.lists(_PARENT_CONDITIONS, min_size=1, max_size=2))


def trees(*, with_not: bool) -> st.SearchStrategy[Node]:
    """Draw trees; without Not they have an AWS form."""
    leaves: st.SearchStrategy[Node] = st.one_of(conditions, conditions, nested)

    def grow(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        groups = st.builds(
            lambda every, nodes: Group(every, tuple(nodes)), st.booleans(), st.lists(inner, min_size=1, max_size=3)
        )
        return groups | st.builds(Not, inner) if with_not else groups

    return st.recursive(leaves, grow, max_leaves=6)


sort_keys = st.builds(
    SortKey,
    st.sampled_from(["CreationTime", "DisplayName", "Parameters.p", "Parameters.alpha", "Metrics.p", "Tags.Beta"])
    | _METRIC_NAMES,
    st.booleans(),
)
