"""One connection to the database: SQL text in, rows out, failures as `StoreError`.

The statements are plain SQL text that both databases take, with `?` for a parameter, and go straight to the driver.
SQLAlchemy Core describes the tables and drives the migrations, but stands off the hot path: a statement through it
took 104 us where the driver takes 20, and importing it costs more than opening an up-to-date store.

A session is used by one thread at a time.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from trialbook.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Row = tuple[Any, ...]
Value = int | float | str | bytes | None


class Session(Protocol):
    """A connection in autocommit mode, unless `begin` or `snapshot` says otherwise."""

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Run a statement and give its rows."""

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Run a statement and give how many rows it changed."""

    def run_many(self, sql: str, many: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each of `many`."""

    def begin(self) -> None:
        """Begin to write: waits until no one else does; reads from here on see the latest commit."""

    def begin_snapshot(self) -> None:
        """Begin to read at one moment."""

    def shrink(self, spare: int, most: int) -> int:
        """Give up to `most` free pages past `spare` back to the file system; gives how many are left to give."""

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open: some failures (a full disk, a lost server) end it."""

    @property
    def broken(self) -> bool:
        """Whether the connection is lost for good."""

    def close(self) -> None:
        """Close; an open transaction is rolled back."""


@contextmanager
def snapshot(session: Session) -> Iterator[None]:
    """Read at one moment within the block."""
    session.begin_snapshot()
    try:
        yield
    finally:
        if session.in_transaction:
            session.run("ROLLBACK")


class EndedSession:
    """What a transaction holds once its action is over: any use says so."""

    def __getattr__(self, name: str) -> Any:
        message = "this transaction is over: use it only within the action that `write` was given"
        raise StoreError(message)


def placeholders(count: int) -> str:
    """Give `?, ?, ?` for an IN list."""
    return ", ".join("?" * count)


def batched(items: Sequence[int], size: int = 500) -> Iterator[Sequence[int]]:
    """Cut ids into IN lists of few different lengths (the last filled up by repetition), so statements are reused."""
    for start in range(0, len(items), size):
        part = items[start : start + size]
        length = 1 << (len(part) - 1).bit_length()
        yield [*part, *[part[-1]] * (min(length, size) - len(part))]
