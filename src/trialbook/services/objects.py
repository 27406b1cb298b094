"""Objects: write, read, delete.

A write puts the bytes into blobs first and then, in one commit, the row; so an object is there whole or not at all,
and the last of several writers wins. Server-side encryption, storage classes and tags are kept and answered as they
were asked for; nothing is encrypted or moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.services import checksums
from trialbook.services.buckets import recheck_bucket, require_bucket
from trialbook.services.conditions import Span, check_read, check_write, read_range
from trialbook.services.integrity import expected_checksums, kept_checksums, verify, wanted_algorithms
from trialbook.store.interface import ObjectRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from trialbook.model import Document
    from trialbook.services.blobs import Blob
    from trialbook.services.context import Call
    from trialbook.store.interface import Transaction

MAX_KEY = 1024
"""Bytes of a key in UTF-8."""
DEFAULT_TYPE = "binary/octet-stream"
KEPT = (
    "ContentType",
    "ContentEncoding",
    "ContentDisposition",
    "ContentLanguage",
    "CacheControl",
    "Expires",
    "WebsiteRedirectLocation",
    "Metadata",
    "StorageClass",
    "ServerSideEncryption",
    "SSEKMSKeyId",
    "BucketKeyEnabled",
    "Tagging",
)
"""The members of a write that its object keeps."""
CONTENT = "_sha256"
"""The member of an object's `meta` that holds the SHA-256 of its bytes; objects of several parts lack it."""
ENCRYPTION = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")
OVERRIDES = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType", "Expires")
"""What a read can ask to be answered otherwise, by `Response<name>`."""


def put_object(call: Call, request: Document) -> Document:
    """Write an object from the request's Body, once its checksums hold.

    Raises
    ------
    CodedError
        NoSuchBucket, KeyTooLongError, InvalidDigest, BadDigest, PreconditionFailed.
    """
    bucket, key = require_bucket(call, request), require_key(request["Key"])
    expected = expected_checksums(request)
    check_write(request, call.store.object(bucket, key))
    blob = receive(call, request, expected)
    meta = {**kept_headers(request), **kept_checksums(blob.checksums), CONTENT: blob.sha256}
    row = ObjectRow(bucket, key, blob.size, blob.md5, call.now(), [(blob.id, blob.size)], meta)
    write_row(call, request, row, blob)
    return {"ETag": quoted(row.etag), **blob.checksums, **type_of(meta), **pick(meta, ENCRYPTION)}


def receive(call: Call, request: Document, expected: Document) -> Blob:
    """Write the request's Body to a blob and verify it; what does not verify leaves no blob."""
    stream = request.get("Body")
    blob = call.workspace.blobs.put(stream, wanted_algorithms(request, expected))
    try:
        verify(blob, {**expected, **trailing_checksums(stream)})
    except CodedError:
        call.workspace.blobs.delete([blob.id])
        raise
    return blob


def trailing_checksums(stream: object) -> Document:
    """Give the checksums that came behind the body as trailers, as members; the server's decoder holds them."""
    trailers = getattr(stream, "trailers", None) or {}
    return {
        checksums.member(name): trailers[header]
        for name in checksums.ALGORITHMS
        if (header := f"x-amz-checksum-{name.lower()}") in trailers
    }


def write_row(call: Call, request: Document, row: ObjectRow, blob: Blob | None) -> None:
    """Commit an object's row if the request's conditions hold at that moment; else its new blob goes."""

    def write(tx: Transaction) -> None:
        recheck_bucket(tx, call, row.bucket)
        check_write(request, tx.object(row.bucket, row.key))
        tx.put_object(row)

    try:
        call.store.write(write)
    except CodedError:
        if blob is not None:
            call.workspace.blobs.delete([blob.id])
        raise


def get_object(call: Call, request: Document) -> Document:
    """Read an object or a range of it: `Body` is an iterator of bytes.

    Raises
    ------
    CodedError
        NoSuchKey, PreconditionFailed, InvalidRange.
    """
    row = require_object(call, request)
    answer = head_of(request, row)
    if answer.get("_status") != 304:
        span = answer.pop("_span")
        answer["Body"] = read_bytes(call, row, span)
    return answer


def head_object(call: Call, request: Document) -> Document:
    """Answer as `get_object`, without the bytes."""
    answer = head_of(request, require_object(call, request))
    answer.pop("_span", None)
    return answer


def head_of(request: Document, row: ObjectRow) -> Document:
    """Give what is answered before the bytes; `_span` is which bytes follow, `_status` is 206 for a part of them."""
    validators = {"ETag": quoted(row.etag), "LastModified": row.modified}
    if not check_read(request, row):
        return {**validators, "_status": 304}
    answer: Document = {**validators, "AcceptRanges": "bytes", **_kept(row.meta)}
    answer.update({name: request[f"Response{name}"] for name in OVERRIDES if f"Response{name}" in request})
    span = _part_span(request, row, answer) or read_range(request.get("Range"), row.size)
    if span is None:
        span = Span(0, row.size)
        if request.get("ChecksumMode") == "ENABLED":
            answer.update({**checksums_of(row.meta), **type_of(row.meta)})
    else:
        answer["ContentRange"] = f"bytes {span.start}-{span.end - 1}/{row.size}"
        answer["_status"] = 206
    answer["ContentLength"] = span.end - span.start
    answer["_span"] = span
    return answer


def read_bytes(call: Call, row: ObjectRow, span: Span) -> Iterator[bytes]:
    """Give the bytes of a span; the first blob is opened before this returns, so that a failure is still an error."""
    pieces: list[tuple[str, int, int]] = []
    at = 0
    for blob, size in row.blobs:
        start, end = max(span.start - at, 0), min(span.end - at, size)
        if start < end:
            pieces.append((blob, start, end - start))
        at += size
    if not pieces:
        return iter(())
    first = call.workspace.blobs.read(*pieces[0])
    return _chained(call, first, pieces[1:])


def _chained(call: Call, first: Iterator[bytes], rest: list[tuple[str, int, int]]) -> Iterator[bytes]:
    yield from first
    for piece in rest:
        yield from call.workspace.blobs.read(*piece)


def delete_object(call: Call, request: Document) -> Document:
    """Delete an object; one that is not there is as good as deleted."""
    bucket = require_bucket(call, request)

    def remove(tx: Transaction) -> None:
        if request.get("IfMatch") is not None:
            check_write(request, tx.object(bucket, request["Key"]))
        tx.delete_object(bucket, request["Key"])

    call.store.write(remove)
    return {}


def delete_objects(call: Call, request: Document) -> Document:
    """Delete up to 1000 objects in one commit; Quiet answers errors only, and there are none."""
    bucket = require_bucket(call, request)
    keys = [item["Key"] for item in request["Delete"]["Objects"]]
    if not 1 <= len(keys) <= 1000:
        raise CodedError("MalformedXML", f"DeleteObjects takes 1 to 1000 keys and got {len(keys)}.")

    def remove(tx: Transaction) -> None:
        for key in keys:
            tx.delete_object(bucket, key)

    call.store.write(remove)
    return {} if request["Delete"].get("Quiet") else {"Deleted": [{"Key": key} for key in keys]}


def require_object(call: Call, request: Document) -> ObjectRow:
    """Give the row of the request's object. Raises `CodedError` NoSuchBucket or NoSuchKey."""
    bucket = require_bucket(call, request)
    version = request.get("VersionId", "null")
    row = call.store.object(bucket, request["Key"])
    if row is None:
        raise no_such_key(bucket, request["Key"])
    if version != "null":
        raise CodedError(
            "NoSuchVersion", f"Buckets are not versioned here: '{row.key}' has no version '{version}'.", 404
        )
    return row


def no_such_key(bucket: str, key: str) -> CodedError:
    """Make the error for an object that is not there."""
    return CodedError("NoSuchKey", f"The specified key does not exist: 's3://{bucket}/{key}'.", 404)


def require_key(key: str) -> str:
    """Give the key back when S3 takes it. Raises `CodedError` KeyTooLongError."""
    size = len(key.encode("utf-8", "surrogatepass"))
    if size > MAX_KEY:
        raise CodedError(
            "KeyTooLongError", f"Your key is too long: {size} bytes of UTF-8; at most {MAX_KEY} are allowed."
        )
    return key


def kept_headers(request: Document) -> Document:
    """Give the members of a write that its object keeps; `aws-chunked` was the request's coding, not the object's."""
    meta = pick(request, KEPT)
    codings = [name.strip() for name in meta.pop("ContentEncoding", "").split(",")]
    if kept := ",".join(name for name in codings if name and name.lower() != "aws-chunked"):
        meta["ContentEncoding"] = kept
    return meta


def quoted(etag: str) -> str:
    """Give an ETag as it stands in headers and XML."""
    return f'"{etag}"'


def _kept(meta: Document) -> Document:
    """Give the kept members as a read answers them."""
    answer = {"ContentType": DEFAULT_TYPE, **{name: meta[name] for name in KEPT if name in meta}}
    if answer.get("StorageClass") == "STANDARD":
        del answer["StorageClass"]
    tags = answer.pop("Tagging", "")
    if tags:
        answer["TagCount"] = tags.count("&") + 1
    return answer


def _part_span(request: Document, row: ObjectRow, answer: Document) -> Span | None:
    """Give the bytes of the part that PartNumber names, and say how many there are."""
    number = request.get("PartNumber")
    if number is None:
        return None
    if not 1 <= number <= max(1, len(row.blobs)):
        message = f"The requested partnumber is not satisfiable: {number} of {len(row.blobs)}."
        raise CodedError("InvalidPartNumber", message, 416)
    if "-" not in row.etag or row.size == 0:
        return None
    answer["PartsCount"] = len(row.blobs)
    start = sum(size for _, size in row.blobs[: number - 1])
    return Span(start, start + row.blobs[number - 1][1])


def checksums_of(meta: Document) -> Document:
    """Give the checksums that an object keeps, as members."""
    return pick(meta, [checksums.member(name) for name in checksums.ALGORITHMS])


def type_of(meta: Document) -> Document:
    """Give an object's ChecksumType, if it has one."""
    return pick(meta, ("ChecksumType",))


def pick(document: Document, names: Iterable[str]) -> Document:
    """Give those of `names` that the document has."""
    return {name: document[name] for name in names if document.get(name) is not None}
