"""One query: match, order, page, count.

A page token says where its page ended: (digest of the query, rev, what the last row was sorted by, row). Behind a token
the rows and sort keys of its first page are kept for ten minutes, so that paging goes on over what was found then while
others write: nothing is repeated, nothing skipped, only deleted records are left out. Without them (later, on another
server) it goes on from the same place in the records as they are. MaxResults may change from page to page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ValidationError
from trialbook.search.match import Matcher
from trialbook.search.order import Order, beyond, first
from trialbook.search.rowsets import count, listed
from trialbook.search.text import format_node
from trialbook.search.tree import Condition, Explained, Group, Nested, Node, Not, Operator, Page, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from trialbook.search.order import Value
    from trialbook.search.rowsets import RowSet
    from trialbook.search.table import Table

KEEP_SECONDS = 600.0
KEEP_BYTES = 128 << 20
ROW_BITS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """All rows of an answer, ascending, and their sort keys."""

    rows: NDArray[np.int32]
    keys: tuple[NDArray[np.uint64], ...]

    @property
    def size(self) -> int:
        """Bytes held."""
        return self.rows.nbytes + sum(one.nbytes for one in self.keys)


class Snapshots:
    """Answers kept behind tokens, by (digest, rev): for ten minutes after their last use, the oldest go first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, int], tuple[float, Found]] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[str, int]) -> Found | None:
        """Give an answer that is still kept."""
        self._expire()
        if key not in self._kept:
            return None
        _, found = self._kept.pop(key)
        self._kept[key] = (self._clock(), found)
        return found

    def put(self, key: tuple[str, int], found: Found) -> None:
        """Keep an answer; one that is too large for the memory allowed is not kept."""
        if found.size > KEEP_BYTES:
            return
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[1].size
        self._kept[key] = (self._clock(), found)
        self._bytes += found.size
        self._expire()

    def _expire(self) -> None:
        while self._kept:
            key, (since, found) = next(iter(self._kept.items()))
            if self._bytes <= KEEP_BYTES and since + KEEP_SECONDS >= self._clock():
                return
            del self._kept[key]
            self._bytes -= found.size


@dataclass(frozen=True, slots=True)
class Token:
    """Where a page ended."""

    digest: str
    rev: int
    row: int
    values: tuple[Value, ...]

    def encode(self) -> str:
        """Write it as opaque text."""
        text = json.dumps([self.digest, self.rev, self.row, self.values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, digest: str, keys: int) -> Token:
        """Read a token of the query with this digest and number of sort keys. Raises ValidationError on any other."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            of, rev, row, values = json.loads(raw)
            token = cls(str(of), int(rev), int(row), tuple((str(kind), _checked(kind, one)) for kind, one in values))
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as broken:
            raise _invalid("it is not one that this operation gave") from broken
        if not 0 <= token.row < 1 << ROW_BITS:
            raise _invalid("it is not one that this operation gave")
        if token.digest != digest or len(token.values) != keys:
            raise _invalid("it belongs to a request with other filters, order or resource")
        return token


def _checked(kind: str, value: object) -> float | str:
    if kind == "text" and isinstance(value, str):
        return value
    if kind in {"number", "nan", "missing"} and isinstance(value, (int, float)):
        return float(value)
    raise ValueError(kind)


def _invalid(why: str) -> ValidationError:
    return ValidationError(f'Invalid pagination token because "{why}".')


def answer(tables: Mapping[int, Table], query: Query, snapshots: Snapshots, rev: int) -> Page:
    """Answer a query over the tables as they are at `rev`."""
    started = time.perf_counter()
    matcher = Matcher(tables, query.kind, query.scope, strict=query.strict)
    orders = [Order(matcher, sort) for sort in query.sort]
    descending = bool(query.sort) and query.sort[0].descending
    token = Token.decode(query.token, digest(query), len(orders)) if query.token else None
    kept = snapshots.get((token.digest, token.rev)) if token else None
    rev = token.rev if token and kept else rev
    found = kept or _find(matcher, orders, query)
    rows, keys = found.rows.astype(np.int64), found.keys
    left = np.flatnonzero(_left(matcher, orders, found, token, kept is not None, descending=descending))
    if len(left) < len(rows):
        rows, keys = rows[left], tuple(one[left] for one in keys)
    page = rows[first(keys, rows, query.offset + query.limit, descending=descending)[query.offset :]]
    ids = tuple((query.kind << ROW_BITS) | row for row in page.tolist())
    following = None
    if len(rows) - query.offset > len(page) > 0:
        last = int(page[-1])
        following = Token(digest(query), rev, last, tuple(order.value(last) for order in orders)).encode()
        snapshots.put((digest(query), rev), found)
    return Page(ids, len(found.rows), following, rev, time.perf_counter() - started)


def explain(tables: Mapping[int, Table], query: Query, snapshots: Snapshots, rev: int) -> Page:
    """Answer a query and say how each of its conditions was decided, each by itself over the whole scope."""
    page = answer(tables, query, snapshots, rev)
    matcher = Matcher(tables, query.kind, query.scope, strict=query.strict)
    everything = matcher.everything()
    told = []
    for condition in conditions(query.where):
        absent = matcher.select(replace(condition, operator=Operator.NOT_EXISTS), everything)
        told.append(
            Explained(
                format_node(condition),
                matcher.compare(condition).compared_as,
                count(matcher.select(condition, everything)),
                count(absent),
            )
        )
    return replace(page, explained=tuple(told))


def conditions(node: Node) -> Iterator[Condition]:
    """Give every condition of a tree."""
    match node:
        case Condition():
            yield node
        case Group():
            for one in node.nodes:
                yield from conditions(one)
        case Not():
            yield from conditions(node.node)
        case Nested():
            yield from node.conditions
        case _:
            return


def digest(query: Query) -> str:
    """Name the query: all that decides its rows and their order, not the page."""
    text = repr((query.kind, query.scope, query.where, query.sort, query.visibility, query.strict))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def matching(matcher: Matcher, query: Query) -> NDArray[np.int64]:
    """Give the rows that a query finds, ascending."""
    return listed(matched(matcher, query))


def matched(matcher: Matcher, query: Query) -> RowSet:
    """Give the rows that a query finds, in either form."""
    rows: RowSet = matcher.everything()
    for name, value in query.visibility:
        rows = matcher.select(Not(Condition(name, Operator.NOT_EQUALS, value)), rows)
    return matcher.select(query.where, rows)


def _find(matcher: Matcher, orders: list[Order], query: Query) -> Found:
    rows = matching(matcher, query)
    return Found(rows.astype(np.int32), tuple(order.keys(rows) for order in orders))


def _left(
    matcher: Matcher, orders: list[Order], found: Found, token: Token | None, kept: bool, *, descending: bool
) -> NDArray[np.bool_]:
    """(m,) which rows are still there and come after the token's."""
    left = matcher.table.alive(matcher.scope)[found.rows]
    if token is None:
        return left
    rows = found.rows.astype(np.int64)
    at = int(np.searchsorted(rows, token.row))
    if kept and at < len(rows) and rows[at] == token.row:
        cursor = [one[at] for one in found.keys]
    else:
        cursor = _cursor(matcher, orders, token)
    return left & beyond(found.keys, rows, cursor, token.row, descending=descending)


def _cursor(matcher: Matcher, orders: list[Order], token: Token) -> list[np.uint64]:
    """Give the sort keys of a token's place: its row's own when that is as it was (a long text is cut in the token)."""
    if token.row < matcher.table.rows and token.values == tuple(order.value(token.row) for order in orders):
        return [order.keys(np.array([token.row], np.int64))[0] for order in orders]
    return [order.key(value) for order, value in zip(orders, token.values, strict=True)]
