"""Processes as the kernel shows them in /proc: when one started, what is below this one, and what that holds.

Part of the keeper: it needs nothing but the standard library.
"""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path


def start_time(pid: int) -> int | None:
    """Give when a process started, in clock ticks since the machine did; None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in {"Z", "X"} else int(fields[19])


def descendants() -> list[int]:
    """Give the processes below this one, children first."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):  # noqa: PTH208 (thousands of entries, every half second)
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry))
    found = list(children.get(os.getpid(), []))
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def memory_held() -> int:
    """Give the bytes that the processes below this one hold for themselves."""
    pages = 0
    for pid in descendants():
        try:
            resident, shared = Path(f"/proc/{pid}/statm").read_text().split()[1:3]
        except OSError:
            continue
        pages += int(resident) - int(shared)
    return pages * resource.getpagesize()


def end_descendants() -> None:
    """End what the program left behind, however deep."""
    while left := descendants():
        for pid in left:
            send(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def signal_group(child: int, number: signal.Signals) -> None:
    """Send a signal to the program and to all that it started."""
    for pid in [child, *descendants()]:
        send(pid, number)


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process; nothing happens when it is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
