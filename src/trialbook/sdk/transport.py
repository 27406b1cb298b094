"""How a client reaches the rules: over HTTP to a server, or in this process on a store folder.

A transport speaks Trialbook's own API (`call` JSON, `exchange` binary messages) and AWS's (`aws`, `upload`). Both kinds
end in `handlers`, so they share every line.
"""

from __future__ import annotations

import contextlib
import getpass
import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from trialbook.errors import ApiError, CodedError, TrialbookError, UnknownOperationError, UsageError
from trialbook.settings import DEFAULT_REGION, Settings, find_store_folder
from trialbook.wire import points

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trialbook.model import Document
    from trialbook.services.context import Call, Workspace

URL_VARIABLE = "TRIALBOOK_URL"
STORE_VARIABLE = "TRIALBOOK_STORE"
TIMEOUT = 60
"""Seconds that a server may take to answer."""


class Transport(Protocol):
    """One way to the rules."""

    def call(self, operation: str, request: Document) -> Document:
        """Run one of Trialbook's own operations. Raises `ApiError` with the server's words."""

    def exchange(self, operation: str, message: bytes) -> bytes:
        """Run one of Trialbook's own operations that take and answer binary messages (`wire.points`)."""

    def aws(self, operation: str, members: Document) -> Document:
        """Run an operation of the `sagemaker` service; times are epoch seconds, in and out."""

    def upload(self, path: Path, bucket: str, key: str, media_type: str | None) -> str:
        """Put a file into a bucket, which is made when it is not there; gives the object's ETag."""

    def find(self, bucket: str, key: str) -> str | None:
        """Give an object's ETag; None when it is not there."""

    def close(self) -> None:
        """Let go of what it holds. Idempotent."""


class HttpTransport:
    """Calls a server."""

    def __init__(self, url: str, region: str = DEFAULT_REGION) -> None:
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{URL_VARIABLE} is '{url}'; expected something like http://127.0.0.1:8817.")
        self.url = url.rstrip("/")
        self.region = region

    def call(self, operation: str, request: Document) -> Document:
        """Run an operation on the server."""
        headers = {"Content-Type": "application/json", **self._who()}
        body, _ = self._send("POST", f"/api/v1/{operation}", json.dumps(request).encode(), headers)
        document: Document = json.loads(body)
        return document

    def exchange(self, operation: str, message: bytes) -> bytes:
        """Run an operation with binary messages on the server."""
        headers = {"Content-Type": points.MEDIA_TYPE, **self._who()}
        return self._send("POST", f"/api/v1/{operation}", message, headers)[0]

    def aws(self, operation: str, members: Document) -> Document:
        """Run an operation of SageMaker on the server, by AWS JSON 1.1."""
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"SageMaker.{operation}",
            "Authorization": self._credential("sagemaker"),
        }
        body, _ = self._send("POST", "/", json.dumps(members).encode(), headers)
        document: Document = json.loads(body or b"{}")
        return document

    def upload(self, path: Path, bucket: str, key: str, media_type: str | None) -> str:
        """Put a file into a bucket of the server, by S3."""
        headers = {
            "Content-Type": media_type or "binary/octet-stream",
            "Content-Length": str(path.stat().st_size),
            "Authorization": self._credential("s3"),
        }
        where = f"/{bucket}/{urllib.parse.quote(key)}"

        def put() -> str:
            with path.open("rb") as file:
                return self._send("PUT", where, file, headers)[1]["etag"]

        etag = _found(put)
        if etag is None:
            self._send("PUT", f"/{bucket}", b"", {"Authorization": headers["Authorization"]})
            etag = put()
        return etag

    def find(self, bucket: str, key: str) -> str | None:
        """Ask the server for an object's head."""
        where, headers = f"/{bucket}/{urllib.parse.quote(key)}", {"Authorization": self._credential("s3")}
        return _found(lambda: self._send("HEAD", where, None, headers)[1]["etag"])

    def close(self) -> None:
        """Nothing is held between calls."""

    def _who(self) -> dict[str, str]:
        return {"X-Trialbook-Region": self.region, "X-Trialbook-User": user_name()}

    def _credential(self, service: str) -> str:
        """Say user and region as a signature's scope does; a server on loopback does not verify the signature."""
        scope = f"{user_name()}/20260101/{self.region}/{service}/aws4_request"
        return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"

    def _send(
        self, method: str, path: str, body: bytes | BinaryIO | None, headers: dict[str, str]
    ) -> tuple[bytes, Mapping[str, str]]:
        message = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
            f"{self.url}{path}", body, headers, method=method
        )
        try:
            with urllib.request.urlopen(message, timeout=TIMEOUT) as answer:  # noqa: S310
                told = {name.lower(): value for name, value in answer.headers.items()}
                return answer.read(), told
        except urllib.error.HTTPError as error:
            raise _failure(error) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise TrialbookError(
                f"No server answers at {self.url} ({reason}): start one with 'trialbook serve'."
            ) from None


class LocalTransport:
    """Runs operations in this process, on a store folder or database, with no server."""

    def __init__(self, workspace: Workspace, region: str = DEFAULT_REGION) -> None:
        self.workspace = workspace
        self.region = region

    def call(self, operation: str, request: Document) -> Document:
        """Run an operation here."""
        from trialbook.handlers import native

        if operation not in native.OPERATIONS:
            raise UnknownOperationError(f"There is no operation '{operation}'.")
        return native.OPERATIONS[operation](self._call(), request)

    def exchange(self, operation: str, message: bytes) -> bytes:
        """Run an operation with binary messages here."""
        from trialbook.handlers import native

        if operation not in native.MESSAGES:
            raise UnknownOperationError(f"There is no operation '{operation}'.")
        return native.MESSAGES[operation](self._call(), points.read(message))

    def aws(self, operation: str, members: Document) -> Document:
        """Run an operation of SageMaker here."""
        from trialbook.handlers.dispatch import dispatch

        return dispatch(self._call(), "sagemaker", operation, members)

    def upload(self, path: Path, bucket: str, key: str, media_type: str | None) -> str:
        """Put a file into a bucket here."""
        from trialbook.handlers.dispatch import dispatch

        call = self._call()
        if call.store.bucket(bucket) is None:
            with contextlib.suppress(ApiError):  # another process made it just now
                dispatch(call, "s3", "CreateBucket", {"Bucket": bucket})
        with path.open("rb") as file:
            request = {"Bucket": bucket, "Key": key, "Body": file, "ContentType": media_type or "binary/octet-stream"}
            return str(dispatch(call, "s3", "PutObject", request)["ETag"])

    def find(self, bucket: str, key: str) -> str | None:
        """Look for an object here."""
        from trialbook.handlers.dispatch import dispatch

        request = {"Bucket": bucket, "Key": key}
        return _found(lambda: str(dispatch(self._call(), "s3", "HeadObject", request)["ETag"]))

    def close(self) -> None:
        """Close the store."""
        self.workspace.close()

    def _call(self) -> Call:
        from trialbook.names import Scope
        from trialbook.services.context import Call

        scope = Scope(self.workspace.settings.account, self.region)
        return Call(self.workspace, scope, user_name(), self.workspace.new_id())


def open_transport(store: str | None = None, region: str | None = None) -> Transport:
    """Open the way that the environment names.

    `store` when given, else the server at TRIALBOOK_URL, else the store at TRIALBOOK_STORE, else the nearest
    `.trialbook` folder at or above the current one.
    """
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
    url = os.environ.get(URL_VARIABLE)
    if store is None and url:
        return HttpTransport(url, region)
    return open_local(store or os.environ.get(STORE_VARIABLE) or str(find_store_folder(Path.cwd())[0]), region)


def open_local(store: str, region: str) -> LocalTransport:
    """Open a store folder or database in this process."""
    from trialbook.services.workspace import open_workspace

    return LocalTransport(open_workspace(Settings(store=store)), region)


def user_name() -> str:
    """Give the operating-system user's name; "unknown" where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _found(ask: Callable[[], str]) -> str | None:
    """Give an answer; None where it is that something is not there."""
    try:
        return ask()
    except ApiError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def _failure(error: urllib.error.HTTPError) -> CodedError:
    try:
        text = error.read()
        if text.startswith(b"<"):
            return CodedError(_tag(text, b"Code"), _tag(text, b"Message"), error.code)
        told = json.loads(text)
        if "__type" in told:
            return CodedError(told["__type"].rpartition("#")[2], told.get("message") or told["Message"], error.code)
        return CodedError(told["code"], told["message"], error.code)
    except (ValueError, KeyError, TypeError):
        return CodedError("ServerError", f"The server answered {error.code} {error.reason}.", error.code)


def _tag(text: bytes, name: bytes) -> str:
    """Give the text of an element of S3's error, which has no nesting."""
    return text.partition(b"<" + name + b">")[2].partition(b"</")[0].decode() or "Unknown"
