"""What is in the database.

One SQL database holds everything but the bytes of objects: documents of entities, edges between them, series as
packed chunks, and the rows of the object store. The tables are the same on SQLite and PostgreSQL; `migrations/`
makes them, and a test holds the two against each other.

::

    meta    one row: the database's id and the newest revision
    entity  one row an entity, deleted ones too      id = kind << 40 | row: dense within a kind, so that `row` is the
                                                     entity's place in every column of search
    edge    entity -> entity, labelled               parked: how many of its ends lie in the bin; hidden unless 0
    bin     deleted entities that can come back
    summary one packed row a run: what is known of its series without reading them
    metric  names of series, as numbers
    flush   batches of points as received            data NULL: merged, kept until its writer has no gap below it
    writer  (run, writer): every batch up to seq is merged
    chunk   packed points of one series, in order    over: an overview of every 256 points
    merged  (run, newest batch of a merge): where its series ended before, for readers who come back
    log     (entity, stream): one log, with how many lines it has
    log_writer which batches of lines came           ahead: those above seq, as packed numbers
    log_chunk  lines of one log, from number `first` bytes: of the lines, unpacked
    bucket, object, upload, part                     the object store's rows
    blob    how many objects and parts hold a blob   refs = 0: an orphan, whose bytes can go
    claim   jobs that wait for a runner or run, in order of submission   owner, until: who holds it, and how long

Documents are TEXT on both. The design asked for JSONB on PostgreSQL, but JSONB rejects NaN, infinities and U+0000,
which are values that users log, and nothing is ever searched inside a document.
Text sorts by its UTF-8 bytes on both (PostgreSQL: COLLATE "C"), since S3 lists keys in that order.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

# SQLite's row ids are INTEGER; a BIGINT primary key would be a second index there.
Big = BigInteger().with_variant(Integer(), "sqlite")
Word = Text().with_variant(Text(collation="C"), "postgresql")

Table(
    "meta",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("database", Word, nullable=False),
    Column("rev", Big, nullable=False),
)

Table(
    "entity",
    metadata,
    Column("id", Big, primary_key=True, autoincrement=False),
    Column("rev", Big, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("key", Word, nullable=False),
    Column("doc", Text),
    UniqueConstraint("kind", "key", name="entity_key"),
    Index("entity_rev", "rev"),
)

Table(
    "edge",
    metadata,
    # AUTOINCREMENT: edges are given oldest first, so a number must never come again.
    Column("id", Big, Identity(), primary_key=True),
    Column("source", Big, ForeignKey("entity.id", name="edge_source_entity"), nullable=False),
    Column("label", Word, nullable=False),
    Column("target", Big, ForeignKey("entity.id", name="edge_target_entity"), nullable=False),
    Column("parked", Integer, nullable=False, server_default=text("0")),
    Column("doc", Text, nullable=False),
    UniqueConstraint("source", "target", "label", name="edge_ends"),
    Index("edge_target", "target"),
    Index("edge_label", "label", "id"),
    sqlite_autoincrement=True,
)

Table(
    "bin",
    metadata,
    Column("id", Big, ForeignKey("entity.id", name="bin_entity"), primary_key=True, autoincrement=False),
    Column("key", Word, nullable=False),
    Column("doc", Text, nullable=False),
    Column("deleted", Double, nullable=False),
    Index("bin_deleted", "deleted"),
)

Table(
    "summary",
    metadata,
    Column("run", Big, primary_key=True, autoincrement=False),
    Column("rev", Big, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("summary_rev", "rev"),
)

Table(
    "metric",
    metadata,
    Column("id", Big, Identity(), primary_key=True),
    Column("name", Word, nullable=False),
    UniqueConstraint("name", name="metric_name"),
)

Table(
    "flush",
    metadata,
    # AUTOINCREMENT: a merge checks by id that what it read is still there.
    Column("id", Big, Identity(), primary_key=True),
    Column("run", Big, nullable=False),
    Column("writer", Word, nullable=False),
    Column("seq", Big, nullable=False),
    Column("n", Integer, nullable=False),
    Column("data", LargeBinary),
    UniqueConstraint("run", "writer", "seq", name="flush_batch"),
    sqlite_autoincrement=True,
)

Table(
    "writer",
    metadata,
    Column("run", Big, primary_key=True, autoincrement=False),
    Column("writer", Word, primary_key=True),
    Column("seq", Big, nullable=False),
)

Table(
    "chunk",
    metadata,
    Column("run", Big, primary_key=True, autoincrement=False),
    Column("metric", Big, primary_key=True, autoincrement=False),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
    Column("step0", Big, nullable=False),
    Column("step1", Big, nullable=False),
    Column("ts0", Double, nullable=False),
    Column("ts1", Double, nullable=False),
    Column("over", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

Table(
    "merged",
    metadata,
    Column("run", Big, primary_key=True, autoincrement=False),
    Column("flush", Big, primary_key=True, autoincrement=False),
    Column("data", LargeBinary, nullable=False),
)

Table(
    "log",
    metadata,
    # AUTOINCREMENT: a merge packs outside the writer, so a number must never come again.
    Column("id", Big, Identity(), primary_key=True),
    Column("entity", Big, nullable=False),
    Column("stream", Word, nullable=False),
    Column("created", Double, nullable=False),
    Column("last", Double, nullable=False),
    Column("lines", Big, nullable=False),
    UniqueConstraint("entity", "stream", name="log_stream"),
    sqlite_autoincrement=True,
)

Table(
    "log_writer",
    metadata,
    Column("log", Big, primary_key=True, autoincrement=False),
    Column("writer", Word, primary_key=True),
    Column("seq", Big, nullable=False),
    Column("ahead", LargeBinary, nullable=False),
)

Table(
    "log_chunk",
    metadata,
    Column("log", Big, primary_key=True, autoincrement=False),
    Column("first", Big, primary_key=True, autoincrement=False),
    Column("lines", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

Table("bucket", metadata, Column("name", Word, primary_key=True), Column("doc", Text, nullable=False))

Table(
    "object",
    metadata,
    Column("bucket", Word, ForeignKey("bucket.name", name="object_bucket"), primary_key=True),
    Column("key", Word, primary_key=True),
    Column("size", Big, nullable=False),
    Column("etag", Text, nullable=False),
    Column("modified", Double, nullable=False),
    Column("blobs", Text, nullable=False),
    Column("meta", Text, nullable=False),
)

Table(
    "upload",
    metadata,
    Column("id", Word, primary_key=True),
    Column("bucket", Word, ForeignKey("bucket.name", name="upload_bucket"), nullable=False),
    Column("key", Word, nullable=False),
    Column("started", Double, nullable=False),
    Column("meta", Text, nullable=False),
    Index("upload_key", "bucket", "key"),
)

Table(
    "part",
    metadata,
    Column("upload", Word, ForeignKey("upload.id", name="part_upload"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("blob", Word, nullable=False),
    Column("size", Big, nullable=False),
    Column("etag", Text, nullable=False),
    Column("meta", Text, nullable=False),
)

Table(
    "blob",
    metadata,
    Column("blob", Word, primary_key=True),
    Column("refs", Integer, nullable=False),
    Index("blob_orphan", "blob", sqlite_where=text("refs = 0"), postgresql_where=text("refs = 0")),
)

Table(
    "claim",
    metadata,
    # AUTOINCREMENT: claims are taken in order of submission, so a number must never come again.
    Column("id", Big, Identity(), primary_key=True),
    Column("kind", Integer, nullable=False),
    Column("key", Word, nullable=False),
    Column("owner", Word),
    Column("until", Double, nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("kind", "key", name="claim_key"),
    sqlite_autoincrement=True,
)
