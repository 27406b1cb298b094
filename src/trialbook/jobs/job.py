"""One job in a runner's hands: its document, its claim, and what it was told meanwhile.

Whatever a job's thread writes goes through `write`, which holds the runner to its claim: a runner that lost it (the
machine slept past its lease) writes nothing more. What a restart needs is kept in the claim's state, in the same
commit as what it speaks of.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from trialbook.errors import TrialbookError
from trialbook.jobs.failure import JobStopped
from trialbook.jobs.ledger import Ledger
from trialbook.jobs.process import Process
from trialbook.model import NOUNS, Document, Kind
from trialbook.services import job_records, job_states, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.jobs.process import Starter
    from trialbook.jobs.tree import Tree
    from trialbook.services.context import Call
    from trialbook.services.job_states import Ending
    from trialbook.settings import Settings
    from trialbook.store.interface import Entity, Transaction

T = TypeVar("T")


class Left(TrialbookError):  # noqa: N818 (nothing is wrong)
    """The runner lets go of the job: it ends, or another one holds the claim. The job's program goes on."""


@dataclass
class Job:
    """A job that a runner holds.

    Attributes
    ----------
    claim
        The number of its claim; never given twice, so it names this job's log lines and points too.
    state
        What the claim keeps for a restart. Change it through `write` and `note`.
    starter
        Starts its program and finds it again.
    url
        Where the server answers to the job's program.
    ledger
        What it reads and writes, by content; kept with each change of the job.
    stopped, left
        Set from other threads: the job was told to stop; the runner lets go of it.
    """

    call: Call
    kind: Kind
    key: str
    claim: int
    owner: str
    tree: Tree
    url: str
    starter: Starter = Process
    state: Document = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Begin its ledger."""
        self.ledger = Ledger(self.call)

    @property
    def settings(self) -> Settings:
        """The server's settings."""
        return self.call.workspace.settings

    @property
    def phase(self) -> str:
        """How far it came: "" until its program is about to start."""
        return str(self.state.get("phase", ""))

    def document(self) -> Document:
        """Read the job's document."""
        found = self.call.store.find(self.kind, self.key)
        if found is None:
            raise Left(f"the {NOUNS[self.kind].word} is gone")
        return records.document(found)

    def write(self, action: Callable[[Transaction, Entity], T], **notes: object) -> T:
        """Run an action on the store with the job's entity, and keep `notes` in its claim, in one commit.

        Raises
        ------
        Left
            The claim is another runner's, or gone.
        """

        def act(tx: Transaction) -> tuple[T, Document]:
            claim, entity = tx.claim(self.kind, self.key), tx.find(self.kind, self.key)
            if claim is None or claim.owner != self.owner or entity is None:
                raise Left(f"the claim on {self.key} is no longer held by {self.owner}")
            result = action(tx, entity)
            state = {**claim.state, **notes}
            if notes and (still := tx.claim(self.kind, self.key)) is not None:
                tx.put_claim(still._replace(state=state))
            return result, state

        result, self.state = self.call.store.write(act)
        if "stop" in self.state:
            self.stopped.set()
        return result

    def note(self, **notes: object) -> None:
        """Keep notes for a restart."""
        self.write(lambda _tx, _job: None, **notes)

    def change(self, make: Callable[[Document], Document], **notes: object) -> None:
        """Change the job's document, and bring what follows from it up to date."""

        def act(tx: Transaction, job: Entity) -> None:
            changed = job_records.change_job(tx, self.call, job, make(records.document(job)))
            self.ledger.keep(tx, changed, records.document(changed))

        self.write(act, **notes)
        self.ledger.settle()

    def begin(self, status: str, message: str) -> None:
        """Say that a runner works on it, and with what it begins."""

        def make(doc: Document) -> Document:
            now = self.call.now()
            return job_states.moved(self.kind, job_states.begun(self.kind, doc, now), status, message, now)

        self.change(make)

    def move(self, status: str, message: str, **notes: object) -> None:
        """Go to the next secondary status."""
        self.change(lambda doc: job_states.moved(self.kind, doc, status, message, self.call.now()), **notes)

    def end(self, ending: Ending) -> None:
        """End it: the document and the claim go in one commit."""

        def act(tx: Transaction, job: Entity) -> None:
            doc = job_states.ended(self.kind, records.document(job), ending, self.call.now())
            changed = job_records.change_job(tx, self.call, job, doc)
            self.ledger.keep(tx, changed, records.document(changed))
            tx.drop_claim(self.claim)

        self.write(act)
        self.ledger.settle()
        self.call.workspace.watch.notify()

    def check(self) -> None:
        """Raise what was told meanwhile: `Left`, or `JobStopped` while there is no program to stop."""
        if self.left.is_set():
            raise Left("the runner ends")
        if self.stopped.is_set():
            raise JobStopped("it was told to stop")
