"""A job's program as a process: started under a keeper, found again after a restart, told to stop, waited for.

A `Process` is named by its folder alone, so that any runner of the same machine can take it up.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from trialbook.jobs.processes import start_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SOURCE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Pipe:
    """A channel in Pipe mode: `files` are fed through `<path>_0`, `<path>_1` ...; with a `seed`, shuffled each time."""

    path: str
    files: Sequence[str]
    gzip: bool = False
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Spec:
    """What the keeper starts.

    Attributes
    ----------
    folder
        The job's folder: `ml` in it is `/opt/ml` to the program.
    argv, env, cwd
        The program; paths in them are those the program sees (`/opt/ml/...`).
    seconds
        Its maximum runtime; then it is told to end, and killed `grace` seconds later.
    memory
        Bytes that its processes may hold together; None: all there is.
    scripts
        Folders of SageMaker's own start-up scripts, which name `/opt/ml`: rewritten where there is no namespace.
    private
        Whether to try for a mount namespace; `confine`: whether everything outside the folder is read-only in it.
    """

    folder: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: str
    seconds: float
    grace: float = 120.0
    memory: int | None = None
    private: bool = True
    confine: bool = True
    pipes: Sequence[Pipe] = field(default_factory=tuple)
    scripts: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Result:
    """How a program ended.

    Attributes
    ----------
    code, signal
        Its exit code, or the signal that ended it; both None when the keeper itself is gone.
    why
        What the keeper did: it was "stopped", or ended for its "runtime" or its "memory"; None: it ended by itself.
    peak
        The most bytes of memory it was seen with.
    private
        Whether it had its own `/opt/ml`.
    """

    code: int | None
    signal: int | None
    why: str | None = None
    peak: int = 0
    private: bool = True


class Running(Protocol):
    """A program that was started; see `Process`."""

    def wait(self, seconds: float) -> bool:
        """Wait for the end for so long at most; tell whether it has come."""

    def stop(self) -> None:
        """Ask the program to end."""

    def close(self) -> None:
        """Let go of it; it goes on."""

    def result(self) -> Result:
        """Say how it ended."""


class Starter(Protocol):
    """Starts programs and finds them again: what another launcher (a cluster) gives in place of `Process`.

    What it starts writes its lines and its result where the job's folder says, as the keeper does.
    """

    def start(self, spec: Spec) -> Running:
        """Start a program that outlives this process."""

    def find(self, folder: Path) -> Running | None:
        """Find the program that was started in a folder, running or ended; None when none was."""

    def give_up(self, folder: Path) -> bool:
        """See to it that a program which has not begun yet never does; False when it has begun."""


class Process:
    """A program under its keeper. `wait` and `stop` may be called from different threads."""

    def __init__(self, folder: Path, pid: int, started: int | None) -> None:
        self.folder = folder
        self.pid = pid
        self._descriptor = _open(pid, started)

    @classmethod
    def start(cls, spec: Spec) -> Process:
        """Start a program; its keeper outlives this process."""
        folder = Path(spec.folder)
        path = folder / "spec.json"
        path.write_text(json.dumps(asdict(spec)))
        path.chmod(0o600)  # it holds the job's environment
        null, errors = os.devnull, str(folder / "keeper.err")
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, "-s", "-S", "-m", "trialbook.jobs.keeper", str(path)],
            {"PYTHONPATH": str(_SOURCE), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ.get("PATH", "")},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, null, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, null, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            ],
            setsid=True,
            setsigmask=[signal.SIGTERM],  # until the keeper hears it: a stop must not kill a keeper that just starts
        )
        return cls(folder, pid, start_time(pid))

    @classmethod
    def find(cls, folder: Path) -> Process | None:
        """Find the program that was started in a folder, running or ended; None when none was."""
        try:
            told = json.loads((folder / "keeper.json").read_text())
        except (OSError, ValueError):
            return None
        return cls(folder, int(told["pid"]), told["started"])

    @staticmethod
    def give_up(folder: Path) -> bool:
        """See to it that a keeper which has not begun yet never does; False when it has begun."""
        draft = folder / f"given-up.{os.getpid()}"
        try:
            draft.write_text("{}")
            os.link(draft, folder / "keeper.json")
        except FileExistsError:
            return False
        except OSError:
            return True
        finally:
            draft.unlink(missing_ok=True)
        return True

    def wait(self, seconds: float) -> bool:
        """Wait for the end for so long at most; tell whether it has come."""
        if self._descriptor is not None:
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            if not poll.poll(seconds * 1000):
                return False
            with contextlib.suppress(ChildProcessError):  # found again: it is no child of ours
                os.waitid(os.P_PIDFD, self._descriptor, os.WEXITED)
            self.close()
        return True

    def close(self) -> None:
        """Let go of it; it goes on."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def stop(self) -> None:
        """Ask the program to end: SIGTERM, and SIGKILL after its grace period."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, keeper and all."""
        self._signal(signal.SIGKILL)

    def result(self) -> Result:
        """Say how it ended; call it after `wait` said so."""
        try:
            told = json.loads((self.folder / "result.json").read_text())
        except (OSError, ValueError):
            return Result(None, None)
        return Result(told["code"], told["signal"], told["why"], told["peak"], told["private"])

    def _signal(self, number: signal.Signals) -> None:
        if self._descriptor is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)


def _open(pid: int, started: int | None) -> int | None:
    """Hold a process by a descriptor, which never means another one; None when it has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return None
    if started is None or start_time(pid) != started:
        os.close(descriptor)
        return None
    return descriptor
