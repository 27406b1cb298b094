"""The reader of a spool: cuts what was logged into numbered batches, each sent until it is acknowledged.

What a batch holds is written to the journal before it is sent. A batch that is sent again, by this process or by
whoever finds the spool of a dead one, therefore holds the very same, and the store ignores the second.

A slot that was taken and not yet written (its thread waits for the interpreter) is a hole. A reader waits for it a
moment, then goes on, and takes the point along in a later batch once it is there.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

from trialbook.sdk import journal
from trialbook.sdk.journal import kinds_told
from trialbook.sdk.segment import HEADER, RECORD, Columns, Segment, columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trialbook.model import Document
    from trialbook.sdk.process import Lock

LIMIT = 65_536
"""Points of a batch at most."""
PATIENCE = 1.0
"""Seconds to wait for a hole."""
_AHEAD = 256
"""Slots behind a hole in which a written one tells it from the end: more than threads can hold at once."""
_MANY_NAMES = 256
_SENT: Document = {}
"""Stands for a change that is acknowledged."""

Place = tuple[int, int]
"""A segment's number and an offset in it."""


class Batch(NamedTuple):
    """One batch: its number, the names that `columns.metric` counts in, the points, and the changes to the run."""

    seq: int
    names: list[str]
    columns: Columns
    changes: list[Document]


class Source(Protocol):
    """A spool as its reader sees it. `live` says whether someone may still write to it."""

    head: Document
    entries: list[Document]
    segments: dict[int, Segment]

    @property
    def live(self) -> bool:
        """Whether it may grow."""

    def keep(self, entry: Document) -> None:
        """Write a cut or an acknowledgement to the journal, and bring all that a cut speaks of to the disk."""

    def drop(self, number: int) -> None:
        """Remove a segment: all of it is acknowledged."""

    def shorten(self, sent: int, base: Document) -> int:
        """Forget the changes among the first `sent` entries, if it likes; gives how many of these entries are left.

        `base` is where the reader stands, to be told to the next one in place of the cuts.
        """


class Drain:
    """Reads one spool. Any thread may ask it; one thread sends.

    Parameters
    ----------
    cuts
        The base, cuts and acknowledgements of the journal so far, for a spool that was drained before.
    """

    def __init__(
        self,
        source: Source,
        cuts: Sequence[Document] = (),
        *,
        limit: int = LIMIT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self._limit = limit
        self._clock = clock
        self._seq = 0
        self._entries = 0
        self._place: Place = (min(source.segments, default=0), HEADER)
        self._holes: set[Place] = set()
        self._waiting: dict[Place, float] = {}
        self._open: Document | None = None
        self._door = threading.Lock()
        for entry in cuts:
            self._replay(entry)

    @property
    def drained(self) -> bool:
        """Whether everything that can be read now is acknowledged."""
        with self._door:
            return self._open is None and not self._news()

    def next(self, hold: Callable[[Document], bool] = lambda _: False) -> Batch | None:
        """Give the batch to send: the one that is not acknowledged yet, else a new one; None when nothing is new.

        Changes from the first for which `hold` is true on stay out of a new batch.
        """
        with self._door:
            if self._open is None:
                cut = self._cut(hold)
                if cut is None:
                    return None
                self._open = cut
                self._advance(cut)
                self.source.keep(cut)
            return self._build(self._open)

    def acknowledge(self) -> None:
        """Say that the batch is kept where it was sent."""
        with self._door:
            if self._open is None:
                return
            self.source.keep({"ack": self._open["cut"]})
            entries = self.source.entries
            for at in range(self._open["from"], self._open["entries"]):
                if "change" in entries[at]:
                    entries[at] = _SENT  # what is printed for days must not stay in memory
            self._open = None
            held = {number for number, _ in self._holes}
            for number in sorted(self.source.segments):
                if number < self._place[0] and number not in held:
                    self.source.drop(number)
            base = {"seq": self._seq, "place": self._place, "holes": sorted(self._holes)}
            self._entries = self.source.shorten(self._entries, base)

    def _replay(self, entry: Document) -> None:
        if "base" in entry:
            base = entry["base"]
            self._seq, self._entries = base["seq"], base["entries"]
            self._place = (base["place"][0], base["place"][1])
            self._holes = {(number, at) for number, at in base["holes"]}
        elif "cut" in entry:
            self._open = entry
            self._advance(entry)
        elif "ack" in entry and self._open is not None and self._open["cut"] == entry["ack"]:
            self._open = None

    def _advance(self, cut: Document) -> None:
        self._seq = cut["cut"] + 1
        self._entries = cut["entries"]
        for number, _, stop, skipped in cut["spans"]:
            self._place = (number, stop)
            self._holes.update((number, at) for at in skipped)
        self._holes.difference_update((number, at) for number, at in cut["late"])

    def _news(self) -> bool:
        return self._entries < len(self.source.entries) or self._written() is not None or bool(self._late())

    def _written(self) -> tuple[Segment, int] | None:
        """Give the segment to read on in and the offset; None when nothing new is written."""
        number, at = self._place
        segments = self.source.segments
        for one in sorted(segments):  # a copy, made at one moment: a roll adds to it meanwhile
            if one < number:
                continue
            segment = segments[one]
            start = at if one == number else HEADER
            if start < segment.end and self._reach(segment, start)[0] > start:
                return segment, start
            if start < segment.end and self.source.live:
                return None
        return None

    def _late(self) -> list[Place]:
        segments = self.source.segments
        return sorted(one for one in self._holes if one[0] in segments and segments[one[0]].is_set(one[1]))

    def _cut(self, hold: Callable[[Document], bool]) -> Document | None:
        # Points first: the name of every point that is seen now is among the entries counted after.
        written, late, spans = self._written(), self._late(), []
        if written is not None:
            segment, start = written
            stop, skipped = self._reach(segment, start)
            spans.append([segment.number, start, stop, skipped])
        entries = self._entries
        for entry in self.source.entries[self._entries :]:
            if "change" in entry and hold(entry["change"]):
                break
            entries += 1
        if entries == self._entries and not spans and not late:
            return None
        return {"cut": self._seq, "entries": entries, "from": self._entries, "spans": spans, "late": late}

    def _reach(self, segment: Segment, start: int) -> tuple[int, list[int]]:
        """Give up to where a batch may go, and the holes before that."""
        stop = start
        skipped: list[int] = []
        most = min(segment.end, start + self._limit * RECORD)
        while True:
            stop = segment.run_of(stop, (most - stop) // RECORD)
            if stop >= most or not self._may_pass(segment, stop):
                return stop, skipped
            skipped.append(stop)
            stop += RECORD

    def _may_pass(self, segment: Segment, at: int) -> bool:
        """Tell whether a slot that is not written is a hole to pass over."""
        if not self.source.live:
            return segment.next_set(at + RECORD, segment.end // RECORD) is not None
        if max(list(self.source.segments)) == segment.number and segment.next_set(at + RECORD, _AHEAD) is None:
            return False
        seen = self._waiting.setdefault((segment.number, at), self._clock())
        return self._clock() - seen >= PATIENCE

    def _build(self, cut: Document) -> Batch:
        pieces = []
        for number, start, stop, skipped in cut["spans"]:
            buffer = self.source.segments[number].buffer
            for at in skipped:
                pieces.append(buffer[start:at])
                start = at + RECORD  # noqa: PLW2901
            pieces.append(buffer[start:stop])
        for number, at in cut["late"]:
            pieces.append(self.source.segments[number].buffer[at : at + RECORD])
        entries = self.source.entries
        names = [entry["name"] for entry in entries if "name" in entry]
        changes = [entry["change"] for entry in entries[cut["from"] : cut["entries"]] if "change" in entry]
        points = columns(b"".join(pieces))
        return Batch(cut["cut"], *_only_used(names, points), changes)


def _only_used(names: list[str], points: Columns) -> tuple[list[str], Columns]:
    """Leave out names that no point has, when there are many."""
    if not points.points:
        return [], points
    if len(names) <= _MANY_NAMES:
        return names, points
    numbers = memoryview(points.metric).cast("I")
    used = sorted(set(numbers))
    place = {number: index for index, number in enumerate(used)}
    metric = b"".join(place[number].to_bytes(4, "little") for number in numbers)
    return [names[number] for number in used], points._replace(metric=metric)


class DeadSpool:
    """The spool of a process that has died, or that let go of it. Whoever opens it holds its lock.

    Attributes
    ----------
    told
        What its changes said: `begin`, `end`.
    """

    live = False

    def __init__(self, folder: Path, head: Document, lock: Lock) -> None:
        self.folder = folder
        self.head = head
        self._lock = lock
        written = journal.read(folder / "journal")
        self.entries = [entry for entry in written if "name" in entry or "change" in entry]
        self.cuts = [entry for entry in written if not {"cut", "ack", "base"}.isdisjoint(entry)]
        self.told = {kind for entry in written for kind in [*entry.get("base", {}).get("told", ()), *kinds_told(entry)]}
        self.segments: dict[int, Segment] = {}
        for path in sorted(folder.glob("*.seg")):
            segment = Segment.open(path, int(path.stem))
            if segment is not None:
                self.segments[segment.number] = segment
        self._journal = journal.Journal(folder / "journal")

    def note(self, entry: Document) -> None:
        """Keep a change, such as that the run was interrupted."""
        self._journal.append(entry)
        self.entries.append(entry)

    def keep(self, entry: Document) -> None:
        """Write a cut or an acknowledgement."""
        self._journal.append(entry)
        if "cut" in entry:
            self._journal.sync()

    def drop(self, number: int) -> None:
        """Remove a segment."""
        self.segments.pop(number).remove()

    def shorten(self, sent: int, base: Document) -> int:
        """Leave the journal as it is: it does not grow any more."""
        del base
        return sent

    def remove(self) -> None:
        """Delete the folder: everything is kept elsewhere."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()

    def release(self) -> None:
        """Leave the spool for another attempt."""
        self._journal.close()
        self._lock.release()


def read_head(folder: Path) -> Document | None:
    """Give a spool's head; None when there is none that can be read."""
    try:
        head = json.loads((folder / "head.json").read_bytes())
    except (OSError, ValueError):
        return None
    return head if isinstance(head, dict) else None
