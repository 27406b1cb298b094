"""Who read or wrote which content: kept when it happens, in the commit that tells of it, and never changed after.

::

    file content --inFolder--> folder content --read:<name> | wrote:<name>--> job or run
    content --identityOf--> artifact

A content is an entity of a kind of its own, whose key is its identity: the same bytes are there once, however many jobs
read them. An edge says what it was called and where it lay, and when it was first used so. Jobs and runs that are
deleted take their edges into the bin and back out of it.

An artifact shows the newest identity of what lies at its URI as the property `trialbook:content`, and each that it had
as `trialbook:content@<time>`; the trial component shows those of its artifacts by name (`_contents`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from trialbook.model import Document, Kind
from trialbook.services import contents, records
from trialbook.services.artifacts import source_hash
from trialbook.services.contents import File
from trialbook.services.objects import CONTENT
from trialbook.services.row_sketches import kind_of, unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from trialbook.services.context import Call
    from trialbook.store.interface import Edge, Entity, Reader, Transaction

READ, WROTE = "read", "wrote"
IN_FOLDER = "inFolder"
IDENTITY_OF = "identityOf"
PROPERTY = "trialbook:content"
MOST_FILES = 50_000
"""Files of a folder whose identities are kept each; of a larger one only the root is, and answers say so."""
_LARGE = "large-folders"
MOST_SHOWN = 8
"""Identities with their times that an artifact's properties show; the edges keep all."""
PENDING = "Pending"
"""The member of a row sketch that is still to be made: the URI of the object to read."""
CONTENTS = "_contents"
"""The member of a trial component that holds the identities of its artifacts."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a job or a run read or wrote under one name.

    Attributes
    ----------
    direction
        `READ` or `WROTE`.
    name
        The channel, input, output or artifact.
    whole
        Whether the URI is that of the one file itself, not of a folder with one file.
    rows
        Documents of row sketches by file hash, for those that are new.
    """

    direction: str
    name: str
    uri: str
    files: Sequence[File]
    whole: bool
    rows: Mapping[str, Document] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """The content's identity."""
        return contents.file_identity(self.files[0].hash) if self.whole else contents.tree_identity(self.files)


def keep(tx: Transaction, call: Call, user: Entity, use: Use, components: Iterable[int] = ()) -> str:
    """Keep one use by a job or a run; gives the identity. `components` are the trial components that show it."""
    content = _ensure(tx, call, use)
    identity = use.identity
    now = call.now()
    tx.link(content.id, f"{use.direction}:{use.name}", user.id, {"uri": use.uri, "time": now})
    _mark_artifact(tx, call, use.uri, identity, content)
    for component in tx.get_many(list(components)):
        doc = records.document(component)
        shown = {**doc.get(CONTENTS, {}), f"{use.direction}:{use.name}": identity}
        if shown != doc.get(CONTENTS):
            tx.update(component.id, {**doc, CONTENTS: shown})
    return identity


def find(reader: Reader, call: Call, identity: str) -> Entity | None:
    """Find a content by its identity; None when nothing of it was ever kept."""
    return reader.find(Kind.CONTENT, call.scope.key(identity))


def files_of(content: Entity) -> list[File]:
    """Give the files of a kept content; a folder of too many gives none."""
    doc = records.document(content)
    return [File(*one) for one in doc.get("Files", [])]


def uses_of(reader: Reader, content_ids: Sequence[int]) -> list[Edge]:
    """Give the edges of reading and writing of some contents, oldest first."""
    edges = reader.edges_of(content_ids) if content_ids else []
    return [edge for edge in edges if edge.label.startswith((f"{READ}:", f"{WROTE}:"))]


def folders_of(reader: Reader, content_ids: Sequence[int]) -> list[int]:
    """Give the folder contents that hold any of some file contents."""
    edges = reader.edges_of(content_ids) if content_ids else []
    return list(dict.fromkeys(edge.target for edge in edges if edge.label == IN_FOLDER))


def rows_key(call: Call, file_hash: str) -> str:
    """Give the store's key of a file's row sketch."""
    return call.scope.key(contents.file_identity(file_hash))


def _ensure(tx: Transaction, call: Call, use: Use) -> Entity:
    identity = use.identity
    found = find(tx, call, identity)
    if found is None:
        found = _insert(tx, call, identity, use.files, whole=use.whole)
        if not use.whole and len(use.files) <= MOST_FILES:
            for one in use.files:
                inner = contents.file_identity(one.hash)
                held = find(tx, call, inner) or _insert(tx, call, inner, [one], whole=True)
                if one.size:  # that two folders both hold an empty file tells nothing
                    tx.link(held.id, IN_FOLDER, found.id, {"name": one.name})
    for hash_hex, doc in use.rows.items():
        keep_rows(tx, call, hash_hex, doc)
    return found


def keep_rows(tx: Transaction, call: Call, file_hash: str, doc: Document) -> None:
    """Keep a file's row sketch, in place of a note that it is still to be made."""
    key = rows_key(call, file_hash)
    told = {**doc, "Hash": file_hash, "_scope": call.scope.text}
    before = tx.find(Kind.CONTENT_ROWS, key)
    if before is None:
        tx.insert(Kind.CONTENT_ROWS, key, told)
    elif PENDING in records.document(before) and PENDING not in doc:
        tx.update(before.id, told)


def note_artifacts(tx: Transaction, call: Call, run: Entity, before: Document) -> None:
    """Keep the contents of the artifacts that a run has and did not have `before`, of those that lie in this store.

    Rows are not read within a transaction: a table is noted as one whose rows are read when they are first asked for.
    """
    doc = records.document(run)
    for direction, member in ((READ, "InputArtifacts"), (WROTE, "OutputArtifacts")):
        for name, artifact in doc.get(member, {}).items():
            uri = str(artifact.get("Value", ""))
            if not uri.startswith("s3://") or artifact == before.get(member, {}).get(name):
                continue
            bucket, _, key = uri.removeprefix("s3://").partition("/")
            row = tx.object(bucket, key)
            if row is not None and CONTENT in row.meta:
                file = File(key.rpartition("/")[2], row.meta[CONTENT], row.size)
                rows = {}
                if direction == READ and kind_of(file.name, row.meta.get("ContentType")) is None:
                    rows[file.hash] = unread(file.name)
                elif direction == READ:
                    rows[file.hash] = {"Table": True, PENDING: uri, "Why": f"the object {uri} is no longer what it was"}
                keep(tx, call, run, Use(direction, name, uri, [file], True, rows), [run.id])


def _insert(tx: Transaction, call: Call, identity: str, files: Sequence[File], *, whole: bool) -> Entity:
    doc: Document = {
        "Identity": identity,
        "Size": sum(one.size for one in files),
        "Count": len(files),
        "CreationTime": call.now(),
        "_scope": call.scope.text,
    }
    if not whole and len(files) > MOST_FILES:
        _note_large(tx, call, identity)
    if whole:
        doc["Files"] = [[files[0].name.rpartition("/")[2], files[0].hash, files[0].size]]
    elif len(files) <= MOST_FILES:
        doc["Files"] = [list(one) for one in sorted(files, key=lambda one: one.name.encode())]
    return tx.insert(Kind.CONTENT, call.scope.key(identity), doc)


def large_folders(reader: Reader, call: Call) -> list[str]:
    """Give the identities of folders with so many files that only their roots are kept."""
    found = reader.find(Kind.CONTENT, call.scope.key(_LARGE))
    return [] if found is None else list(records.document(found)["Identities"])


def _note_large(tx: Transaction, call: Call, identity: str) -> None:
    found = tx.find(Kind.CONTENT, call.scope.key(_LARGE))
    if found is None:
        tx.insert(Kind.CONTENT, call.scope.key(_LARGE), {"Identities": [identity], "_scope": call.scope.text})
    else:
        tx.update(found.id, {**records.document(found), "Identities": [*large_folders(tx, call), identity]})


def _mark_artifact(tx: Transaction, call: Call, uri: str, identity: str, content: Entity) -> None:
    """Show an identity on the artifact of a URI, if there is one, beside those that it had before."""
    artifact = tx.find(Kind.ARTIFACT, call.scope.key(source_hash({"SourceUri": uri})))
    if artifact is None:
        return
    tx.link(content.id, IDENTITY_OF, artifact.id, {"time": call.now()})
    doc = records.document(artifact)
    properties = dict(doc.get("Properties", {}))
    if properties.get(PROPERTY) == identity:
        return
    properties[PROPERTY] = identity
    properties[f"{PROPERTY}@{_text(call.now())}"] = identity
    dated = sorted(key for key in properties if key.startswith(f"{PROPERTY}@"))
    for old in dated[:-MOST_SHOWN]:
        del properties[old]
    records.save(tx, call, artifact, {**doc, "Properties": properties})


def _text(time: float) -> str:
    return dt.datetime.fromtimestamp(time, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def listed(call: Call, one: Entity, most_files: int) -> Document:
    """List the contents of a job, a run or an artifact, oldest first.

    Returns
    -------
    `contents`: for each `content`, `size`, `count`, `time`, and up to `most_files` `files` (`name`, `sha256`, `size`);
    of a job or a run also its `direction`, `name` and `uri`.
    """
    edges = [
        edge
        for edge in call.store.edges(target=one.id)
        if edge.label == IDENTITY_OF or edge.label.startswith((f"{READ}:", f"{WROTE}:"))
    ]
    held = {content.id: content for content in call.store.get_many([edge.source for edge in edges])}
    return {"contents": [_listed(edge, held[edge.source], most_files) for edge in edges]}


def _listed(edge: Edge, content: Entity, most_files: int) -> Document:
    doc = records.document(content)
    told: Document = {
        "content": doc["Identity"],
        "size": doc["Size"],
        "count": doc["Count"],
        "time": edge.doc["time"],
        "files": [{"name": one.name, "sha256": one.hash, "size": one.size} for one in files_of(content)[:most_files]],
    }
    if edge.label != IDENTITY_OF:
        told["direction"], _, told["name"] = edge.label.partition(":")
        told["uri"] = edge.doc["uri"]
    return told
