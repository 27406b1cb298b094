"""Opening a store: choose the database, see that its tables are this version's, make or move them if not.

Alembic and SQLAlchemy are imported only when there is something to move, or to make on PostgreSQL: they take longer
to import than an up-to-date store takes to open, and the base install is without them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from trialbook.errors import StoreError, StoreVersionError
from trialbook.store.database import SqlStore
from trialbook.store.dialect import SqliteDialect, dialect_of
from trialbook.store.fresh import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from trialbook.store.dialect import Dialect
    from trialbook.store.interface import Store

REVISIONS = ("0001", "0002", "0003")
"""Every revision of the schema, in order, as Alembic names them; a test holds it against `migrations/versions`."""


def open_store(store: str, *, clock: Callable[[], float] = time.time) -> Store:
    """Open a store, making it when it is not there.

    Parameters
    ----------
    store
        A folder (the database is `trialbook.db` in it), or a `postgresql://` URL.
    clock
        Gives epoch seconds, for the times of deletion.

    Raises
    ------
    StoreVersionError
        A newer Trialbook wrote it.
    StoreError
        It cannot be opened; the message says why.
    """
    dialect = dialect_of(store)
    version = schema_version(dialect)
    if version is None and isinstance(dialect, SqliteDialect) and make(dialect, REVISIONS[-1]):
        return SqlStore(dialect, clock)
    # Another process may have made the tables since the first look.
    if not is_current(version, store) and not is_current(schema_version(dialect), store):
        _upgrade(dialect, store)
    return SqlStore(dialect, clock)


def _upgrade(dialect: Dialect, store: str) -> None:
    try:
        from trialbook.store.migrate import upgrade
    except ImportError as error:
        message = (
            f"the tables of the store {store.rsplit('@', 1)[-1]!r} have to be made or upgraded, which needs SQLAlchemy "
            "and Alembic: pip install 'trialbook[server]'"
        )
        raise StoreError(message) from error
    upgrade(dialect, store)


def schema_version(dialect: Dialect) -> str | None:
    """Give the revision of the database's tables; None when there are none."""
    session = dialect.connect(write=True)
    try:
        rows = session.rows("SELECT version_num FROM alembic_version")
    except StoreError as error:
        # There is no such table yet, or there is something else behind the error, which making the tables will meet.
        if "alembic_version" not in str(error):
            raise
        return None
    finally:
        session.close()
    return str(rows[0][0]) if rows else None


def is_current(version: str | None, store: str) -> bool:
    """Tell whether tables of this version can be used as they are; raises `StoreVersionError` for a newer one."""
    if version is None or version in REVISIONS[:-1]:
        return False
    if version == REVISIONS[-1]:
        return True
    message = (
        f"the store {store.rsplit('@', 1)[-1]!r} was written by a newer Trialbook (schema {version}; "
        f"this one knows up to {REVISIONS[-1]}): upgrade with pip install --upgrade trialbook"
    )
    raise StoreVersionError(message)
