"""Trialbook beside other trackers, on this machine, in one run.

`python benchmarks/peers [--short] [--only NAME ...] [--cases NAME ...] [--again] [--json FILE]`, with `.venv` and
`.venv-peers` (`make peers`). Each measurement runs in a process of its own (`child.py`), tracker after tracker for each
case, so that all see much the same load. A case of a tracker has a limit of time (`LIMITS`): what is not done by then
is killed with its processes and recorded as over the limit. Each leaves a file beside the figures as soon as it ends,
and is not measured again unless `--again` is given. What a tracker cannot do, or not in its time, is left blank.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from page import text_table
from trackers import TRACKERS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHONS = {"trialbook": ROOT / ".venv/bin/python"}
PEERS_PYTHON = ROOT / ".venv-peers/bin/python"
SHORT = {"imports": 1, "firsts": 1, "calls": 1.0, "kills": 1, "points": 20_000, "write": 4.0, "runs": 30, "search": 4.0}
FULL = {
    "imports": 7,
    "firsts": 3,
    "calls": 8.0,
    "kills": 8,
    "points": 1_000_000,
    "write": 20.0,
    "runs": 10_000,
    "search": 25.0,
}
LIMITS = {"size": 15, "imports": 20, "first": 20, "calls": 35, "kills": 40, "long": 60, "search": 50}
"""Seconds that a case of one tracker may take: 24 min for all seven, of which three search."""


class OverLimitError(Exception):
    """A case has used up its time."""


class Measurement:
    """One tracker's child processes, and what they said."""

    def __init__(self, package: str, plan: dict[str, Any], rng: random.Random) -> None:
        self.package, self.plan, self.rng = package, plan, rng
        self.python = PYTHONS.get(package, PEERS_PYTHON)
        self.figures: dict[str, Any] = {}

    def run(self, case: str) -> None:
        """Measure a case within its limit; what was found before the limit is kept."""
        self.limit = LIMITS[case]
        self.end = time.monotonic() + self.limit
        try:
            getattr(self, case)()
        except OverLimitError:
            self._fail(case, f"over the limit of {self.limit} s")

    def left(self) -> float:
        """Give the seconds that the case has left. Raises `OverLimitError` when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise OverLimitError
        return left

    def child(self, task: str, folder: str, *numbers: object) -> dict[str, Any]:
        """Run a task within the case's time; what it said before it failed counts."""
        command = [str(self.python), str(HERE / "child.py"), self.package, task, folder, *map(str, numbers)]
        process = _start(command, subprocess.PIPE)
        try:
            said, complaint = process.communicate(timeout=self.left())
        except (subprocess.TimeoutExpired, OverLimitError):
            _end(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                said, _ = process.communicate(timeout=5)
                self.figures |= _figures(said)
            raise OverLimitError from None
        _end(process)
        if process.returncode:
            self._fail(task, (complaint.strip().splitlines() or ["no reason given"])[-1][:160])
        return _figures(said)

    def _fail(self, task: str, reason: str) -> None:
        self.figures.setdefault("failed", []).append(f"{task}: {reason}")

    def size(self) -> None:
        """Measure the install."""
        self.figures |= self.child("size", ".")

    def imports(self) -> None:
        """Measure the import in fresh processes, over a bare interpreter."""
        bare, full = [], []
        for _ in range(self.plan["imports"]):
            bare.append(_timed(self.python, "pass", self.left()))
            full.append(_timed(self.python, TRACKERS[self.package].statement, self.left()))
            self.figures["import_ms"] = (statistics.median(full) - statistics.median(bare)) * 1e3

    def first(self) -> None:
        """Measure the time to the first accepted point, once warm."""
        for _ in range(self.plan["firsts"]):
            with _folder() as folder:
                took = self.child("first", folder, time.time()).get("first_point_s")
            if took is not None:
                self.figures["first_point_s"] = min(took, self.figures.get("first_point_s", took))

    def calls(self) -> None:
        """Measure single calls, and whole runs."""
        with _folder() as folder:
            self.figures |= self.child("calls", folder, self.plan["calls"])

    def kills(self) -> None:
        """Kill a logging process and count what it lost."""
        lost, worst, logged = 0, 0, 0
        for done in range(1, self.plan["kills"] + 1):
            with _folder() as folder:
                told = self._kill(Path(folder))
                found = self.child("count", folder, "doomed").get("points")
            if found is None or told == 0:
                self.figures["unreadable"] = self.figures.get("unreadable", 0) + 1
                continue
            logged += told
            lost += max(0, told - found)
            worst = max(worst, told - found)
            self.figures |= {"kills": done, "kill_lost": lost, "kill_worst": worst, "kill_logged": logged}

    def _kill(self, folder: Path) -> int:
        counter = folder / "counter"
        counter.write_bytes(bytes(8))
        command = [str(self.python), str(HERE / "child.py"), self.package, "doomed", str(folder), str(counter)]
        process = _start(command, subprocess.DEVNULL)
        helpers = []
        try:
            while int.from_bytes(counter.read_bytes(), "little") == 0 and process.poll() is None:
                self.left()
                time.sleep(0.01)
            time.sleep(self.rng.uniform(1.0, 2.5))
            helpers = _descendants(process)
            process.kill()
            process.wait()
            # Helpers of the process (W&B has one) may write what they hold: a crash of the machine would not let them.
            time.sleep(1.0)
        finally:
            _end(process, helpers)
        return int.from_bytes(counter.read_bytes(), "little")

    def long(self) -> None:
        """Write a long series and read it back."""
        with _folder() as folder:
            before = _bytes(Path(folder))
            self.figures |= self.child("write", folder, self.plan["points"], self.plan["write"])
            written = self.figures.get("written")
            if written:
                self.figures["bytes_a_point"] = (_bytes(Path(folder)) - before) / written
                self.figures |= self.child("read", folder, "long")

    def search(self) -> None:
        """Search runs, where the tracker can."""
        if TRACKERS[self.package].searches:
            with _folder() as folder:
                self.figures |= self.child("search", folder, self.plan["runs"], self.plan["search"])


def _figures(printed: str) -> dict[str, Any]:
    """Gather the figures among what a child printed."""
    found: dict[str, Any] = {}
    for line in printed.splitlines():
        if line.startswith("{") and line.endswith("}"):
            with contextlib.suppress(ValueError):
                found |= json.loads(line)
    return found


def _environment() -> dict[str, str]:
    quiet = {"OPENBLAS_NUM_THREADS": "1", "GIT_PYTHON_REFRESH": "quiet", "AIM_UI_TELEMETRY_ENABLED": "0"}
    return {**os.environ, **quiet}


def _folder() -> tempfile.TemporaryDirectory[str]:
    # What was killed may have left a process that still writes for a moment.
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def _start(command: list[str], output: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, stdout=output, stderr=output, text=True, env=_environment(), start_new_session=True
    )


def _descendants(process: subprocess.Popen[str]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _end(process: subprocess.Popen[str], helpers: list[psutil.Process] | None = None) -> None:
    """Kill a process and all that it started, in its session or out of it."""
    for one in helpers or _descendants(process):
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)


def _timed(python: Path, code: str, limit: float) -> float:
    begun = time.perf_counter()
    try:
        subprocess.run([str(python), "-c", code], check=False, capture_output=True, env=_environment(), timeout=limit)
    except subprocess.TimeoutExpired:
        raise OverLimitError from None
    return time.perf_counter() - begun


def _bytes(folder: Path) -> int:
    # What is kept ahead for later writing takes no place yet: blocks are counted, and not lengths.
    return sum(min(path.stat().st_size, path.stat().st_blocks * 512) for path in folder.rglob("*") if path.is_file())


def measure(packages: list[str], cases: list[str], plan: dict[str, Any], folder: Path, again: bool) -> dict[str, Any]:
    """Put every case to every tracker, but for those that have their file already; give all figures."""
    rng = random.Random(7)
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        for package in packages:
            file = folder / f"{case}-{package}.json"
            if again or not _done(file, plan):
                print(f"{case}: {package} ...", file=sys.stderr, flush=True)
                begun, load = time.monotonic(), os.getloadavg()[0]
                one = Measurement(package, plan, rng)
                one.run(case)
                found = {
                    "case": case,
                    "tracker": package,
                    "plan": plan,
                    "limit_s": LIMITS[case],
                    "took_s": round(time.monotonic() - begun, 1),
                    "load": [round(load, 1), round(os.getloadavg()[0], 1)],
                    "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
                    "figures": one.figures,
                }
                partial = file.with_suffix(".part")
                partial.write_text(json.dumps(found, indent=2) + "\n")
                partial.replace(file)
                print(f"  {found['took_s']} s, {one.figures}", file=sys.stderr, flush=True)
    return gathered(folder, packages, plan)


def _done(file: Path, plan: dict[str, Any]) -> bool:
    """Tell whether a case was measured by this plan."""
    try:
        return bool(json.loads(file.read_text())["plan"] == plan)
    except (OSError, ValueError, KeyError):
        return False


def gathered(folder: Path, packages: list[str], plan: dict[str, Any]) -> dict[str, Any]:
    """Put the cases' files together: for each tracker its figures, and in `failed` what did not work."""
    trackers: dict[str, dict[str, Any]] = {package: {} for package in packages}
    load, dates, took = [], [], 0.0
    for case in LIMITS:
        for package, figures in trackers.items():
            file = folder / f"{case}-{package}.json"
            if _done(file, plan):
                found = json.loads(file.read_text())
                failed = figures.get("failed", []) + found["figures"].pop("failed", [])
                figures |= {**found["figures"], **({"failed": failed} if failed else {})}
                load += found["load"]
                dates.append(found["date"])
                took += found["took_s"]
    return {
        "machine": ", ".join([platform.machine(), f"{os.cpu_count()} CPUs", f"Python {platform.python_version()}"]),
        "date": max(dates, default=""),
        "load": [min(load, default=0.0), max(load, default=0.0)],
        "plan": plan,
        "limits_s": LIMITS,
        "took_s": round(took),
        "trackers": trackers,
    }


def main() -> None:
    """Measure, print the table, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few minutes instead of up to 25")
    parser.add_argument("--only", nargs="+", choices=list(TRACKERS), default=list(TRACKERS), metavar="NAME")
    parser.add_argument("--cases", nargs="+", choices=list(LIMITS), default=list(LIMITS), metavar="CASE")
    parser.add_argument("--again", action="store_true", help="measure again what has its file already")
    parser.add_argument("--json", type=Path, default=ROOT / "build/bench/peers.json", help="where the figures go")
    arguments = parser.parse_args()
    if not PEERS_PYTHON.exists() and arguments.only != ["trialbook"]:
        raise SystemExit("The other trackers are not installed: make peers")
    form = "short" if arguments.short else "full"
    folder = arguments.json.parent / f"{arguments.json.stem}-{form}"
    plan = SHORT if arguments.short else FULL
    found = measure(arguments.only, arguments.cases, plan, folder, arguments.again)
    found["form"] = form
    arguments.json.write_text(json.dumps(found, indent=2) + "\n")
    print(text_table(found))


if __name__ == "__main__":
    main()
