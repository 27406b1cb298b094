"""Following a store: in steps, from several threads, and idle."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.search.conftest import SCOPE

from trialbook.model import Kind
from trialbook.search.tree import Query, SortKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.search.conftest import Shelf

    from trialbook.store.interface import Entity

RUN = Kind.TRIAL_COMPONENT


def test_a_batch_that_ends_early_is_followed_by_the_next(shelf: Shelf) -> None:
    asked: list[int] = []

    class InSteps:
        database_id = "shelf"

        def last_rev(self) -> int:
            return shelf.rev

        def changes(self, since: int) -> Sequence[Entity]:
            asked.append(since)
            return shelf.changes(since)[:2]

        summary_changes = shelf.summary_changes

    for name in "abcde":
        shelf.put(RUN, name)
    shelf.engine.follow(InSteps())
    assert asked == [0, 2, 4]
    assert shelf.engine.rev == 5
    shelf.engine.follow(InSteps())
    assert asked == [0, 2, 4]


def test_an_entity_and_its_summary_may_come_in_either_order(shelf: Shelf) -> None:
    shelf.put(RUN, "a")
    shelf.log("a", loss=[1.0])
    late, shelf.entities = shelf.entities, []
    shelf.engine.follow(shelf)
    assert shelf.engine.search(Query(RUN, SCOPE)).total == 0
    shelf.rev += 1
    shelf.entities = [late[0]._replace(rev=shelf.rev)]
    assert shelf.ranked(RUN, SortKey("Metrics.loss")) == ["a"]
    assert shelf.engine.suggest(RUN, SCOPE, "loss") == ["metrics.loss"]


def test_searches_beside_a_follower_see_whole_revisions(shelf: Shelf) -> None:
    # Every revision is one more run of which all that came before are still there, so a page's total is its rev.
    stop = threading.Event()
    wrong: list[object] = []

    def look() -> None:
        while not stop.is_set():
            page = shelf.engine.search(Query(RUN, SCOPE))
            if page.total != page.rev:
                wrong.append((page.total, page.rev))

    threads = [threading.Thread(target=look) for _ in range(3)]
    for thread in threads:
        thread.start()
    for at in range(300):
        shelf.put(RUN, str(at))
        shelf.engine.follow(shelf)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert shelf.engine.rev == 300
