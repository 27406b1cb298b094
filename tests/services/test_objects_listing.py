"""Listing objects against a sorted list of keys: prefixes, delimiters, pages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialbook.errors import CodedError
from trialbook.handlers.dispatch import dispatch
from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.workspace import open_workspace
from trialbook.settings import DEFAULT_ACCOUNT, Settings
from trialbook.store.interface import ObjectRow, Transaction

_NUMBERS = itertools.count()
# U+FFFF sorts below U+10000 by UTF-8 bytes, and above it by UTF-16 units.
KEYS = st.sets(st.text("ab/+ é\x01\uffff\U00010000", min_size=1, max_size=5), max_size=25)
TEXTS = st.text("ab/é", max_size=3)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """One store for all examples, each in a bucket of its own."""
    workspace = open_workspace(Settings(store=str(tmp_path_factory.mktemp("listing") / "store")))
    yield Call(workspace, Scope(DEFAULT_ACCOUNT, "us-east-1"), "tester", "request-1")
    workspace.close()


def fill(call: Call, keys: set[str] | list[str]) -> str:
    bucket = f"listing-{next(_NUMBERS)}"

    def write(tx: Transaction) -> None:
        tx.put_bucket(bucket, {"CreationDate": 1.0, "Region": "us-east-1", "Account": DEFAULT_ACCOUNT})
        for key in keys:
            tx.put_object(ObjectRow(bucket, key, 0, "0" * 32, 1.0, [], {}))

    call.store.write(write)
    return bucket


def reference(keys: set[str], prefix: str, delimiter: str, after: str = "") -> list[str]:
    """Give the entries above `after`: keys, and common prefixes in place of the keys that they stand for."""
    entries: list[str] = []
    for key in sorted(keys, key=str.encode):
        if not key.startswith(prefix) or key.encode() <= after.encode():
            continue
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
        entry = prefix + head + found if found else key
        if entry not in entries and not (found and entry == after):
            entries.append(entry)
    return entries


def entries_of(page: Any) -> list[str]:
    names = [row["Key"] for row in page["Contents"]] + [item["Prefix"] for item in page["CommonPrefixes"]]
    return sorted(map(unquote, names) if page.get("EncodingType") else names, key=str.encode)


def pages_v2(call: Call, bucket: str, **request: Any) -> Iterator[Any]:
    while True:
        page = dispatch(call, "s3", "ListObjectsV2", {"Bucket": bucket, **request})
        assert page["KeyCount"] == len(entries_of(page))
        yield page
        if not page["IsTruncated"]:
            return
        request["ContinuationToken"] = page["NextContinuationToken"]


def pages_v1(call: Call, bucket: str, **request: Any) -> Iterator[Any]:
    while True:
        page = dispatch(call, "s3", "ListObjects", {"Bucket": bucket, **request})
        yield page
        if not page["IsTruncated"]:
            return
        assert ("NextMarker" in page) == bool(request.get("Delimiter"))
        request["Marker"] = page.get("NextMarker") or page["Contents"][-1]["Key"]


@given(keys=KEYS, prefix=TEXTS, delimiter=st.sampled_from(["", "/", "a", "//"]), size=st.integers(1, 5))
def test_the_pages_of_a_listing_hold_every_entry_once_and_in_order(
    shared: Call, keys: set[str], prefix: str, delimiter: str, size: int
) -> None:
    bucket = fill(shared, keys)
    expected = reference(keys, prefix, delimiter)
    for listing in (pages_v1, pages_v2):
        found = list(listing(shared, bucket, Prefix=prefix, Delimiter=delimiter, MaxKeys=size))
        assert [entry for page in found for entry in entries_of(page)] == expected
        assert all(len(entries_of(page)) == size for page in found[:-1])


@given(keys=KEYS, prefix=TEXTS, delimiter=st.sampled_from(["", "/"]), after=TEXTS)
def test_a_listing_can_begin_behind_any_text(
    shared: Call, keys: set[str], prefix: str, delimiter: str, after: str
) -> None:
    bucket = fill(shared, keys)
    request = {"Bucket": bucket, "Prefix": prefix, "Delimiter": delimiter, "StartAfter": after}
    assert entries_of(dispatch(shared, "s3", "ListObjectsV2", request)) == reference(keys, prefix, delimiter, after)


@given(keys=KEYS, delimiter=st.sampled_from(["", "/"]))
@settings(max_examples=25)
def test_url_encoded_keys_decode_to_the_keys(shared: Call, keys: set[str], delimiter: str) -> None:
    bucket = fill(shared, keys)
    page = next(pages_v2(shared, bucket, Delimiter=delimiter, EncodingType="url"))
    assert entries_of(page) == reference(keys, "", delimiter)
    assert all(row["Key"].isascii() and " " not in row["Key"] for row in page["Contents"])


def test_a_page_holds_a_thousand_entries_at_most(shared: Call) -> None:
    bucket = fill(shared, [f"{number:05}" for number in range(1203)])
    pages = list(pages_v2(shared, bucket, MaxKeys=5000))
    assert [len(page["Contents"]) for page in pages] == [1000, 203]
    assert pages[0]["MaxKeys"] == 1000


def test_common_prefixes_that_hold_many_keys_are_walked_in_jumps(shared: Call) -> None:
    keys = [f"{folder}/{number:04}" for folder in "abc" for number in range(500)]
    bucket = fill(shared, keys)
    read: list[int] = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(shared.store, name)

        def objects(self, *args: Any) -> Iterator[ObjectRow]:
            rows = list(shared.store.objects(*args))
            read.append(len(rows))
            return iter(rows)

    from trialbook.services.object_listing import walk

    class Counted:
        store = Counting()

    assert list(walk(Counted(), bucket, "", "/", "")) == ["a/", "b/", "c/"]  # type: ignore[arg-type]
    assert sum(read) < 300


def test_no_entries_are_asked_for_and_none_come(shared: Call) -> None:
    page = next(pages_v2(shared, fill(shared, {"a"}), MaxKeys=0))
    assert (page["Contents"], page["IsTruncated"]) == ([], False)


def test_a_token_that_is_not_ours_is_refused(shared: Call) -> None:
    request = {"Bucket": fill(shared, {"a"}), "ContinuationToken": "no token"}
    with pytest.raises(CodedError, match="continuation token") as caught:
        dispatch(shared, "s3", "ListObjectsV2", request)
    assert caught.value.code == "InvalidArgument"


def test_an_entry_says_what_a_client_needs_and_whose_it_is_on_request(shared: Call) -> None:
    bucket = fill(shared, {"a"})
    plain = dispatch(shared, "s3", "ListObjectsV2", {"Bucket": bucket})["Contents"][0]
    expected = {"Key": "a", "Size": 0, "ETag": f'"{"0" * 32}"', "LastModified": 1.0, "StorageClass": "STANDARD"}
    assert plain == expected
    owned = dispatch(shared, "s3", "ListObjectsV2", {"Bucket": bucket, "FetchOwner": True})["Contents"][0]
    assert owned["Owner"]["ID"].endswith(DEFAULT_ACCOUNT)
