"""The keeper: the small process that stays with a job's program from its start to its end.

The server may be killed and started again; the keeper goes on. It is started as `python -m trialbook.jobs.keeper SPEC`
in a session of its own, needs nothing but the standard library, and leaves three files in the job's folder::

    keeper.json   its process id and start time; made exclusively: whoever makes it first, runs the program
    log           a line a line of the program's output, each with its time: "1764221000.123<TAB>text"
    result.json   how the program ended, written last and whole

It passes SIGTERM on (and SIGKILL after a grace period), ends the program at its maximum runtime or memory, feeds the
pipes of Pipe mode, and leaves no process behind. `SPEC` is a JSON file whose members are those of `process.Spec`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

from trialbook.jobs import namespace
from trialbook.jobs.feeding import feed
from trialbook.jobs.output import Output
from trialbook.jobs.processes import descendants, end_descendants, memory_held, send, signal_group, start_time

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_LINGER = 2.0
"""Seconds at most to read what is still in the pipe when the program has ended."""
_LOOK = 0.5
"""Seconds between two looks at the memory."""


def main(path: str) -> int:
    """Run the program of a spec to its end. Gives 0 unless the keeper itself failed or came too late."""
    spec: dict[str, Any] = json.loads(Path(path).read_text())
    folder = Path(spec["folder"])
    if not _register(folder):
        return 3
    keeper = Keeper(spec, folder)
    keeper.run()
    return 0


def _register(folder: Path) -> bool:
    """Say who keeps the job; False when a runner gave this start up, or another keeper was first."""
    draft = folder / f"keeper.{os.getpid()}"
    try:
        draft.write_text(json.dumps({"pid": os.getpid(), "started": start_time(os.getpid())}))
        os.link(draft, folder / "keeper.json")
    except OSError:
        return False
    draft.unlink()
    return True


class Keeper:
    """One program, its limits and its output."""

    def __init__(self, spec: dict[str, Any], folder: Path) -> None:
        self.spec = spec
        self.folder = folder
        self.output = Output(folder / "log")
        self.begun = time.monotonic()
        self.why: str | None = None
        self.killed = False
        self.kill_at = float("inf")
        self.memory = 0
        self._feeders: list[int] = []
        self._status: int | None = None
        self._peak = 0
        self._look_at = 0.0

    def run(self) -> None:
        """Start the program, stay with it, say how it ended."""
        self._say_how()
        wakeup, child, stream = self._start()
        ended_at: float | None = None
        reading = True
        while ended_at is None or (reading and time.monotonic() < ended_at + _LINGER):
            ready, _, _ = select.select([wakeup, *([stream] if reading else [])], [], [], self._pause())
            if stream in ready:
                data = os.read(stream, 1 << 16)
                reading = bool(data)
                self.output.feed(data)
            if wakeup in ready:
                self._hear(os.read(wakeup, 512))
            if ended_at is None and self._reap(child):
                ended_at = time.monotonic()
                # As in a container: when its first process ends, so does everything in it.
                end_descendants()
            if ended_at is None:
                self._hold_limits(child)
        self.output.close()
        self._report()

    def _say_how(self) -> None:
        """Find out what the system allows, and say it in the job's log."""
        confine = bool(self.spec["confine"])
        reason = (
            "it is switched off" if not self.spec["private"] else namespace.probe(str(self.folder), confine=confine)
        )
        self.private = reason is None
        if self.private:
            rest = ", everything else but /tmp is read-only" if confine else ""
            text = f"/opt/ml is this job's own folder (private mount namespace){rest}"
        else:
            text = (
                f"no private /opt/ml here ({reason}): paths below /opt/ml in the command and the environment are "
                f"rewritten to {self.folder}/ml; a program should read SM_* variables instead of naming /opt/ml"
            )
        self.output.write([f"[trialbook] {text}".encode()])

    def _start(self) -> tuple[int, int, int]:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        wake_reader, wake_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number in (signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(wake_writer)
        for pipe in self.spec["pipes"]:
            os.mkfifo(Path(pipe["path"] + "_0"))
            self._feeders.append(_fork(lambda pipe=pipe: feed(pipe)))
        reader, writer = os.pipe2(os.O_CLOEXEC)
        child = _fork(lambda: self._become(writer, libc))
        os.close(writer)
        # It was blocked from the start (`Process.start`), so that a stop which came too early is heard now.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
        return wake_reader, child, reader

    def _become(self, writer: int, libc: ctypes.CDLL) -> None:
        """Turn this process, just forked, into the program."""
        os.dup2(writer, 1)
        os.dup2(writer, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.setsid()
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        # The kernel, short of memory, should end the job, not the server.
        Path("/proc/self/oom_score_adj").write_text("700")
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
        argv, env, cwd = list(self.spec["argv"]), dict(self.spec["env"]), str(self.spec["cwd"])
        if self.private:
            namespace.enter(str(self.folder), confine=bool(self.spec["confine"]))
        else:
            real = f"{self.folder}/ml"
            argv = [_rewritten(word, real) for word in argv]
            env = {name: _rewritten(value, real) for name, value in env.items()}
            cwd = _rewritten(cwd, real)
            for place in self.spec["scripts"]:
                _rewrite_scripts(Path(place), real)
        try:
            os.chdir(cwd)
            os.execvpe(argv[0], argv, env)  # noqa: S606 (there is no shell)
        except OSError as error:
            os.write(2, f"cannot start {argv[0]!r}: {error.strerror}: {error.filename}\n".encode())
            os._exit(127)

    def _pause(self) -> float:
        now = time.monotonic()
        if self._status is not None:
            return 0.1
        look = _LOOK if self.spec["memory"] else 5.0
        until: float = min(self.begun + self.spec["seconds"] - now, self.kill_at - now, look)
        return max(0.05, min(until, 5.0))

    def _hear(self, numbers: bytes) -> None:
        if signal.SIGTERM in numbers and self.why is None:
            self._end("stopped")

    def _hold_limits(self, child: int) -> None:
        now = time.monotonic()
        if self.why is None and now >= self.begun + self.spec["seconds"]:
            self._end("runtime")
        if self.spec["memory"] and self.why is None and now >= self._look_at:
            self._look_at = now + _LOOK
            self.memory = max(self.memory, memory_held())
            if self.memory > self.spec["memory"]:
                self.why = "memory"
                self.kill_at = now
        if now >= self.kill_at and not self.killed:
            self.killed = True
            signal_group(child, signal.SIGKILL)

    def _end(self, why: str) -> None:
        self.why = why
        self.kill_at = time.monotonic() + self.spec["grace"]
        for pid in descendants():
            if pid not in self._feeders:
                send(pid, signal.SIGTERM)

    def _reap(self, child: int) -> bool:
        """Collect what ended; tell whether the program did."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if pid == 0:
                break
            if pid == child:
                self._status, self._peak = status, usage.ru_maxrss * 1024
        return self._status is not None

    def _report(self) -> None:
        status = self._status or 0
        result = {
            "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            "why": self.why,
            "peak": max(self._peak, self.memory),
            "ended": time.time(),
            "private": self.private,
        }
        draft = self.folder / "result.draft"
        draft.write_text(json.dumps(result))
        draft.replace(self.folder / "result.json")


def _fork(action: Any) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
            action()
            code = 0
        except OSError as error:
            os.write(2, f"[trialbook] {error}\n".encode())
        finally:
            os._exit(code)
    return pid


def _rewrite_scripts(folder: Path, real: str) -> None:
    """Rewrite the paths in SageMaker's own start-up scripts."""
    for path in folder.rglob("*"):
        if path.suffix in {".sh", ".py", ".json"} and path.is_file():
            path.write_text(_rewritten(path.read_text(), real))


def _rewritten(text: str, real: str) -> str:
    return text.replace(namespace.ML, real)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
