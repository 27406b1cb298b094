"""ListParts and ListMultipartUploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.services import checksums
from trialbook.services.buckets import owner, require_bucket
from trialbook.services.object_listing import coder
from trialbook.services.objects import pick, quoted
from trialbook.services.uploads import require_upload

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import Upload

MOST = 1000
_SUMS = tuple(checksums.member(name) for name in checksums.ALGORITHMS)


def list_parts(call: Call, request: Document) -> Document:
    """Give an upload's parts by number, page by page."""
    require_bucket(call, request)
    upload = require_upload(call, call.store, request)
    marker, limit = _marker(request), min(int(request.get("MaxParts", MOST)), MOST)
    numbers = [number for number in sorted(upload.parts) if number > marker]
    parts = [
        {
            "PartNumber": number,
            "ETag": quoted(part.etag),
            "Size": part.size,
            **pick(part.meta, ("LastModified", *_SUMS)),
        }
        for number in numbers[:limit]
        for part in (upload.parts[number],)
    ]
    whose = owner(call)
    answer: Document = {
        **pick(request, ("Bucket", "Key", "UploadId")),
        **pick(upload.meta, ("ChecksumAlgorithm", "ChecksumType")),
        "PartNumberMarker": marker,
        "MaxParts": limit,
        "IsTruncated": len(numbers) > limit,
        "Parts": parts,
        "Initiator": whose,
        "Owner": whose,
        "StorageClass": upload.meta.get("StorageClass", "STANDARD"),
    }
    if parts:
        answer["NextPartNumberMarker"] = parts[-1]["PartNumber"]
    return answer


def list_multipart_uploads(call: Call, request: Document) -> Document:
    """Give the uploads in progress by (key, id), those beyond a delimiter rolled up into prefixes."""
    bucket = require_bucket(call, request)
    limit = min(int(request.get("MaxUploads", MOST)), MOST)
    uploads, prefixes, more = _page(call, bucket, request, limit)
    coded = coder(request)
    answer: Document = {
        "Bucket": bucket,
        "MaxUploads": limit,
        "IsTruncated": more,
        "Uploads": [{**_entry(call, upload), "Key": coded(upload.key)} for upload in uploads],
        "CommonPrefixes": [{"Prefix": coded(prefix)} for prefix in prefixes],
        **{name: coded(request.get(name, "")) for name in ("KeyMarker", "Prefix", "Delimiter")},
        **pick(request, ("EncodingType", "UploadIdMarker")),
    }
    if more:
        last = uploads[-1].key if uploads else ""
        answer["NextKeyMarker"] = coded(max([last, *prefixes[-1:]]))
        if not prefixes or last > prefixes[-1]:
            answer["NextUploadIdMarker"] = uploads[-1].id
    return answer


def _page(call: Call, bucket: str, request: Document, limit: int) -> tuple[list[Upload], list[str], bool]:
    prefix, delimiter, marker = (request.get(name, "") for name in ("Prefix", "Delimiter", "KeyMarker"))
    behind = (marker, request["UploadIdMarker"]) if request.get("UploadIdMarker") else None
    uploads: list[Upload] = []
    prefixes: list[str] = []
    for upload in call.store.uploads(bucket, prefix):
        if (upload.key, upload.id) <= behind if behind else upload.key <= marker:
            continue
        cut = upload.key.find(delimiter, len(prefix)) if delimiter else -1
        rolled = upload.key[: cut + len(delimiter)] if cut >= 0 else None
        if rolled is not None and (rolled == marker or rolled in prefixes[-1:]):
            continue
        if len(uploads) + len(prefixes) == limit:
            return uploads, prefixes, limit > 0
        if rolled is None:
            uploads.append(upload)
        else:
            prefixes.append(rolled)
    return uploads, prefixes, False


def _entry(call: Call, upload: Upload) -> Document:
    whose = owner(call)
    return {
        "UploadId": upload.id,
        "Initiated": upload.started,
        "StorageClass": upload.meta.get("StorageClass", "STANDARD"),
        "Owner": whose,
        "Initiator": whose,
        **pick(upload.meta, ("ChecksumAlgorithm", "ChecksumType")),
    }


def _marker(request: Document) -> int:
    text = str(request.get("PartNumberMarker", 0) or 0)
    if not (text.isascii() and text.isdigit()):
        raise CodedError("InvalidArgument", f"part-number-marker is '{text[:40]}'; it must be a part's number.")
    return int(text[:9])
