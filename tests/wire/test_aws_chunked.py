from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.errors import ApiError
from trialbook.wire.aws_chunked import Decoder, without_chunking

SIGNED = "d04ab3c1"


def chunked(parts: list[bytes], *, signature: str = "", trailers: dict[str, str] | None = None) -> bytes:
    suffix = f";chunk-signature={signature}" if signature else ""
    chunks = [f"{len(part):x}{suffix}\r\n".encode() + part + b"\r\n" for part in parts]
    lines = [f"{name}:{value}\r\n".encode() for name, value in (trailers or {}).items()]
    return b"".join([*chunks, f"0{suffix}\r\n".encode(), *lines, b"\r\n"])


def decode(body: bytes, expected: int | None = None) -> tuple[bytes, dict[str, str]]:
    decoder = Decoder(expected)
    data = decoder.feed(body)
    decoder.close()
    return data, decoder.trailers


def test_what_botocore_sends_is_decoded() -> None:
    body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"
    assert decode(body, 5) == (b"hello", {"x-amz-checksum-crc32": "NhCmhg=="})


@given(
    parts=st.lists(st.binary(min_size=1, max_size=40)),
    cuts=st.lists(st.integers(0, 400)),
    signature=st.sampled_from(["", SIGNED]),
    trailers=st.sampled_from([{}, {"x-amz-checksum-crc32": "NhCmhg==", "x-amz-trailer-signature": SIGNED}]),
)
def test_the_data_comes_back_however_the_body_is_cut(
    parts: list[bytes], cuts: list[int], signature: str, trailers: dict[str, str]
) -> None:
    body = chunked(parts, signature=signature, trailers=trailers)
    places = [0, *sorted(cut for cut in cuts if cut < len(body)), len(body)]
    decoder = Decoder(sum(map(len, parts)))
    data = b"".join(decoder.feed(body[start:end]) for start, end in pairwise(places))
    decoder.close()
    assert data == b"".join(parts)
    assert decoder.trailers == trailers


@pytest.mark.parametrize(
    ("body", "code", "said"),
    [
        (b"xyz\r\nhello", "InvalidRequest", "expected a chunk size in hexadecimal"),
        (b"-5\r\nhello\r\n", "InvalidRequest", "expected a chunk size"),
        (b"3\r\nhello\r\n0\r\n\r\n", "InvalidRequest", "longer than its size"),
        (b"5\r\nhello\r\n0\r\nno colon\r\n\r\n", "MalformedTrailerError", "expected 'name:value'"),
        (b"0\r\n\r\nmore", "InvalidRequest", "after the last chunk"),
        (b"5" * 20_000, "InvalidRequest", "too long"),
        (b"5\r\nhel", "IncompleteBody", "last chunk is missing"),
        (b"5\r\nhello\r\n", "IncompleteBody", "last chunk is missing"),
        (b"5\r\nhello\r\n0\r\n", "IncompleteBody", "last chunk is missing"),
        (b"", "IncompleteBody", "last chunk is missing"),
        (b"4\r\nhell\r\n0\r\n\r\n", "IncompleteBody", "expected 5, got 4"),
        (b"6\r\nhello!\r\n0\r\n\r\n", "IncompleteBody", "expected 5, got 6"),
    ],
)
def test_bad_framing_is_told(body: bytes, code: str, said: str) -> None:
    with pytest.raises(ApiError) as caught:
        decode(body, 5)
    assert (caught.value.code, caught.value.status) == (code, 400)
    assert said in caught.value.message


@given(st.lists(st.binary()))
def test_no_bytes_make_anything_but_an_api_error(pieces: list[bytes]) -> None:
    decoder = Decoder()
    try:
        for piece in pieces:
            decoder.feed(piece)
        decoder.close()
    except ApiError as error:
        assert error.status == 400  # noqa: PT017 (no error is fine too)


@pytest.mark.parametrize(
    ("headers", "is_chunked"),
    [
        ({"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}, True),
        ({"x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}, True),
        ({"content-encoding": "gzip, aws-chunked"}, True),
        ({"content-encoding": "gzip, br", "x-amz-content-sha256": "abc"}, False),
        ({"x-amz-decoded-content-length": "5"}, False),
        ({}, False),
    ],
)
def test_headers_tell_a_chunked_body(headers: dict[str, str], is_chunked: bool) -> None:
    assert (Decoder.for_headers(headers) is not None) == is_chunked


def test_the_announced_length_is_checked() -> None:
    headers = {"content-encoding": "aws-chunked", "x-amz-decoded-content-length": "4"}
    decoder = Decoder.for_headers(headers)
    assert decoder is not None
    with pytest.raises(ApiError, match="expected 4, got 5"):
        decoder.feed(chunked([b"hello"]))


@pytest.mark.parametrize(
    ("encoding", "kept"), [("aws-chunked", ""), ("aws-chunked,gzip", "gzip"), ("gzip, br", "gzip,br"), ("", "")]
)
def test_the_objects_encoding_is_what_is_left(encoding: str, kept: str) -> None:
    assert without_chunking(encoding) == kept
