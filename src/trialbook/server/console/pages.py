"""The console's files: built by `make console` into `static/`, served with strict headers.

Names of assets carry a hash of their content, so browsers keep them for good; `index.html` is asked for each time. A
built file lies there three times: as it is, and compressed beforehand as `.br` and `.gz`.
"""

from __future__ import annotations

import mimetypes
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.wire.http import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_TYPES = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
_MISSING = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Trialbook</title>
<h1>Trialbook runs; its console is not built</h1>
<p>The API answers on this address. To get the console, install a released wheel, or run
<code>make console</code> in a checkout (it needs Node 20 and npm) and start the server again.</p></html>
"""


def is_built() -> bool:
    """Say whether this installation has the console."""
    return (STATIC / "index.html").is_file()


def index() -> Response:
    """Give the page that is all pages."""
    headers = {**HEADERS, "content-type": "text/html; charset=utf-8", "cache-control": "no-cache"}
    return Response(200, headers, (STATIC / "index.html").read_bytes() if is_built() else _MISSING)


def asset(name: str, request_headers: Mapping[str, str]) -> Response:
    """Give a built file by its path below `static/console/`; 404 for anything else."""
    path = _files().get(name)
    if path is None:
        return Response(404, {**HEADERS, "content-type": "text/plain"}, b"There is no such file.\n")
    kept = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    headers = {**HEADERS, "content-type": _type(path), "cache-control": kept, "vary": "accept-encoding"}
    accepted = request_headers.get("accept-encoding", "")
    for encoding, suffix in _ENCODINGS:
        packed = path.with_name(path.name + suffix)
        if encoding in accepted and packed.is_file():
            return Response(200, {**headers, "content-encoding": encoding}, packed.read_bytes())
    return Response(200, headers, path.read_bytes())


@cache
def _files() -> dict[str, Path]:
    """Give the files that can be asked for, so that no path from outside ever reaches the file system."""
    folder = STATIC / "console"
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".br", ".gz"})
    return {path.relative_to(folder).as_posix(): path for path in found}


def _type(path: Path) -> str:
    told = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return f"{told}; charset=utf-8" if told.startswith("text/") or told.endswith("json") else told
