"""Decoding of S3's aws-chunked bodies, as a stream.

::

    body     = chunk* last trailer* CRLF
    chunk    = hex-size [";chunk-signature=" hex] CRLF  data CRLF
    last     = "0" [";chunk-signature=" hex] CRLF
    trailer  = name ":" value CRLF

That is the form of STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD and the latter's -TRAILER
variant. Signatures are read past, not verified.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trialbook.errors import ApiError, CodedError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = re.compile(rb"([0-9a-fA-F]{1,16})(?:;[^\r\n]*)?")
_LENGTH = re.compile(r"[0-9]{1,18}")
_MAX_LINE = 16 * 1024
_MAX_TRAILERS = 64


def without_chunking(content_encoding: str) -> str:
    """Give a Content-Encoding without aws-chunked, which is the transfer's and not the object's."""
    parts = [part.strip() for part in content_encoding.split(",")]
    return ",".join(part for part in parts if part and part.lower() != "aws-chunked")


class Decoder:
    """Takes the body in pieces of any size and gives the data in them.

    Parameters
    ----------
    expected
        The decoded length that the client announced (`x-amz-decoded-content-length`); None when it did not.

    Attributes
    ----------
    trailers
        Names in lower case; complete once `done`.
    done
        Whether the end of the body was seen.
    """

    def __init__(self, expected: int | None = None) -> None:
        self.trailers: dict[str, str] = {}
        self.done = False
        self._expected = expected
        self._decoded = 0
        self._buffer = bytearray()
        self._left = 0  # bytes of the current chunk that are still to come
        self._in_chunk = False
        self._in_trailers = False

    @classmethod
    def for_headers(cls, headers: Mapping[str, str]) -> Decoder | None:
        """Give the decoder for a request's body; None when it is not chunked. Header names are in lower case."""
        encoding = headers.get("content-encoding", "")
        chunked = headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
        if not chunked and without_chunking(encoding) == encoding.replace(" ", ""):
            return None
        length = headers.get("x-amz-decoded-content-length", "")
        return cls(int(length) if _LENGTH.fullmatch(length) else None)

    def feed(self, data: bytes) -> bytes:
        """Give the data that `data` completes. Raises `CodedError` on bad framing."""
        self._buffer += data
        decoded = bytearray()
        while not self.done and self._step(decoded):
            pass
        if self.done and self._buffer.strip():
            raise _broken("there are bytes after the last chunk")
        self._decoded += len(decoded)
        if self._expected is not None and self._decoded > self._expected:
            raise self._wrong_length()
        return bytes(decoded)

    def close(self) -> None:
        """Check that the body ended where it should."""
        if not self.done:
            raise CodedError("IncompleteBody", "The request body terminated unexpectedly: the last chunk is missing.")
        if self._expected is not None and self._decoded != self._expected:
            raise self._wrong_length()

    def _step(self, decoded: bytearray) -> bool:
        """Take one piece of the framing off the buffer; False when more bytes are needed."""
        if self._in_chunk:
            return self._take_data(decoded)
        line = self._line()
        if line is None:
            return False
        if self._in_trailers:
            self._take_trailer(line)
        else:
            self._take_head(line)
        return True

    def _take_data(self, decoded: bytearray) -> bool:
        taken = min(self._left, len(self._buffer))
        decoded += self._buffer[:taken]
        del self._buffer[:taken]
        self._left -= taken
        if self._left or len(self._buffer) < 2:
            return False
        if self._buffer[:2] != b"\r\n":
            raise _broken("a chunk is longer than its size says")
        del self._buffer[:2]
        self._in_chunk = False
        return True

    def _take_head(self, line: bytes) -> None:
        match = _HEAD.fullmatch(line)
        if match is None:
            raise _broken(f"expected a chunk size in hexadecimal, got {line[:40]!r}")
        self._left = int(match[1], 16)
        self._in_chunk = self._left > 0
        self._in_trailers = self._left == 0

    def _take_trailer(self, line: bytes) -> None:
        if not line:
            self.done = True
            return
        name, colon, value = line.partition(b":")
        if not colon or len(self.trailers) >= _MAX_TRAILERS:
            raise CodedError(
                "MalformedTrailerError",
                f"The request contained trailing data that was not well-formed: expected 'name:value', "
                f"got {line[:40]!r}.",
            )
        self.trailers[name.strip().decode("latin-1").lower()] = value.strip().decode("latin-1")

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n", 0, _MAX_LINE)
        if end < 0:
            if len(self._buffer) >= _MAX_LINE:
                raise _broken("a chunk's head or a trailer is too long")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _wrong_length(self) -> ApiError:
        return CodedError(
            "IncompleteBody",
            f"You did not provide the number of bytes specified by the x-amz-decoded-content-length header: "
            f"expected {self._expected}, got {self._decoded}.",
        )


def _broken(reason: str) -> ApiError:
    return CodedError("InvalidRequest", f"The aws-chunked body cannot be read: {reason}.")
