"""Who may speak to a server on loopback: its own host names, and no page of another site.

A page in a browser can send requests to 127.0.0.1, and a rebound DNS name can make them look local. So the Host
header must be one of ours (or an AWS name, which the TLS proxy forwards), and an Origin header, which only browsers
send, must be ours too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from trialbook.errors import ForbiddenError
from trialbook.settings import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_host(headers: Mapping[str, str], bind: str) -> None:
    """Raise `ForbiddenError` unless Host, and Origin when there is one, name this server."""
    host = host_name(headers.get("host", ""))
    if not _is_ours(host, bind) and not host.endswith(".amazonaws.com"):
        raise ForbiddenError(f"Host '{host[:100]}' is not a name of this server: use 127.0.0.1 or localhost.")
    origin = headers.get("origin")
    if origin is not None and not _is_ours(urlsplit(origin).hostname or "", bind):
        raise ForbiddenError(f"Pages of '{origin[:100]}' may not use this server.")


def host_name(host: str) -> str:
    """Give a Host header's name without its port, in lower case."""
    text = host.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.rpartition(":")[0] if ":" in text else text


def _is_ours(host: str, bind: str) -> bool:
    return host in LOOPBACK or host == bind or host.endswith(".localhost")
