"""The HTTPS proxy and its authority, with real TLS clients in front and a real server behind."""

from __future__ import annotations

import asyncio
import http.client
import http.server
import signal
import socket
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ProxyConnectionError
from cryptography import x509

from trialbook.errors import StoreError, UsageError
from trialbook.server.authority import DOMAINS, Authority
from trialbook.server.tls_proxy import FAREWELL_SECONDS, TlsProxy

STS = "sts.us-east-1.amazonaws.com"
DEEP_BUCKET = "a.b.c.s3.eu-west-1.amazonaws.com"
BODY_BYTES = 3_000_000


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the Host header that it saw, and the body that it got."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("X-Host", self.headers["Host"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def upstream() -> Iterator[tuple[str, int]]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield "127.0.0.1", server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


class Running:
    """A proxy on a loop of its own."""

    def __init__(self, authority: Authority, upstream: tuple[str, int]) -> None:
        self.authority = authority
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.proxy = TlsProxy(authority, upstream)
        self.port = self.run(self.proxy.start(0))

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def close(self) -> None:
        self.run(self.proxy.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def connect(self, host: str, *, trust: bool = True, timeout: float = 10) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(self.authority.ca) if trust else None)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=timeout)
        connection.set_tunnel(host, 443)
        return connection

    def say(self, text: str) -> str:
        """Send a plain request and read until the proxy closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain:
            plain.sendall(text.encode())
            answer = b""
            while piece := plain.recv(4096):
                answer += piece
        return answer.decode()


@pytest.fixture
def proxy(tmp_path: Path, upstream: tuple[str, int]) -> Iterator[Running]:
    running = Running(Authority.open(tmp_path / "tls"), upstream)
    yield running
    running.close()


def post(connection: http.client.HTTPSConnection, body: bytes) -> tuple[str, bytes]:
    connection.request("POST", "/", body=body)
    answer = connection.getresponse()
    return answer.headers["X-Host"], answer.read()


@pytest.mark.parametrize("host", [STS, "iam.amazonaws.com", DEEP_BUCKET, f"{'b' * 63}.s3.amazonaws.com"])
def test_an_aws_host_is_answered_by_the_server_behind(proxy: Running, host: str) -> None:
    connection = proxy.connect(host)
    try:
        assert post(connection, b"hello") == (host, b"hello")
    finally:
        connection.close()


def test_a_connection_serves_request_after_request_and_large_bodies_whole(proxy: Running) -> None:
    connection = proxy.connect(STS)
    body = bytes(range(256)) * (BODY_BYTES // 256)
    try:
        for _ in range(3):
            assert post(connection, body)[1] == body
    finally:
        connection.close()


def test_many_clients_at_once_are_kept_apart(proxy: Running) -> None:
    wrong: list[int] = []

    def speak(number: int) -> None:
        body = str(number).encode() * 10_000
        connection = proxy.connect(f"bucket-{number % 3}.s3.amazonaws.com")
        if post(connection, body) != (f"bucket-{number % 3}.s3.amazonaws.com", body):
            wrong.append(number)
        connection.close()

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert wrong == []


@pytest.mark.parametrize(
    "target",
    [
        "example.org:443",
        "amazonaws.com.example.org:443",
        "notamazonaws.com:443",
        "127.0.0.1:443",
        f"{STS}:8443",
        "amazonaws.com:443",
    ],
)
def test_any_other_host_or_port_is_refused_by_name(proxy: Running, target: str) -> None:
    answer = proxy.say(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n")
    assert answer.startswith("HTTP/1.1 403 ")
    assert target in answer
    assert "*.amazonaws.com" in answer


def test_what_is_not_connect_is_refused_with_what_is_expected(proxy: Running) -> None:
    answer = proxy.say("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n")
    assert answer.startswith("HTTP/1.1 405 ")
    assert "HTTPS_PROXY" in answer


def test_an_endless_head_ends_the_connection(proxy: Running) -> None:
    # What was not read when the proxy closes makes the kernel reset the connection, and the answer may be lost.
    try:
        assert proxy.say("CONNECT " + "a" * 200_000).startswith("HTTP/1.1 431 ")
    except ConnectionError:
        return


def test_a_client_that_does_not_trust_the_authority_gets_no_connection(proxy: Running) -> None:
    connection = proxy.connect(STS, trust=False)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.connect()
    connection.close()


def test_the_proxy_listens_on_loopback_only(proxy: Running) -> None:
    server = proxy.proxy._server
    assert server is not None
    assert {listener.getsockname()[0] for listener in server.sockets} == {"127.0.0.1"}


def test_closing_cuts_open_connections_without_waiting_for_them(tmp_path: Path, upstream: tuple[str, int]) -> None:
    running = Running(Authority.open(tmp_path / "tls"), upstream)
    connection = running.connect(STS)
    post(connection, b"x")
    start = time.monotonic()
    running.close()
    assert time.monotonic() - start < FAREWELL_SECONDS
    with pytest.raises((http.client.HTTPException, OSError)):
        post(connection, b"x")
    connection.close()


def test_a_taken_port_is_said(proxy: Running) -> None:
    with pytest.raises(UsageError, match=f"127.0.0.1:{proxy.port}"):
        proxy.run(TlsProxy(proxy.authority, ("127.0.0.1", 1)).start(proxy.port))


def test_boto3_refuses_to_go_elsewhere_through_the_proxy(proxy: Running) -> None:
    client = boto3.client(
        "s3",
        endpoint_url="https://storage.example.org",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        verify=str(proxy.authority.ca),
        config=Config(proxies={"https": f"http://127.0.0.1:{proxy.port}"}, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(ProxyConnectionError):
        client.list_buckets()


def test_the_authority_is_made_once(tmp_path: Path) -> None:
    first, second = Authority.open(tmp_path / "tls"), Authority.open(tmp_path / "tls")
    assert first.ca.read_bytes() == second.ca.read_bytes()


def test_one_authority_wins_when_several_are_made_at_once(tmp_path: Path) -> None:
    found: list[bytes] = []
    start = threading.Barrier(4)

    def make() -> None:
        start.wait()
        authority = Authority.open(tmp_path / "tls")
        found.append(authority._certificate.fingerprint(authority._certificate.signature_hash_algorithm))  # type: ignore[arg-type]

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 4
    assert len(set(found)) == 1


def test_only_the_owner_can_read_the_key(tmp_path: Path) -> None:
    folder = Authority.open(tmp_path / "tls").ca.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert {path.name for path in folder.iterdir()} == {"authority.pem", "ca.pem"}


def test_the_authority_can_vouch_for_aws_hosts_only(tmp_path: Path) -> None:
    authority = Authority.open(tmp_path / "tls")
    certificate = x509.load_pem_x509_certificate(authority.ca.read_bytes())
    constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    permitted = constraints.value.permitted_subtrees or []
    assert constraints.critical
    assert [name.value for name in permitted] == list(DOMAINS)
    server, client = authority.context("example.org"), ssl.create_default_context(cafile=str(authority.ca))
    ways = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = client.wrap_bio(ways[0], ways[1], server_hostname="example.org")
    ours = server.wrap_bio(ways[1], ways[0], server_side=True)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        _shake(theirs, ours)


def _shake(*sides: ssl.SSLObject) -> None:
    for _ in range(4):
        for side in sides:
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue


def test_a_file_that_is_no_authority_is_named(tmp_path: Path) -> None:
    (tmp_path / "authority.pem").write_text("no key")
    with pytest.raises(StoreError, match="authority.pem"):
        Authority.open(tmp_path)


def test_boto3_needs_no_setting_but_the_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = subprocess.Popen(
        [sys.executable, "-m", "trialbook", "serve", "--store", str(tmp_path), "--port", "0", "--tls-proxy", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        urls = [server.stdout.readline().split("http://")[1].split()[0] for _ in range(2)]
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        session = boto3.Session("AKIATEST", "secret", region_name="eu-west-1")

        def client(service: str) -> Any:
            config = Config(proxies={"https": f"http://{urls[1]}"}, retries={"total_max_attempts": 1})
            return session.client(service, verify=str(tmp_path / "tls" / "ca.pem"), config=config)

        s3 = client("s3")
        bucket = f"sagemaker-eu-west-1-{'0' * 12}"
        s3.put_object(Bucket=bucket, Key="a b", Body=bytes(2_000_000))  # virtual host, aws-chunked, trailer
        assert len(s3.get_object(Bucket=bucket, Key="a b")["Body"].read()) == 2_000_000
        assert client("sts").get_caller_identity()["Account"] == "0" * 12
        assert client("sagemaker").list_experiments()["ExperimentSummaries"] == []
        start = time.monotonic()
        server.send_signal(signal.SIGTERM)
        assert server.wait(10) == 0
        assert time.monotonic() - start < 5
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
