"""The model that an analysis asks: served by a process of its own within the job, or behind an endpoint.

Built-in algorithms need neither where they can: see `analysis_loaded`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from trialbook.clarify.endpoint import http_sender
from trialbook.errors import PredictionError
from trialbook.jobs.serving_process import free_port

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trialbook.clarify.endpoint import Send

READY_SECONDS = 300.0
"""How long a model may take to load."""
ANSWER_SECONDS = 3600.0
"""How long one request may take: a script may be slow, and nobody else waits."""
NAME = "the model"
"""What errors call it."""
_LOOK = 0.05
_LAST = 20


class ServedModel:
    """A model's own server, started when it is first asked. Takes a body, content type and accept type.

    Parameters
    ----------
    argv, env
        As `jobs.serving_recipe.Recipe` has them.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        self._argv, self._env = list(argv), dict(env)
        self._process: subprocess.Popen[str] | None = None
        self._send: Send | None = None
        self._lines: list[str] = []

    def __call__(self, body: bytes, content: str, accept: str) -> bytes:
        """Ask the model.

        Raises
        ------
        PredictionError
            It did not start; says why. Answers that are no success raise OSError.
        """
        if self._send is None:
            self._send = self._start()
        return self._send(body, content, accept)

    def close(self) -> None:
        """End the server."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
            self._process.kill()

    def _start(self) -> Send:
        began = time.monotonic()
        port = free_port()
        env = {**self._env, "SAGEMAKER_BIND_TO_PORT": str(port)}
        program = _found(self._argv[0], env)
        self._process = subprocess.Popen(
            [program, *self._argv[1:]],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
        threading.Thread(target=self._tell, name="model-output", daemon=True).start()
        url = f"http://127.0.0.1:{port}"
        while not _answers(f"{url}/ping"):
            if self._process.poll() is not None:
                raise PredictionError(f"the model's server did not start: {self._last()}")
            if time.monotonic() > began + READY_SECONDS:
                raise PredictionError(f"the model's server does not answer /ping: {self._last()}")
            time.sleep(_LOOK)
        print(f"the model is loaded, {time.monotonic() - began:.1f} s", flush=True)
        return http_sender(f"{url}/invocations", timeout=ANSWER_SECONDS, name=NAME)

    def _tell(self) -> None:
        """Pass the server's lines on, without those that tell of single requests."""
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "/invocations" not in line and "/ping" not in line:
                self._lines = [*self._lines[1 - _LAST :], line.rstrip()]
                print(f"model: {line.rstrip()}", flush=True)

    def _last(self) -> str:
        return " ".join(self._lines)[-600:] or "it printed nothing"


def invoke(endpoint: str, settings: Mapping[str, Any]) -> Send:
    """Give a `send` that calls an endpoint by InvokeEndpoint, where the environment says that AWS is."""
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    patient = Config(read_timeout=ANSWER_SECONDS, retries={"mode": "standard", "max_attempts": 5})
    client = botocore.session.get_session().create_client("sagemaker-runtime", config=patient)
    more = {
        member: settings[name]
        for name, member in (("target_model", "TargetModel"), ("custom_attributes", "CustomAttributes"))
        if name in settings
    }

    def send(body: bytes, content: str, accept: str) -> bytes:
        try:
            answer = client.invoke_endpoint(
                EndpointName=endpoint, Body=body, ContentType=content, Accept=accept, **more
            )
            return bytes(answer["Body"].read())
        except (ClientError, BotoCoreError) as error:
            raise OSError(str(error)) from error

    return send


def _found(name: str, env: Mapping[str, str]) -> str:
    """Find a program as the model's own PATH has it."""
    return shutil.which(name, path=env.get("PATH", os.defpath)) or (sys.executable if name == "python" else name)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own server)
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
