"""Claims: jobs that wait for a runner, and who holds them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "claim",
        sa.Column("id", Big, sa.Identity(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("key", Word, nullable=False),
        sa.Column("owner", Word, nullable=True),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "key", name="claim_key"),
        sqlite_autoincrement=True,
    )
