"""The console: what is printed through `sys.stdout` and `sys.stderr`, kept as lines.

The streams' own `write` is wrapped, not the streams replaced, so whoever holds one of them already (a logging
handler, a progress bar, Jupyter, pytest) is heard too, and the printing thread only appends to a queue. File
descriptors, which also carry what other programs and C libraries print, are taken on request through `tee`: a program
of its own, so that nothing printed can wait for this process, nor be lost with it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from trialbook.sdk.capture.lines import Line, Lines

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 32 << 20
"""Characters that may wait for the thread; what is printed beyond them is left out of the log, which says so."""
STREAMS = ("stdout", "stderr")
TEE_SECONDS = 2.0


class Source(Protocol):
    """Where console output is taken from."""

    def take(self) -> list[Line]:
        """Give the lines that ended since the last call."""

    def close(self) -> list[Line]:
        """Leave everything as it was; gives the last lines."""


class Streams:
    """The streams of Python."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._pieces: deque[tuple[int, float, str]] = deque()
        self._waiting = 0
        self._left_out = 0
        self._lines = [Lines() for _ in STREAMS]
        self._wrapped: list[tuple[Any, Any]] = []
        for number, name in enumerate(STREAMS):
            stream = getattr(sys, name, None)
            if stream is not None:
                self._wrap(stream, number)

    def _wrap(self, stream: Any, number: int) -> None:
        original, pieces, clock = stream.write, self._pieces, self._clock

        def write(text: str, *rest: object) -> object:
            written = original(text, *rest)
            if self._waiting < MOST:
                if isinstance(text, str):
                    self._waiting += len(text)
                    pieces.append((number, clock(), text))
            else:
                self._left_out += len(text)
            return written

        try:
            stream.write = write
        except (AttributeError, TypeError):  # a stream that cannot be told
            return
        self._wrapped.append((stream, write))

    def take(self) -> list[Line]:
        """Give the lines that ended since the last call."""
        lines: list[Line] = []
        for _ in range(len(self._pieces)):
            number, moment, text = self._pieces.popleft()
            self._waiting -= len(text)
            lines += self._lines[number].take(moment, text)
        if not self._pieces and self._waiting < MOST:
            self._waiting = 0  # two threads count without a lock, and drift apart
        if self._left_out:
            lines.append((self._clock(), f"[Trialbook left out {self._left_out} characters: they came too fast.]"))
            self._left_out = 0
        return lines

    def close(self) -> list[Line]:
        """Unwrap the streams; one that somebody wrapped after us keeps ours, which then only passes on."""
        for stream, write in self._wrapped:
            if vars(stream).get("write") is write:
                with contextlib.suppress(AttributeError, TypeError):
                    del stream.write
        lines = self.take()
        self._waiting = MOST * 2
        return lines + [line for one in self._lines for line in one.rest()]

    def forget(self) -> None:
        """In a forked process: pass on what is printed, keep none of it."""
        self._waiting = MOST * 2
        self._pieces.clear()


class Descriptors:
    """The file descriptors 1 and 2, each through a `tee` that writes on to where it went and to a file."""

    def __init__(self, folder: Path | None, clock: Callable[[], float] = time.time) -> None:
        program = shutil.which("tee")
        if program is None or not hasattr(os, "dup2"):
            message = "there is no `tee`"
            raise OSError(message)
        self._clock = clock
        self._folder = Path(tempfile.mkdtemp(prefix="console-", dir=folder))
        self._lines = [Lines(), Lines()]
        self._tees = [_tee(program, descriptor, self._folder) for descriptor in (1, 2)]
        self._files = [(self._folder / str(descriptor)).open("rb") for descriptor in (1, 2)]

    def take(self) -> list[Line]:
        """Give the lines that ended since the last call."""
        lines: list[Line] = []
        for file, one in zip(self._files, self._lines, strict=True):
            data = file.read()
            if data:
                lines += one.take(self._clock(), data.decode("utf-8", "replace"))
        return lines

    def close(self) -> list[Line]:
        """Lead the descriptors back to where they went."""
        for name in STREAMS:
            with contextlib.suppress(Exception):
                getattr(sys, name).flush()
        for descriptor, (saved, process) in zip((1, 2), self._tees, strict=True):
            os.dup2(saved, descriptor)
            os.close(saved)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(TEE_SECONDS)
        lines = self.take()
        for file in self._files:
            file.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        return lines + [line for one in self._lines for line in one.rest()]


def _tee(program: str, descriptor: int, folder: Path) -> tuple[int, subprocess.Popen[bytes]]:
    """Put a `tee` between a descriptor and where it goes; gives a copy of the descriptor, and the program."""
    for name in STREAMS:
        with contextlib.suppress(Exception):
            getattr(sys, name).flush()
    saved = os.dup(descriptor)
    file = folder / str(descriptor)
    file.touch()
    process = subprocess.Popen(
        [program, "-i", "-a", str(file)],
        stdin=subprocess.PIPE,
        stdout=saved,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None
    os.dup2(process.stdin.fileno(), descriptor)
    process.stdin.close()
    return saved, process


class Console:
    """Gives each line to every run that listens. The sources are open while there is one."""

    def __init__(self) -> None:
        self._door = threading.RLock()
        self._sources: dict[str, Source] = {}
        self._listeners: dict[Callable[[list[Line]], None], str] = {}

    def listen(
        self, listener: Callable[[list[Line]], None], folder: Path | None = None, *, descriptors: bool = False
    ) -> None:
        """Give `listener` what is printed from now on, in lists of lines."""
        with self._door:
            self.pump()
            kind = "descriptors" if descriptors else "streams"
            if kind not in self._sources:
                self._sources[kind] = Descriptors(folder) if descriptors else Streams()
            self._listeners[listener] = kind

    def leave(self, listener: Callable[[list[Line]], None]) -> None:
        """Give `listener` the last of what is printed, and no more."""
        with self._door:
            kind = self._listeners.get(listener)
            if kind is None:
                return
            last = list(self._listeners.values()).count(kind) == 1
            self._give(kind, self._sources[kind].close() if last else self._sources[kind].take())
            del self._listeners[listener]
            if last:
                del self._sources[kind]

    def pump(self) -> None:
        """Hand on what is printed since the last time."""
        with self._door:
            for kind, source in self._sources.items():
                self._give(kind, source.take())

    def forget(self) -> None:
        """In a forked process: the runs of the parent hear nothing from here."""
        self._door = threading.RLock()
        for source in self._sources.values():
            if isinstance(source, Streams):
                source.forget()
        self._sources, self._listeners = {}, {}

    def _give(self, kind: str, lines: list[Line]) -> None:
        if lines:
            for listener, heard in list(self._listeners.items()):
                if heard == kind:
                    listener(lines)
