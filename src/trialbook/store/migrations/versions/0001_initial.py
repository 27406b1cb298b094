"""The first schema.

The bytes of chunks and batches are packed already, so PostgreSQL stores them out of line without compressing them.
"""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("blob", Word, nullable=False),
        sa.Column("refs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("blob"),
    )
    op.create_index(
        "blob_orphan",
        "blob",
        ["blob"],
        unique=False,
        sqlite_where=sa.text("refs = 0"),
        postgresql_where=sa.text("refs = 0"),
    )
    op.create_table(
        "bucket",
        sa.Column("name", Word, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "chunk",
        sa.Column("run", Big, autoincrement=False, nullable=False),
        sa.Column("metric", Big, autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("step0", Big, nullable=False),
        sa.Column("step1", Big, nullable=False),
        sa.Column("ts0", sa.Double(), nullable=False),
        sa.Column("ts1", sa.Double(), nullable=False),
        sa.Column("over", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run", "metric", "no"),
    )
    op.create_table(
        "entity",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("rev", Big, nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("doc", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "key", name="entity_key"),
    )
    op.create_index("entity_rev", "entity", ["rev"], unique=False)
    op.create_table(
        "flush",
        sa.Column("id", Big, sa.Identity(always=False), nullable=False),
        sa.Column("run", Big, nullable=False),
        sa.Column("writer", Word, nullable=False),
        sa.Column("seq", Big, nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("run", "writer", "seq", name="flush_batch"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "meta",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("database", Word, nullable=False),
        sa.Column("rev", Big, nullable=False),
        sa.PrimaryKeyConstraint("one"),
    )
    op.create_table(
        "metric",
        sa.Column("id", Big, sa.Identity(always=False), nullable=False),
        sa.Column("name", Word, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", name="metric_name"),
    )
    op.create_table(
        "summary",
        sa.Column("run", Big, autoincrement=False, nullable=False),
        sa.Column("rev", Big, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run"),
    )
    op.create_index("summary_rev", "summary", ["rev"], unique=False)
    op.create_table(
        "writer",
        sa.Column("run", Big, autoincrement=False, nullable=False),
        sa.Column("writer", Word, nullable=False),
        sa.Column("seq", Big, nullable=False),
        sa.PrimaryKeyConstraint("run", "writer"),
    )
    op.create_table(
        "bin",
        sa.Column("id", Big, autoincrement=False, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.Column("deleted", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["entity.id"], name="bin_entity"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bin_deleted", "bin", ["deleted"], unique=False)
    op.create_table(
        "edge",
        sa.Column("id", Big, sa.Identity(always=False), nullable=False),
        sa.Column("source", Big, nullable=False),
        sa.Column("label", Word, nullable=False),
        sa.Column("target", Big, nullable=False),
        sa.Column("parked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("doc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["entity.id"], name="edge_source_entity"),
        sa.ForeignKeyConstraint(["target"], ["entity.id"], name="edge_target_entity"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "target", "label", name="edge_ends"),
        sqlite_autoincrement=True,
    )
    op.create_index("edge_target", "edge", ["target"], unique=False)
    op.create_index("edge_label", "edge", ["label", "id"], unique=False)
    op.create_table(
        "object",
        sa.Column("bucket", Word, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("size", Big, nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("modified", sa.Double(), nullable=False),
        sa.Column("blobs", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bucket"], ["bucket.name"], name="object_bucket"),
        sa.PrimaryKeyConstraint("bucket", "key"),
    )
    op.create_table(
        "upload",
        sa.Column("id", Word, nullable=False),
        sa.Column("bucket", Word, nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("started", sa.Double(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bucket"], ["bucket.name"], name="upload_bucket"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("upload_key", "upload", ["bucket", "key"], unique=False)
    op.create_table(
        "part",
        sa.Column("upload", Word, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("blob", Word, nullable=False),
        sa.Column("size", Big, nullable=False),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("meta", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["upload"], ["upload.id"], name="part_upload"),
        sa.PrimaryKeyConstraint("upload", "number"),
    )
    _prepare()


def _prepare() -> None:
    meta = sa.table("meta", sa.column("one"), sa.column("database"), sa.column("rev"))
    op.execute(meta.insert().values(one=1, database=uuid.uuid4().hex, rev=0))
    if op.get_bind().dialect.name == "postgresql":
        for table, column in (("flush", "data"), ("chunk", "data"), ("chunk", "over"), ("summary", "data")):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
