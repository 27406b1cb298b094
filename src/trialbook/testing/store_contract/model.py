"""Entities, edges and the bin against a model of dicts: any sequence of actions, failing ones included."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from trialbook.errors import KeyTakenError, StoreError
from trialbook.model import Kind
from trialbook.store.interface import Edge
from trialbook.testing.store_contract.entities import ON_ONE_STORE

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.interface import Store, Transaction

NUMBERS = st.integers(0, 30)
KEYS = st.sampled_from("abc")
LABELS = st.sampled_from("xy")


@dataclass
class Model:
    """What should be in the store: keys and documents by id, what is in the bin, and edges in order of age."""

    live: dict[int, tuple[str, int]] = field(default_factory=dict)
    binned: dict[int, tuple[str, int]] = field(default_factory=dict)
    edges: dict[tuple[int, str, int], None] = field(default_factory=dict)

    def taken(self) -> set[str]:
        return {key for key, _ in self.live.values()}

    def seen_edges(self) -> list[tuple[int, str, int]]:
        return [edge for edge in self.edges if edge[0] in self.live and edge[2] in self.live]


class StoreMachine(RuleBasedStateMachine):
    """One store, one model; every rule does the same to both."""

    _prefixes = itertools.count()

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.model = Model()
        self.since = store.last_rev()
        self.followed: dict[int, int | None] = {}
        self.prefix = f"{next(self._prefixes)}/"
        self.ids: list[int] = []

    def pick(self, number: int) -> int:
        """Give one of the entities made so far, deleted ones too; or one that never was."""
        return self.ids[number % len(self.ids)] if self.ids else 10**6

    def attempt(self, expected: type[StoreError] | None, action: Callable[[Transaction], object]) -> object:
        """Write, and see that it fails when it should."""
        try:
            result = self.store.write(action)
        except StoreError as error:
            assert expected is not None, error
            assert isinstance(error, expected)
            return None
        assert expected is None
        return result

    @rule(key=KEYS, value=NUMBERS)
    def insert(self, key: str, value: int) -> None:
        expected = KeyTakenError if key in self.model.taken() else None
        made = self.attempt(expected, lambda tx: tx.insert(Kind.TRIAL, self.prefix + key, {"v": value}).id)
        if isinstance(made, int):
            self.ids.append(made)
            self.model.live[made] = key, value

    @rule(number=NUMBERS, value=NUMBERS)
    def update(self, number: int, value: int) -> None:
        chosen = self.pick(number)
        self.attempt(None if chosen in self.model.live else StoreError, lambda tx: tx.update(chosen, {"v": value}).id)
        if chosen in self.model.live:
            self.model.live[chosen] = self.model.live[chosen][0], value

    @rule(number=NUMBERS)
    def delete(self, number: int) -> None:
        chosen = self.pick(number)
        self.attempt(None if chosen in self.model.live else StoreError, lambda tx: tx.delete(chosen))
        if chosen in self.model.live:
            self.model.binned[chosen] = self.model.live.pop(chosen)

    @rule(number=NUMBERS)
    def restore(self, number: int) -> None:
        chosen = self.pick(number)
        expected: type[StoreError] | None = StoreError
        if chosen in self.model.binned:
            expected = KeyTakenError if self.model.binned[chosen][0] in self.model.taken() else None
        self.attempt(expected, lambda tx: tx.restore(chosen).id)
        if expected is None:
            self.model.live[chosen] = self.model.binned.pop(chosen)

    @rule(start=NUMBERS, label=LABELS, end=NUMBERS)
    def link(self, start: int, label: str, end: int) -> None:
        edge = self.pick(start), label, self.pick(end)
        there = edge[0] in self.model.live and edge[2] in self.model.live
        made = self.attempt(None if there else StoreError, lambda tx: tx.link(*edge, {}))
        if there:
            assert made == (edge not in self.model.edges)
            self.model.edges.setdefault(edge)

    @rule(start=NUMBERS, label=st.none() | LABELS, end=NUMBERS)
    def unlink(self, start: int, label: str | None, end: int) -> None:
        ends = self.pick(start), self.pick(end)
        gone = [e for e in self.model.seen_edges() if (e[0], e[2]) == ends and label in {None, e[1]}]
        assert self.attempt(None, lambda tx: tx.unlink(*ends, label)) == len(gone)
        for edge in gone:
            del self.model.edges[edge]

    @rule(number=NUMBERS)
    def fail_halfway(self, number: int) -> None:
        chosen = self.pick(number)

        def action(tx: Transaction) -> None:
            tx.insert(Kind.TRIAL, f"{self.prefix}never", {})
            if chosen in self.model.live:
                tx.delete(chosen)
            raise StoreError("deliberate")

        self.attempt(StoreError, action)

    @rule()
    def empty_bin(self) -> None:
        self.store.empty_bin(1e18)
        for gone in self.model.binned:
            self.model.edges = {edge: None for edge in self.model.edges if gone not in {edge[0], edge[2]}}
        self.model.binned.clear()

    @invariant()
    def entities_are_as_in_the_model(self) -> None:
        found = {e.id: (e.key.removeprefix(self.prefix), (e.doc or {})["v"]) for e in self.store.get_many(self.ids)}
        assert found == self.model.live
        for entity_id, (key, _) in self.model.live.items():
            at_key = self.store.find(Kind.TRIAL, self.prefix + key)
            assert at_key is not None
            assert at_key.id == entity_id
        mine = {item.id: (item.key.removeprefix(self.prefix), item.doc["v"]) for item in self.store.bin()}
        assert {entity_id: item for entity_id, item in mine.items() if entity_id in self.ids} == self.model.binned

    @invariant()
    def edges_are_as_in_the_model(self) -> None:
        expected = [Edge(*edge, {}) for edge in self.model.seen_edges()]
        assert self.store.edges_of(self.ids) == expected
        for entity_id in self.ids:
            assert self.store.edges(source=entity_id) == [edge for edge in expected if edge.source == entity_id]
            assert self.store.edges(target=entity_id) == [edge for edge in expected if edge.target == entity_id]

    @invariant()
    def a_follower_has_the_same(self) -> None:
        for entity in self.store.changes(self.since, limit=1):
            self.followed[entity.id] = None if entity.doc is None else entity.doc["v"]
            self.since = entity.rev
        for entity in self.store.changes(self.since):
            self.followed[entity.id] = None if entity.doc is None else entity.doc["v"]
            self.since = entity.rev
        live = {entity_id: value for entity_id, value in self.followed.items() if value is not None}
        assert live == {entity_id: value for entity_id, (_, value) in self.model.live.items()}


class ModelContract:
    """One test over all of them."""

    def test_any_sequence_of_actions_leaves_what_a_model_says(self, store: Store) -> None:
        run_state_machine_as_test(
            cast("type[RuleBasedStateMachine]", lambda: StoreMachine(store)),
            settings=settings(
                max_examples=30,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=ON_ONE_STORE,
            ),
        )
