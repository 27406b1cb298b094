"""A table: every entity of one kind as columns, brought up to date entity by entity.

Documents are not kept. So that an update can clear what a document no longer has, each row remembers its *layout*, the
set of columns in which it has cells; runs of one experiment share a few layouts. Layouts counted per scope also tell
which names a scope knows, without a look at any row.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.search.columns import Column
from trialbook.search.flatten import ELEMENT, Cells, Type
from trialbook.search.pieces import PIECE
from trialbook.search.schema import LINKS, METRICS, SCOPE, STATISTICS, Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from trialbook.model import Document
    from trialbook.search.columns import Base, Written
    from trialbook.search.flatten import Key
    from trialbook.store.interface import Summary

ROW_MASK = (1 << 40) - 1
DEAD = -1


class Table:
    """The columns of one kind. Not thread-safe: the engine's lock is held.

    Attributes
    ----------
    rows
        How many rows there are, dead ones included.
    version
        Grows with every change.
    columns
        By key.
    touched
        Pieces of the table's own arrays that changed since the last save.
    saved_layouts
        How many layouts the cache has.
    written
        Cells written since the last save.
    population
        Grows when an entity comes, goes, or changes its scope.

    Parameters
    ----------
    base
        Where the columns are saved; None keeps them in memory.
    """

    def __init__(self, kind: int, schema: Schema, base: Base | None = None) -> None:
        self.kind = kind
        self.schema = schema
        self.touched: set[int] = set()
        self.saved_layouts = 0
        self.written = 0
        self.population = 0
        self._base = base
        self.rows = 0
        self.version = 0
        self.columns: dict[Key, Column] = {}
        self._slots: dict[Key, tuple[int, Column]] = {}
        self._keys: list[Key] = []
        self._layouts: dict[bytes, int] = {}
        self._layout_bytes: list[bytes] = []
        self._intern([])
        self._scopes: dict[str, int] = {}
        self._scope = np.full(64, DEAD, np.int32)
        self._layout = np.zeros((2, 64), np.int32)
        self._tally: Counter[tuple[int, int]] = Counter()
        self._used: dict[int, Counter[int]] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        self.names_version = 0
        self._alive: tuple[int, dict[str | None, NDArray[np.bool_]]] = (-1, {})

    @property
    def scopes(self) -> list[str]:
        """The scopes that hold or held entities."""
        return list(self._scopes)

    # --- writing

    def put(self, row: int, document: Document) -> None:
        """Take an entity's new document."""
        self._reach(row)
        cells = Cells()
        self.schema.tree.read(document, None, cells)
        numbers, slots, rows = [], self._slots, self.rows
        written: Mapping[Key, Written]
        for written, many in ((cells.single, False), (cells.many, True)):
            for key, cell in written.items():
                number, column = slots.get(key) or self._add(key, many=many)
                column.put(row, cell, rows)
                numbers.append(number)
        self.written += len(numbers)
        layout = self._lay_out(row, 0, numbers)
        scope = self._scopes.setdefault(document.get(SCOPE, ""), len(self._scopes))
        self._place(row, scope, layout, int(self._layout[1, row]))

    def remove(self, row: int) -> None:
        """Take an entity's deletion. Its cells stay until the row is written again; nobody sees them."""
        self._reach(row)
        self._place(row, DEAD, int(self._layout[0, row]), int(self._layout[1, row]))

    def summarise(self, row: int, metrics: Mapping[str, Summary]) -> None:
        """Take an entity's summaries."""
        self._reach(row)
        numbers = []
        for name, summary in metrics.items():
            key = (METRICS, name, "")
            number, column = self._slots.get(key) or self._add(key, lanes=len(STATISTICS))
            column.put(row, lanes_of(summary), self.rows)
            numbers.append(number)
        self.written += len(numbers)
        layout = self._lay_out(row, 1, numbers)
        self._place(row, int(self._scope[row]), int(self._layout[0, row]), layout)

    def _lay_out(self, row: int, which: int, numbers: list[int]) -> int:
        """Clear the row's cells in the columns of its old layout that are not among `numbers`; give the new layout."""
        layout, old = self._intern(numbers), int(self._layout[which, row])
        if old != layout:
            for number in set(self._members(old)).difference(numbers):
                self.columns[self._keys[number]].put(row, None, self.rows)
        return layout

    def _add(self, key: Key, *, many: bool = False, lanes: int = 1) -> tuple[int, Column]:
        number = len(self._keys)
        kind = self._type(key, many=many)
        column = Column(kind, many=many, lanes=lanes, base=self._base, number=number + 1)
        slot = (number, column)
        self.columns[key] = column
        self._slots[key] = slot
        self._keys.append(key)
        path, name, _ = key
        if name:
            alike = self._names.setdefault(path, {}).setdefault(name.casefold(), [])
            if name not in alike:
                alike.append(name)
        return slot

    def _type(self, key: Key, *, many: bool) -> Type:
        path, name, member = key
        if member == ELEMENT or path.startswith(LINKS):
            return Type.NUMBER
        static = (one.type for one in self.schema.statics.values() if one.path == path and one.many == many)
        if not name and (found := next(static, None)) is not None:
            return found
        return self.schema.roots[path.casefold()].members[member]  # the name may be the empty text

    def _intern(self, numbers: list[int]) -> int:
        layout = array("I", sorted(numbers)).tobytes()
        found = self._layouts.setdefault(layout, len(self._layouts))
        if found == len(self._layout_bytes):
            self._layout_bytes.append(layout)
        return found

    def _members(self, layout: int) -> array[int]:
        return array("I", self._layout_bytes[layout])

    def _reach(self, row: int) -> None:
        self.version += 1
        self.rows = max(self.rows, row + 1)
        self.touched.add(row // PIECE)
        if row >= len(self._scope):
            more = row + 1 + row // 2 - len(self._scope)
            self._scope = np.concatenate((self._scope, np.full(more, DEAD, np.int32)))
            self._layout = np.concatenate((self._layout, np.zeros((2, more), np.int32)), axis=1)

    def _place(self, row: int, scope: int, *layouts: int) -> None:
        """Note where a row is, and which names its scope gained and lost by that."""
        old = int(self._scope[row])
        for which, layout in enumerate(layouts):
            before = int(self._layout[which, row])
            if (old, before) != (scope, layout):
                self._count(old, before, -1)
                self._count(scope, layout, 1)
                self._layout[which, row] = layout
        if old != scope:
            self.population += 1
        self._scope[row] = scope

    def _count(self, scope: int, layout: int, by: int) -> None:
        if scope == DEAD or not self._layout_bytes[layout]:
            return
        self._tally[scope, layout] += by
        now = self._tally[scope, layout]
        if now in {0, by}:
            used = self._used.setdefault(scope, Counter())
            for number in self._members(layout):
                used[number] += 1 if now else -1
            self.names_version += 1
            if now == 0:
                del self._tally[scope, layout]

    # --- saving

    def arrays(self, number: int) -> tuple[NDArray[np.int32], ...]:
        """Give a copy of one piece of each of the table's own arrays: two layouts and the scope of its rows."""
        part = slice(number * PIECE, min(self.rows, (number + 1) * PIECE))
        return (self._layout[0, part].copy(), self._layout[1, part].copy(), self._scope[part].copy())

    def layouts_from(self, number: int) -> list[bytes]:
        """Give the layouts from `number` on."""
        return self._layout_bytes[number:]

    def state(self) -> dict[str, Any]:
        """Say what the table is beside its arrays, for `restore`."""
        described = [
            [*key, column.many, column.lanes, *column.held(), column.saved_texts]
            for key, column in zip(self._keys, map(self.columns.__getitem__, self._keys), strict=True)
        ]
        return {
            "kind": self.kind,
            "rows": self.rows,
            "layouts": len(self._layout_bytes),
            "scopes": list(self._scopes),
            "columns": described,
        }

    def restore(self, state: Mapping[str, Any], arrays: NDArray[np.int32], layouts: list[bytes]) -> None:
        """Become what `state` says; `arrays` is (3, rows) as `arrays` gives them. The table is a new one."""
        for path, name, member, many, lanes, numbers, texts, saved in state["columns"]:
            _, column = self._add((path, name, member), many=many, lanes=lanes)
            column.held_before((numbers, texts))
            column.saved_texts = saved
        self.rows = int(state["rows"])
        self._layout_bytes = layouts
        self._layouts = {layout: number for number, layout in enumerate(layouts)}
        self.saved_layouts = len(layouts)
        self._scopes = {scope: code for code, scope in enumerate(state["scopes"])}
        self._layout, self._scope = arrays[:2].copy(), arrays[2].copy()
        self.version += 1
        for which in self._layout:
            alive = self._scope != DEAD
            pairs, counts = np.unique(self._scope[alive].astype(np.int64) << 32 | which[alive], return_counts=True)
            for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
                self._count(pair >> 32, pair & 0xFFFF_FFFF, count)

    # --- reading

    def alive(self, scope: str | None) -> NDArray[np.bool_]:
        """(rows,) mask of the entities in a scope, or in any."""
        if self._alive[0] != self.version:
            self._alive = (self.version, {})
        masks = self._alive[1]
        if scope not in masks:
            codes = self._scope[: self.rows]
            masks[scope] = codes != DEAD if scope is None else codes == self._scopes.get(scope, DEAD - 1)
        return masks[scope]

    def uses(self, key: Key, scope: str | None) -> bool:
        """Say whether an entity of the scope has a cell under the key."""
        slot = self._slots.get(key)
        return slot is not None and any(self._used[code][slot[0]] > 0 for code in self._codes(scope))

    def name_like(self, root: str, name: str, members: tuple[str, ...], scope: str | None) -> str | None:
        """Find a name under a map in a scope: the same, else the first that is the same without case."""
        near = self._names.get(root, {}).get(name.casefold(), ())
        found = [one for one in near if any(self.uses((root, one, member), scope) for member in members)]
        return name if name in found else min(found, default=None)

    def names(self, scope: str | None) -> set[tuple[str, str]]:
        """Give (path, name) of all that entities of the scope have under maps."""
        found: set[tuple[str, str]] = set()
        for code in self._codes(scope):
            found.update(self._keys[number][:2] for number, uses in self._used[code].items() if uses > 0)
        return {one for one in found if one[1]}

    def counted(self, scope: str | None, rows: NDArray[np.int64] | None) -> list[tuple[Key, Column, int]]:
        """Give every key that entities of the scope (or those of them at `rows`) have cells under, and how many do."""
        used = np.zeros(len(self._layout_bytes), np.int64)
        if rows is None:
            codes = set(self._codes(scope))
            for (code, layout), count in self._tally.items():
                used[layout] += count if code in codes else 0
        else:
            for layouts in self._layout:
                used += np.bincount(layouts[rows], minlength=len(used))
        counts = self._cells_in(used)
        return [(self._keys[one], self.columns[self._keys[one]], int(counts[one])) for one in np.flatnonzero(counts)]

    def _cells_in(self, used: NDArray[np.int64]) -> NDArray[np.int64]:
        """(keys,) how many rows have a cell under each key, when `used` says how many have each layout."""
        present = np.flatnonzero(used)
        numbers = [np.frombuffer(self._layout_bytes[one], np.uint32) for one in present.tolist()]
        if not numbers:
            return np.zeros(len(self._keys), np.int64)
        weights = np.repeat(used[present], [len(one) for one in numbers])
        return np.bincount(np.concatenate(numbers), weights, len(self._keys)).astype(np.int64)

    def relieve(self) -> None:
        """Let columns go that take too much memory, in the middle of a walk over all of them."""
        if self._base is not None:
            self._base.relieve()

    def under(self, path: str) -> list[Column]:
        """Give the columns of a structure, list or map."""
        prefix = f"{path}."
        return [column for key, column in self.columns.items() if key[0] == path or key[0].startswith(prefix)]

    def _codes(self, scope: str | None) -> list[int]:
        codes = self._scopes.values() if scope is None else [self._scopes.get(scope, DEAD)]
        return [code for code in codes if code in self._used]


def lanes_of(summary: Summary) -> tuple[float, ...]:
    """Give the statistics in the order of STATISTICS."""
    count = float(summary.count)
    return (summary.last, summary.minimum, summary.maximum, summary.mean, summary.deviation, count)
