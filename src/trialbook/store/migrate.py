"""Making and moving the tables, through Alembic, in one transaction that one process at a time can be in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from alembic import command
from alembic.config import Config
from sqlalchemy.pool import NullPool

from trialbook.errors import StoreError
from trialbook.store.opening import is_current

if TYPE_CHECKING:
    from trialbook.store.dialect import Dialect

_FOLDER = Path(__file__).with_name("migrations")


def configuration(connection: sqlalchemy.Connection | None = None) -> Config:
    """Give Alembic's configuration for the history that lies in the package."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def engine(dialect: Dialect) -> sqlalchemy.Engine:
    """Give an engine on the dialect's own connections, whose transactions begin under the schema lock."""
    made = sqlalchemy.create_engine(dialect.url, creator=dialect.connection, poolclass=NullPool)

    @sqlalchemy.event.listens_for(made, "begin")
    def begin(connection: sqlalchemy.Connection) -> None:
        for statement in dialect.schema_lock():
            connection.exec_driver_sql(statement)

    return made


def upgrade(dialect: Dialect, store: str) -> None:
    """Bring the tables to this version, unless another process has meanwhile."""
    try:
        with engine(dialect).begin() as connection:
            if not is_current(_version(connection), store):
                command.upgrade(configuration(connection), "head")
    except sqlalchemy.exc.SQLAlchemyError as error:
        message = f"cannot make or upgrade the tables of {store.rsplit('@', 1)[-1]!r}: {error}"
        raise StoreError(message) from error


def _version(connection: sqlalchemy.Connection) -> str | None:
    if not sqlalchemy.inspect(connection).has_table("alembic_version"):
        return None
    version: Any = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if version is None else str(version)
