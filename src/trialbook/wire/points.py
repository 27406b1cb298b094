"""The binary message of points: what `POST /api/v1/points` takes and `POST /api/v1/series` answers.

::

    "TBP1"  u32 h   head: h bytes of JSON, spaces at its end so that 8 divides h
    step    i64 x n                 -2^63 where a point has none
    time    f64 x n                 epoch seconds
    value   f64 x n                 every bit is kept
    metric  u32 x n                 which of the head's `names`

All numbers are little-endian. The head has `count` (n), `names`, and what the operation needs beside the points. Either
side can read and write it without NumPy, and NumPy reads the columns where they lie.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import MalformedRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from typing_extensions import Buffer

    from trialbook.model import Document

MAGIC = b"TBP1"
MEDIA_TYPE = "application/x-trialbook-points"
WIDTHS = (8, 8, 8, 4)
POINT = sum(WIDTHS)
"""Bytes of one point."""


class Message(NamedTuple):
    """A message taken apart. The columns are views of its bytes."""

    head: Document
    step: memoryview
    time: memoryview
    value: memoryview
    metric: memoryview


def write(head: Document, columns: tuple[Buffer, Buffer, Buffer, Buffer]) -> bytes:
    """Write a message; `count` is added to the head. The columns are little-endian i64, f64, f64, u32."""
    return write_parts(head, tuple([column] for column in columns))


def write_parts(head: Document, columns: Iterable[Sequence[Buffer]]) -> bytes:
    """Write a message whose columns come in contiguous parts; each byte is copied once."""
    views = [[memoryview(part).cast("B") for part in column if memoryview(part).nbytes] for column in columns]
    count = sum(len(part) for part in views[-1]) // WIDTHS[-1]
    text = json.dumps({**head, "count": count}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([MAGIC, len(text).to_bytes(4, "little"), text, *(part for column in views for part in column)])


def read(body: bytes) -> Message:
    """Take a message apart. Raises `MalformedRequestError` when the bytes are none."""
    view = memoryview(body)
    if view[:4] != MAGIC:
        message = f"The body is not a message of points: it must begin with {MAGIC.decode()}."
        raise MalformedRequestError(message)
    start = 8 + int.from_bytes(view[4:8], "little")
    head = _head(bytes(view[8:start]))
    count, names = head.get("count"), head.get("names")
    if not isinstance(count, int) or isinstance(count, bool) or count < 0 or len(view) != start + count * POINT:
        message = f"The message says count {count!r} and has {len(view) - start} bytes of points, {POINT} each."
        raise MalformedRequestError(message)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        message = "The message's 'names' must be a list of text."
        raise MalformedRequestError(message)
    columns = []
    for width in WIDTHS:
        columns.append(view[start : start + width * count])
        start += width * count
    return Message(head, *columns)


def _head(text: bytes) -> Document:
    try:
        head = json.loads(text)
    except (ValueError, RecursionError):
        message = "The head of the message is not JSON."
        raise MalformedRequestError(message) from None
    if not isinstance(head, dict):
        message = "The head of the message must be a JSON object."
        raise MalformedRequestError(message)
    return head
