"""From a tree of conditions to the rows that satisfy it.

`select` narrows a set of candidate rows. An And asks its cheapest part first and hands what is left to the next, so a
selective test makes the others nearly free; an Or unites. Nothing here looks at a document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import ValidationError
from trialbook.search.columns import Column
from trialbook.search.compare import prepare, test
from trialbook.search.entries import blank
from trialbook.search.flatten import ELEMENT, ORDINAL_BITS, Type
from trialbook.search.rowsets import among, both, distinct, either, is_mask, listed, mask_of, slim, without
from trialbook.search.schema import LINKS, STATISTICS, Linked, Mapped, Static, Whole
from trialbook.search.tree import Condition, Group, Nested, Node, Not, Operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from trialbook.search.compare import Comparison
    from trialbook.search.entries import Entries
    from trialbook.search.rowsets import RowSet
    from trialbook.search.schema import MapRoot
    from trialbook.search.table import Table

_ELEMENT_BITS = 2 * ORDINAL_BITS


@dataclass(frozen=True, slots=True)
class Target:
    """The column (and lane) that a name means. `path` is the canonical one.

    `otherwise` serves the rows that have nothing there: `loss.max` is the metric of that name where a record has one,
    the maximum of `loss` in the others.
    """

    path: str
    type: Type
    column: Column
    lane: int = 0
    otherwise: Target | None = None

    def entries(self, table: Table) -> Entries:
        """Give the cells."""
        entries = self.column.entries(table.rows, self.lane)
        return entries if self.otherwise is None else _overlaid(entries, self.otherwise.entries(table), table.rows)


class Matcher:
    """Answers conditions over one table; names are looked up as the scope knows them."""

    def __init__(self, tables: Mapping[int, Table], kind: int, scope: str | None, *, strict: bool = False) -> None:
        self.tables = tables
        self.table = tables[kind]
        self.scope = scope
        self.strict = strict

    def everything(self) -> RowSet:
        """Give the scope's rows."""
        return slim(self.table.alive(self.scope))

    def select(self, node: Node, rows: RowSet) -> RowSet:
        """Give those of `rows` that satisfy the node."""
        match node:
            case Condition():
                return self._condition(node, rows)
            case Group(every=True):
                for one in sorted(node.nodes, key=self._cost):
                    rows = slim(self.select(one, rows))
                return rows
            case Group():
                found: RowSet = np.empty(0, np.int64)
                for one in node.nodes:
                    found = either(found, self.select(one, rows), self.table.rows)
                return found
            case Not():
                return without(rows, self.select(node.node, rows), self.table.rows)
            case Nested():
                return both(rows, self._nested(node))
            case _:
                return both(rows, self._words(node.text))

    def linked(self, link: Linked) -> Matcher:
        """Give the matcher of the kind that a link points to."""
        return Matcher(self.tables, link.kind, self.scope, strict=self.strict)

    def pointers(self, link: Linked, rows: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Give (which of `rows` point to an entity that is there, and to which rows of its kind)."""
        column = self.table.columns.get((f"{LINKS}.{link.link}", "", "")) or Column(Type.NUMBER)
        other = self.tables[link.kind]
        entries = spread(column.entries(self.table.rows), rows)
        assert entries.number is not None
        targets = entries.number[0].astype(np.int64) & ((1 << 40) - 1)
        there = entries.present() & (targets < other.rows)
        there[there] = other.alive(None)[targets[there]]
        return there, targets[there]

    def target(self, found: Static | Mapped) -> Target:
        """Give the column that a resolved name means in this scope."""
        if isinstance(found, Static):
            column = self.table.columns.get((found.path, "", "")) or Column(found.type, many=found.many)
            return Target(found.path, found.type, column)
        root = found.root
        readings = [self._reading(root, *one) for one in self._split(root, found.name)]
        if root.statistics and len(readings) > 1:
            return replace(readings[0], otherwise=readings[1])
        return readings[0]

    def _reading(self, root: MapRoot, name: str, member: str, lane: int) -> Target:
        kind = root.members[member]
        lanes = len(STATISTICS) if root.statistics else 1
        column = self.table.columns.get((root.path, name, member)) or Column(kind, many=root.many, lanes=lanes)
        return Target(f"{root.path}.{name}", kind, column, lane)

    def compare(self, condition: Condition) -> Comparison:
        """Make a condition ready. Raises ValidationError when it does not fit its property."""
        found = self.table.schema.resolve(condition.name)
        if isinstance(found, Linked):
            return self.linked(found).compare(replace(condition, name=found.name))
        if isinstance(found, Whole):
            if condition.operator not in {Operator.EXISTS, Operator.NOT_EXISTS}:
                raise ValidationError(
                    f"{condition.name} is not a single value: it can be tested with Exists and NotExists, "
                    f"and its members ({condition.name}.<member>) with the other operators."
                )
            return prepare(condition, Type.TEXT)
        return prepare(condition, self.target(found).type, strict=self.strict)

    def _split(self, root: MapRoot, text: str) -> list[tuple[str, str, int]]:
        """Tell the name from a statistic or member behind it: the readings (name, member, lane), the likeliest first.

        What is written exactly so comes before what is the same but for case, a whole name before a part of one. When
        the scope knows neither, the text is taken as it would be if the name came into being.
        """
        head, dot, tail = text.rpartition(".")
        suffixes = {one: ("", lane) for lane, one in enumerate(STATISTICS)} if root.statistics else {}
        suffixes |= {member.casefold(): (member, 0) for member in root.members if member}
        suffix = suffixes.get(tail.casefold()) if dot and head else None
        members = tuple(root.members)
        whole = self.table.name_like(root.path, text, members, self.scope)
        part = self.table.name_like(root.path, head, members, self.scope) if suffix else None
        as_whole = (whole or text, root.main, 0)
        if suffix is None or part is None:
            return [as_whole]
        as_part = (part, *suffix)
        if whole is None:
            return [as_part]
        return [as_part, as_whole] if whole != text and part == head else [as_whole, as_part]

    def _condition(self, condition: Condition, rows: RowSet) -> RowSet:
        comparison = self.compare(condition)
        if condition.operator is Operator.NOT_EXISTS:
            present = self._condition(replace(condition, operator=Operator.EXISTS), rows)
            return without(rows, present, self.table.rows)
        found = self.table.schema.resolve(condition.name)
        match found:
            case Linked():
                return self._followed(found, condition, rows)
            case Whole():
                return self._holding(found, rows)
            case _:
                return self._among(self.target(found).entries(self.table), comparison, rows)

    @staticmethod
    def _among(entries: Entries, comparison: Comparison, rows: RowSet) -> RowSet:
        if entries.owner is not None:
            hits = entries.owner[test(entries, comparison)]
            return both(rows, hits if entries.element is None else distinct(hits))
        if is_mask(rows):
            return both(rows, test(entries, comparison))
        return rows[test(entries.take(listed(rows)), comparison)]

    def _followed(self, link: Linked, condition: Condition, rows: RowSet) -> RowSet:
        other = self.linked(link)
        hits = other.select(replace(condition, name=link.name), other.table.alive(None))
        candidates = listed(rows)
        there, targets = self.pointers(link, candidates)
        return candidates[there][mask_of(hits, other.table.rows)[targets]]

    def _holding(self, whole: Whole, rows: RowSet) -> RowSet:
        found: RowSet = np.empty(0, np.int64)
        for column in self.table.under(whole.path):
            entries = column.entries(self.table.rows)
            present = entries.present()
            held: RowSet = present if entries.owner is None else distinct(entries.owner[present])
            found = either(found, held, self.table.rows)
        return both(rows, found)

    def _words(self, text: str) -> RowSet:
        found: RowSet = np.empty(0, np.int64)
        words = Condition("", Operator.CONTAINS_FOLDED, text)
        for column in list(self.table.columns.values()):
            if column.type.has_texts and column.type is not Type.FLAG:
                everything: RowSet = np.ones(self.table.rows, np.bool_)
                hits = self._among(column.entries(self.table.rows), prepare(words, column.type), everything)
                found = either(found, hits, self.table.rows)
                self.table.relieve()
        return found

    def _nested(self, node: Nested) -> RowSet:
        found = self.table.schema.resolve(node.property)
        if isinstance(found, Linked):
            return self._nested_beyond(found, node)
        root = self.table.schema.roots.get(found.path.casefold()) if isinstance(found, Whole) else None
        if isinstance(found, Whole) and found.depth:
            return self._elements(found, node)
        if root is not None and root.path.rpartition(".")[2] == "Tags":
            return self._pairs(root, node)
        raise ValidationError(f"{node.property} is not a list of structures, so it cannot have nested filters.")

    def _elements(self, whole: Whole, node: Nested) -> RowSet:
        left: NDArray[np.int64] | None = None
        for condition in sorted(node.conditions, key=lambda one: one.operator is Operator.NOT_EXISTS):
            target, full = self._inner(whole.path, node.property, condition)
            entries = target.entries(self.table)
            if condition.operator is Operator.NOT_EXISTS:
                left = self._all_elements(whole) if left is None else left
                keys = _element_keys(entries, entries.present(), whole.depth)
                left = left[~among(left, keys)]
            else:
                hits = test(entries, prepare(full, target.type, strict=self.strict))
                keys = _element_keys(entries, hits, whole.depth)
                left = keys if left is None else left[among(left, keys)]
        return distinct((self._all_elements(whole) if left is None else left) >> _ELEMENT_BITS)

    def _all_elements(self, whole: Whole) -> NDArray[np.int64]:
        column = self.table.columns.get((whole.path, "", ELEMENT)) or Column(Type.NUMBER, many=True)
        entries = column.entries(self.table.rows)
        return _element_keys(entries, entries.present(), whole.depth)

    def _inner(self, path: str, given: str, condition: Condition) -> tuple[Target, Condition]:
        """Find the column of a condition inside a nested filter, whose name repeats the list's (or leaves it out)."""
        inside = condition.name.casefold().startswith((f"{path}.".casefold(), f"{given}.".casefold()))
        full = condition if inside else replace(condition, name=f"{given}.{condition.name}")
        found = self.table.schema.resolve(full.name)
        if not isinstance(found, (Static, Mapped)):
            raise ValidationError(f"{condition.name} is not a single value of the elements of {given}.")
        return self.target(found), full

    def _pairs(self, root: MapRoot, node: Nested) -> RowSet:
        """Answer nested filters over Tags.Key and Tags.Value, the pairs of which are columns of their own."""
        on_key = [one for one in node.conditions if one.name.casefold().endswith(".key")]
        on_value = [one for one in node.conditions if one.name.casefold().endswith(".value")]
        if len(on_key) + len(on_value) < len(node.conditions):
            raise ValidationError(f"Nested filters of {root.path} name {root.path}.Key and {root.path}.Value.")
        found: RowSet = np.empty(0, np.int64)
        everything = self.table.alive(self.scope)
        for path, name in sorted(self.table.names(self.scope)):
            if path == root.path and all(_holds(name, one) for one in on_key):
                tests = on_value or [Condition("", Operator.EXISTS)]
                rows: RowSet = everything
                entries = self.table.columns[path, name, ""].entries(self.table.rows)
                for one in tests:
                    rows = self._among(entries, prepare(one, Type.TEXT), rows)
                found = either(found, rows, self.table.rows)
        return found

    def _nested_beyond(self, link: Linked, node: Nested) -> RowSet:
        other = self.linked(link)
        prefix = f"{link.link}."
        inner = tuple(
            replace(one, name=one.name[len(prefix) :]) if one.name.casefold().startswith(prefix.casefold()) else one
            for one in node.conditions
        )
        hits = other.select(Nested(link.name, inner), other.table.alive(None))
        candidates = listed(self.table.alive(self.scope))
        there, targets = self.pointers(link, candidates)
        return candidates[there][mask_of(hits, other.table.rows)[targets]]

    def _cost(self, node: Node) -> float:
        """Guess the time that a node takes, in cells looked at."""
        match node:
            case Condition():
                found = self.table.schema.resolve(node.name)
                if isinstance(found, (Linked, Whole)):
                    return 4.0 * self.table.rows
                entries = self.target(found).entries(self.table)
                searched = 16 * len(entries.texts) if node.operator.name.startswith("CONTAINS") else 0
                return len(entries) * (1.0 if node.operator is Operator.EQUALS else 1.5) + searched
            case Group():
                return sum(map(self._cost, node.nodes))
            case Not():
                return self._cost(node.node)
            case Nested():
                return 8.0 * self.table.rows
            case _:
                return 100.0 * self.table.rows


def spread(entries: Entries, rows: NDArray[np.int64]) -> Entries:
    """Give the entries of single-valued cells at `rows`, one for each; empty where there is none."""
    if entries.owner is None:
        return entries.take(rows)
    if not len(entries):
        return blank(entries, len(rows))
    at = np.searchsorted(entries.owner, rows)
    at[at == len(entries)] = 0
    found = entries.take(at)
    found.owner = None
    outside = np.flatnonzero(entries.owner[at] != rows)
    found.put(outside, blank(found, len(outside)))
    return found


def _overlaid(entries: Entries, others: Entries, size: int) -> Entries:
    """Give dense entries: the first ones' numbers, and the others' in the rows that have none there."""
    rows = np.arange(size)
    found, below = spread(entries, rows), spread(others, rows)
    assert found.number is not None
    assert found.has is not None
    assert below.number is not None
    assert below.has is not None
    number = np.where(found.has, found.number, below.number)
    return replace(found, number=number, has=found.has | below.has)


def _element_keys(entries: Entries, chosen: NDArray[np.bool_], depth: int) -> NDArray[np.int64]:
    """Name the elements of a list at `depth` that hold the chosen entries: ascending, the row in the upper half."""
    assert entries.owner is not None
    assert entries.element is not None
    element = entries.element[chosen]
    element = element if depth > 1 else (element >> ORDINAL_BITS) << ORDINAL_BITS
    return distinct((entries.owner[chosen] << _ELEMENT_BITS) | element)


def _holds(text: str, condition: Condition) -> bool:
    """Say whether one text satisfies a condition."""
    column = Column(Type.TEXT)
    column.put(0, text, 1)
    return bool(test(column.entries(1), prepare(condition, Type.TEXT))[0])
