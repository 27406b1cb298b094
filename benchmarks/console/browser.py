"""A server and a tab of a real Chromium over it, with what can be read of both: time and memory.

Wall times hang on what else the machine does; the CPU times beside them do not. A tab's CPU is that of its main thread
(`Performance.getMetrics` in thread time).
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from trialbook.server.console.session import read_token
from trialbook.settings import Settings
from trialbook.testing.processes import ServerProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 120_000
"""Milliseconds that a step may take."""
MEGA = 1 << 20


@dataclass(frozen=True)
class Line:
    """One figure. `most` or `least` is what it should be; `more` is what else was read beside it."""

    what: str
    value: float
    unit: str
    most: float | None = None
    least: float | None = None
    more: dict[str, Any] = field(default_factory=dict)
    load: float = field(default_factory=lambda: round(os.getloadavg()[0], 1))

    def holds(self) -> bool:
        """Say whether it is within its bounds."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)


@dataclass(frozen=True)
class Served:
    """A server in a process of its own."""

    url: str
    pid: int
    token: str

    def cpu_ms(self) -> float:
        """CPU time of all its threads so far."""
        return cpu_ms(self.pid)

    def rss_mb(self) -> float:
        """Resident memory."""
        return rss_mb(self.pid)


@contextmanager
def serving(store: Path | str, *options: str) -> Iterator[Served]:
    """Serve a store on a free port for the block."""
    token = read_token(Settings(store=str(store)))
    with ServerProcess(store, *options) as server:
        assert server.process is not None
        yield Served(server.url, server.process.pid, token)
        server.terminate(60)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium, headless, for the block."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise SystemExit("Chromium is not installed: make chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


class Tab:
    """One tab, signed in, with an empty cache: a context of its own."""

    def __init__(self, browser: Browser, server: Served, width: int = 1400, height: int = 900) -> None:
        self.browser, self.server = browser, server
        self._context = browser.new_context(viewport={"width": width, "height": height})
        self._context.set_default_timeout(PATIENCE)
        # The session alone: the page itself is loaded by the first `open`.
        self._context.request.get(f"{server.url}/?token={server.token}", headers={"Accept": "text/html"})
        self.page: Page = self._context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.cdp: CDPSession = self._context.new_cdp_session(self.page)
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def open(self, hash_: str) -> Page:
        """Go to a page by its hash, such as `#/search`."""
        self.page.goto(f"{self.server.url}/{hash_}")
        return self.page

    def close(self) -> None:
        """Close it and forget its cache. Raises `RuntimeError` if the page failed: its figures are void."""
        self._context.close()
        if self.problems:
            raise RuntimeError(f"the page failed: {self.problems[0]}")

    def metrics(self) -> dict[str, float]:
        """Give `Performance.getMetrics` by name; times in seconds of the main thread's CPU."""
        return {one["name"]: one["value"] for one in self.cdp.send("Performance.getMetrics")["metrics"]}

    def cpu_ms(self) -> float:
        """CPU time of the main thread's tasks so far."""
        return self.metrics()["TaskDuration"] * 1e3

    def heap_mb(self) -> float:
        """JS heap in use, after garbage collection."""
        for _ in range(3):
            self.cdp.send("HeapProfiler.collectGarbage")
        return self.metrics()["JSHeapUsedSize"] / MEGA

    def nodes(self) -> int:
        """Count the elements of the page."""
        return int(self.page.evaluate("document.querySelectorAll('*').length"))

    def renderer(self) -> int:
        """Give the process of the tab: the renderer that worked most."""
        session = self.browser.new_browser_cdp_session()
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        session.detach()
        return int(max((one for one in processes if one["type"] == "renderer"), key=lambda one: one["cpuTime"])["id"])

    def rss_mb(self) -> float:
        """Resident memory of the tab's process."""
        return rss_mb(self.renderer())

    def pss_mb(self) -> float:
        """Memory of the tab's process, its part of what Chromium's processes share (code, mostly) included."""
        lines = Path(f"/proc/{self.renderer()}/smaps_rollup").read_text().splitlines()
        return int(next(one for one in lines if one.startswith("Pss:")).split()[1]) / 1024

    def timed(self, action: Callable[[], object], until: Callable[[], object] | None = None) -> dict[str, float]:
        """Do something and wait for what it brings: wall, and CPU of the main thread and of the server, in ms."""
        page, server, wall = self.cpu_ms(), self.server.cpu_ms(), time.perf_counter()
        action()
        if until is not None:
            until()
        told = (time.perf_counter() - wall) * 1e3
        return {"wall": told, "page": self.cpu_ms() - page, "server": self.server.cpu_ms() - server}


def cpu_ms(pid: int) -> float:
    """CPU time of a process, all threads that live, to the nanosecond."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:  # it ended meanwhile
            continue
    return total / 1e6


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
