"""What a store promises, as Protocols; `trialbook.testing.store_contract` is the same promise as tests.

One idea: **a write is a function**. `Store.write(action)` hands the function a `Transaction` on the store's writer;
what it read and wrote happens at one moment, and `write` returns once that is durable. Many waiting writes share one
commit (group commit), each in a savepoint of its own, so a failing one takes nothing else along. Every commit has one
`rev`, which becomes visible in order: whoever has seen `rev` n has seen everything up to n.

Thread safety: every method of `Store` may be called from any thread. A `Transaction` belongs to the call that got it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from trialbook.model import Document, Kind

T = TypeVar("T")

ROW_BITS = 40


class Entity(NamedTuple):
    """One entity as stored. `id` is `kind << 40 | row`; `doc` is None, `key` "" once deleted (`changes` only)."""

    id: int
    rev: int
    key: str
    doc: Document | None

    @property
    def kind(self) -> int:
        """The kind, as a number."""
        return self.id >> ROW_BITS

    @property
    def row(self) -> int:
        """The place in the columns of its kind."""
        return self.id & ((1 << ROW_BITS) - 1)


class Edge(NamedTuple):
    """A directed, labelled edge between two entities (`AssociationType`, or ours such as `memberOf`)."""

    source: int
    label: str
    target: int
    doc: Document


class BinItem(NamedTuple):
    """A deleted entity that can be restored. `deleted` is epoch seconds."""

    id: int
    key: str
    doc: Document
    deleted: float


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one or more series, column by column, all of the same length n.

    Attributes
    ----------
    metric
        (n,) uint32 index into `names`.
    step
        (n,) int64; `NO_STEP` where the point has none.
    time
        (n,) float64 epoch seconds.
    value
        (n,) float64, kept bit for bit.
    """

    names: Sequence[str]
    metric: NDArray[np.uint32]
    step: NDArray[np.int64]
    time: NDArray[np.float64]
    value: NDArray[np.float64]


NO_STEP = -(2**63)


@dataclass(frozen=True, slots=True)
class Series:
    """One series in order of (step, time, arrival): `step` (n,) int64, `time` (n,) float64, `value` (n,) float64."""

    step: NDArray[np.int64]
    time: NDArray[np.float64]
    value: NDArray[np.float64]


class Extent(NamedTuple):
    """What a piece of a series spans: how many points, the least and greatest step and time (epoch seconds)."""

    points: int
    step0: int
    step1: int
    time0: float
    time1: float


class Scan(Protocol):
    """One series as it is at one moment, to be read piece by piece; used within the `Store.scan` that gave it.

    `extents` are those of its pieces, whose points follow each other in order of (step, time, arrival).
    """

    extents: list[Extent]

    def pieces(self, wanted: Sequence[int], *, step: bool, time: bool) -> Iterator[tuple[int, Series]]:
        """Read some pieces, by number, ascending. Each is there until the next one is asked for.

        `step` and `time` say whether these are needed: they may be empty else.
        """

    def ranges(self, wanted: Sequence[int]) -> list[tuple[int, float, float, int]]:
        """Give number, minimum, maximum and count of NaN of those of the pieces `wanted` that need not be read for it.

        The first two are over the values that are not NaN; NaN when there is none.
        """


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of one series without reading it.

    `count` counts every point; `minimum`, `maximum`, `total` and `squares` (sum of squares) are over the points that
    are not NaN (NaN when there is none), `numbers` counts those. `last` is the value of the point with the latest
    time, ties by step, then arrival (it may be NaN); `last_step` is NO_STEP when that point has none.
    """

    count: int
    numbers: int
    last: float
    minimum: float
    maximum: float
    total: float
    squares: float
    last_step: int
    last_time: float

    @property
    def mean(self) -> float:
        """Mean of the points that are not NaN; NaN when there is none."""
        return self.total / self.numbers if self.numbers else math.nan

    @property
    def deviation(self) -> float:
        """Population standard deviation of the points that are not NaN; NaN when there is none or one is infinite.

        SageMaker does not say which deviation its StdDev is; the population's is 0, not undefined, for a single point.
        """
        if not self.numbers or not math.isfinite(self.squares) or not math.isfinite(self.total):
            return math.nan
        mean = self.total / self.numbers
        return math.sqrt(max(self.squares / self.numbers - mean * mean, 0.0))


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What arrived after a position.

    `points` are (run, name, points in order of arrival); `position` is where to go on.
    `changed` are (run, name), or (run, None) for all of a run, where a merge put new points among older ones, or there
    are too many: read those anew. Their new points are not among `points`.
    """

    position: int
    points: list[tuple[int, str, Series]]
    changed: list[tuple[int, str | None]]


class RunSummary(NamedTuple):
    """The packed summary row of one run."""

    run: int
    rev: int
    metrics: Mapping[str, Summary]


class LogLine(NamedTuple):
    """One line of a log: `time` in epoch seconds, and `text`, any text, without its line end."""

    time: float
    text: str


@dataclass(frozen=True, slots=True)
class LogStream:
    """One log of an entity: `created` is the time of its first line, `last` the latest time of a line.

    A stream that was made by an empty batch has the time at which that came in both. `count` is its number of lines.
    """

    name: str
    created: float
    last: float
    count: int


class FoundLine(NamedTuple):
    """A line that a search found: its stream, its number in it (from 0), and the line."""

    stream: str
    number: int
    line: LogLine


class Claim(NamedTuple):
    """A job that waits for a runner or that one holds; `id` grows in order of submission.

    `key` is the job's (`Scope.key(name)`), `owner` the runner that holds it until the epoch second `until` (0: nobody
    does), `state` what the runner needs to go on after a restart.
    """

    id: int
    kind: int
    key: str
    owner: str | None
    until: float
    state: Document


class Reader(Protocol):
    """Reads shared by a store (its last commit) and a transaction (its own writes included)."""

    def find(self, kind: Kind, key: str) -> Entity | None:
        """Find by key (`Scope.key(name)`)."""

    def get_many(self, ids: Sequence[int]) -> list[Entity]:
        """Give the entities that exist of `ids`, in that order."""

    def edges(self, *, source: int | None = None, target: int | None = None, label: str | None = None) -> list[Edge]:
        """Give the edges from `source` and/or to `target` (at least one is given), oldest first."""

    def edges_of(self, ids: Sequence[int], *, incoming: bool = False) -> list[Edge]:
        """Give the edges that leave any of `ids` (or, `incoming`, enter any), oldest first: one step of a walk."""

    def edge_page(
        self,
        labels: Sequence[str],
        *,
        source: int | None = None,
        target: int | None = None,
        beyond: int | None = None,
        newest_first: bool = True,
        limit: int = 1000,
    ) -> list[tuple[int, Edge]]:
        """Give edges of these labels in order of age, each with its number, which grows with every edge made.

        `source` and `target` narrow them to the edges of one entity, `beyond` to those after that number in the order.
        """

    def summary(self, run: int) -> Mapping[str, Summary]:
        """Summaries of every series of the entity `run`, by metric name; empty when it has none."""

    def bucket(self, name: str) -> Document | None:
        """One bucket's document (CreationDate, Region, Account)."""

    def object(self, bucket: str, key: str) -> ObjectRow | None:
        """One object's row."""

    def upload(self, upload_id: str) -> Upload | None:
        """One multipart upload with its parts."""

    def claim(self, kind: Kind, key: str) -> Claim | None:
        """Find a claim by its job's kind and key."""

    def claims(
        self, kinds: Iterable[Kind] | None = None, free_at: float | None = None, limit: int = 10_000
    ) -> list[Claim]:
        """Claims in order of submission; with `free_at`, those that nobody holds at that epoch second."""


class Transaction(Reader, Protocol):
    """One write in progress."""

    @property
    def rev(self) -> int:
        """The revision this commit will have."""

    def insert(self, kind: Kind, key: str, doc: Document) -> Entity:
        """Add an entity. Raises `KeyTakenError` when the kind has one with that key."""

    def update(self, entity_id: int, doc: Document) -> Entity:
        """Replace an entity's document. Raises `StoreError` when there is none."""

    def delete(self, entity_id: int) -> None:
        """Move an entity to the bin: its key is free at once; its edges go with it and come back with `restore`."""

    def restore(self, entity_id: int) -> Entity:
        """Bring an entity back from the bin. Raises `KeyTakenError` when its key was taken meanwhile."""

    def link(self, source: int, label: str, target: int, doc: Document) -> bool:
        """Add an edge; False when (source, label, target) is there already (it is then left as it was)."""

    def unlink(self, source: int, target: int, label: str | None = None) -> int:
        """Remove the edges from `source` to `target`; returns how many there were."""

    def append(self, run: int, writer: str, seq: int, points: Points) -> bool:
        """Add points to the series of entity `run` and bring its summary up to date.

        (run, writer, seq) names the batch: a batch that came before is ignored and False is returned. A writer counts
        up, best from 0 and without gaps; its batches may come in any order as long as none is 4,096 behind the newest.
        Raises `StoreError` when the entity is not there (deleted ones are not), or the columns do not fit each other.
        """

    def append_log(self, entity: int, stream: str, writer: str, seq: int, lines: Sequence[LogLine]) -> bool:
        """Add lines to the end of a log of an entity; they keep their order and get the next numbers, from 0 on.

        (entity, stream, writer, seq) names the batch: a batch that came before is ignored and False is returned; a
        writer counts up as in `append`. Raises `StoreError` when the entity is not there, or a time is not finite.
        """

    def put_bucket(self, name: str, doc: Document) -> None:
        """Make or replace a bucket. Its document holds CreationDate (epoch seconds), Region and Account."""

    def delete_bucket(self, name: str) -> None:
        """Remove an empty bucket. Raises `StoreError` when it holds objects."""

    def put_object(self, row: ObjectRow) -> None:
        """Insert or replace an object. Blobs that nothing refers to any more are queued in `orphans`."""

    def delete_object(self, bucket: str, key: str) -> bool:
        """Remove an object; False when there was none."""

    def put_upload(self, upload: Upload) -> None:
        """Start a multipart upload."""

    def put_part(self, upload_id: str, number: int, part: Part) -> None:
        """Add or replace a part. Raises `StoreError` when there is no such upload."""

    def delete_upload(self, upload_id: str) -> None:
        """Forget an upload and its parts (blobs that an object took over stay)."""

    def add_orphans(self, blobs: Sequence[str]) -> None:
        """Queue in `orphans` those of `blobs` that the store knows nothing of: their writer died before the row."""

    def forget_orphans(self, blobs: Sequence[str]) -> None:
        """Say that the bytes of these orphans are gone."""

    def add_claim(self, kind: Kind, key: str, state: Document) -> Claim:
        """Add a claim that nobody holds, behind all others. Raises `KeyTakenError` when the job has one.

        Claims take no revision: nobody follows them.
        """

    def put_claim(self, claim: Claim) -> None:
        """Replace the owner, the lease and the state of a claim. Raises `StoreError` when it is gone."""

    def drop_claim(self, claim_id: int) -> None:
        """Forget a claim; nothing happens when it is gone already."""


class Part(NamedTuple):
    """One part of a multipart upload: its bytes are one blob. `etag` is the MD5 in hex."""

    blob: str
    size: int
    etag: str
    meta: Document


class Upload(NamedTuple):
    """A multipart upload in progress. `parts` by part number; empty in `put_upload`."""

    id: str
    bucket: str
    key: str
    started: float
    meta: Document
    parts: Mapping[int, Part]


class ObjectRow(NamedTuple):
    """One object of the object store: its bytes are its `blobs`, one after the other.

    `meta` holds its headers (ContentType, user metadata, checksums ...) as JSON members. `etag` is without quotes.
    """

    bucket: str
    key: str
    size: int
    etag: str
    modified: float
    blobs: Sequence[tuple[str, int]]
    meta: Document


class Store(Reader, Protocol):
    """A store: entities, edges, series and object rows in one SQL database."""

    @property
    def database_id(self) -> str:
        """A random id made with the database: tells copies of columns whose they are."""

    def write(self, action: Callable[[Transaction], T]) -> T:
        """Run `action` on the writer, commit, and return its result once durable. Its exception is raised here."""

    def changes(self, since: int, kinds: Iterable[Kind] | None = None, limit: int = 10_000) -> list[Entity]:
        """Entities (deleted ones too) with `rev > since`, by (rev, id). Whole revs: may exceed `limit` to end one."""

    def last_row(self, kind: Kind) -> int:
        """Give the newest row that the kind has, deleted ones too; -1 when it has none."""

    def summary_changes(self, since: int, limit: int = 10_000) -> list[RunSummary]:
        """Summary rows with `rev > since`, by rev, whole revs only."""

    def last_rev(self) -> int:
        """The newest committed revision."""

    def series(self, run: int, name: str) -> Series:
        """All points of one series; empty when there is none."""

    def read_series(
        self,
        queries: Sequence[tuple[int, str]],
        *,
        steps: tuple[int, int] | None = None,
        times: tuple[float, float] | None = None,
        timeless: bool = False,
    ) -> list[Series]:
        """Give the series (run, name) as they are at one moment, in the order asked for.

        `steps` and `times` (epoch seconds) narrow them to the points between, ends included; little of what lies
        outside is read. Points that no merge has packed yet are among them. `timeless` says that the times are not
        needed: the answer's may be empty.
        """

    def scan(self, queries: Sequence[tuple[int, str]], look: Callable[[list[Scan]], T]) -> T:
        """Give what `look` makes of the series (run, name), in the order asked for, as they are at one moment.

        Costs less than `read_series` where few of the points are kept. `look` may run twice, when a connection is lost.
        """

    def position(self, runs: Sequence[int]) -> int:
        """Give where `arrivals` of these runs would go on from now: what comes later is after it."""

    def arrivals(self, since: int, runs: Sequence[int], limit: int = 65_536) -> Arrivals:
        """Give the points of some runs that arrived after the position `since`, merged or not.

        About `limit` points at most are given at once; `position` then leads to the rest. More of one series than that,
        once merged, count as `changed`.
        """

    def merge(self, run: int) -> None:
        """Pack the received batches of an entity's series and logs. Changes nothing that a reader can see."""

    def merge_soon(self, run: int) -> None:
        """Say that a run gets no more points for now: it is merged in the background, if it is worth it."""

    def merge_waiting(self, before: int) -> int:
        """Pack the batches of some runs that have received one up to the position `before`; gives how many runs.

        Called until it gives 0, it has packed them all.
        """

    def log_streams(self, entity: int) -> list[LogStream]:
        """Give the logs of an entity by name, those of deleted ones too."""

    def log(self, entity: int, stream: str, start: int = 0, limit: int = 10_000) -> list[LogLine]:
        """Give up to `limit` lines of a log from line number `start` (from 0) on; none past its end."""

    def find_log(
        self, entity: int, text: str, stream: str | None = None, limit: int = 100, start: int = 0
    ) -> list[FoundLine]:
        """Give the first `limit` lines that hold `text`, letter by letter, by (stream, number).

        `stream` narrows the search to one log, `start` to the lines from that number on in each.
        """

    def bin(self, limit: int = 1000) -> list[BinItem]:
        """What can be restored, newest first."""

    def empty_bin(self, before: float) -> int:
        """Forget for good what was deleted before the epoch second `before`; returns how many."""

    def objects(self, bucket: str, prefix: str = "", after: str = "", limit: int = 1000) -> Iterator[ObjectRow]:
        """Rows of a bucket whose key starts with `prefix` and is above `after`, in order of the key's UTF-8 bytes."""

    def buckets(self) -> dict[str, Document]:
        """Every bucket's document (CreationDate, region, owner) by name, in order of name."""

    def uploads(self, bucket: str, prefix: str = "") -> list[Upload]:
        """Multipart uploads in progress in a bucket, by (key, id), without their parts."""

    def orphans(self, limit: int = 1000) -> list[str]:
        """Blobs that nothing refers to, for deletion from the object store."""

    def close(self) -> None:
        """Finish what waits and close. Idempotent."""
