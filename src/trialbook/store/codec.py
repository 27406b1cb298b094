"""What bytes is a chunk? How points lie on disk.

A batch of points (`flush.data`: metric, step, time, value) and a chunk of one series (`chunk.data`: step, time, value)
are the same container of columns, each packed on its own. All numbers are little-endian.

::

    +-------+-------+-------+---------------+---------------------------+----------+----------+---
    | codec | k     | 0 0   | n             | bytes of column 0 ... k-1 | column 0 | column 1 | ...
    | u8    | u8    | u16   | u32           | u32 each                  |          |          |
    +-------+-------+-------+---------------+---------------------------+----------+----------+---

    codec 0  raw: the numbers themselves, for a few points
    codec 1  pcodec (https://github.com/pcodec/pcodec), standalone format
    codec 2  bytes shuffled (all first bytes, all second bytes, ...), then zlib: wherever pcodec is missing

`chunk.over` is one record of `OVERVIEW` for every 256 points of the chunk; `summary.data` is `SUMMARY_HEADER`, then one
record of `SUMMARY` a series, by metric id:

::

    +---------+-------------+----------------------+----------------------+---
    | version | 0 ... 0     | SUMMARY of metric 3  | SUMMARY of metric 17 | ...
    | u8 = 1  | 7 bytes     | 80 bytes             | 80 bytes             |
    +---------+-------------+----------------------+----------------------+---

Every codec keeps every bit: the payload of a NaN, the sign of a zero, infinities.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.errors import StoreError, StoreVersionError

try:
    from pcodec import ChunkConfig, standalone
except ImportError:  # pragma: no cover - a platform without a wheel
    standalone = None

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

RAW, PCODEC, SHUFFLE = 0, 1, 2
RAW_BELOW = 64
"""Fewer points of a chunk are stored raw: there is little to save."""

RAW_BATCH_BELOW = 1024
"""Fewer points of a batch are stored raw: pcodec takes 190 us for 200, to save bytes that a merge saves anyway."""

LEVEL = 4
"""pcodec's level: 2.6 + 3.4 bytes a point (time + value), 0.74 ms a full chunk; 8 takes thrice as long for 2% less."""

CHUNK_POINTS = 16_384
OVERVIEW_POINTS = 256

METRIC, STEP, TIME, VALUE = np.dtype("<u4"), np.dtype("<i8"), np.dtype("<f8"), np.dtype("<f8")
FLUSH_COLUMNS = (METRIC, STEP, TIME, VALUE)
CHUNK_COLUMNS = (STEP, TIME, VALUE)

OVERVIEW = np.dtype(
    [
        ("step", "<i8"),  # of the first point
        ("time", "<f8"),  # of the first point
        ("minimum", "<f8"),  # over the points that are numbers; NaN when none is
        ("maximum", "<f8"),
        ("total", "<f8"),
        ("count", "<u4"),
        ("numbers", "<u4"),  # how many are not NaN
    ]
)

SUMMARY = np.dtype(
    [
        ("metric", "<u4"),
        ("zero", "<u4"),
        ("count", "<u8"),
        ("numbers", "<u8"),
        ("last", "<f8"),
        ("minimum", "<f8"),
        ("maximum", "<f8"),
        ("total", "<f8"),
        ("squares", "<f8"),
        ("last_step", "<i8"),
        ("last_time", "<f8"),
    ]
)
SUMMARY_HEADER = b"\x01" + bytes(7)

_HEADER = struct.Struct("<BBHI")
_PCODEC_BYTE = bytes((PCODEC,))


def pack_batch(columns: Sequence[NDArray[Any]]) -> bytes:
    """Pack a batch as it arrived."""
    return pack(columns, RAW if len(columns[0]) < RAW_BATCH_BELOW else None)


def pack(columns: Sequence[NDArray[Any]], codec: int | None = None) -> bytes:
    """Pack columns of equal length, each a little-endian array of 4 or 8 byte numbers.

    Parameters
    ----------
    codec
        None chooses: raw for a few points, else pcodec, else shuffle.
    """
    n = len(columns[0])
    if codec is None:
        codec = RAW if n < RAW_BELOW else SHUFFLE if standalone is None else PCODEC
    if n == 0:
        codec = RAW
    parts = [_ENCODE[codec](np.ascontiguousarray(column)) for column in columns]
    sizes = struct.pack(f"<{len(parts)}I", *map(len, parts))
    return b"".join((_HEADER.pack(codec, len(parts), 0, n), sizes, *parts))


def unpack(data: bytes, dtypes: Sequence[np.dtype[Any]]) -> list[NDArray[Any]]:
    """Undo `pack`; `dtypes` are the columns' types. Arrays may be read-only views of `data`.

    Raises `StoreError` when the bytes are not such a container.
    """
    try:
        codec, count, _, n = _HEADER.unpack_from(data)
        sizes = struct.unpack_from(f"<{count}I", data, _HEADER.size)
    except struct.error as error:
        raise _damaged() from error
    if codec not in _DECODE:
        message = f"points are packed by codec {codec}, which this version does not know: upgrade Trialbook"
        raise StoreVersionError(message)
    start = _HEADER.size + 4 * count
    if count != len(dtypes) or start + sum(sizes) != len(data):
        raise _damaged()
    columns = []
    for size, dtype in zip(sizes, dtypes, strict=True):
        columns.append(_DECODE[codec](data[start : start + size], dtype, n))
        start += size
    return columns


def unpack_into(data: bytes, columns: Sequence[NDArray[Any] | None]) -> None:
    """Undo `pack` into arrays that are there, contiguous and of the columns' types; None leaves a column out.

    The last column is always wanted. Raises as `unpack` does.
    """
    last = columns[-1]
    assert last is not None
    if data[:1] == _PCODEC_BYTE and standalone is not None and len(data) > _HEADER.size + 4 * len(columns):
        _, count, _, n = _HEADER.unpack_from(data)
        if count != len(columns) or n != len(last):
            raise _damaged()
        start = _HEADER.size + 4 * count
        for size, column in zip(struct.unpack_from(f"<{count}I", data, _HEADER.size), columns, strict=True):
            if column is not None:
                standalone.simple_decompress_into(data[start : start + size], column)
            start += size
        return
    # Columns left out are as wide as numbers are.
    dtypes = [VALUE if column is None else column.dtype for column in columns]
    for column, unpacked in zip(columns, unpack(data, dtypes), strict=True):
        if len(unpacked) != len(last):
            raise _damaged()
        if column is not None:
            column[:] = unpacked


def _damaged() -> StoreError:
    return StoreError("stored points are damaged: their lengths do not add up")


def _raw(column: NDArray[Any]) -> bytes:
    return column.tobytes()


def _from_raw(data: bytes, dtype: np.dtype[Any], n: int) -> NDArray[Any]:
    return np.frombuffer(data, dtype, n)


def _pcodec(column: NDArray[Any]) -> bytes:
    return bytes(standalone.simple_compress(column, ChunkConfig(compression_level=LEVEL)))


def _from_pcodec(data: bytes, dtype: np.dtype[Any], n: int) -> NDArray[Any]:
    if standalone is None:
        message = "points are packed with pcodec, which is not installed: pip install pcodec"
        raise StoreError(message)
    column: NDArray[Any] = np.empty(n, dtype)
    standalone.simple_decompress_into(data, column)
    return column


def _shuffle(column: NDArray[Any]) -> bytes:
    return zlib.compress(column.view(np.uint8).reshape(len(column), -1).T.tobytes(), 6)


def _from_shuffle(data: bytes, dtype: np.dtype[Any], n: int) -> NDArray[Any]:
    lanes = np.frombuffer(zlib.decompress(data), np.uint8).reshape(dtype.itemsize, n)
    return np.ascontiguousarray(lanes.T).view(dtype).reshape(n)


_ENCODE = {RAW: _raw, PCODEC: _pcodec, SHUFFLE: _shuffle}
_DECODE = {RAW: _from_raw, PCODEC: _from_pcodec, SHUFFLE: _from_shuffle}


def pack_summary(records: NDArray[np.void]) -> bytes:
    """Write summary records (dtype `SUMMARY`, by metric id)."""
    return SUMMARY_HEADER + records.tobytes()


def unpack_summary(data: bytes) -> NDArray[np.void]:
    """Read summary records; a read-only view of `data`."""
    if data[:1] != SUMMARY_HEADER[:1]:
        message = f"summaries are packed in version {data[0]}, which this version does not know: upgrade Trialbook"
        raise StoreVersionError(message)
    return np.frombuffer(data, SUMMARY, offset=len(SUMMARY_HEADER))


def overview(step: NDArray[np.int64], time: NDArray[np.float64], value: NDArray[np.float64]) -> NDArray[np.void]:
    """Describe every 256 points of a chunk by one record of `OVERVIEW`."""
    starts = np.arange(0, len(value), OVERVIEW_POINTS)
    number = ~np.isnan(value)
    records = np.zeros(len(starts), OVERVIEW)
    records["step"], records["time"] = step[starts], time[starts]
    with np.errstate(all="ignore"):
        records["minimum"] = np.fmin.reduceat(value, starts)
        records["maximum"] = np.fmax.reduceat(value, starts)
        records["total"] = np.add.reduceat(np.where(number, value, 0.0), starts)
    records["count"] = np.diff(starts, append=len(value))
    records["numbers"] = np.add.reduceat(number.astype(np.uint32), starts)
    return records
