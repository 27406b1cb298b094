"""Buckets and objects: rows in the order of their keys' bytes, and blobs counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.errors import StoreError
from trialbook.store.interface import ObjectRow
from trialbook.testing.store_contract.entities import ON_ONE_STORE, TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.store.interface import Store

KEYS = st.lists(st.text(st.sampled_from("aAb/\x00\x01\x02 é\ud7ff\ue000￿😀\U0010ffff"), max_size=5), max_size=25)


def put(store: Store, key: str, blobs: Sequence[str] = (), bucket: str = "bucket") -> ObjectRow:
    """Put an object of one byte a blob."""
    row = ObjectRow(bucket, key, len(blobs), "etag", 1700000000.25, [(blob, 1) for blob in blobs], {"ContentType": "x"})
    store.write(lambda tx: tx.put_object(row))
    return row


def make_bucket(store: Store, name: str = "bucket") -> None:
    """Make a bucket."""
    store.write(lambda tx: tx.put_bucket(name, {"Region": "us-east-1"}))


def forget(store: Store) -> None:
    """Forget all orphans, as the janitor does once their bytes are gone."""
    store.write(lambda tx: tx.forget_orphans(store.orphans()))


class ObjectContract:
    """Buckets, objects and the blobs they hold."""

    def test_buckets_are_listed_by_name(self, store: Store) -> None:
        for name in ("b", "a", "ä", "B"):
            make_bucket(store, name)
        store.write(lambda tx: tx.put_bucket("a", {"Region": "eu-west-1"}))
        assert list(store.buckets()) == ["B", "a", "b", "ä"]
        assert store.bucket("a") == {"Region": "eu-west-1"}
        assert store.bucket("c") is None

    def test_only_an_empty_bucket_can_be_removed(self, store: Store) -> None:
        make_bucket(store)
        put(store, "key")
        with pytest.raises(StoreError, match="'bucket' holds objects"):
            store.write(lambda tx: tx.delete_bucket("bucket"))
        store.write(lambda tx: tx.delete_object("bucket", "key"))
        store.write(lambda tx: tx.delete_bucket("bucket"))
        assert store.buckets() == {}
        with pytest.raises(StoreError, match="no bucket 'bucket'"):
            store.write(lambda tx: tx.delete_bucket("bucket"))

    def test_an_object_needs_its_bucket(self, store: Store) -> None:
        with pytest.raises(StoreError, match="no bucket 'bucket'"):
            put(store, "key")

    def test_an_object_comes_back_as_it_was_and_is_replaced_whole(self, store: Store) -> None:
        make_bucket(store)
        first = put(store, "key", ["one", "two"])
        assert store.object("bucket", "key") == first
        assert store.write(lambda tx: (tx.bucket("bucket"), tx.object("bucket", "key"))) == (
            {"Region": "us-east-1"},
            first,
        )
        second = ObjectRow("bucket", "key", 2**40, 'e"tag', 1.5, [("three", 2**40)], {"Metadata": {"ä": "\x00"}})
        store.write(lambda tx: tx.put_object(second))
        assert store.object("bucket", "key") == second
        assert list(store.objects("bucket")) == [second]

    def test_deleting_an_object_says_whether_there_was_one(self, store: Store) -> None:
        make_bucket(store)
        put(store, "key")
        assert store.write(lambda tx: tx.delete_object("bucket", "key"))
        assert not store.write(lambda tx: tx.delete_object("bucket", "key"))
        assert store.object("bucket", "key") is None

    @pytest.mark.parametrize("text", TEXTS, ids=repr)
    def test_any_text_can_be_a_key(self, store: Store, text: str) -> None:
        make_bucket(store)
        row = put(store, text, [f"blob {text}"])
        assert store.object("bucket", text) == row
        store.write(lambda tx: tx.delete_object("bucket", text))
        assert store.orphans() == [f"blob {text}"]

    @settings(max_examples=60, deadline=None, suppress_health_check=ON_ONE_STORE)
    @given(keys=KEYS, prefix=st.text(st.sampled_from("a/\x00\x01\ud7ff\U0010ffff"), max_size=2), after=KEYS)
    def test_objects_are_listed_in_order_of_their_utf8_bytes(
        self, store: Store, keys: list[str], prefix: str, after: list[str]
    ) -> None:
        bucket = f"bucket {store.last_rev()}"
        make_bucket(store, bucket)
        for key in keys:
            put(store, key, bucket=bucket)
        in_order = sorted(set(keys), key=str.encode)
        assert [found.key for found in store.objects(bucket)] == in_order
        for start in ("", *after[:3], *keys[:3]):
            asked = [key for key in in_order if key.startswith(prefix) and (not start or key.encode() > start.encode())]
            assert [found.key for found in store.objects(bucket, prefix, start)] == asked
            assert [found.key for found in store.objects(bucket, prefix, start, limit=2)] == asked[:2]

    def test_a_listing_stays_in_its_bucket(self, store: Store) -> None:
        make_bucket(store, "a")
        make_bucket(store, "b")
        put(store, "key", bucket="a")
        assert list(store.objects("b")) == list(store.objects("c")) == []

    def test_blobs_of_replaced_and_deleted_objects_are_orphans(self, store: Store) -> None:
        make_bucket(store)
        put(store, "key", ["one", "two"])
        assert store.orphans() == []
        put(store, "key", ["two", "three"])
        assert store.orphans() == ["one"]
        store.write(lambda tx: tx.delete_object("bucket", "key"))
        assert store.orphans() == ["one", "three", "two"]
        assert store.orphans(limit=1) == ["one"]
        forget(store)
        assert store.orphans() == []

    def test_a_blob_that_is_shared_is_no_orphan_until_the_last_lets_go(self, store: Store) -> None:
        make_bucket(store)
        for key in ("a", "b", "twice"):
            put(store, key, ["shared"] * (2 if key == "twice" else 1))
        for key in ("a", "b"):
            store.write(lambda tx, key=key: tx.delete_object("bucket", key))  # type: ignore[misc]
            assert store.orphans() == []
        put(store, "twice", ["shared"])
        assert store.orphans() == []
        put(store, "twice", [])
        assert store.orphans() == ["shared"]

    def test_an_orphan_that_is_used_again_is_none(self, store: Store) -> None:
        make_bucket(store)
        put(store, "key", ["blob"])
        put(store, "key", [])
        put(store, "key", ["blob"])
        assert store.orphans() == []
        store.write(lambda tx: tx.forget_orphans(["blob"]))
        put(store, "key", [])
        assert store.orphans() == ["blob"]

    def test_only_blobs_that_nothing_knows_of_can_be_added_as_orphans(self, store: Store) -> None:
        make_bucket(store)
        put(store, "key", ["used"])
        store.write(lambda tx: tx.add_orphans(["used", "lost", "lost"]))
        assert store.orphans() == ["lost"]

    def test_orphans_of_a_write_that_failed_are_none(self, store: Store) -> None:
        make_bucket(store)
        put(store, "key", ["blob"])
        with pytest.raises(ZeroDivisionError):
            store.write(lambda tx: (tx.delete_object("bucket", "key"), 1 // 0))
        assert store.orphans() == []
