"""One variant of a deployment: its containers' processes, started when they are needed, held while they are used.

::

    cold ── start ── warm ── idle for long, or retired ── cold
              └── failed: for a moment nobody tries again

A variant runs as one process a container, whatever its instance count: all instances would be this machine. Whoever
uses it holds it, so that it is never ended with a request in it.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialbook.jobs.failure import JobFailure
from trialbook.jobs.serving_log import ServingLog
from trialbook.jobs.serving_process import ServingProcess
from trialbook.jobs.serving_recipe import Kitchen, Place
from trialbook.jobs.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from trialbook.model import Document
    from trialbook.services.context import Call

BACKOFF = 3.0
"""Seconds after a failed start in which nobody tries again."""

GRACE_WAIT = 12.0
"""Seconds to wait for a process that was told to end: its keeper kills it after ten."""

log = logging.getLogger("trialbook.jobs")


class Retired(Exception):  # noqa: N818 (nothing is wrong)
    """The deployment was replaced meanwhile: ask for the one that is current."""


@dataclass(frozen=True, slots=True)
class Running:
    """A container that runs."""

    process: ServingProcess
    log: ServingLog
    hostname: str | None


class Variant:
    """A variant's processes. Thread-safe."""

    def __init__(self, kitchen: Kitchen, call: Call, url: str, endpoint: int, folder: Path, plan: Document) -> None:
        self.name = str(plan["name"])
        self.plan = plan
        self.folder = folder
        self.used = time.monotonic()
        self.in_use = 0
        self.retired = False
        self._kitchen = kitchen
        self._call = call
        self._url = url
        self._endpoint = endpoint
        self._running: list[Running] = []
        self._starting = threading.Lock()
        self._state = threading.Condition()
        self._failure: tuple[float, JobFailure] | None = None
        self._starter: threading.Thread | None = None

    @property
    def containers(self) -> list[Running]:
        """The containers that run, in the order of the model's."""
        return self._running

    @contextmanager
    def held(self, seconds: float) -> Iterator[list[Running]]:
        """Hold the variant for a request, started if it is cold.

        Raises
        ------
        Retired
            Its deployment was replaced.
        JobFailure
            It cannot be started.
        TimeoutError
            It was not ready within `seconds`.
        """
        with self._state:
            if self.retired:
                raise Retired
            self.in_use += 1
        try:
            if not self._warm():
                self._warm_up(seconds)
            yield list(self._running)
        finally:
            with self._state:
                self.used = time.monotonic()
                self.in_use -= 1
                self._state.notify_all()

    def start(self, check: Callable[[], None]) -> None:
        """Start it for the first time. `check` may raise; then what was started is ended."""
        with self._starting:
            self._failure = None
            self._start(check)

    def revive(self) -> None:
        """Begin to start a process that died again, where one ran until then."""
        if self._running and not self._warm():
            self._begin()

    def adopt(self) -> bool:
        """Take over the processes of an earlier server, if all of them run and answer."""
        with self._starting:
            return self._find()

    def cool(self, idle: float) -> bool:
        """End its processes if nobody used them for so many seconds; tell whether that was done."""
        if not self._running or time.monotonic() - self.used < idle or not self._starting.acquire(blocking=False):
            return False
        try:
            with self._state:
                if self.in_use:
                    return False
                running, self._running = self._running, []
            _end(running)
            return True
        finally:
            self._starting.release()

    def retire(self, drain: float) -> None:
        """Let nobody in any more, wait for the requests in it for so many seconds at most, and end its processes."""
        deadline = time.monotonic() + drain
        with self._state:
            self.retired = True
            while self.in_use and (left := deadline - time.monotonic()) > 0:
                self._state.wait(left)
            running, self._running = self._running, []
        _end(running)

    def ship(self) -> None:
        """Move what is new in its logs to the store."""
        for one in self._running:
            one.log.ship()

    def check_health(self) -> None:
        """End a process that does not answer pings, so that it is started again."""
        for one in self._running:
            if not one.process.ended and not one.process.answers() and not one.process.answers():
                one.log.say("GET /ping is not answered any more: the process is ended and started again")
                one.process.kill()

    def _warm_up(self, seconds: float) -> None:
        """Wait for a start that goes on even when whoever asked for it does not wait so long."""
        starter = self._begin()
        starter.join(seconds)
        if starter.is_alive():
            raise TimeoutError
        if not self._warm():
            raise self._failure[1] if self._failure is not None else Retired

    def _begin(self) -> threading.Thread:
        with self._state:
            if self._starter is None or not self._starter.is_alive():
                self._starter = threading.Thread(target=self._start_again, name="trialbook-starter", daemon=True)
                self._starter.start()
            return self._starter

    def _start_again(self) -> None:
        with self._starting:
            try:
                self._start(self._check)
            except (JobFailure, Retired):  # whoever asks for the variant is told
                return
            except Exception as error:
                log.exception("variant %s could not be started", self.name)
                self._failure = (time.monotonic(), JobFailure(f"InternalServerError: {error}"))

    def _check(self) -> None:
        if self.retired:
            raise Retired

    def _warm(self) -> bool:
        running = self._running
        return bool(running) and not any(one.process.ended for one in running)

    def _start(self, check: Callable[[], None]) -> None:
        if self._warm() or self._find():
            return
        if self._failure is not None and time.monotonic() < self._failure[0] + BACKOFF:
            raise self._failure[1]
        before, self._running = self._running, []
        _end(before)
        started: list[Running] = []
        try:
            for number, container in enumerate(self.plan["containers"]):
                started.append(self._start_container(number, container, check))
            for one in started:
                seconds = float(self.plan.get("seconds", self._call.workspace.settings.endpoint_start))
                one.process.wait_ready(seconds, self._title(), check, one.log.ship)
        except BaseException as error:
            _end(started)
            if isinstance(error, JobFailure):
                self._failure = (time.monotonic(), error)
            raise
        with self._state:
            if self.retired:
                _end(started)
                raise Retired
            self._running = started
            self.used = time.monotonic()
        self._failure = None

    def _start_container(self, number: int, container: Document, check: Callable[[], None]) -> Running:
        folder, settings = self.folder / f"container-{number}", self._call.workspace.settings
        recipe = None
        if not ServingProcess.is_prepared(folder):
            place = Place(self._call, Tree(folder), self._url)
            place.tree.make()
            first = self._log(f"preparation-{number}", folder)

            def say(text: str) -> None:
                first.say(text)
                first.ship()

            try:
                recipe = self._kitchen.prepare(place, container, say, check)
            except JobFailure as failure:
                say(str(failure))
                raise
            (folder / "log").unlink(missing_ok=True)  # the process has a stream of its own
        process = ServingProcess.start(folder, recipe, settings)
        return Running(process, self._log(process.instance, folder), container.get("ContainerHostname"))

    def _find(self) -> bool:
        found: list[Running] = []
        for number, container in enumerate(self.plan["containers"]):
            folder = self.folder / f"container-{number}"
            process = ServingProcess.find(folder)
            if process is None or not process.answers():
                return False
            found.append(Running(process, self._log(process.instance, folder), container.get("ContainerHostname")))
        with self._state:
            self._running = found
            self.used = time.monotonic()
        return True

    def _log(self, instance: str, folder: Path) -> ServingLog:
        return ServingLog(self._call.store, self._endpoint, f"{self.name}/{instance}", folder / "log")

    def _title(self) -> str:
        return f"The primary container for production variant {self.name}"


def _end(running: list[Running]) -> None:
    for one in running:
        one.process.stop()
    for one in running:
        if not one.process.wait(GRACE_WAIT):
            one.process.kill()
        one.log.ship()
