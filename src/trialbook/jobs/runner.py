"""The runner: takes claims in order of submission and works on each in a thread of its own.

One idea: **a job is always somebody's**. A claim is taken by writing the runner's name and the end of a lease into it;
the runner renews its leases, and takes up at once what a dead runner of this machine held, by its process id and start
time. Several runners over one store share the work.

What a kind of job takes is a `Work`; `WORKS` of `jobs.works` says which there are.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from typing import TYPE_CHECKING, Protocol

from trialbook.errors import StoreError, TrialbookError
from trialbook.jobs.failure import LONGEST, JobFailure, JobStopped
from trialbook.jobs.job import Job, Left
from trialbook.jobs.processes import start_time
from trialbook.jobs.tree import Tree, jobs_folder
from trialbook.model import Kind
from trialbook.names import Scope
from trialbook.services.context import Call
from trialbook.services.job_states import Ending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.services.context import Workspace
    from trialbook.store.interface import Claim, Transaction

LEASE = 30.0
"""Seconds that a claim is held without being renewed."""
RENEWAL = 8.0
LOOK = 1.0
"""Seconds between two looks at what other processes submitted."""
SWEEP = 600.0
"""Seconds between two looks for folders that can go."""
ABANDONED = 300.0
"""Seconds after a lease's end at which a job that ran on another machine is given up."""

_AT_ONCE = 64
"""Claims that one look reads of those that wait."""

log = logging.getLogger("trialbook.jobs")


class Work(Protocol):
    """What a kind of job takes."""

    slots: int
    """How many of the runner's slots it takes: 0 for work that only waits for other jobs."""

    def run(self, job: Job) -> Ending:
        """Do the work and say how it ended; begin again where `job.state` says.

        Raises
        ------
        JobFailure
            The job failed; the message is its FailureReason.
        JobStopped
            It was told to stop, and did.
        Left
            The runner ends; the work is to be taken up later.
        """


class Runner:
    """Runs jobs until it is closed.

    Parameters
    ----------
    url
        Where the server answers, for the jobs' programs.
    works
        The work of each kind.
    """

    def __init__(self, workspace: Workspace, url: str, works: Mapping[Kind, Work]) -> None:
        self.id = f"{socket.gethostname()}/{os.getpid()}/{start_time(os.getpid())}/{secrets.token_hex(4)}"
        self.folder = jobs_folder(workspace.settings, workspace.store.database_id)
        self._workspace = workspace
        self._url = url
        self._works = works
        self._slots = workspace.settings.job_slots or os.cpu_count() or 1
        self._active: dict[int, tuple[Job, threading.Thread]] = {}
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._closed = threading.Event()
        self._renew_at = 0.0
        self._sweep_at = 0.0
        self._thread = threading.Thread(target=self._work, name="trialbook-runner", daemon=True)

    def start(self) -> None:
        """Begin to take claims."""
        self._thread.start()

    def wake(self) -> None:
        """Say that there is something to take or to stop. Never blocks."""
        self._woken.set()

    def close(self, seconds: float = 2.0) -> None:
        """Let go of everything: programs go on, and the next runner takes them up."""
        self._closed.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        with self._lock:
            active = list(self._active.values())
        for job, _ in active:
            job.left.set()
        for _, thread in active:
            thread.join(seconds)

    def _work(self) -> None:
        while not self._closed.is_set():
            woken = self._woken.wait(LOOK)
            self._woken.clear()
            try:
                self._look(woken=woken)
            except Exception:
                if not self._closed.is_set():
                    log.warning("the job runner failed to look for work and tries again", exc_info=True)
                    self._closed.wait(LOOK)

    def _look(self, *, woken: bool) -> None:
        store, now = self._workspace.store, self._workspace.clock()
        renew = now >= self._renew_at
        # A wake comes from within the commit that has the claim: only the writer sees it at this moment.
        if not woken and not renew and not store.claims(self._works, free_at=now, limit=1):
            return
        with self._lock:
            active = {number: job for number, (job, _) in self._active.items()}
        taken = store.write(lambda tx: self._take(tx, now, active, renew=renew))
        if renew:
            self._renew_at = now + RENEWAL
            self._sweep(now)
        for claim in taken:
            self._begin(claim)

    def _take(self, tx: Transaction, now: float, active: Mapping[int, Job], *, renew: bool) -> list[Claim]:
        """Renew what we hold, hear what is to stop, free what dead runners held, take what there is room for."""
        free = self._slots
        for job in active.values():
            free -= self._works[job.kind].slots
            claim = tx.claim(job.kind, job.key)
            if claim is None or claim.owner != self.id:
                continue
            if "stop" in claim.state:
                job.stopped.set()
            if renew:
                tx.put_claim(claim._replace(until=now + LEASE))
        if renew:
            _free_the_dead(tx, self._works, now)
        waiting = [kind for kind, work in self._works.items() if not work.slots]
        running = [kind for kind, work in self._works.items() if work.slots]
        found = tx.claims(waiting, free_at=now, limit=_AT_ONCE) if waiting else []
        if free > 0 and running:
            found += tx.claims(running, free_at=now, limit=_AT_ONCE)
        taken = []
        for claim in found:
            needs = self._works[Kind(claim.kind)].slots
            if needs > free or _is_elsewhere(claim, now) or claim.id in active:
                continue
            free -= needs
            held = claim._replace(owner=self.id, until=now + LEASE)
            tx.put_claim(held)
            taken.append(held)
        return taken

    def _begin(self, claim: Claim) -> None:
        account, region = claim.state["scope"].split("/", 1)
        call = Call(self._workspace, Scope(account, region), claim.state["user"], f"job-{claim.id}")
        kind = Kind(claim.kind)
        tree = Tree(self.folder / f"{kind.name.lower().replace('_', '-')}-{claim.id}")
        job = Job(call, kind, claim.key, claim.id, self.id, tree, self._url, state=dict(claim.state))
        if "stop" in claim.state:
            job.stopped.set()
        thread = threading.Thread(target=self._do, args=(job,), name=f"trialbook-job-{claim.id}", daemon=True)
        with self._lock:
            self._active[claim.id] = (job, thread)
        thread.start()

    def _do(self, job: Job) -> None:
        try:
            ending = self._outcome(job)
            job.end(ending)
            self._tidy(job, ending)
        except Left:
            self._release(job)
        except StoreError:
            if not self._closed.is_set():
                log.warning("the end of job %s could not be written; it is taken up again", job.key, exc_info=True)
        finally:
            with self._lock:
                self._active.pop(job.claim, None)
            self.wake()

    def _outcome(self, job: Job) -> Ending:
        host = job.state.get("host")
        if host is not None and host != socket.gethostname():
            return Ending(
                "Failed",
                f"InternalServerError: the job ran on the machine '{host}', which has not been heard of for over "
                f"{ABANDONED:.0f} seconds. Start the job again.",
            )
        try:
            return self._works[job.kind].run(job)
        except (Left, StoreError):
            raise
        except JobStopped:
            return Ending("Stopped")
        except JobFailure as failure:
            return Ending("Failed", str(failure)[:LONGEST])
        except TrialbookError as error:
            return Ending("Failed", f"ClientError: {error}"[:LONGEST])
        except OSError as error:
            log.exception("job %s failed on this machine", job.key)
            return Ending("Failed", f"InternalServerError: {error} (on the machine that runs the jobs)"[:LONGEST])
        except Exception:
            log.exception("job %s failed by a fault of Trialbook's", job.key)
            reason = f"InternalServerError: Trialbook failed on this job; the server's log has why, under {job.key}."
            return Ending("Failed", reason)

    def _tidy(self, job: Job, ending: Ending) -> None:
        """Remove the folder of a job that went well; another's is kept for a while (see `_sweep`)."""
        if ending.status != "Failed" or self._workspace.settings.job_keep <= 0:
            job.tree.remove()

    def _sweep(self, now: float) -> None:
        """Remove the folders of jobs that ended long enough ago."""
        if now < self._sweep_at or not self.folder.is_dir():
            return
        self._sweep_at = now + SWEEP
        held = {claim.id for claim in self._workspace.store.claims()}
        for path in self.folder.iterdir():
            number = path.name.rpartition("-")[2]
            ours = number.isdigit() and int(number) not in held
            if ours and path.stat().st_mtime < now - self._workspace.settings.job_keep:
                Tree(path).remove()

    def _release(self, job: Job) -> None:
        def free(tx: Transaction) -> None:
            claim = tx.claim(job.kind, job.key)
            if claim is not None and claim.owner == self.id:
                tx.put_claim(_freed(claim, self._workspace.clock()))

        try:
            self._workspace.store.write(free)
        except StoreError:  # closed already: the lease's owner is seen to be dead by the next runner
            return


def _free_the_dead(tx: Transaction, kinds: Mapping[Kind, Work], now: float) -> None:
    """Free the claims of runners of this machine that are no longer there."""
    here = socket.gethostname()
    for claim in tx.claims(kinds):
        if claim.owner is None or claim.until <= now:
            continue
        host, pid, started, _ = claim.owner.rsplit("/", 3)
        if host == here and str(start_time(int(pid))) != started:
            tx.put_claim(_freed(claim, now))


def _freed(claim: Claim, now: float) -> Claim:
    """Give a claim that nobody holds. Its lease ended just now: that is when a job elsewhere begins to be silent."""
    return claim._replace(owner=None, until=now - 0.001)


def _is_elsewhere(claim: Claim, now: float) -> bool:
    """Tell whether the job's program may still run on another machine."""
    host = claim.state.get("host")
    return host is not None and host != socket.gethostname() and claim.until + ABANDONED > now
