"""A column: every record's cell of one property, as arrays (`entries`) that are there while somebody reads them.

Numbers are float64 beside a presence mask (NaN is a value, not a gap); texts are codes into the column's distinct
texts, -1 for none.

A write is noted in a log and packed into the arrays when the column is read, so a column that no query names costs an
append a cell. Where the column has a base on disk (`cache`), the truth is that base and the log since: the arrays can
be dropped at any time and are loaded again by the next reader, and a save moves the front of the log into the base.
Without one the arrays are the truth, and the log is emptied into them when it is long.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np

from trialbook.search.entries import SPARSE, Entries, blank, join, replaced
from trialbook.search.flatten import Type
from trialbook.search.texts import MANY, Texts
from trialbook.search.values import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.search.flatten import Cell

    # None clears the cell; a tuple has one number for each lane; a list has (element, value).
    Written = Cell | tuple[float, ...] | list[tuple[int, Cell]] | None

WAITING = 2_048


class Base(Protocol):
    """Where a column's arrays come from, and who wants to know that they are in use."""

    def load(self, column: Column, lane: int, rows: int) -> Entries:
        """Give what was saved of one lane: dense (at least `rows` long) or sparse, the column's to change."""

    def used(self, column: Column, lane: int, size: int) -> None:
        """Note that arrays of so many bytes were read just now."""

    def relieve(self) -> None:
        """Let columns go that take too much memory."""


class Part:
    """One lane's arrays, and how much of the log is in them."""

    __slots__ = ("entries", "upto")

    def __init__(self) -> None:
        self.entries: Entries | None = None
        self.upto = 0


class Column:
    """One property of one kind. Not thread-safe: the engine's lock is held.

    Parameters
    ----------
    kind
        How the values compare.
    many
        Whether a record may have many cells.
    lanes
        Numbers in a cell: more than one for the statistics of a series, each loaded for itself.
    base
        Where it is saved; None keeps it in memory.
    number
        Which column of its table it is.

    Attributes
    ----------
    version
        Grows with every write.
    saved_texts
        How many texts the base has.
    """

    def __init__(
        self, kind: Type, *, many: bool = False, lanes: int = 1, base: Base | None = None, number: int = 0
    ) -> None:
        self.type = kind
        self.many = many
        self.lanes = lanes
        self.number = number
        self.saved_texts = 0
        self.version = 0
        self._base = base
        self._rows: list[int] = []
        self._written: list[Written] = []
        self._most = WAITING
        self._parts = [Part() for _ in range(lanes)]
        self._held = 0
        self._looked = 0

    @property
    def texts(self) -> Texts:
        """The distinct texts of the arrays that were read last."""
        entries = self._parts[0].entries
        return self.fresh_texts() if entries is None else entries.texts

    def fresh_texts(self) -> Texts:
        """Give an empty set of texts that compare as this column's do."""
        return Texts(folds=self.type is Type.NAME)

    @property
    def waiting(self) -> int:
        """How many writes are in the log."""
        return len(self._rows)

    def held(self) -> tuple[bool, bool]:
        """Say whether there are, or were, (numbers, texts) among the cells."""
        self._look()
        return bool(self._held & 1), bool(self._held & 2)

    def held_before(self, held: tuple[bool, bool]) -> None:
        """Take over what `held` said when the column was saved."""
        self._held |= held[0] | held[1] << 1

    def put(self, row: int, written: Written, rows: int) -> None:
        """Note a record's cell: a value, a tuple of `lanes` numbers, a list of (element, value), or None for none.

        `rows` is how many rows the kind has.
        """
        self.version += 1
        self._rows.append(row)
        self._written.append(written)
        if self._base is None and len(self._rows) > self._most:
            self._empty_log(rows)

    def entries(self, rows: int, lane: int = 0) -> Entries:
        """Give the cells; `rows` is how many rows the kind has, and a dense column's entries are as many."""
        part = self._parts[lane]
        if part.entries is None:
            part.entries = self.empty() if self._base is None else self._base.load(self, lane, rows)
            part.upto = 0
        if part.upto < len(self._rows):
            self._pack(part, lane, rows)
        if part.entries.owner is None and len(part.entries) < rows:
            self._widen(part, rows)
        if self._base is not None:
            self._base.used(self, lane, part.entries.size)
        return part.entries if part.entries.owner is not None else part.entries.take(slice(0, rows))

    def drop(self, lane: int) -> None:
        """Let the arrays of one lane go; the base and the log have it all."""
        assert self._base is not None
        self._parts[lane] = Part()

    def log(self, stop: int) -> dict[int, Written]:
        """Give the newest of the first `stop` writes for each row."""
        return dict(zip(self._rows[:stop], self._written[:stop], strict=True))

    def saved(self, stop: int, rows: int, texts: int) -> None:
        """Forget the first `stop` writes, which are in the base now; so are `texts` texts."""
        for lane, part in enumerate(self._parts):
            if part.entries is not None and part.upto < stop:
                self._pack(part, lane, rows)
        self._look()
        self._rows, self._written = self._rows[stop:], self._written[stop:]
        self._looked = max(0, self._looked - stop)
        self.saved_texts = texts
        for part in self._parts:
            part.upto = max(0, part.upto - stop)

    def empty(self) -> Entries:
        """Give sparse entries of nothing."""
        return self.gather({}, self.fresh_texts()).lane(0)

    def gather(self, latest: dict[int, Written], texts: Texts) -> Entries:
        """Make entries of what was written, in its order; their texts go into `texts`."""
        if self.many:
            return self._gather_many(latest, texts)
        if None in latest.values():
            latest = {row: written for row, written in latest.items() if written is not None}
        values = cast("list[Cell | tuple[float, ...]]", list(latest.values()))
        return self._gather(list(latest), values, None, texts)

    def _gather_many(self, latest: dict[int, Written], texts: Texts) -> Entries:
        owners: list[int] = []
        values: list[Cell | tuple[float, ...]] = []
        elements: list[int] = []
        for row, written in latest.items():
            if isinstance(written, list):
                owners.extend([row] * len(written))
                elements.extend([element for element, _ in written])
                values.extend([cell for _, cell in written])
        return self._gather(owners, values, np.array(elements, np.int64), texts)

    def _gather(
        self,
        owners: list[int],
        values: list[Cell | tuple[float, ...]],
        element: NDArray[np.int64] | None,
        texts: Texts,
    ) -> Entries:
        number: NDArray[np.float64] | None = None
        has: NDArray[np.bool_] | None = None
        code: NDArray[np.int32] | None = None
        if self.type.has_texts:
            code = np.full(len(values), -1, np.int32)
            is_text = [isinstance(value, str) for value in values]
            found = cast("list[str]", values if all(is_text) else list(compress(values, is_text)))
            code[is_text] = texts.add(found)
        if self.type in {Type.NUMBER, Type.TIME}:
            number = np.array(values, np.float64).reshape(len(values), self.lanes).T.copy()
            has = np.ones(len(values), np.bool_)
        elif self.type.has_numbers:
            read = _loose if self.type is Type.LOOSE else _plain
            numbers = [read(value) for value in values]
            has = np.array([one is not None for one in numbers], np.bool_)
            number = np.array([0.0 if one is None else one for one in numbers], np.float64).reshape(1, -1)
        return Entries(texts, np.array(owners, np.int64), element, number, has, code)

    def _look(self) -> None:
        """Look through the log for numbers and texts, where a property can hold either."""
        if self.type not in {Type.MIXED, Type.LOOSE} or self._held == 3:
            return
        for written in self._written[self._looked :]:
            for cell in [one for _, one in written] if isinstance(written, list) else [written]:
                if isinstance(cell, str):
                    self._held |= 2 | (self.type is Type.LOOSE and number_of(cell) is not None)
                elif cell is not None:
                    self._held |= 1
        self._looked = len(self._written)

    def _empty_log(self, rows: int) -> None:
        self._look()
        for lane, part in enumerate(self._parts):
            if part.entries is None:
                part.entries = self.empty()
            self._pack(part, lane, rows)
            part.upto = 0
        self._most = max(WAITING, len(cast("Entries", self._parts[0].entries)) // 4)
        self._rows, self._written, self._looked = [], [], 0

    def _pack(self, part: Part, lane: int, rows: int) -> None:
        assert part.entries is not None
        latest = dict(zip(self._rows[part.upto :], self._written[part.upto :], strict=True))
        part.upto = len(self._rows)
        if not latest:
            return
        fresh = self.gather(latest, part.entries.texts).lane(lane)
        touched = np.fromiter(latest, np.int64, len(latest))
        if part.entries.owner is None:
            self._widen(part, rows)
        if part.entries.owner is None:
            part.entries.clear(touched)
            part.entries.put(cast("NDArray[np.int64]", fresh.owner), fresh)
        else:
            rows = max(rows, int(touched.max()) + 1)
            part.entries = replaced(part.entries, fresh, touched, 0, rows)
            if not self.many and len(part.entries) * SPARSE > rows:
                part.entries = spread_out(part.entries, rows)
        _drop_unused_texts(part.entries, self)

    def _widen(self, part: Part, rows: int) -> None:
        """Make a dense column at least `rows` long, with room to grow, or sparse when few rows have a cell."""
        old = part.entries
        assert old is not None
        if len(old) >= rows:
            return
        present = old.present()
        if np.count_nonzero(present) * SPARSE * 2 <= rows:
            index = np.flatnonzero(present)
            part.entries = old.take(index)
            part.entries.owner = index
            return
        part.entries = join(old, blank(old, rows + rows // 8 - len(old)))


def spread_out(old: Entries, rows: int) -> Entries:
    """Turn sparse entries into dense ones."""
    assert old.owner is not None
    dense = blank(old, rows)
    dense.put(old.owner, old)
    return dense


def _drop_unused_texts(entries: Entries, column: Column) -> None:
    """Number the texts anew when most of them are no cell's any more."""
    code = entries.code
    if code is None or len(entries.texts) < 2 * (len(code) + MANY):
        return
    live = np.flatnonzero(code >= 0)
    old, entries.texts = entries.texts, column.fresh_texts()
    code[live] = entries.texts.add([old.get(one) for one in code[live].tolist()])


def _plain(value: Cell | tuple[float, ...]) -> float | None:
    return value if isinstance(value, float) else None


def _loose(value: Cell | tuple[float, ...]) -> float | None:
    return number_of(value) if isinstance(value, str) else _plain(value)
