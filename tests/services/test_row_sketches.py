"""Rows of tables by their hashes, against sets of rows."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from trialbook.services import row_sketches
from trialbook.services.row_sketches import Sketch, UnreadableTableError, compare, sketch

CELLS = st.one_of(
    st.integers(-1000, 1000),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3)),
    st.sampled_from(["ann", "bob", "a b", 'say "x"', "ü,ö", "x\ny"]),
)
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=12)


def of_csv(text: str | bytes, kept: int = row_sketches.KEPT) -> Sketch:
    return sketch(io.BytesIO(text.encode() if isinstance(text, str) else text), "csv", kept)


def as_csv(rows: list[Any], order: list[int]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([[row[at] for at in order] for row in rows])
    return out.getvalue()


def as_json_lines(rows: list[Any]) -> bytes:
    return b"".join(json.dumps({f"c{at}": cell for at, cell in enumerate(row)}).encode() + b"\n" for row in rows)


def bag(row: tuple[Any, ...]) -> tuple[str, ...]:
    """Give what a row is, by the documented rules."""
    return tuple(sorted(f"n{float(cell) + 0.0}" if isinstance(cell, int | float) else f"t{cell}" for cell in row))


@settings(max_examples=60, deadline=None)
@given(mine=ROWS, theirs=ROWS, share=st.integers(0, 6), order=st.permutations(range(4)))
def test_shared_rows_are_those_of_the_sets_of_rows(
    mine: list[Any], theirs: list[Any], share: int, order: list[int]
) -> None:
    theirs = [*theirs, *mine[:share]]
    expected = len({bag(row) for row in mine} & {bag(row) for row in theirs})
    header = [("first", "second", "third", "fourth")]  # a header is dropped when the second line has a number
    first = [(1, 2, 3, 4), *mine]
    also = {bag((1, 2, 3, 4))} & {bag(row) for row in theirs}
    asked = of_csv(as_csv([*header, *first], order))
    assert asked.rows == len(first)
    used = sketch(io.BytesIO(as_json_lines(theirs)), "jsonl")
    fresh = 0 if bag((1, 2, 3, 4)) in {bag(row) for row in mine} else len(also)
    assert compare(asked, used).shared == expected + fresh


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("1,a,x", "1.0,a,x", True),
        ("1,a,x", "+1e0, a ,x", True),
        ("0,a,x", "-0.0,a,x", True),
        ("1,a,x", "x,a,1", True),
        ("1,a,x", "1,A,x", False),
        ("1,True,x", "1,true,x", True),
        ("1,,x", "1,NaN,x", True),
        ("1,,x", "x,1", True),
        ("9007199254740992,a,x", "9007199254740993,a,x", False),
        ("0009007199254740993,a,x", "9007199254740993,a,x", True),
        ("1,a", "1,a,b", False),
        ("1,1,2", "1,2,2", False),
    ],
)
def test_which_values_are_equal(left: str, right: str, same: bool) -> None:
    assert bool(compare(of_csv(left), of_csv(right)).shared) is same


def test_a_parquet_file_has_the_rows_of_the_csv_file_it_was_made_of() -> None:
    table = pa.table(
        {
            "whole": pa.array([1, None, 3], pa.int32()),
            "single": pa.array([0.1, 2.5, 3e8], pa.float32()),
            "double": [0.1, 1e22, -2.0],
            "flag": [True, False, None],
            "word": ["a", "b", "ü"],
        }
    )
    out = io.BytesIO()
    parquet.write_table(table, out)
    out.seek(0)
    text = "whole,single,double,flag,word\n1,0.1,0.1,True,a\n,2.5,1e22,False,b\n3,300000000,-2,,ü\n"
    overlap = compare(sketch(out, "parquet"), of_csv(text))
    assert (overlap.shared, overlap.asked, overlap.other) == (3, 3, 3)


def test_the_first_line_is_a_header_only_when_the_second_shows_that() -> None:
    assert of_csv("a,b\n1,2\n").rows == 1
    assert of_csv("a,b\nc,d\n").rows == 2
    assert of_csv("a,1\nb,2\n").rows == 2
    assert of_csv("a,\nb,2\n").rows == 2


def test_a_large_table_is_sampled_fairly_and_says_so() -> None:
    lines = [f"{number},w{number % 17},{number * 0.5}" for number in range(40_000)]
    used = of_csv("\n".join(lines), kept=4_096)
    assert (len(used.hashes), used.complete, used.rows) == (4_096, False, 40_000)
    half = [*lines[:5_000], *(f"{number},x,{number}" for number in range(5_000))]
    overlap = compare(of_csv("\n".join(half)), used)
    assert not overlap.exact
    assert overlap.shared / overlap.asked == pytest.approx(0.5, abs=0.06)  # about 1,000 rows below the threshold


def test_hashes_are_spread_evenly_even_for_counters() -> None:
    numbers = of_csv("\n".join(f"{number},{number + 1},{number % 3}" for number in range(20_000)))
    shares = np.bincount((numbers.hashes >> np.uint64(60)).astype(int), minlength=16) / len(numbers.hashes)
    assert len(numbers.hashes) == 20_000
    assert np.all(np.abs(shares - 1 / 16) < 0.01)


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("csv", b"1,2\n3\n", "Expected 2 columns"),
        ("csv", b"\xff\xfe1,2\n", "UTF8"),
        ("parquet", b"none", "parquet"),
        ("jsonl", b"{", "jsonl"),
        ("jsonl", b"\xff", "jsonl"),
    ],
)
def test_what_cannot_be_read_says_why(kind: str, data: bytes, why: str) -> None:
    with pytest.raises(UnreadableTableError, match=why):
        sketch(io.BytesIO(data), kind)


def test_tables_with_nested_columns_are_not_read() -> None:
    out = io.BytesIO()
    parquet.write_table(pa.table({"a": [[1, 2], [3]]}), out)
    out.seek(0)
    with pytest.raises(UnreadableTableError):
        sketch(out, "parquet")


def test_nothing_has_no_rows() -> None:
    assert of_csv("").rows == 0
    assert of_csv("\n\n").rows == 0
    assert sketch(io.BytesIO(b""), "jsonl").rows == 0
    assert len(of_csv(",,\n,,\n").hashes) == 0


def test_a_sketch_is_read_back_as_it_was_kept() -> None:
    before = of_csv("1,2\n3,4\n")
    after = row_sketches.from_document(row_sketches.to_document(before))
    assert after is not None
    assert np.array_equal(before.hashes, after.hashes)
    assert (before.threshold, before.rows, before.columns) == (after.threshold, after.rows, after.columns)


def test_a_shrunk_sketch_is_a_sample_of_the_same_rows() -> None:
    whole = of_csv("\n".join(f"{number},{number * 2}" for number in range(3_000)))
    small = row_sketches.from_document(row_sketches.shrunk(row_sketches.to_document(whole), 500))
    assert small is not None
    overlap = compare(small, whole)
    assert (overlap.shared, overlap.asked, overlap.other, overlap.exact) == (500, 500, 500, False)
    assert row_sketches.shrunk(row_sketches.to_document(small), 500) == row_sketches.to_document(small)


def test_the_rows_of_several_tables_are_those_of_each() -> None:
    tables = [of_csv("1,2\n3,4\n"), of_csv("3,4\n5,6\n")]
    joined = row_sketches.union(tables)
    assert len(joined.hashes) == 3
    assert [compare(one, joined).shared for one in tables] == [2, 2]


@pytest.mark.parametrize("text", ["1e999,a,b", ".,a,b", "1.,a,b", "1e,a,b", "٣,a,b", "-,+,e", "1" * 5_000 + ",a,b"])
def test_odd_numbers_are_values_too(text: str) -> None:
    assert compare(of_csv(text), of_csv(",".join(reversed(text.split(","))))).shared == 1


def test_json_nested_without_end_is_unreadable_not_a_crash() -> None:
    with pytest.raises(UnreadableTableError):
        sketch(io.BytesIO(b"[" * 100_000), "jsonl")
