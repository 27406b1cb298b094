"""Opening what a server or an in-process client works on: the store, the objects beside it, the search engine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from trialbook.search.saver import Saves
from trialbook.services.blobs import Blobs
from trialbook.services.context import Workspace
from trialbook.services.search_schemas import make_engine
from trialbook.store import open_store

if TYPE_CHECKING:
    from trialbook.settings import Settings


def open_workspace(settings: Settings) -> Workspace:
    """Open the store that the settings name, making it when it is not there.

    Raises
    ------
    StoreError
        When it cannot be opened, was written by a newer version, or lies on a network file system.
    """
    store = open_store(settings.store)
    return Workspace(
        settings=settings,
        store=store,
        engine=make_engine(Saves(columns_of(settings, store.database_id), settings.column_memory)),
        blobs=Blobs.open(objects_of(settings)),
    )


def objects_of(settings: Settings) -> str:
    """Say where objects lie: as set, else in the store folder, else beside the current one for a PostgreSQL store."""
    if settings.objects:
        return settings.objects
    if "://" in settings.store:
        return str(Path(".trialbook") / "objects")
    return str(Path(settings.store) / "objects")


def columns_of(settings: Settings, database_id: str) -> Path:
    """Say where the columns of search are kept: in the store folder, for a PostgreSQL store in the user's cache."""
    if "://" in settings.store:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        return Path(cache) / "trialbook" / "columns" / database_id
    return Path(settings.store) / "columns"
