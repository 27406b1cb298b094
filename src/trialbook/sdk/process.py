"""Which process writes a spool, and whether it is still there.

The kernel answers: a writer holds a lock on the spool's file `lock`, which ends with the process however it dies, is
not inherited by a fork, and does not mistake another process of the same number for the writer. Where the file system
knows no locks, the number and the start time of the process, which the spool's head tells, have to do.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from trialbook.model import Document


@cache
def host() -> str:
    """Give this machine's name."""
    return socket.gethostname()


def started(pid: int) -> str:
    """Give the start time of a process in the kernel's own words; empty when there is none, or it cannot be known."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = text.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]


def identity() -> Document:
    """Say which process this is, for the head of a spool."""
    pid = os.getpid()
    return {"pid": pid, "started": started(pid), "host": host()}


def seems_alive(head: Document) -> bool:
    """Guess from a spool's head whether its process lives; one on another machine counts as alive."""
    if head.get("host") != host():
        return True
    begun = started(int(head.get("pid", -1)))
    return begun != "" and begun == head.get("started")


class Lock:
    """The lock of one spool folder, held until `release` or until the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path, head: Document | None = None) -> Lock | None:
        """Take the lock; None when another process has it.

        `head` decides where the file system has no locks: None means that the spool is new and ours.
        """
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        try:
            if fcntl is not None:
                fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return cls(descriptor)
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            return None
        except OSError:
            pass
        if head is not None and seems_alive(head):
            os.close(descriptor)
            return None
        return cls(descriptor)

    def release(self) -> None:
        """Let another process have it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
