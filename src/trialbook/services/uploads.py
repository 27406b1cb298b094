"""Multipart uploads: parts come in any order, each a blob, and completing makes one object of those blobs.

No byte is read or written again at completion: the object's row names the parts' blobs in order. Its ETag is the MD5
of the parts' MD5s with their number behind a hyphen, as on S3.
"""

from __future__ import annotations

import hashlib
import tempfile
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO, cast

from trialbook.errors import CodedError, StoreError
from trialbook.services import checksums
from trialbook.services.blobs import PART
from trialbook.services.buckets import recheck_bucket, require_bucket
from trialbook.services.conditions import Span, check_copy_source, check_write, read_range
from trialbook.services.copies import copy_source
from trialbook.services.integrity import expected_checksums, require_algorithm
from trialbook.services.objects import (
    CONTENT,
    ENCRYPTION,
    kept_headers,
    no_such_key,
    pick,
    quoted,
    read_bytes,
    receive,
    require_key,
)
from trialbook.store.interface import ObjectRow, Part, Upload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.model import Document
    from trialbook.services.blobs import Blob
    from trialbook.services.context import Call
    from trialbook.store.interface import Reader, Transaction

SMALLEST_PART = 5 * 1024 * 1024
"""Bytes that S3 asks of every part but the last; asked here only under `--aws-limits`."""
MOST_PARTS = 10_000
MOST_IDENTIFIED = 2 * 1024**3
"""Bytes of an object in parts that is read again for its SHA-256; a larger one gets it when a job reads it."""
_CHECKSUM = ("ChecksumAlgorithm", "ChecksumType")


def create_multipart_upload(call: Call, request: Document) -> Document:
    """Begin an upload. Headers and metadata of the object are given here."""
    bucket, key = require_bucket(call, request), require_key(request["Key"])
    meta = {**kept_headers(request), **_checksum_plan(request)}
    upload = Upload(call.workspace.new_id(), bucket, key, call.now(), meta, {})

    def begin(tx: Transaction) -> None:
        recheck_bucket(tx, call, bucket)
        tx.put_upload(upload)

    call.store.write(begin)
    return {"Bucket": bucket, "Key": key, "UploadId": upload.id, **pick(meta, (*_CHECKSUM, *ENCRYPTION))}


def upload_part(call: Call, request: Document) -> Document:
    """Write one part; a part of the same number is replaced."""
    upload = require_upload(call, call.store, request)
    number = _part_number(request)
    expected = expected_checksums(request)
    given = {**request, "ChecksumAlgorithm": request.get("ChecksumAlgorithm") or upload.meta.get("ChecksumAlgorithm")}
    blob = receive(call, given, expected)
    _put_part(call, upload.id, number, blob)
    return {"ETag": quoted(blob.md5), **blob.checksums, **pick(upload.meta, ENCRYPTION)}


def upload_part_copy(call: Call, request: Document) -> Document:
    """Write one part from the bytes, or a range of the bytes, of an object."""
    upload = require_upload(call, call.store, request)
    number = _part_number(request)
    source = copy_source(call, request)
    row = call.store.object(*source)
    if row is None:
        raise no_such_key(*source)
    check_copy_source(request, row)
    span = read_range(request.get("CopySourceRange"), row.size) or Span(0, row.size)
    algorithm = upload.meta.get("ChecksumAlgorithm")
    # Through a file, not straight from blob to blob: see `Blobs.put_pieces`.
    with tempfile.SpooledTemporaryFile(max_size=PART) as file:
        file.writelines(read_bytes(call, row, span))
        file.seek(0)
        blob = call.workspace.blobs.put(cast("BinaryIO", file), [algorithm] if algorithm else [])
    _put_part(call, upload.id, number, blob)
    return {"CopyPartResult": {"ETag": quoted(blob.md5), "LastModified": call.now(), **blob.checksums}}


def complete_multipart_upload(call: Call, request: Document) -> Document:
    """Make the object of the listed parts; parts that are not listed are dropped.

    An upload that was completed already answers as the first time while its object stands, so that a client may
    repeat the call when the first answer was lost.
    """
    bucket, key = require_bucket(call, request), require_key(request["Key"])

    def complete(tx: Transaction) -> ObjectRow:
        found = tx.object(bucket, key)
        if found is not None and found.meta.get("_upload") == request["UploadId"]:
            return found
        upload = require_upload(call, tx, request)
        check_write(request, found)
        chosen = _chosen_parts(call, request, upload)
        row = _assemble(call, request, upload, chosen)
        tx.put_object(row)
        tx.delete_upload(upload.id)
        return row

    row = call.store.write(complete)
    _identify(call, row)
    sums = {name: value for name, value in row.meta.items() if name.startswith("Checksum")}
    where = {"Location": f"/{bucket}/{key}", "Bucket": bucket, "Key": key}
    return {**where, "ETag": quoted(row.etag), **sums, **pick(row.meta, ENCRYPTION)}


def _identify(call: Call, row: ObjectRow) -> None:
    """Keep the SHA-256 of an object that came in parts: it is read once, since hashes of parts do not add up to one."""
    if CONTENT in row.meta or row.size > MOST_IDENTIFIED:
        return
    digest = hashlib.sha256(usedforsecurity=False)
    for piece in read_bytes(call, row, Span(0, row.size)):
        digest.update(piece)

    def keep(tx: Transaction) -> None:
        found = tx.object(row.bucket, row.key)
        if found is not None and found.blobs == row.blobs and CONTENT not in found.meta:
            tx.put_object(found._replace(meta={**found.meta, CONTENT: digest.hexdigest()}))

    call.store.write(keep)


def abort_multipart_upload(call: Call, request: Document) -> Document:
    """Forget an upload and its parts."""

    def abort(tx: Transaction) -> None:
        tx.delete_upload(require_upload(call, tx, request).id)

    require_bucket(call, request)
    call.store.write(abort)
    return {}


def require_upload(call: Call, reader: Reader, request: Document) -> Upload:
    """Give the request's upload. Raises `CodedError` NoSuchBucket or NoSuchUpload."""
    bucket = str(request["Bucket"])
    recheck_bucket(reader, call, bucket)
    upload = reader.upload(request["UploadId"])
    if upload is None or (upload.bucket, upload.key) != (bucket, request["Key"]):
        raise CodedError(
            "NoSuchUpload",
            f"The specified multipart upload does not exist: '{request['UploadId']}' for 's3://{bucket}/"
            f"{request['Key']}'. The upload ID may be invalid, or the upload may have been aborted or completed.",
            404,
        )
    return upload


def _put_part(call: Call, upload_id: str, number: int, blob: Blob) -> None:
    part = Part(blob.id, blob.size, blob.md5, {**blob.checksums, "LastModified": call.now()})
    try:
        call.store.write(lambda tx: tx.put_part(upload_id, number, part))
    except StoreError as error:
        call.workspace.blobs.delete([blob.id])
        message = f"The specified multipart upload does not exist: '{upload_id}' was aborted or completed meanwhile."
        raise CodedError("NoSuchUpload", message, 404) from error


def _part_number(request: Document) -> int:
    number = int(request["PartNumber"])
    if not 1 <= number <= MOST_PARTS:
        message = f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive, not {number}."
        raise CodedError("InvalidArgument", message)
    return number


def _checksum_plan(request: Document) -> Document:
    """Say which checksum the object will have, and whether over the whole or over the parts' checksums."""
    algorithm = request.get("ChecksumAlgorithm")
    if algorithm is None:
        return {}
    require_algorithm(algorithm)
    usual = "FULL_OBJECT" if algorithm == "CRC64NVME" else "COMPOSITE"
    kind = request.get("ChecksumType", usual)
    if kind == "FULL_OBJECT" and algorithm not in checksums.POLYNOMIALS:
        message = f"The FULL_OBJECT checksum type cannot be used with the {algorithm} checksum algorithm."
        raise CodedError("InvalidRequest", message)
    return {"ChecksumAlgorithm": algorithm, "ChecksumType": kind}


def _chosen_parts(call: Call, request: Document, upload: Upload) -> list[Part]:
    """Give the parts that the request lists. Raises InvalidPart, InvalidPartOrder, EntityTooSmall, MalformedXML."""
    listed = request.get("MultipartUpload", {}).get("Parts", [])
    if not listed:
        raise CodedError("MalformedXML", "You must specify at least one part.")
    numbers = [item.get("PartNumber") for item in listed]
    if None in numbers:
        raise CodedError("MalformedXML", "Every part needs its PartNumber.")
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        message = (
            "The list of parts was not in ascending order. The parts list must be specified in order by part number."
        )
        raise CodedError("InvalidPartOrder", message)
    chosen = [_checked_part(upload, item) for item in listed]
    for number, part in zip(numbers[:-1], chosen[:-1], strict=True):
        if call.strict and part.size < SMALLEST_PART:
            message = f"Part {number} has {part.size} bytes; every part but the last needs at least {SMALLEST_PART}."
            raise CodedError("EntityTooSmall", message)
    return chosen


def _checked_part(upload: Upload, item: Document) -> Part:
    number = item["PartNumber"]
    part = upload.parts.get(number)
    etag = item.get("ETag", "").strip('"')
    if part is None or (etag and etag != part.etag):
        uploaded = f"its ETag is '{part.etag}', not '{etag}'" if part else "it was never uploaded"
        raise CodedError("InvalidPart", f"Part {number} of upload '{upload.id}' could not be found: {uploaded}.")
    for name, value in item.items():
        if name in part.meta and part.meta[name] != value:
            message = f"Part {number} of upload '{upload.id}' could not be found: its {name} is '{part.meta[name]}'."
            raise CodedError("InvalidPart", message)
    return part


def _assemble(call: Call, request: Document, upload: Upload, parts: Sequence[Part]) -> ObjectRow:
    digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
    headers = {name: value for name, value in upload.meta.items() if name not in _CHECKSUM}
    meta = {**headers, **_whole_checksum(request, upload, parts), "_upload": upload.id}
    size = sum(part.size for part in parts)
    declared = request.get("MpuObjectSize")
    if declared is not None and int(declared) != size:
        message = f"The provided 'x-amz-mp-object-size' header value {declared} does not match the size {size}."
        raise CodedError("InvalidRequest", message)
    blobs = [(part.blob, part.size) for part in parts]
    return ObjectRow(upload.bucket, upload.key, size, etag, call.now(), blobs, meta)


def _whole_checksum(request: Document, upload: Upload, parts: Sequence[Part]) -> Document:
    """Give the object's checksum members from the parts' checksums; a stated one must agree."""
    algorithm = upload.meta.get("ChecksumAlgorithm")
    if algorithm is None:
        return {}
    member = checksums.member(algorithm)
    sums = [part.meta[member] for part in parts]
    if upload.meta["ChecksumType"] == "FULL_OBJECT":
        value = checksums.joined(algorithm, zip(sums, [part.size for part in parts], strict=True))
    else:
        value = f"{checksums.composite(algorithm, sums)}-{len(parts)}"
    stated = request.get(member)
    if stated is not None and stated.partition("-")[0] != value.partition("-")[0]:
        message = (
            f"The {algorithm} you specified did not match the calculated checksum: expected {stated}, got {value}."
        )
        raise CodedError("BadDigest", message)
    return {member: value, "ChecksumType": upload.meta["ChecksumType"]}
