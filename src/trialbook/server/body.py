"""Request bodies: small ones whole in memory, uploads as a file, both within limits.

An upload is spooled (8 MiB in memory, then a temporary file) and decoded from aws-chunked on the way, so that the
handler sees the object's own bytes.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, BinaryIO, cast

import anyio

from trialbook.errors import MalformedRequestError, RequestTimeoutError, TooLargeError
from trialbook.wire.aws_chunked import Decoder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.types import Receive

SPOOL_IN_MEMORY = 8 * 1024 * 1024
MAX_UPLOAD = 5 * 1024**3
"""Bytes of one PutObject or UploadPart: S3's own limit."""


async def chunks(receive: Receive, patience: float) -> AsyncIterator[bytes]:
    """Give the body as it comes.

    Raises `MalformedRequestError` when the client goes away in the middle, and `RequestTimeoutError` when nothing of it
    comes for `patience` seconds.
    """
    while True:
        try:
            with anyio.fail_after(patience):
                message = await receive()
        except TimeoutError:
            raise RequestTimeoutError(
                f"Nothing of the body came for {patience:g} s, and it is not whole yet: is its Content-Length right?"
            ) from None
        if message["type"] == "http.disconnect":
            raise MalformedRequestError("The connection was closed before the whole body came.")
        if message.get("body"):
            yield message["body"]
        if not message.get("more_body"):
            return


def declared_length(headers: Mapping[str, str]) -> int:
    """Give the Content-Length, 0 when there is none. Raises `MalformedRequestError` when it is no number."""
    text = headers.get("content-length", "0")
    if not (text.isascii() and text.isdigit()):
        raise MalformedRequestError(f"Content-Length is '{text[:40]}'; expected a whole number of bytes.")
    return int(text)


async def read_whole(receive: Receive, headers: Mapping[str, str], limit: int, patience: float) -> bytes:
    """Read a body into memory. Raises `TooLargeError` over `limit` bytes, before reading when the length is told."""
    if declared_length(headers) > limit:
        raise _too_large(limit)
    parts: list[bytes] = []
    size = 0
    async for part in chunks(receive, patience):
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
    return b"".join(parts)


async def spool(receive: Receive, headers: Mapping[str, str], patience: float) -> BinaryIO:
    """Read an upload into a temporary file, decoded; it stands at its start and is deleted when closed.

    The file of an aws-chunked upload has its trailers, names in lower case, as the attribute `trailers`.
    """
    if declared_length(headers) > MAX_UPLOAD:
        raise _too_large(MAX_UPLOAD)
    file = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=SPOOL_IN_MEMORY))  # noqa: SIM115 (closed by its reader)
    try:
        decoder = Decoder.for_headers(headers)
        size = 0
        async for part in chunks(receive, patience):
            data = decoder.feed(part) if decoder else part
            size += len(data)
            if size > MAX_UPLOAD:
                raise _too_large(MAX_UPLOAD)
            file.write(data)
        if decoder:
            decoder.close()
            file.trailers = decoder.trailers  # type: ignore[attr-defined]  # S3 verifies the checksum in them
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"The request body is over the limit of {limit} bytes.")
