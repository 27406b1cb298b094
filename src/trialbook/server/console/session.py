"""Who may use the console: whoever opened its link once.

::

    token    32 random bytes in `console-token`, readable by its owner only; in the link that `trialbook console` prints
    cookie   HMAC-SHA256(token, database id), HttpOnly and SameSite=Strict, so that no page of another site can send it

Nothing is kept on the server: servers that share the token know each other's sessions, and a new token ends them all.
A cookie's name carries the database's id, since browsers share cookies between the ports of a host.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.settings import Settings

TOKEN_FILE = "console-token"  # noqa: S105 (a file's name)
TOKEN_VARIABLE = "TRIALBOOK_CONSOLE_TOKEN"  # noqa: S105 (a variable's name)
"""For servers that share a database and no folder: the token, at least 16 characters."""
_SHORTEST = 16
_YEAR = 365 * 86400


class Session:
    """Checks tokens and cookies of one server's console.

    Parameters
    ----------
    token
        The secret.
    database
        The store's id.
    """

    def __init__(self, token: str, database: str) -> None:
        self._token = token
        self._database = database
        self.name = f"trialbook_{database.replace('-', '')[:8]}"

    def opens(self, token: str) -> bool:
        """Say whether this is the console's token."""
        return hmac.compare_digest(token.encode(), self._token.encode())

    def holds(self, headers: Mapping[str, str]) -> bool:
        """Say whether a request comes with this console's cookie."""
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(self.name)
        except CookieError:
            return False
        return morsel is not None and hmac.compare_digest(morsel.value.encode(), self._value().encode())

    def cookie(self) -> str:
        """Give the Set-Cookie header that opens a session for a year."""
        return f"{self.name}={self._value()}; Path=/; Max-Age={_YEAR}; HttpOnly; SameSite=Strict"

    def end(self) -> str:
        """Give the Set-Cookie header that ends it."""
        return f"{self.name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"

    def _value(self) -> str:
        return hmac.new(self._token.encode(), f"console {self._database}".encode(), hashlib.sha256).hexdigest()


def read_token(settings: Settings) -> str:
    """Give the console's token: the environment's, else the store folder's, made on first use.

    A store in a database keeps it under the user's cache folder, by the database's address.
    """
    told = os.environ.get(TOKEN_VARIABLE, "")
    if len(told) >= _SHORTEST:
        return told
    path = token_path(settings.store)
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(32)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{made}\n")
    try:
        os.link(draft, path)  # of servers that start at once, the first one's token holds
    except FileExistsError:
        made = path.read_text().strip()
    finally:
        draft.unlink()
    return made


def token_path(store: str) -> Path:
    """Say where the token of a store lies."""
    if "://" not in store:
        return Path(store) / TOKEN_FILE
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "trialbook" / hashlib.sha256(store.encode()).hexdigest()[:16] / TOKEN_FILE
