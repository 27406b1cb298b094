"""What a question is about: data named by URI, by identity, by the hashes of its files, or sent as it is.

A client that has the files (`trialbook verify PATH`) hashes them itself and sends names, hashes and row sketches, so
that no data travels. A URI is read where it lies: small files are hashed anew only when their object has no hash.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.model import Document, Kind
from trialbook.services import content_uses, contents, objects, row_sketches
from trialbook.services.conditions import Span
from trialbook.services.contents import File
from trialbook.services.object_listing import relative, walk
from trialbook.store.interface import ObjectRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialbook.services.context import Call
    from trialbook.services.row_sketches import Sketch

MOST_OBJECTS = 10_000
"""Objects below a URI that one question looks at."""


@dataclass
class Asked:
    """Data that is asked about.

    Attributes
    ----------
    title
        What it is called in the answer.
    whole
        Whether it is one file, not a folder.
    identity
        None when there is nothing there.
    """

    title: str
    name: str = ""
    uri: str | None = None
    files: list[File] = field(default_factory=list)
    whole: bool = True
    identity: str | None = None
    rows: dict[str, Sketch] = field(default_factory=dict)
    unchecked: list[Document] = field(default_factory=list)

    def described(self) -> Document:
        """Give it for the answer."""
        told: Document = {"title": self.title, "content": self.identity, "count": len(self.files)}
        told["size"] = sum(one.size for one in self.files)
        told["rows"] = {name: one.rows for name, one in self.rows.items()}
        return {**told, **({"uri": self.uri} if self.uri else {})}

    def doubt(self, what: str, why: str) -> None:
        """Say what could not be checked."""
        self.unchecked.append({"what": what, "why": why})

    def identify(self) -> Asked:
        """Set the identity from the files."""
        if self.files:
            one = self.files[0]
            self.identity = contents.file_identity(one.hash) if self.whole else contents.tree_identity(self.files)
        return self

    def add_rows(self, name: str, doc: Document) -> None:
        """Take a file's row sketch, or say why there is none."""
        sketch = row_sketches.from_document(doc)
        if sketch is not None:
            self.rows[name] = sketch
        elif doc.get("Table"):
            self.doubt(f"the rows of {name}", doc["Why"])


def by_identity(call: Call, text: str) -> Asked:
    """Ask by a hash; a content that was kept brings its files and rows."""
    identity = contents.require(text)
    whole = identity.startswith(f"{contents.FILE}:")
    asked = Asked(identity, identity=identity, whole=whole)
    kept = content_uses.find(call.store, call, identity)
    if kept is not None:
        asked.files = content_uses.files_of(kept)
    elif whole:
        asked.files = [File("", identity.partition(":")[2], 0)]
    else:
        asked.doubt("single files and rows", "the root of a folder tells only whether that very folder was used")
    for one in asked.files:
        _known_rows(call, asked, one)
    if whole and not asked.rows:
        asked.doubt("rows", "a hash alone has no rows to compare: ask with the file or its URI")
    return asked


def by_files(title: str, files: Sequence[File], *, whole: bool, rows: dict[str, Document]) -> Asked:
    """Ask by files that the client hashed."""
    asked = Asked(title, name=title if whole else "", files=list(files), whole=whole)
    for one in files:
        if one.name in rows:
            asked.add_rows(one.name, rows[one.name])
        elif row_sketches.kind_of(one.name) is not None:
            asked.doubt(f"the rows of {one.name}", "only its hash was sent")
        else:
            asked.add_rows(one.name, row_sketches.unread(one.name))
    return asked.identify()


def by_bytes(name: str, data: bytes) -> Asked:
    """Ask with a file's bytes."""
    file = File(name, hashlib.sha256(data, usedforsecurity=False).hexdigest(), len(data))
    asked = Asked(name, name=name, files=[file])
    kind = row_sketches.kind_of(name)
    if kind is None:
        asked.add_rows(name, row_sketches.unread(name))
    else:
        try:
            asked.rows[name] = row_sketches.sketch(io.BytesIO(data), kind)
        except row_sketches.UnreadableTableError as error:
            asked.doubt(f"the rows of {name}", str(error))
    return asked.identify()


def by_uri(call: Call, uri: str) -> Asked:
    """Ask by an S3 URI: an object, or everything below a prefix. Data elsewhere is known by its URI alone."""
    asked = Asked(uri, uri=uri)
    if not uri.startswith("s3://"):
        asked.doubt("the content", "only objects of this server's store are read, by s3:// URIs")
        return asked
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    if not bucket:
        raise ValidationError(f"'{uri[:100]}' names no bucket: expected s3://<bucket>/<key>.")
    one = call.store.object(bucket, key)
    if one is not None:
        asked.name = key.rpartition("/")[2]
        _take(call, asked, one, asked.name)
        return asked.identify()
    asked.whole = False
    if bucket in call.store.buckets():
        for row in walk(call, bucket, key, "", ""):
            if isinstance(row, ObjectRow) and not row.key.endswith("/"):
                if len(asked.files) >= MOST_OBJECTS:
                    asked.doubt(f"objects beyond the first {MOST_OBJECTS:,}", "one question looks at so many at most")
                    break
                _take(call, asked, row, relative(row.key, key))
    if not asked.files:
        asked.doubt("the content", f"there is no object at {uri} now")
    return asked.identify()


def _take(call: Call, asked: Asked, row: ObjectRow, name: str) -> None:
    file_hash = row.meta.get(objects.CONTENT) or _hashed(call, row)
    file = File(name, file_hash, row.size)
    asked.files.append(file)
    if not _known_rows(call, asked, file):
        _read_rows(call, asked, file, row)


def _hashed(call: Call, row: ObjectRow) -> str:
    digest = hashlib.sha256(usedforsecurity=False)
    for piece in objects.read_bytes(call, row, Span(0, row.size)):
        digest.update(piece)
    return digest.hexdigest()


def _known_rows(call: Call, asked: Asked, file: File) -> bool:
    kept = call.store.find(Kind.CONTENT_ROWS, content_uses.rows_key(call, file.hash))
    if kept is None or kept.doc is None or content_uses.PENDING in kept.doc:
        return False
    asked.add_rows(file.name, kept.doc)
    return True


def _read_rows(call: Call, asked: Asked, file: File, row: ObjectRow) -> None:
    media = row.meta.get("ContentType")
    if row_sketches.kind_of(file.name, media) is None:
        asked.add_rows(file.name, row_sketches.unread(file.name))
        return
    asked.add_rows(file.name, _sketched(call, row))


def rows_of(call: Call, uri: str, file_hash: str) -> Document | None:
    """Sketch the rows of the object at a URI; None when its bytes are no longer those of this hash."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    row = call.store.object(bucket, key)
    return None if row is None or row.meta.get(objects.CONTENT) != file_hash else _sketched(call, row)


def _sketched(call: Call, row: ObjectRow) -> Document:
    if row.size > row_sketches.MOST_BYTES:
        return row_sketches.too_large(row.size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        with path.open("wb") as target:
            target.writelines(objects.read_bytes(call, row, Span(0, row.size)))
        return row_sketches.document(path, row.key, row.meta.get("ContentType"))
