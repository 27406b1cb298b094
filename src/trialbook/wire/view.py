"""The binary answer of `POST /api/v1/view`: series on one grid, ready to draw.

::

    u32 h    u32 0    head: h bytes of JSON, spaces at its end so that 8 divides h
    x        f64 x n                      the grid: where bucket i begins, or the x of raw point i
    then of each series, in the head's order:
      buckets   last f32 x n, min f32 x n, max f32 x n, count u32 x n
      raw       value f64 x n, count u32 x n, and 4 bytes more if n is odd, so that 8 divides all

All numbers are little-endian. `count` 0 says that the series has no point there, and the other numbers are NaN then;
with a count, a NaN is a value that was logged. `min` and `max` are over the points that are not NaN. A finite number
that 32 bits cannot hold is the largest that they can; infinities stay infinite. Where buckets of a series have points
that are NaN, its entry in the head says so: `nan` is `{"at": [bucket, ...], "count": [points, ...]}`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from trialbook.model import Document

MEDIA_TYPE = "application/x-trialbook-view"
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class Column:
    """One series on the grid: `count` (n,) uint32 and `last`, `minimum`, `maximum` (n,) float64; NaN where empty.

    `nans` (n,) uint32 counts the points that are NaN; None in a raw view, where `last` says it.
    """

    count: NDArray[np.uint32]
    last: NDArray[np.float64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    nans: NDArray[np.uint32] | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Series on one grid: `x` (n,) float64; a raw view has each point's value in `last`, `minimum` and `maximum`."""

    head: Document
    x: NDArray[np.float64]
    series: Sequence[Column]


def write(view: View) -> bytes:
    """Write an answer; the head gets `n`, and its `mode` says which layout."""
    series = [told | _nans(one) for told, one in zip(view.head["series"], view.series, strict=True)]
    text = json.dumps({**view.head, "n": len(view.x), "series": series}, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [len(text).to_bytes(4, "little"), bytes(4), text, view.x.astype("<f8").tobytes()]
    for one in view.series:
        count = one.count.astype("<u4").tobytes()
        if view.head["mode"] == "raw":
            parts += [one.last.astype("<f8").tobytes(), count, bytes(len(count) % 8)]
        else:
            parts += [*(_narrow(column).tobytes() for column in (one.last, one.minimum, one.maximum)), count]
    return b"".join(parts)


def _nans(column: Column) -> Document:
    """Say in the head which buckets have NaN: few have, so that columns of counts would be mostly zeros."""
    if column.nans is None or not column.nans.any():
        return {}
    at = np.flatnonzero(column.nans)
    return {"nan": {"at": at.tolist(), "count": column.nans[at].tolist()}}


def _narrow(column: NDArray[np.float64]) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        kept = column.astype("<f4")
    if np.isinf(kept).any():
        kept = np.where(np.isinf(column), column, np.clip(column, -_LARGEST, _LARGEST)).astype("<f4")
    return kept


def read(answer: bytes) -> View:
    """Take an answer apart; the columns are views of its bytes."""
    size = int.from_bytes(answer[:4], "little")
    head = json.loads(answer[8 : 8 + size])
    n, at, series = head["n"], 8 + size, []
    x = np.frombuffer(answer, "<f8", n, at)
    at += 8 * n
    for told in head["series"]:
        if head["mode"] == "raw":
            value = np.frombuffer(answer, "<f8", n, at)
            series.append(Column(np.frombuffer(answer, "<u4", n, at + 8 * n), value, value, value))
            at += 12 * n + 4 * (n % 2)
        else:
            last, least, most = (np.frombuffer(answer, "<f4", n, at + 4 * n * place) for place in range(3))
            count = np.frombuffer(answer, "<u4", n, at + 12 * n)
            nans = np.zeros(n, np.uint32)
            if "nan" in told:
                nans[told["nan"]["at"]] = told["nan"]["count"]
            series.append(Column(count, last, least, most, nans))
            at += 16 * n
    return View(head, x, series)
