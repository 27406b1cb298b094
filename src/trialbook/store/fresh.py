"""Making the tables of a new store on SQLite without SQLAlchemy and Alembic, which only older stores need.

`migrations/sqlite.sql` is what the history makes of an empty database; a test holds the two against each other, and
`trialbook.store.opening.REVISIONS` names the revision that it stands for.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialbook.store.dialect import SqliteDialect

SCRIPT = Path(__file__).with_name("migrations") / "sqlite.sql"


def make(dialect: SqliteDialect, revision: str) -> bool:
    """Make all tables in one transaction; False when the database has tables already, from whatever process.

    Raises
    ------
    StoreError
        When the database refuses.
    """
    session = dialect.connect(write=True)
    try:
        session.begin()
        if session.rows("SELECT 1 FROM sqlite_master LIMIT 1"):
            session.run("ROLLBACK")
            return False
        for statement in SCRIPT.read_text().split(";\n"):
            if statement.strip():
                session.run(statement)
        session.run("INSERT INTO meta (one, database, rev) VALUES (1, ?, 0)", (uuid.uuid4().hex,))
        session.run("INSERT INTO alembic_version (version_num) VALUES (?)", (revision,))
        session.run("COMMIT")
        return True
    finally:
        session.close()
