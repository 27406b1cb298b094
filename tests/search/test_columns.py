"""A column against a dict of its cells, sparse, dense and many to a row."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trialbook.search.columns import WAITING, Column
from trialbook.search.entries import Entries
from trialbook.search.flatten import Cell, Type
from trialbook.search.texts import MANY

CELLS = st.floats(allow_nan=False) | st.text(max_size=3)
ROWS = st.integers(0, 60)


def cell(entries: Entries, at: int) -> Cell:
    """Give the one value of an entry."""
    if entries.code is not None and entries.code[at] >= 0:
        return entries.texts.get(int(entries.code[at]))
    assert entries.number is not None
    return float(entries.number[0, at])


def held(entries: Entries) -> list[tuple[int, Cell]]:
    present = entries.present()
    owner = range(len(entries)) if entries.owner is None else entries.owner.tolist()
    return [(row, cell(entries, at)) for at, row in enumerate(owner) if present[at]]


@given(st.lists(st.lists(st.tuples(ROWS, st.none() | CELLS), max_size=30), max_size=5), st.integers(61, 900))
def test_a_column_holds_what_was_written_last(batches: list[list[tuple[int, Cell | None]]], rows: int) -> None:
    column, expected = Column(Type.MIXED), dict[int, Cell]()
    for batch in batches:
        for row, written in batch:
            column.put(row, written, rows)
            expected.pop(row, None)
            if written is not None:
                expected[row] = written
        assert held(column.entries(rows)) == sorted(expected.items(), key=lambda one: one[0])
        rows += rows // 3


@given(
    st.lists(st.tuples(ROWS, st.none() | st.lists(st.tuples(st.integers(0, 3), CELLS), max_size=3)), max_size=30),
    st.integers(0, 30),
)
def test_many_cells_of_a_row_stay_together_in_order(
    writes: list[tuple[int, list[tuple[int, Cell]] | None]], read: int
) -> None:
    column, expected = Column(Type.MIXED, many=True), dict[int, list[tuple[int, Cell]]]()
    for at, (row, written) in enumerate(writes):
        column.put(row, written, 61)
        expected[row] = written or []
        if at == read:
            column.entries(61)
    entries = column.entries(61)
    assert entries.element is not None
    elements = entries.element.tolist()
    found = [(row, (elements[at], value)) for at, (row, value) in enumerate(held(entries))]
    assert found == [(row, one) for row in sorted(expected) for one in expected[row]]


def test_a_column_is_sparse_until_an_eighth_of_the_rows_are_filled_and_again_when_few_are() -> None:
    column = Column(Type.NUMBER)
    for row in range(100):
        column.put(row, 1.0, 1000)
    assert column.entries(1000).owner is not None
    for row in range(100, 130):
        column.put(row, 1.0, 1000)
    assert column.entries(1000).owner is None
    assert column.entries(2000).owner is None
    assert column.entries(4000).owner is not None
    assert held(column.entries(4000)) == [(row, 1.0) for row in range(130)]


def test_what_waits_is_packed_when_it_is_much() -> None:
    column = Column(Type.NUMBER)
    for row in range(3 * WAITING):
        column.put(row, float(row), 3 * WAITING)
    assert len(column._rows) <= WAITING
    assert held(column.entries(3 * WAITING)) == [(row, float(row)) for row in range(3 * WAITING)]


def test_texts_that_no_cell_has_any_more_are_dropped() -> None:
    column, rows = Column(Type.TEXT), 2000
    turns = 2 * MANY // rows + 10
    for turn in range(turns):
        for row in range(rows):
            column.put(row, f"{turn}-{row}", rows)
        column.entries(rows)
    assert len(column.texts) < MANY
    assert held(column.entries(rows)) == [(row, f"{turns - 1}-{row}") for row in range(rows)]


def test_lanes_are_read_one_at_a_time() -> None:
    column = Column(Type.NUMBER, lanes=3)
    column.put(1, (1.0, 2.0, 3.0), 2)
    assert [held(column.entries(2, lane)) for lane in range(3)] == [[(1, 1.0)], [(1, 2.0)], [(1, 3.0)]]
