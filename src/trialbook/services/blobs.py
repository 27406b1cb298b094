"""The bytes of objects: blobs, which are written once under a random id and never changed.

::

    <folder or bucket>/blobs/<first two digits of the id>/<id>

A row in the store says which blobs an object is made of, so bytes come first and rows after: a reader never sees a row
whose bytes are missing. Deleting goes the other way round: the row goes first, its blobs become the store's orphans,
and a `Cleaner` removes those later. A crash leaves bytes too many at worst, never too few.

A folder needs the standard library alone (`blob_folder`), anything else needs obstore (`object_store`).
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

from trialbook.errors import StoreError
from trialbook.services.blob_folder import PIECE, Folder
from trialbook.services.checksums import Digests
from trialbook.services.object_store import PART, ObjectStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from trialbook.store.interface import Store

__all__ = ["PART", "PIECE", "Blob", "Blobs", "Cleaner", "Place"]

FOLDER = "blobs"
AT_ONCE = 50_000
"""Orphans that one cleaning looks at."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What was written: the digests are in hex, `checksums` are S3's members (`ChecksumCRC32` ...) in base64."""

    id: str
    size: int
    md5: str
    sha256: str
    checksums: dict[str, str]


class Place(Protocol):
    """Where blobs lie: files or objects by path. Any method may be called from any thread."""

    def write(self, path: str, pieces: Iterator[bytes]) -> None:
        """Write a new file durably; an exception from `pieces` leaves nothing behind and is raised here."""

    def read(self, path: str, start: int, length: int | None) -> Iterator[bytes]:
        """Give the bytes from `start` on; it is opened before this returns. Raises `FileNotFoundError`."""

    def delete(self, path: str) -> None:
        """Remove a file; `FileNotFoundError` may say that there is none."""

    def older_than(self, prefix: str, moment: float) -> Iterator[list[str]]:
        """Give the names of what was written below a prefix before an epoch second, in batches."""

    def drop_unfinished(self, prefix: str, moment: float) -> int:
        """Remove what was half written below a prefix before an epoch second; give how many files."""


class Blobs:
    """Blobs in a folder, in memory, or in an object store. Any method may be called from any thread."""

    def __init__(self, place: Place, new_id: Callable[[], str]) -> None:
        self._place = place
        self._new_id = new_id

    @classmethod
    def open(cls, where: str, new_id: Callable[[], str] = lambda: os.urandom(16).hex()) -> Blobs:
        """Open a folder (made when it is not there), `memory://`, or a URL that obstore knows (`s3://`, `gs://` ...).

        Raises
        ------
        StoreError
            When it cannot be opened, or is no folder and obstore is not installed.
        """
        folder = _local_folder(where)
        if folder is None:
            return cls(ObjectStore(where), new_id)
        try:
            return cls(Folder(folder), new_id)
        except OSError as error:
            message = f"objects cannot be kept in '{where}': {error}"
            raise StoreError(message) from error

    def put(self, stream: BinaryIO | None, algorithms: Iterable[str] = ()) -> Blob:
        """Write a stream to its end, in constant memory; `algorithms` are further checksums to compute on the way."""
        return self.put_pieces(_pieces(stream), algorithms)

    def put_pieces(self, pieces: Iterator[bytes], algorithms: Iterable[str] = ()) -> Blob:
        """Write pieces as they come. An exception from `pieces` leaves nothing behind and is raised here.

        `pieces` must not read blobs: an object store asks for them on a thread that cannot wait for itself.
        """
        digests = Digests(algorithms)
        blob = self._new_id()
        self._place.write(_path(blob), _digesting(pieces, digests))
        return Blob(blob, digests.size, digests.md5(), digests.sha256(), digests.members())

    def read(self, blob: str, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the bytes from `start` on, piece by piece; the blob is opened before this returns."""
        return self._place.read(_path(blob), start, length)

    def delete(self, blobs: Sequence[str]) -> None:
        """Remove blobs; those that are not there are passed over."""
        for blob in blobs:
            with contextlib.suppress(FileNotFoundError):
                self._place.delete(_path(blob))

    def older_than(self, moment: float) -> Iterator[list[str]]:
        """Give the ids of the blobs that were written before an epoch second, in batches."""
        return self._place.older_than(FOLDER, moment)

    def drop_unfinished(self, moment: float) -> int:
        """Remove what writers that died before the epoch second `moment` left half written in a folder."""
        return self._place.drop_unfinished(FOLDER, moment)


class Cleaner:
    """Removes bytes that no row refers to. One thread calls it from time to time.

    An orphan is removed only when it was one at the call before already: whoever began to read it then has long
    opened it. Call `clean` at intervals longer than an answer takes to begin (a minute is plenty).
    """

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs
        self._seen: frozenset[str] = frozenset()

    def clean(self) -> int:
        """Remove the orphans that were there at the call before; give how many. The rows of orphans go last."""
        orphans = self._store.orphans(limit=AT_ONCE)
        due = [blob for blob in orphans if blob in self._seen]
        for start in range(0, len(due), 1000):
            batch = due[start : start + 1000]
            self._blobs.delete(batch)
            self._store.write(lambda tx, batch=batch: tx.forget_orphans(batch))  # type: ignore[misc]
        self._seen = frozenset(orphans) - frozenset(due)
        return len(due)

    def sweep(self, before: float) -> None:
        """Queue as orphans the blobs from before an epoch second that no row ever named: their writers died.

        A writer takes milliseconds from its last byte to its row; an hour ago is a safe `before`. Reads the names of
        all blobs, so it is for a server's start, not for each minute.
        """
        self._blobs.drop_unfinished(before)
        for batch in self._blobs.older_than(before):
            if batch:
                self._store.write(lambda tx, batch=batch: tx.add_orphans(batch))  # type: ignore[misc]


def _local_folder(where: str) -> Path | None:
    if "://" not in where:
        return Path(where)
    url = urlsplit(where)
    return Path(unquote(url.path)) if url.scheme == "file" else None


def _path(blob: str) -> str:
    return f"{FOLDER}/{blob[:2]}/{blob}"


def _pieces(stream: BinaryIO | None) -> Iterator[bytes]:
    while stream is not None and (piece := stream.read(PIECE)):
        yield piece


def _digesting(pieces: Iterator[bytes], digests: Digests) -> Iterator[bytes]:
    for piece in pieces:
        digests.update(piece)
        yield piece
