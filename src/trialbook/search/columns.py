"""A column: every record's cell of one property, as arrays.

Numbers are float64 beside a presence mask (NaN is a value, not a gap); texts are codes into the column's distinct
texts, -1 for none. The arrays are *entries*, which belong to rows in one of three ways::

    dense    owner is None: entry i is row i                      at least 1/8 of the rows have a cell
    sparse   owner is sorted, each row once                       fewer
    many     owner is sorted, rows repeat; element says which     a list of structures is on the way

A write is noted in a list and packed into the arrays when the column is read, or when much waits, so a column that no
query names costs an append a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from trialbook.search.flatten import Type
from trialbook.search.texts import MANY, Texts
from trialbook.search.values import number_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trialbook.search.flatten import Cell

    # None clears the cell; a tuple has one number for each lane; a list has (element, value).
    Written = Cell | tuple[float, ...] | list[tuple[int, Cell]] | None

WAITING = 2_048
SPARSE = 8


@dataclass(slots=True)
class Entries:
    """The cells of a column, or some of them; all arrays have the same length m.

    Attributes
    ----------
    owner
        (m,) rows in ascending order; None when entry i is row i.
    element
        (m,) elements of lists; None outside of lists.
    number, has
        (lanes, m) float64 and (m,) bool; None in columns of texts. A lane is a statistic.
    code
        (m,) int32 into `texts`, -1 for none; None in columns of numbers.
    """

    texts: Texts
    owner: NDArray[np.int64] | None
    element: NDArray[np.int64] | None
    number: NDArray[np.float64] | None
    has: NDArray[np.bool_] | None
    code: NDArray[np.int32] | None

    def __len__(self) -> int:
        for array in (self.has, self.code):
            if array is not None:
                return len(array)
        return 0

    def present(self) -> NDArray[np.bool_]:
        """(m,) whether the entry holds a value."""
        if self.has is None:
            return np.zeros(0, np.bool_) if self.code is None else self.code >= 0
        return self.has if self.code is None else self.has | (self.code >= 0)

    def take(self, index: NDArray[np.int64] | NDArray[np.bool_] | slice) -> Entries:
        """Give some of the entries. Those of a dense column lose their rows."""
        return Entries(
            self.texts,
            None if self.owner is None else self.owner[index],
            None if self.element is None else self.element[index],
            None if self.number is None else self.number[:, index],
            None if self.has is None else self.has[index],
            None if self.code is None else self.code[index],
        )

    def padded(self) -> Entries:
        """Give the entries and an empty one behind them."""
        return _join(self, _blank(self, 1))

    def lane(self, lane: int) -> Entries:
        """Give the entries with one statistic only."""
        number = None if self.number is None else self.number[lane : lane + 1]
        return Entries(self.texts, self.owner, self.element, number, self.has, self.code)


class Column:
    """One property of one kind. Not thread-safe: the engine's lock is held.

    Parameters
    ----------
    kind
        How the values compare.
    many
        Whether a record may have many cells.
    lanes
        Numbers in a cell: more than one for the statistics of a series.
    """

    def __init__(self, kind: Type, *, many: bool = False, lanes: int = 1) -> None:
        self.type = kind
        self.many = many
        self.lanes = lanes
        self._rows: list[int] = []
        self._written: list[Written] = []
        self._most = WAITING
        self._entries = self._gather([], [], np.empty(0, np.int64) if many else None, self._fresh_texts())
        self._entries.owner = np.empty(0, np.int64)

    def _fresh_texts(self) -> Texts:
        return Texts(folds=self.type is Type.NAME)

    @property
    def texts(self) -> Texts:
        """The distinct texts."""
        return self._entries.texts

    def held(self) -> tuple[bool, bool]:
        """Say whether there are, or were, (numbers, texts) among the cells."""
        if self._rows:
            self._pack(max(self._rows) + 1)
        has, code = self._entries.has, self._entries.code
        return has is not None and bool(has.any()), code is not None and bool((code >= 0).any())

    def put(self, row: int, written: Written, rows: int) -> None:
        """Note a record's cell: a value, a tuple of `lanes` numbers, a list of (element, value), or None for none.

        `rows` is how many rows the kind has.
        """
        self._rows.append(row)
        self._written.append(written)
        if len(self._rows) > self._most:
            self._pack(rows)

    def entries(self, rows: int) -> Entries:
        """Give the cells; `rows` is how many rows the kind has, and a dense column's entries are as many."""
        if self._rows:
            self._pack(rows)
        if self._entries.owner is None:
            if len(self._entries) < rows:
                self._widen(rows)
            if self._entries.owner is None:
                return self._entries.take(slice(0, rows))
        return self._entries

    def _pack(self, rows: int) -> None:
        latest = dict(zip(self._rows, self._written, strict=True))
        self._rows, self._written = [], []
        fresh = self._read(latest)
        touched = np.fromiter(latest, np.int64, len(latest))
        if self._entries.owner is None:
            self._widen(rows)
        if self._entries.owner is None:
            self._scatter(fresh, touched)
        else:
            self._merge(fresh, touched, rows)
        self._most = max(WAITING, len(self._entries) // 4)
        self._drop_unused_texts()

    def _read(self, latest: dict[int, Written]) -> Entries:
        """Make entries of what was written."""
        if self.many:
            return self._read_many(latest)
        if None in latest.values():
            latest = {row: written for row, written in latest.items() if written is not None}
        values = cast("list[Cell | tuple[float, ...]]", list(latest.values()))
        return self._gather(list(latest), values, None, self._entries.texts)

    def _read_many(self, latest: dict[int, Written]) -> Entries:
        owners: list[int] = []
        values: list[Cell | tuple[float, ...]] = []
        elements: list[int] = []
        for row, written in latest.items():
            if isinstance(written, list):
                owners.extend([row] * len(written))
                elements.extend([element for element, _ in written])
                values.extend([cell for _, cell in written])
        return self._gather(owners, values, np.array(elements, np.int64), self._entries.texts)

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

    def _scatter(self, fresh: Entries, touched: NDArray[np.int64]) -> None:
        packed, owner = self._entries, fresh.owner
        if packed.has is not None and fresh.has is not None:
            packed.has[touched] = False
            packed.has[owner] = fresh.has
        if packed.number is not None and fresh.number is not None:
            packed.number[:, owner] = fresh.number
        if packed.code is not None and fresh.code is not None:
            packed.code[touched] = -1
            packed.code[owner] = fresh.code

    def _merge(self, fresh: Entries, touched: NDArray[np.int64], rows: int) -> None:
        owner = self._entries.owner
        assert owner is not None
        replaced = np.zeros(max(rows, int(touched.max(initial=0)) + 1), np.bool_)
        replaced[touched] = True
        joined = _join(self._entries.take(~replaced[owner]), fresh)
        assert joined.owner is not None
        self._entries = joined.take(np.argsort(joined.owner, kind="stable"))
        if not self.many and len(joined) * SPARSE > rows:
            self._spread(rows)

    def _spread(self, rows: int) -> None:
        """Turn from sparse to dense."""
        old = self._entries
        self._entries = _blank(old, rows)
        owner, old_has, old_number, old_code = old.owner, old.has, old.number, old.code
        if old_has is not None and self._entries.has is not None:
            self._entries.has[owner] = old_has
        if old_number is not None and self._entries.number is not None:
            self._entries.number[:, owner] = old_number
        if old_code is not None and self._entries.code is not None:
            self._entries.code[owner] = old_code

    def _widen(self, rows: int) -> None:
        """Make a dense column at least `rows` long, with room to grow, or sparse when few rows have a cell."""
        old = self._entries
        if len(old) >= rows:
            return
        present = old.present()
        if np.count_nonzero(present) * SPARSE * 2 <= rows:
            index = np.flatnonzero(present)
            self._entries = old.take(index)
            self._entries.owner = index
            return
        self._entries = _join(old, _blank(old, rows + rows // 4 - len(old)))

    def _drop_unused_texts(self) -> None:
        """Number the texts anew when most of them are no cell's any more."""
        code = self._entries.code
        if code is None or len(self.texts) < 2 * (len(code) + MANY):
            return
        live = np.flatnonzero(code >= 0)
        old, self._entries.texts = self.texts, self._fresh_texts()
        code[live] = self._entries.texts.add([old.get(one) for one in code[live].tolist()])


def _plain(value: Cell | tuple[float, ...]) -> float | None:
    return value if isinstance(value, float) else None


def _loose(value: Cell | tuple[float, ...]) -> float | None:
    return number_of(value) if isinstance(value, str) else _plain(value)


def _blank(like: Entries, length: int) -> Entries:
    """Dense entries without a value."""
    return Entries(
        like.texts,
        None,
        None,
        None if like.number is None else np.zeros((len(like.number), length)),
        None if like.has is None else np.zeros(length, np.bool_),
        None if like.code is None else np.full(length, -1, np.int32),
    )


def _join(one: Entries, other: Entries) -> Entries:
    return Entries(
        one.texts,
        _concatenate(one.owner, other.owner),
        _concatenate(one.element, other.element),
        None
        if one.number is None or other.number is None
        else np.ascontiguousarray(np.concatenate((one.number, other.number), axis=1)),
        _concatenate(one.has, other.has),
        _concatenate(one.code, other.code),
    )


def _concatenate(one: NDArray[Any] | None, other: NDArray[Any] | None) -> NDArray[Any] | None:
    return None if one is None or other is None else np.concatenate((one, other))
