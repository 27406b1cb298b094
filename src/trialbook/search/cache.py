"""The column cache: a database file of pieces beside the store, which may be deleted at any time.

It is nobody's truth. It says whose columns it holds (database id, the store's revision, the version of this format, a
digest of the schemas) and is ignored when any of that is not what it should be; each piece has a checksum. SQLite
keeps it whole through kill -9: a save is one transaction.

A file belongs to one engine at a time, by a lock on a file beside it, so engines of several processes on one store
take a folder each (`0`, `1` ...): a new one starts as a copy of the first that has something.

::

    meta   key -> value: `state` (JSON), sealed with a checksum
    piece  id -> bytes          id = kind << 56 | column << 32 | lane << 24 | number
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

from trialbook.search.pieces import CacheBrokenError, opened, sealed

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import IO

SLOTS = 8
FILE = "columns.db"
TEXTS = 255
"""The lane of a column's texts."""
_PRAGMAS = ("page_size=16384", "journal_mode=WAL", "synchronous=NORMAL", "cache_size=-4096", "busy_timeout=10000")
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS piece (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
"""

log = logging.getLogger("trialbook.search")


def piece_id(kind: int, column: int, lane: int, number: int = 0) -> int:
    """Give the id of a piece."""
    return kind << 56 | column << 32 | lane << 24 | number


class Cache:
    """One engine's file. Opened by `open_cache`; its methods may be called from any thread, one call at a time each.

    Reads and writes go through connections of their own, so that a search need not wait for a save.
    """

    def __init__(self, folder: Path, lock: IO[bytes]) -> None:
        self.folder = folder
        self._lock = lock
        self._reading = self._connect()
        self._writing = self._connect()

    def _connect(self) -> sqlite3.Connection:
        path = self.folder / FILE
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(_TABLES)
        return connection

    def state(self) -> dict[str, Any] | None:
        """Give what the last save said of the whole; None when there was none, or it cannot be trusted."""
        try:
            rows = self._reading.execute("SELECT value FROM meta WHERE key = 'state'").fetchall()
            state: dict[str, Any] | None = json.loads(bytes(opened(rows[0][0])[2])) if rows else None
        except (sqlite3.Error, CacheBrokenError, ValueError):
            return None
        return state

    def pieces(self, kind: int, column: int, lane: int) -> list[tuple[int, bytes]]:
        """Give the pieces of one lane, by number. Raises `CacheBrokenError`."""
        return self._pieces(self._reading, kind, column, lane)

    @contextlib.contextmanager
    def snapshot(self) -> Any:
        """Read at one moment within the block."""
        try:
            self._reading.execute("BEGIN")
            yield
        except sqlite3.Error as error:
            raise CacheBrokenError(f"the column cache cannot be read: {error}") from error
        finally:
            if self._reading.in_transaction:
                self._reading.execute("ROLLBACK")

    @staticmethod
    def _pieces(connection: sqlite3.Connection, kind: int, column: int, lane: int) -> list[tuple[int, bytes]]:
        first = piece_id(kind, column, lane)
        try:
            rows = connection.execute(
                "SELECT id, data FROM piece WHERE id >= ? AND id < ? ORDER BY id", (first, first + (1 << 24))
            ).fetchall()
        except sqlite3.Error as error:
            raise CacheBrokenError(f"the column cache cannot be read: {error}") from error
        return [(one - first, data) for one, data in rows]

    # --- saving: `begin`, then `old`, `put` and `drop`, then `commit` with the state

    def begin(self) -> None:
        """Begin a save."""
        self._writing.execute("BEGIN IMMEDIATE")

    def old(self, kind: int, column: int, lane: int, number: int) -> bytes | None:
        """Give one piece as the save in progress has it."""
        rows = self._writing.execute(
            "SELECT data FROM piece WHERE id = ?", (piece_id(kind, column, lane, number),)
        ).fetchall()
        return rows[0][0] if rows else None

    def old_pieces(self, kind: int, column: int, lane: int) -> list[tuple[int, bytes]]:
        """Give the pieces of one lane as the save in progress has them."""
        return self._pieces(self._writing, kind, column, lane)

    def put(self, pieces: Iterable[tuple[int, bytes]]) -> None:
        """Put pieces (id, bytes)."""
        self._writing.executemany("INSERT OR REPLACE INTO piece (id, data) VALUES (?, ?)", pieces)

    def drop(self, kind: int, column: int, lane: int) -> None:
        """Drop the pieces of one lane."""
        first = piece_id(kind, column, lane)
        self._writing.execute("DELETE FROM piece WHERE id >= ? AND id < ?", (first, first + (1 << 24)))

    def commit(self, state: dict[str, Any]) -> None:
        """End a save: all of it is there from here on, or none."""
        data = sealed(0, 0, json.dumps(state).encode())
        self._writing.execute("INSERT OR REPLACE INTO meta (key, value) VALUES ('state', ?)", (data,))
        self._writing.execute("COMMIT")

    def rollback(self) -> None:
        """Give a save up."""
        with contextlib.suppress(sqlite3.Error):
            self._writing.execute("ROLLBACK")

    def clear(self) -> None:
        """Begin anew with an empty file."""
        for connection in (self._reading, self._writing):
            connection.close()
        remove(self.folder)
        self._reading, self._writing = self._connect(), self._connect()

    def close(self) -> None:
        """Close the file and let others have it. Idempotent."""
        for connection in (self._reading, self._writing):
            connection.close()
        self._lock.close()


def remove(folder: Path) -> None:
    """Remove the file of a folder and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        (folder / f"{FILE}{suffix}").unlink(missing_ok=True)


def open_cache(folder: Path) -> Cache | None:
    """Take the first free place under `folder`; None when there is none, or it cannot be written to."""
    if sys.platform == "win32":
        return None
    for slot in range(SLOTS):
        place = folder / str(slot)
        try:
            place.mkdir(parents=True, exist_ok=True)
            lock = (place / "lock").open("ab")
        except OSError as error:
            log.warning("search goes without its column cache, as %s cannot be written to: %s", place, error)
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            continue
        return _opened(place, lock)
    return None


def _opened(place: Path, lock: IO[bytes]) -> Cache | None:
    try:
        if not (place / FILE).exists():
            _copy(place)
        return Cache(place, lock)
    except sqlite3.DatabaseError:  # not a database, or not whole
        remove(place)
    try:
        return Cache(place, lock)
    except sqlite3.Error as error:
        log.warning("search goes without its column cache, as %s cannot be used: %s", place, error)
        lock.close()
        return None


def _copy(place: Path) -> None:
    """Begin as a copy of what another engine saved."""
    for other in sorted(place.parent.glob(f"*/{FILE}")):
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(f"{other.as_uri()}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(place / FILE)) as target,
        ):
            source.backup(target)
            return
