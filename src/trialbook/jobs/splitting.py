"""An input object of a batch transform cut into records, and records put together into payloads.

==========  ========================================================================
None        the object is one record
Line        a line is one, without its line end; empty lines are left out
RecordIO    a frame is one: magic number, length, bytes, zeros up to a multiple of 4
==========  ========================================================================
"""

from __future__ import annotations

import gzip
import struct
import zlib
from typing import TYPE_CHECKING

from trialbook.jobs.failure import JobFailure

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator
    from pathlib import Path

MAGIC = 0xCED7230A
_HEADER = struct.Struct("<II")
_LENGTH = (1 << 29) - 1


def records(path: Path, split: str, *, gzipped: bool, what: str) -> Generator[bytes, None, None]:
    """Give the records of a file. Raises `JobFailure` where it is not what it should be; `what` names it."""
    if split not in {"None", "Line", "RecordIO"}:
        raise JobFailure(
            f"ClientError: the SplitType {split} is not served: use Line, RecordIO, or None: one payload an object."
        )
    try:
        with gzip.open(path, "rb") if gzipped else path.open("rb") as file:
            if split == "None":
                yield file.read()
            elif split == "Line":
                for line in file:
                    text = line.rstrip(b"\r\n")
                    if text:
                        yield text
            else:
                while header := file.read(_HEADER.size):
                    yield _frame(header, file.read, what)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise JobFailure(f"ClientError: {what} cannot be decompressed: {error} (CompressionType is Gzip).") from None


def payloads(found: Iterable[bytes], limit: int, *, single: bool, newline: bool, what: str) -> Iterator[list[bytes]]:
    """Put records together: one each (`single`), or as many as fit into `limit` bytes (0: there is no limit).

    Raises
    ------
    JobFailure
        A record is larger than the limit.
    """
    held: list[bytes] = []
    size = 0
    for number, one in enumerate(found, 1):
        length = len(one) + newline
        if limit and len(one) > limit:
            raise JobFailure(
                f"ClientError: record {number} of {what} has {len(one):,} bytes, and MaxPayloadInMB is {limit >> 20}: "
                "raise it (at most 100), or split the object (SplitType)."
            )
        if held and (single or (limit and size + length > limit)):
            yield held
            held, size = [], 0
        held.append(one)
        size += length
    if held:
        yield held


def _frame(header: bytes, read: object, what: str) -> bytes:
    magic, length = _HEADER.unpack(header) if len(header) == _HEADER.size else (0, 0)
    if magic != MAGIC:
        raise JobFailure(f"ClientError: {what} is not RecordIO: a frame does not begin with its magic number.")
    assert callable(read)
    size = length & _LENGTH
    whole: bytes = read(size + -size % 4)
    if len(whole) < size:
        raise JobFailure(f"ClientError: {what} is not RecordIO: it ends within a frame.")
    return header + whole
