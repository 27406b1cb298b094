"""Points come back bit for bit from every codec, and damage is noticed."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from trialbook.errors import StoreError, StoreVersionError
from trialbook.store import codec

BITS = st.integers(0, 2**64 - 1)
SPECIAL = [0x7FF0000000000001, 0xFFF8000000000123, 0x8000000000000000, 0x7FF0000000000000, 0, 1]
LENGTHS = st.one_of(st.integers(0, 5), st.sampled_from([63, 64, 65, 300]))
WORDS = hnp.arrays(
    np.uint64, LENGTHS, elements=st.one_of(BITS, st.sampled_from(SPECIAL)), fill=st.sampled_from(SPECIAL)
)


def columns_of(words: NDArray[np.uint64]) -> list[NDArray[Any]]:
    """Any bits at all, seen as the columns of a batch."""
    metric = (words & np.uint64(0xFFFFFFFF)).astype("<u4")
    return [metric, words.view("<i8"), words[::-1].copy().view("<f8"), words.view("<f8")]


@pytest.mark.parametrize("chosen", [None, codec.RAW, codec.PCODEC, codec.SHUFFLE])
@given(words=WORDS)
def test_any_bits_come_back(chosen: int | None, words: NDArray[np.uint64]) -> None:
    columns = columns_of(words)
    found = codec.unpack(codec.pack(columns, chosen), codec.FLUSH_COLUMNS)
    for column, back in zip(columns, found, strict=True):
        assert back.dtype == column.dtype
        assert back.tobytes() == column.tobytes()


@pytest.mark.parametrize(("count", "chosen"), [(0, codec.RAW), (63, codec.RAW), (64, codec.PCODEC)])
def test_the_first_byte_names_the_codec(count: int, chosen: int) -> None:
    assert codec.pack(columns_of(np.arange(count, dtype=np.uint64)))[0] == chosen


def test_a_full_chunk_of_a_typical_series_takes_at_most_7_bytes_a_point() -> None:
    rng = np.random.default_rng(0)
    step = np.arange(codec.CHUNK_POINTS)
    time = 1.7e9 + np.cumsum(rng.exponential(0.1, len(step)))
    value = rng.normal(size=len(step)).astype(np.float32).astype(np.float64)
    data, over = codec.pack((step, time, value)), codec.overview(step, time, value).tobytes()
    assert len(data) + len(over) < 6.5 * len(step)
    assert len(codec.pack((step, time, value), codec.SHUFFLE)) < 14 * len(step)


def test_bytes_that_are_no_container_are_refused() -> None:
    data = codec.pack(columns_of(np.arange(100, dtype=np.uint64)))
    for damaged in (b"", data[:3], data[:-1], data + b"x", data[:1] + b"\x09" + data[2:]):
        with pytest.raises(StoreError, match="damaged"):
            codec.unpack(damaged, codec.FLUSH_COLUMNS)
    with pytest.raises(StoreError, match="damaged"):
        codec.unpack(data, codec.CHUNK_COLUMNS)


def test_a_codec_or_a_summary_of_a_newer_version_says_so() -> None:
    data = codec.pack(columns_of(np.arange(3, dtype=np.uint64)))
    with pytest.raises(StoreVersionError, match="codec 77"):
        codec.unpack(bytes([77]) + data[1:], codec.FLUSH_COLUMNS)
    with pytest.raises(StoreVersionError, match="version 2"):
        codec.unpack_summary(bytes([2]) + bytes(7))


def test_the_layout_is_the_documented_one() -> None:
    data = codec.pack((np.array([7], "<i8"), np.array([1.5], "<f8"), np.array([-0.0], "<f8")))
    assert data == struct.pack("<BBHI3Iqdd", 0, 3, 0, 1, 8, 8, 8, 7, 1.5, -0.0)
    assert codec.SUMMARY.itemsize == 80
    assert codec.OVERVIEW.itemsize == 48


def test_an_overview_describes_every_256_points() -> None:
    value = np.arange(600, dtype=np.float64)
    value[300] = math.nan
    value[512:] = math.nan
    over = codec.overview(np.arange(600), np.arange(600, dtype=np.float64) + 0.5, value)
    assert over["step"].tolist() == [0, 256, 512]
    assert over["time"].tolist() == [0.5, 256.5, 512.5]
    assert over["count"].tolist() == [256, 256, 88]
    assert over["numbers"].tolist() == [256, 255, 0]
    assert over["minimum"][:2].tolist() == [0.0, 256.0]
    assert over["maximum"][:2].tolist() == [255.0, 511.0]
    assert over["total"].tolist() == [sum(range(256)), sum(range(256, 512)) - 300, 0.0]
    assert np.isnan(over["minimum"][2])
