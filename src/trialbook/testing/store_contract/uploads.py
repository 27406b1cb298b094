"""Multipart uploads: parts until an object takes them over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trialbook.errors import StoreError
from trialbook.store.interface import Part, Upload
from trialbook.testing.store_contract.objects import make_bucket, put

if TYPE_CHECKING:
    from trialbook.store.interface import Store


def start(store: Store, upload_id: str, key: str = "key", bucket: str = "bucket") -> Upload:
    """Start an upload."""
    upload = Upload(upload_id, bucket, key, 1700000000.5, {"ContentType": "x"}, {})
    store.write(lambda tx: tx.put_upload(upload))
    return upload


def add(store: Store, upload_id: str, number: int, blob: str) -> Part:
    """Add a part of 5 bytes."""
    part = Part(blob, 5, f"md5 of {blob}", {"ChecksumCRC32": "x"})
    store.write(lambda tx: tx.put_part(upload_id, number, part))
    return part


class UploadContract:
    """Multipart uploads."""

    def test_an_upload_holds_its_parts_by_number(self, store: Store) -> None:
        make_bucket(store)
        upload = start(store, "id")
        assert store.upload("id") == upload
        parts = {number: add(store, "id", number, f"blob {number}") for number in (3, 1, 10_000)}
        found = store.upload("id")
        assert found == upload._replace(parts=parts)
        assert list(found.parts) == [1, 3, 10_000]
        assert store.write(lambda tx: tx.upload("id")) == found
        assert store.upload("other") is None

    def test_a_part_and_an_upload_need_what_they_belong_to(self, store: Store) -> None:
        make_bucket(store)
        with pytest.raises(StoreError, match="no multipart upload 'id'"):
            add(store, "id", 1, "blob")
        with pytest.raises(StoreError, match="no bucket 'other'"):
            start(store, "id", bucket="other")

    def test_uploads_are_listed_by_key_and_id_without_their_parts(self, store: Store) -> None:
        make_bucket(store)
        make_bucket(store, "other")
        for upload_id, key in (("3", "b"), ("2", "a/x"), ("1", "b"), ("4", "a/😀"), ("5", "a/￿")):
            start(store, upload_id, key)
            add(store, upload_id, 1, f"blob {upload_id}")
        start(store, "6", "b", bucket="other")
        assert [upload.id for upload in store.uploads("bucket")] == ["2", "5", "4", "1", "3"]
        assert [upload.id for upload in store.uploads("bucket", "a/")] == ["2", "5", "4"]
        assert store.uploads("bucket", "b")[0].parts == {}

    def test_a_replaced_part_and_an_aborted_upload_leave_orphans(self, store: Store) -> None:
        make_bucket(store)
        start(store, "id")
        add(store, "id", 1, "one")
        add(store, "id", 1, "one again")
        add(store, "id", 2, "two")
        assert store.orphans() == ["one"]
        store.write(lambda tx: tx.delete_upload("id"))
        assert store.orphans() == ["one", "one again", "two"]
        assert store.upload("id") is None
        store.write(lambda tx: tx.delete_upload("id"))

    def test_blobs_that_an_object_took_over_stay(self, store: Store) -> None:
        make_bucket(store)
        start(store, "id")
        for number in (1, 2, 3):
            add(store, "id", number, f"blob {number}")
        put(store, "key", ["blob 1", "blob 3"])
        store.write(lambda tx: tx.delete_upload("id"))
        assert store.orphans() == ["blob 2"]

    def test_unfinished_uploads_go_with_their_bucket(self, store: Store) -> None:
        make_bucket(store)
        start(store, "id")
        add(store, "id", 1, "blob")
        store.write(lambda tx: tx.delete_bucket("bucket"))
        assert store.upload("id") is None
        assert store.orphans() == ["blob"]
