"""`verify`, `contents` and `trace` of Trialbook's own API: what data was used, what a job saw, what came of what."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from trialbook.errors import ValidationError
from trialbook.model import Document  # noqa: TC001 (forms read it)
from trialbook.services import asked_data, content_uses, data_use, traces
from trialbook.services import contents as identities
from trialbook.services.contents import File
from trialbook.services.forms import Bounds, Says, read

if TYPE_CHECKING:
    from trialbook.services.asked_data import Asked
    from trialbook.services.context import Call


@dataclass(frozen=True, slots=True)
class FileForm:
    """One file that the client hashed."""

    name: Annotated[str, Says("Its name, relative to the folder, with slashes.")]
    sha256: Annotated[str, Says("The SHA-256 of its bytes, 64 hex digits.")]
    size: Annotated[int, Says("Its size in bytes."), Bounds(0, 2**62)]
    rows: Annotated[
        Document | None, Says("Its row sketch: Hashes, Threshold, Rows, Columns, Table; or Table and Why it has none.")
    ] = None


@dataclass(frozen=True, slots=True)
class VerifyForm:
    """Data to ask about: one of `uri`, `hash`, `files` and `data`."""

    uri: Annotated[str | None, Says("The S3 URI of an object or a prefix.")] = None
    hash: Annotated[str | None, Says("A content identity, or the SHA-256 of a file.")] = None
    files: Annotated[tuple[FileForm, ...] | None, Says("Files that the client hashed.")] = None
    data: Annotated[str | None, Says("A file's bytes in base64.")] = None
    name: Annotated[str | None, Says("What `files` or `data` are called.")] = None
    folder: Annotated[bool, Says("Whether `files` are a folder, even when there is only one.")] = False
    ignore_unseen: Annotated[bool, Says("Decide although jobs exist whose inputs were never seen.")] = False


def verify(call: Call, request: Document) -> Document:
    """Answer whether data was used, by content and by URI, with evidence and with what could not be checked."""
    form = read(VerifyForm, request)
    return data_use.check(call, _asked(call, form), ignore_unseen=form.ignore_unseen)


def _asked(call: Call, form: VerifyForm) -> Asked:
    given = [one for one in ("uri", "hash", "files", "data") if getattr(form, one) is not None]
    if len(given) != 1:
        raise ValidationError(
            f"'verify' takes one of uri, hash, files and data, and got {', '.join(given) or 'none of them'}."
        )
    if form.uri is not None:
        return asked_data.by_uri(call, form.uri.strip())
    if form.hash is not None:
        return asked_data.by_identity(call, form.hash)
    if form.data is not None:
        return asked_data.by_bytes(form.name or "data", _bytes(form.data))
    files = form.files or ()
    if not files:
        raise ValidationError("'files' is empty: give at least one file.")
    told = [File(one.name, _sha256(one.sha256), one.size) for one in files]
    rows = {one.name: one.rows for one in files if one.rows is not None}
    whole = len(files) == 1 and not form.folder
    return asked_data.by_files(form.name or files[0].name, told, whole=whole, rows=rows)


def _sha256(text: str) -> str:
    identity = identities.require(text)
    if not identity.startswith(f"{identities.FILE}:"):
        raise ValidationError(f"'{text}' is the identity of a folder; 'files' takes the SHA-256 of each file.")
    return identity.partition(":")[2]


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValidationError("'data' is not base64.") from None


@dataclass(frozen=True, slots=True)
class ContentsForm:
    """Whose contents to list."""

    name: Annotated[str, Says("The name or ARN of a job or a run, or the S3 URI of an artifact.")]
    files: Annotated[int, Says("How many files of each content to list."), Bounds(0, 10_000)] = 100


def contents(call: Call, request: Document) -> Document:
    """List what a job or a run read and wrote, or what an artifact was over time, by content."""
    form = read(ContentsForm, request)
    return content_uses.listed(call, traces.find_start(call, form.name), form.files)


@dataclass(frozen=True, slots=True)
class TraceForm:
    """Where a trace starts and which way it goes."""

    name: Annotated[
        str, Says("An endpoint, model, job, run or model package by name or ARN, or the URI of data or of a model.")
    ]
    direction: Annotated[
        Literal["up", "down"], Says("`up`: what it came from; `down`: what came of it, down to endpoints.")
    ] = "up"


def trace(call: Call, request: Document) -> Document:
    """Trace an endpoint to its model, job and data in one call, or data down to endpoints, as a tree."""
    form = read(TraceForm, request)
    return traces.trace(call, form.name.strip(), form.direction)
