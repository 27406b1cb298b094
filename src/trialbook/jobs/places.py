"""What a job reads from and writes to the object store, by S3 URI.

`listed` turns a data source into the objects it means and where each goes; `fetch` brings them into a folder;
`store_file` and `store_tree` take results back. The runner knows objects through the store alone: they may lie in a
folder or in another machine's object store.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import ApiError
from trialbook.jobs.failure import JobFailure
from trialbook.services import objects
from trialbook.services.buckets import find_bucket
from trialbook.services.conditions import Span
from trialbook.services.object_listing import relative, walk
from trialbook.store.interface import ObjectRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trialbook.jobs.ledger import Tally
    from trialbook.services.context import Call

MANIFEST_LIMIT = 64 * 2**20
"""Bytes of a manifest that is read whole."""


class Place(NamedTuple):
    """A bucket, and a key or a prefix in it ("" means all)."""

    bucket: str
    key: str


class Item(NamedTuple):
    """An object and the relative path, with slashes, of the file it becomes."""

    row: ObjectRow
    path: str


def parse(uri: str, what: str) -> Place:
    """Read an S3 URI. Raises `JobFailure` naming `what` has it."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not uri.startswith("s3://") or not bucket:
        raise JobFailure(f"ClientError: {what} has the URI '{uri}': expected s3://<bucket>/<key>.")
    return Place(bucket, key)


def require_bucket(call: Call, uri: str, what: str) -> Place:
    """Read an S3 URI whose bucket must exist. Raises `JobFailure`."""
    place = parse(uri, what)
    try:
        find_bucket(call, place.bucket)
    except ApiError as error:
        raise JobFailure(
            f"ClientError: {what} ({uri}): {error.message} Create the bucket, or correct the URI."
        ) from None
    return place


def listed(call: Call, data_type: str, uri: str, what: str) -> list[Item]:
    """Give the objects that a data source means, in order of their keys (a manifest: in its own).

    Parameters
    ----------
    data_type
        S3Prefix: every object whose key begins so; below a folder the path is relative to it, otherwise to the last
        slash. ManifestFile: the JSON list of the object at `uri`. AugmentedManifestFile: that object itself.

    Raises
    ------
    JobFailure
        Nothing is there, or the manifest is none.
    """
    place = require_bucket(call, uri, what)
    if data_type == "ManifestFile":
        return _manifest(call, uri, what)
    if data_type == "AugmentedManifestFile":
        return [Item(_require(call, place, what), place.key.rpartition("/")[2])]
    if data_type not in {"S3Prefix", "Converse"}:
        raise JobFailure(f"ClientError: {what} is of type {data_type}, which is not served: use S3Prefix.")
    rows = (row for row in walk(call, place.bucket, place.key, "", "") if isinstance(row, ObjectRow))
    found = [Item(row, relative(row.key, place.key)) for row in rows if not row.key.endswith("/")]
    if not found:
        raise JobFailure(f"ClientError: {what}: no objects were found at {uri}. {_hint(call, place)}")
    return found


def fetch(call: Call, items: list[Item], target: Path, check: Callable[[], None], tally: Tally | None = None) -> int:
    """Bring objects into a folder; gives how many bytes. `check` is called before each, and may raise.

    `tally` is told each file with the hash of its bytes, computed as they stream.
    """
    total = 0
    for item in items:
        check()
        path = target / item.path
        if ".." in Path(item.path).parts or item.path.startswith("/"):
            raise JobFailure(
                f"ClientError: the key '{item.row.key}' does not make a path below the folder of its data."
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            digest = _write(call, item.row, path)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise JobFailure(
                f"ClientError: s3://{item.row.bucket}/{item.row.key} cannot become a file: another object of the same "
                "source makes a folder of its name, or a file of one of its folders."
            ) from None
        if tally is not None:
            tally(item.row, item.path, digest, path)
        total += item.row.size
    return total


def _write(call: Call, row: ObjectRow, path: Path) -> str:
    """Write an object's bytes to a file; gives their SHA-256 in hex."""
    digest = hashlib.sha256(usedforsecurity=False)
    with path.open("wb") as file:
        for piece in objects.read_bytes(call, row, Span(0, row.size)):
            digest.update(piece)
            file.write(piece)
    stored, read = row.meta.get(objects.CONTENT), digest.hexdigest()
    if stored not in {None, read}:
        raise JobFailure(
            f"InternalServerError: the bytes of s3://{row.bucket}/{row.key} are not those that were stored: SHA-256 "
            f"was {stored}, and is {read}. Restore the object store, or put the object again."
        )
    return read


def read_object(call: Call, uri: str, what: str, limit: int = MANIFEST_LIMIT) -> bytes:
    """Read a small object whole."""
    place = require_bucket(call, uri, what)
    row = _require(call, place, what)
    if row.size > limit:
        raise JobFailure(f"ClientError: {what} ({uri}) has {row.size:,} bytes; at most {limit:,} can be read.")
    return b"".join(objects.read_bytes(call, row, Span(0, row.size)))


def fetch_object(call: Call, uri: str, target: Path, what: str) -> None:
    """Bring one object into a file."""
    _write(call, _require(call, require_bucket(call, uri, what), what), target)


def store_file(
    call: Call, file: Path, uri: str, what: str, tally: Tally | None = None, name: str | None = None
) -> None:
    """Put a file at an S3 URI; `tally` is told it, under its relative `name`."""
    place = require_bucket(call, uri, what)
    media = mimetypes.guess_type(file.name)[0] or "binary/octet-stream"
    with file.open("rb") as stream:
        request = {"Bucket": place.bucket, "Key": place.key, "Body": stream, "ContentType": media}
        try:
            objects.put_object(call, request)
        except ApiError as error:
            raise JobFailure(f"ClientError: {what} ({uri}): {error.message}") from None
    if tally is not None:
        tell(call, place, tally, name or file.name)


def tell(call: Call, place: Place, tally: Tally, name: str) -> None:
    """Tell a tally what lies at a place now."""
    row = call.store.object(place.bucket, place.key)
    if row is not None and objects.CONTENT in row.meta:
        tally(row, name, row.meta[objects.CONTENT])


def store_tree(
    call: Call, folder: Path, uri: str, what: str, check: Callable[[], None], tally: Tally | None = None
) -> int:
    """Put every file of a folder below an S3 URI; gives how many."""
    count = 0
    for path in files_of(folder):
        check()
        name = path.relative_to(folder).as_posix()
        store_file(call, path, f"{uri.rstrip('/')}/{name}", what, tally, name)
        count += 1
    return count


def store_changes(call: Call, folder: Path, uri: str, what: str, marks: Path, tally: Tally | None = None) -> None:
    """Put the files of a folder that changed since the last time below an S3 URI; `marks` remembers which they were."""
    for path in files_of(folder):
        relative = path.relative_to(folder)
        mark, state = marks / relative, path.stat()
        now = f"{state.st_mtime_ns} {state.st_size}"
        target = f"{uri.rstrip('/')}/{relative.as_posix()}"
        if mark.is_file() and mark.read_text() == now:
            if tally is not None:
                tell(call, parse(target, what), tally, relative.as_posix())
            continue
        store_file(call, path, target, what, tally, relative.as_posix())
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(now)


def files_of(folder: Path) -> Iterator[Path]:
    """Give the plain files below a folder, in order; links that lead out of it are left out."""
    root = folder.resolve()
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(base) / name
            if path.is_file() and path.resolve().is_relative_to(root):
                yield path


def _manifest(call: Call, uri: str, what: str) -> list[Item]:
    """Read `[{"prefix": "s3://bucket/folder/"}, "a.csv", "b/c.csv"]`."""
    try:
        told = json.loads(read_object(call, uri, what))
        prefix = str(told[0]["prefix"])
        names = [str(one) for one in told[1:]]
    except (ValueError, LookupError, TypeError):
        raise JobFailure(
            f"ClientError: {what}: the manifest {uri} is not a list that begins with an object with the member "
            '"prefix", such as [{"prefix": "s3://bucket/folder/"}, "a.csv"].'
        ) from None
    found = []
    for name in names:
        at = parse(prefix + name, what)
        found.append(Item(_require(call, at, what), name.lstrip("/")))
    if not found:
        raise JobFailure(f"ClientError: {what}: the manifest {uri} names no objects.")
    return found


def _require(call: Call, place: Place, what: str) -> ObjectRow:
    row = call.store.object(place.bucket, place.key)
    if row is None:
        raise JobFailure(
            f"ClientError: {what}: there is no object s3://{place.bucket}/{place.key}. {_hint(call, place)}"
        )
    return row


def _hint(call: Call, place: Place) -> str:
    """Say what is there instead: the nearest folder above that holds anything."""
    above = place.key
    while above:
        above = above.rstrip("/").rpartition("/")[0]
        folder = f"{above}/" if above else ""
        near = [row.key for row in call.store.objects(place.bucket, folder, "", 3)]
        if near:
            return f"Near it are: {', '.join(f's3://{place.bucket}/{key}' for key in near)}."
    return f"The bucket '{place.bucket}' holds no objects." if not place.key else "Nothing is below it in the bucket."
