"""When columns are saved, and what a saved state is trusted for.

A thread saves in the background once enough has changed or some time has passed, and `close` saves the rest if that is
done within a moment: a process that is to end must not be long, and what is not saved is read from the store again.
Saves never fail a search: when the disk is full, that is said once, what waits stays in memory, and the next save tries
again.
"""

from __future__ import annotations

import hashlib
import logging
import math
import sqlite3
import threading
import time
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from trialbook.search.cache import Cache, open_cache
from trialbook.search.memory import Memory, Saved
from trialbook.search.pieces import PIECE, CacheBrokenError, opened
from trialbook.search.saving import LAYOUTS, BrokenOffError, Cut, cut, write
from trialbook.search.table import DEAD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from trialbook.search.schema import Schema
    from trialbook.search.table import Table
    from trialbook.store.interface import Entity

FORMAT = 1
SOME = 50_000
"""Cells written before the thread saves at once."""
MUCH = 600_000
"""Cells that may wait in memory while a store is read for the first time."""
_MARKS = 100

log = logging.getLogger("trialbook.search")


@dataclass(frozen=True, slots=True)
class Saves:
    """How columns are saved.

    Attributes
    ----------
    folder
        Where; it is made when it is needed.
    memory
        Bytes that loaded columns may take between two searches.
    least
        Records that a store has before a cache is made for it: reading few of them again is quicker.
    period
        Seconds after which a change is saved at the latest, unless the process dies.
    closing
        Seconds that saves may take at the end.
    """

    folder: Path
    memory: int
    least: int = 1000
    period: float = 60.0
    closing: float = 1.0


@dataclass(slots=True)
class Place:
    """Up to which revision entities and summaries are taken in.

    `mark` holds the ids of the entities of that revision with checksums of their documents: a restored backup of the
    same database has others there. `unsure` is the revision to be checked so.
    """

    entity: int = 0
    summary: int = 0
    mark: dict[int, int] = field(default_factory=dict)
    unsure: int = 0

    def reached(self, entities: Sequence[Entity]) -> None:
        """Note that these are taken in."""
        self.entity, self.unsure = entities[-1].rev, 0
        last = [one for one in entities if one.rev == self.entity][:_MARKS]
        self.mark = {one.id: _checksum(one) for one in last}

    def agrees(self, entities: Sequence[Entity]) -> bool:
        """Say whether what the store has at the saved revision is what was there."""
        there = [one for one in entities if one.rev == self.unsure] if self.unsure else []
        complete = len(self.mark) < _MARKS
        return all(self.mark.get(one.id, None if complete else _checksum(one)) == _checksum(one) for one in there)


def _checksum(entity: Entity) -> int:
    return zlib.crc32(repr(entity.doc).encode("utf-8", "surrogatepass"))


class Saver:
    """Saves one engine's tables. `lock` is the engine's; `lost` says that what was saved turned out to be broken."""

    def __init__(self, saves: Saves, schemas: Mapping[int, Schema], lock: threading.RLock) -> None:
        self.saves = saves
        self.memory = Memory(saves.memory)
        self.base: dict[int, Saved] = {}
        self._kinds = [int(kind) for kind in schemas]
        self._digest = _digest(schemas)
        self._database = ""
        self._lock = lock
        self._cache: Cache | None = None
        self._tried = False
        self.lost = False
        self._subject: tuple[Mapping[int, Table], Place] | None = None
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._ended = False
        self._deadline = math.inf
        self._written = threading.Event()
        self._cuts: list[Cut] | None = None
        self._failed = ""
        self._warned = False

    # --- opening

    def wants_opening(self, records: int) -> bool:
        """Say whether it is time to open the cache of a store with so many records."""
        return not self._tried and (records >= self.saves.least or self.saves.folder.exists())

    def open(self, database: str, last: int) -> dict[str, Any] | None:
        """Open the cache; gives the saved state when it is of this store, format and schemas."""
        self._tried, self._database = True, database
        self._cache = open_cache(self.saves.folder)
        if self._cache is None:
            return None
        self.base = {kind: Saved(self._cache, kind, self.memory) for kind in self._kinds}
        state = self._cache.state()
        wanted = {"format": FORMAT, "database": database, "schemas": self._digest}
        if state is None or any(state.get(name) != value for name, value in wanted.items()) or state["rev"] > last:
            self.clear()
            return None
        return state

    def restore(self, state: Mapping[str, Any], tables: Mapping[int, Table]) -> Place:
        """Fill new tables with what was saved. Raises `CacheBrokenError`."""
        assert self._cache is not None
        with self._cache.snapshot():
            for one in state["tables"]:
                layouts = _layouts(self._cache, one)
                tables[one["kind"]].restore(one, _arrays(self._cache, one), layouts)
        # The last revision is read once more, to see that it is the same.
        return Place(state["entity"] - 1, state["summary"], dict(state["mark"]), state["entity"])

    def clear(self) -> None:
        """Forget all that was saved."""
        self._settle()
        self.lost = False
        self.memory.forget()
        if self._cache is None:
            return
        try:
            self._cache.clear()
        except (sqlite3.Error, OSError) as error:
            log.warning("search goes on without its column cache: %s", error)
            self._let_go()

    # --- saving

    def note(self, tables: Mapping[int, Table], place: Place) -> None:
        """Note that tables changed; the thread saves them when it is time. The engine's lock is held."""
        if self._cache is None:
            return
        self._subject = (tables, place)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="trialbook-columns", daemon=True)
            self._thread.start()
        written = sum(table.written for table in tables.values())
        if written > MUCH // 2:
            self.save(tables, place)
        elif written > SOME:
            self._wake.set()

    def save(self, tables: Mapping[int, Table], place: Place) -> None:
        """Save now, while the engine waits."""
        with self._lock:
            self._settle()
            if self._cache is None or not any(table.written or table.touched for table in tables.values()):
                return
            cuts, state = self._cut(tables, place)
            self._write(self._cache, cuts, state)
            self._settle()

    def hurry(self) -> None:
        """Have the save in progress, and those to come, end soon."""
        self._deadline = min(self._deadline, time.monotonic() + self.saves.closing)

    def close(self, tables: Mapping[int, Table], place: Place) -> None:
        """End the thread, save the rest as far as there is time, close the cache. Idempotent."""
        self._ended = True
        self.hurry()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            self.save(tables, place)
            self._tried = True
            self._let_go()

    def _let_go(self) -> None:
        if self._cache is not None:
            self._cache.close()
        self._cache, self.base = None, {}

    def _work(self) -> None:
        while not self._ended:
            self._wake.wait(self.saves.period)
            self._wake.clear()
            with self._lock:
                self._settle()
                cache, subject = self._cache, self._subject
                if self._ended or cache is None or subject is None:
                    continue
                if not any(table.written or table.touched for table in subject[0].values()):
                    continue
                cuts, state = self._cut(*subject)
            self._write(cache, cuts, state)
            with self._lock:
                self._settle()

    def _cut(self, tables: Mapping[int, Table], place: Place) -> tuple[list[Cut], dict[str, Any]]:
        state = {
            "format": FORMAT,
            "database": self._database,
            "schemas": self._digest,
            "rev": max(place.entity, place.summary),
            "entity": place.entity,
            "summary": place.summary,
            "mark": list(place.mark.items()),
        }
        self._written.clear()
        self._cuts = [cut(table) for table in tables.values()]
        return self._cuts, state

    def _write(self, cache: Cache, cuts: list[Cut], state: dict[str, Any]) -> None:
        self._failed = "it was broken off"
        try:
            write(cache, cuts, state, lambda: time.monotonic() < self._deadline)
            self._failed = ""
        except BrokenOffError:
            log.info("some columns are left to be read from the store by the next process")
        except sqlite3.Error as error:
            self._failed = str(error)
        except CacheBrokenError as error:
            self._failed, self.lost = str(error), True
        finally:
            self._written.set()

    def _settle(self) -> None:
        """Forget what a finished save wrote, whichever thread wrote it. The engine's lock is held."""
        if self._cuts is None:
            return
        self._written.wait()
        cuts, self._cuts = self._cuts, None
        for one in cuts:
            if self._failed:
                one.undo()
            else:
                one.finish()
        if self._failed and not self._ended and not self._warned:
            log.warning("the columns of search could not be saved, and are kept in memory: %s", self._failed)
            self._warned = True


def _digest(schemas: Mapping[int, Schema]) -> str:
    """Name what the columns of documents depend on."""
    text = repr(
        [
            (int(kind), sorted(map(repr, one.statics.items())), sorted(map(repr, one.roots.items())),
             sorted(map(repr, one.wholes.items())), sorted(one.links.items()), one.summaries)
            for kind, one in sorted(schemas.items())
        ]
    )  # fmt: skip
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _arrays(cache: Cache, state: Mapping[str, Any]) -> NDArray[np.int32]:
    """(3, rows) the layouts and scope of each row."""
    rows = int(state["rows"])
    arrays = np.zeros((3, max(rows, 64)), np.int32)
    arrays[2] = DEAD
    for lane in range(3):
        for no, data in cache.pieces(state["kind"], 0, lane):
            n, _, body = opened(data)
            arrays[lane, no * PIECE : no * PIECE + n] = np.frombuffer(body, "<i4", n)
    return arrays


def _layouts(cache: Cache, state: Mapping[str, Any]) -> list[bytes]:
    found: list[bytes] = []
    for _, data in cache.pieces(state["kind"], 0, LAYOUTS):
        n, _, body = opened(data)
        lengths, at = np.frombuffer(body, "<u4", n), 4 * n
        for length in lengths.tolist():
            found.append(bytes(body[at : at + length]))
            at += length
    if len(found) < state["layouts"]:
        raise CacheBrokenError("the column cache lacks layouts")
    return found[: state["layouts"]]
