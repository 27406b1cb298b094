"""Logs, and what lets a reader of a series come back after a merge.

The bytes of lines are packed already, so PostgreSQL stores them out of line without compressing them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "merged",
        sa.Column("run", Big, autoincrement=False, nullable=False),
        sa.Column("flush", Big, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run", "flush"),
    )
    op.create_table(
        "log",
        sa.Column("id", Big, sa.Identity(always=False), nullable=False),
        sa.Column("entity", Big, nullable=False),
        sa.Column("stream", Word, nullable=False),
        sa.Column("created", sa.Double(), nullable=False),
        sa.Column("last", sa.Double(), nullable=False),
        sa.Column("lines", Big, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entity", "stream", name="log_stream"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "log_writer",
        sa.Column("log", Big, autoincrement=False, nullable=False),
        sa.Column("writer", Word, nullable=False),
        sa.Column("seq", Big, nullable=False),
        sa.Column("ahead", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "writer"),
    )
    op.create_table(
        "log_chunk",
        sa.Column("log", Big, autoincrement=False, nullable=False),
        sa.Column("first", Big, autoincrement=False, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "first"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, column in (("log_chunk", "data"), ("log_writer", "ahead"), ("merged", "data")):
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")
