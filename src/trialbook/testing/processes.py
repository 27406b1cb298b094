"""A server in a process of its own, for tests that kill it."""

from __future__ import annotations

import selectors
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

START_SECONDS = 30


class ServerProcess:
    """`trialbook serve` over one store, started and stopped any number of times on the same port.

    Not thread-safe: one test owns it.
    """

    def __init__(self, store: Path | str, *options: str) -> None:
        self.store = str(store)
        self.options = options
        self.port = 0
        self.url = ""
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the server and wait until it says where it serves. Raises `RuntimeError` when it does not."""
        command = [sys.executable, "-m", "trialbook", "serve", "--store", self.store, "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, *self.options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        line = self._first_line()
        if " serves http" not in line:
            self.process.kill()
            raise RuntimeError(f"the server did not start: {line!r} {self.process.communicate()[1]}")
        self.url = line.split()[2]
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """Kill -9 and reap."""
        assert self.process is not None
        self.process.kill()
        self._reap()

    def terminate(self, seconds: float = 5) -> tuple[int, float, str]:
        """SIGTERM; gives the exit code, the seconds it took and what it wrote to stderr."""
        assert self.process is not None
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        errors = self.process.communicate(timeout=seconds)[1]
        return self.process.returncode, time.monotonic() - begun, errors

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def _first_line(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(START_SECONDS):
                return ""
        return self.process.stdout.readline()

    def _reap(self) -> None:
        assert self.process is not None
        self.process.communicate()
