"""S3 through real boto3 clients and a live server."""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from tests.conftest import LiveServer, serve

from trialbook.settings import Settings

BUCKET = "bucket-1"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One server for all tests here; each has keys of its own."""
    with serve(Settings(store=str(tmp_path_factory.mktemp("objects") / "store"))) as live:
        live.client("s3").create_bucket(Bucket=BUCKET)
        yield live


@pytest.fixture
def s3(server: LiveServer) -> Any:
    return server.client("s3")


def refusal(action: Any, **request: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        action(**request)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_an_object_comes_back_with_its_checksum_verified_by_botocore(s3: Any) -> None:
    put = s3.put_object(Bucket=BUCKET, Key="a b/ü+.txt", Body=b"hello", ContentType="text/plain", Metadata={"m": "v"})
    assert put["ChecksumCRC32"] == "NhCmhg=="
    got = s3.get_object(Bucket=BUCKET, Key="a b/ü+.txt")
    assert got["Body"].read() == b"hello"
    assert (got["ContentType"], got["Metadata"], got["ETag"]) == ("text/plain", {"m": "v"}, put["ETag"])
    assert got["ResponseMetadata"]["HTTPHeaders"]["x-amz-checksum-crc32"] == "NhCmhg=="


def test_botocore_notices_bytes_that_changed_on_disk(s3: Any, server: LiveServer) -> None:
    s3.put_object(Bucket=BUCKET, Key="rot", Body=b"hello")
    row = server.workspace.store.object(BUCKET, "rot")
    assert row is not None
    blob = row.blobs[0][0]
    (Path(server.workspace.settings.store) / "objects" / "blobs" / blob[:2] / blob).write_bytes(b"hullo")
    with pytest.raises(Exception, match="checksum"):
        s3.get_object(Bucket=BUCKET, Key="rot")["Body"].read()


def test_a_file_goes_up_in_parts_at_once_and_comes_back(s3: Any, tmp_path: Path) -> None:
    data = os.urandom(21 * MIB)
    (tmp_path / "up").write_bytes(data)
    s3.upload_file(str(tmp_path / "up"), BUCKET, "large")
    head = s3.head_object(Bucket=BUCKET, Key="large")
    assert (head["ContentLength"], head["ETag"][-3:]) == (len(data), '-3"')
    s3.download_file(BUCKET, "large", str(tmp_path / "down"), Config=TransferConfig(multipart_threshold=MIB))
    assert hashlib.md5((tmp_path / "down").read_bytes()).digest() == hashlib.md5(data).digest()


def test_a_large_object_is_copied_in_parts(s3: Any) -> None:
    data = os.urandom(11 * MIB)
    s3.upload_fileobj(io.BytesIO(data), BUCKET, "source")
    config = TransferConfig(multipart_threshold=MIB, multipart_chunksize=5 * MIB)
    s3.copy({"Bucket": BUCKET, "Key": "source"}, BUCKET, "target", Config=config)
    assert s3.get_object(Bucket=BUCKET, Key="target")["Body"].read() == data


def test_a_range_is_partial_content(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="digits", Body=b"0123456789")
    got = s3.get_object(Bucket=BUCKET, Key="digits", Range="bytes=2-4")
    assert (got["Body"].read(), got["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert refusal(s3.get_object, Bucket=BUCKET, Key="digits", Range="bytes=10-") == ("InvalidRange", 416)


def test_conditions_have_the_statuses_of_http(s3: Any) -> None:
    etag = s3.put_object(Bucket=BUCKET, Key="conditional", Body=b"x", IfNoneMatch="*")["ETag"]
    where = {"Bucket": BUCKET, "Key": "conditional"}
    assert refusal(s3.put_object, **where, Body=b"y", IfNoneMatch="*") == ("PreconditionFailed", 412)
    assert refusal(s3.get_object, **where, IfNoneMatch=etag) == ("304", 304)
    assert refusal(s3.head_object, **where, IfNoneMatch=etag) == ("304", 304)
    assert refusal(s3.get_object, **where, IfMatch='"0"') == ("PreconditionFailed", 412)
    modified = s3.head_object(**where)["LastModified"]
    assert refusal(s3.get_object, **where, IfModifiedSince=modified) == ("304", 304)


def test_what_is_missing_is_said_as_s3_says_it(s3: Any) -> None:
    assert refusal(s3.get_object, Bucket=BUCKET, Key="none") == ("NoSuchKey", 404)
    assert refusal(s3.list_objects_v2, Bucket="no-bucket") == ("NoSuchBucket", 404)
    with pytest.raises(ClientError) as caught:
        s3.head_bucket(Bucket="no-bucket")
    # The SageMaker SDK compares both words before it makes its bucket.
    assert (caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]) == ("404", "Not Found")


def test_the_owner_is_checked_when_it_is_told(s3: Any) -> None:
    assert s3.head_bucket(Bucket=BUCKET, ExpectedBucketOwner="0" * 12)["BucketRegion"] == "us-east-1"
    assert refusal(s3.head_bucket, Bucket=BUCKET, ExpectedBucketOwner="1" * 12) == ("403", 403)


def test_a_wrong_digest_is_refused(s3: Any) -> None:
    code = refusal(s3.put_object, Bucket=BUCKET, Key="bad", Body=b"hello", ChecksumCRC32="AAAAAA==")
    assert code == ("BadDigest", 400)
    assert refusal(s3.head_object, Bucket=BUCKET, Key="bad") == ("404", 404)


def test_both_versions_of_listing_page_through_awkward_keys(s3: Any, server: LiveServer) -> None:
    keys = sorted([f"list/{name}" for name in ("a b", "a+b", "a%2Fb", "ü/1", "ü/2", "z&<>", "\x01")], key=str.encode)
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    for operation in ("list_objects_v2", "list_objects"):
        pages = s3.get_paginator(operation).paginate(Bucket=BUCKET, Prefix="list/", PaginationConfig={"PageSize": 2})
        assert [row["Key"] for page in pages for row in page["Contents"]] == keys
    folders = s3.list_objects_v2(Bucket=BUCKET, Prefix="list/", Delimiter="/")["CommonPrefixes"]
    assert folders == [{"Prefix": "list/ü/"}]
    bucket = boto3.resource("s3", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="a",
                            aws_secret_access_key="b").Bucket(BUCKET)  # fmt: skip
    assert [item.key for item in bucket.objects.filter(Prefix="list/")] == keys
    assert bucket.creation_date is not None


def test_objects_are_deleted_one_by_one_and_together(s3: Any) -> None:
    for key in ("del/1", "del/2", "del/3"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    assert s3.delete_object(Bucket=BUCKET, Key="del/1")["ResponseMetadata"]["HTTPStatusCode"] == 204
    deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "del/2"}, {"Key": "del/3"}]})["Deleted"]
    assert deleted == [{"Key": "del/2"}, {"Key": "del/3"}]
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="del/")["KeyCount"] == 0


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_url_works_without_credentials(server: LiveServer, version: str) -> None:
    s3 = server.client("s3", signature_version=version)
    where = {"Bucket": BUCKET, "Key": f"presigned {version}"}
    upload = urllib.request.Request(s3.generate_presigned_url("put_object", where), data=b"by url", method="PUT")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    opener.open(upload, timeout=10).close()
    with opener.open(s3.generate_presigned_url("get_object", where), timeout=10) as answer:
        assert answer.read() == b"by url"


def test_a_bucket_can_stand_in_the_host_name(server: LiveServer) -> None:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    host = {"Host": f"{BUCKET}.s3.eu-west-1.amazonaws.com"}
    connection.request("PUT", "/by-host", body=b"x", headers=host)
    assert connection.getresponse().read() == b""
    connection.request("GET", "/by-host", headers=host)
    assert connection.getresponse().read() == b"x"
    connection.close()


def test_a_chunked_upload_with_a_wrong_trailer_is_refused(server: LiveServer) -> None:
    address = urlsplit(server.url)
    headers = {
        "Host": f"{BUCKET}.s3.amazonaws.com",
        "Content-Encoding": "aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "x-amz-decoded-content-length": "5",
        "x-amz-sdk-checksum-algorithm": "CRC32",
    }
    statuses = []
    for checksum in (b"NhCmhg==", b"AAAAAA=="):
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
        body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:" + checksum + b"\r\n\r\n"
        connection.request("PUT", "/chunked", body=body, headers=headers)
        answer = connection.getresponse()
        statuses.append((answer.status, b"BadDigest" in answer.read()))
        connection.close()
    assert statuses == [(200, False), (400, True)]


def test_many_writers_of_one_key_leave_one_of_their_objects_whole(s3: Any, server: LiveServer) -> None:
    bodies = [bytes([number]) * 300_000 for number in range(8)]
    threads = [
        threading.Thread(target=lambda b=body: server.client("s3").put_object(Bucket=BUCKET, Key="race", Body=b))
        for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert s3.get_object(Bucket=BUCKET, Key="race")["Body"].read() in bodies


def test_default_buckets_are_there_in_every_region(server: LiveServer) -> None:
    for region in ("us-east-1", "eu-west-1", "ap-southeast-1"):
        s3 = server.client("s3", region)
        name = f"sagemaker-{region}-{'0' * 12}"
        assert s3.head_bucket(Bucket=name, ExpectedBucketOwner="0" * 12)["BucketRegion"] == region
        assert name in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
        assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == (None if region == "us-east-1" else region)


def test_a_bucket_is_made_once_and_deleted_when_empty(server: LiveServer) -> None:
    s3 = server.client("s3", "eu-west-1")
    made = {"Bucket": "euro-1", "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    s3.create_bucket(**made)
    assert refusal(s3.create_bucket, **made) == ("BucketAlreadyOwnedByYou", 409)
    s3.put_object(Bucket="euro-1", Key="k", Body=b"")
    assert refusal(s3.delete_bucket, Bucket="euro-1") == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket="euro-1", Key="k")
    s3.delete_bucket(Bucket="euro-1")
    assert refusal(s3.head_bucket, Bucket="euro-1") == ("404", 404)
