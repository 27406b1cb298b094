"""The server in the background: `trialbook up` starts one for a store folder, `trialbook stop` ends it.

One idea: **the store folder says who serves it**. `server.json` in it holds the process id, the process's start time
and the address. A process id alone may belong to anyone after a crash or a restart of the machine; together with the
start time it names one process for good. `server.log` beside it holds what the server printed.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialbook.cli.store_option import resolve_store, store_option
from trialbook.errors import UsageError
from trialbook.settings import DEFAULT_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
RECORD = "server.json"
LOG = "server.log"
LOCK = "server.lock"
PORTS_TRIED = 50
START_SECONDS = 60.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.05
# Start times are computed from the clock and the time since boot, so they move a little when the clock is set.
CLOCK_SLACK = 2.0


@dataclass(frozen=True, slots=True)
class Served:
    """Who serves a store. `started` is the process's start in epoch seconds, as the operating system tells it."""

    pid: int
    started: float
    url: str


def started_at(pid: int) -> float | None:
    """Give the start of a living process in epoch seconds; None when there is none (a zombie counts as none)."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.NoSuchProcess:
        return None


def is_alive(served: Served) -> bool:
    """Say whether the very process that `served` names still lives."""
    started = started_at(served.pid)
    return started is not None and abs(started - served.started) < CLOCK_SLACK


def find_server(folder: Path) -> Served | None:
    """Give the server that runs for a store folder, or None. An unreadable record counts as none."""
    try:
        served = Served(**json.loads((folder / RECORD).read_text()))
        return served if is_alive(served) else None
    except (OSError, ValueError, TypeError):
        return None


def record_server(folder: Path, served: Served) -> None:
    """Write down who serves a store folder, so that a reader finds the old record or the new one, whole."""
    draft = folder / f"{RECORD}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(served)) + "\n")
    draft.replace(folder / RECORD)


def start_server(folder: Path, port: int = DEFAULT_PORT, options: tuple[str, ...] = ()) -> tuple[Served, bool]:
    """Start a server for a store folder unless one runs.

    Parameters
    ----------
    port
        The first port to try; a taken one moves to the next, and standard error says so.
    options
        More options of `trialbook serve`.

    Returns
    -------
    Who serves, and whether it was started just now.

    Raises
    ------
    UsageError
        When no port is free or the server ends instead of answering; the message ends with its last words.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        served = find_server(folder)
        if served is not None:
            return served, False
        for candidate in range(port, min(port + PORTS_TRIED, 2**16)):
            started = None if _is_taken(candidate) else _launch(folder, candidate, options)
            if started is not None:
                record_server(folder, started)
                return started, True
            click.echo(f"Port {candidate} is taken, trying {candidate + 1}.", err=True)
        raise UsageError(f"None of the ports {port} to {port + PORTS_TRIED - 1} is free; choose another with --port.")


def stop_server(folder: Path) -> Served | None:
    """End the server of a store folder and wait until it is gone; None when none ran.

    What was acknowledged is durable already, so a server that does not end in time is killed.
    """
    served = find_server(folder)
    if served is not None:
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            _signal(served.pid, signal_number)
            deadline = time.monotonic() + STOP_SECONDS
            while is_alive(served) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
            if not is_alive(served):
                break
    (folder / RECORD).unlink(missing_ok=True)
    return served


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one `trialbook up` at a time start a server for this folder."""
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still closing is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _launch(folder: Path, port: int, options: tuple[str, ...]) -> Served | None:
    """Start one server and wait until it answers; None when another process took the port in the meantime."""
    command = [sys.executable, "-m", "trialbook", "serve", "--store", str(folder), "--port", str(port), *options]
    with (folder / LOG).open("ab") as log:
        said_before = log.tell()
        # A session of its own: neither the terminal's Ctrl-C nor its end reaches the server.
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        started = started_at(process.pid)
        if started is not None and _answers(port) and process.poll() is None:
            return Served(process.pid, started, f"http://{HOST}:{port}")
        time.sleep(POLL_SECONDS)
    if process.poll() is not None and _is_taken(port):
        return None
    process.kill()
    process.wait()
    with (folder / LOG).open("rb") as log:
        log.seek(said_before)
        said = log.read().decode(errors="replace").strip()
    raise UsageError(f"The server did not start. It said (all of it is in {folder / LOG}):\n{said[-2000:]}")


def _answers(port: int) -> bool:
    # http.client, unlike urllib, does not send requests for this machine to a proxy that the environment names.
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    except (http.client.HTTPException, OSError):
        return False
    finally:
        connection.close()


def _folder(store: str | None) -> Path:
    resolved = resolve_store(store)
    if "://" in resolved:
        raise UsageError("A background server is kept by store folder; run `trialbook serve` for a database URL.")
    return Path(resolved)


@click.command()
@store_option
@click.option("--port", default=DEFAULT_PORT, show_default=True, type=click.IntRange(1, 65535), help="First to try.")
def up(store: str | None, port: int) -> None:
    """Start a server in the background unless one runs, and print its address.

    The address alone goes to standard output, so that `url=$(trialbook up)` works.
    """
    folder = _folder(store)
    served, is_new = start_server(folder, port)
    state = "now serves" if is_new else "already serves"
    click.echo(f"Trialbook {state} {folder} at {served.url} (log: {folder / LOG}).", err=True)
    click.echo(served.url)


@click.command()
@store_option
def stop(store: str | None) -> None:
    """End the server that runs in the background for a store folder."""
    folder = _folder(store)
    served = stop_server(folder)
    if served is None:
        click.echo(f"No server runs in the background for {folder}.", err=True)
    else:
        click.echo(f"Stopped the server at {served.url}.", err=True)
