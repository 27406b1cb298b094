"""Objects in process: what is written comes back, or is refused in S3's words."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import threading
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialbook.errors import CodedError
from trialbook.handlers.dispatch import dispatch
from trialbook.names import Scope
from trialbook.services.blobs import Blobs
from trialbook.services.buckets import default_bucket
from trialbook.services.conditions import Span, read_range
from trialbook.services.context import Call

BUCKET = "bucket-1"
S3 = Callable[..., Any]


@pytest.fixture
def s3(call: Call) -> S3:
    """Run an operation of S3 on a workspace that has one bucket."""

    def run(operation: str, **request: Any) -> Any:
        body = request.get("Body")
        if isinstance(body, bytes):
            request["Body"] = io.BytesIO(body)
        return dispatch(call, "s3", operation, request)

    run("CreateBucket", Bucket=BUCKET)
    return run


def put(s3: S3, key: str, body: bytes = b"hello", /, **members: Any) -> Any:
    return s3("PutObject", Bucket=BUCKET, Key=key, Body=body, **members)


def get(s3: S3, key: str, /, **members: Any) -> bytes:
    return b"".join(s3("GetObject", Bucket=BUCKET, Key=key, **members)["Body"])


def refusal(action: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(CodedError) as caught:
        action()
    return caught.value.code, caught.value.status


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 + 17])
def test_an_object_comes_back_byte_for_byte(s3: S3, size: int) -> None:
    data = bytes(range(251)) * (size // 251 + 1)
    answer = put(s3, "k", data[:size])
    assert get(s3, "k") == data[:size]
    assert answer["ETag"] == f'"{hashlib.md5(data[:size]).hexdigest()}"'


def test_headers_and_user_metadata_come_back_with_an_object(s3: S3, call: Call) -> None:
    kept = {"ContentType": "text/plain", "CacheControl": "no-store", "Metadata": {"a": "1"}, "Expires": 1e9}
    put(s3, "k", **kept, ContentEncoding="aws-chunked,gzip")
    head = s3("HeadObject", Bucket=BUCKET, Key="k")
    assert {name: head[name] for name in kept} == kept
    assert head["ContentEncoding"] == "gzip"
    assert head["ContentLength"] == 5
    assert abs(head["LastModified"] - call.now()) < 60


def test_an_object_without_a_type_is_an_octet_stream(s3: S3) -> None:
    put(s3, "k")
    assert s3("HeadObject", Bucket=BUCKET, Key="k")["ContentType"] == "binary/octet-stream"


def test_a_read_can_override_how_the_object_is_labelled(s3: S3) -> None:
    put(s3, "k", ContentType="text/plain")
    answer = s3("GetObject", Bucket=BUCKET, Key="k", ResponseContentType="text/csv", ResponseCacheControl="no-cache")
    assert (answer["ContentType"], answer["CacheControl"]) == ("text/csv", "no-cache")


@pytest.mark.parametrize("key", ["a b+c%2F/ü\U0001f600", "/", "..", "a//b/", "x" * 1024, "\x01\n"])
def test_any_key_of_at_most_1024_bytes_is_a_key(s3: S3, key: str) -> None:
    put(s3, key, key.encode())
    assert get(s3, key) == key.encode()


def test_a_longer_key_is_refused_by_name(s3: S3) -> None:
    assert refusal(lambda: put(s3, "ü" * 513)) == ("KeyTooLongError", 400)


CHECKSUMS = {
    "CRC32": zlib.crc32(b"hello").to_bytes(4),
    "CRC32C": (0x9A71BB4C).to_bytes(4),
    "SHA1": hashlib.sha1(b"hello").digest(),
    "SHA256": hashlib.sha256(b"hello").digest(),
}


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_stated_checksum_is_verified_kept_and_echoed(s3: S3, algorithm: str) -> None:
    member, right = f"Checksum{algorithm}", base64_of(CHECKSUMS[algorithm])
    assert put(s3, "k", **{member: right})[member] == right
    head = s3("HeadObject", Bucket=BUCKET, Key="k", ChecksumMode="ENABLED")
    assert (head[member], head["ChecksumType"]) == (right, "FULL_OBJECT")


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_a_wrong_checksum_is_refused_and_changes_nothing(s3: S3, call: Call, algorithm: str) -> None:
    put(s3, "k", b"old")
    wrong = base64_of(bytes(len(CHECKSUMS[algorithm])))
    assert refusal(lambda: put(s3, "k", b"new", **{f"Checksum{algorithm}": wrong})) == ("BadDigest", 400)
    assert get(s3, "k") == b"old"
    assert sum(map(len, call.workspace.blobs.older_than(2e9))) == 1, "the refused bytes are gone"


def test_a_content_md5_is_verified(s3: S3) -> None:
    put(s3, "k", ContentMD5=base64_of(hashlib.md5(b"hello").digest()))
    wrong = base64_of(hashlib.md5(b"hullo").digest())
    assert refusal(lambda: put(s3, "k", ContentMD5=wrong)) == ("BadDigest", 400)
    assert refusal(lambda: put(s3, "k", ContentMD5="not base64")) == ("InvalidDigest", 400)


def test_a_checksum_in_the_trailer_is_verified(s3: S3) -> None:
    right = base64_of(CHECKSUMS["CRC32"])

    class Trailed(io.BytesIO):
        def __init__(self, data: bytes) -> None:
            super().__init__(data)
            self.trailers = {"x-amz-checksum-crc32": right}

    answer = s3("PutObject", Bucket=BUCKET, Key="k", Body=Trailed(b"hello"), ChecksumAlgorithm="CRC32")
    assert answer["ChecksumCRC32"] == right
    late = Trailed(b"hullo")
    assert refusal(lambda: s3("PutObject", Bucket=BUCKET, Key="k", Body=late, ChecksumAlgorithm="CRC32")) == (
        "BadDigest",
        400,
    )


def test_an_algorithm_that_is_not_computed_is_refused_with_those_that_are(s3: S3) -> None:
    with pytest.raises(CodedError, match="XXHASH64.*CRC32C") as caught:
        put(s3, "k", ChecksumAlgorithm="XXHASH64")
    assert caught.value.code == "InvalidRequest"


def test_a_ranged_read_has_no_checksum(s3: S3) -> None:
    put(s3, "k", ChecksumAlgorithm="CRC32")
    answer = s3("GetObject", Bucket=BUCKET, Key="k", Range="bytes=1-2", ChecksumMode="ENABLED")
    assert "ChecksumCRC32" not in answer


@given(size=st.integers(1, 50), first=st.integers(0, 60), length=st.integers(1, 60))
def test_a_byte_range_is_a_slice(size: int, first: int, length: int) -> None:
    last = first + length - 1
    whole = list(range(size))
    expected = whole[first : last + 1]
    if not expected:
        with pytest.raises(CodedError, match="not satisfiable"):
            read_range(f"bytes={first}-{last}", size)
        return
    span = read_range(f"bytes={first}-{last}", size)
    assert span is not None
    assert whole[span.start : span.end] == expected


def test_open_and_suffix_ranges_reach_the_end() -> None:
    assert read_range("bytes=3-", 10) == Span(3, 10)
    assert read_range("bytes=-3", 10) == Span(7, 10)
    assert read_range("bytes=-30", 10) == Span(0, 10)


@pytest.mark.parametrize("text", [None, "", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,3-4", "rows=0-1"])
def test_what_is_no_single_byte_range_reads_the_whole(text: str | None) -> None:
    assert read_range(text, 10) is None


def test_a_part_of_an_object_is_told_with_its_place(s3: S3) -> None:
    put(s3, "k", b"0123456789")
    answer = s3("GetObject", Bucket=BUCKET, Key="k", Range="bytes=2-4")
    assert b"".join(answer["Body"]) == b"234"
    assert (answer["_status"], answer["ContentRange"], answer["ContentLength"]) == (206, "bytes 2-4/10", 3)


def test_a_range_beyond_the_end_cannot_be_satisfied(s3: S3) -> None:
    put(s3, "k", b"")
    assert refusal(lambda: get(s3, "k", Range="bytes=0-")) == ("InvalidRange", 416)


def test_a_current_copy_is_not_sent_again(s3: S3) -> None:
    etag = put(s3, "k")["ETag"]
    modified = s3("HeadObject", Bucket=BUCKET, Key="k")["LastModified"]
    for condition in ({"IfNoneMatch": etag}, {"IfNoneMatch": "*"}, {"IfModifiedSince": modified}):
        answer = s3("GetObject", Bucket=BUCKET, Key="k", **condition)
        assert (answer["_status"], "Body" in answer) == (304, False), condition


def test_a_read_whose_condition_fails_is_refused(s3: S3) -> None:
    etag = put(s3, "k")["ETag"]
    for condition in ({"IfMatch": '"0"'}, {"IfUnmodifiedSince": 1.0}):
        assert refusal(lambda c=condition: get(s3, "k", **c)) == ("PreconditionFailed", 412)  # type: ignore[misc]
    assert get(s3, "k", IfMatch=f'"0", {etag}', IfUnmodifiedSince=1.0) == b"hello", "If-Match comes before the date"


def test_if_none_match_makes_an_object_once_only(s3: S3) -> None:
    put(s3, "k", b"first", IfNoneMatch="*")
    assert refusal(lambda: put(s3, "k", b"second", IfNoneMatch="*")) == ("PreconditionFailed", 412)
    assert get(s3, "k") == b"first"


def test_one_of_many_writers_at_once_makes_the_object(s3: S3) -> None:
    won: list[bytes] = []
    start = threading.Barrier(8)

    def write(body: bytes) -> None:
        start.wait()
        with suppress(CodedError):
            put(s3, "k", body, IfNoneMatch="*")
            won.append(body)

    threads = [threading.Thread(target=write, args=(bytes([number]) * 100_000,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert [get(s3, "k")] == won


def test_if_match_replaces_only_what_the_client_saw(s3: S3) -> None:
    assert refusal(lambda: put(s3, "k", IfMatch='"0"')) == ("NoSuchKey", 404)
    etag = put(s3, "k", b"first")["ETag"]
    put(s3, "k", b"second", IfMatch=etag)
    assert refusal(lambda: put(s3, "k", b"third", IfMatch=etag)) == ("PreconditionFailed", 412)


def test_a_copy_shares_the_bytes_and_outlives_its_source(s3: S3, call: Call) -> None:
    etag = put(s3, "a b/ü", b"shared", ContentType="text/plain", Metadata={"m": "1"})["ETag"]
    result = s3("CopyObject", Bucket=BUCKET, Key="copy", CopySource=f"/{BUCKET}/a%20b/%C3%BC")["CopyObjectResult"]
    assert result["ETag"] == etag
    assert sum(map(len, call.workspace.blobs.older_than(2e9))) == 1
    s3("DeleteObject", Bucket=BUCKET, Key="a b/ü")
    assert get(s3, "copy") == b"shared"
    assert call.store.orphans() == []
    assert s3("HeadObject", Bucket=BUCKET, Key="copy")["Metadata"] == {"m": "1"}


def test_a_copy_can_replace_the_metadata_of_the_object_itself(s3: S3) -> None:
    put(s3, "k", ContentType="text/plain", Metadata={"m": "1"})
    source = f"{BUCKET}/k"
    assert refusal(lambda: s3("CopyObject", Bucket=BUCKET, Key="k", CopySource=source)) == ("InvalidRequest", 400)
    s3("CopyObject", Bucket=BUCKET, Key="k", CopySource=source, MetadataDirective="REPLACE", Metadata={"n": "2"})
    head = s3("HeadObject", Bucket=BUCKET, Key="k")
    assert (head["Metadata"], head["ContentType"]) == ({"n": "2"}, "binary/octet-stream")


def test_a_copy_of_nothing_is_refused(s3: S3) -> None:
    missing = f"{BUCKET}/none"
    assert refusal(lambda: s3("CopyObject", Bucket=BUCKET, Key="k", CopySource=missing)) == ("NoSuchKey", 404)
    assert refusal(lambda: s3("CopyObject", Bucket=BUCKET, Key="k", CopySource="none/k")) == ("NoSuchBucket", 404)
    assert refusal(lambda: s3("CopyObject", Bucket=BUCKET, Key="k", CopySource="none")) == ("InvalidArgument", 400)


def test_deleting_is_the_same_whether_the_object_is_there_or_not(s3: S3) -> None:
    put(s3, "k")
    for _ in range(2):
        s3("DeleteObject", Bucket=BUCKET, Key="k")
    assert refusal(lambda: get(s3, "k")) == ("NoSuchKey", 404)


def test_many_objects_are_deleted_in_one_call(s3: S3) -> None:
    for key in ("a", "b", "c"):
        put(s3, key)
    loud = s3("DeleteObjects", Bucket=BUCKET, Delete={"Objects": [{"Key": "a"}, {"Key": "none"}]})
    assert loud == {"Deleted": [{"Key": "a"}, {"Key": "none"}]}
    assert s3("DeleteObjects", Bucket=BUCKET, Delete={"Objects": [{"Key": "b"}], "Quiet": True}) == {}
    assert [row["Key"] for row in s3("ListObjectsV2", Bucket=BUCKET)["Contents"]] == ["c"]


def test_a_missing_bucket_is_named_with_its_nearest_neighbour(s3: S3) -> None:
    with pytest.raises(CodedError, match="'bucket-l'. Did you mean 'bucket-1'") as caught:
        s3("PutObject", Bucket="bucket-l", Key="k", Body=b"")
    assert (caught.value.code, caught.value.status) == ("NoSuchBucket", 404)


def test_the_default_bucket_of_every_region_is_there(s3: S3, call: Call) -> None:
    for region in ("us-east-1", "eu-west-1", "ap-southeast-1"):
        assert s3("HeadBucket", Bucket=default_bucket(region, call.scope.account)) == {"BucketRegion": region}
    assert refusal(lambda: s3("HeadBucket", Bucket="sagemaker-us-east-1-999999999999")) == ("NoSuchBucket", 404)


def test_buckets_are_listed_with_the_default_bucket_of_the_callers_region(s3: S3, call: Call) -> None:
    buckets = s3("ListBuckets")["Buckets"]
    assert [bucket["Name"] for bucket in buckets] == [BUCKET, default_bucket("us-east-1", call.scope.account)]
    assert all(abs(bucket["CreationDate"] - call.now()) < 60 for bucket in buckets)


def test_buckets_are_listed_page_by_page(s3: S3) -> None:
    first = s3("ListBuckets", MaxBuckets=1)
    rest = s3("ListBuckets", MaxBuckets=1, ContinuationToken=first["ContinuationToken"])
    assert first["Buckets"][0]["Name"] == BUCKET
    assert rest["Buckets"][0]["Name"].startswith("sagemaker-")
    assert "ContinuationToken" not in rest


def test_a_bucket_expected_to_be_anothers_is_refused(s3: S3, call: Call) -> None:
    s3("HeadBucket", Bucket=BUCKET, ExpectedBucketOwner=call.scope.account)
    assert refusal(lambda: s3("HeadBucket", Bucket=BUCKET, ExpectedBucketOwner="1" * 12)) == ("AccessDenied", 403)
    assert refusal(lambda: put(s3, "k", ExpectedBucketOwner="1" * 12)) == ("AccessDenied", 403)


def test_making_ones_own_bucket_again_is_an_error_outside_us_east_1_only(s3: S3, call: Call) -> None:
    s3("CreateBucket", Bucket=BUCKET)
    elsewhere = dataclasses.replace(call, scope=Scope(call.scope.account, "eu-west-1"))
    again = refusal(lambda: dispatch(elsewhere, "s3", "CreateBucket", {"Bucket": BUCKET}))
    assert again == ("BucketAlreadyOwnedByYou", 409)


def test_a_bucket_lies_where_it_was_asked_for(s3: S3) -> None:
    s3("CreateBucket", Bucket="euro", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert s3("GetBucketLocation", Bucket="euro") == {"LocationConstraint": "eu-west-1"}
    assert s3("GetBucketLocation", Bucket=BUCKET) == {}


@pytest.mark.parametrize("name", ["ab", "-abc", "Abc", "a_c", "a..b", "a" * 64, "abc-"])
def test_a_name_that_is_no_buckets_is_refused(s3: S3, name: str) -> None:
    assert refusal(lambda: s3("CreateBucket", Bucket=name)) == ("InvalidBucketName", 400)


def test_only_an_empty_bucket_can_be_deleted(s3: S3) -> None:
    put(s3, "k")
    assert refusal(lambda: s3("DeleteBucket", Bucket=BUCKET)) == ("BucketNotEmpty", 409)
    s3("DeleteObject", Bucket=BUCKET, Key="k")
    s3("DeleteBucket", Bucket=BUCKET)
    assert refusal(lambda: s3("HeadBucket", Bucket=BUCKET)) == ("NoSuchBucket", 404)


def test_objects_outlive_the_process(s3: S3, call: Call, tmp_path: Path) -> None:
    put(s3, "k", b"kept")
    row = call.store.object(BUCKET, "k")
    assert row is not None
    again = Blobs.open(str(Path(call.workspace.settings.store) / "objects"))
    assert b"".join(again.read(row.blobs[0][0])) == b"kept"
