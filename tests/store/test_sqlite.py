"""The store's contract on SQLite, and what is SQLite's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from trialbook.store import open_store
from trialbook.store.interface import Store
from trialbook.testing.store_contract import StoreContract


@pytest.fixture
def open_again(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(open_store(str(tmp_path))))


@pytest.fixture
def store(open_again: Callable[[], Store]) -> Store:
    return open_again()


class TestSqlite(StoreContract):
    pass
