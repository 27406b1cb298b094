# ruff: noqa: D103 - the functions are the methods of `interface`, which says what they promise
"""Rows of the object store: buckets, objects, multipart uploads, and which blobs are still in use.

An object's bytes are blobs, which objects and parts may share (CopyObject copies no bytes). `blob.refs` counts the
places that hold a blob; at 0 it is an orphan, whose bytes a janitor deletes before it forgets the row.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import orjson

from trialbook.errors import StoreError
from trialbook.store.documents import after_prefix, document_to_text, key_to_text, text_to_document, text_to_key
from trialbook.store.interface import ObjectRow, Part, Upload
from trialbook.store.session import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from trialbook.model import Document
    from trialbook.store.session import Row, Session

_OBJECT = "SELECT bucket, key, size, etag, modified, blobs, meta FROM object"
_PUT_OBJECT = """
INSERT INTO object (bucket, key, size, etag, modified, blobs, meta) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (bucket, key) DO UPDATE SET size = excluded.size, etag = excluded.etag, modified = excluded.modified,
blobs = excluded.blobs, meta = excluded.meta"""
_BLOBS = "SELECT blobs FROM object WHERE bucket = ? AND key = ?"
_PUT_PART = """
INSERT INTO part (upload, number, blob, size, etag, meta) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (upload, number) DO UPDATE SET blob = excluded.blob, size = excluded.size, etag = excluded.etag,
meta = excluded.meta"""
_HOLD = "INSERT INTO blob (blob, refs) VALUES (?, ?) ON CONFLICT (blob) DO UPDATE SET refs = blob.refs + excluded.refs"
_RELEASE = "UPDATE blob SET refs = refs - ? WHERE blob = ?"


def put_bucket(session: Session, name: str, doc: Document) -> None:
    session.run(
        "INSERT INTO bucket (name, doc) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET doc = excluded.doc",
        (key_to_text(name), document_to_text(doc)),
    )


def delete_bucket(session: Session, name: str) -> None:
    """Remove an empty bucket; unfinished uploads go with it, as on S3."""
    text = key_to_text(name)
    if session.rows("SELECT 1 FROM object WHERE bucket = ? LIMIT 1", (text,)):
        message = f"the bucket {name!r} holds objects: delete them first"
        raise StoreError(message)
    for upload in session.rows("SELECT id FROM upload WHERE bucket = ?", (text,)):
        delete_upload(session, text_to_key(upload[0]))
    if not session.run("DELETE FROM bucket WHERE name = ?", (text,)):
        raise _no_bucket(name)


def buckets(session: Session) -> dict[str, Document]:
    return {
        text_to_key(name): text_to_document(doc)
        for name, doc in session.rows("SELECT name, doc FROM bucket ORDER BY name")
    }


def get_bucket(session: Session, name: str) -> Document | None:
    rows = session.rows("SELECT doc FROM bucket WHERE name = ?", (key_to_text(name),))
    return text_to_document(rows[0][0]) if rows else None


def put_object(session: Session, row: ObjectRow) -> None:
    _require_bucket(session, row.bucket)
    place = key_to_text(row.bucket), key_to_text(row.key)
    old = _held(session.rows(_BLOBS, place))
    _hold(session, (blob for blob, _ in row.blobs))
    blobs = orjson.dumps([list(blob) for blob in row.blobs]).decode()
    session.run(_PUT_OBJECT, (*place, row.size, row.etag, float(row.modified), blobs, document_to_text(row.meta)))
    _release(session, old)


def delete_object(session: Session, bucket: str, key: str) -> bool:
    place = key_to_text(bucket), key_to_text(key)
    rows = session.rows(_BLOBS, place)
    session.run("DELETE FROM object WHERE bucket = ? AND key = ?", place)
    _release(session, _held(rows))
    return bool(rows)


def get_object(session: Session, bucket: str, key: str) -> ObjectRow | None:
    rows = session.rows(f"{_OBJECT} WHERE bucket = ? AND key = ?", (key_to_text(bucket), key_to_text(key)))
    return _object(rows[0]) if rows else None


def list_objects(session: Session, bucket: str, prefix: str, after: str, limit: int) -> list[ObjectRow]:
    # Two bounds from below would leave the choice to the planner, which on SQLite takes the first for the index.
    low = ("key >= ?", prefix) if not after or prefix > after else ("key > ?", after)
    where, values = f"bucket = ? AND {low[0]}", [key_to_text(bucket), key_to_text(low[1])]
    end = after_prefix(key_to_text(prefix))
    if end is not None:
        where += " AND key < ?"
        values.append(end)
    return [_object(row) for row in session.rows(f"{_OBJECT} WHERE {where} ORDER BY key LIMIT ?", (*values, limit))]


def put_upload(session: Session, upload: Upload) -> None:
    _require_bucket(session, upload.bucket)
    session.run(
        "INSERT INTO upload (id, bucket, key, started, meta) VALUES (?, ?, ?, ?, ?)",
        (
            key_to_text(upload.id),
            key_to_text(upload.bucket),
            key_to_text(upload.key),
            float(upload.started),
            document_to_text(upload.meta),
        ),
    )


def put_part(session: Session, upload_id: str, number: int, part: Part) -> None:
    text = key_to_text(upload_id)
    if not session.rows("SELECT 1 FROM upload WHERE id = ?", (text,)):
        message = f"there is no multipart upload {upload_id!r}"
        raise StoreError(message)
    old = session.rows("SELECT blob FROM part WHERE upload = ? AND number = ?", (text, number))
    _hold(session, [part.blob])
    session.run(_PUT_PART, (text, number, key_to_text(part.blob), part.size, part.etag, document_to_text(part.meta)))
    _release(session, [text_to_key(row[0]) for row in old])


def delete_upload(session: Session, upload_id: str) -> None:
    text = key_to_text(upload_id)
    blobs = [text_to_key(row[0]) for row in session.rows("SELECT blob FROM part WHERE upload = ?", (text,))]
    session.run("DELETE FROM part WHERE upload = ?", (text,))
    session.run("DELETE FROM upload WHERE id = ?", (text,))
    _release(session, blobs)


def get_upload(session: Session, upload_id: str) -> Upload | None:
    """Read an upload with its parts, in one statement so that they belong together."""
    sql = """
    SELECT u.bucket, u.key, u.started, u.meta, p.number, p.blob, p.size, p.etag, p.meta
    FROM upload u LEFT JOIN part p ON p.upload = u.id WHERE u.id = ? ORDER BY p.number"""
    rows = session.rows(sql, (key_to_text(upload_id),))
    if not rows:
        return None
    parts = {
        number: Part(text_to_key(blob), size, etag, text_to_document(meta))
        for _, _, _, _, number, blob, size, etag, meta in rows
        if number is not None
    }
    bucket, key, started, meta = rows[0][:4]
    return Upload(upload_id, text_to_key(bucket), text_to_key(key), started, text_to_document(meta), parts)


def list_uploads(session: Session, bucket: str, prefix: str) -> list[Upload]:
    where, values = "bucket = ? AND key >= ?", [key_to_text(bucket), key_to_text(prefix)]
    end = after_prefix(key_to_text(prefix))
    if end is not None:
        where += " AND key < ?"
        values.append(end)
    sql = f"SELECT id, bucket, key, started, meta FROM upload WHERE {where} ORDER BY key, id"  # noqa: S608
    return [
        Upload(text_to_key(upload), text_to_key(name), text_to_key(key), started, text_to_document(meta), {})
        for upload, name, key, started, meta in session.rows(sql, values)
    ]


def list_orphans(session: Session, limit: int) -> list[str]:
    rows = session.rows("SELECT blob FROM blob WHERE refs = 0 ORDER BY blob LIMIT ?", (limit,))
    return [text_to_key(row[0]) for row in rows]


def add_orphans(session: Session, blobs: Sequence[str]) -> None:
    sql = "INSERT INTO blob (blob, refs) VALUES (?, 0) ON CONFLICT (blob) DO NOTHING"
    session.run_many(sql, [(key_to_text(blob),) for blob in blobs])


def forget_orphans(session: Session, blobs: Sequence[str]) -> None:
    for start in range(0, len(blobs), 500):
        part = [key_to_text(blob) for blob in blobs[start : start + 500]]
        session.run(f"DELETE FROM blob WHERE refs = 0 AND blob IN ({placeholders(len(part))})", part)  # noqa: S608


def _hold(session: Session, blobs: Iterable[str]) -> None:
    session.run_many(_HOLD, [(key_to_text(blob), times) for blob, times in Counter(blobs).items()])


def _release(session: Session, blobs: Iterable[str]) -> None:
    session.run_many(_RELEASE, [(times, key_to_text(blob)) for blob, times in Counter(blobs).items()])


def _held(rows: list[Row]) -> list[str]:
    return [blob for (blobs,) in rows for blob, _ in orjson.loads(blobs)]


def _object(row: Row) -> ObjectRow:
    bucket, key, size, etag, modified, blobs, meta = row
    pairs = [(str(blob), int(length)) for blob, length in orjson.loads(blobs)]
    return ObjectRow(text_to_key(bucket), text_to_key(key), size, etag, modified, pairs, text_to_document(meta))


def _require_bucket(session: Session, name: str) -> None:
    if not session.rows("SELECT 1 FROM bucket WHERE name = ?", (key_to_text(name),)):
        raise _no_bucket(name)


def _no_bucket(name: str) -> StoreError:
    return StoreError(f"there is no bucket {name!r}")
