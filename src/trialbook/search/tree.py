"""The expression tree that every front end of Search makes: AWS's JSON, the text grammar, and the List operations.

::

    Node = Condition | Group(all | any, nodes) | Not(node) | Nested(property, nodes) | Words(text)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Operator(Enum):
    """AWS's ten operators by their wire names, and three of ours."""

    EQUALS = "Equals"
    NOT_EQUALS = "NotEquals"
    GREATER_THAN = "GreaterThan"
    GREATER_THAN_OR_EQUAL_TO = "GreaterThanOrEqualTo"
    LESS_THAN = "LessThan"
    LESS_THAN_OR_EQUAL_TO = "LessThanOrEqualTo"
    CONTAINS = "Contains"
    EXISTS = "Exists"
    NOT_EXISTS = "NotExists"
    IN = "In"
    BETWEEN = "between"
    CONTAINS_FOLDED = "contains without case"
    EQUALS_FOLDED = "equals without case"


@dataclass(frozen=True, slots=True)
class Condition:
    """One property against a value.

    `value` is text as AWS sends it; a tuple for IN and BETWEEN (two, both ends included); a number is compared as that
    number (List operations pass times so); None for EXISTS and NOT_EXISTS.
    """

    name: str
    operator: Operator = Operator.EQUALS
    value: str | float | tuple[str | float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """All (And) or any (Or) of the nodes. An empty And holds for every record, an empty Or for none."""

    every: bool
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The records for which the node does not hold."""

    node: Node


@dataclass(frozen=True, slots=True)
class Nested:
    """One element of the list `property` satisfies all the conditions (whose names repeat the property's)."""

    property: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Bare words: some text property (names, tags, parameters, URIs) contains the text, without case."""

    text: str


Node = Condition | Group | Not | Nested | Words
EVERYTHING = Group(every=True, nodes=())


@dataclass(frozen=True, slots=True)
class SortKey:
    """Order by a property; missing values last in both directions, NaN after the numbers and before the missing."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One search over one kind in one scope.

    Attributes
    ----------
    kind
        `model.Kind` as a number.
    scope
        `Scope.text`; None searches all.
    limit
        Records on this page.
    token
        The token of the page before, or None.
    visibility
        (tag key, value): a record is dropped when it has the key with another value.
    strict
        SageMaker's own limits and integer truncation hold.
    offset
        Records to leave out before the page: of all, or of those after the token.
    """

    kind: int
    scope: str | None
    where: Node = EVERYTHING
    sort: tuple[SortKey, ...] = (SortKey("LastModifiedTime", descending=True),)
    limit: int = 10
    token: str | None = None
    visibility: tuple[tuple[str, str], ...] = ()
    strict: bool = False
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Explained:
    """How one condition was decided: compared as number, time or text; how many match, how many lack it."""

    condition: str
    compared_as: str
    matched: int
    lacking: int


@dataclass(frozen=True, slots=True)
class Page:
    """The answer: entity ids in order, the exact number of matches over all pages, and the next page's token."""

    ids: tuple[int, ...]
    total: int
    token: str | None
    rev: int
    seconds: float
    explained: tuple[Explained, ...] = ()
