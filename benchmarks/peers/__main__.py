"""Trialbook beside other trackers, on this machine, in one run.

`python benchmarks/peers [--short] [--only NAME ...] [--json FILE]`, with `.venv` and `.venv-peers` (`make peers`).
Each measurement runs in a process of its own (`child.py`), tracker after tracker for each question, so that all see
much the same load. What a tracker cannot do, or does not do in its time, is left blank.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from page import text_table
from trackers import TRACKERS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHONS = {"trialbook": ROOT / ".venv/bin/python"}
PEERS_PYTHON = ROOT / ".venv-peers/bin/python"
SHORT = {
    "imports": 1,
    "firsts": 1,
    "calls": 1.0,
    "kills": 1,
    "points": 20_000,
    "write": 4.0,
    "runs": 30,
    "search": 4.0,
    "limit": 60.0,
}
FULL = {
    "imports": 7,
    "firsts": 3,
    "calls": 10.0,
    "kills": 20,
    "points": 1_000_000,
    "write": 120.0,
    "runs": 10_000,
    "search": 240.0,
    "limit": 420.0,
}


class Measurement:
    """One tracker's child processes, and what they said."""

    def __init__(self, package: str, plan: dict[str, Any], rng: random.Random) -> None:
        self.package, self.plan, self.rng = package, plan, rng
        self.python = PYTHONS.get(package, PEERS_PYTHON)
        self.figures: dict[str, Any] = {}

    def child(self, task: str, folder: str, *numbers: object) -> dict[str, Any]:
        """Run a task; nothing when it fails or takes too long."""
        command = [str(self.python), str(HERE / "child.py"), self.package, task, folder, *map(str, numbers)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=self.plan["limit"], env=_environment(), check=True
            )
        except subprocess.TimeoutExpired as error:
            self._fail(task, f"not done after {self.plan['limit']:.0f} s")
            return _figures((error.stdout or b"").decode(errors="replace"))
        except subprocess.CalledProcessError as error:
            self._fail(task, (error.stderr.strip().splitlines() or ["no reason given"])[-1][:160])
            return _figures(error.stdout)
        return _figures(done.stdout)

    def _fail(self, task: str, reason: str) -> None:
        self.figures.setdefault("failed", []).append(f"{task}: {reason}")

    def size(self) -> None:
        """Measure the install."""
        self.figures |= self.child("size", ".")

    def imports(self) -> None:
        """Measure the import in fresh processes, over a bare interpreter."""
        bare, full = (
            statistics.median(_timed(self.python, code) for _ in range(self.plan["imports"]))
            for code in ("pass", TRACKERS[self.package].statement)
        )
        self.figures["import_ms"] = (full - bare) * 1e3

    def first(self) -> None:
        """Measure the time to the first accepted point, once warm."""
        found = []
        for _ in range(self.plan["firsts"]):
            with tempfile.TemporaryDirectory() as folder:
                found += [self.child("first", folder, time.time()).get("first_point_s")]
        times = [one for one in found if one is not None]
        if times:
            self.figures["first_point_s"] = min(times)

    def calls(self) -> None:
        """Measure single calls, and whole runs."""
        with tempfile.TemporaryDirectory() as folder:
            self.figures |= self.child("calls", folder, self.plan["calls"])

    def kills(self) -> None:
        """Kill a logging process and count what it lost."""
        lost, worst, logged = 0, 0, 0
        for _ in range(self.plan["kills"]):
            with tempfile.TemporaryDirectory() as folder:
                told = self._kill(Path(folder))
                found = self.child("count", folder, "doomed").get("points")
                if found is None or told == 0:
                    self.figures["unreadable"] = self.figures.get("unreadable", 0) + 1
                    continue
                logged += told
                lost += max(0, told - found)
                worst = max(worst, told - found)
        if logged:
            self.figures |= {"kills": self.plan["kills"], "kill_lost": lost, "kill_worst": worst, "kill_logged": logged}

    def _kill(self, folder: Path) -> int:
        counter = folder / "counter"
        counter.write_bytes(bytes(8))
        command = [str(self.python), str(HERE / "child.py"), self.package, "doomed", str(folder), str(counter)]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment(), start_new_session=True
        )
        deadline = time.monotonic() + self.plan["limit"]
        while int.from_bytes(counter.read_bytes(), "little") == 0:
            if time.monotonic() > deadline or process.poll() is not None:
                break
            time.sleep(0.01)
        time.sleep(self.rng.uniform(1.0, 2.5))
        process.kill()
        process.wait()
        # Helpers of the process (W&B has one) may write what they hold: a crash of the machine would not let them.
        time.sleep(1.0)
        return int.from_bytes(counter.read_bytes(), "little")

    def long(self) -> None:
        """Write a long series and read it back."""
        with tempfile.TemporaryDirectory() as folder:
            before = _bytes(Path(folder))
            self.figures |= self.child("write", folder, self.plan["points"], self.plan["write"])
            written = self.figures.get("written")
            if written:
                self.figures["bytes_a_point"] = (_bytes(Path(folder)) - before) / written
                self.figures |= self.child("read", folder, "long")

    def search(self) -> None:
        """Search runs, where the tracker can."""
        if TRACKERS[self.package].searches:
            with tempfile.TemporaryDirectory() as folder:
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


def _timed(python: Path, code: str) -> float:
    begun = time.perf_counter()
    subprocess.run([str(python), "-c", code], check=False, capture_output=True, env=_environment())
    return time.perf_counter() - begun


def _bytes(folder: Path) -> int:
    # What is kept ahead for later writing takes no place yet: blocks are counted, and not lengths.
    return sum(min(path.stat().st_size, path.stat().st_blocks * 512) for path in folder.rglob("*") if path.is_file())


def measure(packages: list[str], plan: dict[str, Any]) -> dict[str, Any]:
    """Ask every question of every tracker."""
    rng = random.Random(7)
    load = [os.getloadavg()[0]]
    measurements = [Measurement(package, plan, rng) for package in packages]
    for question in ("size", "imports", "first", "calls", "kills", "long", "search"):
        for one in measurements:
            print(f"{question}: {one.package} ...", file=sys.stderr, flush=True)
            getattr(one, question)()
            print(f"  {one.figures}", file=sys.stderr, flush=True)
        load.append(os.getloadavg()[0])
    return {
        "machine": ", ".join([platform.machine(), f"{os.cpu_count()} CPUs", f"Python {platform.python_version()}"]),
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load": [round(one, 1) for one in (min(load), max(load))],
        "plan": {name: value for name, value in plan.items() if name != "limit"},
        "trackers": {one.package: one.figures for one in measurements},
    }


def main() -> None:
    """Measure, print the table, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few minutes instead of an hour")
    parser.add_argument("--only", nargs="+", choices=list(TRACKERS), default=list(TRACKERS), metavar="NAME")
    parser.add_argument("--json", type=Path, default=ROOT / "build/bench/peers.json", help="where the figures go")
    arguments = parser.parse_args()
    if not PEERS_PYTHON.exists() and arguments.only != ["trialbook"]:
        raise SystemExit("The other trackers are not installed: make peers")
    found = measure(arguments.only, SHORT if arguments.short else FULL)
    found["form"] = "short" if arguments.short else "full"
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(found, indent=2) + "\n")
    print(text_table(found))


if __name__ == "__main__":
    main()
