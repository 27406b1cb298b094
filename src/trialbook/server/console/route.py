"""Which requests are the console's, and who answers each.

The port is S3's too, where `GET /` lists buckets and `/console/...` could be a bucket. AWS's clients sign what they
send, in a header or in the query; a browser does neither, so what is not signed is the console's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from trialbook.server.console import pages
from trialbook.server.console.api import PREFIX, ConsoleApi
from trialbook.server.console.session import Session, read_token
from trialbook.wire.http import Request, Response

if TYPE_CHECKING:
    from trialbook.services.context import Workspace

ROOT = "/console/"
_SIGNED = ("X-Amz-", "AWSAccessKeyId=", "Signature=")


def is_console(head: Request) -> bool:
    """Say whether a request is for the console's pages or their API."""
    signed = "authorization" in head.headers or any(mark in head.query for mark in _SIGNED)
    if signed or "x-amz-target" in head.headers:
        return False
    if head.path == "/":
        return head.method in {"GET", "HEAD"} and "text/html" in head.headers.get("accept", "")
    return head.path.startswith(ROOT) and "x-amz-content-sha256" not in head.headers


class Console:
    """The console over one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.session = Session(read_token(workspace.settings), workspace.store.database_id)
        self.api = ConsoleApi(workspace, self.session)

    def answer(self, request: Request, request_id: str) -> Response:
        """Answer a request that is the console's."""
        if request.path.startswith(PREFIX):
            return self.api.answer(request, request_id)
        if request.path == "/":
            token = parse_qs(request.query).get("token")
            return pages.index() if token is None else self._enter(token[0])
        return pages.asset(unquote(request.path[len(ROOT) :]), request.headers)

    def _enter(self, token: str) -> Response:
        """Exchange the token of a printed link for a session, and take it out of the address."""
        opened = self.session.opens(token)
        headers = {
            **pages.HEADERS,
            "location": "./" if opened else "./#/sign-in?because=link",
            "cache-control": "no-store",
        }
        if opened:
            headers["set-cookie"] = self.session.cookie()
        return Response(303, headers)
