"""The launcher that queues jobs for a runner: a claim in the same commit, and a word to the runner of this process.

It runs nothing itself, so it lies here with the rules; `jobs.runner.Runner` takes the claims. A runner in another
process finds them too, a little later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialbook.model import NOUNS, Document, Kind
from trialbook.services import job_states
from trialbook.services.launcher import RecordLauncher
from trialbook.services.tuning_ranges import check_tuning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from trialbook.services.context import Call
    from trialbook.store.interface import Transaction


class QueueLauncher:
    """Queues the kinds that a runner works on, and records all others.

    Parameters
    ----------
    kinds
        What the runner works on.
    wake
        Called, on the store's writer, when there is something to take or to stop: it must not block.
    """

    def __init__(self, kinds: Iterable[Kind], wake: Callable[[], None]) -> None:
        self.kinds = frozenset(kinds)
        self._wake = wake
        self._record = RecordLauncher()

    def start(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        """Queue the job behind those that wait already."""
        if kind not in self.kinds:
            return self._record.start(call, tx, kind, doc)
        if kind is Kind.TUNING_JOB:
            check_tuning(doc)
        tx.add_claim(kind, call.scope.key(doc[NOUNS[kind].name]), {"scope": call.scope.text, "user": call.user})
        self._wake()
        return job_states.queued(kind, doc, call.now())

    def stop(self, call: Call, tx: Transaction, kind: Kind, doc: Document) -> Document:
        """Stop a waiting job at once; tell the runner of a running one."""
        claim = tx.claim(kind, call.scope.key(doc[NOUNS[kind].name]))
        if claim is None:
            return self._record.stop(call, tx, kind, doc)
        if claim.owner is None and "phase" not in claim.state:
            tx.drop_claim(claim.id)
            message = "Training job stopped before it began"
            ending = job_states.Ending("Stopped", message=message)
            return job_states.ended(kind, doc, ending, call.now())
        tx.put_claim(claim._replace(state={**claim.state, "stop": call.now()}))
        self._wake()
        return job_states.stopping(kind, doc, call.now())
