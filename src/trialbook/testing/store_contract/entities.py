"""Entities: keys, documents, numbers, and how a follower sees them change."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck

from trialbook.errors import KeyTakenError, StoreError
from trialbook.model import Kind

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.store.interface import Entity, Store

# Every one has to come back as it went in, under a key as well as in a document.
TEXTS = (
    "",
    " ",
    "a\x00b",
    "\x00",
    "\x01",
    "\x01\x01",
    "\x01\x02",
    "naïve",
    "日本語",
    "🧪",
    "\ufffd",
    "\U0010ffff",
    "%s ?",
)

# Every example works in a run or bucket of its own, so they may share a store; and one test over several back ends is
# what a contract is.
ON_ONE_STORE = (
    HealthCheck.function_scoped_fixture,
    HealthCheck.differing_executors,
    HealthCheck.too_slow,
)


def insert(store: Store, key: str, doc: Document | None = None, kind: Kind = Kind.EXPERIMENT) -> Entity:
    """Insert one entity in a commit of its own."""
    return store.write(lambda tx: tx.insert(kind, key, {} if doc is None else doc))


def update(store: Store, entity_id: int, doc: Document) -> Entity:
    """Update one entity in a commit of its own."""
    return store.write(lambda tx: tx.update(entity_id, doc))


class EntityContract:
    """Inserting, updating, finding, following."""

    def test_the_newest_row_of_a_kind_is_known_and_outlives_its_entity(self, store: Store) -> None:
        assert store.last_row(Kind.TRIAL) == -1
        first, second = (insert(store, name, kind=Kind.TRIAL) for name in "ab")
        insert(store, "a", kind=Kind.TRIAL_COMPONENT)
        store.write(lambda tx: tx.delete(second.id))
        assert (first.row, store.last_row(Kind.TRIAL)) == (0, 1)

    def test_an_inserted_entity_is_found_by_its_key(self, store: Store) -> None:
        entity = insert(store, "a/b/name", {"ExperimentName": "Name"})
        assert store.find(Kind.EXPERIMENT, "a/b/name") == entity
        assert entity.doc == {"ExperimentName": "Name"}
        assert store.find(Kind.TRIAL, "a/b/name") is None
        assert store.find(Kind.EXPERIMENT, "a/b/NAME") is None

    def test_rows_are_dense_within_a_kind_and_start_at_0(self, store: Store) -> None:
        kinds = [Kind.EXPERIMENT, Kind.TRIAL, Kind.EXPERIMENT, Kind.ACTION, Kind.TRIAL, Kind.EXPERIMENT]
        entities = [insert(store, f"key {number}", kind=kind) for number, kind in enumerate(kinds)]
        assert [entity.kind for entity in entities] == kinds
        assert [entity.row for entity in entities] == [0, 0, 1, 0, 1, 2]

    def test_an_insert_that_failed_leaves_no_gap_in_the_rows(self, store: Store) -> None:
        insert(store, "first")
        with pytest.raises(KeyTakenError):
            insert(store, "first")
        assert insert(store, "second").row == 1

    def test_a_key_can_be_taken_once_within_a_kind(self, store: Store) -> None:
        insert(store, "name", {"old": True})
        with pytest.raises(KeyTakenError, match=r"EXPERIMENT.*'name'"):
            insert(store, "name", {"old": False})
        insert(store, "name", kind=Kind.TRIAL)
        found = store.find(Kind.EXPERIMENT, "name")
        assert found is not None
        assert found.doc == {"old": True}

    def test_an_update_replaces_the_document_and_keeps_key_and_id(self, store: Store) -> None:
        entity = insert(store, "name", {"a": 1, "b": 2})
        changed = update(store, entity.id, {"a": 3})
        assert (changed.id, changed.key, changed.doc) == (entity.id, "name", {"a": 3})
        assert store.find(Kind.EXPERIMENT, "name") == changed
        assert changed.rev > entity.rev

    def test_an_update_of_nothing_is_refused(self, store: Store) -> None:
        with pytest.raises(StoreError, match="no entity 12345"):
            update(store, 12345, {})

    @pytest.mark.parametrize(
        "value",
        [
            None, True, 0, -(2**63), 2**64 - 1, 2**64, 10**40, 0.1, 5e-324, 1.7976931348623157e308, -0.0, math.inf,
            -math.inf, [], {}, [None, {"null": None}], {"deep": [[[{"er": [1, 2.5, "x"]}]]]}, "\ud800", "null",
            [math.nan, None, 10**30],
        ],
        ids=repr,
    )  # fmt: skip
    def test_a_value_in_a_document_comes_back_as_it_was(self, store: Store, value: object) -> None:
        insert(store, "name", {"value": value})
        found = store.find(Kind.EXPERIMENT, "name")
        assert found is not None
        assert found.doc is not None
        assert repr(found.doc["value"]) == repr(value)

    def test_nan_in_a_document_stays_nan(self, store: Store) -> None:
        insert(store, "name", {"Metrics": {"loss": math.nan, "none": None}})
        found = store.find(Kind.EXPERIMENT, "name")
        assert found is not None
        assert found.doc is not None
        assert math.isnan(found.doc["Metrics"]["loss"])
        assert found.doc["Metrics"]["none"] is None

    @pytest.mark.parametrize("text", TEXTS, ids=repr)
    def test_any_text_can_be_a_key_and_in_a_document(self, store: Store, text: str) -> None:
        entity = insert(store, text, {text: text})
        assert store.find(Kind.EXPERIMENT, text) == entity
        assert store.get_many([entity.id]) == [entity]
        assert store.changes(0) == [entity]
        assert entity.doc == {text: text}

    def test_texts_that_look_alike_are_different_keys(self, store: Store) -> None:
        ids = {insert(store, text).id for text in TEXTS}
        assert len(ids) == len(TEXTS)

    def test_half_a_surrogate_pair_is_no_key(self, store: Store) -> None:
        with pytest.raises(StoreError, match="surrogate"):
            insert(store, "a\ud800")

    def test_a_document_that_is_no_json_is_refused(self, store: Store) -> None:
        with pytest.raises(TypeError):
            insert(store, "name", {"bytes": b"x"})
        assert store.find(Kind.EXPERIMENT, "name") is None

    def test_a_large_document_comes_back(self, store: Store) -> None:
        doc = {f"key {number}": struct.pack("<d", number).hex() * 10 for number in range(10_000)}
        entity = insert(store, "name", doc)
        assert store.get_many([entity.id])[0].doc == doc

    def test_get_many_gives_what_exists_in_the_order_asked(self, store: Store) -> None:
        ids = store.write(lambda tx: [tx.insert(Kind.TRIAL, f"{n}", {"n": n}).id for n in range(1200)])
        asked = [*reversed(ids), 999, ids[5]]
        found = store.get_many(asked)
        assert [entity.id for entity in found] == [*reversed(ids), ids[5]]
        assert [entity.doc for entity in found[:2]] == [{"n": 1199}, {"n": 1198}]
        assert store.get_many([]) == []

    def test_changes_are_given_by_rev_then_id(self, store: Store) -> None:
        first, second, third = (insert(store, name) for name in ("a", "b", "c"))
        changed = update(store, first.id, {"x": 1})
        assert store.changes(0) == [second, third, changed]
        assert store.changes(second.rev) == [third, changed]
        assert store.changes(changed.rev) == []

    def test_changes_can_be_of_some_kinds(self, store: Store) -> None:
        insert(store, "a")
        trial = insert(store, "a", kind=Kind.TRIAL)
        action = insert(store, "a", kind=Kind.ACTION)
        assert store.changes(0, [Kind.ACTION, Kind.TRIAL]) == [trial, action]
        assert store.changes(0, []) == []

    def test_a_page_of_changes_ends_with_a_whole_rev(self, store: Store) -> None:
        for batch in range(4):
            store.write(lambda tx, batch=batch: [tx.insert(Kind.TRIAL, f"{batch} {n}", {}) for n in range(7)])  # type: ignore[misc]
        seen, since, pages = list[int](), 0, 0
        while page := store.changes(since, [Kind.TRIAL], limit=5):
            assert len(page) == 7
            seen += [entity.row for entity in page]
            since = page[-1].rev
            pages += 1
        assert seen == list(range(28))
        assert pages == 4
        assert len(store.changes(0, limit=8)) == 14

    def test_what_a_commit_wrote_has_its_rev(self, store: Store) -> None:
        rev, *entities = store.write(
            lambda tx: (tx.rev, tx.insert(Kind.TRIAL, "a", {}), tx.insert(Kind.MODEL, "b", {}))
        )
        assert [entity.rev for entity in entities] == [rev, rev]
        assert store.last_rev() == rev

    def test_a_write_that_only_read_makes_no_rev(self, store: Store) -> None:
        insert(store, "a")
        before = store.last_rev()
        store.write(lambda tx: tx.find(Kind.EXPERIMENT, "a"))
        assert store.last_rev() == before
        assert insert(store, "b").rev == before + 1
