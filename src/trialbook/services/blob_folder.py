"""Blobs in a folder of this machine, with the standard library alone.

A file is written beside its place as `<id>#<process>`, brought to the disk, and then renamed: a name without `#` is
always whole. `write` returns after fsync of the file and of its folder, so an acknowledged object survives a power cut
as the rows of the store do.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PIECE = 1024 * 1024
"""Bytes read and written at a time."""
AT_ONCE = 1000


class Folder:
    """A folder of files by path. Any method may be called from any thread.

    Raises
    ------
    OSError
        When the folder is not there and cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder.absolute()
        self._settled: set[Path] = set()

    def write(self, path: str, pieces: Iterator[bytes]) -> None:
        """Write a new file; an exception from `pieces` leaves nothing behind and is raised here."""
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_name(f"{file.name}#{os.getpid()}")
        try:
            with unfinished.open("wb", buffering=0) as stream:
                for piece in pieces:
                    _write_all(stream.fileno(), piece)
                os.fsync(stream.fileno())
            unfinished.rename(file)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        self._settle(file.parent)

    def read(self, path: str, start: int, length: int | None) -> Iterator[bytes]:
        """Give the bytes from `start` on; the file is opened before this returns. Raises `FileNotFoundError`."""
        return _Pieces(self._folder / path, start, length)

    def delete(self, path: str) -> None:
        """Remove a file. Raises `FileNotFoundError`."""
        (self._folder / path).unlink()

    def older_than(self, prefix: str, moment: float) -> Iterator[list[str]]:
        """Give the names of the whole files below a folder that were written before an epoch second, in batches."""
        batch = []
        for file, written in self._files(prefix):
            if "#" not in file.name and written < moment:
                batch.append(file.name)
                if len(batch) == AT_ONCE:
                    yield batch
                    batch = []
        yield batch

    def drop_unfinished(self, prefix: str, moment: float) -> int:
        """Remove what writers that died before an epoch second left half written; give how many files."""
        dead = [file for file, written in self._files(prefix) if "#" in file.name and written < moment]
        for file in dead:
            file.unlink(missing_ok=True)
        return len(dead)

    def _files(self, prefix: str) -> Iterator[tuple[Path, float]]:
        for file in (self._folder / prefix).glob("*/*"):
            try:
                yield file, file.stat().st_mtime
            except FileNotFoundError:  # finished or removed just now
                continue

    def _settle(self, parent: Path) -> None:
        """Make a new file's name durable, and once a process the names of the folders it lies in."""
        _fsync(parent)
        if parent not in self._settled:
            _fsync(parent.parent)
            _fsync(self._folder)
            self._settled.add(parent)


class _Pieces:
    """The pieces of an open file, which is closed at its end or when nobody holds this any more."""

    def __init__(self, file: Path, start: int, length: int | None) -> None:
        self._descriptor = -1  # for __del__, where opening fails
        self._descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
        self._at = start
        self._left = length

    def __iter__(self) -> _Pieces:
        return self

    def __next__(self) -> bytes:
        wanted = PIECE if self._left is None else min(PIECE, self._left)
        piece = os.pread(self._descriptor, wanted, self._at) if wanted and self._descriptor >= 0 else b""
        if not piece:
            self._close()
            raise StopIteration
        self._at += len(piece)
        if self._left is not None:
            self._left -= len(piece)
        return piece

    def __del__(self) -> None:
        self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def _write_all(descriptor: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(descriptor, view) :]


def _fsync(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
