"""Saving: the logs of the columns move into the pieces of the cache, and what a table knows of its rows with them.

A save has three steps, so that searches go on meanwhile: `cut` (under the engine's lock) says how much of each log is
meant, `write` (without it) makes the new pieces from the old ones and the logs, in one transaction, and `Cut.finish`
(under it) forgets what is saved. A column that is loaded between the last two has the log applied once more, which
changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.search.cache import TEXTS, piece_id
from trialbook.search.entries import Entries, replaced
from trialbook.search.pieces import PIECE, decode, decode_texts, encode, encode_texts, opened, sealed
from trialbook.search.texts import MANY, Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from trialbook.search.cache import Cache
    from trialbook.search.columns import Column
    from trialbook.search.table import Table

LAYOUTS = 3
"""The lane of column 0 that lists the layouts; lanes 0 and 1 hold each row's two layouts, lane 2 its scope."""


@dataclass(slots=True)
class Cut:
    """One table's part in a save.

    Attributes
    ----------
    columns
        (column, how much of its log).
    arrays
        (lane, piece number) of the table's own arrays that changed, to their cells.
    layouts
        The layouts that are new.
    """

    table: Table
    rows: int
    columns: list[tuple[Column, int]]
    arrays: dict[tuple[int, int], NDArray[np.int32]]
    first_layout: int
    layouts: list[bytes]
    texts: dict[int, int]
    state: dict[str, Any]

    def finish(self) -> None:
        """Forget what was saved."""
        for column, stop in self.columns:
            column.saved(stop, self.table.rows, self.texts.get(column.number, column.saved_texts))
        self.table.saved_layouts = self.first_layout + len(self.layouts)

    def undo(self) -> None:
        """Know again that nothing of it was saved."""
        self.table.touched.update(no for _, no in self.arrays)
        self.table.written += sum(stop for _, stop in self.columns)


def cut(table: Table) -> Cut:
    """Say what a save of a table as it is now has to write."""
    columns = [(column, column.waiting) for column in table.columns.values() if column.waiting]
    arrays = {(lane, no): cells for no in sorted(table.touched) for lane, cells in enumerate(table.arrays(no))}
    table.touched.clear()
    table.written = 0
    return Cut(
        table, table.rows, columns, arrays, table.saved_layouts, table.layouts_from(table.saved_layouts), {},
        table.state(),
    )  # fmt: skip


class BrokenOffError(Exception):
    """There is no time left for a save."""


def write(cache: Cache, cuts: list[Cut], state: dict[str, Any], in_time: Callable[[], bool]) -> None:
    """Write a save.

    Raises what SQLite raises, `CacheBrokenError`, and `BrokenOffError` once `in_time`, which is asked before each
    column, says no; then nothing was written.
    """
    cache.begin()
    try:
        for one in cuts:
            kind = one.table.kind
            for column, stop in one.columns:
                if not in_time():
                    raise BrokenOffError
                one.texts[column.number] = _write_column(cache, kind, column, stop, one.rows)
            cache.put(
                (piece_id(kind, 0, lane, no), sealed(len(cells), 0, cells.astype("<i4").tobytes()))
                for (lane, no), cells in one.arrays.items()
            )
            lengths = np.array([len(layout) for layout in one.layouts], np.int64)
            _append(cache, (kind, 0, LAYOUTS), one.first_layout, b"".join(one.layouts), lengths, 0)
            for number, count in one.texts.items():
                one.state["columns"][number - 1][-1] = count
        cache.commit({**state, "tables": [one.state for one in cuts]})
    except BaseException:
        cache.rollback()
        raise


def _write_column(cache: Cache, kind: int, column: Column, stop: int, rows: int) -> int:
    """Merge the log of a column into its pieces; gives how many texts it has then."""
    latest = column.log(stop)
    texts, shift = _texts(cache, kind, column)
    fresh = column.gather(latest, texts)
    count = column.saved_texts
    if fresh.code is not None:
        fresh.code[fresh.code >= 0] += shift
        data, lengths = texts.tail(count - shift)
        _append(cache, (kind, column.number, TEXTS), count, data, lengths, 1)
        count += len(lengths)
    touched = np.sort(np.fromiter(latest, np.int64, len(latest)))
    assert fresh.owner is not None
    fresh = fresh.take(np.argsort(fresh.owner, kind="stable"))
    for lane in range(column.lanes):
        _write_lane(cache, (kind, column.number, lane), fresh.lane(lane), touched, column.empty())
    if count > 2 * (rows + MANY):
        count = _renumber(cache, kind, column)
    return count


def _texts(cache: Cache, kind: int, column: Column) -> tuple[Texts, int]:
    """Give the saved texts, to find known ones in, and 0; or none, and their number, where equal ones may repeat."""
    if not column.type.has_texts or not column.saved_texts:
        return column.fresh_texts(), 0
    if column.saved_texts > MANY:
        return column.fresh_texts(), column.saved_texts
    texts = column.fresh_texts()
    for _, data in cache.old_pieces(kind, column.number, TEXTS):
        decode_texts(data, texts)
    return texts, 0


def _write_lane(
    cache: Cache, where: tuple[int, int, int], fresh: Entries, touched: NDArray[np.int64], like: Entries
) -> None:
    numbers = np.unique(touched // PIECE)
    starts = numbers * PIECE
    assert fresh.owner is not None
    bounds = np.searchsorted(fresh.owner, np.append(starts, starts[-1:] + PIECE))
    ends = np.searchsorted(fresh.owner, starts + PIECE)
    pieces = []
    for at, no in enumerate(numbers.tolist()):
        first = no * PIECE
        old = cache.old(*where, no)
        part = fresh.take(slice(int(bounds[at]), int(ends[at])))
        if old is not None:
            here = touched[(touched >= first) & (touched < first + PIECE)]
            part = replaced(decode(old, first, like), part, here, first, PIECE)
        pieces.append((piece_id(*where, no), encode(part, first)))
    cache.put(pieces)


def _append(
    cache: Cache, where: tuple[int, int, int], count: int, data: bytes, lengths: NDArray[np.int64], pad: int
) -> None:
    """Add byte strings after the `count` that are there; behind each are `pad` bytes that its length leaves out."""
    if not len(lengths):
        return
    no, inside = divmod(count, PIECE)
    if inside:
        old = cache.old(*where, no)
        assert old is not None
        n, _, body = opened(old)
        data = bytes(body[4 * n :]) + data
        lengths = np.concatenate((np.frombuffer(body, "<u4", n).astype(np.int64), lengths))
    ends = np.append(0, np.cumsum(lengths + pad))
    cache.put(
        (
            piece_id(*where, no + start // PIECE),
            encode_texts(
                data[ends[start] : ends[min(start + PIECE, len(lengths))]], lengths[start : start + PIECE]
            ),
        )
        for start in range(0, len(lengths), PIECE)
    )  # fmt: skip


def _renumber(cache: Cache, kind: int, column: Column) -> int:
    """Write a column's texts anew, without those that no cell has any more; gives how many there are then."""
    old = column.empty()
    for _, data in cache.old_pieces(kind, column.number, TEXTS):
        decode_texts(data, old.texts)
    texts = column.fresh_texts()
    pieces = []
    for no, data in cache.old_pieces(kind, column.number, 0):
        entries = decode(data, no * PIECE, old)
        assert entries.code is not None
        live = np.flatnonzero(entries.code >= 0)
        entries.code[live] = texts.add(old.texts.several(entries.code[live].tolist()))
        pieces.append((piece_id(kind, column.number, 0, no), encode(entries, no * PIECE)))
    cache.put(pieces)
    cache.drop(kind, column.number, TEXTS)
    data, lengths = texts.tail(0)
    _append(cache, (kind, column.number, TEXTS), 0, data, lengths, 1)
    return len(texts)
