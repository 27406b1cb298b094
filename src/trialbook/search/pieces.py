"""A piece: the cells of one column in 16,384 rows, as bytes.

::

    +-------+---------+-------+----------+--------+---------+-------------+--------+---------+-------+
    | crc32 | n   u32 | flags | 3 x zero | offset | element | is a number | number | code    |
    |       |         | u8    |          | n u16  | n i64   | n bits      | n f64  | n i32   |
    +-------+---------+-------+----------+--------+---------+-------------+--------+---------+-------+

Each part is there when its flag is set: no offsets when every row has a cell, no bits when every cell is a number.
Numbers that single precision holds exactly are written so; every bit of the others is kept. The checksum is over all
that follows it, so that a piece that was torn or rotted is seen.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

from trialbook.errors import StoreError
from trialbook.search.entries import SPARSE, Entries, blank

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.search.texts import Texts

PIECE = 1 << 14
_HEADER = struct.Struct("<IIB3x")
_OFFSET, _ELEMENT, _BITS, _NUMBER, _CODE, _SINGLE = 1, 2, 4, 8, 16, 32


class CacheBrokenError(StoreError):
    """What lies in the cache is not what was put there."""


def encode(entries: Entries, first: int) -> bytes:
    """Write sparse entries of one lane, whose rows are `first` and up to PIECE - 1 more."""
    n, flags, parts = len(entries), 0, []
    assert entries.owner is not None
    if n != PIECE or entries.element is not None:
        flags |= _OFFSET
        parts.append((entries.owner - first).astype("<u2").tobytes())
    if entries.element is not None:
        flags |= _ELEMENT
        parts.append(entries.element.astype("<i8").tobytes())
    if entries.has is not None and entries.number is not None and entries.has.any():
        flags |= _NUMBER
        if not entries.has.all():
            flags |= _BITS
            parts.append(np.packbits(entries.has).tobytes())
        number = entries.number[0].astype("<f8")
        with np.errstate(over="ignore", invalid="ignore"):
            single = number.astype("<f4")
        if single.astype("<f8").tobytes() == number.tobytes():
            flags |= _SINGLE
            parts.append(single.tobytes())
        else:
            parts.append(number.tobytes())
    if entries.code is not None and (entries.code >= 0).any():
        flags |= _CODE
        parts.append(entries.code.astype("<i4").tobytes())
    body = b"".join(parts)
    return sealed(n, flags, body)


def sealed(n: int, flags: int, body: bytes) -> bytes:
    """Put the header before a body."""
    crc = zlib.crc32(body, zlib.crc32(struct.pack("<IB", n, flags)))
    return _HEADER.pack(crc, n, flags) + body


def opened(data: bytes) -> tuple[int, int, memoryview]:
    """Give (n, flags, body). Raises `CacheBrokenError` when the checksum is not theirs."""
    if len(data) < _HEADER.size:
        raise CacheBrokenError("a piece of the column cache is too short")
    crc, n, flags = _HEADER.unpack_from(data)
    body = memoryview(data)[_HEADER.size :]
    if zlib.crc32(body, zlib.crc32(struct.pack("<IB", n, flags))) != crc:
        raise CacheBrokenError("a piece of the column cache does not have its checksum")
    return n, flags, body


def decode(data: bytes, first: int, like: Entries) -> Entries:
    """Read a piece as sparse entries of the kind of `like`."""
    n, flags, body = opened(data)
    at = 0

    def part(dtype: str, count: int = n) -> NDArray[np.generic]:
        nonlocal at
        found: NDArray[np.generic] = np.frombuffer(body, dtype, count, at)
        at += found.nbytes
        return found

    owner = np.arange(first, first + n)
    if flags & _OFFSET:
        owner = part("<u2").astype(np.int64) + first
    element = part("<i8").astype(np.int64) if flags & _ELEMENT else None
    found = blank(like, n)
    found.owner, found.element = owner, element
    if flags & _NUMBER and found.number is not None and found.has is not None:
        found.has[:] = True
        if flags & _BITS:
            found.has[:] = np.unpackbits(part("u1", (n + 7) // 8), count=n)  # type: ignore[arg-type]
        found.number[0] = part("<f4" if flags & _SINGLE else "<f8")
    if flags & _CODE and found.code is not None:
        found.code[:] = part("<i4")
    if like.element is not None and element is None:
        found.element = np.zeros(n, np.int64)
    return found


def assemble(pieces: Sequence[tuple[int, bytes]], like: Entries, rows: int) -> Entries:
    """Put the pieces (number, bytes) of a column together, in order: dense where enough rows have a cell."""
    total = sum(_HEADER.unpack_from(data)[1] for _, data in pieces if len(data) >= _HEADER.size)
    many = like.element is not None
    if many or total * SPARSE <= rows:
        return _concatenated([decode(data, no * PIECE, like) for no, data in pieces], like)
    dense = blank(like, rows)
    for no, data in pieces:
        found = decode(data, no * PIECE, like)
        start = no * PIECE
        dense.put(slice(start, start + PIECE) if len(found) == PIECE else found.owner, found)  # type: ignore[arg-type]
    return dense


def _concatenated(found: list[Entries], like: Entries) -> Entries:
    if not found:
        return like

    def joined(name: str, axis: int = 0) -> NDArray[np.generic] | None:
        arrays = [getattr(one, name) for one in found]
        return None if arrays[0] is None else np.concatenate(arrays, axis)

    return Entries(
        like.texts, joined("owner"), joined("element"), joined("number", 1), joined("has"), joined("code")  # type: ignore[arg-type]
    )  # fmt: skip


def encode_texts(data: bytes, lengths: NDArray[np.int64]) -> bytes:
    """Write texts as `Texts.tail` gives them."""
    return sealed(len(lengths), 0, lengths.astype("<u4").tobytes() + data)


def decode_texts(data: bytes, texts: Texts) -> None:
    """Read texts onto the end of `texts`."""
    n, _, body = opened(data)
    texts.append(bytes(body[4 * n :]), np.frombuffer(body, "<u4", n).astype(np.int64))
