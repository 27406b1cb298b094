"""Blobs in an object store (S3, Google Cloud Storage, Azure) or in memory, through obstore."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from trialbook.errors import StoreError
from trialbook.services.blob_folder import PIECE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import obstore.store

PART = 8 * PIECE
"""Bytes of a part when a large blob goes to an object store: at most two are in memory."""


class ObjectStore:
    """Objects by path. Any method may be called from any thread."""

    def __init__(self, where: str) -> None:
        """Open a URL that obstore knows.

        Raises
        ------
        StoreError
            When obstore is not installed, or does not know the URL.
        """
        try:
            import obstore
            from obstore.exceptions import BaseError
            from obstore.store import MemoryStore, from_url
        except ImportError as error:
            message = f"objects in '{where}' need obstore: pip install 'trialbook[server]'"
            raise StoreError(message) from error
        self._obstore = obstore
        try:
            self._store: obstore.store.ObjectStore = MemoryStore() if where.startswith("memory:") else from_url(where)
        except (BaseError, ValueError) as error:
            message = f"objects cannot be kept in '{where}': {str(error).splitlines()[0]}"
            raise StoreError(message) from error

    def write(self, path: str, pieces: Iterator[bytes]) -> None:
        """Write an object, in constant memory; an exception from `pieces` leaves nothing and is raised here.

        `pieces` must not read blobs: obstore asks for them on a thread of its runtime, which cannot wait for itself.
        """
        first = _first(pieces)
        if len(first) < PIECE:  # all there is: one call does without a multipart upload
            self._obstore.put(self._store, path, first, use_multipart=False)
        else:
            self._obstore.put(self._store, path, chain([first], pieces), chunk_size=PART, max_concurrency=2)

    def read(self, path: str, start: int, length: int | None) -> Iterator[bytes]:
        """Give the bytes from `start` on; the object is opened before this returns. Raises `FileNotFoundError`."""
        if length is not None:
            result = self._obstore.get(self._store, path, options={"range": (start, start + length)})
        elif start:
            result = self._obstore.get(self._store, path, options={"range": {"offset": start}})
        else:
            result = self._obstore.get(self._store, path)
        return (bytes(piece) for piece in result.stream(min_chunk_size=PIECE))

    def delete(self, path: str) -> None:
        """Remove an object. Raises `FileNotFoundError` where the store says that it is not there."""
        self._obstore.delete(self._store, path)

    def older_than(self, prefix: str, moment: float) -> Iterator[list[str]]:
        """Give the names of the objects below a prefix that were written before an epoch second, in batches."""
        for batch in self._obstore.list(self._store, prefix=prefix, chunk_size=1000):
            yield [item["path"].rpartition("/")[2] for item in batch if item["last_modified"].timestamp() < moment]

    def drop_unfinished(self, prefix: str, moment: float) -> int:
        """Give 0: an object store drops what was not finished by its own rules."""
        del prefix, moment
        return 0


def _first(pieces: Iterator[bytes]) -> bytes:
    """Take at least `PIECE` bytes from the pieces, less only when there are no more."""
    taken = [next(pieces, b"")]
    size = len(taken[0])
    while size < PIECE and (piece := next(pieces, None)) is not None:
        taken.append(piece)
        size += len(piece)
    return b"".join(taken) if len(taken) > 1 else taken[0]
