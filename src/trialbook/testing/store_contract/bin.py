"""The bin: what was deleted can come back, with its edges, while its key is free."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from trialbook.errors import KeyTakenError, StoreError
from trialbook.model import Kind
from trialbook.store.interface import Edge
from trialbook.testing.store_contract.entities import TEXTS, insert, update

if TYPE_CHECKING:
    from trialbook.store.interface import Store, Transaction


def delete(store: Store, entity_id: int) -> None:
    """Delete one entity in a commit of its own."""
    store.write(lambda tx: tx.delete(entity_id))


class BinContract:
    """Deleting, restoring, emptying the bin."""

    def test_a_deleted_entity_is_seen_by_followers_only(self, store: Store) -> None:
        entity = insert(store, "name", {"x": 1})
        delete(store, entity.id)
        assert store.find(Kind.EXPERIMENT, "name") is None
        assert store.get_many([entity.id]) == []
        (gone,) = store.changes(entity.rev)
        assert (gone.id, gone.doc) == (entity.id, None)

    def test_what_is_not_there_cannot_be_deleted_or_changed(self, store: Store) -> None:
        entity = insert(store, "name")
        delete(store, entity.id)
        for action in (
            lambda tx: tx.delete(entity.id),
            lambda tx: tx.update(entity.id, {}),
            lambda tx: tx.delete(77),
            lambda tx: tx.restore(77),
        ):
            with pytest.raises(StoreError):
                store.write(action)

    def test_the_key_of_a_deleted_entity_is_free_at_once(self, store: Store) -> None:
        first = insert(store, "name", {"n": 1})

        def replace(number: int) -> int:
            def action(tx: Transaction) -> int:
                found = tx.find(Kind.EXPERIMENT, "name")
                assert found is not None
                tx.delete(found.id)
                return tx.insert(Kind.EXPERIMENT, "name", {"n": number}).id

            return store.write(action)

        ids = [first.id, replace(2), replace(3)]
        assert len(set(ids)) == 3
        found = store.find(Kind.EXPERIMENT, "name")
        assert found is not None
        assert (found.id, found.doc) == (ids[2], {"n": 3})

    def test_a_number_never_comes_again(self, store: Store) -> None:
        last = insert(store, "name")
        delete(store, last.id)
        store.empty_bin(time.time() + 1000)
        assert insert(store, "name").id > last.id

    def test_the_bin_lists_the_newest_first(self, store: Store) -> None:
        before = time.time()
        ids = [insert(store, text, {"text": text}).id for text in TEXTS]
        for entity_id in ids:
            delete(store, entity_id)
        items = store.bin()
        assert [item.id for item in items] == ids[::-1]
        assert [item.key for item in items] == [*TEXTS[::-1]]
        assert items[0].doc == {"text": TEXTS[-1]}
        assert all(before - 1 <= item.deleted <= time.time() + 1 for item in items)
        assert len(store.bin(limit=2)) == 2

    @pytest.mark.parametrize("text", TEXTS, ids=repr)
    def test_a_restored_entity_is_as_it_was(self, store: Store, text: str) -> None:
        entity = insert(store, text, {"x": text})
        delete(store, entity.id)
        since = store.last_rev()
        restored = store.write(lambda tx: tx.restore(entity.id))
        assert (restored.id, restored.key, restored.doc) == (entity.id, text, {"x": text})
        assert store.find(Kind.EXPERIMENT, text) == restored
        assert store.changes(since) == [restored]
        assert store.bin() == []

    def test_what_lost_its_key_stays_in_the_bin(self, store: Store) -> None:
        entity = insert(store, "name", {"x": 1})
        delete(store, entity.id)
        insert(store, "name", {"x": 2})
        with pytest.raises(KeyTakenError, match="'name'"):
            store.write(lambda tx: tx.restore(entity.id))
        assert [item.doc for item in store.bin()] == [{"x": 1}]

    def test_an_emptied_bin_gives_nothing_back(self, store: Store) -> None:
        entity = insert(store, "name", {"x": 1})
        delete(store, entity.id)
        deleted = store.bin()[0].deleted
        assert store.empty_bin(deleted) == 0
        assert store.empty_bin(deleted + 1) == 1
        assert store.empty_bin(deleted + 1) == 0
        assert store.bin() == []
        with pytest.raises(StoreError, match="bin"):
            store.write(lambda tx: tx.restore(entity.id))

    def test_edges_go_with_an_entity_and_come_back(self, store: Store) -> None:
        a, b, c = (insert(store, name).id for name in "abc")
        links = [(a, "x", b), (b, "y", c), (c, "x", a), (b, "loop", b)]
        store.write(lambda tx: [tx.link(*ends, {"n": n}) for n, ends in enumerate(links)])
        edges = [Edge(*ends, {"n": n}) for n, ends in enumerate(links)]
        delete(store, b)
        assert store.edges(source=b) == store.edges(target=b) == []
        assert store.edges(source=a) == []
        assert store.edges(source=c) == [edges[2]]
        store.write(lambda tx: tx.restore(b))
        assert store.edges(source=b) == [edges[1], edges[3]]
        assert store.edges(target=b) == [edges[0], edges[3]]

    def test_an_edge_waits_until_both_its_ends_are_back(self, store: Store) -> None:
        a, b = insert(store, "a").id, insert(store, "b").id
        store.write(lambda tx: tx.link(a, "x", b, {}))
        delete(store, a)
        delete(store, b)
        store.write(lambda tx: tx.restore(a))
        assert store.edges(source=a) == []
        store.write(lambda tx: tx.restore(b))
        assert store.edges(source=a) == [Edge(a, "x", b, {})]

    def test_an_edge_to_what_is_gone_for_good_is_gone(self, store: Store) -> None:
        a, b = insert(store, "a").id, insert(store, "b").id
        store.write(lambda tx: tx.link(a, "x", b, {}))
        delete(store, a)
        delete(store, b)
        store.write(lambda tx: tx.restore(a))
        store.empty_bin(time.time() + 1000)
        assert store.edges(source=a) == []
        update(store, a, {"still": "here"})
