"""ListObjects, version 1 and 2: keys in order of their UTF-8 bytes, those beyond a delimiter rolled up into prefixes.

A page holds at most MaxKeys entries, keys and common prefixes together. To pass a common prefix the walk does not read
its keys: it goes on behind the last key that could begin with it.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from trialbook.errors import CodedError
from trialbook.services import checksums
from trialbook.services.buckets import owner, require_bucket
from trialbook.services.objects import checksums_of, quoted, type_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trialbook.model import Document
    from trialbook.services.context import Call
    from trialbook.store.interface import ObjectRow

MOST = 1000
"""Entries of a page, at most: clients rely on it."""
_BEHIND = "\U0010ffff" * 257
"""Longer than any key and of the last character: `prefix + _BEHIND` is above every key that begins with `prefix`."""
_PROBE = 64
"""Rows to read at a time while common prefixes may let the walk jump."""


@dataclass(slots=True)
class Page:
    """One page: `last` is its last entry, a key or a common prefix; `more` says whether any entry follows."""

    rows: list[ObjectRow] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    last: str = ""
    more: bool = False


def walk(call: Call, bucket: str, prefix: str, delimiter: str, after: str) -> Iterator[ObjectRow | str]:
    """Give the entries above `after`: a row, or a common prefix as text, each once and in order."""
    jumps = bool(delimiter)
    if jumps and _is_common_prefix(after, prefix, delimiter):
        after += _BEHIND
    while True:
        limit = _PROBE if jumps else MOST + 1
        rows = list(call.store.objects(bucket, prefix, after, limit))
        rolled = None
        for row in rows:
            after = row.key
            if rolled is not None and row.key.startswith(rolled):
                continue
            cut = row.key.find(delimiter, len(prefix)) if jumps else -1
            rolled = row.key[: cut + len(delimiter)] if cut >= 0 else None
            yield row if rolled is None else rolled
        if len(rows) < limit:
            return
        if rolled is not None:
            after = rolled + _BEHIND


def relative(key: str, prefix: str) -> str:
    """Give the path of a key below a prefix: below a folder's name, otherwise below the last slash of the prefix."""
    rest = key.removeprefix(prefix)
    if prefix == "" or prefix.endswith("/") or rest.startswith("/"):
        return rest.lstrip("/")
    return key[prefix.rfind("/") + 1 :]


def _is_common_prefix(text: str, prefix: str, delimiter: str) -> bool:
    cut = text.find(delimiter, len(prefix)) if text.startswith(prefix) else -1
    return cut >= 0 and cut + len(delimiter) == len(text)


def list_page(call: Call, bucket: str, prefix: str, delimiter: str, after: str, limit: int) -> Page:
    """Give the first `limit` entries above `after`; an `after` that is a common prefix passes all its keys."""
    page = Page()
    if limit == 0:
        return page
    for count, entry in enumerate(walk(call, bucket, prefix, delimiter, after)):
        if count == limit:
            page.more = True
            break
        if isinstance(entry, str):
            page.prefixes.append(entry)
            page.last = entry
        else:
            page.rows.append(entry)
            page.last = entry.key
    return page


def list_objects(call: Call, request: Document) -> Document:
    """List version 1: pages go on from Marker, a key or a common prefix."""
    page = _page(call, request, request.get("Marker", ""))
    answer = {**_answer(call, request, page, owners=True), "Marker": coder(request)(request.get("Marker", ""))}
    if page.more and request.get("Delimiter"):
        answer["NextMarker"] = coder(request)(page.last)
    return answer


def list_objects_v2(call: Call, request: Document) -> Document:
    """List version 2: pages go on from an opaque token, or begin behind StartAfter."""
    token = request.get("ContinuationToken")
    after = request.get("StartAfter", "") if token is None else _from_token(token)
    page = _page(call, request, after)
    answer = _answer(call, request, page, owners=request.get("FetchOwner", False))
    answer["KeyCount"] = len(page.rows) + len(page.prefixes)
    if token is not None:
        answer["ContinuationToken"] = token
    if "StartAfter" in request:
        answer["StartAfter"] = coder(request)(request["StartAfter"])
    if page.more:
        answer["NextContinuationToken"] = _to_token(page.last)
    return answer


def _page(call: Call, request: Document, after: str) -> Page:
    bucket = require_bucket(call, request)
    return list_page(call, bucket, request.get("Prefix", ""), request.get("Delimiter", ""), after, _limit(request))


def _limit(request: Document) -> int:
    limit = int(request.get("MaxKeys", MOST))
    if limit < 0:
        raise CodedError(
            "InvalidArgument", f"Argument maxKeys must be an integer between 0 and 2147483647, not {limit}."
        )
    return min(limit, MOST)


def _answer(call: Call, request: Document, page: Page, *, owners: bool) -> Document:
    coded = coder(request)
    answer: Document = {
        "IsTruncated": page.more,
        "Name": request["Bucket"],
        "Prefix": coded(request.get("Prefix", "")),
        "MaxKeys": _limit(request),
        "Contents": [{**entry_of(row), "Key": coded(row.key)} for row in page.rows],
        "CommonPrefixes": [{"Prefix": coded(prefix)} for prefix in page.prefixes],
    }
    if owners:
        whose = owner(call)
        for entry in answer["Contents"]:
            entry["Owner"] = whose
    if request.get("Delimiter"):
        answer["Delimiter"] = coded(request["Delimiter"])
    if request.get("EncodingType"):
        answer["EncodingType"] = request["EncodingType"]
    return answer


def entry_of(row: ObjectRow) -> Document:
    """Give what a listing says of an object, but for its key."""
    names = [name for name in checksums.ALGORITHMS if checksums.member(name) in checksums_of(row.meta)]
    return {
        "LastModified": row.modified,
        "ETag": quoted(row.etag),
        "Size": row.size,
        "StorageClass": row.meta.get("StorageClass", "STANDARD"),
        **({"ChecksumAlgorithm": names, **type_of(row.meta)} if names else {}),
    }


class _Url:
    """Percent-encoding, as `EncodingType=url` asks: XML cannot hold every character of a key."""

    def __call__(self, text: str) -> str:
        return quote(text, safe="/", errors="surrogatepass")


def coder(request: Document) -> _Url | type[str]:
    """Give how keys are written in an answer to the request."""
    return _Url() if request.get("EncodingType") == "url" else str


def _to_token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode("utf-8", "surrogatepass")).decode()


def _from_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode("utf-8", "surrogatepass")
    except (binascii.Error, ValueError) as error:
        raise CodedError(
            "InvalidArgument", f"The continuation token provided is incorrect: '{token[:100]}'."
        ) from error
