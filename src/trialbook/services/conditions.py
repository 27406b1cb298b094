"""Conditional headers and byte ranges, as RFC 9110 and S3 read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import CodedError

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.store.interface import ObjectRow

_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})")


class Span(NamedTuple):
    """The bytes from `start` up to and without `end`."""

    start: int
    end: int


def check_read(request: Document, row: ObjectRow) -> bool:
    """Check a read's conditions; False when the client's copy is current (304).

    Raises
    ------
    CodedError
        PreconditionFailed, 412.
    """
    since, before = request.get("IfModifiedSince"), request.get("IfUnmodifiedSince")
    match, none_match = request.get("IfMatch"), request.get("IfNoneMatch")
    if match is not None:
        if not _matches(match, row.etag):
            raise _failed("If-Match")
    elif before is not None and int(row.modified) > before:
        raise _failed("If-Unmodified-Since")
    if none_match is not None:
        return not _matches(none_match, row.etag)
    return since is None or int(row.modified) > since


def check_copy_source(request: Document, row: ObjectRow) -> None:
    """Check the conditions on a copy's source: all that fail are 412."""
    prefix = "CopySource"
    conditions = {name.removeprefix(prefix): value for name, value in request.items() if name.startswith(prefix)}
    if not check_read(conditions, row):
        raise _failed("x-amz-copy-source-if-none-match or x-amz-copy-source-if-modified-since")


def check_write(request: Document, row: ObjectRow | None) -> None:
    """Check a write's conditions against the object that is there now.

    Raises
    ------
    CodedError
        PreconditionFailed, 412; NoSuchKey, 404, for If-Match without an object.
    """
    match, none_match = request.get("IfMatch"), request.get("IfNoneMatch")
    if none_match is not None and row is not None and _matches(none_match, row.etag):
        raise _failed("If-None-Match")
    if match is not None and row is None:
        raise CodedError("NoSuchKey", "The specified key does not exist, so If-Match cannot hold.", 404)
    if match is not None and row is not None and not _matches(match, row.etag):
        raise _failed("If-Match")


def read_range(text: str | None, size: int) -> Span | None:
    """Read a Range header over `size` bytes: None for the whole, also when it is no single byte range, as S3 does.

    Raises
    ------
    CodedError
        InvalidRange, 416, when no byte of it is there.
    """
    found = _RANGE.fullmatch(text.strip()) if text else None
    if found is None or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        span = Span(max(0, size - int(last)), size)
    else:
        span = Span(int(first), min(size, int(last) + 1) if last else size)
        if last and int(last) < int(first):
            return None
    if span.start >= size or span.end <= span.start:
        raise CodedError("InvalidRange", f"The requested range is not satisfiable: {text} of {size} bytes.", 416)
    return span


def _matches(header: str, etag: str) -> bool:
    wanted = [item.strip().removeprefix("W/").strip('"') for item in header.split(",")]
    return "*" in wanted or etag in wanted


def _failed(condition: str) -> CodedError:
    message = f"At least one of the pre-conditions you specified did not hold: {condition}."
    return CodedError("PreconditionFailed", message, 412)
