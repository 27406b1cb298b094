"""Opening a store: made when missing, moved when old, refused when newer or on a network."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from trialbook.errors import StoreError, StoreVersionError
from trialbook.model import Kind
from trialbook.store import open_store
from trialbook.store.dialect import DATABASE_FILE, PAGE_SIZE, SqliteDialect, dialect_of
from trialbook.store.file_systems import file_system, refuse_network
from trialbook.store.fresh import make
from trialbook.store.migrate import configuration, engine, upgrade
from trialbook.store.opening import REVISIONS
from trialbook.store.schema import metadata


def test_a_store_is_made_once_and_opened_after(location: str) -> None:
    with closing(open_store(location)) as store:
        made = store.database_id
        store.write(lambda tx: tx.insert(Kind.TRIAL, "a", {}))
    with closing(open_store(location)) as store:
        assert store.database_id == made
        assert store.find(Kind.TRIAL, "a") is not None


def test_the_history_makes_the_tables_that_the_schema_describes(location: str) -> None:
    open_store(location).close()
    with engine(dialect_of(location)).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def schema_of(path: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
        return [(kind, name, " ".join(text.split())) for kind, name, text in rows]


def test_the_script_for_new_stores_makes_what_the_history_makes(tmp_path: Path) -> None:
    fresh, moved = SqliteDialect(tmp_path / "fresh"), SqliteDialect(tmp_path / "moved")
    assert make(fresh, REVISIONS[-1])
    upgrade(moved, str(moved.folder))
    assert schema_of(fresh.path) == schema_of(moved.path)
    assert not make(moved, REVISIONS[-1]), "tables that are there stay as they are"
    with closing(fresh.connect(write=False)) as new, closing(moved.connect(write=False)) as old:
        for query in ("SELECT version_num FROM alembic_version", "SELECT one, length(database), rev FROM meta"):
            assert new.rows(query) == old.rows(query)


def test_the_revisions_known_are_those_of_the_history() -> None:
    history = ScriptDirectory.from_config(configuration()).walk_revisions()
    assert tuple(script.revision for script in history)[::-1] == REVISIONS


def test_a_store_of_a_newer_version_is_refused_with_what_to_do(location: str) -> None:
    open_store(location).close()
    session = dialect_of(location).connect(write=True)
    session.run("UPDATE alembic_version SET version_num = '9999'")
    session.close()
    with pytest.raises(StoreVersionError, match=r"newer Trialbook \(schema 9999.*pip install --upgrade"):
        open_store(location)


def test_tables_that_were_begun_by_a_process_that_died_are_made(location: str) -> None:
    session = dialect_of(location).connect(write=True)
    session.begin()
    session.run("CREATE TABLE entity (id INTEGER)")
    session.close()
    with closing(open_store(location)) as store:
        assert store.write(lambda tx: tx.insert(Kind.TRIAL, "a", {})).row == 0


def test_opening_an_up_to_date_store_imports_neither_sqlalchemy_nor_alembic(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    script = """
import json, sys, time
from trialbook.store import open_store
times = []
for _ in range(5):
    start = time.perf_counter()
    store = open_store(sys.argv[1])
    times.append(time.perf_counter() - start)
    store.close()
heavy = {"sqlalchemy", "alembic", "psycopg"}
print(json.dumps([min(times), sorted(heavy & set(sys.modules))]))
"""
    output = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True)
    seconds, imported = json.loads(output.stdout)
    assert imported == []
    assert seconds < 0.1


def test_sqlite_is_set_up_to_be_durable(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    connection = dialect_of(str(tmp_path)).connection()
    with closing(connection):
        pragmas = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "page_size", "auto_vacuum", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "page_size": PAGE_SIZE,
        "auto_vacuum": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_a_reader_opens_while_another_process_writes(tmp_path: Path) -> None:
    open_store(str(tmp_path)).close()
    with closing(dialect_of(str(tmp_path)).connect(write=True)) as writing:
        writing.begin()
        start = time.monotonic()
        with closing(open_store(str(tmp_path))) as store:
            assert store.last_rev() == 0
        assert time.monotonic() - start < 5


def test_a_file_that_is_no_database_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / DATABASE_FILE).write_text("not a database, but long enough to be looked at as one" * 100)
    with pytest.raises(StoreError, match=DATABASE_FILE):
        open_store(str(tmp_path))


def test_a_database_with_other_tables_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE_FILE)) as connection:
        connection.execute("CREATE TABLE entity (other INTEGER)")
    with pytest.raises(StoreError, match="entity"):
        open_store(str(tmp_path))


def test_a_folder_that_cannot_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="file/store"):
        open_store(str(tmp_path / "file" / "store"))


def test_a_url_of_another_kind_is_refused() -> None:
    with pytest.raises(StoreError, match="postgresql://"):
        open_store("mysql://localhost/trialbook")


def test_a_server_that_is_not_there_is_refused_without_the_password() -> None:
    with pytest.raises(StoreError, match="cannot connect to PostgreSQL") as caught:
        open_store("postgresql://user:secret@127.0.0.1:1/trialbook")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"])
def test_a_network_file_system_is_refused(tmp_path: Path, kind: str) -> None:
    mounts = f"/dev/vda / ext4 rw 0 0\nserver:/x {tmp_path} {kind} rw 0 0\n"
    with pytest.raises(StoreError, match=rf"network file system \({kind}\).*postgresql://"):
        refuse_network(tmp_path / "store", mounts)
    refuse_network(tmp_path.parent, mounts)


def test_the_file_system_is_that_of_the_nearest_mount() -> None:
    mounts = (
        "rootfs / rootfs rw\n/dev/a / ext4 rw\nb /srv/my\\040data nfs rw\nc /srv/my\\040data/local xfs rw\nbroken\n"
    )
    assert file_system(Path("/srv/my data/x"), mounts) == "nfs"
    assert file_system(Path("/srv/my data/local/x"), mounts) == "xfs"
    assert file_system(Path("/srv/my data 2"), mounts) == "ext4"
    assert file_system(Path("/"), "") == ""
