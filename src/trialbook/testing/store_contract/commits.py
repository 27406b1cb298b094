"""Commits: one moment each, durable once answered, alone when they fail, visible in order."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest

from trialbook.errors import StoreError
from trialbook.model import Kind
from trialbook.testing.store_contract.entities import insert, update

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.interface import Store, Transaction


class DeliberateError(Exception):
    """What a test's action raises."""


class CommitContract:
    """What `Store.write` promises."""

    def test_a_transaction_reads_what_it_wrote(self, store: Store) -> None:
        def action(tx: Transaction) -> None:
            entity = tx.insert(Kind.TRIAL, "a", {"n": 1})
            tx.update(entity.id, {"n": 2})
            other = tx.insert(Kind.TRIAL, "b", {})
            tx.link(entity.id, "x", other.id, {})
            found = tx.find(Kind.TRIAL, "a")
            assert found is not None
            assert found.doc == {"n": 2}
            assert len(tx.get_many([entity.id, other.id])) == 2
            assert len(tx.edges(source=entity.id)) == len(tx.edges_of([entity.id])) == len(tx.edge_page(["x"])) == 1

        store.write(action)

    def test_the_result_and_the_exception_of_an_action_are_its_callers(self, store: Store) -> None:
        result = object()
        assert store.write(lambda _: result) is result
        failure = DeliberateError("mine")

        def fail(_: Transaction) -> None:
            raise failure

        with pytest.raises(DeliberateError) as caught:
            store.write(fail)
        assert caught.value is failure

    def test_nothing_of_an_action_that_fails_is_kept(self, store: Store) -> None:
        entity = insert(store, "a", {"n": 1})
        before = store.last_rev()

        def fail(tx: Transaction) -> None:
            tx.update(entity.id, {"n": 2})
            tx.insert(Kind.TRIAL, "b", {})
            tx.put_bucket("bucket", {})
            raise DeliberateError

        with pytest.raises(DeliberateError):
            store.write(fail)
        assert store.get_many([entity.id]) == [entity]
        assert store.find(Kind.TRIAL, "b") is None
        assert store.buckets() == {}
        assert store.last_rev() == before

    def test_an_action_that_fails_takes_nothing_else_along(self, store: Store) -> None:
        def attempt(number: int) -> bool:
            def action(tx: Transaction) -> None:
                tx.insert(Kind.TRIAL, f"{number}", {})
                if number % 3 == 0:
                    raise DeliberateError

            try:
                store.write(action)
            except DeliberateError:
                return False
            return True

        with ThreadPoolExecutor(16) as pool:
            kept = list(pool.map(attempt, range(300)))
        assert kept == [number % 3 != 0 for number in range(300)]
        assert {entity.key for entity in store.changes(0)} == {f"{n}" for n in range(300) if n % 3}
        assert sorted(entity.row for entity in store.changes(0)) == list(range(200))

    def test_a_failed_statement_that_an_action_swallows_does_no_harm(self, store: Store) -> None:
        insert(store, "taken")

        def action(tx: Transaction) -> str:
            try:
                tx.insert(Kind.EXPERIMENT, "taken", {})
            except StoreError:
                return tx.insert(Kind.EXPERIMENT, "free", {}).key
            return "never"

        assert store.write(action) == "free"
        assert store.find(Kind.EXPERIMENT, "free") is not None

    def test_a_write_within_a_write_is_refused_instead_of_waiting_for_itself(self, store: Store) -> None:
        with pytest.raises(StoreError, match="within"):
            store.write(lambda _: store.write(lambda tx: tx.rev))

    def test_a_transaction_is_over_when_its_action_is(self, store: Store) -> None:
        kept = store.write(lambda tx: tx)
        with pytest.raises(StoreError, match="over"):
            kept.insert(Kind.TRIAL, "a", {})
        with pytest.raises(StoreError, match="over"):
            kept.find(Kind.TRIAL, "a")

    def test_read_then_write_loses_no_update_among_many_threads_and_stores(
        self, store: Store, open_again: Callable[[], Store]
    ) -> None:
        entity = insert(store, "counter", {"n": 0})

        def increment(tx: Transaction) -> None:
            (found,) = tx.get_many([entity.id])
            assert found.doc is not None
            tx.update(entity.id, {"n": found.doc["n"] + 1})

        stores = [store, open_again()]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: stores[number % 2].write(increment), range(120)))
        assert store.get_many([entity.id])[0].doc == {"n": 120}

    def test_another_store_sees_a_write_as_soon_as_it_is_answered(
        self, store: Store, open_again: Callable[[], Store]
    ) -> None:
        other = open_again()
        for number in range(10):
            entity = insert(store, f"{number}", {"n": number})
            assert other.find(Kind.EXPERIMENT, f"{number}") == entity
            assert other.last_rev() == store.last_rev() == entity.rev
            changed = update(other, entity.id, {})
            assert store.changes(entity.rev) == [changed]

    def test_the_database_has_one_id(self, store: Store, open_again: Callable[[], Store]) -> None:
        assert store.database_id
        assert open_again().database_id == store.database_id

    def test_a_follower_steps_over_no_commit(self, open_again: Callable[[], Store]) -> None:
        """Several stores commit at once while one is followed: each commit is seen once, and whole, in order of rev."""
        committers, commits, per_commit = 4, 30, 3
        done = threading.Event()
        seen: list[tuple[int, str]] = []

        def follow() -> None:
            follower, since = open_again(), 0
            while True:
                last_round = done.is_set()
                page = follower.changes(since, limit=2)
                seen.extend((entity.rev, entity.key) for entity in page)
                if page:
                    since = page[-1].rev
                elif last_round:
                    return

        def commit(committer: int) -> list[tuple[int, str]]:
            mine = open_again()
            wrote = []
            for number in range(commits):
                keys = [f"{committer}/{number}/{part}" for part in range(per_commit)]
                entities = mine.write(lambda tx, keys=keys: [tx.insert(Kind.TRIAL, key, {}) for key in keys])  # type: ignore[misc]
                wrote += [(entity.rev, entity.key) for entity in entities]
            return wrote

        with ThreadPoolExecutor(committers + 1) as pool:
            following = pool.submit(follow)
            committing = [pool.submit(commit, committer) for committer in range(committers)]
            wait(committing)
            done.set()
            wrote = [pair for future in committing for pair in future.result()]
            following.result()
        revs = [rev for rev, _ in seen]
        assert revs == sorted(revs)
        assert sorted(seen) == sorted(wrote)
        assert len(seen) == committers * commits * per_commit

    def test_closing_finishes_what_waits_and_refuses_the_rest(
        self, store: Store, open_again: Callable[[], Store]
    ) -> None:
        mine = open_again()
        mine.find(Kind.TRIAL, "a")
        with ThreadPoolExecutor(8) as pool:
            writes = [pool.submit(insert, mine, f"{n}") for n in range(50)]
            writes[0].result()
            mine.close()
            answered = [write.result().key for write in writes if write.exception() is None]
        assert {entity.key for entity in store.changes(0)} == set(answered)
        for use in (lambda: insert(mine, "late"), mine.last_rev):
            with pytest.raises(StoreError, match="closed"):
                use()
        mine.close()

    def test_what_was_written_is_there_when_opened_again(self, store: Store, open_again: Callable[[], Store]) -> None:
        entity = insert(store, "a", {"n": 1})
        store.close()
        assert open_again().changes(0) == [entity]
