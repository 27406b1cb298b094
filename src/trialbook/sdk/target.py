"""Where runs go: a server's URL, or a store. Kept in the head of each spool, so that anyone can ship what is left.

Importing this costs nothing; a transport is opened on first use, once a process.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trialbook.settings import DEFAULT_REGION, find_store_folder

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.sdk.transport import Transport

SPOOLS = "spool"
"""The folder of spools in a store's folder, or in the user's cache."""


class Target(NamedTuple):
    """A server (`url`) or a store: exactly one of the two is given."""

    url: str | None
    store: str | None
    region: str

    @classmethod
    def of_environment(cls, store: str | None = None, region: str | None = None) -> Target:
        """Read TRIALBOOK_URL, then TRIALBOOK_STORE; else take the nearest `.trialbook` folder at or above this one."""
        region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
        url = os.environ.get("TRIALBOOK_URL")
        if store is None and url:
            return cls(url.rstrip("/"), None, region)
        place = store or os.environ.get("TRIALBOOK_STORE") or str(find_store_folder(_here())[0])
        return cls(None, place if "://" in place else str(Path(place).absolute()), region)

    @classmethod
    def of_head(cls, head: Document) -> Target:
        """Read a spool's head."""
        told = head.get("target") or {}
        return cls(told.get("url"), told.get("store"), told.get("region", DEFAULT_REGION))

    @property
    def spools(self) -> Path:
        """The folder of spools: in the store when it is a folder, else in the user's cache."""
        if self.store is not None and "://" not in self.store:
            return Path(self.store) / SPOOLS
        return user_spools()

    def transport(self) -> Transport:
        """Give this process's transport to it. Raises `TrialbookError` when it cannot be opened."""
        with _door:
            found = _open.get((os.getpid(), self))
            if found is None:
                found = _open[os.getpid(), self] = self._connect()
            return found

    def _connect(self) -> Transport:
        from trialbook.sdk import transport

        if self.url is not None:
            return transport.HttpTransport(self.url, self.region)
        assert self.store is not None
        return transport.open_local(self.store, self.region)


def _here() -> Path:
    """Give the current folder, or the user's own where it was deleted."""
    try:
        return Path.cwd()
    except OSError:
        return Path.home()


_open: dict[tuple[int, Target], Transport] = {}
_door = threading.Lock()


def user_spools() -> Path:
    """Give the folder of spools in the user's cache."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "trialbook" / SPOOLS


def forget_transports() -> None:
    """Close and forget this process's transports: the next use opens them anew."""
    with _door:
        for transport in _open.values():
            transport.close()
        _open.clear()


def _after_fork() -> None:
    # A connection belongs to the process that opened it; the lock may have been held by a thread that is not here.
    global _door  # noqa: PLW0603
    _door = threading.Lock()
    _open.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
