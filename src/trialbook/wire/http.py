"""A request and a response as plain values, so that the wire layer knows no web framework."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    Attributes
    ----------
    path
        Still percent-encoded, as it came.
    query
        The raw query string, without the question mark.
    headers
        Names in lower case.
    body
        The whole body, for every operation without a streaming body.
    stream
        The body as a file for operations with a streaming input (S3 PutObject, UploadPart; InvokeEndpoint), already
        decoded from aws-chunked; None otherwise.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    stream: BinaryIO | None = None


@dataclass(slots=True)
class Response:
    """One HTTP response. `body` is bytes, or an iterable of bytes for streaming outputs."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
