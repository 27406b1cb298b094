"""Live events to many clients at once: what 200 streams cost the server, with one among them that never reads."""

from __future__ import annotations

import http.client
import json
import selectors
import socket
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import psutil

STREAMS, RUNS = 200, 10


def many_streams(url: str, process: psutil.Process, message: Callable[[str, int, float], bytes], seconds: int) -> Any:
    """Have 10 runs log 4 times a second, first to nobody, then to 200 streams that follow all of them.

    `message` makes a batch of a run: its name, number, and the value of the point, which is the time of sending.
    """
    writer = _Writer(url, message)
    alone = writer.cpu_of(process, seconds)
    memory = process.memory_info().rss
    # One more, which never reads.
    with closing(_open(url)), _Readers(url) as readers:
        cpu = writer.cpu_of(process, seconds)
        delays = np.array(readers.delays) * 1e3
    p50, p99 = np.quantile(delays, (0.5, 0.99))
    return {
        f"{STREAMS} streams of {RUNS} runs that log 4/s": f"{len(delays) / seconds:,.0f} points/s told",
        "  told after, p50 / p99 / worst": f"{p50:.0f} / {p99:.0f} / {delays.max():.0f} ms",
        "  server CPU, with no stream / with them": f"{alone:.2f} / {cpu:.2f} of a core",
        "  server memory that they took": f"{(process.memory_info().rss - memory) / 2**20:.0f} MiB",
    }


class _Writer:
    def __init__(self, url: str, message: Callable[[str, int, float], bytes]) -> None:
        self._host, self._message, self._seq = urlsplit(url).netloc, message, 0
        self._send()

    def _send(self) -> None:
        with closing(http.client.HTTPConnection(self._host, timeout=60)) as connection:
            for number in range(RUNS):
                body = self._message(f"told-{number}", self._seq, time.time())
                connection.request("POST", "/api/v1/points", body, {"Content-Type": "application/x-trialbook-points"})
                answer = connection.getresponse()
                assert answer.status == 200, answer.read()
                answer.read()
        self._seq += 1

    def cpu_of(self, process: psutil.Process, seconds: int) -> float:
        """Write for so many seconds; gives the share of a core that the server took."""
        times, begun = process.cpu_times(), time.perf_counter()
        while time.perf_counter() - begun < seconds:
            self._send()
            time.sleep(0.25)
        now = process.cpu_times()
        return float(now.user + now.system - times.user - times.system) / (time.perf_counter() - begun)


def _open(url: str) -> socket.socket:
    address = urlsplit(url)
    assert address.hostname is not None
    made = socket.create_connection((address.hostname, address.port or 80))
    topics = ",".join(f"run:told-{number}" for number in range(RUNS))
    made.sendall(f"GET /api/v1/events?topics={topics} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
    return made


class _Readers:
    """Streams that one thread reads."""

    def __init__(self, url: str) -> None:
        self.delays: list[float] = []
        self._selector, self._ended = selectors.DefaultSelector(), threading.Event()
        for _ in range(STREAMS):
            self._selector.register(_open(url), selectors.EVENT_READ, bytearray())
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> _Readers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _read(self) -> None:
        while not self._ended.is_set():
            for key, _ in self._selector.select(0.1):
                held: bytearray = key.data
                data = key.fileobj.recv(1 << 16)  # type: ignore[union-attr]
                if not data:
                    raise ConnectionError("a stream that was read ended")
                held += data
                *lines, rest = bytes(held).split(b"\n")
                held[:] = rest
                now = time.time()
                for line in lines:
                    if line.startswith(b'data: {"run"') and b'"y":' in line:
                        self.delays += [now - sent for sent in json.loads(line[6:])["y"]]
