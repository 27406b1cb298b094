"""One running container of a model: started under a keeper, asked whether it is well, sent requests, ended.

Its folder is that of a job, with `serving.json` beside it: the port, the instance's name and the recipe. By it a
server that was started anew finds the process of the one before, or starts it again from what is prepared.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import urllib3

from trialbook.jobs.failure import JobFailure, read_failure, reason_of
from trialbook.jobs.joblog import read_lines
from trialbook.jobs.process import Process, Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from trialbook.jobs.serving_recipe import Recipe
    from trialbook.settings import Settings

GRACE = 10.0
"""Seconds that a serving program has to end."""
FOREVER = 10 * 365 * 86400.0
_FILE = "serving.json"
_LOOK = 0.05
_POOL = 64
"""Connections that are kept open to one process."""
_PING = 2.0


class ServingProcess:
    """A container's process. Requests may come from many threads at once."""

    def __init__(self, folder: Path, process: Process, port: int, instance: str) -> None:
        self.folder = folder
        self.port = port
        self.instance = instance
        self._process = process
        self._asking = threading.Lock()
        self._pool = urllib3.HTTPConnectionPool("127.0.0.1", port, maxsize=_POOL, retries=False)

    @classmethod
    def start(cls, folder: Path, recipe: Recipe | None, settings: Settings) -> ServingProcess:
        """Start a recipe in its folder; None: the one that was started there before."""
        path = folder / _FILE
        told: dict[str, Any]
        told = {"argv": recipe.argv, "env": dict(recipe.env)} if recipe is not None else json.loads(path.read_text())
        for name in ("keeper.json", "result.json", "ml/output/failure"):
            (folder / name).unlink(missing_ok=True)
        if recipe is None:
            (folder / "log").unlink(missing_ok=True)
        told |= {"port": free_port(), "instance": f"i-{secrets.token_hex(8)}"}
        (folder / "ml" / "output").mkdir(exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(told))  # it holds the container's environment
        spec = Spec(
            folder=str(folder),
            argv=tuple(told["argv"]),
            env={**told["env"], "SAGEMAKER_BIND_TO_PORT": str(told["port"])},
            cwd="/opt/ml",
            seconds=FOREVER,
            grace=GRACE,
            memory=None if settings.job_memory is None else settings.job_memory * 2**20,
            confine=settings.job_confine,
        )
        return cls(folder, Process.start(spec), told["port"], told["instance"])

    @classmethod
    def find(cls, folder: Path) -> ServingProcess | None:
        """Find the process that an earlier server started in a folder, if it still runs."""
        try:
            told = json.loads((folder / _FILE).read_text())
            process = Process.find(folder)
        except (OSError, ValueError):
            return None
        if process is None or process.wait(0):
            return None
        return cls(folder, process, told["port"], told["instance"])

    @staticmethod
    def is_prepared(folder: Path) -> bool:
        """Tell whether a folder holds a recipe that was started before."""
        return (folder / _FILE).is_file()

    @property
    def ended(self) -> bool:
        """Whether the process is gone."""
        return self.wait(0)

    def answers(self) -> bool:
        """Ask GET /ping."""
        try:
            return bool(self._pool.request("GET", "/ping", timeout=_PING).status == 200)
        except urllib3.exceptions.HTTPError:
            return False

    def wait_ready(self, seconds: float, name: str, check: Callable[[], None], each: Callable[[], None]) -> None:
        """Wait until it answers pings. `check` may raise; `each` is called at every look.

        Raises
        ------
        JobFailure
            It ended, or does not answer in time; the reason has its last lines. `name` names the container.
        """
        deadline = time.monotonic() + seconds
        while True:
            check()
            each()
            if self.ended:
                raise JobFailure(self.reason(name))
            if _listens(self.port) and self.answers():
                return
            if time.monotonic() > deadline:
                lines = "\n".join(self.last_lines())
                raise JobFailure(
                    f"AlgorithmError: {name} did not pass the ping health check: GET /ping on port {self.port} "
                    f"(SAGEMAKER_BIND_TO_PORT) was not answered within {seconds:g} s of its start. A serving program "
                    f"must listen there and answer 200. Last lines: {lines or 'none'}"[:1024]
                )
            time.sleep(_LOOK)

    def post(
        self, body: bytes, headers: Mapping[str, str], seconds: float, *, path: str = "/invocations"
    ) -> urllib3.BaseHTTPResponse:
        """Send a request; the answer's body is still to be read. Raises `urllib3.exceptions.HTTPError`."""
        timeout = urllib3.Timeout(connect=5.0, read=seconds)
        return self._pool.request(
            "POST", path, body=body, headers=dict(headers), timeout=timeout, preload_content=False
        )

    def get(self, path: str) -> urllib3.BaseHTTPResponse:
        """Ask for a path. Raises `urllib3.exceptions.HTTPError`."""
        return self._pool.request("GET", path, timeout=_PING)

    def reason(self, name: str) -> str:
        """Say why it ended, with what it wrote of it."""
        failure = read_failure(self.folder / "ml" / "output" / "failure")
        text = reason_of(self._process.result(), failure, self.last_lines(), None)
        kind, _, rest = text.partition(": ")
        told = rest.partition(": ")[0]
        # What a program wrote of its failure has a kind of its own: "AlgorithmError: ClientError: ...".
        text = rest if told in {"ClientError", "AlgorithmError"} else text
        kind, _, rest = text.partition(": ")
        return f"{kind}: {name} did not start: {rest}"[:1024]

    def last_lines(self, count: int = 12) -> list[str]:
        """Give the last lines of the program in its log."""
        try:
            lines = read_lines((self.folder / "log").read_bytes()[-16 * 1024 :])
        except OSError:
            return []
        return [line.text for line in lines if not line.text.startswith("[trialbook] ")][-count:]

    def stop(self) -> None:
        """Ask it to end; it is killed after its grace period."""
        self._process.stop()
        self._pool.close()

    def wait(self, seconds: float) -> bool:
        """Wait for its end for so long at most; tell whether it has come."""
        with self._asking:
            return self._process.wait(seconds)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._pool.close()


def free_port() -> int:
    """Give a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    """Tell whether the port is open, without what a connection pool does when it is not."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
