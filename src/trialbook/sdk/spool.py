"""A spool: what one process says about one run, on disk before the call returns.

::

    <spools>/<writer>/head.json    the version of all this, which process, which run, where it is to be shipped
                      lock         held while the process lives (`process.Lock`)
                      journal      names of metrics, changes to the run, batches cut and acknowledged (`journal`);
                                   written anew, without what is acknowledged, as it grows
                      000000.seg   points (`segment`); further segments follow as they fill up
                      files/       copies of files that are to be uploaded

The kernel keeps what is written whatever happens to the process. Slots come from one atomic counter a segment, so any
number of threads may log. A full disk means segments in memory and a warning, never an exception.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
import weakref
from typing import TYPE_CHECKING

from trialbook.sdk.journal import LEAST, VERSION, Journal, kinds_told
from trialbook.sdk.parameters import clean
from trialbook.sdk.process import Lock, identity
from trialbook.sdk.recorder import Current, FinishedError, Recorder
from trialbook.sdk.segment import RECORD, Segment, kind_of_mark
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    import mmap
    from collections.abc import Callable
    from pathlib import Path

    from trialbook.model import Document

FIRST_RECORDS, MOST_RECORDS = 2048, 65_536
"""Records of the first segment, 64 KiB; each next one has four times as many, up to 2 MiB."""
MEMORY_RECORDS = 8 << 20
"""Points that are kept in memory while the disk is full; past them the newest are given up."""


def new_writer() -> str:
    """Make a writer's id: unique, and safe as a file name."""
    return f"w-{os.urandom(8).hex()}"


class Spool:
    """One writer's spool, open for writing.

    Parameters
    ----------
    home
        The folder of spools; None keeps everything in memory.
    head
        What is known of the run and of where it goes; the process's identity is added.
    kind
        The kind of mark, by default the platform's.
    first_step
        The first of the steps that are counted where none are given.
    least_journal
        Bytes from which on the journal may be written anew.
    reopened
        Called in a forked process once this spool has become one of its own.

    Attributes
    ----------
    entries
        Names and changes, in order.
    segments
        By number, those that are not shipped yet.
    expecting
        Whether changes come even after the end: facts that are still being read.
    told
        What its changes said: `begin`, `end`.
    current
        The segment that is written to; its number is -1 after the end.
    """

    def __init__(
        self,
        home: Path | None,
        head: Document,
        *,
        kind: int | None = None,
        clock: Callable[[], float] = time.time,
        name_writer: Callable[[], str] = new_writer,
        reopened: Callable[[Spool], None] | None = None,
        first_records: int = FIRST_RECORDS,
        first_step: int = 0,
        least_journal: int = LEAST,
    ) -> None:
        self.home = home
        self._least_journal = least_journal
        self.kind = kind_of_mark() if kind is None else kind
        self._clock = clock
        self._name_writer = name_writer
        self._reopened = reopened
        self._first_records = first_records
        self._given = head
        self.names: dict[str, int] = {}
        self._start()
        self.recorder = Recorder(self.current, self._roll, self._register, self.kind, clock, first_step)
        OPEN.add(self)

    def _start(self) -> None:
        self.pid = os.getpid()
        self.writer = self._name_writer()
        self.head: Document = {"version": VERSION, "writer": self.writer, "mark": self.kind, "created": self._clock()}
        self.head.update({**self._given, **identity()})
        self.door = threading.RLock()
        self.lock: Lock | None = None
        self.folder = self._make_folder()
        self.journal = Journal(None if self.folder is None else self.folder / "journal", self._least_journal)
        self.entries: list[Document] = []
        self.told: set[str] = set()
        self.segments: dict[int, Segment] = {}
        self.closed = False
        self.expecting = False
        self.current = self._next_segment(0)
        for name in self.names:
            self.note({"name": name})

    def _make_folder(self) -> Path | None:
        """Make the folder whole and locked before it has its name, so that nobody takes it for a dead one's."""
        if self.home is None:
            return None
        new, folder = self.home / f".new-{self.writer}", self.home / self.writer
        try:
            new.mkdir(parents=True)
            (new / "head.json").write_text(json.dumps(self.head), encoding="utf-8")
            self.lock = Lock.take(new)
            OWN.add(str(folder.absolute()))
            new.rename(folder)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            self._warn_no_disk(error)
            return None
        return folder

    def note(self, entry: Document) -> None:
        """Keep a name or a change."""
        with self.door:
            self.journal.append(entry)
            self.entries.append(entry)
            self.told.update(kinds_told(entry))

    def keep_file(self, source: Path) -> str:
        """Copy a file into the spool; gives the copy's path. Raises OSError when that fails."""
        if self.folder is None:
            return str(source.absolute())
        files = self.folder / "files"
        files.mkdir(exist_ok=True)
        copy = files / os.urandom(8).hex()
        try:
            shutil.copyfile(source, copy)
        except OSError:
            copy.unlink(missing_ok=True)
            raise
        return str(copy.absolute())

    def close(self) -> None:
        """Take no more points. What is not shipped stays."""
        with self.door:
            self.closed = True
            self.current = Segment.in_memory(-1, 0, self.kind)
            self.recorder.turn(self.current)
        OPEN.discard(self)

    def let_go(self) -> None:
        """Close files and the lock, so that another process may ship what is left."""
        self.journal.close()
        for segment in list(self.segments.values()):
            segment.close()
        if self.folder is not None:
            OWN.discard(str(self.folder.absolute()))
        if self.lock is not None:
            self.lock.release()
            self.lock = None

    def remove(self) -> None:
        """Delete the folder: everything is kept elsewhere."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.let_go()

    @property
    def live(self) -> bool:
        """Whether it may grow: a thread may still be in a call even after the end."""
        return True

    def keep(self, entry: Document) -> None:
        """Write a cut or an acknowledgement; before a cut counts, all that it speaks of is on the disk."""
        self.journal.append(entry)
        if "cut" in entry:
            with contextlib.suppress(OSError):
                for number, *_ in entry["spans"]:
                    self.segments[number].sync()
                self.journal.sync()

    def drop(self, number: int) -> None:
        """Remove a segment: all of it is acknowledged."""
        self.segments.pop(number).remove()

    def shorten(self, sent: int, base: Document) -> int:
        """Once the journal is long, write it anew without the changes among the first `sent` entries."""
        if not self.journal.grown:
            return sent
        names = [entry for entry in self.entries[:sent] if "name" in entry]
        with self.door:
            seen, told = self.entries[sent:], sorted(self.told)
        base = {**base, "entries": len(names), "told": told}
        new = self.journal.write_anew([{"base": base}, *names, *seen])
        if new is None:
            return sent
        with self.door:  # who logs waits for the change of names alone, not for the disk
            if not self.journal.take_over(new, self.entries[sent + len(seen) :]):
                return sent
            self.entries = names + self.entries[sent:]
            return len(names)

    def _next_segment(self, number: int) -> Segment:
        records = min(self._first_records * 4 ** min(number, 8), MOST_RECORDS)
        segment: Segment | None = None
        if self.folder is not None:
            try:
                segment = Segment.create(self.folder / f"{number:06d}.seg", number, records, self.kind)
            except OSError as error:
                self._warn_no_disk(error)
        if segment is None:
            held = sum(one.end for one in list(self.segments.values()) if one.path is None) // RECORD
            if held + records > MEMORY_RECORDS:
                message = f"{held} points wait in memory for room on the disk of {self.home}"
                raise MemoryError(message)
            segment = Segment.in_memory(number, records, self.kind)
        self.segments[number] = segment
        return segment

    def _roll(self, full: mmap.mmap) -> Current:
        if self.pid != os.getpid():
            self._fork()
        with self.door:
            if self.closed:
                raise FinishedError
            if self.current.buffer is full:
                self.current = self._next_segment(self.current.number + 1)
            self.recorder.turn(self.current)
            return self.current.buffer, self.current.slot, self.current.end

    def _fork(self) -> None:
        """Become a spool of its own in a forked process: the parent goes on with the old one."""
        with self.door:
            if self.closed or self.pid == os.getpid():
                return
            self._given = {**self._given, "joins": self.writer}
            self._start()
        if self._reopened is not None:
            self._reopened(self)

    def after_fork(self) -> None:
        """Let go of the parent's segment: the next call rolls, and finds that the process is another."""
        self.door = threading.RLock()
        self.recorder.turn(Segment.in_memory(-1, 0, self.kind))

    def _register(self, name: str) -> int:
        if self.pid != os.getpid():
            self._fork()
        text = clean(name) or '""'
        with self.door:
            number = self.names.get(text)
            if number is None:
                self.note({"name": text})
                number = self.names[text] = len(self.names)
            return number

    def _warn_no_disk(self, error: OSError) -> None:
        warn_once(
            "disk",
            f"Trialbook cannot write its spool in {self.home}: {error.strerror or error}. Points are kept in memory "
            "and shipped as soon as the store takes them; a killed process would lose them. Make room on that disk.",
        )


OPEN: weakref.WeakSet[Spool] = weakref.WeakSet()
"""The spools that this process writes."""
OWN: set[str] = set()
"""The folders of this process's spools: it must neither recover them nor open their lock files."""


def _after_fork() -> None:
    OWN.clear()
    for spool in list(OPEN):
        spool.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
