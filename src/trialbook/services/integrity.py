"""What a client says of the bytes it sends, and whether it is so: Content-MD5 and the x-amz-checksum headers."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from trialbook.errors import CodedError
from trialbook.services import checksums

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.blobs import Blob

DIGEST_SIZES = {
    "CRC32": 4,
    "CRC32C": 4,
    "CRC64NVME": 8,
    "SHA1": 20,
    "SHA256": 32,
    "SHA512": 64,
    "MD5": 16,
}


def expected_checksums(request: Document) -> Document:
    """Give the checksums that the request states for its body: `ContentMD5` and `Checksum*` members.

    Raises
    ------
    CodedError
        InvalidDigest when one is not base64 of its length; InvalidRequest for an algorithm that is not computed here.
    """
    stated = {name: value for name, value in request.items() if name.startswith("Checksum") and _is_digest(name)}
    for name, value in stated.items():
        algorithm = require_algorithm(name.removeprefix("Checksum"))
        _require_digest(f"x-amz-checksum-{algorithm.lower()}", value, DIGEST_SIZES[algorithm], "InvalidRequest")
    if "ContentMD5" in request:
        stated["ContentMD5"] = request["ContentMD5"]
        _require_digest("Content-MD5", request["ContentMD5"], 16, "InvalidDigest")
    return stated


def require_algorithm(name: str) -> str:
    """Give an algorithm's name back when it is computed here. Raises `CodedError` InvalidRequest."""
    if name not in checksums.ALGORITHMS:
        known = ", ".join(checksums.ALGORITHMS)
        raise CodedError("InvalidRequest", f"The checksum algorithm {name} is not supported here. Use one of {known}.")
    return name


def wanted_algorithms(request: Document, expected: Document) -> list[str]:
    """Give the checksums to compute: those stated, and the one that `ChecksumAlgorithm` announces."""
    names = [name.removeprefix("Checksum") for name in expected if name != "ContentMD5"]
    announced = request.get("ChecksumAlgorithm")
    if announced is not None and announced not in names:
        names.append(require_algorithm(announced))
    return names


def verify(blob: Blob, stated: Document) -> None:
    """Raise BadDigest when a stated checksum is not that of the bytes that came."""
    md5 = base64.b64encode(bytes.fromhex(blob.md5)).decode()
    for name, value in stated.items():
        got = md5 if name == "ContentMD5" else blob.checksums.get(name, value)
        if got != value:
            what = "Content-MD5" if name == "ContentMD5" else name.removeprefix("Checksum")
            raise CodedError(
                "BadDigest",
                f"The {what} you specified did not match the calculated checksum: expected {value}, got {got} over "
                f"{blob.size} bytes.",
            )


def kept_checksums(members: dict[str, str], kind: str = "FULL_OBJECT") -> Document:
    """Give the members that an object keeps of its checksums."""
    return {**members, "ChecksumType": kind} if members else {}


def _is_digest(member: str) -> bool:
    return member not in {"ChecksumAlgorithm", "ChecksumMode", "ChecksumType"}


def _require_digest(header: str, value: str, size: int, code: str) -> None:
    try:
        length = len(base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError):
        length = -1
    if length != size:
        raise CodedError(code, f"Value for {header} header is invalid: '{value[:100]}' is not base64 of {size} bytes.")
