"""What happens, as it happens: points, states, lines and new records of the topics that a client follows.

======================  ===========================================================================================
topic                   events
======================  ===========================================================================================
``run:<name>``          ``points``, ``changed``, ``run``, ``log``
``job:<kind>/<name>``   ``job``, ``log``; the kind as ARNs write it, such as ``training-job``
``search:<kind>``       ``search``; the kind as the text search names it, such as ``run``
======================  ===========================================================================================

A `Follower` reads what is new in the store, whoever wrote it, each time it is polled, and says in a cursor how far it
came. One that is made from a cursor goes on from there: it gives what came meanwhile, never what came before.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from trialbook.errors import ValidationError
from trialbook.model import KIND_OF_PATH, NOUNS, Document, Kind
from trialbook.services import records, text_search
from trialbook.store.interface import NO_STEP, ROW_BITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, Series

MOST_TOPICS = 100
MOST_POINTS = 20_000
"""Points of one poll, about; the next poll goes on."""
MOST_LINES = 1000
"""Lines of one log in one poll."""
MOST_TEXT = 1 << 20
"""Characters of lines in one poll, and the line that passes them: what a client that does not read costs at most."""
MOST_CHANGES = 1000
"""Changed entities of one poll; the end of a commit's may be more."""
_ROW = (1 << ROW_BITS) - 1
_STATUS = ("TrainingJobStatus", "ProcessingJobStatus", "TransformJobStatus", "HyperParameterTuningJobStatus")


class Event(NamedTuple):
    """One event: its name, and a document that JSON can hold."""

    name: str
    data: Document


class Topic(NamedTuple):
    """One topic taken apart: `word` is run, job or search; `name` is empty for a search."""

    word: str
    kind: Kind
    name: str


@dataclass(slots=True)
class Cursor:
    """How far a follower came.

    Attributes
    ----------
    database
        Whose numbers these are.
    rev, position
        The store's newest revision, and the position of `Store.arrivals`.
    rows
        The newest row of each kind that is followed or searched.
    lines
        By entity and stream, the number of the next line.
    """

    database: str
    rev: int
    position: int
    rows: dict[int, int] = field(default_factory=dict)
    lines: dict[int, dict[str, int]] = field(default_factory=dict)

    def text(self) -> str:
        """Write the cursor as letters, digits, `-` and `_`."""
        told = [self.database[:8], self.rev, self.position, self.rows, self.lines]
        return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor:
        """Undo `text`. Raises `ValidationError` when it is no cursor."""
        try:
            told = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            database, rev, position, rows, lines = told
            return cls(
                str(database),
                int(rev),
                int(position),
                {int(kind): int(row) for kind, row in rows.items()},
                {int(one): {str(name): int(n) for name, n in streams.items()} for one, streams in lines.items()},
            )
        except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
            raise ValidationError(
                f"'{text[:60]}' is not a cursor: give one that an event or a view had, or none."
            ) from None


_NONE: Document = {"new": 0, "changed": 0, "deleted": 0, "points": False}


def read_topic(text: str) -> Topic:
    """Read a topic. Raises `ValidationError` with what there is."""
    word, _, rest = text.partition(":")
    if word == "run" and rest:
        return Topic(word, Kind.TRIAL_COMPONENT, rest)
    if word == "search" and rest:
        return Topic(word, text_search.kind_of(rest), "")
    if word == "job":
        path, _, name = rest.partition("/")
        if path in KIND_OF_PATH and name:
            return Topic(word, KIND_OF_PATH[path], name)
    raise ValidationError(
        f"There is no topic '{text[:100]}'; there are run:<name>, job:<kind>/<name> (as in "
        "job:training-job/my-job) and search:<kind> (as in search:run)."
    )


class Follower:
    """Follows topics for one client. Used by one thread at a time.

    Parameters
    ----------
    topics
        What to follow; something that is not there yet is followed once it is.
    cursor
        Where to go on; None: from now on.
    """

    def __init__(self, call: Call, topics: Sequence[Topic], cursor: Cursor | None = None) -> None:
        self._call, self._store = call, call.store
        self.more = cursor is not None
        self._searched = {topic.kind for topic in topics if topic.word == "search"}
        named = [topic for topic in topics if topic.word != "search"]
        self._wanted = {(int(one.kind), records.locate(call, one.kind, one.name)[0]): one for one in named}
        self._kinds = self._searched | {topic.kind for topic in topics}
        self._followed: dict[int, Topic] = {}
        self._lost = False
        # Before what is there is looked up: what is made in between is then told as a change.
        rev = self._store.last_rev()
        for (_, key), topic in self._wanted.items():
            entity = self._store.find(topic.kind, key)
            if entity is not None:
                self._followed[entity.id] = topic
        self._cursor = self._begin(rev, cursor)

    @property
    def cursor(self) -> str:
        """How far it came, as text."""
        return self._cursor.text()

    @property
    def rev(self) -> int:
        """The revision up to which it has seen everything."""
        return self._cursor.rev

    def _begin(self, rev: int, given: Cursor | None) -> Cursor:
        now = Cursor(self._store.database_id, rev, self._store.position(self._runs()))
        if given is not None and given.database == now.database[:8] and given.rev <= now.rev:
            now.rev, now.position, now.rows = given.rev, min(given.position, now.position), given.rows
            now.lines = {one: lines for one, lines in given.lines.items() if one in self._followed}
        elif given is not None:
            self._lost = True
        for kind in self._kinds:
            now.rows.setdefault(kind, self._store.last_row(kind))
        for one, topic in self._followed.items():
            if one not in now.lines:
                made_since = one & _ROW > now.rows[topic.kind]
                streams = [] if made_since else self._store.log_streams(one)
                now.lines[one] = {stream.name: stream.count for stream in streams}
        return now

    def _runs(self) -> list[int]:
        return [one for one, topic in self._followed.items() if topic.word == "run"]

    def poll(self) -> list[Event]:
        """Give what is new, a bounded part of it at a time; nothing when nothing is. `more` says that there is more.

        After a cursor of another database the first event is `reset`: read everything anew.
        """
        events = [Event("reset", {})] if self._lost else []
        self._lost = False
        rev = self._store.last_rev()
        if rev == self._cursor.rev and not self.more:
            return events
        self.more = False
        if rev != self._cursor.rev:
            events += self._changes(rev)
        return events + self._points() + self._lines()

    def _changes(self, rev: int) -> list[Event]:
        """Tell of changed entities: states of what is followed, counts of what is searched, whether runs got points."""
        since = self._cursor.rev
        changes = self._store.changes(since, self._kinds, MOST_CHANGES)
        if len(changes) >= MOST_CHANGES:
            self.more, rev = True, changes[-1].rev
        self._cursor.rev = max(rev, changes[-1].rev if changes else 0)
        events, counts = {}, dict[int, Document]()
        if Kind.TRIAL_COMPONENT in self._searched and self._store.summary_changes(since, 1):
            counts[Kind.TRIAL_COMPONENT] = {**_NONE, "points": True}
        for entity in changes:
            new = entity.row > self._cursor.rows[entity.kind]
            self._cursor.rows[entity.kind] = max(entity.row, self._cursor.rows[entity.kind])
            if entity.kind in self._searched:
                count = counts.setdefault(entity.kind, {**_NONE})
                if not (new and entity.doc is None):
                    count["new" if new else "deleted" if entity.doc is None else "changed"] += 1
            topic = self._followed.get(entity.id) or self._wanted.get((entity.kind, entity.key))
            if topic is not None:
                if entity.id not in self._followed:
                    self._followed[entity.id] = topic
                    self._cursor.lines.setdefault(entity.id, {})
                events[entity.id] = _state(topic, entity)
        told = [Event("search", {"kind": NOUNS[Kind(kind)].word, **count}) for kind, count in counts.items()]
        return [*events.values(), *told]

    def _points(self) -> list[Event]:
        runs = self._runs()
        if not runs:
            return []
        came = self._store.arrivals(self._cursor.position, runs, MOST_POINTS)
        self.more |= came.position != self._cursor.position and sum(len(one.value) for _, _, one in came.points) > 0
        self._cursor.position = came.position
        events = []
        for run, name in came.changed:
            events.append(Event("changed", {"run": self._followed[run].name, "metric": name}))
        for run, name, series in came.points:
            told = {"run": self._followed[run].name, "metric": name, "cursor": came.position, **_columns(series)}
            events.append(Event("points", told))
        return events

    def _lines(self) -> list[Event]:
        events, room = [], MOST_TEXT
        for one, topic in self._followed.items():
            seen = self._cursor.lines[one]
            for stream in self._store.log_streams(one):
                start = seen.get(stream.name, 0)
                if stream.count <= start:
                    continue
                if room <= 0:
                    self.more = True
                    continue
                lines = self._store.log(one, stream.name, start, MOST_LINES)
                ends = list(accumulate(len(line.text) for line in lines))
                lines = lines[: bisect_left(ends, room) + 1]
                if lines:
                    room -= ends[len(lines) - 1]
                    seen[stream.name] = start + len(lines)
                    self.more |= stream.count > start + len(lines)
                    told = {"stream": stream.name, "start": start, "time": [line.time for line in lines]}
                    texts = [line.text.encode("utf-8", "replace").decode() for line in lines]
                    events.append(Event("log", {topic.word: topic.name, **told, "text": texts}))
        return events


def _state(topic: Topic, entity: Entity) -> Event:
    told: Document = {topic.word: topic.name}
    if topic.word == "job":
        told["kind"] = NOUNS[topic.kind].path
    if entity.doc is None:
        return Event(topic.word, {**told, "status": "Deleted"})
    doc = entity.doc
    if topic.word == "run":
        status = doc.get("Status", {})
        told |= {"status": status.get("PrimaryStatus"), "message": status.get("Message")}
        told |= {"start": doc.get("StartTime"), "end": doc.get("EndTime")}
    else:
        told |= {"status": next((doc[name] for name in (*_STATUS, "EndpointStatus") if name in doc), None)}
        told |= {"secondary": doc.get("SecondaryStatus"), "message": doc.get("FailureReason")}
    return Event(topic.word, told)


def _columns(series: Series) -> dict[str, list[Any]]:
    """Give points as JSON can hold them: no step is null, and numbers that JSON lacks are texts."""
    step, value = series.step.tolist(), series.value.tolist()
    return {
        "x": [None if one == NO_STEP else one for one in step] if NO_STEP in step else step,
        "t": series.time.tolist(),
        "y": value if np.isfinite(series.value).all() else [one if math.isfinite(one) else _word(one) for one in value],
    }


def _word(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
