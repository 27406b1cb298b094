"""Claims: work that waits for a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from trialbook.errors import KeyTakenError, StoreError
from trialbook.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.interface import Claim, Store


def submit(store: Store, key: str, kind: Kind = Kind.TRAINING_JOB) -> Claim:
    """Add a claim."""
    return store.write(lambda tx: tx.add_claim(kind, key, {"phase": "queued"}))


class ClaimContract:
    """Claims."""

    def test_claims_come_in_order_of_submission(self, store: Store) -> None:
        names = ["c", "a", "b"]
        made = [submit(store, name) for name in names]
        assert [claim.key for claim in store.claims()] == names
        assert store.claims() == made
        assert [claim.key for claim in store.claims(limit=2)] == ["c", "a"]

    def test_a_dropped_claims_number_does_not_come_again(self, store: Store) -> None:
        submit(store, "a")
        last = submit(store, "b")
        store.write(lambda tx: tx.drop_claim(last.id))
        store.write(lambda tx: tx.drop_claim(last.id))
        assert submit(store, "c").id > last.id

    def test_a_job_has_one_claim(self, store: Store) -> None:
        submit(store, "a")
        submit(store, "a", Kind.PROCESSING_JOB)
        with pytest.raises(KeyTakenError, match="'a'"):
            submit(store, "a")
        assert [claim.kind for claim in store.claims([Kind.PROCESSING_JOB])] == [Kind.PROCESSING_JOB]

    def test_a_held_claim_is_free_again_after_its_lease(self, store: Store, open_again: Callable[[], Store]) -> None:
        claim = submit(store, "a")
        held = claim._replace(owner="runner-1", until=100.5, state={"phase": "running", "pid": 7})
        store.write(lambda tx: tx.put_claim(held))
        other = open_again()
        assert other.claim(Kind.TRAINING_JOB, "a") == held
        assert other.claims(free_at=100.0) == []
        assert other.claims(free_at=101.0) == [held]

    def test_a_claim_that_is_gone_cannot_be_held(self, store: Store) -> None:
        claim = submit(store, "a")
        store.write(lambda tx: tx.drop_claim(claim.id))
        with pytest.raises(StoreError, match="its work has ended"):
            store.write(lambda tx: tx.put_claim(claim))
        assert store.claim(Kind.TRAINING_JOB, "a") is None

    def test_claims_take_no_revision(self, store: Store) -> None:
        before = store.last_rev()
        submit(store, "a")
        assert store.last_rev() == before

    def test_a_claim_of_a_write_that_failed_is_not_made(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError):
            store.write(lambda tx: (tx.add_claim(Kind.TRAINING_JOB, "a", {}), 1 // 0))
        assert store.claims() == []
