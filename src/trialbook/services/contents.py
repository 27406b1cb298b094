"""Content identity: what a file or a folder *is*, whatever it is called and wherever it lies.

::

    a file      sha256:<64 hex digits>        the SHA-256 of its bytes, as `sha256sum` prints it
    a folder    sha256-tree:<64 hex digits>   the root of a Merkle tree over its files

The tree is RFC 6962's. Files are sorted by the UTF-8 bytes of their relative names; a leaf is
`H(0x00 || length of the name, 8 bytes || name || SHA-256 of the file)`, a node `H(0x01 || left || right)`, and n leaves
are split at the largest power of two below n. So a folder's identity changes when a byte, a name or the set of files
does, and with nothing else: not with times, not with the order of listing.

SHA-256 was chosen over BLAKE3 and BLAKE2b: Python has it without a package, processors have instructions for it
(1.7 GiB/s on one core here, BLAKE2b 0.9, MD5, which S3 asks for anyway, 0.7), browsers compute it, and everybody can
check it with `sha256sum`. BLAKE3 runs at 6 GiB/s, but needs a package on every machine that is to give an identity.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from trialbook.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

PIECE = 1 << 20
"""Bytes read at a time."""
FILE, TREE = "sha256", "sha256-tree"
_HASH = re.compile(r"(?:(sha256|sha256-tree):)?([0-9a-f]{64})", re.IGNORECASE)


class File(NamedTuple):
    """One file of a content: its relative name with slashes, the SHA-256 of its bytes in hex, its size in bytes."""

    name: str
    hash: str
    size: int


def file_identity(hash_hex: str) -> str:
    """Give the identity of a file with this SHA-256."""
    return f"{FILE}:{hash_hex}"


def tree_identity(files: Iterable[File]) -> str:
    """Give the identity of a folder of these files, in any order."""
    ordered = sorted(files, key=lambda one: one.name.encode())
    return f"{TREE}:{_root([_leaf(one) for one in ordered]).hex()}"


def parse(text: str) -> str | None:
    """Read an identity, or a bare SHA-256 as a file's; None when `text` is neither."""
    found = _HASH.fullmatch(text.strip())
    return None if found is None else f"{(found[1] or FILE).lower()}:{found[2].lower()}"


def require(text: str) -> str:
    """Read an identity. Raises `ValidationError`."""
    found = parse(text)
    if found is None:
        raise ValidationError(
            f"'{text[:100]}' is not a content identity: expected sha256:<64 hex digits>, sha256-tree:<64 hex digits>, "
            "or the 64 digits that sha256sum prints."
        )
    return found


def hash_file(path: Path) -> tuple[str, int]:
    """Give the SHA-256 in hex and the size of a file, read piece by piece."""
    digest, size = hashlib.sha256(usedforsecurity=False), 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def files_below(folder: Path) -> list[Path]:
    """Give the files below a folder, in order; links are not followed."""
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]


def _leaf(one: File) -> bytes:
    name = one.name.encode()
    return hashlib.sha256(b"\0" + len(name).to_bytes(8) + name + bytes.fromhex(one.hash)).digest()


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256().digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + _root(leaves[:split]) + _root(leaves[split:])).digest()
