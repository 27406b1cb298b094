"""Multipart uploads: parts in any order become one object."""

from __future__ import annotations

import base64
import hashlib
import io
import zlib
from typing import Any

import pytest

from trialbook.errors import CodedError
from trialbook.handlers.dispatch import dispatch
from trialbook.services.context import Call

BUCKET = "bucket-1"


class Upload:
    """One upload of a key, in process."""

    def __init__(self, call: Call, key: str = "k", **members: Any) -> None:
        self.call = call
        dispatch(call, "s3", "CreateBucket", {"Bucket": BUCKET})
        self.place = {"Bucket": BUCKET, "Key": key}
        begun = self("CreateMultipartUpload", **members)
        self.place["UploadId"] = begun["UploadId"]

    def __call__(self, operation: str, **request: Any) -> Any:
        return dispatch(self.call, "s3", operation, {**self.place, **request})

    def part(self, number: int, data: bytes, **members: Any) -> dict[str, Any]:
        answer = self("UploadPart", PartNumber=number, Body=io.BytesIO(data), **members)
        return {"PartNumber": number, **{name: value for name, value in answer.items() if name != "_status"}}

    def complete(self, *parts: dict[str, Any], **members: Any) -> Any:
        return self("CompleteMultipartUpload", MultipartUpload={"Parts": list(parts)}, **members)

    def refusal(self, *parts: dict[str, Any], **members: Any) -> str:
        with pytest.raises(CodedError) as caught:
            self.complete(*parts, **members)
        return caught.value.code

    def read(self, **members: Any) -> bytes:
        return b"".join(dispatch(self.call, "s3", "GetObject", {**self.where, **members})["Body"])

    @property
    def where(self) -> dict[str, str]:
        return {name: self.place[name] for name in ("Bucket", "Key")}


def test_parts_that_come_out_of_order_are_joined_in_order(call: Call) -> None:
    upload = Upload(call, ContentType="text/plain", Metadata={"m": "1"})
    second, first = upload.part(2, b"world"), upload.part(1, b"hello ")
    answer = upload.complete(first, second)
    assert upload.read() == b"hello world"
    md5s = hashlib.md5(b"hello ").digest() + hashlib.md5(b"world").digest()
    assert answer["ETag"] == f'"{hashlib.md5(md5s).hexdigest()}-2"'
    head = dispatch(call, "s3", "HeadObject", upload.where)
    assert (head["ContentType"], head["Metadata"], head["ContentLength"]) == ("text/plain", {"m": "1"}, 11)


@pytest.mark.parametrize(("start", "end"), [(0, 3), (2, 9), (3, 4), (5, 12), (11, 12), (0, 12)])
def test_a_range_may_cross_parts(call: Call, start: int, end: int) -> None:
    upload = Upload(call)
    upload.complete(*(upload.part(number, data) for number, data in enumerate([b"abc", b"def", b"ghijkl"], 1)))
    assert upload.read(Range=f"bytes={start}-{end - 1}") == b"abcdefghijkl"[start:end]


def test_one_part_of_an_object_can_be_read(call: Call) -> None:
    upload = Upload(call)
    upload.complete(upload.part(1, b"abc"), upload.part(5, b"de"))
    answer = dispatch(call, "s3", "GetObject", {**upload.where, "PartNumber": 2})
    assert (b"".join(answer["Body"]), answer["PartsCount"], answer["ContentRange"]) == (b"de", 2, "bytes 3-4/5")


def test_a_part_sent_again_replaces_the_first(call: Call) -> None:
    upload = Upload(call)
    old = upload.part(1, b"old")
    new = upload.part(1, b"new")
    assert upload.refusal(old) == "InvalidPart"
    upload.complete(new)
    assert upload.read() == b"new"


def test_parts_that_are_not_listed_are_dropped(call: Call) -> None:
    upload = Upload(call)
    kept, _ = upload.part(1, b"kept"), upload.part(2, b"dropped")
    upload.complete(kept)
    assert upload.read() == b"kept"
    assert len(call.store.orphans()) == 1


def test_completing_twice_answers_as_the_first_time(call: Call) -> None:
    upload = Upload(call)
    part = upload.part(1, b"x")
    assert upload.complete(part) == upload.complete(part)


def test_what_cannot_be_completed_is_refused_and_can_be_mended(call: Call) -> None:
    upload = Upload(call)
    first, second = upload.part(1, b"a"), upload.part(2, b"b")
    assert upload.refusal(second, first) == "InvalidPartOrder"
    assert upload.refusal(first, first) == "InvalidPartOrder"
    assert upload.refusal(first, {"PartNumber": 3, "ETag": first["ETag"]}) == "InvalidPart"
    assert upload.refusal() == "MalformedXML"
    assert upload.refusal(first, second, MpuObjectSize=3) == "InvalidRequest"
    upload.complete(first, second)
    assert upload.read() == b"ab"


def test_an_aborted_upload_is_gone_with_its_parts(call: Call) -> None:
    upload = Upload(call)
    part = upload.part(1, b"x")
    upload("AbortMultipartUpload")
    assert upload.refusal(part) == "NoSuchUpload"
    with pytest.raises(CodedError, match="does not exist"):
        upload.part(2, b"y")
    assert len(call.store.orphans()) == 1


def test_a_part_number_lies_between_1_and_10000(call: Call) -> None:
    upload = Upload(call)
    for number in (0, 10_001):
        with pytest.raises(CodedError, match="between 1 and 10000"):
            upload.part(number, b"x")


def test_parts_copied_from_objects_join_like_sent_ones(call: Call) -> None:
    upload = Upload(call)
    dispatch(call, "s3", "PutObject", {"Bucket": BUCKET, "Key": "source", "Body": io.BytesIO(b"0123456789")})
    source = f"{BUCKET}/source"
    whole = upload("UploadPartCopy", PartNumber=1, CopySource=source)["CopyPartResult"]
    some = upload("UploadPartCopy", PartNumber=2, CopySource=source, CopySourceRange="bytes=2-4")["CopyPartResult"]
    upload.complete({"PartNumber": 1, "ETag": whole["ETag"]}, {"PartNumber": 2, "ETag": some["ETag"]})
    assert upload.read() == b"0123456789234"


def test_a_part_copied_from_a_large_object_is_whole(call: Call) -> None:
    upload = Upload(call)
    data = bytes(range(256)) * (9 * 1024 * 4)
    dispatch(call, "s3", "PutObject", {"Bucket": BUCKET, "Key": "source", "Body": io.BytesIO(data)})
    result = upload("UploadPartCopy", PartNumber=1, CopySource=f"{BUCKET}/source")["CopyPartResult"]
    upload.complete({"PartNumber": 1, "ETag": result["ETag"]})
    assert upload.read() == data


def crc(data: bytes) -> str:
    return base64.b64encode(zlib.crc32(data).to_bytes(4)).decode()


def test_a_composite_checksum_is_that_of_the_parts_checksums(call: Call) -> None:
    upload = Upload(call, ChecksumAlgorithm="CRC32")
    parts = [upload.part(1, b"hello "), upload.part(2, b"world", ChecksumCRC32=crc(b"world"))]
    answer = upload.complete(*parts)
    both = zlib.crc32(b"hello ").to_bytes(4) + zlib.crc32(b"world").to_bytes(4)
    assert (answer["ChecksumCRC32"], answer["ChecksumType"]) == (f"{crc(both)}-2", "COMPOSITE")


def test_a_full_checksum_is_that_of_the_whole_object(call: Call) -> None:
    upload = Upload(call, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    parts = [upload.part(1, b"hello "), upload.part(2, b"world")]
    assert upload.refusal(*parts, ChecksumCRC32=crc(b"hello")) == "BadDigest"
    assert upload.complete(*parts, ChecksumCRC32=crc(b"hello world"))["ChecksumCRC32"] == crc(b"hello world")


def test_parts_are_listed_by_number_and_page_by_page(call: Call) -> None:
    upload = Upload(call, ChecksumAlgorithm="CRC32")
    for number in (7, 2, 5):
        upload.part(number, b"x" * number)
    first = upload("ListParts", MaxParts=2)
    rest = upload("ListParts", PartNumberMarker=first["NextPartNumberMarker"])
    parts = first["Parts"] + rest["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in parts] == [(2, 2), (5, 5), (7, 7)]
    assert parts[0]["ChecksumCRC32"] == crc(b"xx")
    assert (first["IsTruncated"], rest["IsTruncated"]) == (True, False)


def test_uploads_in_progress_are_listed_by_key_and_page_by_page(call: Call) -> None:
    ids = {key: Upload(call, key).place["UploadId"] for key in ("b", "a/2", "a/1", "c")}
    rolled = dispatch(call, "s3", "ListMultipartUploads", {"Bucket": BUCKET, "Delimiter": "/"})
    assert [item["Prefix"] for item in rolled["CommonPrefixes"]] == ["a/"]
    assert [item["Key"] for item in rolled["Uploads"]] == ["b", "c"]
    found, request = [], {"Bucket": BUCKET, "MaxUploads": 1}
    while True:
        page = dispatch(call, "s3", "ListMultipartUploads", dict(request))
        found += [(item["Key"], item["UploadId"]) for item in page["Uploads"]]
        if not page["IsTruncated"]:
            break
        request |= {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}
    assert found == sorted(ids.items())
