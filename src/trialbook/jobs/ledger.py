"""What a job reads and writes, by content: noted while the bytes stream, kept with the job's next change.

`reads` and `writes` give what `places` calls for each file; `keep` writes it all down in the transaction that changes
the job, so that a job which began with some data is known to have used it, however it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import content_uses, row_sketches
from trialbook.services.content_uses import READ, WROTE, Use
from trialbook.services.contents import File
from trialbook.services.job_components import COMPONENT, RUN

if TYPE_CHECKING:
    from pathlib import Path

    from trialbook.services.context import Call
    from trialbook.store.interface import Entity, ObjectRow, Transaction


@dataclass
class Tally:
    """The files that came by under one name."""

    call: Call
    direction: str
    name: str
    uri: str
    files: dict[str, File] = field(default_factory=dict)
    rows: dict[str, Document] = field(default_factory=dict)
    whole: bool = False
    dirty: bool = False

    def __call__(self, row: ObjectRow, name: str, sha256: str, path: Path | None = None) -> None:
        """Note one file: its object, its relative name, its hash, and where it can be read again."""
        self.whole = self.files.keys() <= {name} and self.uri == f"s3://{row.bucket}/{row.key}"
        self.files[name] = File(name, sha256, row.size)
        self.dirty = True
        if path is not None and self.direction == READ:
            self._note_rows(name, sha256, row, path)

    def _note_rows(self, name: str, sha256: str, row: ObjectRow, path: Path) -> None:
        known = self.call.store.find(Kind.CONTENT_ROWS, content_uses.rows_key(self.call, sha256))
        pending = known is None or content_uses.PENDING in (known.doc or {})
        if pending and sha256 not in self.rows:
            self.rows[sha256] = row_sketches.document(path, name, row.meta.get("ContentType"))

    def use(self) -> Use:
        """Give what was noted so far."""
        return Use(self.direction, self.name, self.uri, list(self.files.values()), self.whole, self.rows)


class Ledger:
    """One job's tallies."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._tallies: dict[tuple[str, str, str], Tally] = {}

    def reads(self, name: str, uri: str) -> Tally:
        """Note what is read as an input of this name from this URI."""
        return self._tally(READ, name, uri)

    def writes(self, name: str, uri: str) -> Tally:
        """Note what is written as an output of this name to this URI."""
        return self._tally(WROTE, name, uri)

    def keep(self, tx: Transaction, job: Entity, doc: Document) -> None:
        """Keep what was noted since the last `settle`; doing so twice does no harm."""
        for tally in self._tallies.values():
            if tally.dirty:
                components = [doc[member] for member in (COMPONENT, RUN) if member in doc]
                content_uses.keep(tx, self._call, job, tally.use(), components)

    def settle(self) -> None:
        """Say that what was noted is committed."""
        for tally in self._tallies.values():
            tally.dirty = False

    def _tally(self, direction: str, name: str, uri: str) -> Tally:
        return self._tallies.setdefault((direction, name, uri), Tally(self._call, direction, name, uri))
