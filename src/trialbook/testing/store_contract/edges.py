"""Edges: directed, labelled, one of each kind between two entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trialbook.errors import StoreError
from trialbook.store.interface import Edge
from trialbook.testing.store_contract.entities import TEXTS, insert

if TYPE_CHECKING:
    from trialbook.store.interface import Store


def link(store: Store, *links: tuple[int, str, int]) -> list[bool]:
    """Add edges in one commit; each document holds the edge's place in `links`."""
    return store.write(lambda tx: [tx.link(*ends, {"n": n}) for n, ends in enumerate(links)])


def nodes(store: Store, count: int) -> list[int]:
    """Insert entities without documents."""
    return [insert(store, f"node {number}").id for number in range(count)]


class EdgeContract:
    """Linking and walking."""

    def test_edges_are_found_from_both_ends_oldest_first(self, store: Store) -> None:
        a, b, c = nodes(store, 3)
        links = [(a, "z", c), (a, "y", b), (b, "y", c), (a, "x", c)]
        assert link(store, *links) == [True] * 4
        edges = [Edge(*ends, {"n": n}) for n, ends in enumerate(links)]
        assert store.edges(source=a) == [edges[0], edges[1], edges[3]]
        assert store.edges(target=c) == [edges[0], edges[2], edges[3]]
        assert store.edges(source=a, target=c) == [edges[0], edges[3]]
        assert store.edges(source=a, label="y") == [edges[1]]
        assert store.edges(source=c) == []

    def test_edges_of_everything_cannot_be_asked_for(self, store: Store) -> None:
        with pytest.raises(StoreError, match="source"):
            store.edges(label="x")

    def test_an_edge_that_is_there_is_left_as_it_was(self, store: Store) -> None:
        a, b = nodes(store, 2)
        assert store.write(lambda tx: tx.link(a, "x", b, {"first": True}))
        assert not store.write(lambda tx: tx.link(a, "x", b, {"first": False}))
        assert store.edges(source=a) == [Edge(a, "x", b, {"first": True})]
        assert store.write(lambda tx: tx.link(b, "x", a, {}))

    def test_an_edge_needs_both_its_ends(self, store: Store) -> None:
        a, b = nodes(store, 2)
        store.write(lambda tx: tx.delete(b))
        for source, target, missing in ((a, b, b), (b, a, b), (a, 99, 99), (99, 99, 99)):
            with pytest.raises(StoreError, match=f"no entity {missing}"):
                link(store, (source, "x", target))

    def test_an_entity_can_have_an_edge_to_itself(self, store: Store) -> None:
        (a,) = nodes(store, 1)
        assert link(store, (a, "x", a)) == [True]
        assert store.edges(source=a) == store.edges(target=a) == [Edge(a, "x", a, {"n": 0})]
        assert store.write(lambda tx: tx.unlink(a, a)) == 1

    def test_unlinking_says_how_many_edges_there_were(self, store: Store) -> None:
        a, b = nodes(store, 2)
        link(store, (a, "x", b), (a, "y", b), (a, "z", b), (b, "x", a))
        assert store.write(lambda tx: tx.unlink(a, b, "y")) == 1
        assert store.write(lambda tx: tx.unlink(a, b, "y")) == 0
        assert store.write(lambda tx: tx.unlink(a, b)) == 2
        assert [edge.source for edge in store.edges(target=a)] == [b]

    @pytest.mark.parametrize("text", TEXTS, ids=repr)
    def test_any_text_can_be_a_label(self, store: Store, text: str) -> None:
        a, b = nodes(store, 2)
        store.write(lambda tx: tx.link(a, text, b, {text: text}))
        assert store.edges(source=a, label=text) == [Edge(a, text, b, {text: text})]

    def test_edges_of_many_are_one_step_of_a_walk(self, store: Store) -> None:
        a, b, c, d = nodes(store, 4)
        link(store, (c, "x", d), (a, "x", b), (b, "x", c))
        assert [(edge.source, edge.target) for edge in store.edges_of([a, b, a])] == [(a, b), (b, c)]
        assert [(edge.source, edge.target) for edge in store.edges_of([c, d], incoming=True)] == [(c, d), (b, c)]
        assert store.edges_of([]) == []
        store.write(lambda tx: tx.delete(c))
        assert [(edge.source, edge.target) for edge in store.edges_of([a, b, c])] == [(a, b)]

    @pytest.mark.parametrize("newest_first", [True, False])
    def test_pages_of_edges_go_by_age(self, store: Store, newest_first: bool) -> None:
        ids = nodes(store, 12)
        link(store, *((ids[n], "xyz"[n % 3], ids[n + 1]) for n in range(11)))
        expected = [n for n in range(11) if n % 3 != 1]
        if newest_first:
            expected.reverse()
        seen, beyond = list[int](), None
        while page := store.edge_page(["z", "x"], beyond=beyond, newest_first=newest_first, limit=3):
            seen += [edge.doc["n"] for _, edge in page]
            beyond = page[-1][0]
        assert seen == expected

    def test_pages_of_edges_can_be_of_one_entity(self, store: Store) -> None:
        a, b, c = nodes(store, 3)
        link(store, (a, "x", b), (a, "x", c), (b, "x", c), (a, "y", c))
        assert [edge.doc["n"] for _, edge in store.edge_page(["x"], source=a)] == [1, 0]
        assert [edge.doc["n"] for _, edge in store.edge_page(["x", "y"], target=c, newest_first=False)] == [1, 2, 3]
        assert [edge.doc["n"] for _, edge in store.edge_page(["x", "y"], source=a, target=c)] == [3, 1]
        assert store.edge_page([]) == []
