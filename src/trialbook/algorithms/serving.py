"""The HTTP server of a serving program: GET /ping, GET /execution-parameters, POST /invocations.

It is the standard library's: the environment of a job holds the algorithm's library and no web framework. One thread
a connection, connections are kept, and the model is loaded before the port is bound, so that whoever can connect is
answered.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Protocol

from trialbook.algorithms.answers import Answer
from trialbook.algorithms.failures import ClientError, RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trialbook.algorithms.log import Log

DEFAULT_PORT = 8080
MAX_PAYLOAD_MB = 6
# SageMaker's own limit is 6 MB for an invocation and 100 MB for a batch; memory is the only one that matters here.
MAX_BODY = 1 << 30


class Predictor(Protocol):
    """A loaded model that answers requests, from several threads at once."""

    def respond(self, body: bytes, content_type: str | None, accept: str | None) -> Answer:
        """Answer one POST /invocations; raise RequestError for one that breaks a rule."""
        ...


def answered(
    predictor: Predictor, body: bytes, content_type: str | None, accept: str | None, fail: Callable[[str], None]
) -> Answer:
    """Answer one request, over HTTP or not; a fault becomes an answer too, whose status says whose fault it is.

    Parameters
    ----------
    fail
        Takes the traceback of a fault that is neither the request's nor the model data's.
    """
    try:
        return predictor.respond(body, content_type, accept)
    except RequestError as error:
        return _text(str(error), error.status)
    except ClientError as error:
        return _text(str(error), 400)
    except Exception as error:  # noqa: BLE001 (the one place where a fault of a model becomes an answer)
        fail(traceback.format_exc().rstrip())
        return _text(f"{type(error).__name__}: {error}", 500)


class Server(ThreadingHTTPServer):
    """Serves one predictor."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], predictor: Predictor, log: Log) -> None:
        super().__init__(address, _Handler)
        self.predictor = predictor
        self.log = log


def serve(predictor: Predictor, environment: Mapping[str, str], log: Log) -> None:
    """Serve until SIGTERM or SIGINT.

    SAGEMAKER_BIND_TO_PORT (0 takes a free one; the log says which) and TRIALBOOK_BIND_TO_HOST (127.0.0.1) say where.

    Raises
    ------
    ClientError
        When the port is taken.
    """
    host = environment.get("TRIALBOOK_BIND_TO_HOST") or "127.0.0.1"
    port = environment.get("SAGEMAKER_BIND_TO_PORT") or str(DEFAULT_PORT)
    try:
        server = Server((host, int(port)), predictor, log)
    except (OSError, ValueError, OverflowError) as error:
        message = f"Cannot listen on {host}:{port} (SAGEMAKER_BIND_TO_PORT): {error}"
        raise ClientError(message) from error

    def stop(*_: object) -> None:
        # shutdown() waits for the loop that this handler interrupted.
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    log.say(f"Listening on http://{host}:{server.server_address[1]}")
    with server:
        server.serve_forever(poll_interval=0.1)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # Header and body leave in one packet, and no small one waits for the client's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    server_version = "trialbook-algorithms"
    sys_version = ""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/ping":
            self._send(Answer(b"", "text/plain"))
        elif path == "/execution-parameters":
            known = {
                "MaxConcurrentTransforms": os.cpu_count() or 1,
                "BatchStrategy": "MULTI_RECORD",
                "MaxPayloadInMB": MAX_PAYLOAD_MB,
            }
            self._send(Answer(json.dumps(known).encode(), "application/json"))
        else:
            self._send(_text(f"There is no {path}; GET /ping, GET /execution-parameters, POST /invocations.", 404))

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        if self.path.partition("?")[0] != "/invocations":
            self._send(_text(f"There is no POST {self.path}; POST /invocations.", 404))
            return
        content, accept = self.headers.get("Content-Type"), self.headers.get("Accept")
        self._send(answered(self.server.predictor, body, content, accept, self.server.log.fail))

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length") or ("0" if not self.headers.get("Transfer-Encoding") else "")
        if not length.isdigit():
            self.close_connection = True
            self._send(_text("A request must say its Content-Length.", 411))
            return None
        if int(length) > MAX_BODY:
            self.close_connection = True
            self._send(_text(f"A request's body must be at most {MAX_BODY} bytes.", 413))
            return None
        return self.rfile.read(int(length))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.status != 204:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002 (the base class's)
        if self.path != "/ping":
            self.server.log.say(f'"{self.requestline}" {args[1] if len(args) > 1 else ""}')


def _text(message: str, status: int) -> Answer:
    return Answer(message.encode(), "text/plain; charset=utf-8", status)
