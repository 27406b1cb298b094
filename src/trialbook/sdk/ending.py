"""How runs end that nobody ended: at the interpreter's exit, in a forked process, or by SIGTERM.

A scheduler sends SIGTERM, waits some seconds, and then takes the machine away with its disk. So, where the program has
no handler of its own, the first SIGTERM ends the runs as Stopped on a thread (a handler must not wait for locks that
the code it interrupts may hold) and then kills the process as the signal would have; a second one kills at once.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from trialbook.errors import TrialbookError
from trialbook.sdk.shipping import shipper
from trialbook.sdk.target import forget_transports

if TYPE_CHECKING:
    from trialbook.sdk.run import Run
    from trialbook.sdk.spool import Spool

FINISH_SECONDS = 30.0
"""How long `finish` waits for the store; what has not arrived by then stays in the spool."""
TERMINATION_SECONDS = 5.0
"""How long a terminated process waits for the store."""

_unfinished: dict[int, Run] = {}
_guarded: list[object] = []
_set_aside: list[object] = []


def watch(run: Run) -> None:
    """End this run with the process, should nobody end it before."""
    _unfinished[id(run)] = run
    _guard()


def forget(run: Run) -> None:
    """The run has ended."""
    _unfinished.pop(id(run), None)


def describe_error(error: BaseException) -> tuple[str, str]:
    """Give an exception in one line, and its traceback. Neither fails, whatever the exception's own text does."""
    try:
        line = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001
        line = type(error).__name__
    try:
        whole = "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001
        whole = line
    return line, whole


def ship_forked(spool: Spool) -> None:
    """Ship a forked process's spool; processes of `multiprocessing` end without `atexit`, but not without this."""
    shipper().add(spool)
    util = sys.modules.get("multiprocessing.util")
    if util is not None:
        util.Finalize(None, _end_forked, args=(spool,), exitpriority=10)


def _end_forked(spool: Spool) -> None:
    if spool.pid == os.getpid() and not spool.closed:
        spool.close()
        shipper().flush(spool, FINISH_SECONDS)
        shipper().settle(spool)


def _finish_all() -> None:
    """End what the script did not, with its exception where it died of one; wait for facts that come late."""
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    for run in list(_unfinished.values()):
        if error is None:
            run.finish()
        else:
            run.fail(error)
    watch = sys.modules.get("trialbook.sdk.capture.watch")
    if watch is not None:
        watch.finish_reading()
        shipper().flush_all(watch.LAST_SECONDS)
    if not shipper().busy:
        # The last one to close SQLite writes its journal back; while a thread still ships, the next process does.
        with contextlib.suppress(TrialbookError):
            forget_transports()


def _guard() -> None:
    """Have SIGTERM end the runs first. Only the main thread may say so, and only where nobody else has."""
    if _guarded or threading.current_thread() is not threading.main_thread():
        return
    _guarded.append(True)
    try:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _terminate)
    except (ValueError, OSError):
        return


def _terminate(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_stop_all, args=(number,), name="trialbook-termination", daemon=True).start()


def _stop_all(number: int) -> None:
    try:
        for run in list(_unfinished.values()):
            run.finish("Stopped", f"Terminated by signal {number}.", timeout=TERMINATION_SECONDS)
    finally:
        os.kill(os.getpid(), number)


def _before_fork() -> None:
    """Take the handler away: a forked process has no run to end, and a signal at its very start would be lost."""
    if _guarded and signal.getsignal(signal.SIGTERM) is _terminate:
        with contextlib.suppress(ValueError):  # not the main thread
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            _set_aside.append(True)


def _after_fork_in_parent() -> None:
    if _set_aside:
        _set_aside.clear()
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGTERM, _terminate)


def _after_fork_in_child() -> None:
    _unfinished.clear()
    _set_aside.clear()


atexit.register(_finish_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
