"""A job's program from its preparation to its result, whoever began it.

`running` starts the program, or finds the one that an earlier runner started; `follow` stays with it, ships its log
and passes a stop on. Both kinds of job that run a program (training, processing) and hosting stand on these two.
"""

from __future__ import annotations

import os
import socket
import time
from typing import TYPE_CHECKING

from trialbook.jobs.failure import JobFailure, read_failure, reason_of
from trialbook.jobs.job import Left
from trialbook.jobs.process import Result, Running, Spec
from trialbook.services.job_states import Ending

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from trialbook.jobs.job import Job
    from trialbook.jobs.joblog import JobLog
    from trialbook.jobs.process import Pipe

LOOK = 0.15
"""Seconds between two looks at a running program's log."""
LONGEST = 5 * 86400.0
"""Seconds that a job may run when its request does not say."""


def running(job: Job, prepare: Callable[[], Spec], log: JobLog) -> Running:
    """Give the job's program: the one that runs or ended already, else a new one.

    Parameters
    ----------
    prepare
        Fills the job's folder, which is made anew, and says what to start. It may raise what `Work.run` may.
    """
    if job.phase == "running":
        found = _found(job)
        if found is not None:
            return found
        log.say("the program had not begun when its runner went away: it is prepared again")
    spec = prepare()
    log.ship(all_of_it=True)
    job.check()
    job.move("Training", "Training image is running", phase="running", host=socket.gethostname())
    return job.starter.start(spec)


def follow(job: Job, process: Running, log: JobLog, each: Callable[[], None] | None = None) -> Result:
    """Stay with a program to its end; `each` is called at every look."""
    told = False
    while not process.wait(LOOK):
        if job.left.is_set():
            process.close()
            raise Left("the runner ends")
        if job.stopped.is_set() and not told:
            process.stop()
            told = True
        log.ship()
        if each is not None:
            each()
    log.ship(all_of_it=True)
    return process.result()


def outcome(job: Job, result: Result, log: JobLog, noun: str) -> Ending:
    """Turn a program's result into the job's ending."""
    if result.why == "stopped":
        return Ending("Stopped")
    if result.why == "runtime":
        return Ending("Stopped", secondary="MaxRuntimeExceeded", message=f"The {noun} exceeded its maximum runtime")
    if result.code == 0 and result.why is None:
        return Ending("Completed")
    gone = result.code is None and result.signal is None
    told = read_failure(job.tree.folder / "keeper.err" if gone else job.tree.ml / "output" / "failure")
    return Ending("Failed", reason_of(result, told, log.last(), memory_of(job)))


def spec_of(
    job: Job,
    argv: list[str],
    env: Mapping[str, str],
    cwd: str,
    seconds: float | None,
    pipes: list[Pipe] | None = None,
    scripts: Sequence[str] = (),
) -> Spec:
    """Make what the keeper starts, under the server's limits."""
    settings = job.settings
    allowed = [one for one in (seconds, settings.job_seconds) if one is not None]
    return Spec(
        folder=str(job.tree.folder),
        argv=argv,
        env=dict(env),
        cwd=cwd,
        seconds=min(allowed, default=LONGEST),
        memory=memory_of(job),
        private=settings.job_private,
        confine=settings.job_confine,
        pipes=tuple(pipes or ()),
        scripts=tuple(str(job.tree.ml / place) for place in scripts),
    )


def memory_of(job: Job) -> int | None:
    """Give the bytes that a job may use; None: all there is."""
    limit = job.settings.job_memory
    return None if limit is None else limit * 2**20


def every(seconds: float, action: Callable[[], object]) -> Callable[[], None]:
    """Make a function that does something at most once in so many seconds."""
    due = time.monotonic() + seconds

    def maybe() -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + seconds
            action()

    return maybe


def _found(job: Job) -> Running | None:
    folder = job.tree.folder
    found = job.starter.find(folder)
    if found is None and folder.is_dir() and not job.starter.give_up(folder):
        found = job.starter.find(folder)
    if found is None and not folder.is_dir():
        raise JobFailure(
            f"InternalServerError: the job's folder {folder} was removed while it ran. Start the job again."
        )
    if found is not None:
        os.utime(folder)  # it is in use: the sweep of old folders looks at this
    return found
