"""How a client reaches the rules: a transport has one method, `call(operation, request) -> answer`.

Over HTTP to a server, or in this process on a store folder. Both end in `handlers.native`, so they share every line.
"""

from __future__ import annotations

import getpass
import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from trialbook.errors import CodedError, TrialbookError, UnknownOperationError, UsageError
from trialbook.settings import DEFAULT_REGION, Settings, find_store_folder

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Workspace

URL_VARIABLE = "TRIALBOOK_URL"
STORE_VARIABLE = "TRIALBOOK_STORE"
TIMEOUT = 60
"""Seconds that a server may take to answer."""


class Transport(Protocol):
    """One way to the rules."""

    def call(self, operation: str, request: Document) -> Document:
        """Run one of Trialbook's own operations. Raises `ApiError` with the server's words."""


class HttpTransport:
    """Calls a server."""

    def __init__(self, url: str, region: str = DEFAULT_REGION) -> None:
        if not url.startswith(("http://", "https://")):
            raise UsageError(f"{URL_VARIABLE} is '{url}'; expected something like http://127.0.0.1:8817.")
        self.url = url.rstrip("/")
        self.region = region

    def call(self, operation: str, request: Document) -> Document:
        """Run an operation on the server."""
        headers = {
            "Content-Type": "application/json",
            "X-Trialbook-Region": self.region,
            "X-Trialbook-User": user_name(),
        }
        message = urllib.request.Request(  # noqa: S310 (the scheme is checked above)
            f"{self.url}/api/v1/{operation}", json.dumps(request).encode(), headers, method="POST"
        )
        try:
            with urllib.request.urlopen(message, timeout=TIMEOUT) as answer:  # noqa: S310
                document: Document = json.load(answer)
                return document
        except urllib.error.HTTPError as error:
            raise _failure(error) from None
        except OSError as error:
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
        from trialbook.names import Scope
        from trialbook.services.context import Call

        if operation not in native.OPERATIONS:
            raise UnknownOperationError(f"There is no operation '{operation}'.")
        scope = Scope(self.workspace.settings.account, self.region)
        return native.OPERATIONS[operation](Call(self.workspace, scope, user_name(), self.workspace.new_id()), request)


def open_transport(store: str | None = None, region: str | None = None) -> Transport:
    """Open the way that the environment names.

    `store` when given, else the server at TRIALBOOK_URL, else the store at TRIALBOOK_STORE, else the nearest
    `.trialbook` folder at or above the current one.
    """
    region = region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
    url = os.environ.get(URL_VARIABLE)
    if store is None and url:
        return HttpTransport(url, region)
    from trialbook.services.workspace import open_workspace

    place = store or os.environ.get(STORE_VARIABLE) or str(find_store_folder(Path.cwd())[0])
    return LocalTransport(open_workspace(Settings(store=place)), region)


def user_name() -> str:
    """Give the operating-system user's name; "unknown" where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _failure(error: urllib.error.HTTPError) -> CodedError:
    try:
        told = json.load(error)
        return CodedError(told["code"], told["message"], error.code)
    except (ValueError, KeyError, TypeError):
        return CodedError("ServerError", f"The server answered {error.code} {error.reason}.", error.code)
