"""Why a job failed, in words that its user can act on.

A reason begins as SageMaker's do: "ClientError" for what the request got wrong, "AlgorithmError" for what the program
did, "InternalServerError" for what we did.
"""

from __future__ import annotations

import signal as signals
from typing import TYPE_CHECKING

from trialbook.errors import TrialbookError
from trialbook.jobs.namespace import ML

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from trialbook.jobs.process import Result

LONGEST = 1024
"""Characters of a FailureReason in SageMaker's model."""
_OUTSIDE = "Read-only file system"


class JobFailure(TrialbookError):  # noqa: N818 (it is the job that failed)
    """A job cannot go on; `str` of it is the FailureReason."""


class JobStopped(TrialbookError):  # noqa: N818 (nothing is wrong)
    """A job was told to stop."""


def reason_of(result: Result, told: str, last: Sequence[str], limit: int | None) -> str:
    """Give the FailureReason of a program that did not end well.

    Parameters
    ----------
    told
        What it wrote to `/opt/ml/output/failure`, or its keeper to its errors when that is gone; "" for nothing.
    last
        The last lines of its output.
    limit
        The memory it was allowed, in bytes.
    """
    peak = f"{result.peak / 2**20:,.0f} MiB"
    if result.why == "memory":
        allowed = f"{(limit or 0) / 2**20:,.0f} MiB"
        text = (
            f"AlgorithmError: the job used {peak} of memory and was ended: {allowed} is what a job may use here "
            "(setting --job-memory of trialbook serve)."
        )
    elif result.code is None and result.signal is None:
        text = (
            "InternalServerError: the job's processes are gone and left no result: the machine was restarted, or "
            f"somebody killed them. Start the job again. {told.strip()[-400:]}"
        ).rstrip()
    elif result.signal == signals.SIGKILL:
        text = (
            "AlgorithmError: the program was killed (SIGKILL), which is what the kernel does when memory runs out: "
            f"it was seen with {peak}. Use less memory, or run fewer jobs at once (--job-slots of trialbook serve)."
        )
    elif result.signal is not None:
        text = f"AlgorithmError: the program was ended by the signal {_signal_name(result.signal)}."
    elif told.strip():
        text = f"AlgorithmError: {told.strip()}, exit code: {result.code}"
        return text[:LONGEST]
    else:
        text = f"AlgorithmError: the program ended with exit code {result.code}."
    if any(_OUTSIDE in line for line in last):
        text += " A job may write below /opt/ml and /tmp alone; everything else is read-only to it."
    if not result.private and any(f"{ML}/" in line for line in last):
        text += f" This system gives a job no {ML} of its own: its program must read SM_* variables or its arguments."
    return _with_lines(text, last)


def read_failure(file: Path) -> str:
    """Read what a program wrote of its failure, at most what a reason holds; "" when it wrote nothing."""
    try:
        with file.open(errors="replace") as stream:
            return stream.read(LONGEST)
    except OSError:
        return ""


def _with_lines(text: str, last: Sequence[str]) -> str:
    """Add as many of the last lines as fit, the latest first to stay."""
    room = LONGEST - len(text) - len(" Last lines: ")
    kept: list[str] = []
    for line in reversed(last):
        short = line.strip()[:300]
        if len(short) + 1 > room:
            break
        kept.insert(0, short)
        room -= len(short) + 1
    return f"{text} Last lines: {chr(10).join(kept)}" if kept else text


def _signal_name(number: int) -> str:
    try:
        return signals.Signals(number).name
    except ValueError:
        return str(number)
