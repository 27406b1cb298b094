"""CopyObject: a new row over the same blobs; no byte is read or written."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from trialbook.errors import CodedError
from trialbook.services.buckets import recheck_bucket, require_bucket
from trialbook.services.conditions import check_copy_source, check_write
from trialbook.services.objects import (
    CONTENT,
    ENCRYPTION,
    KEPT,
    checksums_of,
    kept_headers,
    no_such_key,
    pick,
    quoted,
    require_key,
    type_of,
)

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import ObjectRow, Transaction


def copy_object(call: Call, request: Document) -> Document:
    """Copy an object by sharing its blobs. The source is read in the commit, so both are of one moment."""
    bucket, key = require_bucket(call, request), require_key(request["Key"])
    source = copy_source(call, request)
    replaces = request.get("MetadataDirective") == "REPLACE"
    if source == (bucket, key) and not replaces and not any(name in request for name in KEPT):
        raise CodedError(
            "InvalidRequest",
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes.",
        )

    def copy(tx: Transaction) -> ObjectRow:
        recheck_bucket(tx, call, bucket)
        found = tx.object(*source)
        if found is None:
            raise no_such_key(*source)
        check_copy_source(request, found)
        check_write(request, tx.object(bucket, key))
        row = found._replace(bucket=bucket, key=key, modified=call.now(), meta=_copied_meta(request, found, replaces))
        tx.put_object(row)
        return row

    row = call.store.write(copy)
    result = {"ETag": quoted(row.etag), "LastModified": row.modified, **checksums_of(row.meta), **type_of(row.meta)}
    return {"CopyObjectResult": result, **pick(row.meta, ENCRYPTION)}


def copy_source(call: Call, request: Document) -> tuple[str, str]:
    """Read the CopySource `bucket/key`, and require its bucket. Raises `CodedError` InvalidArgument."""
    text = unquote(str(request["CopySource"]).partition("?versionId=")[0]).removeprefix("/")
    bucket, slash, key = text.partition("/")
    if not (bucket and slash and key):
        raise CodedError("InvalidArgument", f"x-amz-copy-source is '{text[:100]}'; it must be 'bucket/key'.")
    source = {**request, "_source": bucket}
    require_bucket(call, source, "_source", "ExpectedSourceBucketOwner")
    return bucket, key


def _copied_meta(request: Document, source: ObjectRow, replaces: bool) -> Document:
    given = kept_headers(request)
    if replaces:
        tags = pick(source.meta if request.get("TaggingDirective") != "REPLACE" else request, ("Tagging",))
        return {**given, **checksums_of(source.meta), **pick(source.meta, ("ChecksumType", CONTENT)), **tags}
    changed = pick(given, ("StorageClass", "WebsiteRedirectLocation", *ENCRYPTION))
    if request.get("TaggingDirective") == "REPLACE":
        changed["Tagging"] = request.get("Tagging", "")
    return {**source.meta, **changed}
