"""Recovery: ships what dead processes left in their spools, and marks their runs as interrupted.

Done by the next process that opens the store, by a server soon after its start, and by `trialbook sync`. Several may
try at once: a spool's lock decides, and a batch that two send is kept once.
"""

from __future__ import annotations

import shutil
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import TrialbookError
from trialbook.sdk.drain import DeadSpool, Drain, read_head
from trialbook.sdk.journal import VERSION
from trialbook.sdk.process import Lock
from trialbook.sdk.shipping import RefusedError, Shipment
from trialbook.sdk.spool import OWN
from trialbook.sdk.target import Target, user_spools
from trialbook.sdk.warning import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from trialbook.model import Document
    from trialbook.sdk.transport import Transport

REFUSED = "refused"
"""A file in a spool that the store will not take: it says why. Only `retry_refused` looks at such a spool again."""
ABANDONED = 3600.0
"""Seconds after which a folder that never got its name is removed."""


class Recovered(NamedTuple):
    """What became of one spool: `failure` is None when all of it is kept now and the spool is gone."""

    folder: Path
    run: str
    batches: int
    failure: str | None


def recover_spools(
    folder: Path,
    ship: Callable[[Target], Transport | None],
    *,
    run: str | None = None,
    retry_refused: bool = False,
    clock: Callable[[], float] = time.time,
) -> list[Recovered]:
    """Ship the spools in `folder` whose processes are dead.

    Parameters
    ----------
    ship
        Gives the transport for what was meant for a target; None leaves those spools alone.
    run
        The trial component whose spools alone are shipped; None for all.
    retry_refused
        Whether to try again what the store refused for good.
    """
    results = []
    for place, head, lock in _dead(folder, clock(), run):
        transport = None
        if retry_refused or not (place / REFUSED).exists():
            transport = ship(Target.of_head(head))
        if transport is None:
            lock.release()
        elif not _known(head):  # not even opened, for that cuts off what cannot be read
            lock.release()
            results.append(_leave(place, head))
        else:
            results.append(_recover(DeadSpool(place, head, lock), transport, clock))
    return results


def recover_for(target: Target, transport: Transport, run: str | None = None) -> list[Recovered]:
    """Ship what dead processes left for one target, or for one run (its trial component) there."""
    return recover_spools(target.spools, lambda meant: transport if meant == target else None, run=run)


def recover_aside(target: Target) -> None:
    """Ship what dead processes left for one target, on a thread of its own."""

    def recover() -> None:
        try:
            recover_for(target, target.transport())
        except Exception as error:  # noqa: BLE001 - the spools stay, and others will try
            warn_once(
                "recovery", f"Trialbook could not ship what earlier processes left: {error} Try 'trialbook sync'."
            )

    threading.Thread(target=recover, name="trialbook-recovery", daemon=True).start()


def _known(head: Document) -> bool:
    version = head.get("version")
    return isinstance(version, int) and version <= VERSION


def _run_of(head: Document) -> str:
    told = head.get("run")
    return str(told.get("component")) if isinstance(told, dict) else "unknown"


def _leave(folder: Path, head: Document) -> Recovered:
    run = _run_of(head)
    failure = (
        f"its spool {folder} has version {head.get('version')!r} and this Trialbook reads up to {VERSION}: "
        "ship it with a newer one, by 'trialbook sync'."
    )
    warn_once(f"version {folder}", f"Trialbook left what a dead process logged to run '{run}': {failure}")
    return Recovered(folder, run, 0, failure)


def _dead(home: Path, now: float, run: str | None) -> Iterator[tuple[Path, Document, Lock]]:
    for folder in sorted(home.glob("*")) if home.is_dir() else []:
        if str(folder.absolute()) in OWN or not folder.is_dir():
            continue
        head = read_head(folder)
        if head is None or folder.name.startswith("."):
            if folder.name.startswith(".new-") and folder.stat().st_mtime < now - ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)
            continue
        if run is not None and _run_of(head) != run:
            continue
        try:
            lock = Lock.take(folder, head)
        except OSError:
            continue
        if lock is not None:
            yield folder, head, lock


def _recover(spool: DeadSpool, transport: Transport, clock: Callable[[], float]) -> Recovered:
    run = spool.head["run"]["component"]
    shipment = Shipment(spool, Drain(spool, spool.cuts), lambda: transport)
    _note_end(spool, clock)
    batches = 0
    try:
        while shipment.send():
            batches += 1
    except RefusedError as error:
        (spool.folder / REFUSED).write_text(str(error), encoding="utf-8")
        spool.release()
        return Recovered(spool.folder, run, batches, str(error))
    except (TrialbookError, OSError) as error:
        spool.release()
        return Recovered(spool.folder, run, batches, str(error))
    spool.remove()
    return Recovered(spool.folder, run, batches, None)


def _note_end(spool: DeadSpool, clock: Callable[[], float]) -> None:
    """Say that the run was interrupted, unless its process said how it ended, or only joined it."""
    if "end" in spool.told or "begin" not in spool.told:
        return
    touched = max((path.stat().st_mtime for path in spool.folder.glob("*.seg")), default=clock())
    who = f"process {spool.head.get('pid')} on {spool.head.get('host')}"
    spool.note(
        {
            "change": {
                "end": {
                    "status": "Stopped",
                    "message": f"Interrupted: {who} ended without finishing the run.",
                    "time": touched,
                    "interrupted": True,
                }
            }
        }
    )


def sync(folders: Iterable[Path] = ()) -> list[Recovered]:
    """Ship all that dead processes left, each spool to where it was meant to go: what `trialbook sync` does.

    Looks in the given folders of spools, in that of the store at hand and in the user's cache. What a store refused
    before is tried again.
    """
    places = dict.fromkeys([*folders, Target.of_environment().spools, user_spools()])
    return [one for place in places for one in recover_spools(place, _transport_or_none, retry_refused=True)]


def _transport_or_none(target: Target) -> Transport | None:
    try:
        return target.transport()
    except TrialbookError as error:
        warn_once(f"sync {target}", f"Trialbook cannot open {target.url or target.store}: {error}")
        return None
