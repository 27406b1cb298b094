"""The checksums that S3 clients send and verify: MD5, SHA and three CRCs, computed while the bytes go by.

zlib knows CRC-32 alone, and current clients default to CRC-64/NVME or CRC-32C. One idea serves both, and joins the
checksums of parts into that of the whole: **a CRC without its constants is linear**, so bytes can be cut into lanes,
the lanes run side by side in numpy, and their results be joined by "append n zero bytes", a matrix over GF(2).

Source: the parameters are those of the catalogue of parametrised CRC algorithms (CRC-32/ISO-HDLC, CRC-32/ISCSI,
CRC-64/NVME); all three are reflected, start from ones and are inverted at the end.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from functools import cache
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

LANE = 512
"""Bytes a lane holds: few enough steps for numpy, few enough lanes for a quick join."""
LARGEST = 1 << 20
SMALLEST = 1 << 13
"""Blocks of at least this many bytes go through lanes; below, a plain loop is as fast."""


class Hash(Protocol):
    """A checksum in progress, as hashlib's objects are."""

    def update(self, data: bytes, /) -> None:
        """Take the next bytes."""

    def digest(self) -> bytes:
        """Give the checksum so far."""


class Crc:
    """A reflected CRC of 32 or 64 bits in progress."""

    def __init__(self, polynomial: int, bits: int) -> None:
        self.polynomial = polynomial
        self.bits = bits
        self._mask = (1 << bits) - 1
        self._state = self._mask

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        at = 0
        while len(data) - at >= SMALLEST:
            size = min(LARGEST, 1 << ((len(data) - at).bit_length() - 1))
            block = np.frombuffer(data, np.uint8, size, at)
            self._state = append_zeros(self.polynomial, self._state, size) ^ _lanes(self.polynomial, block)
            at += size
        table = _byte_table(self.polynomial)
        state = self._state
        for byte in memoryview(data)[at:]:
            state = table[(state ^ byte) & 0xFF] ^ (state >> 8)
        self._state = state

    def digest(self) -> bytes:
        """Give the checksum so far, most significant byte first."""
        return (self._state ^ self._mask).to_bytes(self.bits // 8)


class _Crc32:
    """CRC-32 through zlib, which is faster."""

    def __init__(self) -> None:
        self._state = 0

    def update(self, data: bytes) -> None:
        self._state = zlib.crc32(data, self._state)

    def digest(self) -> bytes:
        return self._state.to_bytes(4)


POLYNOMIALS = {"CRC32": 0xEDB88320, "CRC32C": 0x82F63B78, "CRC64NVME": 0x9A6C9329AC4BC9B5}
ALGORITHMS = (*POLYNOMIALS, "SHA1", "SHA256", "SHA512", "MD5")
"""What we verify, in S3's names; a checksum's member in requests and answers is `Checksum<name>`."""


def new_hash(algorithm: str) -> Hash:
    """Start a checksum by S3's name for it."""
    if algorithm == "CRC32":
        return _Crc32()
    if algorithm in POLYNOMIALS:
        return Crc(POLYNOMIALS[algorithm], 64 if algorithm == "CRC64NVME" else 32)
    return hashlib.new(algorithm.lower(), usedforsecurity=False)


class Digests:
    """The size, the MD5, the content's identity and any further checksums of one stream of bytes."""

    def __init__(self, algorithms: Iterable[str] = ()) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256(usedforsecurity=False)
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._hashes = {name: new_hash(name) for name in algorithms}

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self.size += len(data)
        self._md5.update(data)
        self._sha256.update(data)
        for one in self._hashes.values():
            one.update(data)

    def md5(self) -> str:
        """Give the MD5 in hex: the ETag of a simple object."""
        return self._md5.hexdigest()

    def sha256(self) -> str:
        """Give the SHA-256 in hex: the identity of the content (`services.contents`)."""
        return self._sha256.hexdigest()

    def members(self) -> dict[str, str]:
        """Give the further checksums as S3's members: `{"ChecksumCRC32": "<base64>"}`."""
        return {member(name): base64.b64encode(one.digest()).decode() for name, one in self._hashes.items()}


def member(algorithm: str) -> str:
    """Give the member that holds a checksum: "CRC32" is in "ChecksumCRC32"."""
    return f"Checksum{algorithm}"


def composite(algorithm: str, parts: Iterable[str]) -> str:
    """Give the checksum of checksums of a multipart object, without its `-N`: base64 in, base64 out."""
    whole = new_hash(algorithm)
    whole.update(b"".join(base64.b64decode(part) for part in parts))
    return base64.b64encode(whole.digest()).decode()


def joined(algorithm: str, parts: Iterable[tuple[str, int]]) -> str:
    """Give the CRC of parts laid end to end, from each part's CRC (base64) and size in bytes."""
    polynomial = POLYNOMIALS[algorithm]
    size = 8 if algorithm == "CRC64NVME" else 4
    crc = 0
    for part, length in parts:
        crc = append_zeros(polynomial, crc, length) ^ int.from_bytes(base64.b64decode(part))
    return base64.b64encode(crc.to_bytes(size)).decode()


def append_zeros(polynomial: int, state: int, count: int) -> int:
    """Give a CRC's bare state after `count` more zero bytes."""
    bit = 0
    while count:
        if count & 1:
            state = _times(_zeros(polynomial, bit), state)
        count >>= 1
        bit += 1
    return state


@cache
def _byte_table(polynomial: int) -> list[int]:
    table = list(range(256))
    for _ in range(8):
        table = [(state >> 1) ^ (polynomial if state & 1 else 0) for state in table]
    return table


@cache
def _pair_table(polynomial: int) -> Words:
    """Give the step over two bytes at once: 65,536 words."""
    single = np.array(_byte_table(polynomial), np.uint64)
    states = np.arange(1 << 16, dtype=np.uint64)
    for _ in range(2):
        states = single[states & 0xFF] ^ (states >> 8)
    return states


@cache
def _zeros(polynomial: int, power: int) -> tuple[int, ...]:
    """Give the matrix that appends `2 ** power` zero bytes: what becomes of each single bit."""
    if power == 0:
        table = _byte_table(polynomial)
        return tuple(table[one & 0xFF] ^ (one >> 8) for one in (1 << bit for bit in range(64)))
    half = _zeros(polynomial, power - 1)
    return tuple(_times(half, column) for column in half)


def _times(matrix: tuple[int, ...], vector: int) -> int:
    product = 0
    for column in matrix:
        if vector & 1:
            product ^= column
        vector >>= 1
        if not vector:
            break
    return product


@cache
def _zeros_tables(polynomial: int, power: int) -> Words:
    """Give the same matrix as (8, 256) words, one table for each byte of the state."""
    matrix = _zeros(polynomial, power)
    return np.array(
        [[_times(matrix, value << (8 * place)) for value in range(256)] for place in range(8)], dtype=np.uint64
    )


def _lanes(polynomial: int, block: NDArray[np.uint8]) -> int:
    """Give the bare CRC, from state 0, of a block whose length is a power of two of at least two lanes."""
    steps = np.ascontiguousarray(block.view("<u2").reshape(-1, LANE // 2).T).astype(np.uint64)
    table = _pair_table(polynomial)
    state = np.zeros(steps.shape[1], np.uint64)
    for step in steps:
        state = table[(state ^ step) & 0xFFFF] ^ (state >> 16)
    power = LANE.bit_length() - 1
    while len(state) > 1:
        tables = _zeros_tables(polynomial, power)
        left, moved = state[0::2], state[1::2].copy()
        for place in range(8):
            moved ^= tables[place][(left >> (8 * place)) & 0xFF]
        state = moved
        power += 1
    return int(state[0])
