"""Which S3 operation a request is: S3 names none, it shows in method, path, query flags and headers.

The model says what each operation needs: a method, a bucket or a key in the path, flags in its URI (`?uploads`), and
the query parameters and headers that it requires (`uploadId`, `x-amz-copy-source`). Of all operations whose needs a
request meets, the one with the most needs is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import unquote

from trialbook.errors import CodedError
from trialbook.wire import catalog, operations

if TYPE_CHECKING:
    from collections.abc import Mapping

Level = Literal["service", "bucket", "key"]

_LEVELS: dict[str, Level] = {"/": "service", "/{Bucket}": "bucket", "/{Bucket}/{Key+}": "key"}
_HOST = re.compile(
    r"(?P<bucket>.+)\.s3(?:[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com|(?P<local>.+)\.localhost"
)


@dataclass(frozen=True, slots=True)
class _Needs:
    """What a request must show to be this operation; a flag's value of None means any."""

    operation: str
    flags: tuple[tuple[str, str | None], ...]
    headers: tuple[str, ...]

    @property
    def weight(self) -> int:
        return len(self.flags) + len(self.headers)

    def met_by(self, query: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        return all(name in query and value in {None, query[name]} for name, value in self.flags) and all(
            name in headers for name in self.headers
        )


@dataclass(frozen=True, slots=True)
class Place:
    """What a request points at: nothing, a bucket, or a key in a bucket. `region` is the one in the host's name."""

    bucket: str | None = None
    key: str | None = None
    region: str | None = None

    @property
    def level(self) -> Level:
        """What kind of thing it is, which decides the operation."""
        if self.bucket is None:
            return "service"
        return "bucket" if self.key is None else "key"


def place(path: str, host: str) -> Place:
    """Read bucket and key from a path-style or virtual-host request; `path` is still percent-encoded."""
    match = _HOST.fullmatch(host.partition(":")[0].lower())
    rest = path.removeprefix("/")
    if match:
        return Place(match["bucket"] or match["local"], _decoded(rest) or None, match["region"])
    if not rest:
        return Place()
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise CodedError("InvalidBucketName", "The specified bucket is not valid: the path starts with two slashes.")
    return Place(_decoded(bucket), _decoded(key) or None)


def operation_name(method: str, at: Place, query: Mapping[str, str], headers: Mapping[str, str]) -> str | None:
    """Give the name of the operation, served or not; None when S3 has none such."""
    for needs in _index().get((method, at.level), ()):
        if needs.met_by(query, headers):
            return needs.operation
    return None


@cache
def _index() -> dict[tuple[str, Level], list[_Needs]]:
    """Operations by method and level; the most demanding first, and the served before the unserved of equal needs."""
    index: dict[tuple[str, Level], list[_Needs]] = {}
    model = catalog.service("s3")
    for name in model.operation_names:
        operation = model.operation_model(name)
        path, _, flags = operation.http["requestUri"].partition("?")
        if path in _LEVELS:
            index.setdefault((operation.http["method"], _LEVELS[path]), []).append(_needs(operation, flags))
    for candidates in index.values():
        candidates.sort(key=lambda needs: (-needs.weight, operations.find("s3", needs.operation) is None))
    return index


def _needs(operation: catalog.Operation, flags: str) -> _Needs:
    wanted: list[tuple[str, str | None]] = []
    for flag in filter(None, flags.split("&")):
        name, equals, value = flag.partition("=")
        wanted.append((name, value if equals else None))
    headers = []
    shape = operation.input_shape
    for member in shape.required_members if shape else ():
        serialization = shape.members[member].serialization
        if serialization.get("location") == "querystring":
            wanted.append((serialization["name"], None))
        elif serialization.get("location") == "header":
            headers.append(serialization["name"].lower())
    return _Needs(operation.name, tuple(wanted), tuple(headers))


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise CodedError("InvalidURI", "Couldn't parse the specified URI: the path is not UTF-8.") from None
