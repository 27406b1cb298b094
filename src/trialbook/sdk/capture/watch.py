"""The capture of a run, and the one thread of a process that samples the system and hands on the console.

`begin` costs a thread's start; nothing waits for git or psutil. `end` takes the console's last lines and a last
sample, and leaves facts that are still being read to come after the run's end.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from trialbook.sdk.capture.console import Console
from trialbook.sdk.shipping import shipper
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from trialbook.model import Document
    from trialbook.sdk.capture.choice import Choice
    from trialbook.sdk.capture.lines import Line
    from trialbook.sdk.capture.reading import Facts
    from trialbook.sdk.capture.system import Sampler
    from trialbook.sdk.spool import Spool

TICK = 0.5
"""Seconds between two looks at the console."""
FIRST_SAMPLE = 2.0
"""Seconds until the first sample: shorter runs have none."""
HEAD_START = 0.1
"""Seconds that a run has before its facts are read: that takes the interpreter from whoever begins or ends it."""
LAST_SECONDS = 3.0
"""How long a process waits at its end for facts that are still being read."""
_MOST_LINES = 2000


class Capture:
    """What is captured for one run by this process.

    Parameters
    ----------
    rank
        The rank that this process is of; None or "0" leads, and tags the run.
    upload
        Keeps a file as an input artifact: its path, name and media type.
    """

    def __init__(
        self, spool: Spool, choice: Choice, rank: str | None, upload: Callable[[Path, str, str], None]
    ) -> None:
        self._spool = spool
        self._choice = choice
        self._leads = rank in {None, "0"}
        self._mark = "" if self._leads else f"rank{rank}."
        self._stream = "console" if self._leads else f"console:{rank}"
        self._upload = upload
        self._begun = time.monotonic()
        self._due = self._begun + min(FIRST_SAMPLE, choice.seconds)
        self._facts: threading.Thread | None = None
        self._may_tell = threading.Event()
        self._may_tell.set()

    def begin(self) -> None:
        """Start. Raises nothing."""
        if self._choice.facts:
            self._begin_facts()
        if self._choice.takes("console"):
            try:
                _watcher().console.listen(self._hear, self._spool.folder, descriptors=self._choice.descriptors)
            except Exception as error:  # noqa: BLE001
                warn_once("console", f"Trialbook cannot capture the console: {error}. The run goes on without it.")
        if self._choice.takes("system") or self._choice.takes("console"):
            _watcher().add(self)

    def _begin_facts(self) -> None:
        """Tell at once what other runs have had read; read the rest, and keep files, on a thread."""
        from trialbook.sdk.capture.reading import Facts

        facts = Facts(self._choice, tagging=self._leads)
        told = facts.at_hand
        if told:
            for change in facts.changes():
                self._spool.note({"change": change})
        if not told or facts.attachments:
            self._spool.expecting = True
            self._facts = threading.Thread(
                target=self._read_facts, args=(facts, told), name="trialbook-capture", daemon=True
            )
            _reading.append(self._facts)
            self._facts.start()

    def end(self) -> None:
        """Take the last of what goes on, and hold facts back until `release`: the end does not wait for them.

        Raises nothing.
        """
        self._may_tell.clear()
        watcher = _watcher()
        watcher.remove(self)
        try:
            watcher.console.leave(self._hear)
            if self._choice.takes("system") and time.monotonic() - self._begun >= FIRST_SAMPLE:
                self.sample(watcher.sample())
        except Exception as error:  # noqa: BLE001
            warn_once("capture", f"Trialbook could not capture all of a run: {type(error).__name__}: {error}.")

    def release(self) -> None:
        """Let the facts that come late be told."""
        self._may_tell.set()

    @property
    def due(self) -> float:
        """When the next sample is due, by the monotonic clock; never when there are none."""
        return self._due if self._choice.takes("system") else float("inf")

    def sample(self, figures: Document) -> None:
        """Log a sample."""
        self._due = time.monotonic() + self._choice.seconds
        log = self._spool.recorder.log_metric
        for name, value in figures.items():
            log(f"system.{self._mark}{name.removeprefix('system.')}" if self._mark else name, value)

    def _hear(self, lines: Sequence[Line]) -> None:
        for at in range(0, len(lines), _MOST_LINES):
            part = [[moment, text.encode("utf-8", "replace").decode()] for moment, text in lines[at : at + _MOST_LINES]]
            self._spool.note({"change": {"log": {"stream": self._stream, "lines": part}}})

    def _keep(self, path: Path, name: str, media_type: str) -> None:
        self._may_tell.wait()
        try:
            self._upload(path, name, media_type)
        except FileNotFoundError:
            folder = self._spool.folder
            if folder is None or folder.exists():
                raise
            # The process ends, and whoever removed its folders meanwhile wants no warning of that.

    def _read_facts(self, facts: Facts, told: bool) -> None:
        _hurry.wait(HEAD_START)
        try:
            for change in () if told else facts.changes():
                self._may_tell.wait()
                if self._spool.pid == os.getpid():
                    self._spool.note({"change": change})
            for attachment in facts.attachments:
                attachment.keep(self._keep)
        except Exception as error:  # noqa: BLE001 - facts are worth less than the run
            warn_once("facts", f"Trialbook could not read all facts of a run: {type(error).__name__}: {error}.")
        finally:
            self._spool.expecting = False
            if self._facts in _reading:
                _reading.remove(self._facts)
            shipper().ring()


class Watcher:
    """The thread. It starts with the first run that has something going on, and ends with the process."""

    def __init__(self) -> None:
        self.console = Console()
        self._captures: list[Capture] = []
        self._door = threading.Lock()
        self._thread: threading.Thread | None = None
        self._sampler: Sampler | None = None
        self._more = threading.Event()

    def add(self, capture: Capture) -> None:
        """Watch for this run too."""
        with self._door:
            self._captures.append(capture)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="trialbook-watch", daemon=True)
                self._thread.start()
        self._more.set()

    def remove(self, capture: Capture) -> None:
        """Watch no more for this run."""
        with self._door:
            if capture in self._captures:
                self._captures.remove(capture)
            if not self._captures:
                self._more.clear()

    def sample(self) -> dict[str, float]:
        """Read the system's figures; none at the very first time."""
        if self._sampler is None:
            from trialbook.sdk.capture.system import Sampler

            self._sampler = Sampler()
            return {}
        return self._sampler.sample()

    def _work(self) -> None:
        while True:
            self._more.wait()
            time.sleep(TICK)
            try:
                self.console.pump()
                self._sample_due()
            except Exception as error:  # noqa: BLE001 - the thread goes on
                warn_once("watch", f"Trialbook could not capture all of a run: {type(error).__name__}: {error}.")

    def _sample_due(self) -> None:
        now = time.monotonic()
        with self._door:
            captures = list(self._captures)
        if self._sampler is None and any(one.due < now + 1.5 for one in captures):
            self.sample()
            return
        due = [one for one in captures if one.due <= now]
        if due:
            figures = self.sample()
            for one in due:
                one.sample(figures)


_one: Watcher | None = None
_making = threading.Lock()
_reading: list[threading.Thread] = []
_hurry = threading.Event()


def _watcher() -> Watcher:
    global _one  # noqa: PLW0603
    with _making:
        if _one is None:
            _one = Watcher()
        return _one


def finish_reading(seconds: float = LAST_SECONDS) -> None:
    """Wait for facts that are still being read."""
    deadline = time.monotonic() + seconds
    _hurry.set()
    for thread in _reading.copy():
        thread.join(max(0.0, deadline - time.monotonic()))
    _hurry.clear()


def _after_fork() -> None:
    global _hurry, _making, _one  # noqa: PLW0603
    _making, _hurry = threading.Lock(), threading.Event()
    if _one is not None:
        _one.console.forget()
    _one = None
    _reading.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
